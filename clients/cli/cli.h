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
#include "clients/cli/args.h"
#include "clients/cli/labels.h"
#include "clients/cli/messages.h"
#include "names.h"

/* The services there are, for what goes through all of them. */
#define CLI_SERVICES 6
extern const char *const cli_services[CLI_SERVICES];

struct cli {
	char account_folder[1024];
	struct account account;
	struct client *client; /* NULL until cli_connect */
	struct arena arena;    /* for all that a command keeps until it ends */
	int64_t timeout_ms;
	bool json; /* one object a line instead of text */
	bool japanese;
	bool out_terminal, err_terminal;
	unsigned columns;    /* of the terminal; 0: as wide as it is now */
	volatile bool *stop; /* set by SIGINT and SIGTERM */
};

/* Reads the account and connects, if that has not been done. 0 or an exit status; says why. */
int cli_connect(struct cli *cli);

/*
 * Writes: asks an instance ("record", or client_instance_for a patient) and waits. Connects first if
 * need be. 0: *reply is OK and lives in the arena. Else the exit status, and the reason has been said
 * on stderr. Not from inside a callback of the client. The same request after one that was not
 * answered is the same request: it takes effect once (unanswered.h).
 */
int cli_call(struct cli *cli, const char *instance, const ProtobufCMessage *request, Reply **reply);
/* Reads: the same. after: only what changed since that position. */
int cli_call_after(struct cli *cli, const char *instance, const ProtobufCMessage *request,
		   uint64_t after, Reply **reply);
/* As above, but a refusal is the caller's to deal with: *reply has any code. */
int cli_try(struct cli *cli, const char *instance, const ProtobufCMessage *request, uint64_t after,
	    Reply **reply);
/* The body of a reply, which must be of that type, in the arena; NULL: it is not. */
const ProtobufCMessage *cli_body(struct cli *cli, const ProtobufCMessageDescriptor *type,
				 const Reply *reply);
#define BODY(Type, cli, reply) \
	((const Type *)(const void *)cli_body((cli), &Type##_descriptor, (reply)))

/* A packed body that calls itself `name`, as above. */
const ProtobufCMessage *cli_unpack(struct cli *cli, const ProtobufCMessageDescriptor *type,
				   const char *name, ProtobufCBinaryData body);
/* Both in one: 0, or the exit status, said. ASK(cli, "directory", &request, Me, &me) */
int cli_ask(struct cli *cli, const char *instance, const ProtobufCMessage *request,
	    const ProtobufCMessageDescriptor *type, const ProtobufCMessage **body);
#define ASK(cli, instance, request, Type, out)                           \
	cli_ask((cli), (instance), &(request)->base, &Type##_descriptor, \
		(const ProtobufCMessage **)(void *)(1 ? (out) : (const Type **)NULL))
/* Asks for page after page of a list. 0, or the exit status, said. */
int cli_pages(struct cli *cli, const char *instance, const ProtobufCMessage *request,
	      const ProtobufCMessageDescriptor *type,
	      void (*each)(struct cli *cli, const ProtobufCMessage *page, void *context),
	      void *context);
/* A write whose outcome is a sentence (or, with --json, {"id": …}). 0 or the exit status, said. */
int cli_write(struct cli *cli, const char *instance, const ProtobufCMessage *request,
	      enum message done);
/* The instance that keeps this patient; NULL: no connection, said. */
const char *cli_instance_of(struct cli *cli, const char *patient);

/* The exit status for a reply; NULL is no answer. */
int cli_status(const Reply *reply);
/* Says why there is no connection, and returns the exit status for it. */
int cli_no_connection(const struct cli *cli, const char *reason);
/* Says on stderr why a request failed: what happened, what is safe, what to do. */
void cli_complain(const struct cli *cli, const Reply *reply);
/* A sentence from the table, in the user's language, on stderr, with the program's name before it. */
void cli_error(const struct cli *cli, enum message message, ...);
/* The same, and returns EX_USAGE, EX_DATAERR … */
int cli_fail(const struct cli *cli, int status, enum message message, ...);
const char *cli_text(const struct cli *cli, enum message message);
/* A sentence with its values filled in, in the arena. */
char *cli_print(struct cli *cli, enum message message, ...);

/* An id as typed (lower case is welcome) to its true form. 0 or EX_USAGE, said. */
int cli_id(const struct cli *cli, const char *typed, char out[27]);
/* The same, in the arena; NULL: it is none, said. */
char *cli_id_of(struct cli *cli, const char *typed);
/* An ISO date or time as typed; Japan's where no zone is given. 0 or EX_USAGE, said. */
int cli_time(const struct cli *cli, const char *typed, int64_t *time_ms);
/* A word of an enum ("care-manager"). 0 or EX_USAGE, said with the words there are. */
int cli_word(const struct cli *cli, const ProtobufCEnumDescriptor *type, const char *typed,
	     int *value);
/* "oxygen,dialysis" into a list in the arena; NULL: none. 0 or an exit status, said. */
int cli_needs(struct cli *cli, const char *typed, Need **needs, size_t *n_needs);
/* A number that is not negative; a whole one. 0 or EX_USAGE, said. */
int cli_number(const struct cli *cli, const char *option, const char *typed, double *value);
int cli_whole(const struct cli *cli, const char *option, const char *typed, uint32_t *value);
/* A copy in the arena, for a message; NULL gives "". */
char *cli_string(struct cli *cli, const char *text);
int64_t cli_now_ms(void);

/* One protobuf-JSON object, one line, on stdout. */
void cli_print_json(const ProtobufCMessage *message);
/* The outcome of a write that made something: its id, or {"id": …}. */
void cli_print_id(const struct cli *cli, const Reply *reply);

/* SIGINT and SIGTERM set *cli->stop from now on, instead of ending the process. */
void cli_catch_signals(struct cli *cli);

/* The import's hook: what stands after `patient import`; --help has been seen to. */
int patient_import(struct cli *cli, int argc, char **argv);

#endif
