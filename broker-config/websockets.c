/*
 * websockets: between nginx and the broker's listener for browsers.
 *
 *	browser ──wss──► nginx ──ws──► websockets ──mqtt──► mosquitto
 *
 * mosquitto (2.0.11) speaks websockets itself, but writes at most 4 KiB a round of its loop, up to 0.1 s
 * each: half a minute for a photo, and no setting changes it. Here a connection to the broker belongs to
 * each websocket, and bytes pass both ways as a stream, whatever the frames. Nothing of MQTT is looked at:
 * who comes in is the gate's to decide.
 *
 * A connection keeps at most WAITING_BYTES for a broker that does not read, and PIECE_BYTES for a browser
 * that does not; then the other side is not read any more. Whichever side ends, what it sent is delivered
 * before the other is ended. Who takes nothing for long is cut by nginx (send_timeout), or by the broker,
 * which hears nothing of them.
 */
#include <errno.h>
#include <ev.h>
#include <getopt.h>
#include <libwebsockets.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "log.h"

#define PATH "/mqtt"
#define SUBPROTOCOL "mqtt"
#define PIECE_BYTES (64 * 1024)   /* to a browser at a time */
#define READ_BYTES (16 * 1024)    /* from a browser at a time */
#define FRAGMENT_BYTES 4096       /* of it at a time; a buffer of a connection's own */
#define WAITING_BYTES (64 * 1024) /* from a browser, while the broker does not read */
#define KERNEL_BYTES (128 * 1024) /* more on the way makes nothing faster on loopback */
#define FILES_MAX 65536           /* two a connection */
#define FILES_SPARE 64
#define HANDSHAKE_S 10
#define LINGER_S 10 /* a broker that does not take the rest */
#define STOP_S 2    /* browsers that do not answer that we go */

struct program {
	struct ev_loop *loop;
	struct lws_context *context;
	uint16_t port, broker_port;
	int files; /* numbers of files are below */
	struct ev_signal terminate, interrupt;
	struct ev_timer deadline;
	struct link *links;
	bool stopping;
	bool broker_is_away;
	ev_tstamp told_at_s; /* a line a second is enough of what others do */
	uint8_t piece[LWS_PRE + PIECE_BYTES];
};

/* A browser's websocket and its connection to the broker. */
struct link {
	struct program *program;
	struct lws *browser;             /* NULL: it has gone */
	int broker;                      /* -1: it has gone */
	bool deaf;                       /* the broker takes nothing any more */
	struct ev_io readable, writable; /* of the broker's */
	struct ev_timer linger;          /* without a browser */
	uint8_t *waiting;                /* for the broker */
	size_t waiting_bytes;
	struct link *next, **at;
};

static void tell(struct program *program, enum log_level level, const char *event, const char *why)
{
	ev_tstamp now_s = ev_now(program->loop);

	if (now_s - program->told_at_s < 1)
		return;
	program->told_at_s = now_s;
	log_event(level, event, "why=%s", why);
}

/* ---- the broker's side --------------------------------------------------------------------- */

static void broker_close(struct link *link)
{
	struct ev_loop *loop = link->program->loop;

	ev_io_stop(loop, &link->readable);
	ev_io_stop(loop, &link->writable);
	ev_timer_stop(loop, &link->linger);
	if (link->broker >= 0)
		close(link->broker);
	link->broker = -1;
	link->deaf = true;
	free(link->waiting);
	link->waiting = NULL;
	link->waiting_bytes = 0;
}

static void link_free(struct link *link)
{
	broker_close(link);
	*link->at = link->next;
	if (link->next)
		link->next->at = link->at;
	free(link);
}

/* Nothing is read here while there is a browser: first it must be able to take it. */
static void on_readable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
	struct link *link = watcher->data;

	(void)events;
	if (link->browser) {
		ev_io_stop(loop, watcher);
		lws_callback_on_writable(link->browser);
		return;
	}
	ssize_t n = recv(link->broker, link->program->piece, PIECE_BYTES, MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		link_free(link);
}

