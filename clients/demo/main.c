#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "clients/demo/city.h"
#include "clients/demo/demo.h"

static int usage(FILE *out, int status)
{
	fputs("tsunagi-demo --state DIR [--none] [--seed N]\n"
	      "  Loads the demonstration city into the services that run from DIR.\n"
	      "  つなぎのデモ用の架空の市（機関・アカウント・患者・3週間の記録）を読み込みます。\n\n"
	      "  --state DIR  the folder of `make run`\n"
	      "  --none       organisations and accounts only\n"
	      "  --seed N     another city\n",
	      out);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{ "state", required_argument, NULL, 's' }, { "none", no_argument, NULL, 'n' },
		{ "seed", required_argument, NULL, 'r' },  { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct demo_options options = { .seed = CITY_SEED };
	char *end = argv[0];
	int option;

	while ((option = getopt_long(argc, argv, "h", names, NULL)) != -1) {
		if (option == 's')
			options.state = optarg;
		else if (option == 'n')
			options.none = true;
		else if (option == 'r')
			options.seed = strtoull(optarg, &end, 10);
		else
			return option == 'h' ? usage(stdout, EX_OK) : usage(stderr, EX_USAGE);
		if (option == 'r' && (end == optarg || *end))
			return usage(stderr, EX_USAGE);
	}
	if (!options.state || optind < argc)
		return usage(stderr, EX_USAGE);
	return demo_run(&options);
}
