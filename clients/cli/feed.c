#include "clients/cli/feed.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

#define SLICE_MS 500       /* a signal is seen so soon */
#define SHORT_SLICE_MS 100 /* by a screen, which has a cursor to give back */

static void keep(struct feed *feed, const char *type, ProtobufCBinaryData data, bool pushed)
{
	const ProtobufCMessage *body =
		cli_unpack(feed->cli, pushed ? feed->push_type : feed->type, type, data);

	if (!body)
		return;
	if (feed->n == feed->capacity) {
		size_t capacity = feed->capacity * 2 + 8;
		struct feed_page *grown = realloc(feed->pages, capacity * sizeof(*grown));
		if (!grown)
			abort();
		feed->pages = grown;
		feed->capacity = capacity;
	}
	feed->pages[feed->n++] = (struct feed_page){body, pushed};
	feed->wake = true;
}

static void on_page(void *context, const Reply *reply)
{
	struct feed *feed = context;

	if (reply && reply->code == CODE_OK) {
		feed->answered = true;
		keep(feed, reply->type, reply->body, false);
		return;
	}
	if (!reply && feed->answered)
		return; /* it goes on asking */
	if (reply)
		cli_complain(feed->cli, reply);
	else
		cli_error(feed->cli, MSG_NO_ANSWER);
	feed->status = cli_status(reply);
	feed->wake = true;
}

static void on_push(void *context, const Push *push)
{
	struct feed *feed = context;

	keep(feed, push->type, push->body, true);
}

int feed_open(struct feed *feed, struct cli *cli, const char *instance,
	      const ProtobufCMessage *request, const ProtobufCMessageDescriptor *type)
{
	*feed = (struct feed){.cli = cli, .type = type, .push_type = type};
	cli_catch_signals(cli);
	if (client_watch(cli->client, instance, request, on_page, on_push, feed))
		return cli_fail(cli, EX_IOERR, MSG_NO_MEMORY);
	return 0;
}

static void say_connection(struct feed *feed, bool lost)
{
	bool connected = client_connected(feed->cli->client);

	if (client_refused(feed->cli->client)) {
		feed->status = cli_no_connection(feed->cli, client_reason(feed->cli->client));
		return;
	}
	if (lost && !connected && !feed->lost) {
		if (!feed->quiet)
			cli_error(feed->cli, MSG_CONNECTION_LOST, client_reason(feed->cli->client));
		feed->lost = true;
	}
	if (connected && feed->lost) {
		if (!feed->quiet)
			cli_error(feed->cli, MSG_CONNECTION_BACK);
		feed->lost = false;
	}
}

static void slice(struct feed *feed, int64_t at_most_ms)
{
	feed->wake = false;
	int rc = client_run(feed->cli->client, at_most_ms, &feed->wake);
	/* A screen says at once that it may be old; who only prints what comes says
	 * it when it lasts. */
	say_connection(feed, rc == ERR_DISCONNECTED || feed->quiet);
}

bool feed_wait(struct feed *feed)
{
	while (!feed->n && !feed->status && !*feed->cli->stop)
		slice(feed, SLICE_MS);
	return feed->n > 0 && !*feed->cli->stop;
}

bool feed_wait_for(struct feed *feed, int64_t at_most_ms)
{
	bool lost = feed->lost;

	for (int64_t left_ms = at_most_ms; left_ms > 0; left_ms -= SHORT_SLICE_MS) {
		if (feed->n || feed->status || *feed->cli->stop || feed->lost != lost)
			break;
		slice(feed, left_ms < SHORT_SLICE_MS ? left_ms : SHORT_SLICE_MS);
	}
	return (feed->n > 0 || !feed->status) && !*feed->cli->stop;
}

void feed_done(struct feed *feed)
{
	feed->n = 0;
	arena_reset(&feed->cli->arena);
}

void feed_close(struct feed *feed)
{
	if (feed->cli)
		client_unwatch(feed->cli->client, feed);
	free(feed->pages);
	feed->pages = NULL;
}