/* What has waited is with the broker, or never will be. */
static void waited(struct link *link)
{
	ev_io_stop(link->program->loop, &link->writable);
	free(link->waiting);
	link->waiting = NULL;
	link->waiting_bytes = 0;
	if (!link->browser) {
		/* Not closed at once: with something unread that would be a reset. */
		shutdown(link->broker, SHUT_WR);
		return;
	}
	lws_rx_flow_control(link->browser, 1);
	/* What the library has read already it looks at in its next event only. */
	lws_callback_on_writable(link->browser);
}

static void on_writable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
	struct link *link = watcher->data;
	ssize_t n = send(link->broker, link->waiting, link->waiting_bytes,
			 MSG_DONTWAIT | MSG_NOSIGNAL);

	(void)loop;
	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0)
		link->deaf = true; /* and the end is seen where it is read */
	link->waiting_bytes -= n < 0 ? link->waiting_bytes : (size_t)n;
	if (link->waiting_bytes == 0)
		waited(link);
	else
		memmove(link->waiting, link->waiting + n, link->waiting_bytes);
}

static void on_linger(struct ev_loop *loop, struct ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	link_free(timer->data);
}

static void broker_reached(struct program *program, bool reached)
{
	if (program->broker_is_away == reached)
		log_event(reached ? LOG_LEVEL_INFO : LOG_LEVEL_WARN,
			  reached ? "broker-back" : "broker-away", "port=%d", program->broker_port);
	program->broker_is_away = !reached;
}

/* On loopback it is there at once or refused at once, although that may be told by the socket only. */
static bool is_refused(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLOUT };
	int error = 0;
	socklen_t size = sizeof(error);

	return poll(&one, 1, 0) > 0 &&
	       (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) || error);
}

/* A connection to the broker, or on the way to one; -1. */
static int broker_connect(struct program *program)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons(program->broker_port),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1, bytes = KERNEL_BYTES;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || fd >= program->files - FILES_SPARE) {
		tell(program, LOG_LEVEL_ERROR, "refused", "full");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if ((connect(fd, (const struct sockaddr *)&address, sizeof(address)) &&
	     errno != EINPROGRESS) ||
	    is_refused(fd)) {
		broker_reached(program, false);
		close(fd);
		return -1;
	}
	broker_reached(program, true);
	return fd;
}

/* ---- the browser's side -------------------------------------------------------------------- */

static int refuse(struct program *program, const char *why)
{
	tell(program, LOG_LEVEL_WARN, "refused", why);
	return -1;
}

/* Before the handshake is answered, so that without a broker nginx says 502. */
static int browser_asks(struct program *program, struct lws *browser)
{
	char path[sizeof(PATH) + 1], version[4];
	struct link *link;
	int fd;

	if (program->stopping)
		return -1;
	if (strcmp(lws_get_protocol(browser)->name, SUBPROTOCOL) != 0)
		return refuse(program, "subprotocol");
	if (lws_hdr_copy(browser, path, sizeof(path), WSI_TOKEN_GET_URI) < 0 ||
	    strcmp(path, PATH) != 0)
		return refuse(program, "path");
	if (lws_hdr_copy(browser, version, sizeof(version), WSI_TOKEN_VERSION) < 0 ||
	    strcmp(version, "13") != 0)
		return refuse(program, "version");
	fd = broker_connect(program);
	if (fd < 0)
		return -1;
	link = calloc(1, sizeof(*link));
	if (!link)
		log_fatal("memory", "bytes=%zu", sizeof(*link));
	link->program = program;
	link->browser = browser;
	link->broker = fd;
	ev_io_init(&link->readable, on_readable, fd, EV_READ);
	ev_io_init(&link->writable, on_writable, fd, EV_WRITE);
	ev_timer_init(&link->linger, on_linger, LINGER_S, 0);
	link->readable.data = link->writable.data = link->linger.data = link;
	link->next = program->links;
	link->at = &program->links;
	if (link->next)
		link->next->at = &link->next;
	program->links = link;
	lws_set_opaque_user_data(browser, link);
	return 0;
}

static int browser_opened(struct link *link)
{
	int on = 1, bytes = KERNEL_BYTES, fd = lws_get_socket_fd(link->browser);

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	ev_io_start(link->program->loop, &link->readable);
	return 0;
}

static int close_browser(struct link *link, enum lws_close_status status)
{
	lws_close_reason(link->browser, status, NULL, 0);
	return -1;
}

