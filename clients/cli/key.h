/*
 * Keys and requests for certificates, made on the device they are for; and account folders.
 */
#ifndef KEY_H
#define KEY_H

#include "arena.h"

/* A fresh P-256 key as a file with mode 0600, which must not exist yet. 0 or ERR_IO, ERR_CRYPTO. */
int key_make(const char *path);
/* A PKCS#10 request for that key, as PEM in the arena; NULL: the key cannot be read. */
char *key_request(struct arena *arena, const char *key_path, const char *name);
/* The whole of a small file, in the arena, with a NUL after it; NULL: it cannot be read. */
char *file_read(struct arena *arena, const char *path);
/* Whole or not at all: written beside it and renamed. 0 or ERR_IO. */
int file_write(const char *path, const char *text, unsigned mode);

#endif
