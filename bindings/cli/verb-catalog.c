/* SPDX-License-Identifier: MIT */
#include "cli-catalog.h"
#include "cli-options.h"
#include "cli-output.h"
#include "cli-watch.h"

#include <string.h>

typedef struct
{
  char *from;
  char **accept;
  char **keys;
  char *sha256;
  gboolean dry_run;
  gboolean revert;
  char *against;
  char *format;
  char **operands;
} CatalogOptions;

static void
catalog_options_clear (CatalogOptions *self)
{
  g_free (self->from);
  g_strfreev (self->accept);
  g_strfreev (self->keys);
  g_free (self->sha256);
  g_free (self->against);
  g_free (self->format);
  g_strfreev (self->operands);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CatalogOptions, catalog_options_clear)

typedef void (*WriteText) (const cJSON *report);

/* A library's answer, as JSON or by the function that knows its text. Takes the answer. */
static gboolean
write_answer (Cli *cli, char *take_answer, WriteText write_text)
{
  g_autofree char *answer = take_answer;
  g_autoptr (cJSON) json = NULL;

  if (answer == NULL)
    return FALSE;
  json = cli_parse_json (answer);
  if (cli->json)
    cli_write_json (json);
  else
    write_text (json);
  return TRUE;
}

/* By address, because the answer is made while the arguments are. */
static CliExit
finish (Cli *cli, char *take_answer, WriteText write_text, GError **error)
{
  return write_answer (cli, take_answer, write_text) ? CLI_EXIT_DONE : cli_fail (cli, *error);
}

/* --- update ------------------------------------------------------------------------------------
 */

static gboolean
is_url (const char *place)
{
  return strstr (place, "://") != NULL;
}

static TwCatalogUpdate *
open_update (const CatalogOptions *options, GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TwCatalogUpdate *update;
  CliWatch *watch;

  if (!is_url (options->from))
    return tw_catalog_update_new_from_file (options->from, error);
  watch = cli_watch_start (cancellable);
  cli_watch_wait (watch, "Downloading the catalogue");
  update = tw_catalog_update_fetch (options->from, cancellable, error);
  cli_watch_hide (watch);
  return update;
}

static gboolean
set_up (TwCatalogUpdate *update, const CatalogOptions *options, GError **error)
{
  for (gsize i = 0; options->keys != NULL && options->keys[i] != NULL; i++)
    if (!tw_catalog_update_add_key (update, options->keys[i], error))
      return FALSE;
  for (gsize i = 0; options->accept != NULL && options->accept[i] != NULL; i++)
    if (!tw_catalog_update_accept (update, options->accept[i], error))
      return FALSE;
  return options->sha256 == NULL
         || tw_catalog_update_expect_sha256 (update, options->sha256, error);
}

/* The first thing that nobody accepted, to show how it would be. */
static char *
find_refused (const cJSON *report)
{
  const cJSON *finding;

  cJSON_ArrayForEach (finding, cJSON_GetObjectItemCaseSensitive (report, "findings"))
  {
    const char *subject = cli_json_string (finding, "subject", NULL);
    const char *name = cli_json_string (finding, "name", "");

    if (!cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (finding, "accepted")))
      return subject != NULL ? g_strdup_printf ("%s:%s", name, subject) : g_strdup (name);
  }
  return g_strdup ("NAME");
}

static CliExit
refuse (Cli *cli, cJSON *report)
{
  g_autofree char *name = find_refused (report);
  g_autofree char *message = g_strdup_printf ("The catalogue %s is refused; %s stays in force.",
                                              cli_json_string (report, "version", ""),
                                              cli_json_string (report, "in_force", ""));
  g_autofree char *hint = g_strdup_printf (
      "Look at what it would change, and accept that by name: --accept %s", name);
  cJSON *error;

  if (!cli->json)
    {
      cli_catalog_note_findings (report);
      cli_note ("tokenwise: %s", message);
      cli_note ("%s", hint);
      return CLI_EXIT_REFUSED;
    }
  error = cJSON_AddObjectToObject (report, "error");
  cJSON_AddStringToObject (error, "code", "refused");
  cJSON_AddStringToObject (error, "message", message);
  cJSON_AddStringToObject (error, "hint", hint);
  cli_write_json (report);
  return CLI_EXIT_REFUSED;
}

static CliExit
update_from (Cli *cli, const CatalogOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCatalogUpdate) update = open_update (options, &error);
  g_autofree char *answer = NULL;
  g_autoptr (cJSON) report = NULL;

  if (update == NULL || !set_up (update, options, &error))
    return cli_fail (cli, error);
  answer = tw_catalog_update_check (update, &error);
  if (answer == NULL)
    return cli_fail (cli, error);
  report = cli_parse_json (answer);
  if (g_str_equal (cli_json_string (report, "state", ""), "refused"))
    return refuse (cli, report);
  if (options->dry_run)
    return finish (cli, g_steal_pointer (&answer), cli_catalog_write_update, &error);
  return finish (cli, tw_catalog_update_install (update, &error), cli_catalog_write_update, &error);
}

static void
write_reverted (const cJSON *report)
{
  g_autofree char *line = g_strdup_printf ("The catalogue %s is in force again (%s).",
                                           cli_json_string (report, "version", ""),
                                           cli_json_string (report, "path", ""));

  cli_write_line (line);
}

