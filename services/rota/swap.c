#include "swap.h"

#include <string.h>

#include "duty.h"
#include "rules.h"
#include "text.h"

#define HOUR_MS (3600LL * 1000)

/*
 *	        accept                 undo, before either shift begins
 *	 asked ────────► taken ──────────────────────────────► undone
 *	   │ │ undo (withdrawn by who asked)                      ▲
 *	   │ └────────────────────────────────────────────────────┘
 *	   ├─ decline, by the one clinic that was asked ──► declined
 *	   ├─ the shift begins (asked before that), or ends ──► lapsed
 *	   └─ the duty is no longer the asker's, or what was to be taken
 *	      in return no longer theirs ──► overtaken
 */
#define S(name) SWAP_STATE_##name
#define INTO(name) (1u << S(name))

static const unsigned transitions[SWAP_STEPS][S(OVERTAKEN) + 1] = {
	[SWAP_ASK] = { [S(UNSPECIFIED)] = INTO(ASKED) },
	[SWAP_ACCEPT] = { [S(ASKED)] = INTO(TAKEN) },
	[SWAP_DECLINE] = { [S(ASKED)] = INTO(DECLINED) },
	[SWAP_UNDO] = { [S(ASKED)] = INTO(UNDONE), [S(TAKEN)] = INTO(UNDONE) },
	[SWAP_LAPSE] = { [S(ASKED)] = INTO(LAPSED) },
	[SWAP_OVERTAKE] = { [S(ASKED)] = INTO(OVERTAKEN) },
};

bool swap_possible(enum swap_step step, Swap_State state)
{
	return (int)state <= S(OVERTAKEN) && transitions[step][state];
}

bool swap_over(const Swap *swap, const Shift *shift, int64_t now_ms)
{
	if (swap->state == S(TAKEN))
		return !shift || shift->until_ms <= now_ms;
	return swap->state != S(ASKED);
}

/* ---- a step ------------------------------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool member(const struct swap_rule *view, const char *organisation)
{
	for (size_t i = 0; i < view->n_members; i++)
		if (same(view->members[i], organisation))
			return true;
	return false;
}

/* Those whom the question is put to, or who need not answer it any longer. */
static int add_asked(const struct input *in, const struct swap_rule *view, const Swap *swap,
		     SwapChanged *fact)
{
	int rc = 0;

	if (*swap->to)
		return arena_append(in->arena, &fact->asked, &fact->n_asked, swap->to);
	for (size_t i = 0; !rc && i < view->n_members; i++)
		if (!same(view->members[i], swap->asker))
			rc = arena_append(in->arena, &fact->asked, &fact->n_asked,
					  view->members[i]);
	return rc;
}

/* The swap as it will be, in the fact. NULL: no memory. */
static Swap *step(const struct input *in, const struct swap_rule *view, enum swap_step which,
		  SwapChanged *fact)
{
	Swap *swap = arena_copy(in->arena, view->swap, sizeof(*swap));
	unsigned into = transitions[which][view->swap->state];

	if (!swap)
		return NULL;
	swap->state = S(UNSPECIFIED);
	while (!(into & 1u << swap->state))
		swap->state++;
	fact->swap = swap;
	return add_asked(in, view, swap, fact) ? NULL : swap;
}

/* ---- refusals ----------------------------------------------------------------------------- */

static int wrong_state(const struct input *in, const Swap *swap)
{
	static const char *const ja[] = {
		"",
		"",
		"この交代はすでに引き受けられています。",
		"この交代は断られています。",
		"この交代は取り消されています。",
		"この交代は期限が過ぎています。",
		"この当番はもう依頼元のものではありません。",
	};
	static const char *const en[] = {
		"",
		"",
		"Somebody has taken this duty already.",
		"This swap was declined.",
		"This swap was undone.",
		"The time for this swap is over.",
		"The duty is no longer theirs who asked.",
	};

	return refuse(in, CODE_FAILED_PRECONDITION, "", ja[swap->state], en[swap->state]);
}

static int refuse_clash(const struct input *in, enum clash clash, const char *who,
			const Shift *other, uint32_t rest_hours)
{
	bool own = same(who, in->actor.organisation);
	const char *ja = own ? "あなたの診療所" : who, *en = own ? "Your clinic" : who;

	if (clash == CLASH_PLACES)
		return refuse(
			in, CODE_FAILED_PRECONDITION, "",
			arena_printf(in->arena, "%sはこの枠のもう一方の当番です。", ja),
			arena_printf(in->arena, "%s has the other place of this shift.", en));
	if (clash == CLASH_AT_ONCE)
		return refuse(in, CODE_FAILED_PRECONDITION, "",
			      arena_printf(in->arena, "%sは同じ時間に別の当番（%s）があります。",
					   ja, other->id),
			      arena_printf(in->arena, "%s is on another shift at that time (%s).",
					   en, other->id));
	return refuse(in, CODE_FAILED_PRECONDITION, "",
		      arena_printf(in->arena,
				   "%sは前後の当番（%s）との間に%u時間の休みがとれません。", ja,
				   other->id, rest_hours),
		      arena_printf(in->arena, "%s would not have %u hours of rest from %s.", en,
				   rest_hours, other->id));
}

