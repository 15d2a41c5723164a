/*
 * A root and an issuing CA as broker-config/pki makes them, and requests for certificates, without
 * running a program. Good from 2020 to 2049, whatever a test's clock says.
 */
#ifndef TEST_PKI_H
#define TEST_PKI_H

/* Fills a folder: root.pem issuing.pem issuing-key.pem ca.pem root-crl.pem. */
void test_pki_make(const char *folder);

enum test_key { TEST_KEY_P256, TEST_KEY_P384, TEST_KEY_RSA };
/* A request signed by a fresh key of that kind, as PEM. The caller frees it. */
char *test_pki_request(enum test_key kind, const char *common_name);

#endif
