/*
 * The rota as a calendar (RFC 5545), whole or of one clinic. An event is one place of a shift and
 * keeps its UID; what changed has a higher SEQUENCE, so that a calendar program takes it in place of
 * what it has. A duty that a clinic gave away is CANCELLED in its own calendar.
 */
#ifndef ROTA_CALENDAR_H
#define ROTA_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "names.h"

struct rota_calendar;

struct rota_calendar_options {
	const char *organisation; /* whose duties; "": everybody's */
	bool japanese;
	bool reasons;             /* why somebody set a shift by hand: for those who sign in */
	int64_t now_ms;           /* when it is made */
	/* The name of an organisation; read at once. */
	const char *(*name)(void *context, const char *organisation);
	void *context;
};

/* The options' texts are the caller's and must outlive it. NULL: no memory. */
struct rota_calendar *rota_calendar_open(const struct rota_calendar_options *options);
void rota_calendar_add(struct rota_calendar *calendar, const Shift *shift);
/* The whole of it; the caller frees it with free(). NULL: no memory. */
char *rota_calendar_text(struct rota_calendar *calendar);
void rota_calendar_free(struct rota_calendar *calendar);

#endif