static int of_the_clinic(const struct input *in)
{
	if (in->actor.profession == PROFESSION_DOCTOR || in->actor.profession == PROFESSION_NURSE)
		return 0;
	return refuse(in, CODE_PERMISSION_DENIED, "",
		      "当番の交代は、診療所の医師・看護師が行います。",
		      "Doctors and nurses of the clinics swap duties.");
}

static int no_swap(const struct input *in)
{
	return refuse(in, CODE_NOT_FOUND, "id", "その交代依頼はありません。",
		      "There is no such swap.");
}

/* ---- do they fit -------------------------------------------------------------------------- */

/* The duty of one side after the shifts were changed, which are in the list. */
static int check_duty(const struct input *in, const struct swap_rule *view, Shift *const *shifts,
		      const Shift *shift, bool second)
{
	const char *holder = duty_holder(shift, second);
	const Shift *other = NULL;
	enum clash clash =
		duty_would_clash(shifts, view->n_near, shift, second, duty_from_ms(shift, second),
				 holder, view->settings->rest_hours * HOUR_MS, &other);

	return clash ? refuse_clash(in, clash, holder, other, view->settings->rest_hours) : 0;
}

struct moved {
	Shift *shift, *in_return; /* as they will be; in_return: NULL, none */
};

static int move(const struct input *in, const Shift *before, bool second, const char *to,
		Shift **out)
{
	Shift *shift = shift_copy(in->arena, before);

	if (!shift)
		return ERR_NOMEM;
	*out = shift;
	shift->by_hand = true;
	shift->sequence = before->sequence + 1;
	return duty_give(in->arena, shift, second, to, GAP_REASON_UNSPECIFIED, in->now_ms);
}

/* Gives the duties to whom they are to have, and looks whether both sides can have them. */
static int exchange(const struct input *in, const struct swap_rule *view, const Swap *swap,
		    const char *to, const char *back_to, struct moved *moved)
{
	Shift **shifts = arena_alloc(in->arena, (view->n_near + 1) * sizeof(*shifts));

	*moved = (struct moved){ .shift = NULL };
	if (!shifts)
		return ERR_NOMEM;
	int rc = move(in, view->shift, swap->second, to, &moved->shift);
	if (!rc && *swap->in_return)
		rc = move(in, view->in_return, swap->in_return_second, back_to, &moved->in_return);
	for (size_t i = 0; !rc && i < view->n_near; i++) {
		shifts[i] = view->near[i];
		if (same(shifts[i]->id, swap->shift))
			shifts[i] = moved->shift;
		else if (moved->in_return && same(shifts[i]->id, swap->in_return))
			shifts[i] = moved->in_return;
	}
	if (!rc)
		rc = check_duty(in, view, shifts, moved->shift, swap->second);
	if (!rc && moved->in_return)
		rc = check_duty(in, view, shifts, moved->in_return, swap->in_return_second);
	return rc;
}

static int keep(const struct input *in, const struct moved *moved, SwapChanged *fact)
{
	int rc = arena_append(in->arena, &fact->shifts, &fact->n_shifts, moved->shift);

	if (!rc && moved->in_return)
		rc = arena_append(in->arena, &fact->shifts, &fact->n_shifts, moved->in_return);
	return rc;
}

/* ---- asking ------------------------------------------------------------------------------- */

static int check_in_return(const struct input *in, const struct swap_rule *view,
			   const AskSwap *request, Swap *swap)
{
	if (!*request->in_return)
		return 0;
	if (!*request->to)
		return refuse(in, CODE_INVALID_ARGUMENT, "to",
			      "代わりに受ける枠を指定するときは、相手の診療所も指定してください。",
			      "Say whose shift you take in return.");
	if (!view->in_return || view->in_return->dropped)
		return refuse(in, CODE_NOT_FOUND, "in_return", "代わりに受ける枠がありません。",
			      "There is no such shift to take in return.");
	if (duty_begun(view->in_return, in->now_ms))
		return refuse(in, CODE_FAILED_PRECONDITION, "in_return",
			      "代わりに受ける枠はもう始まっています。",
			      "The shift to take in return has begun.");
	swap->in_return_second = !duty_is(view->in_return, false, request->to);
	if (!duty_is(view->in_return, swap->in_return_second, request->to) ||
	    same(request->in_return, request->shift))
		return refuse(in, CODE_INVALID_ARGUMENT, "in_return",
			      "代わりに受ける枠は、相手の診療所の当番から選んでください。",
			      "What you take in return must be a duty of the clinic you ask.");
	return 0;
}

