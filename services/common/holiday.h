/*
 * The national holidays of Japan, reckoned from the law (国民の祝日に関する法律, Act No. 178 of
 * 1948, as it stands since 2022).
 */
#ifndef HOLIDAY_H
#define HOLIDAY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Is it one? day: days since 1970-01-01 in Japan. Also the day in place of a holiday that falls on
 * a Sunday, and a day between two holidays (section 3). From 2022 to 2099; of other years no day is
 * one. The days of the equinoxes are declared each February for the year that follows: they are
 * reckoned here by the usual formula, which has agreed with every declaration so far.
 */
bool holiday(int64_t day);
/*
 * Is it one only because of an equinox that has not been declared yet: the day itself, the one in its
 * place, or the one between? now_day: today. Declared on the first weekday of February, so known from
 * the 3rd on, is the year that follows.
 */
bool holiday_provisional(int64_t day, int64_t now_day);

#endif
