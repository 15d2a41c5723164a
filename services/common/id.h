/*
 * Ids: UUIDv7 (RFC 9562) as 26 characters of Crockford base32, upper case. They sort by the time
 * they were made, as text and as bytes.
 */
#ifndef ID_H
#define ID_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"

#define ID_LENGTH 26
#define ID_SIZE 27 /* with its NUL */

/* A fresh id for that time. */
void id_make(char out[ID_SIZE], struct clock *clock, int64_t now_ms);
/* True for exactly 26 upper-case base32 characters that hold a UUIDv7. NULL is no id. */
bool id_valid(const char *id);
/* The milliseconds in a valid id. */
int64_t id_time_ms(const char *id);
/*
 * As typed by a person: lower case, I and L as 1, O as 0. 0 or ERR_INVALID. Of any version: what has
 * the form of an id is for the services to find or not, all in the same words.
 */
int id_parse(char out[ID_SIZE], const char *typed);

#endif
