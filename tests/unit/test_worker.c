/* If this fails, scrypt stalls the loop, work is lost or done twice, or a full queue swallows what it
 * cannot take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <poll.h>
#include <semaphore.h>

#include "error.h"
#include "worker.h"

/* A piece of work that waits until it is let go. */
struct plan {
	sem_t *go;
	int number;
	int result;
};

static void run(void *memory)
{
	struct plan *plan = memory;

	if (plan->go)
		sem_wait(plan->go);
	plan->result = plan->number * 2;
}

static struct work *make(int number, sem_t *go)
{
	struct plan plan = { .go = go, .number = number };
	struct work *work = work_make("topic", (struct bytes){ (const uint8_t *)&number, sizeof(number) },
				      run, &plan, sizeof(plan));

	assert_non_null(work);
	return work;
}

static struct work *next(struct worker *worker)
{
	struct pollfd fd = { .fd = worker_fd(worker), .events = POLLIN };

	for (;;) {
		struct work *work = worker->finished(worker);
		if (work)
			return work;
		assert_int_equal(poll(&fd, 1, 10000), 1);
	}
}

static void work_comes_back_in_order_with_its_request(void **state)
{
	struct worker *worker;

	(void)state;
	assert_int_equal(worker_open(&worker), 0);
	for (int i = 1; i <= LIMIT_WORK; i++)
		assert_int_equal(worker->submit(worker, make(i, NULL)), 0);
	for (int i = 1; i <= LIMIT_WORK; i++) {
		struct work *work = next(worker);
		const struct plan *plan = work->plan;
		assert_int_equal(plan->result, 2 * i);
		assert_int_equal(work->payload.size, sizeof(i));
		assert_memory_equal(work->payload.data, &i, sizeof(i));
		assert_string_equal(work->topic, "topic");
		work_free(work);
	}
	struct pollfd fd = { .fd = worker_fd(worker), .events = POLLIN };
	assert_null(worker->finished(worker));
	assert_int_equal(poll(&fd, 1, 0), 0);
	worker_free(worker);
}

static void a_full_queue_says_so_and_the_same_request_is_one(void **state)
{
	struct worker *worker;
	sem_t go;

	(void)state;
	sem_init(&go, 0, 0);
	assert_int_equal(worker_open(&worker), 0);
	for (int i = 1; i <= LIMIT_WORK; i++) {
		assert_int_equal(worker->submit(worker, make(i, &go)), 0);
		assert_int_equal(worker->submit(worker, make(i, &go)), 0); /* repeated */
	}
	struct work *refused = make(0, &go);
	assert_int_equal(worker->submit(worker, refused), ERR_FULL);
	sem_post(&go);
	work_free(next(worker));
	assert_int_equal(worker->submit(worker, refused), 0); /* there is a place again */
	for (int i = 1; i <= LIMIT_WORK; i++)
		sem_post(&go);
	for (int i = 1; i <= LIMIT_WORK; i++)
		work_free(next(worker));
	assert_null(worker->finished(worker));
	worker_free(worker);
	sem_destroy(&go);
}

/* Made-up names fill their own few places, and no other's. */
static void strangers_have_a_small_share_of_the_queue(void **state)
{
	struct worker *worker;
	sem_t go;

	(void)state;
	sem_init(&go, 0, 0);
	assert_int_equal(worker_open(&worker), 0);
	struct work *refused = make(0, &go);
	refused->stranger = true;
	for (int i = 1; i <= WORK_STRANGERS; i++) {
		struct work *work = make(i, &go);
		work->stranger = true;
		assert_int_equal(worker->submit(worker, work), 0);
	}
	assert_int_equal(worker->submit(worker, refused), ERR_FULL);
	for (int i = WORK_STRANGERS + 1; i <= LIMIT_WORK; i++)
		assert_int_equal(worker->submit(worker, make(i, &go)), 0);
	assert_int_equal(worker->submit(worker, refused), ERR_FULL);
	sem_post(&go);
	work_free(next(worker)); /* the first stranger: there is a place again */
	assert_int_equal(worker->submit(worker, refused), 0);
	for (int i = 1; i <= LIMIT_WORK; i++)
		sem_post(&go);
	for (int i = 1; i <= LIMIT_WORK; i++)
		work_free(next(worker));
	worker_free(worker);
	sem_destroy(&go);
}

static void it_ends_with_work_left_in_every_place(void **state)
{
	struct worker *worker;
	sem_t go;

	(void)state;
	sem_init(&go, 0, 2);
	assert_int_equal(worker_open(&worker), 0);
	for (int i = 1; i <= 5; i++)
		assert_int_equal(worker->submit(worker, make(i, &go)), 0);
	struct pollfd fd = { .fd = worker_fd(worker), .events = POLLIN };
	assert_int_equal(poll(&fd, 1, 10000), 1);
	sem_post(&go);
	sem_post(&go);
	sem_post(&go);
	worker_free(worker);
	worker_free(NULL);
	work_free(NULL);
	sem_destroy(&go);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_comes_back_in_order_with_its_request),
		cmocka_unit_test(a_full_queue_says_so_and_the_same_request_is_one),
		cmocka_unit_test(strangers_have_a_small_share_of_the_queue),
		cmocka_unit_test(it_ends_with_work_left_in_every_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
