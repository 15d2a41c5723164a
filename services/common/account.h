/*
 * An account folder: cert.pem, key.pem, ca.pem and `profile`, whose lines are
 *
 *	host 127.0.0.1
 *	port 8883
 *	user station01-nurse
 *	device cli
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <stddef.h>

#include "limits.h"

struct account {
	char folder[1024];
	char host[256];
	int port;
	char user[LIMIT_NAME_BYTES + 1];
	char device[LIMIT_NAME_BYTES + 1];
};

/* 0; ERR_NOTFOUND, ERR_INVALID: what is wrong with the folder is then in the sentence. */
int account_read(struct account *account, const char *folder, char *sentence, size_t size);
/* The path of a file in the folder. */
void account_path(const struct account *account, const char *file, char *out, size_t size);

#endif
