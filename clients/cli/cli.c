#include "clients/cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/unanswered.h"
#include "clock.h"
#include "date.h"
#include "error.h"
#include "id.h"
#include "json.h"

const char *const cli_services[CLI_SERVICES] = {"directory", "record", "alert", "board",
						"referral",  "rota"};

const char *message_text(enum message message, bool japanese)
{
	static const struct {
		const char *en, *ja;
	} texts[] = {
#define MESSAGE_TEXTS(name, en, ja) {en, ja},
		MESSAGES(MESSAGE_TEXTS)
#undef MESSAGE_TEXTS
	};

	return japanese ? texts[message].ja : texts[message].en;
}

const char *cli_text(const struct cli *cli, enum message message)
{
	return message_text(message, cli->japanese);
}

char *cli_print(struct cli *cli, enum message message, ...)
{
	char text[2048];
	va_list values;

	va_start(values, message);
	vsnprintf(text, sizeof(text), cli_text(cli, message), values);
	va_end(values);
	return arena_string(&cli->arena, text);
}

static void complain(const struct cli *cli, enum message message, va_list values)
{
	fflush(stdout);
	fputs("tsunagi: ", stderr);
	vfprintf(stderr, cli_text(cli, message), values);
	fputc('\n', stderr);
}

void cli_error(const struct cli *cli, enum message message, ...)
{
	va_list values;

	va_start(values, message);
	complain(cli, message, values);
	va_end(values);
}

int cli_fail(const struct cli *cli, int status, enum message message, ...)
{
	va_list values;

	va_start(values, message);
	complain(cli, message, values);
	va_end(values);
	return status;
}

int64_t cli_now_ms(void)
{
	return clock_system->wall_ms(clock_system);
}

/* ---- asking ---- */

int cli_no_connection(const struct cli *cli, const char *reason)
{
	if (strstr(reason, "revoked"))
		return cli_fail(cli, EX_NOPERM, MSG_CERTIFICATE_REVOKED);
	if (strstr(reason, "expired"))
		return cli_fail(cli, EX_NOPERM, MSG_CERTIFICATE_EXPIRED);
	/* Of the account's own files: to repeat the command helps nobody. */
	static const char *const own[] = {"PEM lib", "key values mismatch", "No such file"};
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (strstr(reason, own[i]))
			return cli_fail(cli, EX_IOERR, MSG_BAD_CREDENTIALS, cli->account_folder,
					reason);
	return cli_fail(cli, EX_UNAVAILABLE, MSG_NO_BROKER, reason);
}

int cli_connect(struct cli *cli)
{
	char sentence[1024];

	if (cli->client)
		return 0;
	if (!cli->account_folder[0])
		return cli_fail(cli, EX_USAGE, MSG_NO_ACCOUNT);
	int rc = account_read(&cli->account, cli->account_folder, sentence, sizeof(sentence));
	if (rc)
		return cli_fail(cli, EX_IOERR, MSG_BAD_ACCOUNT, sentence);
	rc = client_open(&cli->client, &cli->account, cli->timeout_ms, sentence, sizeof(sentence));
	return rc ? cli_no_connection(cli, sentence) : 0;
}

int cli_status(const Reply *reply)
{
	switch (reply ? reply->code : CODE_UNAVAILABLE) {
	case CODE_OK:
		return EX_OK;
	case CODE_INVALID_ARGUMENT:
		return EX_DATAERR;
	case CODE_NOT_FOUND:
		return EX_NOINPUT;
	case CODE_PERMISSION_DENIED:
		return EX_NOPERM;
	case CODE_ALREADY_EXISTS:
	case CODE_FAILED_PRECONDITION:
	case CODE_RESOURCE_EXHAUSTED:
		return EX_TEMPFAIL;
	case CODE_DATA_LOSS:
		return EX_IOERR;
	default:
		return EX_UNAVAILABLE;
	}
}

