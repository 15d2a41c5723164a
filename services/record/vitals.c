#include "vitals.h"

#include <math.h>
#include <stdbool.h>

#include "error.h"

/* In tenths, so that 35.1 °C is compared as people mean it; all others are whole numbers. */
static int tenths(double value)
{
	return (int)lround(value * 10);
}

/* ---- what can be true --------------------------------------------------------------------- */

/*
 * Wide enough for anybody who is treated at home, narrow enough for slips of the finger: 9 for 96 %,
 * 385 for 38.5 °C, a pulse in the place of the pressure.
 */
static const struct range {
	const char *field;
	int least, most; /* tenths */
} ranges[] = {
	{ "systolic_mmhg", 300, 3000 },
	{ "diastolic_mmhg", 100, 2000 },
	{ "pulse_bpm", 200, 3000 },
	{ "temperature_celsius", 250, 450 },
	{ "spo2_percent", 300, 1000 },
	{ "respiratory_rate", 20, 1000 },
};
enum { SYSTOLIC, DIASTOLIC, PULSE, TEMPERATURE, SPO2, RESPIRATION, PARAMETERS };

static bool outside(int parameter, double value)
{
	return value != 0 && !(value * 10 >= ranges[parameter].least &&
			       value * 10 <= ranges[parameter].most);
}

int vitals_check(const VitalSigns *vitals, const char **field)
{
	const double values[PARAMETERS] = {
		[SYSTOLIC] = vitals->systolic_mmhg, [DIASTOLIC] = vitals->diastolic_mmhg,
		[PULSE] = vitals->pulse_bpm,        [TEMPERATURE] = vitals->temperature_celsius,
		[SPO2] = vitals->spo2_percent,      [RESPIRATION] = vitals->respiratory_rate,
	};
	bool measured = false;

	for (int i = 0; i < PARAMETERS; i++) {
		measured |= values[i] != 0;
		*field = ranges[i].field;
		if (outside(i, values[i]))
			return ERR_INVALID;
	}
	*field = "diastolic_mmhg";
	if (vitals->systolic_mmhg && vitals->diastolic_mmhg >= vitals->systolic_mmhg)
		return ERR_INVALID;
	*field = "";
	return measured ? 0 : ERR_INVALID;
}

int thresholds_check(const Thresholds *t, const char **field)
{
	const struct {
		const char *field;
		int parameter;
		double value, above; /* above: the lower limit that this one must be higher than */
	} limits[] = {
		{ "systolic_min_mmhg", SYSTOLIC, t->systolic_min_mmhg, 0 },
		{ "systolic_max_mmhg", SYSTOLIC, t->systolic_max_mmhg, t->systolic_min_mmhg },
		{ "pulse_min_bpm", PULSE, t->pulse_min_bpm, 0 },
		{ "pulse_max_bpm", PULSE, t->pulse_max_bpm, t->pulse_min_bpm },
		{ "temperature_min_celsius", TEMPERATURE, t->temperature_min_celsius, 0 },
		{ "temperature_max_celsius", TEMPERATURE, t->temperature_max_celsius,
		  t->temperature_min_celsius },
		{ "spo2_min_percent", SPO2, t->spo2_min_percent, 0 },
		{ "respiratory_rate_min", RESPIRATION, t->respiratory_rate_min, 0 },
		{ "respiratory_rate_max", RESPIRATION, t->respiratory_rate_max, t->respiratory_rate_min },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		*field = limits[i].field;
		if (outside(limits[i].parameter, limits[i].value) ||
		    (limits[i].value != 0 && limits[i].value <= limits[i].above))
			return ERR_INVALID;
	}
	return 0;
}

/* ---- what is urgent ----------------------------------------------------------------------- */

/* The last values that are not red, in tenths; 0: no limit. */
#define NEWS2_RESPIRATION_MIN 90    /* 8 and less scores 3 */
#define NEWS2_RESPIRATION_MAX 240   /* 25 and more */
#define NEWS2_SPO2_MIN 920          /* 91 and less, scale 1 */
#define NEWS2_SYSTOLIC_MIN 910      /* 90 and less */
#define NEWS2_SYSTOLIC_MAX 2190     /* 220 and more */
#define NEWS2_PULSE_MIN 410         /* 40 and less */
#define NEWS2_PULSE_MAX 1300        /* 131 and more */
#define NEWS2_TEMPERATURE_MIN 351   /* 35.0 and less */

static int own(double limit, int general)
{
	return limit != 0 ? tenths(limit) : general;
}

static const char *number(struct arena *arena, int value)
{
	return value % 10 ? arena_printf(arena, "%d.%d", value / 10, value % 10) :
			    arena_printf(arena, "%d", value / 10);
}

static const char *compare(struct arena *arena, const char *so_far, const char *name, double measured,
			   const char *unit, int min, int max)
{
	int value = tenths(measured);
	bool low = min && value < min, high = max && value > max;

	if (!value || (!low && !high))
		return so_far;
	return arena_printf(arena, "%s%s%s %s %s %c %s %s", so_far, *so_far ? ", " : "", name,
			    number(arena, value), unit, low ? '<' : '>', number(arena, low ? min : max),
			    unit);
}

const char *vitals_urgent(struct arena *arena, const VitalSigns *v, const Thresholds *thresholds)
{
	static const Thresholds none = Thresholds_INIT;
	const Thresholds *t = thresholds ? thresholds : &none;
	const char *reason = "";

	reason = compare(arena, reason, "RR", v->respiratory_rate, "/min",
			 own(t->respiratory_rate_min, NEWS2_RESPIRATION_MIN),
			 own(t->respiratory_rate_max, NEWS2_RESPIRATION_MAX));
	reason = compare(arena, reason, "SpO2", v->spo2_percent, "%",
			 own(t->spo2_min_percent, NEWS2_SPO2_MIN), 0);
	reason = compare(arena, reason, "sBP", v->systolic_mmhg, "mmHg",
			 own(t->systolic_min_mmhg, NEWS2_SYSTOLIC_MIN),
			 own(t->systolic_max_mmhg, NEWS2_SYSTOLIC_MAX));
	reason = compare(arena, reason, "P", v->pulse_bpm, "/min",
			 own(t->pulse_min_bpm, NEWS2_PULSE_MIN), own(t->pulse_max_bpm, NEWS2_PULSE_MAX));
	return compare(arena, reason, "BT", v->temperature_celsius, "°C",
		       own(t->temperature_min_celsius, NEWS2_TEMPERATURE_MIN),
		       own(t->temperature_max_celsius, 0));
}