static int browser_sent(struct link *link, const uint8_t *data, size_t size)
{
	ssize_t n = 0;

	if (!lws_frame_is_binary(link->browser)) {
		refuse(link->program, "text");
		return close_browser(link, LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE);
	}
	if (link->deaf || size == 0)
		return 0;
	if (link->waiting_bytes == 0)
		n = send(link->broker, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		link->deaf = true; /* and the end is seen where it is read */
		return 0;
	}
	if (n > 0)
		data += n, size -= (size_t)n;
	if (size == 0)
		return 0;
	if (!link->waiting)
		link->waiting = malloc(WAITING_BYTES);
	if (!link->waiting)
		log_fatal("memory", "bytes=%d", WAITING_BYTES);
	if (size > WAITING_BYTES - link->waiting_bytes) /* in spite of the flow control below */
		return refuse(link->program, "overflow");
	memcpy(link->waiting + link->waiting_bytes, data, size);
	link->waiting_bytes += size;
	ev_io_start(link->program->loop, &link->writable);
	lws_rx_flow_control(link->browser, 0);
	return 0;
}

/* All that was given to the library before has gone out. */
static int browser_is_ready(struct link *link)
{
	struct program *program = link->program;
	uint8_t *data = program->piece + LWS_PRE;
	ssize_t n;

	if (program->stopping || link->broker < 0)
		return close_browser(link, LWS_CLOSE_STATUS_GOINGAWAY);
	n = recv(link->broker, data, PIECE_BYTES, MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		broker_close(link);
		return close_browser(link, LWS_CLOSE_STATUS_GOINGAWAY);
	}
	if (n > 0 && lws_write(link->browser, data, (size_t)n, LWS_WRITE_BINARY) < 0)
		return -1;
	ev_io_start(program->loop, &link->readable);
	return 0;
}

static void browser_gone(struct link *link)
{
	struct program *program = link->program;

	lws_set_opaque_user_data(link->browser, NULL);
	link->browser = NULL;
	if (link->broker < 0 || program->stopping) {
		link_free(link);
	} else {
		if (link->waiting_bytes == 0)
			waited(link);
		ev_io_start(program->loop, &link->readable);
		ev_timer_start(program->loop, &link->linger);
	}
	if (program->stopping && !program->links)
		ev_break(program->loop, EVBREAK_ALL);
}

static int on_event(struct lws *browser, enum lws_callback_reasons reason, void *user, void *data,
		    size_t size)
{
	struct program *program = lws_context_user(lws_get_context(browser));
	struct link *link = lws_get_opaque_user_data(browser);

	switch (reason) {
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		return program->stopping ||
		       ((const struct lws_filter_network_conn_args *)user)->accept_fd >=
			       program->files - FILES_SPARE / 2;
	case LWS_CALLBACK_FILTER_HTTP_CONNECTION:
	case LWS_CALLBACK_HTTP:
		return refuse(program, "no-websocket");
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: /* the library would do HTTP/2 as well */
		return strcasecmp(data, "websocket") == 0 ? 0 : refuse(program, "upgrade");
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		return browser_asks(program, browser);
	case LWS_CALLBACK_ESTABLISHED:
		return link ? browser_opened(link) : -1;
	case LWS_CALLBACK_RECEIVE:
		return link ? browser_sent(link, data, size) : -1;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return link ? browser_is_ready(link) : -1;
	case LWS_CALLBACK_CLOSED:
	case LWS_CALLBACK_WSI_DESTROY: /* of a handshake that did not end well, no CLOSED is told */
		if (link)
			browser_gone(link);
		return 0;
	default:
		return 0;
	}
}

/* ---- the whole ----------------------------------------------------------------------------- */

static void on_library(int level, const char *line)
{
	log_event(level == LLL_ERR ? LOG_LEVEL_ERROR : LOG_LEVEL_WARN, "library", "text=\"%.*s\"",
		  (int)strcspn(line, "\n"), line);
}