static CliExit
run_update (Cli *cli, const CatalogOptions *options)
{
  g_autoptr (GError) error = NULL;

  if (!options->revert)
    return update_from (cli, options);
  return finish (cli, tw_catalog_update_revert (&error), write_reverted, &error);
}

/* --- the other actions -------------------------------------------------------------------------
 */

static CliExit
run_diff (Cli *cli, const CatalogOptions *options)
{
  g_autoptr (GError) error = NULL;
  const char *first = options->operands[1];
  const char *second = first != NULL ? options->operands[2] : NULL;

  if (options->against != NULL)
    return finish (cli, tw_catalog_cross_check (options->against, options->format, &error),
                   cli_catalog_write_cross_check, &error);
  return finish (
      cli, tw_catalog_diff (second != NULL ? first : NULL, second != NULL ? second : first, &error),
      cli_catalog_write_diff, &error);
}

static CliExit
run_verify (Cli *cli, const CatalogOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = tw_catalog_verify (options->operands[1], &error);
  g_autoptr (cJSON) report = answer != NULL ? cli_parse_json (answer) : NULL;

  if (report == NULL)
    return cli_fail (cli, error);
  write_answer (cli, g_steal_pointer (&answer), cli_catalog_write_verdict);
  return cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (report, "ok")) ? CLI_EXIT_DONE
                                                                        : CLI_EXIT_FAILED;
}

static CliExit
run_show (Cli *cli, const CatalogOptions *options)
{
  g_autoptr (GError) error = NULL;

  return finish (cli, tw_catalog_describe (options->operands[1], &error),
                 cli_catalog_write_description, &error);
}

static const struct
{
  const char *name;
  guint max_operands;
  CliExit (*run) (Cli *cli, const CatalogOptions *options);
} actions[] = {
  { "update", 0, run_update },
  { "diff", 2, run_diff },
  { "verify", 1, run_verify },
  { "show", 1, run_show },
};

static const char *
find_update_misuse (const CatalogOptions *options, gboolean updates)
{
  gboolean has_details = options->accept != NULL || options->keys != NULL || options->sha256 != NULL
                         || options->dry_run;

  if (!updates && (options->from != NULL || options->revert || has_details))
    return "Only an update takes --from, --revert, --accept, --key, --sha256 and --dry-run.";
  if (updates && (options->from != NULL) == options->revert)
    return "An update needs --from FILE or URL, or --revert to go back.";
  if (options->revert && has_details)
    return "Going back takes --revert and --json alone.";
  return NULL;
}

static const char *
find_misuse (const CatalogOptions *options, guint *ret_action)
{
  guint count = options->operands != NULL ? g_strv_length (options->operands) : 0;
  const char *misuse;
  guint i = 0;

  while (count > 0 && i < G_N_ELEMENTS (actions)
         && !g_str_equal (options->operands[0], actions[i].name))
    i++;
  *ret_action = i;
  if (count == 0 || i == G_N_ELEMENTS (actions))
    return "Say what to do with the catalogue: update, diff, verify or show.";
  if (count - 1 > actions[i].max_operands)
    return "There is an operand too many; quote a name that has spaces.";
  misuse = find_update_misuse (options, actions[i].run == run_update);
  if (misuse != NULL)
    return misuse;
  if ((options->against != NULL) != (options->format != NULL))
    return "A comparison with another list needs --against FILE and --format.";
  if (options->against != NULL && (actions[i].run != run_diff || count > 1))
    return "Only “catalog diff” without operands takes --against.";
  return NULL;
}

CliExit
cli_verb_catalog (Cli *cli, int argc, char **argv)
{
  g_auto (CatalogOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "from", 0, 0, CLI_ARG_TEXT, &options.from, "Where the new catalogue is", "FILE|URL" },
    { "accept", 0, 0, CLI_ARG_TEXT_ARRAY, &options.accept,
      "Accept what would be refused, as price-jump or price-jump:MODEL (repeatable)", "NAME" },
    { "key", 0, 0, CLI_ARG_TEXT_ARRAY, &options.keys,
      "Trust this public key and no other, this time (repeatable)", "FILE" },
    { "sha256", 0, 0, CLI_ARG_TEXT, &options.sha256, "Take only these very bytes", "HEX" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.dry_run, "Check and write nothing", NULL },
    { "revert", 0, 0, G_OPTION_ARG_NONE, &options.revert, "Go back to the catalogue before", NULL },
    { "against", 0, 0, CLI_ARG_TEXT, &options.against, "Compare with another project's prices",
      "FILE" },
    { "format", 0, 0, CLI_ARG_TEXT, &options.format, "genai-prices, litellm or models-dev",
      "FORMAT" },
    { G_OPTION_REMAINING, 0, 0, CLI_ARG_TEXT_ARRAY, &options.operands, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  const char *misuse;
  CliExit status;
  guint action;

  if (!cli_parse (cli, entries, argc, argv, &status))
    return status;
  misuse = find_misuse (&options, &action);
  if (misuse != NULL)
    return cli_usage_error (cli, "%s", misuse);
  return actions[action].run (cli, &options);
}
