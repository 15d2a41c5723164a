/*
 * How a request looks on the screen to who reads it: in a line of a list, and whole, with why those
 * who were asked were asked, and what to do now. Texts are in the command's arena.
 */
#ifndef REFERRAL_LOOK_H
#define REFERRAL_LOOK_H

#include <stdio.h>

#include "clients/cli/who.h"

/* What the reader's organisation is to a request. */
enum role {
	ROLE_TEAM, /* sees the patient, no more */
	ROLE_ASKER,
	ROLE_ASKED,  /* is, or was, asked to take it */
	ROLE_CENTRE, /* the support centre */
};

struct viewer {
	struct cli *cli;
	struct names *names;
	char organisation[LIMIT_NAME_BYTES + 1]; /* the reader's; "": directory is silent */
	bool centre;                             /* it is the support centre */
};

/* Asks directory who the reader is; look_fetch waits for it. 0, or the exit status, said. */
int viewer_open(struct viewer *viewer, struct cli *cli);
void viewer_close(struct viewer *viewer);

/* Say which will be shown, fetch the names at once, then show. */
void look_want(struct viewer *viewer, const Referral *referral);
void look_fetch(struct viewer *viewer);

enum role look_role(const struct viewer *viewer, const Referral *referral);
/* The reader's own offer, or NULL. */
const Offer *look_own(const struct viewer *viewer, const Referral *referral);
/* Nothing more comes of it. */
bool look_over(const Referral *referral);
/* Must the reader do something about it now? */
bool look_waits(const struct viewer *viewer, const Referral *referral);

/* "打診中", "受諾" */
char *look_state(struct viewer *viewer, const Referral *referral);
/* "北部 東町・80〜89歳・女・在宅酸素"; where the patient is named, not what one knows then. */
char *look_what(struct viewer *viewer, const Referral *referral);
/* The others that have to do with it: "依頼元 松木ST · 受け手 みなと診療所". */
char *look_who(struct viewer *viewer, const Referral *referral);
/* "14:05（あと1時間59分）" */
char *look_until(struct viewer *viewer, const Referral *referral);
/* "必要な対応が可能・同じ圏域・空きあり・この30日の受け入れ2件" */
char *look_score(struct cli *cli, const Score *score);
/* "みなと診療所、蒼井医院": who is asked and has not answered. */
char *look_asked(struct viewer *viewer, const Referral *referral);
/* All of these in two lines of a list; in three, broken where it does no harm, on a narrow terminal. */
void look_print_row(struct viewer *viewer, const Referral *referral, FILE *out);
/* Who has it, as a line of two columns; nothing where nobody has, or the reader. */
void look_print_taker(struct viewer *viewer, const Referral *referral);
/* Who is waited for until when, as a line of two columns; nothing where nobody is. */
void look_print_deadline(struct viewer *viewer, const Referral *referral);
/* All of it, on stdout. */
void look_print(struct viewer *viewer, const Referral *referral);

#endif
