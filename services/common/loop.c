/* main() of every daemon: options, store, bus, loop. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "account.h"
#include "bus_mqtt.h"
#include "frame.h"
#include "log.h"

struct settings {
	const char *store, *key, *account;
	long map_mb, witness_s;
};

static void usage(const char *name)
{
	fprintf(stderr,
		"usage: %s --store DIR --key FILE --account DIR [--map-mb N] [--witness-s N]\n"
		"  --store DIR     where the journal and its views are kept; it must exist\n"
		"  --key FILE      the data key, outside the store; made if it is not there\n"
		"  --account DIR   cert.pem, key.pem, ca.pem, profile of this instance\n"
		"  --map-mb N      how large the store may grow (default %d)\n"
		"  --witness-s N   how often others' journals are witnessed (default %d)\n",
		name, LIMIT_MAP_MB, WITNESS_MS / 1000);
}

static int take_number(const char *value, long *out)
{
	char *end;
	long number = strtol(value ? value : "", &end, 10);

	if (!value || *end || end == value || number < 1 || number > 1024 * 1024)
		return ERR_INVALID;
	*out = number;
	return 0;
}

static int take_option(struct settings *settings, const struct daemon_spec *spec, void *context,
		       const char *name, const char *value)
{
	if (!strcmp(name, "store") && value)
		settings->store = value;
	else if (!strcmp(name, "key") && value)
		settings->key = value;
	else if (!strcmp(name, "account") && value)
		settings->account = value;
	else if (!strcmp(name, "map-mb"))
		return take_number(value, &settings->map_mb);
	else if (!strcmp(name, "witness-s"))
		return take_number(value, &settings->witness_s);
	else
		return spec->option ? spec->option(context, name, value) : ERR_INVALID;
	return 0;
}

static int take_options(struct settings *settings, const struct daemon_spec *spec, void *context,
			int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *value = NULL;
		if (strncmp(argv[i], "--", 2))
			goto wrong;
		const char *name = argv[i] + 2;
		if (i + 1 < argc && strncmp(argv[i + 1], "--", 2))
			value = argv[++i];
		if (take_option(settings, spec, context, name, value))
			goto wrong;
		continue;
wrong:
		fprintf(stderr, "%s: \"%s\" is not an option, or its value is wrong\n", spec->name, argv[i]);
		return ERR_INVALID;
	}
	if (settings->store && settings->key && settings->account)
		return 0;
	fprintf(stderr, "%s: --store, --key and --account are needed\n", spec->name);
	return ERR_INVALID;
}

static int open_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Until a signal (0) or an error after which the process must start from disk. */
static int run(struct daemon *daemon, struct bus_mqtt *bus, int signals, int finished)
{
	for (;;) {
		struct pollfd fds[3] = { { .fd = signals, .events = POLLIN }, { .fd = -1 },
					 { .fd = finished, .events = POLLIN } };
		int64_t wait_ms = daemon_wait_ms(daemon), bus_ms = bus_mqtt_wait_ms(bus);

		fds[1].fd = bus_mqtt_socket(bus, &fds[1].events);
		poll(fds, 3, (int)(bus_ms < wait_ms ? bus_ms : wait_ms));
		if (fds[0].revents)
			return 0;
		bus_mqtt_turn(bus);
		bus_mqtt_hold(bus);
		int rc = daemon_step(daemon);
		if (rc)
			return rc;
		bus_mqtt_flush(bus);
		bus_mqtt_release(bus);
	}
}

static bool has_work(const struct daemon_spec *spec)
{
	for (size_t i = 0; i < spec->n_routes; i++)
		if (spec->routes[i].plan)
			return true;
	return false;
}

static int serve(const struct daemon_spec *spec, const struct settings *settings, void *context,
		 const struct account *account)
{
	struct bus_mqtt *bus = NULL;
	struct daemon *daemon = NULL;
	struct worker *worker = NULL;
	int signals = open_signals();
	int rc = bus_mqtt_open(&bus, account, spec->peers, daemon_signs_in(spec));

	if (!rc && has_work(spec))
		rc = worker_open(&worker);
	if (!rc)
		rc = daemon_open(&daemon, spec, &(struct daemon_options){
			.store = { .folder = settings->store, .key_file = settings->key,
				   .map_mb = (size_t)settings->map_mb },
			.clock = clock_system,
			.bus = bus_mqtt_bus(bus),
			.worker = worker,
			.witness_ms = settings->witness_s * 1000,
		}, context);
	if (!rc) {
		log_event(LOG_LEVEL_INFO, "start", "store=%s entries=%llu", settings->store,
			  (unsigned long long)daemon_head(daemon));
		bus_mqtt_attach(bus, daemon);
		rc = run(daemon, bus, signals, worker ? worker_fd(worker) : -1);
	}
	if (rc && rc != ERR_NOTHING)
		log_event(LOG_LEVEL_ERROR, "stop", "error=\"%s\"", error_text(rc));
	else
		log_event(LOG_LEVEL_INFO, "stop", "reason=\"%s\"", rc ? "done" : "asked to");
	worker_free(worker);
	daemon_free(daemon);
	bus_mqtt_free(bus);
	close(signals);
	return rc == 0 || rc == ERR_NOTHING ? EXIT_SUCCESS : EX_TEMPFAIL;
}

int daemon_main(const struct daemon_spec *spec, int argc, char **argv)
{
	struct settings settings = { .map_mb = LIMIT_MAP_MB, .witness_s = WITNESS_MS / 1000 };
	struct account account;
	char sentence[1200];
	void *context = calloc(1, spec->context_size + 1);

	if (!context)
		return EX_OSERR;
	log_init(spec->name, LOG_LEVEL_INFO);
	int status = EX_USAGE;
	if (take_options(&settings, spec, context, argc, argv)) {
		usage(spec->name);
	} else if (account_read(&account, settings.account, sentence, sizeof(sentence))) {
		log_event(LOG_LEVEL_ERROR, "account", "problem=\"%s\"", sentence);
		status = EX_CONFIG;
	} else {
		status = serve(spec, &settings, context, &account);
	}
	if (spec->stop)
		spec->stop(context);
	free(context);
	return status;
}
