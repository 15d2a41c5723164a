#include "placement.h"

#include <string.h>

#include "entry.h"

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

char *placement_event(const struct input *in, const char *event, const char *referral)
{
	if (id_valid(event))
		return arena_string(in->arena, event);
	return arena_printf(in->arena, "%s-%llu", referral,
			    (unsigned long long)in->instance_position);
}

static TeamMember *find_row(const PatientView *view, const char *organisation, const char *referral)
{
	for (size_t i = 0; i < view->n_team; i++)
		if (!view->team[i]->user[0] && same(view->team[i]->organisation, organisation) &&
		    same(view->team[i]->referral, referral))
			return view->team[i];
	return NULL;
}

/* ---- a taker becomes a member ------------------------------------------------------------- */

static bool windows_fit(const PlacementNotice *notice)
{
	return notice->from_ms >= 0 && notice->until_ms > notice->from_ms &&
	       notice->times <= PLACEMENT_TIMES_MAX && notice->every_days <= PLACEMENT_TIMES_MAX &&
	       (notice->times <= 1 || notice->every_days > 0);
}

static const char *why_not(const struct placement_rule *view, const PlacementNotice *notice,
			   const TeamMember *row)
{
	if (!view->patient)
		return "no such patient";
	if (view->patient->patient->deceased)
		return "the patient is deceased";
	if (!view->patient->patient->team_consent)
		return "no consent to sharing within the team";
	if (!view->organisation)
		return "no such organisation";
	if (view->organisation->left)
		return "the organisation takes part no longer";
	if (notice->kind != REFERRAL_KIND_HOME_DOCTOR && notice->kind != REFERRAL_KIND_BACKUP_BED &&
	    notice->kind != REFERRAL_KIND_VISIT)
		return "no such kind of request";
	if (notice->kind == REFERRAL_KIND_VISIT && !windows_fit(notice))
		return "no windows for the visit";
	if (!row && view->patient->n_team >= TEAM_MAX)
		return "the team is full";
	return NULL;
}

/*
 * Who of an organisation is on the team already stays on it, and so does what part it has beyond a
 * member's: then the row is for both.
 */
static void keep_part(TeamMember *member, const TeamMember *row)
{
	if (!row)
		return;
	if (member->role == TEAM_ROLE_MEMBER && row->role != TEAM_ROLE_UNSPECIFIED)
		member->role = row->role;
	if (row->profession != member->profession)
		member->profession = PROFESSION_UNSPECIFIED;
}

static TeamMember *new_member(const struct input *in, const struct placement_rule *view,
			      const PlacementNotice *notice, const TeamMember *row)
{
	TeamMember *member = NEW(TeamMember, in->arena);

	if (!member)
		return NULL;
	member->organisation = view->organisation->id;
	member->role = TEAM_ROLE_MEMBER;
	if (notice->kind == REFERRAL_KIND_HOME_DOCTOR) {
		member->role = TEAM_ROLE_ATTENDING;
		member->profession = PROFESSION_DOCTOR;
		keep_part(member, row);
	} else if (notice->kind == REFERRAL_KIND_BACKUP_BED) {
		/* All who look after the patient there, not only those who arrange beds. */
		member->profession = PROFESSION_UNSPECIFIED;
		keep_part(member, row);
	} else {
		member->profession = PROFESSION_NURSE;
		member->referral = notice->referral;
		member->from_ms = notice->from_ms;
		member->until_ms = notice->until_ms;
		member->times = notice->times;
		member->every_days = notice->every_days;
	}
	return member;
}

/* Does the organisation stand there as the request has made it, and nobody else since? */
static bool same_part(const TeamMember *a, const TeamMember *b)
{
	return a && b && a->role == b->role && a->profession == b->profession;
}

/* What the organisation is without this request, which may have been told twice. */
static TeamMember *without_it(const struct placement_rule *view, TeamMember *row)
{
	return view->placed && same_part(row, view->placed->member) ? view->placed->before : row;
}

/* Whose place it takes as the attending doctor. */
static TeamMember *who_attended(const struct placement_rule *view, const TeamMember *member,
				const TeamMember *row)
{
	if (member->role != TEAM_ROLE_ATTENDING)
		return NULL;
	for (size_t i = 0; i < view->patient->n_team; i++)
		if (view->patient->team[i] != row &&
		    view->patient->team[i]->role == TEAM_ROLE_ATTENDING)
			return view->patient->team[i];
	return view->placed && same_part(row, view->placed->member) ? view->placed->attending : NULL;
}

/*
 * The request is over before anybody wanted it done: who attended before, and is the plain member that
 * the request has made of it, attends again if nobody else does once the taker's row is gone. If
 * somebody does, that it stays a member is told: referral may have passed over that it became one.
 */