void cli_complain(const struct cli *cli, const Reply *reply)
{
	if (!reply) {
		cli_error(cli, MSG_NO_ANSWER);
		return;
	}
	const char *sentence = cli->japanese ? reply->message_ja : reply->message_en;
	if (!sentence[0])
		sentence = protobuf_c_enum_descriptor_get_value(&Code_descriptor, reply->code)
				   ? protobuf_c_enum_descriptor_get_value(&Code_descriptor,
									  reply->code)
					     ->name
				   : "?";
	if (reply->field[0])
		cli_error(cli, MSG_REFUSED_FIELD, reply->field, sentence);
	else
		cli_error(cli, MSG_REFUSED, sentence);
	if (reply->code == CODE_ALREADY_EXISTS && reply->id[0])
		cli_error(cli, MSG_ALREADY_THERE, reply->id);
	if (reply->code == CODE_UNAVAILABLE)
		cli_error(cli, MSG_NO_ANSWER);
}

static int try_as(struct cli *cli, const char *instance, const ProtobufCMessage *request,
		  uint64_t after, const char *id, Reply **reply)
{
	int status = cli_connect(cli);
	if (status)
		return status;
	int rc = client_call_as(cli->client, instance, request, after, id, &cli->arena, reply);
	if (rc == ERR_TOOBIG)
		return cli_fail(cli, EX_DATAERR, MSG_TOO_BIG);
	if (rc == ERR_NOMEM)
		return cli_fail(cli, EX_IOERR, MSG_NO_MEMORY);
	if (rc == ERR_DISCONNECTED)
		return cli_no_connection(cli, client_reason(cli->client));
	return rc ? cli_fail(cli, EX_UNAVAILABLE, MSG_NO_ANSWER) : 0;
}

int cli_try(struct cli *cli, const char *instance, const ProtobufCMessage *request, uint64_t after,
	    Reply **reply)
{
	return try_as(cli, instance, request, after, NULL, reply);
}

static int judge(const struct cli *cli, const Reply *reply)
{
	if (reply->code != CODE_OK)
		cli_complain(cli, reply);
	return cli_status(reply);
}

int cli_call_after(struct cli *cli, const char *instance, const ProtobufCMessage *request,
		   uint64_t after, Reply **reply)
{
	int status = cli_try(cli, instance, request, after, reply);

	return status ? status : judge(cli, *reply);
}

int cli_call(struct cli *cli, const char *instance, const ProtobufCMessage *request, Reply **reply)
{
	char id[ID_SIZE];

	int status = cli_connect(cli);
	if (status)
		return status;
	bool again = unanswered_find(cli, instance, request, id);
	if (!again)
		id_make(id, clock_system, cli_now_ms());
	status = try_as(cli, instance, request, 0, id, reply);
	if (!status)
		status = judge(cli, *reply);
	if (status == EX_UNAVAILABLE && !again)
		unanswered_keep(cli, instance, request, id);
	if (status != EX_UNAVAILABLE && again)
		unanswered_forget(cli, id);
	return status;
}

const ProtobufCMessage *cli_body(struct cli *cli, const ProtobufCMessageDescriptor *type,
				 const Reply *reply)
{
	return cli_unpack(cli, type, reply->type, reply->body);
}

const ProtobufCMessage *cli_unpack(struct cli *cli, const ProtobufCMessageDescriptor *type,
				   const char *name, ProtobufCBinaryData body)
{
	ProtobufCMessage *message;

	if (strcmp(name, codec_name(type)) != 0 ||
	    codec_unpack(type, (struct bytes){body.data, body.len}, &cli->arena, &message))
		return NULL;
	return message;
}

int cli_ask(struct cli *cli, const char *instance, const ProtobufCMessage *request,
	    const ProtobufCMessageDescriptor *type, const ProtobufCMessage **body)
{
	Reply *reply;

	int status = cli_call_after(cli, instance, request, 0, &reply);
	if (status)
		return status;
	*body = cli_body(cli, type, reply);
	return *body ? 0 : cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
}

