#include "worker.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "error.h"
#include "log.h"

#define WORKER_NICE 19

/* ---- one piece of work -------------------------------------------------------------------- */

struct work *work_make(const char *topic, struct bytes payload, work_fn *run, const void *plan,
		       size_t plan_size)
{
	struct work *work = calloc(1, sizeof(*work));
	uint8_t *copy = malloc(payload.size + 1);

	if (work)
		work->plan = malloc(plan_size);
	if (!work || !work->plan || !copy || strlen(topic) >= sizeof(work->topic)) {
		free(work ? work->plan : NULL);
		free(work);
		free(copy);
		return NULL;
	}
	work->run = run;
	memcpy(work->plan, plan, plan_size);
	work->plan_size = plan_size;
	memcpy(work->topic, topic, strlen(topic) + 1);
	if (payload.size)
		memcpy(copy, payload.data, payload.size);
	work->payload = (struct bytes){copy, payload.size};
	return work;
}

void work_free(struct work *work)
{
	if (!work)
		return;
	union {
		const uint8_t *in;
		uint8_t *out;
	} payload = {.in = work->payload.data};
	OPENSSL_cleanse(payload.out, work->payload.size);
	free(payload.out);
	OPENSSL_cleanse(work->plan, work->plan_size);
	free(work->plan);
	free(work);
}

static bool same_request(const struct work *a, const struct work *b)
{
	return a->payload.size == b->payload.size && strcmp(a->topic, b->topic) == 0 &&
	       memcmp(a->payload.data, b->payload.data, a->payload.size) == 0;
}

/* ---- the thread --------------------------------------------------------------------------- */

struct thread_worker {
	struct worker worker; /* first */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct work *waiting, *running, *done; /* each in order of arrival */
	size_t n, n_strangers;                 /* waiting and running; of which strangers */
	bool ending;
	int event;
};

static void append(struct work **list, struct work *work)
{
	while (*list)
		list = &(*list)->next;
	work->next = NULL;
	*list = work;
}

static void *work_on(void *context)
{
	struct thread_worker *worker = context;
	uint64_t one = 1;

	/* In Linux this is the thread's own. Who is served by the loop goes first. */
	setpriority(PRIO_PROCESS, 0, WORKER_NICE);
	pthread_mutex_lock(&worker->lock);
	for (;;) {
		while (!worker->waiting && !worker->ending)
			pthread_cond_wait(&worker->changed, &worker->lock);
		if (worker->ending)
			break;
		struct work *work = worker->running = worker->waiting;
		worker->waiting = work->next;
		pthread_mutex_unlock(&worker->lock);
		work->run(work->plan);
		pthread_mutex_lock(&worker->lock);
		worker->running = NULL;
		worker->n--;
		worker->n_strangers -= work->stranger;
		append(&worker->done, work);
		if (write(worker->event, &one, sizeof(one)) != sizeof(one))
			log_fatal("worker", "problem=\"the loop cannot be told\"");
	}
	pthread_mutex_unlock(&worker->lock);
	return NULL;
}

/* The same bytes again (a repeated request, a batch that is taken once more) are the same work. */
static bool is_known(const struct thread_worker *worker, const struct work *work)
{
	if (worker->running && same_request(worker->running, work))
		return true;
	for (const struct work *at = worker->waiting; at; at = at->next)
		if (same_request(at, work))
			return true;
	return false;
}

static int thread_submit(struct worker *base, struct work *work)
{
	struct thread_worker *worker = (struct thread_worker *)(void *)base;
	int rc = 0;

	pthread_mutex_lock(&worker->lock);
	if (is_known(worker, work)) {
		work_free(work);
	} else if (worker->n >= LIMIT_WORK ||
		   (work->stranger && worker->n_strangers >= WORK_STRANGERS)) {
		rc = ERR_FULL;
	} else {
		append(&worker->waiting, work);
		worker->n++;
		worker->n_strangers += work->stranger;
		pthread_cond_signal(&worker->changed);
	}
	pthread_mutex_unlock(&worker->lock);
	return rc;
}

static struct work *thread_finished(struct worker *base)
{
	struct thread_worker *worker = (struct thread_worker *)(void *)base;
	uint64_t count;

	pthread_mutex_lock(&worker->lock);
	struct work *work = worker->done;
	if (work)
		worker->done = work->next;
	else if (read(worker->event, &count, sizeof(count)) < 0)
		count = 0; /* there was nothing to be read */
	pthread_mutex_unlock(&worker->lock);
	return work;
}

int worker_open(struct worker **out)
{
	struct thread_worker *worker = calloc(1, sizeof(*worker));
	sigset_t all, before;

	if (!worker)
		return ERR_NOMEM;
	worker->worker = (struct worker){thread_submit, thread_finished};
	worker->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->changed, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the loop's */
	int failed = worker->event < 0 || pthread_create(&worker->thread, NULL, work_on, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed) {
		if (worker->event >= 0)
			close(worker->event);
		free(worker);
		return ERR_NOMEM;
	}
	*out = &worker->worker;
	return 0;
}

static void free_all(struct work *work)
{
	while (work) {
		struct work *next = work->next;
		work_free(work);
		work = next;
	}
}

void worker_free(struct worker *base)
{
	struct thread_worker *worker = (struct thread_worker *)(void *)base;

	if (!worker)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->ending = true;
	pthread_cond_signal(&worker->changed);
	pthread_mutex_unlock(&worker->lock);
	pthread_join(worker->thread, NULL);
	free_all(worker->waiting);
	free_all(worker->done);
	close(worker->event);
	pthread_mutex_destroy(&worker->lock);
	pthread_cond_destroy(&worker->changed);
	free(worker);
}

int worker_fd(const struct worker *base)
{
	return ((const struct thread_worker *)(const void *)base)->event;
}
