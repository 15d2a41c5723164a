#include "clients/cli/unanswered.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/key.h"
#include "date.h"

#define HEX_SIZE 65

static char *path_of(struct cli *cli)
{
	return arena_printf(&cli->arena, "%s/unanswered", cli->account.folder);
}

/* Of instance, type and body; the body packs the same each time. False: out of memory. */
static bool digest(struct cli *cli, const char *instance, const ProtobufCMessage *request,
		   char hex[HEX_SIZE])
{
	uint8_t hash[32];
	unsigned size = 0;
	struct bytes body;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const char *type = codec_name(request->descriptor);

	bool made = context && !codec_pack(request, &cli->arena, &body) &&
		    EVP_DigestInit_ex(context, EVP_sha256(), NULL) &&
		    EVP_DigestUpdate(context, instance, strlen(instance) + 1) &&
		    EVP_DigestUpdate(context, type, strlen(type) + 1) &&
		    EVP_DigestUpdate(context, body.data, body.size) &&
		    EVP_DigestFinal_ex(context, hash, &size);
	EVP_MD_CTX_free(context);
	for (unsigned i = 0; made && i < sizeof(hash); i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	return made;
}

/* The lines that still count, without that of one id; *found: the id with that digest. */
static char *lines(struct cli *cli, const char *without, const char *hex, char found[ID_SIZE])
{
	char *text = file_read(&cli->arena, path_of(cli)), *place = NULL;
	char *kept = cli_string(cli, "");

	for (char *line = text ? strtok_r(text, "\n", &place) : NULL; line;
	     line = strtok_r(NULL, "\n", &place)) {
		char id[ID_SIZE], of[HEX_SIZE];
		if (sscanf(line, "%26s %64s", id, of) != 2 || !id_valid(id) ||
		    id_time_ms(id) < cli_now_ms() - DAY_MS)
			continue;
		if (hex && !strcmp(of, hex))
			memcpy(found, id, ID_SIZE);
		if (!without || strcmp(id, without) != 0)
			kept = arena_printf(&cli->arena, "%s%s %s\n", kept, id, of);
	}
	return kept;
}

bool unanswered_find(struct cli *cli, const char *instance, const ProtobufCMessage *request,
		     char id[ID_SIZE])
{
	char hex[HEX_SIZE];

	id[0] = '\0';
	if (access(path_of(cli), F_OK) || !digest(cli, instance, request, hex))
		return false;
	lines(cli, NULL, hex, id);
	return id[0] != '\0';
}

static void write_lines(struct cli *cli, const char *text)
{
	char *path = path_of(cli);

	if (!text[0])
		unlink(path);
	else if (file_write(path, text, 0600))
		cli_error(cli, MSG_NOT_KEPT, path);
}

void unanswered_keep(struct cli *cli, const char *instance, const ProtobufCMessage *request,
		     const char *id)
{
	char hex[HEX_SIZE];

	if (digest(cli, instance, request, hex))
		write_lines(cli, arena_printf(&cli->arena, "%s%s %s\n",
					      lines(cli, NULL, NULL, NULL), id, hex));
}

void unanswered_forget(struct cli *cli, const char *id)
{
	write_lines(cli, lines(cli, id, NULL, NULL));
}
