/*
 * Columns on a terminal, aligned by what characters are wide there (Japanese ones take two). In a
 * pipe: the same columns, without colour or escape codes.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stdio.h>

#define TABLE_COLUMNS 12

struct table {
	unsigned columns;
	bool right[TABLE_COLUMNS]; /* this column is flush right: figures */
	unsigned widths[TABLE_COLUMNS];
	char **cells; /* row after row; owned */
	size_t n_cells, capacity;
};

/* How many columns of a terminal this text takes. Control characters take none. */
unsigned text_width(const char *text);
/* Prints without control characters, which might steer the reader's terminal. */
void text_print(FILE *out, const char *text);
/* As much of it as fits into so many columns; how many it took. */
unsigned text_print_clipped(FILE *out, const char *text, unsigned width);
void text_print_padded(FILE *out, const char *text, unsigned width);

void table_init(struct table *table, unsigned columns);
/* As many strings as there are columns, copied; NULL counts as empty. The first row is the head. */
void table_row(struct table *table, ...);
void table_print(const struct table *table, FILE *out);
/* One row, as wide as all of them need it. */
void table_print_row(const struct table *table, size_t row, FILE *out);
/* As table_print; where the terminal is narrower, columns that do not fit stand on further lines. */
void table_print_within(const struct table *table, unsigned columns, FILE *out);
/* Where a column begins. */
unsigned table_column(const struct table *table, unsigned column);
/* How many columns of a terminal all of it takes. */
unsigned table_width(const struct table *table);
void table_close(struct table *table);

#endif
