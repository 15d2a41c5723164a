#include "clients/cli/args.h"

#include <stdio.h>
#include <string.h>

#define WORD_SIZE 128
#define ELLIPSIS "…"

/* One thing that the usage line asks for. */
struct part {
	char name[WORD_SIZE];    /* "--text" or "PATIENT" or "on|off" */
	char choices[WORD_SIZE]; /* of its value; "": any */
	bool option, flag, optional, many;
	int group; /* 0: none */
	const char *value;
};

struct usage {
	struct part parts[ARGS_MAX];
	size_t n;
	int groups;
};

/* ---- reading the usage line ---- */

/* "FILE…" is many; "NUMBER,…" is one, with commas. Takes the ellipsis off. */
static bool take_ellipsis(char word[WORD_SIZE])
{
	size_t length = strlen(word), tail = strlen(ELLIPSIS);

	if (length <= tail || strcmp(word + length - tail, ELLIPSIS) != 0 ||
	    word[length - tail - 1] == ',')
		return false;
	word[length - tail] = '\0';
	return true;
}

static const char *next_word(const char *at, char word[WORD_SIZE])
{
	size_t length;

	at += strspn(at, " ");
	length = strcspn(at, " ");
	if (length == 0)
		return NULL;
	snprintf(word, WORD_SIZE, "%.*s", (int)length, at);
	return at + length;
}

/* Takes brackets and parentheses off a word; says what they were. */
static void strip(char word[WORD_SIZE], bool *opens, bool *closes, bool *group_opens,
		  bool *group_closes)
{
	size_t length = strlen(word);

	*opens = word[0] == '[';
	*group_opens = word[0] == '(';
	if (*opens || *group_opens)
		memmove(word, word + 1, length--);
	*closes = length && word[length - 1] == ']';
	*group_closes = length && word[length - 1] == ')';
	if (*closes || *group_closes)
		word[length - 1] = '\0';
}

static bool is_choice(const char *word)
{
	return strchr(word, '|') && word[0] >= 'a' && word[0] <= 'z';
}

static void read_usage(struct usage *usage, const char *line)
{
	char word[WORD_SIZE];
	bool optional = false, opens, closes, group_opens, group_closes;
	int group = 0;
	struct part *option = NULL; /* waits for its value */

	*usage = (struct usage){.n = 0};
	while ((line = next_word(line, word)) && usage->n < ARGS_MAX) {
		if (!strcmp(word, "|")) {
			option = NULL;
			continue;
		}
		strip(word, &opens, &closes, &group_opens, &group_closes);
		optional |= opens;
		if (group_opens)
			group = ++usage->groups;
		if (option && strncmp(word, "--", 2) != 0 && !opens && !group_opens) {
			option->flag = false;
			option->many = take_ellipsis(word);
			if (is_choice(word))
				snprintf(option->choices, WORD_SIZE, "%s", word);
			option = NULL;
		} else {
			struct part *part = &usage->parts[usage->n++];
			part->option = !strncmp(word, "--", 2);
			part->flag = part->option;
			part->optional = optional || group;
			part->group = group;
			part->many = take_ellipsis(word);
			snprintf(part->name, WORD_SIZE, "%s", word);
			if (!part->option && is_choice(word))
				snprintf(part->choices, WORD_SIZE, "%s", word);
			option = part->option ? part : NULL;
		}
		if (closes) {
			optional = false;
			option = NULL;
		}
		if (group_closes) {
			group = 0;
			option = NULL;
		}
	}
}

/* ---- reading the command line ---- */

