/*
 * The rota of the demonstration city: some blocked days, this month and the next planned, one swap
 * that is open and one that was accepted, one gap.
 */
#ifndef DUTIES_H
#define DUTIES_H

#include "clients/demo/scene.h"

/* 0, or an error that has been said. */
int city_duties(struct scenes *scenes);

#endif
