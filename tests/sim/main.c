/*
 * The simulator: directory, record, alert, board, referral and rota, the real daemons, in one process,
 * over a network, clocks and randomness that all come from one number, the seed. A seed takes the
 * daemons through some 3,500 steps while messages are lost, doubled, late, connections cut, the
 * broker restarted, daemons killed in the middle of what they do, commits failed, stores filled,
 * clocks set. Between the doings of people are hours of quiet, so that deadlines, waves and windows
 * come and go. After each step it is checked that what must always hold holds; when all is healed,
 * that everybody has what is theirs; when what is urgent has walked its whole way, that somebody
 * answers it or the support centre has it; and when the time of all requests has run out, that none
 * is left over.
 *
 *	sim --seeds 300               seeds 1 to 300 (--seeds 1000 50: seeds 1000 to 1049)
 *	sim --hours 1 --jobs 2        as many as there is time for, from a seed taken from the clock
 *	sim --race 1000               all of a last wave accept the same visit at once, so many
 *	                              times, 50 in a world; in every second world with faults
 *	                              (--race 50 --seed 9: the world of that seed)
 *	sim --seed 4711               one seed; the same steps each time
 *	sim --seed 4711 --verbose     … and every message, fact and fault of it, on stdout
 *	sim … --steps N               so many steps a seed (3000)
 *	sim … --faultless             nothing goes wrong: is the model itself right?
 *	sim … --tight                 stores of 1 MB, which fill up
 *	sim … --sabotage NAME         reply-before-commit, skip-dedupe, forget-due (what is due in
 *	                              referral is dropped: nothing goes to the centre), forget-steps
 *	                              (what is due in alert is dropped: what is urgent stays where it
 *	                              is): broken, to be found
 *
 * Replay a failure: take the seed that it names and run it with --verbose; the last lines before
 * FAILED are what led there. Steps, times and ids repeat exactly.
 *
 * Add an invariant: what must hold of a fact goes into check_fact (check.c), of a message that leaves
 * a daemon into check_packet there, of the whole when all is healed into final.c. Say what is wrong
 * with sim_fail(sim, "its-name", …), and see it fail once: break the daemon for it, on purpose.
 *
 * What must hold of requests is in referrals.c, who may be told what of them in disclosed.c; of shifts
 * and swaps in duties.c, of what is urgent in escalations.c, of contact hours in rings.c, who may see
 * whom, also by cover, in model.c.
 *
 * Add a doing of people in actions.c, doings.c or turns.c, a kind of fault in faults.c: one function and one
 * row each.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "tests/sim/sim.h"

#define MOST_JOBS 64
#define SHOWN_FAILURES 20
#define RACE_ROUNDS 50 /* in one world */

struct command {
	struct sim_options options;
	uint64_t from, count;
	double hours;
	unsigned rounds; /* of races, all together; 0: none */
	unsigned jobs;
};

/* What the processes share. */
struct board {
	_Atomic uint64_t next, passed, failed, steps, facts, kills;
	uint64_t seeds[MOST_JOBS]; /* the one that each process is at */
};

static int64_t seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void tell(const struct outcome *outcome)
{
	printf("seed=%llu failed step=%llu invariant=%s %s\n", (unsigned long long)outcome->seed,
	       (unsigned long long)outcome->steps, outcome->invariant, outcome->detail);
	fflush(stdout);
}

/* ---- one process ----------------------------------------------------------------------------- */

/* A failure is worth nothing that cannot be had again: the first seed is run twice. */
static void run_again(const struct command *command, const char *folder, struct outcome *first)
{
	struct outcome second;
	sim_run(first->seed, &command->options, folder, &second);
	if (first->failed || second.digest == first->digest)
		return;
	first->failed = true;
	snprintf(first->invariant, sizeof(first->invariant), "replays");
	snprintf(first->detail, sizeof(first->detail), "the same seed took other steps");
}

/* A world's share of the rounds; each counts as one that passed. */
static void race_one(const struct command *command, struct board *board, uint64_t seed,
		     const char *folder)
{
	struct outcome outcome;
	uint64_t before = (seed - command->from) * RACE_ROUNDS, left = command->rounds - before;

	race_run(seed, &command->options, left < RACE_ROUNDS ? (unsigned)left : RACE_ROUNDS, folder,
		 &outcome);
	board->steps += outcome.steps;
	board->facts += outcome.facts;
	board->kills += outcome.kills;
	board->passed += outcome.rounds - (outcome.failed && outcome.rounds ? 1 : 0);
	if (outcome.failed && board->failed++ < SHOWN_FAILURES)
		tell(&outcome);
}

static void run_one(const struct command *command, struct board *board, uint64_t seed,
		    const char *folder)
{
	struct outcome outcome;
	if (command->rounds) {
		race_one(command, board, seed, folder);
		return;
	}
	sim_run(seed, &command->options, folder, &outcome);
	if (seed == command->from && !command->options.verbose)
		run_again(command, folder, &outcome);
	board->steps += outcome.steps;
	board->facts += outcome.facts;
	board->kills += outcome.kills;
	if (!outcome.failed) {
		board->passed++;
	} else if (board->failed++ < SHOWN_FAILURES) {
		tell(&outcome);
	}
}

static void run_many(const struct command *command, struct board *board, unsigned job,
		     const char *folder, int64_t until)
{
	for (;;) {
		uint64_t n = board->next++;
		if (n >= command->count || (until && seconds() >= until))
			break;
		board->seeds[job] = command->from + n;
		run_one(command, board, command->from + n, folder);
	}
}

/* ---- all processes --------------------------------------------------------------------------- */

