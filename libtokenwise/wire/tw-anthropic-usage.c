/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-anthropic-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-wire-json-private.h"

cJSON *
tw_anthropic_merge_usage (cJSON *known, const cJSON *later)
{
  /* No other member is merged: a hostile stream could make up a new one in each event. */
  static const char *const keys[] = { "input_tokens",
                                      "cache_creation_input_tokens",
                                      "cache_read_input_tokens",
                                      "cache_creation",
                                      "output_tokens",
                                      "output_tokens_details",
                                      "server_tool_use",
                                      "service_tier",
                                      "speed",
                                      "inference_geo",
                                      "iterations" };

  if (!cJSON_IsObject (later))
    return known;
  if (known == NULL)
    known = cJSON_CreateObject ();
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (tw_wire_json_has (later, keys[i]))
      {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive (later, keys[i]);

        cJSON_DeleteItemFromObjectCaseSensitive (known, keys[i]);
        cJSON_AddItemToObject (known, keys[i], cJSON_Duplicate (item, TRUE));
      }
  return known;
}

static gboolean
refuse (GError **error, const char *key)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE,
               "The usage is impossible: %s cannot be so. Compare it with the provider's invoice.",
               key);
  return FALSE;
}

/* Input tokens exclude both cache counts here; output tokens include thinking. */
static gboolean
add_counts (TwUsage *usage, const cJSON *block, GError **error)
{
  const cJSON *creation = tw_json_object (block, "cache_creation");
  const cJSON *details = tw_json_object (block, "output_tokens_details");
  const char *impossible = NULL;
  gint64 written = tw_wire_json_count (block, "cache_creation_input_tokens", &impossible);
  gint64 hour = tw_wire_json_count (creation, "ephemeral_1h_input_tokens", &impossible);
  gint64 minutes = tw_wire_json_count (creation, "ephemeral_5m_input_tokens", &impossible);
  gint64 output = tw_wire_json_count (block, "output_tokens", &impossible);
  gint64 thinking = tw_wire_json_count (details, "thinking_tokens", &impossible);

  usage->counts[TW_METER_INPUT_UNCACHED] += tw_wire_json_count (block, "input_tokens", &impossible);
  usage->counts[TW_METER_INPUT_CACHE_READ]
      += tw_wire_json_count (block, "cache_read_input_tokens", &impossible);
  usage->counts[TW_METER_INPUT_CACHE_WRITE_1H] += hour;
  /* The split comes with the first event only; a later sum may have grown past it. */
  usage->counts[TW_METER_INPUT_CACHE_WRITE_5M] += MAX (minutes, written - hour);
  usage->counts[TW_METER_OUTPUT_TEXT] += output - thinking;
  usage->counts[TW_METER_OUTPUT_REASONING] += thinking;
  if (thinking > output)
    impossible = "thinking_tokens";
  if (impossible != NULL)
    return refuse (error, impossible);
  /* After each entry, so that no sum of many leaves 63 bits. */
  return tw_usage_validate (usage, error);
}

static gboolean
add_other (TwUsage *usage, const cJSON *entry, GError **error)
{
  TwUsage *other = tw_usage_new ();
  gboolean ok = add_counts (other, entry, error);

  tw_usage_add_other (usage, tw_json_string (entry, "model"), other);
  return ok;
}

static gboolean
has_fallback (const cJSON *iterations)
{
  const cJSON *entry;

  cJSON_ArrayForEach (entry, iterations)
  {
    if (g_strcmp0 (tw_json_string (entry, "type"), "fallback_message") == 0)
      return TRUE;
  }
  return FALSE;
}

/* The top level is the sum of the "message" entries, or the fallback's own usage. Compaction is
 * billed on top at the same price, an advisor at its own model's. A message that was declined
 * before the fallback costs only what it put out. */
static gboolean
add_iteration (TwUsage *usage, const cJSON *entry, gboolean fell_back, GError **error)
{
  const char *type = tw_json_string (entry, "type");
  const char *impossible = NULL;

  if (g_strcmp0 (type, "compaction") == 0)
    return add_counts (usage, entry, error);
  if (g_strcmp0 (type, "advisor_message") == 0)
    return add_other (usage, entry, error);
  if (!fell_back || g_strcmp0 (type, "message") != 0)
    return TRUE;
  if (tw_wire_json_count (entry, "output_tokens", &impossible) > 0)
    return add_other (usage, entry, error);
  return impossible == NULL || refuse (error, impossible);
}

static gboolean
add_iterations (TwUsage *usage, const cJSON *iterations, GError **error)
{
  gboolean fell_back = has_fallback (iterations);
  const cJSON *entry;

  cJSON_ArrayForEach (entry, iterations)
  {
    if (!add_iteration (usage, entry, fell_back, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tw_anthropic_read_usage (const char *provider, const cJSON *block, TwUsage *usage, GError **error)
{
  const cJSON *tools = tw_json_object (block, "server_tool_use");
  const char *impossible = NULL;

  usage->counts[TW_METER_WEB_SEARCH]
      = tw_wire_json_count (tools, "web_search_requests", &impossible);
  usage->counts[TW_METER_WEB_FETCH] = tw_wire_json_count (tools, "web_fetch_requests", &impossible);
  if (impossible != NULL)
    return refuse (error, impossible);
  return add_counts (usage, block, error)
         && add_iterations (usage, tw_json_array (block, "iterations"), error);
}
