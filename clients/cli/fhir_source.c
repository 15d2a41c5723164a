#include "clients/cli/fhir_source.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

#define COPY_BYTES (64 * 1024)

/* ---- names -------------------------------------------------------------------------------- */

static bool drop_ending(char *name, const char *ending)
{
	size_t length = strlen(name), end = strlen(ending);

	if (length <= end || strcasecmp(name + length - end, ending))
		return false;
	name[length - end] = '\0';
	return true;
}

/* The last part of a path, with its endings dropped; a new string. */
static char *base_name(const char *path, bool *lines)
{
	char *copy = strdup(path), *name = copy;

	if (!copy)
		return NULL;
	while (strlen(copy) > 1 && copy[strlen(copy) - 1] == '/')
		copy[strlen(copy) - 1] = '\0';
	if (strrchr(copy, '/'))
		name = strrchr(copy, '/') + 1;
	if (!drop_ending(name, ".gz"))
		drop_ending(name, ".xz");
	*lines = drop_ending(name, ".ndjson") || drop_ending(name, ".jsonl");
	if (!*lines)
		drop_ending(name, ".json");
	char *result = strdup(name);
	free(copy);
	return result;
}

/* The name of the folder that a path is in. */
static char *folder_name(const char *path)
{
	char *copy = strdup(path), *slash = copy ? strrchr(copy, '/') : NULL;
	bool lines;

	if (slash)
		*slash = '\0';
	char *result = slash ? base_name(copy, &lines) : strdup(".");
	free(copy);
	return result;
}

/* Are both in the same folder? */
static bool same_folder(const char *a, const char *b)
{
	const char *end_a = strrchr(a, '/'), *end_b = strrchr(b, '/');
	size_t length_a = end_a ? (size_t)(end_a - a) : 0,
	       length_b = end_b ? (size_t)(end_b - b) : 0;

	return length_a == length_b && !memcmp(a, b, length_a);
}

/* ---- the list ----------------------------------------------------------------------------- */

static unsigned folder_of(struct fhir_sources *sources, const char *path)
{
	/* Neighbours in the list are neighbours on the disk, but for files that were named one by one. */
	for (size_t i = sources->n; i-- && sources->n - i < 1000;)
		if (same_folder(sources->items[i].path, path))
			return sources->items[i].folder;
	return ++sources->n_folders;
}

static int add(struct fhir_sources *sources, const char *path, uint64_t bytes, unsigned argument,
	       bool in_folder)
{
	if (sources->n == sources->capacity) {
		size_t capacity = sources->capacity ? sources->capacity * 2 : 16;
		struct fhir_source *items = realloc(sources->items, capacity * sizeof(*items));
		if (!items)
			return ERR_NOMEM;
		sources->items = items;
		sources->capacity = capacity;
	}
	struct fhir_source *source = &sources->items[sources->n];
	*source = (struct fhir_source){ .argument = argument, .in_folder = in_folder,
					.bytes = bytes, .copy = -1 };
	source->folder = folder_of(sources, path);
	char *own = base_name(path, &source->named_lines);
	char *folder = in_folder ? folder_name(path) : NULL;
	source->path = strdup(path);
	source->set = in_folder ? folder : own;
	if (in_folder)
		free(own);
	sources->n++;
	sources->bytes += bytes;
	return source->path && source->set ? 0 : ERR_NOMEM;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* All files below, but hidden ones. */
static int add_folder(struct fhir_sources *sources, char *path, unsigned argument)
{
	char *paths[] = { path, NULL };
	FTS *tree = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	FTSENT *entry;
	int error = tree ? 0 : ERR_IO;

	while (!error && (errno = 0, entry = fts_read(tree))) {
		bool hidden = entry->fts_level && entry->fts_name[0] == '.';
		if (hidden && entry->fts_info == FTS_D)
			fts_set(tree, entry, FTS_SKIP);
		else if (!hidden && entry->fts_info == FTS_F)
			error = add(sources, entry->fts_path, (uint64_t)entry->fts_statp->st_size,
				    argument, true);
		else if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR) {
			errno = entry->fts_errno;
			error = ERR_IO;
		}
	}
	int keep = errno;
	if (tree)
		fts_close(tree);
	errno = keep;
	return error;
}

static int make_copy(uint64_t *bytes)
{
	char buffer[COPY_BYTES];
	FILE *file = tmpfile();
	ssize_t got = 0;

	if (!file)
		return -1;
	*bytes = 0;
	while ((got = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0 ||
	       (got < 0 && errno == EINTR)) {
		if (got > 0 && fwrite(buffer, 1, (size_t)got, file) != (size_t)got)
			break;
		*bytes += got > 0 ? (uint64_t)got : 0;
	}
	int copy = got || fflush(file) ? -1 : dup(fileno(file));
	fclose(file);
	return copy;
}

static int add_input(struct fhir_sources *sources, unsigned argument)
{
	uint64_t bytes;
	int copy = make_copy(&bytes);

	if (copy < 0)
		return ERR_IO;
	int error = add(sources, "-", bytes, argument, false);
	if (error) {
		close(copy);
		return error;
	}
	free(sources->items[sources->n - 1].set);
	sources->items[sources->n - 1].set = strdup("stdin");
	sources->items[sources->n - 1].copy = copy;
	return sources->items[sources->n - 1].set ? 0 : ERR_NOMEM;
}

/* The argument's number is of use only where it holds several folders. */
static void forget_argument(struct fhir_sources *sources, size_t first)
{
	for (size_t i = first; i < sources->n; i++)
		if (sources->items[i].folder != sources->items[first].folder)
			return;
	for (size_t i = first; i < sources->n; i++)
		sources->items[i].argument = 0;
}

int fhir_sources_open(struct fhir_sources *sources, char *const *paths, size_t n,
		      const char **culprit)
{
	int error = 0;

	*sources = (struct fhir_sources){ 0 };
	for (size_t i = 0; !error && i < n; i++) {
		size_t first = sources->n;
		struct stat status;
		*culprit = paths[i];
		if (!strcmp(paths[i], "-"))
			error = add_input(sources, (unsigned)i + 1);
		else if (stat(paths[i], &status))
			error = errno == ENOENT || errno == ENOTDIR ? ERR_NOTFOUND : ERR_IO;
		else if (S_ISDIR(status.st_mode))
			error = add_folder(sources, paths[i], (unsigned)i + 1);
		else if (access(paths[i], R_OK))
			error = ERR_IO;
		else
			error = add(sources, paths[i], (uint64_t)status.st_size, (unsigned)i + 1,
				    false);
		forget_argument(sources, first);
	}
	return error;
}

void fhir_sources_close(struct fhir_sources *sources)
{
	for (size_t i = 0; i < sources->n; i++) {
		free(sources->items[i].path);
		free(sources->items[i].set);
		if (sources->items[i].copy >= 0)
			close(sources->items[i].copy);
	}
	free(sources->items);
	*sources = (struct fhir_sources){ 0 };
}

bool fhir_source_read(const struct fhir_source *source, struct fhir_stream **out,
		      struct fhir_verdict *verdict)
{
	int fd = source->copy >= 0 ? dup(source->copy) : open(source->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || (source->copy >= 0 && lseek(fd, 0, SEEK_SET) < 0)) {
		fhir_wrong(verdict, MSG_FHIR_UNREADABLE, "%s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (fhir_stream_open(out, fd)) {
		close(fd);
		return fhir_wrong(verdict, MSG_FHIR_UNREADABLE, "%s", error_text(ERR_NOMEM));
	}
	return true;
}