static int check_ask(const struct input *in, const struct swap_rule *view, const AskSwap *request)
{
	int rc = of_the_clinic(in);

	if (rc)
		return rc;
	if (!view->shift || view->shift->dropped)
		return refuse(in, CODE_NOT_FOUND, "shift", "その枠はありません。",
			      "There is no such shift.");
	if (!duty_is(view->shift, request->second, in->actor.organisation))
		return refuse(in, CODE_PERMISSION_DENIED, "shift",
			      "この枠の当番はあなたの診療所ではありません。",
			      "Your clinic does not have this duty.");
	if (view->shift->until_ms <= in->now_ms)
		return refuse(in, CODE_FAILED_PRECONDITION, "shift", "その枠はもう終わっています。",
			      "That shift is over.");
	if (strlen(request->text) > ROTA_TEXT_BYTES)
		return refuse(in, CODE_INVALID_ARGUMENT, "text",
			      "本文は500バイト以内で入れてください。", "Write at most 500 bytes.");
	if (*request->to &&
	    (!member(view, request->to) || same(request->to, in->actor.organisation)))
		return refuse(
			in, CODE_INVALID_ARGUMENT, "to",
			"24時間体制に参加している、ほかの診療所を選んでください。",
			"Choose another clinic that takes part in the round-the-clock network.");
	if (view->asked) {
		refuse(in, CODE_ALREADY_EXISTS, "shift", "この当番の交代はすでに頼んでいます。",
		       "You have asked for this duty to be taken already.");
		in->refusal->id = view->asked->id;
		return ERR_REFUSED;
	}
	return 0;
}

int swap_ask(const struct input *in, const struct swap_rule *view, const AskSwap *request,
	     SwapChanged *fact)
{
	struct moved moved;
	int rc = check_ask(in, view, request);
	Swap *swap = rc ? NULL : NEW(Swap, in->arena);

	if (!swap)
		return rc ? rc : ERR_NOMEM;
	swap->state = S(ASKED);
	swap->id = arena_string(in->arena, in->id);
	swap->shift = request->shift;
	swap->second = request->second;
	swap->asker = arena_string(in->arena, in->actor.organisation);
	swap->to = request->to;
	swap->in_return = request->in_return;
	swap->text = request->text;
	swap->asked_ms = in->now_ms;
	swap->asked_by = arena_string(in->arena, in->actor.user);
	swap->lapses_ms =
		duty_begun(view->shift, in->now_ms) ? view->shift->until_ms : view->shift->from_ms;
	rc = check_in_return(in, view, request, swap);
	if (!rc && *swap->to) /* it would be refused when they accept */
		rc = exchange(in, view, swap, swap->to, swap->asker, &moved);
	fact->swap = swap;
	return rc ? rc : add_asked(in, view, swap, fact);
}

/* ---- answering ---------------------------------------------------------------------------- */

/* Is it still as it was asked? */
static bool stands(const struct swap_rule *view)
{
	const Swap *swap = view->swap;

	if (!view->shift || view->shift->dropped ||
	    !duty_is(view->shift, swap->second, swap->asker))
		return false;
	if (swap->lapses_ms != view->shift->from_ms && swap->lapses_ms != view->shift->until_ms)
		return false; /* it is at another time now */
	return !*swap->in_return || (view->in_return && !view->in_return->dropped &&
				     duty_is(view->in_return, swap->in_return_second, swap->to));
}

static int check_answer(const struct input *in, const struct swap_rule *view, enum swap_step which)
{
	int rc = of_the_clinic(in);

	if (rc)
		return rc;
	if (!view->swap)
		return no_swap(in);
	if (*view->swap->to ? !same(view->swap->to, in->actor.organisation)
			    : !member(view, in->actor.organisation) ||
				      same(view->swap->asker, in->actor.organisation))
		return refuse(in, CODE_PERMISSION_DENIED, "",
			      "この交代は、あなたの診療所には頼まれていません。",
			      "Your clinic is not asked to take this duty.");
	if (!swap_possible(which, view->swap->state))
		return wrong_state(in, view->swap);
	return 0;
}

