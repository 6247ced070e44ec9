/* SPDX-License-Identifier: MIT */
#include "cli-options.h"
#include "cli-output.h"
#include "cli-prices.h"
#include "cli-vocabulary.h"

/* The models of the catalogue that count with this encoding. */
static void
add_models (cJSON *json, const GPtrArray *models, const char *encoding)
{
  cJSON *list = cJSON_AddArrayToObject (json, "models");

  for (guint i = 0; i < models->len; i++)
    if (g_strcmp0 (tw_model_get_tokenizer (models->pdata[i]), encoding) == 0)
      cJSON_AddItemToArray (list,
                            cJSON_CreateString (tw_model_get_qualified_id (models->pdata[i])));
}

static cJSON *
describe_all (GError **error)
{
  g_autoptr (TwCatalog) catalog = cli_open_catalog (error);
  g_autoptr (GPtrArray) models = NULL;
  g_autoptr (cJSON) json = NULL;
  const cJSON *item;

  if (catalog == NULL)
    return NULL;
  json = cli_vocabulary_describe (FALSE, error);
  if (json == NULL)
    return NULL;
  models = tw_catalog_list_models (catalog, NULL);
  cJSON_ArrayForEach (item, json)
  {
    add_models ((cJSON *) item, models, cli_json_string (item, "name", ""));
  }
  return g_steal_pointer (&json);
}

CliExit
cli_verb_encodings (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (cJSON) json = NULL;
  CliExit status;

  if (!cli_parse (cli, NULL, argc, argv, &status))
    return status;
  json = describe_all (&error);
  if (json == NULL)
    return cli_fail (cli, error);
  cli_vocabulary_write (cli, "encodings", g_steal_pointer (&json));
  return CLI_EXIT_DONE;
}