static bool among(const char *choices, const char *value)
{
	size_t length = strlen(value);

	for (const char *at = choices; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
		if (length && strcspn(at, "|") == length && !strncmp(at, value, length))
			return true;
	return false;
}

static enum args_fault take(struct part *part, const char *value, char *what, char *of)
{
	snprintf(what, WORD_SIZE, "%s", part->name);
	if (part->value && !part->many)
		return ARGS_TWICE;
	if (part->choices[0] && !among(part->choices, value)) {
		snprintf(what, WORD_SIZE, "%s", value);
		snprintf(of, WORD_SIZE, "%.40s%s%.80s", part->option ? part->name : "",
			 part->option ? " " : "", part->choices);
		return ARGS_CHOICE;
	}
	part->value = value;
	return ARGS_FINE;
}

static enum args_fault take_value(struct args *args, struct part *part, const char *value,
				  char *what, char *of)
{
	if (part->many) {
		if (args->n_repeated == ARGS_REPEATED) {
			snprintf(what, WORD_SIZE, "%s", value);
			return ARGS_SURPLUS;
		}
		args->repeated[args->n_repeated++] = value;
	}
	return take(part, value, what, of);
}

static enum args_fault take_option(struct usage *usage, struct args *args, int argc, char **argv,
				   int *at, char *what, char *of)
{
	const char *text = argv[*at], *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : strlen(text);

	snprintf(what, WORD_SIZE, "%.*s", (int)length, text);
	for (size_t i = 0; i < usage->n; i++) {
		struct part *part = &usage->parts[i];
		if (!part->option || strlen(part->name) != length ||
		    strncmp(part->name, text, length) != 0)
			continue;
		if (part->flag)
			return equals ? ARGS_WITH_VALUE : take(part, "", what, of);
		if (equals)
			return take_value(args, part, equals + 1, what, of);
		if (*at + 1 >= argc)
			return ARGS_NO_VALUE;
		return take_value(args, part, argv[++*at], what, of);
	}
	return ARGS_UNKNOWN;
}

static enum args_fault take_word(struct usage *usage, struct args *args, char *word, char *what,
				 char *of)
{
	for (size_t i = 0; i < usage->n; i++) {
		struct part *part = &usage->parts[i];
		if (part->option || (part->value && !part->many))
			continue;
		if (part->many) {
			args->rest[args->n_rest++] = word;
			part->value = word;
			return ARGS_FINE;
		}
		return take(part, word, what, of);
	}
	snprintf(what, WORD_SIZE, "%s", word);
	return ARGS_SURPLUS;
}

static enum args_fault check(const struct usage *usage, char *what, char *of)
{
	for (size_t i = 0; i < usage->n; i++) {
		const struct part *part = &usage->parts[i];
		if (!part->optional && !part->value) {
			snprintf(what, WORD_SIZE, "%s", part->name);
			return ARGS_MISSING;
		}
	}
	for (int group = 1; group <= usage->groups; group++) {
		int given = 0;
		of[0] = '\0';
		for (size_t i = 0; i < usage->n; i++) {
			const struct part *part = &usage->parts[i];
			if (part->group != group)
				continue;
			given += part->value != NULL;
			if (of[0])
				strncat(of, ", ", WORD_SIZE - strlen(of) - 1);
			strncat(of, part->name, WORD_SIZE - strlen(of) - 1);
		}
		if (given != 1)
			return ARGS_ONE_OF;
	}
	return ARGS_FINE;
}

enum args_fault args_parse(struct args *args, const char *line, int argc, char **argv, char *what,
			   char *of)
{
	struct usage usage;
	bool options = true;
	enum args_fault fault = ARGS_FINE;

	*args = (struct args){.rest = argv};
	what[0] = of[0] = '\0';
	read_usage(&usage, line);
	for (int i = 0; i < argc && fault == ARGS_FINE; i++) {
		if (options && !strcmp(argv[i], "--"))
			options = false;
		else if (options && !strncmp(argv[i], "--", 2))
			fault = take_option(&usage, args, argc, argv, &i, what, of);
		else if (options && argv[i][0] == '-' && argv[i][1] &&
			 (argv[i][1] < '0' || argv[i][1] > '9')) {
			snprintf(what, WORD_SIZE, "%s", argv[i]);
			fault = ARGS_UNKNOWN;
		} else
			fault = take_word(&usage, args, argv[i], what, of);
	}
	if (fault == ARGS_FINE)
		fault = check(&usage, what, of);
	for (size_t i = 0; i < usage.n; i++) {
		snprintf(args->items[i].name, sizeof(args->items[i].name), "%.47s",
			 usage.parts[i].name);
		args->items[i].value = usage.parts[i].value;
	}
	args->n = usage.n;
	return fault;
}

const char *args_get(const struct args *args, const char *name)
{
	for (size_t i = 0; i < args->n; i++)
		if (!strcmp(args->items[i].name, name))
			return args->items[i].value;
	return NULL;
}

bool args_has(const struct args *args, const char *name)
{
	return args_get(args, name) != NULL;
}
