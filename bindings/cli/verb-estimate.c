/* SPDX-License-Identifier: MIT */
#include "cli-output.h"
#include "cli-request.h"

static void
write_estimate (Cli *cli, const TwEstimate *estimate)
{
  g_autofree char *text
      = cli->json ? tw_estimate_to_json (estimate) : tw_estimate_to_text (estimate);

  cli_write_line (text);
}

CliExit
cli_verb_estimate (Cli *cli, int argc, char **argv)
{
  g_auto (CliRequestOptions) options = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRequest) request = NULL;
  g_autoptr (TwClient) client = NULL;
  g_autoptr (TwEstimate) estimate = NULL;
  CliExit status;

  if (!cli_request_parse (cli, &options, argc, argv, &status))
    return status;
  request = cli_request_new (&options, &error);
  if (request != NULL)
    client = cli_client_new (&options, &error);
  if (client != NULL)
    estimate = tw_client_estimate (client, request, &error);
  if (estimate == NULL)
    return cli_fail (cli, error);
  write_estimate (cli, estimate);
  return CLI_EXIT_DONE;
}
