#include "clients/cli/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define GAP 2
#define FOLDED 4 /* how far a row's further lines are moved in */

/* The next character, and how many bytes it has; bytes that are no UTF-8 count as one each. */
static utf8proc_ssize_t next_character(const char *text, utf8proc_int32_t *character)
{
	utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text,
						 (utf8proc_ssize_t)strlen(text), character);

	if (size > 0)
		return size;
	*character = 0xfffd;
	return 1;
}

static bool is_control(utf8proc_int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

unsigned text_width(const char *text)
{
	unsigned width = 0;
	utf8proc_int32_t c;

	while (*text) {
		text += next_character(text, &c);
		if (!is_control(c))
			width += (unsigned)utf8proc_charwidth(c);
	}
	return width;
}

void text_print(FILE *out, const char *text)
{
	utf8proc_int32_t c;

	while (*text) {
		utf8proc_ssize_t size = next_character(text, &c);
		if (c == 0xfffd)
			fputs("\xef\xbf\xbd", out);
		else if (c == '\n' || c == '\t' || !is_control(c))
			fwrite(text, 1, (size_t)size, out);
		text += size;
	}
}

unsigned text_print_clipped(FILE *out, const char *text, unsigned width)
{
	unsigned used = 0;
	utf8proc_int32_t c;

	while (*text) {
		utf8proc_ssize_t size = next_character(text, &c);
		unsigned columns = is_control(c) ? 0 : (unsigned)utf8proc_charwidth(c);
		if (used + columns > width)
			break;
		if (c == 0xfffd)
			fputs("\xef\xbf\xbd", out);
		else if (!is_control(c))
			fwrite(text, 1, (size_t)size, out);
		used += columns;
		text += size;
	}
	return used;
}

static void print_cell(FILE *out, const char *text)
{
	char *line = strdup(text);

	if (!line)
		abort();
	for (char *c = line; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	text_print(out, line);
	free(line);
}

static void print_spaces(FILE *out, size_t n)
{
	while (n--)
		fputc(' ', out);
}

void text_print_padded(FILE *out, const char *text, unsigned width)
{
	unsigned own = text_width(text);

	text_print(out, text);
	if (own < width)
		print_spaces(out, width - own);
}

/* A line feed in a cell is a blank there: one row, one line. */
static unsigned cell_width(const char *text)
{
	unsigned width = text_width(text);

	for (; *text; text++)
		width += *text == '\n' || *text == '\t';
	return width;
}

void table_init(struct table *table, unsigned columns)
{
	*table = (struct table){.columns = columns};
}

void table_row(struct table *table, ...)
{
	va_list cells;

	if (table->n_cells + table->columns > table->capacity) {
		size_t capacity = table->capacity * 2 + 16 * table->columns;
		char **grown = realloc(table->cells, capacity * sizeof(*grown));
		if (!grown)
			abort();
		table->cells = grown;
		table->capacity = capacity;
	}
	va_start(cells, table);
	for (unsigned i = 0; i < table->columns; i++) {
		const char *text = va_arg(cells, const char *);
		char *copy = strdup(text ? text : "");
		if (!copy)
			abort();
		table->cells[table->n_cells++] = copy;
		unsigned width = cell_width(copy);
		if (width > table->widths[i])
			table->widths[i] = width;
	}
	va_end(cells);
}

/* Blanks are owed until something follows them: no line ends with any. */
static void print_cells(const struct table *table, size_t row, unsigned from, unsigned until,
			size_t owed, FILE *out)
{
	char *const *cells = table->cells + row * table->columns;
	bool any = owed == 0;

	for (unsigned i = from; i < until; i++) {
		unsigned own = cell_width(cells[i]), space = table->widths[i] - own;
		if (table->right[i])
			owed += space;
		if (own) {
			print_spaces(out, owed);
			print_cell(out, cells[i]);
			owed = 0;
			any = true;
		}
		if (!table->right[i])
			owed += space;
		if (table->widths[i]) /* a column that is empty everywhere is not there */
			owed += GAP;
	}
	if (any)
		fputc('\n', out);
}

void table_print_row(const struct table *table, size_t row, FILE *out)
{
	print_cells(table, row, 0, table->columns, 0, out);
}

void table_print(const struct table *table, FILE *out)
{
	for (size_t i = 0; i * table->columns < table->n_cells; i++)
		table_print_row(table, i, out);
}

/* Behind the last column that fits beside this one. */
static unsigned line_end(const struct table *table, unsigned from, unsigned columns)
{
	unsigned until = from + 1, left = from ? FOLDED : 0;

	while (until < table->columns &&
	       left + table_column(table, until + 1) - table_column(table, from) <= columns + GAP)
		until++;
	return until;
}

void table_print_within(const struct table *table, unsigned columns, FILE *out)
{
	if (table_width(table) <= columns) {
		table_print(table, out);
		return;
	}
	for (size_t row = 0; row * table->columns < table->n_cells; row++)
		for (unsigned i = 0, until; i < table->columns; i = until) {
			until = line_end(table, i, columns);
			print_cells(table, row, i, until, i ? FOLDED : 0, out);
		}
}

unsigned table_column(const struct table *table, unsigned column)
{
	unsigned begins = 0;

	for (unsigned i = 0; i < column; i++)
		begins += table->widths[i] ? table->widths[i] + GAP : 0;
	return begins;
}

unsigned table_width(const struct table *table)
{
	unsigned width = table_column(table, table->columns);

	return width ? width - GAP : 0;
}

void table_close(struct table *table)
{
	for (size_t i = 0; i < table->n_cells; i++)
		free(table->cells[i]);
	free(table->cells);
	*table = (struct table){.columns = 0};
}
