/*
 * The bus over a real broker: libmosquitto, TLS 1.3, mutual. The only file of the daemons that calls
 * libmosquitto. Single-threaded: everything happens inside bus_mqtt_turn and publish.
 */
#ifndef BUS_MQTT_H
#define BUS_MQTT_H

#include "account.h"
#include "bus.h"
#include "daemon.h"

struct bus_mqtt;

/* Not connected yet. 0, ERR_NOMEM or ERR_INVALID (certificates). Free with bus_mqtt_free. */
int bus_mqtt_open(struct bus_mqtt **out, const struct account *account,
		  const char *const *peers, bool signs_in);
void bus_mqtt_free(struct bus_mqtt *bus);
struct bus *bus_mqtt_bus(struct bus_mqtt *bus);
/* Whom to hand what arrives. */
void bus_mqtt_attach(struct bus_mqtt *bus, struct daemon *daemon);
/* The socket and what to wait for on it (poll's events); -1 while there is none. */
int bus_mqtt_socket(struct bus_mqtt *bus, short *events);
/* How long poll may wait for the bus's own sake (keep-alive, reconnecting). */
int64_t bus_mqtt_wait_ms(struct bus_mqtt *bus);
/* Connects if it is time to; reads until the socket is dry or the daemon has a full batch. */
void bus_mqtt_turn(struct bus_mqtt *bus);
/* Between these two, what is published leaves in as few segments as it fits: a batch's answers wake the
 * broker once instead of once each. */
void bus_mqtt_hold(struct bus_mqtt *bus);
void bus_mqtt_release(struct bus_mqtt *bus);
/* Writes what is waiting to be written. */
void bus_mqtt_flush(struct bus_mqtt *bus);

#endif
