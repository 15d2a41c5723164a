/* `rota`: shifts set by hand, and swaps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/rota_look.h"
#include "clients/cli/show.h"
#include "clients/cli/table.h"
#include "date.h"

/* ---- by hand ---- */

/* A shift's id from a date, a kind and an area. */
static char *shift_id(struct cli *cli, const char *date, int kind, int area)
{
	char kind_word[64], area_word[64];

	label_word(&ShiftKind_descriptor, kind, kind_word, sizeof(kind_word));
	label_word(&Area_descriptor, area, area_word, sizeof(area_word));
	return arena_printf(&cli->arena, "%s-%s%s%s", date, kind_word, area ? "-" : "", area_word);
}

int run_rota_set(struct cli *cli, const struct args *args)
{
	SetShift request = SetShift_INIT;
	const char *date = args_get(args, "DATE"), *organisation = args_get(args, "ORG_OR_NONE");
	int kind, area = AREA_UNSPECIFIED;

	if (!date_valid_full(date))
		return cli_fail(cli, EX_USAGE, MSG_BAD_DATE, date);
	int status = cli_word(cli, &ShiftKind_descriptor, args_get(args, "SHIFT"), &kind);
	if (!status && args_has(args, "--area"))
		status = cli_word(cli, &Area_descriptor, args_get(args, "--area"), &area);
	if (status)
		return status;
	request.shift = shift_id(cli, date, kind, area);
	request.second = args_has(args, "--second");
	request.organisation = cli_string(cli, strcmp(organisation, "none") ? organisation : "");
	request.reason = cli_string(cli, args_get(args, "--reason"));
	return cli_write(cli, "rota", &request.base, MSG_DONE_SHIFT_SET);
}

/* ---- asking ---- */

struct place {
	char *shift;
	bool second;
};

/* The duty of an organisation on a day. kind and area 0: whichever it is, if there is one only. */
static int find_duty(struct cli *cli, const char *organisation, const char *date, int kind,
		     int area, struct place *out)
{
	ListShifts request = ListShifts_INIT;
	struct rota_shifts shifts;
	char *ids = cli_string(cli, "");
	size_t found = 0;

	if (!date_valid_full(date))
		return cli_fail(cli, EX_USAGE, MSG_BAD_DATE, date);
	request.from = request.until = cli_string(cli, date);
	request.organisation = cli_string(cli, organisation);
	int status = rota_load(cli, &request, &shifts);
	if (status)
		return status;
	for (size_t i = 0; i < shifts.n; i++) {
		const Shift *shift = shifts.items[i];
		bool second = strcmp(shift->first, organisation) != 0;
		if ((kind && (int)shift->kind != kind) || (area && (int)shift->area != area) ||
		    (second && strcmp(shift->second, organisation) != 0))
			continue;
		ids = arena_printf(&cli->arena, "%s%s%s", ids, found++ ? ", " : "", shift->id);
		*out = (struct place){shift->id, second};
	}
	if (!found)
		return cli_fail(cli, EX_NOINPUT, MSG_NO_DUTY_THEN, organisation, date);
	return found == 1 ? 0
			  : cli_fail(cli, EX_USAGE, MSG_SEVERAL_DUTIES, organisation, date, ids);
}

int run_rota_swap_ask(struct cli *cli, const struct args *args)
{
	AskSwap request = AskSwap_INIT;
	struct place ours, theirs = {.shift = NULL};
	int kind = 0, area = 0, status = 0;

	if (args_has(args, "--shift"))
		status = cli_word(cli, &ShiftKind_descriptor, args_get(args, "--shift"), &kind);
	if (!status && args_has(args, "--area"))
		status = cli_word(cli, &Area_descriptor, args_get(args, "--area"), &area);
	if (!status && args_has(args, "--in-return") && !args_has(args, "--to"))
		status = cli_fail(cli, EX_USAGE, MSG_ARG_MISSING, "--to");
	const char *own = status ? NULL : rota_own(cli);
	if (!own)
		return status ? status : EX_UNAVAILABLE;
	status = find_duty(cli, own, args_get(args, "DATE"), kind, area, &ours);
	if (!status && args_has(args, "--in-return"))
		status = find_duty(cli, args_get(args, "--to"), args_get(args, "--in-return"), 0, 0,
				   &theirs);
	if (status)
		return status;
	request.shift = ours.shift;
	request.second = ours.second;
	request.to = cli_string(cli, args_get(args, "--to"));
	request.in_return = cli_string(cli, theirs.shift);
	request.text = cli_string(cli, args_get(args, "--text"));
	Reply *reply;
	status = cli_call(cli, "rota", &request.base, &reply);
	if (status)
		return status;
	if (cli->json)
		cli_print_id(cli, reply);
	else
		printf("%s\n", cli_print(cli, MSG_ROTA_ASKED_OF, reply->id));
	return 0;
}

