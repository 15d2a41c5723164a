/*
 * The arguments of a command, checked against its usage line, which is also what help prints:
 *
 *	PATIENT                  must be there             FILE…       one or more
 *	[ORG]                    may be there              on|off      one of these words
 *	--text T                 must be there             [--urgent]  may be there
 *	[--scope team|cover]     with one of these words
 *	(--start NAME | --stop ENTRY)   exactly one of these options
 *	[--attach FILE…]         may be there several times
 *
 * Options may stand anywhere; `--` ends them; --text=T is --text T.
 */
#ifndef ARGS_H
#define ARGS_H

#include <stdbool.h>
#include <stddef.h>

#define ARGS_MAX 48
#define ARGS_REPEATED 16

struct args {
	struct {
		char name[48];     /* "--text", "PATIENT", "on|off" */
		const char *value; /* borrowed from argv; "" for a flag; NULL: absent */
	} items[ARGS_MAX];
	size_t n;
	char **rest; /* the values of an argument with an ellipsis */
	size_t n_rest;
	const char
		*repeated[ARGS_REPEATED]; /* the values of an option with an ellipsis, in order */
	size_t n_repeated;
};

enum args_fault {
	ARGS_FINE,
	ARGS_MISSING,    /* *what was not given */
	ARGS_SURPLUS,    /* *what is one too many */
	ARGS_UNKNOWN,    /* *what is no option of this command */
	ARGS_NO_VALUE,   /* the option *what needs a value */
	ARGS_WITH_VALUE, /* the option *what takes none */
	ARGS_TWICE,      /* *what was given twice */
	ARGS_CHOICE,     /* *what is none of the words; *of says where */
	ARGS_ONE_OF,     /* none, or more than one, of the group *of */
};

/* Reorders argv: values of an ellipsis become neighbours. what and of are 128 bytes each. */
enum args_fault args_parse(struct args *args, const char *usage, int argc, char **argv, char *what,
			   char *of);
/* The value, or NULL. */
const char *args_get(const struct args *args, const char *name);
bool args_has(const struct args *args, const char *name);

#endif
