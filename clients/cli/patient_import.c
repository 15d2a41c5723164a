/* `patient import`: the place for the FHIR R4 import. */
#include "clients/cli/cli.h"

int patient_import(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return cli_fail(cli, EX_UNAVAILABLE, MSG_NO_VERB, "patient", "import");
}
