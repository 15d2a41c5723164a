/* If this failed, a dangerous vital sign would not be urgent, a harmless one would wake people, or a
 * slip of the finger would pass for a measurement. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "error.h"
#include "limits.h"
#include "services/record/vitals.h"

static struct arena arena;

static const char *urgent(uint32_t systolic, uint32_t pulse, double temperature, uint32_t spo2,
			  uint32_t respiration, const Thresholds *thresholds)
{
	VitalSigns v = VitalSigns_INIT;
	v.systolic_mmhg = systolic;
	v.pulse_bpm = pulse;
	v.temperature_celsius = temperature;
	v.spo2_percent = spo2;
	v.respiratory_rate = respiration;
	return vitals_urgent(&arena, &v, thresholds);
}

/* Chart 1 of NEWS2, each red boundary from both sides. */
static void red_scores(void **state)
{
	(void)state;
	assert_string_equal(urgent(0, 0, 0, 0, 0, NULL), "");
	assert_string_equal(urgent(128, 72, 36.8, 96, 16, NULL), "");
	assert_string_equal(urgent(0, 0, 0, 0, 8, NULL), "RR 8 /min < 9 /min");
	assert_string_equal(urgent(0, 0, 0, 0, 9, NULL), "");
	assert_string_equal(urgent(0, 0, 0, 0, 24, NULL), "");
	assert_string_equal(urgent(0, 0, 0, 0, 25, NULL), "RR 25 /min > 24 /min");
	assert_string_equal(urgent(0, 0, 0, 91, 0, NULL), "SpO2 91 % < 92 %");
	assert_string_equal(urgent(0, 0, 0, 92, 0, NULL), "");
	assert_string_equal(urgent(90, 0, 0, 0, 0, NULL), "sBP 90 mmHg < 91 mmHg");
	assert_string_equal(urgent(91, 0, 0, 0, 0, NULL), "");
	assert_string_equal(urgent(219, 0, 0, 0, 0, NULL), "");
	assert_string_equal(urgent(220, 0, 0, 0, 0, NULL), "sBP 220 mmHg > 219 mmHg");
	assert_string_equal(urgent(0, 40, 0, 0, 0, NULL), "P 40 /min < 41 /min");
	assert_string_equal(urgent(0, 41, 0, 0, 0, NULL), "");
	assert_string_equal(urgent(0, 130, 0, 0, 0, NULL), "");
	assert_string_equal(urgent(0, 131, 0, 0, 0, NULL), "P 131 /min > 130 /min");
	assert_string_equal(urgent(0, 0, 35.0, 0, 0, NULL), "BT 35 °C < 35.1 °C");
	assert_string_equal(urgent(0, 0, 35.1, 0, 0, NULL), "");
	/* 39.1 and above scores 2 and is no red score. */
	assert_string_equal(urgent(0, 0, 39.1, 0, 0, NULL), "");
	assert_string_equal(urgent(0, 0, 41.5, 0, 0, NULL), "");
	assert_string_equal(urgent(85, 135, 0, 0, 0, NULL), "sBP 85 mmHg < 91 mmHg, P 135 /min > 130 /min");
}

static void own_limits_replace(void **state)
{
	Thresholds t = Thresholds_INIT;

	(void)state;
	t.spo2_min_percent = 88; /* a chronic lung disease */
	assert_string_equal(urgent(0, 0, 0, 88, 0, &t), "");
	assert_string_equal(urgent(0, 0, 0, 87, 0, &t), "SpO2 87 % < 88 %");
	assert_string_equal(urgent(90, 0, 0, 0, 0, &t), "sBP 90 mmHg < 91 mmHg"); /* not set: NEWS2 */
	t.temperature_max_celsius = 37.9;
	assert_string_equal(urgent(0, 0, 37.9, 0, 0, &t), "");
	assert_string_equal(urgent(0, 0, 38.0, 0, 0, &t), "BT 38 °C > 37.9 °C");
	t.systolic_max_mmhg = 160;
	assert_string_equal(urgent(161, 0, 0, 0, 0, &t), "sBP 161 mmHg > 160 mmHg");
}

static void implausible(void **state)
{
	static const struct {
		uint32_t systolic, diastolic, pulse;
		double temperature;
		uint32_t spo2, respiration;
		const char *field; /* NULL: can be */
	} rows[] = {
		{ 128, 76, 72, 36.8, 96, 16, NULL },
		{ 0, 0, 0, 0, 0, 0, "" },
		{ 128, 0, 0, 0, 0, 0, NULL },
		{ 1280, 76, 0, 0, 0, 0, "systolic_mmhg" },
		{ 76, 128, 0, 0, 0, 0, "diastolic_mmhg" },
		{ 0, 5, 0, 0, 0, 0, "diastolic_mmhg" },
		{ 0, 0, 7, 0, 0, 0, "pulse_bpm" },
		{ 0, 0, 0, 368, 0, 0, "temperature_celsius" },
		{ 0, 0, 0, 3.7, 0, 0, "temperature_celsius" },
		{ 0, 0, 0, -36, 0, 0, "temperature_celsius" },
		{ 0, 0, 0, 1e300, 0, 0, "temperature_celsius" },
		{ 0, 0, 0, 0, 9, 0, "spo2_percent" },
		{ 0, 0, 0, 0, 101, 0, "spo2_percent" },
		{ 0, 0, 0, 0, 100, 0, NULL },
		{ 0, 0, 0, 0, 0, 160, "respiratory_rate" },
		{ UINT32_MAX, 0, 0, 0, 0, 0, "systolic_mmhg" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		VitalSigns v = VitalSigns_INIT;
		const char *field = NULL;
		v.systolic_mmhg = rows[i].systolic;
		v.diastolic_mmhg = rows[i].diastolic;
		v.pulse_bpm = rows[i].pulse;
		v.temperature_celsius = rows[i].temperature;
		v.spo2_percent = rows[i].spo2;
		v.respiratory_rate = rows[i].respiration;
		assert_int_equal(vitals_check(&v, &field), rows[i].field ? ERR_INVALID : 0);
		if (rows[i].field)
			assert_string_equal(field, rows[i].field);
	}
}

static void limits_that_cannot_be_meant(void **state)
{
	Thresholds t = Thresholds_INIT;
	const char *field;

	(void)state;
	assert_int_equal(thresholds_check(&t, &field), 0);
	t.pulse_min_bpm = 50;
	t.pulse_max_bpm = 120;
	assert_int_equal(thresholds_check(&t, &field), 0);
	t.pulse_max_bpm = 45;
	assert_int_equal(thresholds_check(&t, &field), ERR_INVALID);
	assert_string_equal(field, "pulse_max_bpm");
	t.pulse_max_bpm = 0;
	t.temperature_max_celsius = 380;
	assert_int_equal(thresholds_check(&t, &field), ERR_INVALID);
	assert_string_equal(field, "temperature_max_celsius");
}

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, LIMIT_ARENA_BYTES);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(red_scores),
		cmocka_unit_test(own_limits_replace),
		cmocka_unit_test(implausible),
		cmocka_unit_test(limits_that_cannot_be_meant),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
