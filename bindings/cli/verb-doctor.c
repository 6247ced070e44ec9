/* SPDX-License-Identifier: MIT */
#include "cli-options.h"
#include "cli-output.h"

/* A client that cannot start is a finding like any other: its sentence says what to repair. */
static cJSON *
report_of_failure (const GError *error)
{
  cJSON *report = cJSON_CreateObject ();
  cJSON *checks = cJSON_AddArrayToObject (report, "checks");
  cJSON *check = cJSON_CreateObject ();

  cJSON_AddStringToObject (check, "name", "start");
  cJSON_AddStringToObject (check, "status", "error");
  cJSON_AddStringToObject (check, "message", error->message);
  cJSON_AddStringToObject (check, "remedy", tw_error_to_hint (error));
  cJSON_AddItemToArray (checks, check);
  cJSON_AddBoolToObject (report, "ok", FALSE);
  return report;
}

static cJSON *
examine (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwClient) client = tw_client_new (NULL, &error);
  g_autofree char *report = NULL;

  if (client == NULL)
    return report_of_failure (error);
  report = tw_client_check (client);
  return cli_parse_json (report);
}

static void
write_check (const cJSON *check)
{
  const char *remedy = cli_json_string (check, "remedy", "");
  g_autofree char *line = g_strdup_printf (
      "%-8s %s: %s\n", cli_json_string (check, "status", "error"),
      cli_json_string (check, "name", "check"), cli_json_string (check, "message", ""));
  g_autofree char *advice = g_strdup_printf ("%-8s → %s\n", "", remedy);

  cli_write (line);
  if (*remedy != '\0')
    cli_write (advice);
}

static gboolean
has_error (const cJSON *checks)
{
  const cJSON *check;

  cJSON_ArrayForEach (check, checks)
  {
    if (g_str_equal (cli_json_string (check, "status", "error"), "error"))
      return TRUE;
  }
  return FALSE;
}

CliExit
cli_verb_doctor (Cli *cli, int argc, char **argv)
{
  g_autoptr (cJSON) report = NULL;
  const cJSON *checks;
  const cJSON *check;
  CliExit status;

  if (!cli_parse (cli, NULL, argc, argv, &status))
    return status;
  report = examine ();
  checks = cJSON_GetObjectItemCaseSensitive (report, "checks");
  if (cli->json)
    cli_write_json (report);
  else
    cJSON_ArrayForEach (check, checks)
    {
      write_check (check);
    }
  return has_error (checks) ? CLI_EXIT_FAILED : CLI_EXIT_DONE;
}
