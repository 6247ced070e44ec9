/* SPDX-License-Identifier: MIT */
#include "cli-options.h"
#include "cli-output.h"
#include "cli-prices.h"

/* A row of the table; a price nobody knows is "-", never 0. */
#define ROW "%-*s  %10s  %10s  %10s  %s\n"

static char *
to_count (const cJSON *json, const char *key)
{
  gint64 count = cli_json_integer (json, key);

  return count > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, count) : g_strdup ("-");
}

static void
write_row (const cJSON *json, int width)
{
  const cJSON *prices = cJSON_GetObjectItemCaseSensitive (json, "prices");
  g_autofree char *context = to_count (json, "context");
  g_autofree char *row = g_strdup_printf (ROW, width, cli_json_string (json, "id", "-"), context,
                                          cli_json_string (prices, "input", "-"),
                                          cli_json_string (prices, "output", "-"),
                                          cli_json_string (json, "status", "-"));

  cli_write (row);
}

static int
widest_id (const GPtrArray *models)
{
  glong width = 0;

  for (guint i = 0; i < models->len; i++)
    width = MAX (width, g_utf8_strlen (tw_model_get_qualified_id (models->pdata[i]), -1));
  return (int) width;
}

static void
write_table (const GPtrArray *models)
{
  int width = widest_id (models);
  g_autofree char *head
      = g_strdup_printf (ROW, width, "MODEL", "CONTEXT", "INPUT $/M", "OUTPUT $/M", "STATUS");

  cli_write (head);
  for (guint i = 0; i < models->len; i++)
    {
      g_autofree char *text = tw_model_to_json (models->pdata[i]);
      g_autoptr (cJSON) json = cli_parse_json (text);

      write_row (json, width);
    }
}

static void
write_lines (const GPtrArray *models)
{
  for (guint i = 0; i < models->len; i++)
    {
      g_autofree char *json = tw_model_to_json (models->pdata[i]);

      cli_write_line (json);
    }
}

/* The catalogue's own words for an unknown name have the nearest ones. */
static void
note_nothing (TwCatalog *catalog, const char *pattern)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwModel) model
      = pattern != NULL ? tw_catalog_find_model (catalog, pattern, &error) : NULL;

  if (model == NULL && error != NULL)
    cli_note ("%s", error->message);
}

CliExit
cli_verb_models (Cli *cli, int argc, char **argv)
{
  g_auto (GStrv) operands = NULL;
  const GOptionEntry entries[] = {
    { G_OPTION_REMAINING, 0, 0, CLI_ARG_TEXT_ARRAY, &operands, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCatalog) catalog = NULL;
  g_autoptr (GPtrArray) models = NULL;
  const char *pattern;
  CliExit status;

  if (!cli_parse (cli, entries, argc, argv, &status))
    return status;
  if (cli_single_operand (operands, &pattern, &error))
    catalog = cli_open_catalog (&error);
  if (catalog == NULL)
    return cli_fail (cli, error);
  models = tw_catalog_list_models (catalog, pattern);
  if (models->len == 0)
    note_nothing (catalog, pattern);
  else if (cli->json)
    write_lines (models);
  else
    write_table (models);
  return CLI_EXIT_DONE;
}
