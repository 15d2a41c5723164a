/*
 * How a notification looks on the screen: what it is about and when; who, its state and id in a
 * second line; of a matter of board or referral, what to type next.
 */
#ifndef NOTIFICATION_H
#define NOTIFICATION_H

#include "clients/cli/cli.h"
#include "clients/cli/who.h"

/* The names that it needs. */
void notification_want(struct names *names, const Notification *n);
void notification_print(struct cli *cli, struct names *names, const Notification *n);

#endif
