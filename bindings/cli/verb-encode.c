/* SPDX-License-Identifier: MIT */
#include "cli-output.h"
#include "cli-prices.h"
#include "cli-request.h"

/* The whole name, which decides how some fields are called; a model of the user's own, which the
 * catalogue does not know, is named as it is. */
static char *
qualify (const char *name, GError **error)
{
  g_autoptr (TwCatalog) catalog = NULL;
  g_autoptr (TwModel) model = NULL;

  if (g_str_equal (name, "auto"))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                           "The model “auto” is chosen on Send; name one with --model.");
      return NULL;
    }
  catalog = cli_open_catalog (error);
  if (catalog == NULL)
    return NULL;
  model = tw_catalog_find_model (catalog, name, NULL);
  return g_strdup (model != NULL ? tw_model_get_qualified_id (model) : name);
}

static char *
encode (const char *dialect, const char *file, const char *model, GError **error)
{
  g_autoptr (TwRequest) request = cli_request_read (file, error);
  g_autofree char *qualified = NULL;

  if (request == NULL)
    return NULL;
  qualified = qualify (model != NULL ? model : tw_request_get_model (request), error);
  return qualified != NULL ? tw_wire_encode (dialect, qualified, request, error) : NULL;
}

CliExit
cli_verb_encode (Cli *cli, int argc, char **argv)
{
  g_autofree char *dialect = NULL;
  g_autofree char *file = NULL;
  g_autofree char *model = NULL;
  const GOptionEntry entries[] = {
    { "dialect", 0, 0, CLI_ARG_TEXT, &dialect, "Wire format, such as openai-chat", "DIALECT" },
    { "request", 0, 0, CLI_ARG_TEXT, &file, "Request file; - reads it", "FILE" },
    { "model", 'm', 0, CLI_ARG_TEXT, &model, "Instead of the request's model", "MODEL" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  CliExit status;

  if (!cli_parse (cli, entries, argc, argv, &status))
    return status;
  if (dialect == NULL || file == NULL)
    return cli_usage_error (cli, "Encoding needs --dialect and --request.");
  json = encode (dialect, file, model, &error);
  if (json == NULL)
    return cli_fail (cli, error);
  cli_write_line (json);
  return CLI_EXIT_DONE;
}
