/*
 * Which medicines matter to whom besides doctor, nurse and pharmacist: codes for the dentist, who
 * must know of bleeding and of jaws that do not heal before pulling a tooth. Pure.
 */
#ifndef CONCERN_H
#define CONCERN_H

#include "arena.h"
#include "names.h"

/*
 * By the first digits of the 12-character drug code of the national price list (薬価基準収載医薬品コード;
 * the 7-digit beginning, which names the ingredient, will do), else by name. CONCERN_UNSPECIFIED:
 * none. The name is compared folded; the arena holds the folded text.
 */
Concern concern_of_medicine(struct arena *arena, const char *code, const char *name);

#endif
