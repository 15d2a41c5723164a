/*
 * What rota tells of a shift, as those who follow it may believe it. Pure.
 */
#ifndef SHIFT_NOTICE_H
#define SHIFT_NOTICE_H

#include <stdbool.h>

#include "names.h"

#define DUTIES_MAX 100 /* of one shift; rota's limit is lower */

/* Do its ids fit into keys, and its times into sums? */
bool shift_notice_valid(const ShiftNotice *shift);

#endif
