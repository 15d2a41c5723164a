/*
 * Every limit of the system, with its unit. A limit that is hit is a refusal with a reason, never a
 * crash and never silence.
 */
#ifndef LIMITS_H
#define LIMITS_H

/* Messages. */
#define LIMIT_PAYLOAD_BYTES (256 * 1024)     /* of an MQTT message, whatever it is */
#define LIMIT_BODY_BYTES (32 * 1024)         /* of a request's body, unless its route says otherwise */
#define LIMIT_PAGE_BYTES (128 * 1024)        /* a page of a list is cut here */
#define LIMIT_PAGE_ITEMS 500
#define LIMIT_PAGE_WORK_BYTES (LIMIT_ARENA_BYTES / 4) /* memory for what a page looks at */
#define LIMIT_STRING_BYTES (20 * 1024)       /* of any one string in a message */
#define LIMIT_LIST_ITEMS 1000                /* of any one repeated field in a request */
#define LIMIT_ARENA_BYTES (4 * 1024 * 1024)  /* memory for one input, from decoding to its answer */
#define LIMIT_NAME_BYTES 64                  /* user, organisation, device, instance, type */
#define LIMIT_TOPIC_BYTES 256

/* The loop. */
#define LIMIT_BATCH_INPUTS 1024              /* taken through one write transaction */
#define LIMIT_BATCH_BYTES (8 * 1024 * 1024)
#define LIMIT_ANSWER_BYTES (16 * 1024 * 1024) /* of one batch; later reads are to be repeated */
#define LIMIT_USER_INPUTS 640                /* of one user in one batch; more are refused */
#define LIMIT_DUE_PER_BATCH 256
#define LIMIT_WATCHES 16384
#define LIMIT_WATCHES_PER_USER 128           /* two PCs and a phone; a page that was reloaded leaves its own for WATCH_MS */
#define LIMIT_TERMINALS 16384                /* users with a public watch; more are refused one */
#define LIMIT_WORK 64                        /* passwords that wait for the worker; more are refused at once */
#define LIMIT_SIGN_IN_BYTES (8 * 1024)       /* of a request's body from a connection without a user */
#define LIMIT_TOUCHED_KEYS 4096              /* in one batch, before all watches count as touched */

/* The store. */
#define LIMIT_MAP_MB 16384                   /* default size of a map; the file grows only as it is used */
#define LIMIT_MAP_ALARM_PERCENT 80
#define LIMIT_MAP_WRITES_PERCENT 90          /* writes are refused from here */
#define LIMIT_MAP_READS_PERCENT 98           /* journalled reads are refused from here */
#define LIMIT_KEY_BYTES 511

/* Photos and papers. */
#define LIMIT_ATTACHMENT_BYTES (8 * 1024 * 1024)
#define LIMIT_CHUNK_BYTES (128 * 1024)       /* of a piece; only the last is smaller */
#define LIMIT_ENTRY_ATTACHMENTS 8
#define LIMIT_THUMBNAIL_BYTES (16 * 1024)
#define LIMIT_ENTRY_THUMBNAILS_BYTES (64 * 1024) /* of one entry: a page and one entry more fit into a payload */
#define LIMIT_PICTURE_PIXELS 65535           /* of width and height, as in JPEG */
#define LIMIT_USER_UPLOAD_BYTES (64 * 1024 * 1024) /* of what no entry names yet, the announced sizes */
#define LIMIT_USER_UPLOADS 64

/* Time. */
#define LIMIT_REQUEST_AGE_MS (90LL * 24 * 3600 * 1000)
#define LIMIT_REQUEST_AHEAD_MS (24LL * 3600 * 1000)
#define WATCH_MS (120LL * 1000)              /* a watch lapses; clients renew each minute */
#define HEAD_ACTIVE_MS 1000                  /* the head is repeated so soon after activity */
#define HEAD_IDLE_MS 10000                   /* and so often else */
#define WITNESS_MS 10000                     /* another's head is journalled at most so often */
#define CLOCK_JUMP_MS 2000                   /* the wall clock left the monotonic one by this much */

#endif
