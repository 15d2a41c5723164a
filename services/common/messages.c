#include "messages.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

static void free_works(struct messages *messages)
{
	for (size_t i = 0; i < messages->n; i++)
		work_free(messages->items[i].work);
}

void messages_close(struct messages *messages)
{
	free_works(messages);
	free(messages->items);
	free(messages->buffer);
	*messages = (struct messages){ 0 };
}

void messages_clear(struct messages *messages)
{
	free_works(messages);
	messages->n = 0;
	messages->used_bytes = 0;
}

static int reserve(void *array, size_t size, size_t needed, size_t *capacity)
{
	void **pointer = array;
	if (needed <= *capacity)
		return 0;
	size_t larger = *capacity ? *capacity : 64;
	while (larger < needed)
		larger *= 2;
	void *memory = realloc(*pointer, larger * size);
	if (!memory)
		return ERR_NOMEM;
	*pointer = memory;
	*capacity = larger;
	return 0;
}

int messages_add(struct messages *messages, const char *topic, struct bytes data, int qos)
{
	size_t topic_size = strlen(topic) + 1, used = messages->used_bytes;

	if (reserve(&messages->items, sizeof(*messages->items), messages->n + 1, &messages->capacity) ||
	    reserve(&messages->buffer, 1, used + topic_size + data.size, &messages->capacity_bytes))
		return ERR_NOMEM;
	memcpy(messages->buffer + used, topic, topic_size);
	if (data.size)
		memcpy(messages->buffer + used + topic_size, data.data, data.size);
	messages->items[messages->n++] = (struct message){ used, used + topic_size, data.size, qos, NULL };
	messages->used_bytes = used + topic_size + data.size;
	return 0;
}

int messages_add_work(struct messages *messages, struct work *work)
{
	int rc = messages_add(messages, work->topic, work->payload, 0);

	if (rc)
		work_free(work);
	else
		messages->items[messages->n - 1].work = work;
	return rc;
}

const char *messages_topic(const struct messages *messages, size_t index)
{
	return (const char *)messages->buffer + messages->items[index].topic;
}

struct bytes messages_data(const struct messages *messages, size_t index)
{
	const struct message *item = &messages->items[index];
	return (struct bytes){ messages->buffer + item->data, item->size };
}
