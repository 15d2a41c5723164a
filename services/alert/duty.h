/*
 * Who is on duty, as rota says ahead of time, and the hand-over at the end of a shift.
 *
 *	shifts       shift -> ShiftNotice
 *	shift_times  "", from_ms of the shift, shift -> nothing
 */
#ifndef ALERT_DUTY_H
#define ALERT_DUTY_H

#include "daemon.h"
#include "rules.h"

#define SHIFT_LONGEST_MS (3LL * 24 * 3600 * 1000) /* rota's are shorter than two days */

/* The first or second clinic on duty at a time, for an area; "": nobody. In tx->arena. */
int duty_at(struct tx *tx, int64_t at_ms, Area area, bool second, const char **organisation);

/* ---- rota tells ---------------------------------------------------------------------------- */

struct rota_view {
	struct word_audience word;
};

int load_rota(struct tx *tx, const struct input *in, const RotaNotice *notice,
	      struct rota_view *view);
int rota_follow(const struct input *in, const struct rota_view *view, const RotaNotice *notice,
		RotaFollowed *fact);
void apply_rota_followed(struct tx *tx, const JournalEntry *entry, uint64_t position,
			 const RotaFollowed *fact);

/* ---- the end of a shift --------------------------------------------------------------------- */

struct offer_view {
	const char *organisation;    /* whose duty it is, or was */
	HandOverItem **items;        /* what is open of it and not offered to them yet */
	size_t n_items;
	bool more;
	WordNotice word;             /* to those who may take it now */
	struct word_audience told;
};

int load_offer(struct tx *tx, const struct input *in, const OfferHandOver *request,
	       struct offer_view *view);
int load_duty_end(struct tx *tx, const struct input *in, const DutyEndsDue *due,
		  struct offer_view *view);
int hand_over_offer(const struct input *in, const struct offer_view *view,
		    const OfferHandOver *request, HandOverOffered *fact);
int duty_end(const struct input *in, const struct offer_view *view, const DutyEndsDue *due,
	     HandOverOffered *fact);
void apply_hand_over_offered(struct tx *tx, const JournalEntry *entry, uint64_t position,
			     const HandOverOffered *fact);
/* May the clinic to which it is offered still see the patient? Consent, or who attends, may be another
 * since. */
int offer_stands(struct tx *tx, const struct input *in, const Notification *item, bool *stands);
int hand_over_list(struct tx *tx, const struct input *in, const ListHandOver *request,
		   HandOverList *list, struct answer *answer);

#endif