int cli_pages(struct cli *cli, const char *instance, const ProtobufCMessage *request,
	      const ProtobufCMessageDescriptor *type,
	      void (*each)(struct cli *cli, const ProtobufCMessage *page, void *context),
	      void *context)
{
	uint64_t after = 0;
	Reply *reply;

	do {
		int status = cli_call_after(cli, instance, request, after, &reply);
		if (status)
			return status;
		const ProtobufCMessage *page = cli_body(cli, type, reply);
		if (!page || (reply->more && reply->position <= after))
			return cli_fail(cli, EX_UNAVAILABLE, MSG_STRANGE_ANSWER);
		each(cli, page, context);
		after = reply->position;
	} while (reply->more);
	return 0;
}

int cli_write(struct cli *cli, const char *instance, const ProtobufCMessage *request,
	      enum message done)
{
	Reply *reply;

	int status = cli_call(cli, instance, request, &reply);
	if (status)
		return status;
	if (cli->json)
		cli_print_id(cli, reply);
	else
		printf("%s\n", cli_text(cli, done));
	return 0;
}

const char *cli_instance_of(struct cli *cli, const char *patient)
{
	return cli_connect(cli) ? NULL : client_instance_for(cli->client, patient);
}

/* ---- what was typed ---- */

int cli_id(const struct cli *cli, const char *typed, char out[27])
{
	if (id_parse(out, typed))
		return cli_fail(cli, EX_USAGE, MSG_BAD_ID, typed);
	return 0;
}

char *cli_id_of(struct cli *cli, const char *typed)
{
	char id[ID_SIZE];

	return cli_id(cli, typed, id) ? NULL : arena_string(&cli->arena, id);
}

int cli_time(const struct cli *cli, const char *typed, int64_t *time_ms)
{
	if (date_parse(typed, time_ms))
		return cli_fail(cli, EX_USAGE, MSG_BAD_TIME, typed);
	return 0;
}

int cli_word(const struct cli *cli, const ProtobufCEnumDescriptor *type, const char *typed,
	     int *value)
{
	char words[512];

	if (label_parse(type, typed, value) == 0)
		return 0;
	label_words(type, words, sizeof(words));
	return cli_fail(cli, EX_USAGE, MSG_BAD_WORD, typed, words);
}

int cli_needs(struct cli *cli, const char *typed, Need **needs, size_t *n_needs)
{
	char *words = cli_string(cli, typed), *place = NULL;
	int value;

	*needs = arena_alloc(&cli->arena, (strlen(words) + 1) * sizeof(**needs));
	if (!*needs)
		return cli_fail(cli, EX_IOERR, MSG_NO_MEMORY);
	for (char *word = strtok_r(words, ", ", &place); word; word = strtok_r(NULL, ", ", &place)) {
		if (cli_word(cli, &Need_descriptor, word, &value))
			return EX_USAGE;
		(*needs)[(*n_needs)++] = (Need)value;
	}
	return 0;
}

int cli_number(const struct cli *cli, const char *option, const char *typed, double *value)
{
	char *end;

	*value = strtod(typed, &end);
	if (end == typed || *end || *value < 0 || !(*value < 1e9))
		return cli_fail(cli, EX_USAGE, MSG_BAD_NUMBER, option, typed);
	return 0;
}

int cli_whole(const struct cli *cli, const char *option, const char *typed, uint32_t *value)
{
	double number;

	int status = cli_number(cli, option, typed, &number);
	if (status)
		return status;
	*value = (uint32_t)number;
	if ((double)*value != number)
		return cli_fail(cli, EX_USAGE, MSG_BAD_NUMBER, option, typed);
	return 0;
}

char *cli_string(struct cli *cli, const char *text)
{
	return arena_string(&cli->arena, text ? text : "");
}

/* ---- what comes out ---- */

void cli_print_json(const ProtobufCMessage *message)
{
	json_print_message(stdout, message);
}

void cli_print_id(const struct cli *cli, const Reply *reply)
{
	if (!cli->json) {
		printf("%s\n", reply->id);
		return;
	}
	json_t *object = json_pack("{s:s}", "id", reply->id);
	if (object)
		json_print(stdout, object);
	json_decref(object);
}