static pid_t start_job(const struct command *command, struct board *board, unsigned job,
		       const char *folder, int64_t until)
{
	fflush(NULL);
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	run_many(command, board, job, folder, until);
	exit(0); /* with what a sanitizer has to say at the end */
}

/* A process that died has found something too: its seed failed, the others go on. */
static void run_jobs(const struct command *command, struct board *board, int64_t until)
{
	char folders[MOST_JOBS][TEMPORARY_SIZE]; /* taken away here: a job may have died */
	pid_t pids[MOST_JOBS];
	unsigned running = 0;

	for (unsigned job = 0; job < command->jobs; job++, running++) {
		temporary_make(folders[job], "sim");
		pids[job] = start_job(command, board, job, folders[job], until);
	}
	while (running) {
		int status;
		pid_t pid = wait(&status);
		unsigned job = 0;
		while (job < command->jobs && pids[job] != pid)
			job++;
		running--;
		if (pid < 0 || job == command->jobs ||
		    (WIFEXITED(status) && WEXITSTATUS(status) == 0))
			continue;
		struct outcome outcome = {
			.failed = true, .seed = board->seeds[job], .invariant = "process-died"};
		snprintf(outcome.detail, sizeof(outcome.detail), "status=%d signal=%d", status,
			 WIFSIGNALED(status) ? WTERMSIG(status) : 0);
		tell(&outcome);
		if (board->failed++ < SHOWN_FAILURES) {
			pids[job] = start_job(command, board, job, folders[job], until);
			running++;
		}
	}
	for (unsigned job = 0; job < command->jobs; job++)
		temporary_remove(folders[job]);
}

/* ---- options --------------------------------------------------------------------------------- */

static void usage(void)
{
	fputs("usage: sim [--seed N | --seeds [FROM] COUNT | --hours H | --race ROUNDS] [--jobs "
	      "N]\n"
	      "           [--steps N]\n"
	      "           [--sabotage reply-before-commit|skip-dedupe|forget-due|\n"
	      "                       forget-steps]\n"
	      "           [--faultless] [--tight] [--verbose]\n",
	      stderr);
	exit(64);
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value = text ? strtoull(text, &end, 10) : 0;
	if (!text || !*text || *end)
		usage();
	return value;
}

static enum sabotage sabotage_named(const char *name, int *forgetful)
{
	*forgetful = HOST_REFERRAL;
	if (name && !strcmp(name, "forget-steps")) {
		*forgetful = HOST_ALERT;
		return SABOTAGE_FORGET_DUE;
	}
	if (name && !strcmp(name, "reply-before-commit"))
		return SABOTAGE_REPLY_BEFORE_COMMIT;
	if (name && !strcmp(name, "skip-dedupe"))
		return SABOTAGE_SKIP_DEDUPE;
	if (name && !strcmp(name, "forget-due"))
		return SABOTAGE_FORGET_DUE;
	usage();
	return SABOTAGE_NONE;
}

static void take_seeds(struct command *command, char ***arg)
{
	command->count = number(*++*arg);
	if ((*arg)[1] && (*arg)[1][0] != '-') {
		command->from = command->count;
		command->count = number(*++*arg);
	}
}

static struct command parse(char **arg)
{
	struct command command = {.options = {.steps = 3000}, .from = 1, .count = 300, .jobs = 1};

	while (*++arg) {
		if (!strcmp(*arg, "--verbose")) {
			command.options.verbose = true;
		} else if (!strcmp(*arg, "--tight")) {
			command.options.tight = true;
		} else if (!strcmp(*arg, "--faultless")) {
			command.options.faultless = true;
		} else if (!strcmp(*arg, "--seed")) {
			command.from = number(*++arg);
			command.count = 1;
		} else if (!strcmp(*arg, "--seeds")) {
			take_seeds(&command, &arg);
		} else if (!strcmp(*arg, "--race")) {
			command.rounds = (unsigned)number(*++arg);
			command.options.race = true;
			command.count = (command.rounds + RACE_ROUNDS - 1) / RACE_ROUNDS;
		} else if (!strcmp(*arg, "--hours") && arg[1]) {
			command.hours = atof(*++arg);
			command.count = UINT64_MAX;
			command.from = (uint64_t)time(NULL) * 1000;
		} else if (!strcmp(*arg, "--jobs")) {
			command.jobs = (unsigned)number(*++arg);
		} else if (!strcmp(*arg, "--steps")) {
			command.options.steps = (unsigned)number(*++arg);
		} else if (!strcmp(*arg, "--sabotage")) {
			command.options.sabotage =
				sabotage_named(*++arg, &command.options.forgetful);
		} else {
			usage();
		}
	}
	if (command.jobs < 1 || command.jobs > MOST_JOBS)
		usage();
	return command;
}

int main(int argc, char **argv)
{
	(void)argc;
	struct command command = parse(argv);
	int64_t begun = seconds();
	int64_t until = command.hours > 0 ? begun + (int64_t)(command.hours * 3600) : 0;
	struct board *board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED) {
		perror("mmap");
		return 71;
	}
	/* What goes wrong here goes wrong on purpose: only a replay wants to read of it. */
	log_init("sim", command.options.verbose ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR + 1);
	certificates_make();
	run_jobs(&command, board, until);
	printf("steps=%llu facts=%llu kills=%llu seconds=%lld\n", (unsigned long long)board->steps,
	       (unsigned long long)board->facts, (unsigned long long)board->kills,
	       (long long)(seconds() - begun));
	printf("%s: %llu passed, %llu failed\n", command.rounds ? "race" : "sim",
	       (unsigned long long)board->passed, (unsigned long long)board->failed);
	return board->failed ? 1 : 0;
}