static void on_deadline(struct ev_loop *loop, struct ev_timer *timer, int events)
{
	(void)timer;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

static void on_signal(struct ev_loop *loop, struct ev_signal *watcher, int events)
{
	struct program *program = watcher->data;

	(void)events;
	if (program->stopping)
		return;
	program->stopping = true;
	for (struct link *link = program->links, *next; link; link = next) {
		next = link->next;
		if (link->browser)
			lws_callback_on_writable(link->browser);
		else
			link_free(link);
	}
	if (program->links)
		ev_timer_start(loop, &program->deadline);
	else
		ev_break(loop, EVBREAK_ALL);
}

/* As many files as we may have, but not more: the library keeps a list as long. */
static int raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 1024;
	limit.rlim_cur = limit.rlim_max < FILES_MAX ? limit.rlim_max : FILES_MAX;
	setrlimit(RLIMIT_NOFILE, &limit);
	return (int)limit.rlim_cur;
}

static bool start(struct program *program)
{
	/* The first one is what a client without a subprotocol gets. */
	static const struct lws_protocols protocols[] = {
		{ .name = "none", .callback = on_event },
		{ .name = SUBPROTOCOL, .callback = on_event, .rx_buffer_size = FRAGMENT_BYTES },
		{ .name = NULL },
	};
	/* No pings: MQTT has its own, and ours would wait behind what a slow browser has not read. */
	static const lws_retry_bo_t no_pings = { .secs_since_valid_ping = 0 };
	void *loops[] = { program->loop };
	struct lws_context_creation_info info = {
		.port = program->port,
		.iface = "127.0.0.1",
		.protocols = protocols,
		/* Otherwise it would listen at every address. */
		.options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_DISABLE_IPV6,
		.foreign_loops = loops,
		.user = program,
		.gid = -1,
		.uid = -1,
		.fd_limit_per_thread = (unsigned)program->files,
		.pt_serv_buf_size = READ_BYTES,
		.timeout_secs = HANDSHAKE_S,
		.retry_and_idle_policy = &no_pings,
	};

	lws_set_log_level(LLL_ERR | LLL_WARN, on_library);
	program->context = lws_create_context(&info);
	/* From here on it would repeat what strangers say. */
	lws_set_log_level(0, NULL);
	return program->context != NULL;
}

static int run(struct program *program)
{
	program->loop = ev_loop_new(EVFLAG_AUTO);
	program->files = raise_limit();
	if (!program->loop || !start(program)) {
		log_event(LOG_LEVEL_ERROR, "start", "port=%d", program->port);
		return EX_UNAVAILABLE;
	}
	ev_timer_init(&program->deadline, on_deadline, STOP_S, 0);
	ev_signal_init(&program->terminate, on_signal, SIGTERM);
	ev_signal_init(&program->interrupt, on_signal, SIGINT);
	program->terminate.data = program->interrupt.data = program;
	ev_signal_start(program->loop, &program->terminate);
	ev_signal_start(program->loop, &program->interrupt);
	log_event(LOG_LEVEL_INFO, "start", "port=%d broker=%d files=%d", program->port,
		  program->broker_port, program->files);
	ev_run(program->loop, 0);
	log_event(LOG_LEVEL_INFO, "stop", "left=%d", program->links != NULL);
	return EX_OK;
}

static int usage(FILE *out, int status)
{
	fputs("websockets --port PORT --broker PORT\n"
	      "  Lets browsers to the broker: websockets on 127.0.0.1 into connections of MQTT.\n"
	      "  ブラウザの WebSocket を、ブローカーへの MQTT 接続に中継します。\n\n"
	      "  --port PORT    where websockets are taken, on this machine only\n"
	      "  --broker PORT  the broker's listener for browsers, on this machine\n",
	      out);
	return status;
}

static bool take_port(const char *text, uint16_t *port)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (*end || number < 1 || number > UINT16_MAX)
		return false;
	*port = (uint16_t)number;
	return true;
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{ "port", required_argument, NULL, 'p' },
		{ "broker", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static struct program program;
	int option;

	while ((option = getopt_long(argc, argv, "h", names, NULL)) != -1) {
		if (option == 'h')
			return usage(stdout, EX_OK);
		if ((option != 'p' && option != 'b') ||
		    !take_port(optarg, option == 'p' ? &program.port : &program.broker_port))
			return usage(stderr, EX_USAGE);
	}
	if (optind < argc || !program.port || !program.broker_port)
		return usage(stderr, EX_USAGE);
	log_init("websockets", LOG_LEVEL_INFO);
	return run(&program);
}
