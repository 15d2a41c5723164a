/*
 * What directory keeps outside its store, and brings to what its views say: the list of revoked
 * certificates and the names of the revoked, which the broker and its gate read, and the gate's
 * knowledge of them.
 *
 * Order: files first, then the word to the gate. A client that is cut is back within a second and
 * must meet the new list then. A broker that is down reads the files when it starts.
 */
#ifndef DIRECTORY_SETTLE_H
#define DIRECTORY_SETTLE_H

#include "ca.h"
#include "daemon.h"
#include "signin_views.h"
#include "tokens.h"

#define FOLDER_BYTES 1024
#define HOST_BYTES 256

/* directory's own context. */
struct directory {
	char pki[FOLDER_BYTES];       /* --pki: empty: nothing is signed, nothing is written */
	char broker[FOLDER_BYTES];    /* --broker */
	char instances[FOLDER_BYTES]; /* --instances */
	char admin_certificate[FOLDER_BYTES]; /* --admin-cert */
	bool seed_admin, renew_only;
	struct ca *ca;
	uint64_t written;     /* the number of the list in the files; 0: not looked at yet */
	int64_t written_ms;
	bool told;            /* the gate knows what the files say */
	char *to_cut;         /* names that are new in the file of the revoked, a line each */
	int64_t retry_at_ms;  /* monotonic: after a failure, not before */

	/* signing in from a browser */
	char token_key[FOLDER_BYTES]; /* --token-key: empty: nobody can */
	struct tokens *tokens;
	struct clock *clock;
	char demonstration_password[PASSWORD_BYTES + 1]; /* empty: there is none */
	bool second_factor_optional;
	char rp_id[HOST_BYTES], origins[ORIGINS_MAX][HOST_BYTES];
	struct relying_party party; /* of these */
	uint32_t scrypt_log2_n;
	struct attempts attempts;
	uint64_t signed_out_written; /* the position that the file says */
	bool signed_out_known;       /* it does: written or looked at since the start */
	bool signed_out_told;        /* the gate knows the file */
};

/* spec->settle. An error: it is to be called again. */
int directory_settle(struct daemon *daemon, void *context, struct tx *tx);
/* token.pub and signed-out. */
int directory_write_sessions(struct directory *directory, struct tx *tx);
/* The files alone, whoever is connected. 0 or the first error; the log says which file. */
int directory_write_lists(struct directory *directory, struct tx *tx, int64_t now_ms);
/* Signs instances' certificates near their end again, over their own keys. 0 or the first error. */
int directory_renew_instances(struct directory *directory, int64_t now_ms, struct arena *arena);

#endif
