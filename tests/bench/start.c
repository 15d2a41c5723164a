/*
 * How long does record take to start on a store with many patients?
 *
 * usage: bench-start load STATE COUNT    registers COUNT patients, as station01-nurse
 *        bench-start time STATE RECORD   starts the program RECORD on the store (its service must be
 *                                        down), times it until the broker has let it in, ends it
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "account.h"
#include "client.h"

#define WINDOW 256

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "bench-start: %s\n", what);
	exit(1);
}

/* ---- load ---------------------------------------------------------------------------------- */

static void on_reply(void *context, const Reply *reply)
{
	int *registered = context;

	if (!reply || reply->code != CODE_OK)
		die(reply ? reply->message_en : "no answer in time");
	(*registered)++;
}

static void register_one(struct client *client, struct arena *arena, int n, int *registered)
{
	RegisterPatient request = RegisterPatient_INIT;
	Patient patient = Patient_INIT;

	arena_reset(arena);
	patient.name = arena_printf(arena, "計測　患者%06d", n);
	patient.kana = arena_printf(arena, "ケイソク　カンジヤ");
	patient.born = arena_printf(arena, "19%02d-%02d-%02d", 20 + n % 40, 1 + n % 12, 1 + n % 28);
	patient.sex = n % 2 ? PATIENT_SEX_MALE : PATIENT_SEX_FEMALE;
	patient.address = arena_printf(arena, "計測町%d丁目%d-%d", 1 + n % 9, 1 + n % 30, 1 + n % 20);
	patient.phone = arena_printf(arena, "000-0000-%04d", n % 10000);
	request.patient = &patient;
	if (client_send(client, "record", &request.base, 0, on_reply, registered))
		die("a request could not be sent");
}

static void load(const char *state, int count)
{
	char folder[1024], sentence[1200];
	struct account account;
	struct client *client;
	struct arena arena;
	int registered = 0;
	double start_s = now_s();

	snprintf(folder, sizeof(folder), "%s/accounts/station01-nurse", state);
	if (account_read(&account, folder, sentence, sizeof(sentence)) ||
	    client_open(&client, &account, 60000, sentence, sizeof(sentence)))
		die(sentence);
	arena_init(&arena, 1 << 20);
	for (int n = 0; n < count; n++) {
		while (client_in_flight(client) >= WINDOW)
			client_run(client, 1, NULL);
		register_one(client, &arena, n, &registered);
	}
	while (registered < count)
		client_run(client, 100, NULL);
	printf("registered %d patients, %.0f a second\n", count, count / (now_s() - start_s));
	arena_close(&arena);
	client_free(client);
}

/* ---- time ---------------------------------------------------------------------------------- */

static pid_t start_record(const char *state, const char *program, FILE **log)
{
	char store[1024], key[1024], account[1024];
	int ends[2];

	snprintf(store, sizeof(store), "%s/store/record", state);
	snprintf(key, sizeof(key), "%s/keys/record", state);
	snprintf(account, sizeof(account), "%s/instances/record", state);
	if (pipe(ends))
		die("no pipe");
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		execl(program, program, "--store", store, "--key", key, "--account", account, NULL);
		_exit(127);
	}
	close(ends[1]);
	*log = fdopen(ends[0], "r");
	return pid;
}

static void time_start(const char *state, const char *program)
{
	char line[1024];
	FILE *log;
	double start_s = now_s();
	pid_t pid = start_record(state, program, &log);
	bool connected = false;

	while (!connected && fgets(line, sizeof(line), log))
		connected = strstr(line, "event=connected") != NULL;
	double took_s = now_s() - start_s;
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	fclose(log);
	if (!connected)
		die("record ended before it was connected");
	printf("record is up after %.3f s\n", took_s);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "load") && atoi(argv[3]) > 0)
		load(argv[2], atoi(argv[3]));
	else if (argc == 4 && !strcmp(argv[1], "time"))
		time_start(argv[2], argv[3]);
	else
		die("usage: bench-start load STATE COUNT | time STATE RECORD");
	return 0;
}
