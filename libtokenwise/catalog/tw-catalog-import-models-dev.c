/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-import-private.h"

/* The form of https://models.dev/api.json: an object of providers, each with an object of models,
 * each with a cost in USD per million tokens. */

#define MILLION G_GINT64_CONSTANT (1000000)

static const TwImportName providers[] = {
  { "xai", "x-ai" },
  { "amazon-bedrock", "aws" },
  { "google-vertex", "google" },
  { "google-vertex-anthropic", "google" },
  { "togetherai", "together" },
  { "fireworks-ai", "fireworks" },
  { "novita-ai", "novita" },
  { "cloudflare-workers-ai", "cloudflare" },
  { NULL, NULL },
};

static const struct
{
  const char *key;
  TwPriceMeter meter;
} meters[] = {
  { "input", TW_PRICE_METER_INPUT },
  { "output", TW_PRICE_METER_OUTPUT },
  { "reasoning", TW_PRICE_METER_REASONING },
  { "cache_read", TW_PRICE_METER_CACHE_READ },
  { "cache_write", TW_PRICE_METER_CACHE_WRITE },
  { "input_audio", TW_PRICE_METER_INPUT_AUDIO },
  { "output_audio", TW_PRICE_METER_OUTPUT_AUDIO },
};

static void
read_model (TwCatalogImport *self, const char *provider, const cJSON *json)
{
  const cJSON *cost = tw_json_object (json, "cost");

  tw_catalog_import_begin (self);
  for (guint i = 0; i < G_N_ELEMENTS (meters); i++)
    tw_catalog_import_add (self, provider, json->string, meters[i].meter,
                           cJSON_GetObjectItemCaseSensitive (cost, meters[i].key), 0, MILLION);
  tw_catalog_import_end (self, provider, json->string);
}

gboolean
tw_catalog_import_models_dev (TwCatalogImport *self, const cJSON *root, gint64 now)
{
  const cJSON *inner = tw_json_object (root, "providers");
  const cJSON *list = inner != NULL ? inner : root;
  gboolean any = FALSE;
  const cJSON *item, *model;

  if (!cJSON_IsObject (root))
    return FALSE;
  cJSON_ArrayForEach (item, list)
  {
    const char *provider = tw_catalog_import_provider (providers, item->string);

    cJSON_ArrayForEach (model, tw_json_object (item, "models"))
    {
      any = TRUE;
      read_model (self, provider, model);
    }
  }
  return any;
}
