/*
 * How things look on the screen: times with their age, people with their profession, entries in one
 * line. All texts are in the command's arena.
 */
#ifndef SHOW_H
#define SHOW_H

#include <stdio.h>

#include "clients/cli/cli.h"

/* "2026年11月22日(日) 14:05", "Sun 22 Nov 2026 14:05"; "-" for 0. */
char *show_time(struct cli *cli, int64_t time_ms);
/* "2026年11月22日(日)", "Sun 22 Nov 2026". */
char *show_day(struct cli *cli, int64_t time_ms);
/* "14:05". */
char *show_clock(struct cli *cli, int64_t time_ms);
/* "12/3 10:00–12/6 12:00", for a column. */
char *show_span(struct cli *cli, int64_t from_ms, int64_t to_ms);
/* "12分前", "12 min ago"; of what is to come, within a day to the minute: "あと1時間59分". */
char *show_age(struct cli *cli, int64_t time_ms);
/* "14:05" today, else "11/22(日) 14:05", "Sun 22 Nov 14:05": of what is at most some weeks away. */
char *show_short(struct cli *cli, int64_t time_ms);
/* Both, as short as today allows: "14:05（12分前）", "昨日 14:05", else the whole date. */
char *show_when(struct cli *cli, int64_t time_ms);

/* "田所 ハル 様（タドコロ ハル） 84歳・女" */
char *show_patient(struct cli *cli, const Patient *patient);
/* "田所 ハル 様", as long as a line of a list allows. */
char *show_patient_name(struct cli *cli, const Patient *patient);
/* What an entry says, in one line, without its kind. */
char *show_entry(struct cli *cli, const Entry *entry);
/* "! 至急", or "". Bold red on a terminal, but never by colour alone. */
char *show_urgent(struct cli *cli, bool urgent);
/* "抗血栓薬, 腎機能" or "" */
char *show_concerns(struct cli *cli, const Concern *concerns, size_t n);

/* Prints a line of two columns, a heading. */
void show_field(struct cli *cli, enum message name, const char *value);
void show_heading(struct cli *cli, const char *text);
/* How many columns there are to print in; a pipe has no end. */
unsigned show_columns(const struct cli *cli);
/* Text that lists things, where so many columns are used already: a line ends between two of them
 * only, and the next one begins under the first. No line feed at the end. */
void show_list(struct cli *cli, FILE *out, const char *text, unsigned column);
void show_list_field(struct cli *cli, enum message name, const char *text);
/* Escape codes for a terminal, "" in a pipe. */
const char *show_bold(const struct cli *cli);
const char *show_dim(const struct cli *cli);
const char *show_red(const struct cli *cli);
const char *show_plain(const struct cli *cli);

#endif