static int attends_again(const struct input *in, const struct placement_rule *view,
			 PlacementDecided *fact)
{
	const Placement *placed = view->placed;
	const TeamMember *plain = NULL;
	bool attended = false;

	if (!placed || !placed->attending || !view->patient ||
	    !same(placed->patient, view->patient->patient->id))
		return 0;
	for (size_t i = 0; i < view->patient->n_team; i++) {
		const TeamMember *row = view->patient->team[i];
		if (row == fact->member)
			row = fact->before;
		attended |= row && row->role == TEAM_ROLE_ATTENDING;
		if (row && row->role == TEAM_ROLE_MEMBER && member_same(row, placed->attending))
			plain = row;
	}
	if (!plain)
		return 0;
	fact->attending = arena_copy(in->arena, plain, sizeof(*plain));
	if (!fact->attending)
		return ERR_NOMEM;
	if (!attended)
		fact->attending->role = TEAM_ROLE_ATTENDING;
	return 0;
}

/*
 * Whose row goes when it ends: that of a visit always. Else that which the request made, and who was a
 * member before is that again; not that of who registered the patient, nor of who has by now another
 * part in the team than the request gave them.
 */
static TeamMember *ending_row(const struct placement_rule *view, const PlacementNotice *notice,
			      TeamMember *row, TeamMember **before)
{
	const Placement *placed = view->placed;

	if (!row || notice->kind == REFERRAL_KIND_VISIT)
		return row;
	if (!placed || !placed->member || !same(placed->patient, view->patient->patient->id))
		return NULL;
	if (same_part(row, placed->member) && placed->before) {
		*before = placed->before;
		return row;
	}
	if (placed->before || same(view->patient->patient->registered_by, row->organisation))
		return NULL;
	return same_part(row, placed->member) || row->role == TEAM_ROLE_MEMBER ? row : NULL;
}

int placement_decide(const struct input *in, const struct placement_rule *view,
		     const PlacementNotice *notice, PlacementDecided *fact)
{
	const char *referral = notice->kind == REFERRAL_KIND_VISIT ? notice->referral : "";
	TeamMember *row = NULL;

	if (!id_valid(notice->referral))
		return refuse(in, CODE_INVALID_ARGUMENT, "referral", "依頼の番号が読み取れません。",
			      "The referral's id cannot be read.");
	if (view->heard)
		return ERR_NOTHING;
	if (view->patient)
		row = find_row(view->patient, notice->organisation, referral);
	fact->referral = notice->referral;
	fact->organisation = notice->organisation;
	fact->patient = arena_string(in->arena, view->patient ? view->patient->patient->id : "");
	fact->event = placement_event(in, notice->event, notice->referral);
	fact->right = ACCESSED_RIGHT_REFERRAL;
	fact->ended = notice->ended;
	if (notice->ended) {
		fact->member = ending_row(view, notice, row, &fact->before);
		if (!fact->member)
			fact->before = row; /* it stays as it is */
		return attends_again(in, view, fact);
	}
	const char *refused = why_not(view, notice, row);
	if (refused) {
		fact->refused = arena_string(in->arena, refused);
		return 0;
	}
	fact->before = without_it(view, row);
	fact->member = new_member(in, view, notice, row);
	if (!fact->member)
		return ERR_NOMEM;
	fact->attending = who_attended(view, fact->member, row);
	return 0;
}

int membership_end(const struct input *in, const struct patient_rule *view, const MembershipDue *due,
		   TeamMemberRemoved *fact)
{
	const TeamMember *row =
		view->patient ? find_row(view->patient, due->organisation, due->referral) : NULL;

	/* It may have got other windows since. */
	if (!row || !member_end_ms(row) || member_end_ms(row) > in->now_ms)
		return ERR_NOTHING;
	fact->patient = due->patient;
	fact->organisation = due->organisation;
	fact->referral = due->referral;
	fact->right = ACCESSED_RIGHT_REFERRAL;
	return 0;
}

/* ---- a visit was made --------------------------------------------------------------------- */

int visit_report(const struct input *in, const struct visit_rule *view, const VisitNotice *notice,
		 EntryAdded *fact)
{
	const VisitReport *report = notice->report;
	Entry *entry = fact->entry = NEW(Entry, in->arena);

	if (!entry)
		return ERR_NOMEM;
	if (!id_valid(notice->referral) || !view->patient || !report)
		return refuse(in, CODE_INVALID_ARGUMENT, "patient", "報告の患者または内容がありません。",
			      "The report has no patient, or says nothing.");
	if (view->heard)
		return ERR_NOTHING;
	struct actor author = { .user = report->author, .device = "",
				.organisation = report->organisation,
				.profession = report->profession };
	fact->right = access_right(view->patient, &author, in->now_ms, in->steady_ms);
	if (fact->right != ACCESSED_RIGHT_REGISTRAR && fact->right != ACCESSED_RIGHT_TEAM)
		fact->right = ACCESSED_RIGHT_REFERRAL;
	if (fact->right == ACCESSED_RIGHT_REFERRAL && !view->placed)
		return access_refused(in);
	entry->patient = view->patient->patient->id;
	entry->content_case = Entry_CONTENT_NOTE;
	entry->note = NEW(Note, in->arena);
	if (!entry->note)
		return ERR_NOMEM;
	entry->note->text = report->text;
	entry_stamp(in, entry, &author);
	fact->event = placement_event(in, notice->event, notice->referral);
	return entry_check(in, entry);
}
