#include "tests/lib/temporary.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void temporary_make(char folder[TEMPORARY_SIZE], const char *name)
{
	const char *below = getenv("TMPDIR");
	if (access("/dev/shm", W_OK | X_OK) == 0)
		below = "/dev/shm";
	int size = snprintf(folder, TEMPORARY_SIZE, "%s/tsunagi-%s-XXXXXX", below ? below : "/tmp",
			    name);
	if (size < 0 || size >= TEMPORARY_SIZE || !mkdtemp(folder)) {
		perror("temporary folder");
		exit(74);
	}
}

/* Takes away what is in an open folder and closes it. */
static void empty(int fd)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return;
	for (struct dirent *item; (item = readdir(dir));) {
		if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(dir), item->d_name, 0) == 0)
			continue;
		empty(openat(dirfd(dir), item->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		unlinkat(dirfd(dir), item->d_name, AT_REMOVEDIR);
	}
	closedir(dir);
}

void temporary_empty(const char *folder)
{
	empty(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

void temporary_remove(const char *folder)
{
	temporary_empty(folder);
	rmdir(folder);
}
