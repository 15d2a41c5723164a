/*
 * Folders for one test, in memory (/dev/shm) where that is there, else below $TMPDIR or /tmp.
 */
#ifndef TEMPORARY_H
#define TEMPORARY_H

#define TEMPORARY_SIZE 256

/* Makes an empty folder with the name in it. Ends the process when it cannot. */
void temporary_make(char folder[TEMPORARY_SIZE], const char *name);
/* Takes the folder away with all that is in it. */
void temporary_remove(const char *folder);
/* Takes away what is in it; the folder stays. */
void temporary_empty(const char *folder);

#endif
