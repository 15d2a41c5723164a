#include <stdlib.h>

#include "tests/sim/sim.h"

static bool before(const struct event *a, const struct event *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void swap(struct event *a, struct event *b)
{
	struct event old = *a;
	*a = *b;
	*b = old;
}

void queue_add(struct queue *queue, struct event event)
{
	if (queue->n == queue->allocated) {
		queue->allocated = queue->allocated ? 2 * queue->allocated : 1024;
		queue->heap = realloc(queue->heap, queue->allocated * sizeof(*queue->heap));
		if (!queue->heap)
			abort();
	}
	event.order = queue->planned++;
	size_t i = queue->n++;
	queue->heap[i] = event;
	for (; i && before(&queue->heap[i], &queue->heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&queue->heap[i], &queue->heap[(i - 1) / 2]);
}

bool queue_take(struct queue *queue, struct event *out)
{
	if (!queue->n)
		return false;
	*out = queue->heap[0];
	queue->heap[0] = queue->heap[--queue->n];
	for (size_t i = 0;;) {
		size_t least = i;
		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < queue->n; child++)
			if (before(&queue->heap[child], &queue->heap[least]))
				least = child;
		if (least == i)
			return true;
		swap(&queue->heap[i], &queue->heap[least]);
		i = least;
	}
}

void queue_close(struct queue *queue)
{
	for (size_t i = 0; i < queue->n; i++)
		packet_drop(queue->heap[i].packet);
	free(queue->heap);
	*queue = (struct queue){0};
}
