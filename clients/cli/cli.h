/*
 * What every command of the command line has at hand: the account, the connection, the language,
 * and one way to ask, to complain and to end.
 *
 * A command returns its exit status (sysexits.h): 0 done; EX_USAGE; EX_DATAERR the input is wrong;
 * EX_NOINPUT not found; EX_UNAVAILABLE no answer in time; EX_IOERR; EX_TEMPFAIL refused by the
 * present state; EX_NOPERM.
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <sysexits.h>

#include "arena.h"
#include "client.h"
#include "clients/cli/messages.h"
#include "names.h"

struct args;

struct cli {
	char account_folder[1024];
	struct account account;
	struct client *client; /* NULL until cli_connect */
	struct arena arena;    /* for all that a command keeps until it ends */
	int64_t timeout_ms;
	bool json;             /* one object a line instead of text */
	bool japanese;
	bool out_terminal, err_terminal;
	volatile bool *stop;   /* set by SIGINT and SIGTERM */
};

/* Reads the account and connects, if that has not been done. 0 or an exit status; says why. */
int cli_connect(struct cli *cli);

/*
 * Asks an instance ("record", or client_instance_for a patient) and waits. Connects first if need
 * be. 0: *reply is OK and lives in the arena. Else the exit status, and the reason has been said on
 * stderr. Not from inside a callback of the client.
 */
int cli_call(struct cli *cli, const char *instance, const ProtobufCMessage *request, Reply **reply);
int cli_call_after(struct cli *cli, const char *instance, const ProtobufCMessage *request,
		   uint64_t after, Reply **reply);
/* The body of a reply, which must be of that type, in the arena; NULL: it is not. */
const ProtobufCMessage *cli_body(struct cli *cli, const ProtobufCMessageDescriptor *type,
				 const Reply *reply);
#define BODY(Type, cli, reply) \
	((const Type *)(const void *)cli_body((cli), &Type##_descriptor, (reply)))

/* The exit status for a reply; NULL is no answer. */
int cli_status(const Reply *reply);
/* Says on stderr why a request failed: what happened, what is safe, what to do. */
void cli_complain(const struct cli *cli, const Reply *reply);
/* A sentence from the table, in the user's language, on stderr, with the program's name before it. */
void cli_error(const struct cli *cli, enum message message, ...);
/* The same, and returns EX_USAGE, EX_DATAERR … */
int cli_fail(const struct cli *cli, int status, enum message message, ...);
const char *cli_text(const struct cli *cli, enum message message);

/* An id as typed (lower case is welcome) to its true form. 0 or EX_USAGE, said. */
int cli_id(const struct cli *cli, const char *typed, char out[27]);
/* An ISO date or time as typed; Japan's where no zone is given. 0 or EX_USAGE, said. */
int cli_time(const struct cli *cli, const char *typed, int64_t *time_ms);
int64_t cli_now_ms(void);

/* One protobuf-JSON object, one line, on stdout. */
void cli_print_json(const ProtobufCMessage *message);
/* The outcome of a write that made something: its id, or {"id": …}. */
void cli_print_id(const struct cli *cli, const Reply *reply);

/* The import's hook: what stands after `patient import`; --help has been seen to. */
int patient_import(struct cli *cli, int argc, char **argv);

#endif
