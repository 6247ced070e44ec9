/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-import-private.h"

#include <string.h>

/* The form of model_prices_and_context_window.json of github.com/BerriAI/litellm: one object with a
 * member for each model, whose name often begins with the provider; prices are USD per token. */

#define TOKENS_TO_MILLION 6
#define MILLION G_GINT64_CONSTANT (1000000)
/* An entry that documents the members. */
#define SAMPLE "sample_spec"

static const TwImportName providers[] = {
  { "text-completion-openai", "openai" },
  { "gemini", "google" },
  { "vertex_ai-language-models", "google" },
  { "vertex_ai-anthropic_models", "google" },
  { "xai", "x-ai" },
  { "cohere_chat", "cohere" },
  { "bedrock", "aws" },
  { "bedrock_converse", "aws" },
  { "together_ai", "together" },
  { "fireworks_ai", "fireworks" },
  { "moonshot", "moonshotai" },
  { "voyage", "voyageai" },
  { "github_copilot", "github-copilot" },
  { NULL, NULL },
};

static const struct
{
  const char *key;
  TwPriceMeter meter;
} meters[] = {
  { "input_cost_per_token", TW_PRICE_METER_INPUT },
  { "output_cost_per_token", TW_PRICE_METER_OUTPUT },
  { "cache_read_input_token_cost", TW_PRICE_METER_CACHE_READ },
  { "cache_creation_input_token_cost", TW_PRICE_METER_CACHE_WRITE },
  { "cache_creation_input_token_cost_above_1hr", TW_PRICE_METER_CACHE_WRITE_1H },
  { "output_cost_per_reasoning_token", TW_PRICE_METER_REASONING },
  { "input_cost_per_audio_token", TW_PRICE_METER_INPUT_AUDIO },
  { "output_cost_per_audio_token", TW_PRICE_METER_OUTPUT_AUDIO },
  { "output_cost_per_image_token", TW_PRICE_METER_OUTPUT_IMAGE },
};

/* "gemini/gemini-2.5-pro" of the provider "gemini" is "gemini-2.5-pro". */
static const char *
skip_provider (const char *key, const char *provider)
{
  gsize length = strlen (provider);

  return strncmp (key, provider, length) == 0 && key[length] == '/' ? key + length + 1 : key;
}

static void
read_model (TwCatalogImport *self, const cJSON *json, const char *theirs)
{
  const char *provider = tw_catalog_import_provider (providers, theirs);
  const char *model = skip_provider (json->string, theirs);

  tw_catalog_import_begin (self);
  for (guint i = 0; i < G_N_ELEMENTS (meters); i++)
    tw_catalog_import_add (self, provider, model, meters[i].meter,
                           cJSON_GetObjectItemCaseSensitive (json, meters[i].key),
                           TOKENS_TO_MILLION, MILLION);
  tw_catalog_import_end (self, provider, model);
}

gboolean
tw_catalog_import_litellm (TwCatalogImport *self, const cJSON *root, gint64 now)
{
  gboolean any = FALSE;
  const cJSON *item;

  if (!cJSON_IsObject (root))
    return FALSE;
  cJSON_ArrayForEach (item, root)
  {
    const char *provider = tw_json_string (item, "litellm_provider");

    if (provider == NULL || strcmp (item->string, SAMPLE) == 0)
      continue;
    any = TRUE;
    read_model (self, item, provider);
  }
  return any;
}
