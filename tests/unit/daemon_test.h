/*
 * What the tests of daemons share above tests/lib/fixture.h: its short names, and failing as cmocka
 * does. Included by the tests and their fixtures; everything in it is static.
 */
#ifndef DAEMON_TEST_H
#define DAEMON_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"
#include "tests/lib/fixture.h"

#define UNUSED __attribute__((unused))

static inline void fail_test(const char *promise, const char *file, int line)
{
	_assert_true(0, promise, file, line);
}

/* Not started yet: its options may still change. */
static inline struct fixture *new_fixture(const struct daemon_spec *spec)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	fixture_failed = fail_test;
	fixture_init(f, spec);
	return f;
}

static inline int free_fixture(void **state)
{
	fixture_close(*state);
	test_free(*state);
	return 0;
}

static inline char *text(struct fixture *f, const char *s)
{
	return arena_string(&f->arena, s);
}

static inline void start(struct fixture *f)
{
	fixture_start(f);
}

static inline void pass(struct fixture *f, int64_t ms)
{
	fixture_pass(f, ms);
}

static inline void person(struct fixture *f, const char *user, const char *organisation,
			  Profession profession)
{
	fixture_person(f, user, organisation, profession);
}

/* The answer's code; its body is in f->reply. */
static inline Code ask_after(struct fixture *f, const char *user, const ProtobufCMessage *body,
			     uint64_t after, bool watch)
{
	return fixture_ask(f, user, body, after, watch);
}

static inline Code ask(struct fixture *f, const char *user, const ProtobufCMessage *body)
{
	return fixture_ask(f, user, body, 0, false);
}

/* Code function(f, user, id): asks for a step of what has that id. */
#define STEP_OF(function, Message) \
	static UNUSED Code function(struct fixture *f, const char *user, const char *id) \
	{ \
		Message request = Message##_INIT; \
		request.id = text(f, id); \
		return ask(f, user, &request.base); \
	}

static inline void *body_of(struct fixture *f, const ProtobufCMessageDescriptor *type)
{
	return fixture_body(f, type);
}

static inline void rebuilt_the_same(struct fixture *f)
{
	fixture_rebuild(f);
}

#endif
