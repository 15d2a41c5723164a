/*
 * What the commands of `rota` share: shifts in order of time, and how they look.
 */
#ifndef ROTA_LOOK_H
#define ROTA_LOOK_H

#include "clients/cli/cli.h"
#include "clients/cli/who.h"

struct rota_shifts {
	const Shift **items; /* by beginning, then by area; in the arena */
	size_t n;
};

/* All of what was asked for. 0, or the exit status, said. */
int rota_load(struct cli *cli, const ListShifts *request, struct rota_shifts *shifts);
/* Puts them in order, the later of two of the same id in place of the earlier. */
void rota_sort(struct rota_shifts *shifts);
/* From --month, or from --from and --until; else it stays. 0, or EX_USAGE, said. */
int rota_days(struct cli *cli, const struct args *args, ListShifts *request);

/* "平日夜間", by area "平日夜間・北部". */
char *rota_kind(struct cli *cli, ShiftKind kind, Area area);
/* "11/22(日) 平日夜間". */
char *rota_name(struct cli *cli, const Shift *shift);
/* The same of a shift's id, which is all that a swap or a notification has of it. */
char *rota_id_name(struct cli *cli, const char *id);
/* "11/22(日)", "Sun 22 Nov". */
char *rota_date(struct cli *cli, int64_t time_ms);
/* "18:00–8:00". */
char *rota_hours(struct cli *cli, int64_t from_ms, int64_t until_ms);
/* Who has the place, by name, or that nobody has. */
char *rota_holder(struct cli *cli, struct names *names, const Shift *shift, bool second);
void rota_want(struct names *names, const Shift *shift);
/* The own organisation, or NULL, said. */
const char *rota_own(struct cli *cli);

#endif
