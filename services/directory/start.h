/*
 * directory's command line and its first steps, before it connects.
 *
 *	--pki DIR         the issuing CA (broker-config/pki); without it nobody can be enrolled
 *	--broker DIR      where the broker and its gate read crl.pem and `revoked`
 *	--instances DIR   accounts of the daemons, whose certificates are renewed near their end
 *	--seed-admin      where there is no administrator yet: makes `admin`, of `centre`
 *	--admin-cert FILE what broker-config/pki made for the first administrator, so that it can
 *	                  be revoked as all others
 *	--token-key FILE  signs what browsers sign in with; made, with FILE.ticket, where there is none;
 *	                  without it nobody signs in from a browser
 *	--demonstration-password WORD
 *	                  whoever is enrolled and has no password of their own has this one, and no
 *	                  second factor is required
 *	--second-factor required|optional
 *	--rp-id HOST      the host name of the page; without it there are no passkeys
 *	--origin URL      where the page comes from, "https://HOST:PORT"; may be given several times
 *	--renew-only      renews lists and certificates near their end, and ends
 */
#ifndef DIRECTORY_START_H
#define DIRECTORY_START_H

#include "settle.h"

int directory_option(void *context, const char *name, const char *value);
int directory_start(struct daemon *daemon, void *context);
void directory_stop(void *context);

#endif
