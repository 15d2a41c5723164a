/*
 * A whole daemon under whatever arrives on its topics: requests of enrolled and unknown users,
 * notices and answers of its peers, nonsense. For fuzzers, one a daemon.
 *
 * An input is a row of messages: sender (1 byte), size of the payload (2 bytes, little-endian),
 * payload. The sender's high bit says that the next message arrives in the same batch.
 */
#ifndef FUZZ_DAEMON_H
#define FUZZ_DAEMON_H

#include "daemon.h"
#include "tests/lib/rng.h"

/*
 * Opens the daemon on an empty store, enrols a few people, sends it the messages, and aborts unless
 * each step succeeded, no answer said INTERNAL or DATA_LOSS, the journal verifies and the views equal
 * their rebuild. The context is the daemon's own.
 */
void fuzz_daemon_run(const struct daemon_spec *spec, void *context, const uint8_t *data, size_t size);

/* ---- examples ---- */

/* "An id that the daemon gave": the nth (of four digits) that was seen in what it published, modulo
 * how many those are. Of the length of an id; replaced when the message is sent. */
#define SEEN_ID(digits) "<an-id-that-was-seen->" digits

struct fuzz_example;
/* From one of admin, doctor (clinic01), nurse and nurse2 (station01), pharmacist (pharmacy01),
 * outsider (a doctor of clinic02); who is not one of these is a stranger. */
void fuzz_request(struct fuzz_example *example, const char *user, const ProtobufCMessage *message);
void fuzz_notice(struct fuzz_example *example, const char *peer, const ProtobufCMessage *message);
struct arena *fuzz_arena(struct fuzz_example *example);

/*
 * A row of well-formed messages that the daemon has routes for, about people and things that are
 * there. It begins with the scene, if there is one. Its size, at most room.
 */
size_t fuzz_daemon_example(const struct daemon_spec *spec, void (*scene)(struct fuzz_example *),
			   struct rng *rng, uint8_t *out, size_t room);

#endif
