#include "account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "people.h"

void account_path(const struct account *account, const char *file, char *out, size_t size)
{
	snprintf(out, size, "%s/%s", account->folder, file);
}

static int take(char *out, size_t size, const char *value)
{
	size_t length = strlen(value);
	if (length >= size)
		return ERR_INVALID;
	memcpy(out, value, length + 1);
	return 0;
}

static int take_line(struct account *account, const char *word, const char *value)
{
	if (!strcmp(word, "host"))
		return take(account->host, sizeof(account->host), value);
	if (!strcmp(word, "user"))
		return take(account->user, sizeof(account->user), value);
	if (!strcmp(word, "device"))
		return take(account->device, sizeof(account->device), value);
	if (strcmp(word, "port"))
		return ERR_INVALID;
	account->port = atoi(value);
	return 0;
}

static int read_profile(struct account *account, FILE *file, char *sentence, size_t size)
{
	char line[512], word[16], value[256];

	while (fgets(line, sizeof(line), file)) {
		if (line[strspn(line, " \t\r\n")] == '\0')
			continue;
		if (sscanf(line, "%15s %255s", word, value) != 2 || take_line(account, word, value)) {
			line[strcspn(line, "\r\n")] = '\0';
			snprintf(sentence, size, "%.512s/profile: \"%.100s\" is not a line of a profile",
				 account->folder, line);
			return ERR_INVALID;
		}
	}
	if (!account->host[0] || account->port < 1 || account->port > 65535 ||
	    !name_valid(account->user, LIMIT_NAME_BYTES) ||
	    !name_valid(account->device, LIMIT_NAME_BYTES)) {
		snprintf(sentence, size, "%.512s/profile: host, port, user or device is missing or wrong",
			 account->folder);
		return ERR_INVALID;
	}
	return 0;
}

int account_read(struct account *account, const char *folder, char *sentence, size_t size)
{
	char path[1100];

	*account = (struct account){ .port = 0 };
	if (strlen(folder) >= sizeof(account->folder)) {
		snprintf(sentence, size, "the path of the account folder is too long");
		return ERR_INVALID;
	}
	snprintf(account->folder, sizeof(account->folder), "%s", folder);
	account_path(account, "profile", path, sizeof(path));
	FILE *file = fopen(path, "re");
	if (!file) {
		snprintf(sentence, size, "%.512s is not an account folder: it has no readable profile",
			 folder);
		return ERR_NOTFOUND;
	}
	int rc = read_profile(account, file, sentence, size);
	fclose(file);
	static const char *const needed[] = { "cert.pem", "key.pem", "ca.pem" };
	for (size_t i = 0; !rc && i < 3; i++) {
		account_path(account, needed[i], path, sizeof(path));
		if (access(path, R_OK)) {
			snprintf(sentence, size, "%.512s is missing or cannot be read", path);
			rc = ERR_NOTFOUND;
		}
	}
	return rc;
}