int swap_accept(const struct input *in, const struct swap_rule *view, const AcceptSwap *request,
		SwapChanged *fact)
{
	struct moved moved;
	int rc = check_answer(in, view, SWAP_ACCEPT);

	(void)request;
	if (rc)
		return rc;
	if (!member(view, in->actor.organisation))
		return refuse(in, CODE_FAILED_PRECONDITION, "",
			      "あなたの診療所は24時間体制に参加していません。",
			      "Your clinic does not take part in the round-the-clock network.");
	if (!stands(view))
		return refuse(
			in, CODE_FAILED_PRECONDITION, "",
			"当番が変わったため、この交代はできなくなりました。",
			"The duties have changed meanwhile: this swap is no longer possible.");
	if (view->swap->lapses_ms <= in->now_ms ||
	    (view->in_return && duty_begun(view->in_return, in->now_ms)))
		return refuse(in, CODE_FAILED_PRECONDITION, "", "この交代は期限が過ぎています。",
			      "The time for this swap is over.");
	rc = exchange(in, view, view->swap, in->actor.organisation, view->swap->asker, &moved);
	if (rc)
		return rc;
	Swap *swap = step(in, view, SWAP_ACCEPT, fact);
	if (!swap)
		return ERR_NOMEM;
	swap->taker = arena_string(in->arena, in->actor.organisation);
	swap->answered_ms = in->now_ms;
	swap->answered_by = arena_string(in->arena, in->actor.user);
	return keep(in, &moved, fact);
}

int swap_decline(const struct input *in, const struct swap_rule *view, const DeclineSwap *request,
		 SwapChanged *fact)
{
	int rc = check_answer(in, view, SWAP_DECLINE);

	(void)request;
	if (rc)
		return rc;
	if (!*view->swap->to)
		return refuse(in, CODE_FAILED_PRECONDITION, "",
			      "全体への依頼です。引き受けないときは、何もしなくてかまいません。",
			      "All were asked. If you do not take it, there is nothing to do.");
	Swap *swap = step(in, view, SWAP_DECLINE, fact);
	if (!swap)
		return ERR_NOMEM;
	swap->answered_ms = in->now_ms;
	swap->answered_by = arena_string(in->arena, in->actor.user);
	return 0;
}

/* ---- undoing ------------------------------------------------------------------------------ */

static int check_undo(const struct input *in, const struct swap_rule *view)
{
	const char *own = in->actor.organisation;

	if (!view->swap)
		return no_swap(in);
	const Swap *swap = view->swap;
	if (in->actor.profession != PROFESSION_ADMINISTRATOR) {
		int rc = of_the_clinic(in);
		if (rc)
			return rc;
		if (!same(swap->asker, own) && !(*swap->taker && same(swap->taker, own)))
			return refuse(in, CODE_PERMISSION_DENIED, "",
				      "交代を取り消せるのは、頼んだ側と引き受けた側、管理者です。",
				      "Either side or an administrator undoes a swap.");
	}
	return swap_possible(SWAP_UNDO, swap->state) ? 0 : wrong_state(in, swap);
}

static int take_back(const struct input *in, const struct swap_rule *view, struct moved *moved)
{
	const Swap *swap = view->swap;

	if (!view->shift || !duty_is(view->shift, swap->second, swap->taker) ||
	    (*swap->in_return &&
	     (!view->in_return || !duty_is(view->in_return, swap->in_return_second, swap->asker))))
		return refuse(in, CODE_FAILED_PRECONDITION, "",
			      "当番はその後また変わっています。取り消せません。",
			      "The duty has moved on since: this can no longer be undone.");
	if (duty_begun(view->shift, in->now_ms) ||
	    (view->in_return && duty_begun(view->in_return, in->now_ms)))
		return refuse(in, CODE_FAILED_PRECONDITION, "",
			      "枠が始まっているため取り消せません。改めて交代を頼んでください。",
			      "A shift has begun. Ask for a swap instead.");
	return exchange(in, view, swap, swap->asker, swap->taker, moved);
}

int swap_undo(const struct input *in, const struct swap_rule *view, const UndoSwap *request,
	      SwapChanged *fact)
{
	struct moved moved = { .shift = NULL };
	int rc = check_undo(in, view);

	(void)request;
	if (!rc && view->swap->state == S(TAKEN))
		rc = take_back(in, view, &moved);
	if (rc)
		return rc;
	Swap *swap = step(in, view, SWAP_UNDO, fact);
	if (!swap)
		return ERR_NOMEM;
	swap->undone_ms = in->now_ms;
	swap->undone_by = arena_string(in->arena, in->actor.user);
	return moved.shift ? keep(in, &moved, fact) : 0;
}

/* ---- time --------------------------------------------------------------------------------- */

int swap_due(const struct input *in, const struct swap_rule *view, const SwapDue *due,
	     SwapChanged *fact)
{
	(void)due;
	if (!view->swap || view->swap->state != S(ASKED))
		return ERR_NOTHING;
	bool over = view->swap->lapses_ms <= in->now_ms ||
		    (view->in_return && duty_begun(view->in_return, in->now_ms));
	if (stands(view) && !over)
		return ERR_NOTHING;
	return step(in, view, stands(view) ? SWAP_LAPSE : SWAP_OVERTAKE, fact) ? 0 : ERR_NOMEM;
}
