#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "log.h"

int file_failed(const char *path)
{
	log_event(LOG_LEVEL_ERROR, "write", "file=%s error=\"%s\"", path, strerror(errno));
	return ERR_IO;
}

static int write_all(int file, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(file, data, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

static int replace(const char *folder, const char *name, const char *data, size_t size, bool synced)
{
	char path[FILE_PATH_BYTES], fresh[FILE_PATH_BYTES];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	snprintf(fresh, sizeof(fresh), "%s/%s.new", folder, name);
	int file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (file < 0)
		return file_failed(fresh);
	int failed = write_all(file, data, size) || (synced && fsync(file));
	if (close(file) || failed || rename(fresh, path))
		return file_failed(path);
	return 0;
}

int file_replace_unsynced(const char *folder, const char *name, const char *data, size_t size)
{
	return replace(folder, name, data, size, false);
}

int file_replace(const char *folder, const char *name, const char *data, size_t size)
{
	int rc = replace(folder, name, data, size, true);

	if (rc)
		return rc;
	int parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0 || fsync(parent))
		rc = file_failed(folder);
	if (parent >= 0)
		close(parent);
	return rc;
}
