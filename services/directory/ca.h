/*
 * The issuing CA: signs certificates and lists of revoked ones (X.509, RFC 5280; OpenSSL 3).
 *
 * Its folder is made by broker-config/pki: issuing.pem, issuing-key.pem, and root-crl.pem, which is
 * passed on behind our own list.
 */
#ifndef CA_H
#define CA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

#define CSR_BYTES 4096 /* a P-256 request is under 1 KB, whatever reasonable subject it has */
#define SERIAL_SIZE 33 /* 128 bits as lower-case hex, with its NUL */
/*
 * The most that browsers accept for a certificate is 398 days (CA/Browser Forum, Baseline
 * Requirements 6.3.2); a day less, as broker-config/pki does, leaves room for clocks. A device that
 * is used once a year renews in time.
 */
#define CERTIFICATE_DAYS 397
#define CERTIFICATE_RENEW_DAYS 30 /* so long before its end */
#define CRL_DAYS 7
#define CLOCK_SKEW_MS (5 * 60 * 1000LL) /* others' clocks may be this late */

struct ca;
struct crl;

/* 0; ERR_IO, ERR_CRYPTO: the log says which file. Free with ca_free. */
int ca_open(struct ca **out, const char *folder);
void ca_free(struct ca *ca);

/* OU=person, OU=instance: the gate tells them apart by it. */
enum ca_unit { CA_PERSON, CA_INSTANCE };

struct issued {
	char serial[SERIAL_SIZE];
	const char *pem; /* certificate and issuing CA, in the arena */
	int64_t not_after_ms;
};

/*
 * Signs for the key in a request (PKCS#10, PEM), and believes nothing else in it. 0; ERR_TOOBIG;
 * ERR_INVALID: not a request, not ECDSA P-256, or not signed by its own key; ERR_CRYPTO, ERR_NOMEM.
 */
int ca_sign_request(struct ca *ca, const char *csr_pem, const char *user, int64_t now_ms,
		    struct arena *arena, struct issued *out);
/* A new certificate over the key of an old one of ours, for an instance. 0, ERR_IO, ERR_CRYPTO … */
int ca_sign_again(struct ca *ca, const char *certificate_file, const char *name, int64_t now_ms,
		  struct arena *arena, struct issued *out);
/* What a file's first certificate says. 0, ERR_IO, ERR_INVALID. */
int ca_read(const char *certificate_file, struct issued *out, char *user, size_t user_size);

/* A list of revoked certificates; serials are added one by one. NULL: ERR_CRYPTO. */
struct crl *crl_begin(struct ca *ca, uint64_t number, int64_t now_ms);
int crl_add(struct crl *crl, const char *serial, int64_t revoked_ms);
void crl_free(struct crl *crl);
/*
 * Whether a file holds a list of this CA with the same number and serials that is good for at least
 * so long from now on, and the root's list behind it.
 */
bool crl_is_current(struct ca *ca, const struct crl *crl, const char *file, int64_t now_ms,
		    int64_t good_for_ms);
/* Signs it; *pem is then the list and the root's list behind it. The caller frees it. */
int crl_sign(struct ca *ca, struct crl *crl, char **pem, size_t *size);

#endif