/* ---- answering ---- */

int run_rota_swap_accept(struct cli *cli, const struct args *args)
{
	AcceptSwap request = AcceptSwap_INIT;

	request.id = cli_id_of(cli, args_get(args, "ID"));
	return request.id ? cli_write(cli, "rota", &request.base, MSG_DONE_SWAP_ACCEPTED)
			  : EX_USAGE;
}

int run_rota_decline(struct cli *cli, const struct args *args)
{
	DeclineSwap request = DeclineSwap_INIT;

	request.id = cli_id_of(cli, args_get(args, "ID"));
	return request.id ? cli_write(cli, "rota", &request.base, MSG_DONE_SWAP_DECLINED)
			  : EX_USAGE;
}

int run_rota_undo(struct cli *cli, const struct args *args)
{
	UndoSwap request = UndoSwap_INIT;

	request.id = cli_id_of(cli, args_get(args, "ID"));
	return request.id ? cli_write(cli, "rota", &request.base, MSG_DONE_SWAP_UNDONE) : EX_USAGE;
}

/* ---- list ---- */

struct swap_pages {
	Swap **items;
	size_t n;
};

static void take_swaps(struct cli *cli, const ProtobufCMessage *message, void *context)
{
	const SwapList *page = (const SwapList *)(const void *)message;
	struct swap_pages *swaps = context;

	for (size_t i = 0; i < page->n_items; i++) {
		if (cli->json)
			cli_print_json(&page->items[i]->base);
		if (arena_append(&cli->arena, &swaps->items, &swaps->n, page->items[i]))
			abort();
	}
}

static char *sides(struct cli *cli, struct names *names, const Swap *swap)
{
	const char *to = *swap->taker ? swap->taker : swap->to;

	return cli_print(cli, MSG_SWAP_FROM_TO, names_organisation(names, swap->asker),
			 *to ? names_organisation(names, to) : cli_text(cli, MSG_SWAP_ALL));
}

static void print_swap(struct cli *cli, struct names *names, const Swap *swap)
{
	const char *place =
		cli_text(cli, swap->second ? MSG_ROTA_PLACE_SECOND : MSG_ROTA_PLACE_FIRST);
	char *text = sides(cli, names, swap);

	printf("%s", show_bold(cli));
	text_print(stdout,
		   cli_print(cli, MSG_SWAP_LINE, LABEL(Swap_State, swap->state, cli->japanese),
			     rota_id_name(cli, swap->shift), place));
	printf("%s\n          ", show_plain(cli));
	if (*swap->in_return)
		text = arena_printf(
			&cli->arena, "%s%s%s", text, cli_text(cli, MSG_DOT),
			cli_print(cli, MSG_SWAP_IN_RETURN, rota_id_name(cli, swap->in_return)));
	if (swap->state == SWAP_STATE_ASKED)
		text = arena_printf(
			&cli->arena, "%s%s%s", text, cli_text(cli, MSG_DOT),
			cli_print(cli, MSG_SWAP_UNTIL, show_short(cli, swap->lapses_ms)));
	if (*swap->text)
		text = arena_printf(&cli->arena, "%s%s%s", text, cli_text(cli, MSG_DOT),
				    swap->text);
	show_list(cli, stdout, text, 10);
	printf("\n          %s%s%s\n", show_dim(cli), swap->id, show_plain(cli));
}

int run_rota_swaps(struct cli *cli, const struct args *args)
{
	ListSwaps request = ListSwaps_INIT;
	struct swap_pages swaps = {.n = 0};

	request.all = args_has(args, "--all");
	int status =
		cli_pages(cli, "rota", &request.base, &SwapList_descriptor, take_swaps, &swaps);
	if (status || cli->json)
		return status;
	if (!swaps.n) {
		printf("%s\n", cli_text(cli, MSG_NO_SWAPS));
		return 0;
	}
	struct names *names = names_open(cli);
	for (size_t i = 0; i < swaps.n; i++) {
		names_want_people(names, swaps.items[i]->asker);
		names_want_people(names, swaps.items[i]->to);
		names_want_people(names, swaps.items[i]->taker);
	}
	names_fetch(names);
	for (size_t i = 0; i < swaps.n; i++)
		print_swap(cli, names, swaps.items[i]);
	names_free(names);
	return 0;
}
