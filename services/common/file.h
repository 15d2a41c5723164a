/* Files that others read while we write them. */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>

#define FILE_PATH_BYTES 1280 /* of a folder and a name in it */

/* Under its own name a file appears only when it is whole and on disk. 0 or ERR_IO, which is logged. */
int file_replace(const char *folder, const char *name, const char *data, size_t size);
/* Only when it is whole; after a loss of power it may be empty: for what is made anew at each start. */
int file_replace_unsynced(const char *folder, const char *name, const char *data, size_t size);
/* Logs what errno says of a file. ERR_IO. */
int file_failed(const char *path);

#endif
