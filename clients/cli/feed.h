/*
 * A watch, for a command that goes on showing what changes: pages and pushes are kept in the arena
 * until the command has time for them.
 */
#ifndef FEED_H
#define FEED_H

#include "clients/cli/cli.h"

struct feed_page {
	const ProtobufCMessage *body;
	bool pushed; /* came by itself; else it was asked for */
};

struct feed {
	struct cli *cli;
	const ProtobufCMessageDescriptor *type;
	/* Of what comes by itself; set it behind feed_open where it is another. */
	const ProtobufCMessageDescriptor *push_type;
	struct feed_page *pages;
	size_t n, capacity;
	volatile bool wake;
	bool answered, lost;
	bool quiet; /* says nothing of the connection: the screen does, by `lost` */
	int status; /* why it ended; 0: it goes on */
};

/* 0, or the exit status, said. The body's type is that of the list's answer. */
int feed_open(struct feed *feed, struct cli *cli, const char *instance,
	      const ProtobufCMessage *request, const ProtobufCMessageDescriptor *type);
/*
 * Waits until there are pages: true. False: a signal came, or it ended (feed->status). Says on
 * stderr when the connection is lost and when it is back.
 */
bool feed_wait(struct feed *feed);
/* The same, at most so long: true without pages when the time is over, or the connection
 * has come or gone. */
bool feed_wait_for(struct feed *feed, int64_t at_most_ms);
/* The pages have been dealt with; the command's arena is emptied. */
void feed_done(struct feed *feed);
void feed_close(struct feed *feed);

#endif
