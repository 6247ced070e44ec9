/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-gemini-private.h"

/* Fees of Google's search and maps (https://ai.google.dev/gemini-api/docs/google-search#pricing):
 * up to 2.5 a prompt that used the search is billed, from 3 on each different query that is not
 * empty. */

/* A reply of real use has some ten; a hostile stream could make up new ones in each event. */
#define MAX_QUERIES 256

static void
add_queries (TwGeminiGrounding *self, const cJSON *list)
{
  const cJSON *item;

  cJSON_ArrayForEach (item, list)
  {
    const char *query = cJSON_GetStringValue (item);

    if (query == NULL || *query == '\0')
      continue;
    if (self->queries == NULL)
      self->queries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    if (g_hash_table_size (self->queries) < MAX_QUERIES)
      g_hash_table_add (self->queries, g_strdup (query));
  }
}

void
tw_gemini_grounding_add (TwGeminiGrounding *self, const cJSON *metadata)
{
  const cJSON *chunk;

  add_queries (self, tw_json_array (metadata, "webSearchQueries"));
  cJSON_ArrayForEach (chunk, tw_json_array (metadata, "groundingChunks"))
  {
    if (tw_json_object (chunk, "maps") != NULL)
      self->has_maps = TRUE;
  }
}

void
tw_gemini_grounding_count (const TwGeminiGrounding *self, const char *model, TwUsage *usage)
{
  guint n = self->queries != NULL ? g_hash_table_size (self->queries) : 0;

  if (self->has_maps)
    usage->counts[TW_METER_MAPS] = 1;
  if (n == 0)
    return;
  if (tw_gemini_family (model) == TW_GEMINI_LEVEL)
    usage->counts[TW_METER_WEB_SEARCH] = n;
  else
    usage->counts[TW_METER_WEB_SEARCH_PROMPT] = 1;
}

void
tw_gemini_grounding_clear (TwGeminiGrounding *self)
{
  g_clear_pointer (&self->queries, g_hash_table_unref);
}
