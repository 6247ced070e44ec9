/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-import-private.h"

#include <string.h>

/* The form of prices/data.json and prices/new_data/v2/data.json of
 * github.com/pydantic/genai-prices, and of what npm's @pydantic/genai-prices carries: providers,
 * each with models, each with prices or with a list of prices of which the last whose constraint
 * holds counts. */

static const struct
{
  const char *key;
  TwPriceMeter meter;
  gint64 per;
} meters[] = {
  { "input_mtok", TW_PRICE_METER_INPUT, 1000000 },
  { "output_mtok", TW_PRICE_METER_OUTPUT, 1000000 },
  { "cache_read_mtok", TW_PRICE_METER_CACHE_READ, 1000000 },
  { "cache_write_mtok", TW_PRICE_METER_CACHE_WRITE, 1000000 },
  { "cache_write_1h_mtok", TW_PRICE_METER_CACHE_WRITE_1H, 1000000 },
  { "input_audio_mtok", TW_PRICE_METER_INPUT_AUDIO, 1000000 },
  { "cache_audio_read_mtok", TW_PRICE_METER_CACHE_READ_AUDIO, 1000000 },
  { "input_image_mtok", TW_PRICE_METER_INPUT_IMAGE, 1000000 },
  { "cache_image_read_mtok", TW_PRICE_METER_CACHE_READ_IMAGE, 1000000 },
  { "input_video_mtok", TW_PRICE_METER_INPUT_VIDEO, 1000000 },
  { "output_audio_mtok", TW_PRICE_METER_OUTPUT_AUDIO, 1000000 },
  { "output_image_mtok", TW_PRICE_METER_OUTPUT_IMAGE, 1000000 },
  { "output_video_mtok", TW_PRICE_METER_OUTPUT_VIDEO, 1000000 },
  { "output_reasoning_mtok", TW_PRICE_METER_REASONING, 1000000 },
  { "output_citation_mtok", TW_PRICE_METER_CITATION, 1000000 },
  { "web_searches_kcount", TW_PRICE_METER_WEB_SEARCH, 1000 },
  { "storage_searches_kcount", TW_PRICE_METER_FILE_SEARCH, 1000 },
  { "requests_kcount", TW_PRICE_METER_REQUEST, 1000 },
  { "audio_hours", TW_PRICE_METER_AUDIO_SECOND, 3600 },
  { "input_audio_hours", TW_PRICE_METER_INPUT_AUDIO_SECOND, 3600 },
  { "input_document_kpages", TW_PRICE_METER_DOCUMENT_PAGE, 1000 },
  { "input_annotated_document_kpages", TW_PRICE_METER_ANNOTATED_DOCUMENT_PAGE, 1000 },
};

/* Dates are UTC days, hours are UTC; both compare as text. */
static gboolean
constraint_holds (const cJSON *constraint, gint64 now)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (now);
  g_autofree char *day = g_date_time_format (time, "%Y-%m-%d");
  g_autofree char *hour = g_date_time_format (time, "%H:%M:%SZ");
  const char *start_date = tw_json_string (constraint, "start_date");
  const char *start = tw_json_string (constraint, "start_time");
  const char *end = tw_json_string (constraint, "end_time");
  gboolean is_after_start, is_before_end;

  if (constraint == NULL)
    return TRUE;
  if (start_date != NULL)
    return strcmp (day, start_date) >= 0;
  if (start == NULL || end == NULL)
    return FALSE;
  is_after_start = strcmp (hour, start) >= 0;
  is_before_end = strcmp (hour, end) < 0;
  return strcmp (start, end) < 0 ? is_after_start && is_before_end
                                 : is_after_start || is_before_end;
}

static const cJSON *
choose_prices (const cJSON *prices, gint64 now)
{
  const cJSON *chosen = NULL;
  const cJSON *item;

  if (!cJSON_IsArray (prices))
    return prices;
  cJSON_ArrayForEach (item, prices)
  {
    if (constraint_holds (cJSON_GetObjectItemCaseSensitive (item, "constraint"), now))
      chosen = tw_json_object (item, "prices");
  }
  return chosen;
}

static void
read_model (TwCatalogImport *self, const char *provider, const cJSON *json, gint64 now)
{
  const char *model = tw_json_string (json, "id");
  const cJSON *prices = choose_prices (cJSON_GetObjectItemCaseSensitive (json, "prices"), now);

  if (model == NULL)
    return;
  tw_catalog_import_begin (self);
  for (guint i = 0; i < G_N_ELEMENTS (meters); i++)
    {
      const cJSON *price = cJSON_GetObjectItemCaseSensitive (prices, meters[i].key);

      /* The first step of tiers, which is what an ordinary call pays. */
      if (cJSON_IsObject (price))
        price = cJSON_GetObjectItemCaseSensitive (price, "base");
      tw_catalog_import_add (self, provider, model, meters[i].meter, price, 0, meters[i].per);
    }
  tw_catalog_import_end (self, provider, model);
}

gboolean
tw_catalog_import_genai_prices (TwCatalogImport *self, const cJSON *root, gint64 now)
{
  const cJSON *provider, *model;

  if (!cJSON_IsArray (root) || tw_json_array (root->child, "models") == NULL)
    return FALSE;
  cJSON_ArrayForEach (provider, root)
  {
    const char *id = tw_json_string (provider, "id");

    cJSON_ArrayForEach (model, tw_json_array (provider, "models"))
    {
      if (id != NULL)
        read_model (self, id, model, now);
    }
  }
  return TRUE;
}
