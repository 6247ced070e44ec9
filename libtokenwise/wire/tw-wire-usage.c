/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-wire-usage-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-wire-json-private.h"

#include <string.h>

/* What the readers of all families share: the list of them, the served facts, the unknown keys. */

#define MAX_COUNT_KEYS 8
/* JSON can write numbers that it cannot read again. */
#define MAX_AMOUNT 1e15

/* A new family is one file with a reader and one line here. */
static const struct
{
  TwUsageReader read;
  /* Whole numbers that make a block one of this family's. */
  const char *counts[MAX_COUNT_KEYS];
  /* Members that no other family has. */
  const char *marks[MAX_COUNT_KEYS];
} families[] = {
  { tw_gemini_read_usage,
    { "promptTokenCount", "candidatesTokenCount", "totalTokenCount", "thoughtsTokenCount" },
    { "promptTokenCount", "candidatesTokenCount", "totalTokenCount" } },
  { tw_bedrock_read_usage,
    { "inputTokens", "outputTokens", "inputTokenCount", "outputTokenCount" },
    { "inputTokens", "outputTokens", "inputTokenCount", "outputTokenCount" } },
  { tw_ollama_read_usage,
    { "prompt_eval_count", "eval_count" },
    { "prompt_eval_count", "eval_count" } },
  { tw_cohere_read_usage, { "billed_units", "tokens" }, { "billed_units" } },
  { tw_openai_read_usage,
    { "prompt_tokens", "completion_tokens", "input_tokens", "output_tokens",
      "prompt_cache_hit_tokens", "prompt_cache_miss_tokens", "total_tokens" },
    { "prompt_tokens", "completion_tokens", "prompt_cache_hit_tokens", "input_tokens_details",
      "input_token_details" } },
  { tw_anthropic_read_usage,
    { "input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens" },
    { "cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation", "inference_geo",
      "iterations" } },
};

static const struct
{
  const char *name;
  TwUsageReader read;
} dialects[] = {
  { "openai-chat", tw_openai_read_usage },
  { "openai-responses", tw_openai_read_usage },
  { "anthropic", tw_anthropic_read_usage },
  { "gemini", tw_gemini_read_usage },
  { "bedrock-converse", tw_bedrock_read_usage },
  { "cohere", tw_cohere_read_usage },
  { "ollama", tw_ollama_read_usage },
};

/* Providers' ids here and in other catalogues, and the usage profiles of ours. Whoever is not here
 * is taken for a server that copies OpenAI's API, as nearly all do. */
static const struct
{
  const char *name;
  TwUsageReader read;
} providers[] = {
  { "anthropic", tw_anthropic_read_usage }, { "gemini", tw_gemini_read_usage },
  { "google", tw_gemini_read_usage },       { "google-vertex", tw_gemini_read_usage },
  { "vertex", tw_gemini_read_usage },       { "bedrock", tw_bedrock_read_usage },
  { "aws", tw_bedrock_read_usage },         { "amazon-bedrock", tw_bedrock_read_usage },
  { "cohere", tw_cohere_read_usage },       { "ollama", tw_ollama_read_usage },
};

TwUsageReader
tw_usage_reader_for_dialect (const char *dialect, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (dialects); i++)
    {
      if (g_strcmp0 (dialect, dialects[i].name) == 0)
        return dialects[i].read;
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", dialects[i].name);
    }
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "“%.60s” is not a known dialect; use one of: %s.", dialect, known->str);
  return NULL;
}

TwUsageReader
tw_usage_reader_for_provider (const char *provider)
{
  for (guint i = 0; i < G_N_ELEMENTS (providers); i++)
    if (g_strcmp0 (provider, providers[i].name) == 0)
      return providers[i].read;
  return provider != NULL && *provider != '\0' ? tw_openai_read_usage : NULL;
}

static gboolean
has_any (const cJSON *block, const char *const keys[MAX_COUNT_KEYS])
{
  for (guint i = 0; i < MAX_COUNT_KEYS && keys[i] != NULL; i++)
    if (tw_wire_json_has (block, keys[i]))
      return TRUE;
  return FALSE;
}

TwUsageReader
tw_usage_reader_for_keys (const cJSON *block)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (has_any (block, families[i].marks))
      return families[i].read;
  return NULL;
}

TwUsageReader
tw_usage_reader_for_counts (const cJSON *block)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (has_any (block, families[i].counts))
      return families[i].read;
  return NULL;
}

gboolean
tw_usage_reader_finds_counts (TwUsageReader reader, const cJSON *block)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (families[i].read == reader)
      return has_any (block, families[i].counts);
  return FALSE;
}

const cJSON *
tw_usage_find_block (const cJSON *json)
{
  /* Whole replies and the events of streams that carry usage. */
  static const char *const wrappers[] = { "response", "message", "metadata", "x_groq", "meta" };
  static const char *const names[]
      = { "usage", "usageMetadata", "amazon-bedrock-invocationMetrics" };
  const cJSON *block = NULL;

  for (guint i = 0; block == NULL && i < G_N_ELEMENTS (names); i++)
    block = tw_json_object (json, names[i]);
  for (guint i = 0; block == NULL && i < G_N_ELEMENTS (wrappers); i++)
    block = tw_json_object (tw_json_object (json, wrappers[i]), "usage");
  /* Cohere's older API has no name for it. */
  if (block == NULL && tw_json_object (tw_json_object (json, "meta"), "billed_units") != NULL)
    block = tw_json_object (json, "meta");
  return block ?: json;
}

/* ---- served facts ---- */

/* Vertex says how the capacity was bought; where that is by the call, the rest is the tier. */
static void
read_traffic_type (TwUsage *usage, const char *type)
{
  static const char on_demand[] = "ON_DEMAND";
  g_autofree char *tier = NULL;

  if (type == NULL || g_str_equal (type, "TRAFFIC_TYPE_UNSPECIFIED"))
    return;
  if (g_str_equal (type, on_demand))
    tier = g_strdup ("standard");
  else if (g_str_has_prefix (type, "ON_DEMAND_"))
    tier = g_ascii_strdown (type + sizeof on_demand, -1);
  else
    tier = g_ascii_strdown (type, -1);
  tw_usage_set_fact (&usage->service_tier, tier);
}

static void
take (char **field, const char *value)
{
  if (*field == NULL)
    tw_usage_set_fact (field, value);
}

void
tw_usage_read_served (TwUsage *usage, const cJSON *json)
{
  const cJSON *bedrock = tw_json_object (json, "serviceTier");
  const cJSON *performance = tw_json_object (json, "performanceConfig");

  take (&usage->service_tier, tw_json_string (json, "service_tier"));
  take (&usage->service_tier, tw_json_string (json, "serviceTier"));
  take (&usage->service_tier, tw_json_string (bedrock, "type"));
  if (usage->service_tier == NULL)
    read_traffic_type (usage, tw_json_string (json, "trafficType"));
  take (&usage->speed, tw_json_string (json, "speed"));
  take (&usage->speed, tw_json_string (performance, "latency"));
  take (&usage->region, tw_json_string (json, "inference_geo"));
}

/* ---- unknown keys ---- */

static gboolean
is_known (const char *path, const char *const *known)
{
  for (guint i = 0; known[i] != NULL; i++)
    {
      gsize length = strlen (known[i]);

      if (g_str_has_suffix (known[i], ".*") ? strncmp (path, known[i], length - 1) == 0
                                            : g_str_equal (path, known[i]))
        return TRUE;
    }
  return FALSE;
}

/* JSON made from protocol buffers writes 64-bit numbers as strings. */
static double
amount_of (const cJSON *item)
{
  guint64 digits;

  if (cJSON_IsNumber (item))
    return MIN (item->valuedouble, MAX_AMOUNT);
  if (cJSON_IsString (item)
      && g_ascii_string_to_unsigned (item->valuestring, 10, 0, (guint64) MAX_AMOUNT, &digits, NULL))
    return (double) digits;
  return 0;
}

typedef struct
{
  TwUsage *usage;
  const char *const *known;
  GString *path;
  gsize base; /* where in the path the listed names begin */
} Scan;

static void
scan_block (Scan *scan, const cJSON *block)
{
  gsize length = scan->path->len;
  const cJSON *item;

  cJSON_ArrayForEach (item, block)
  {
    double amount = amount_of (item);

    if (scan->usage->unknown_keys != NULL
        && scan->usage->unknown_keys->len >= TW_USAGE_UNKNOWN_KEYS)
      return;
    /* The items of a list have no names of their own. */
    if (item->string != NULL)
      g_string_append_printf (scan->path, "%s%s", length > scan->base ? "." : "", item->string);
    if (amount > 0 && !is_known (scan->path->str + scan->base, scan->known))
      tw_usage_add_unknown_key (scan->usage, scan->path->str, amount);
    else if (item->child != NULL)
      scan_block (scan, item);
    g_string_truncate (scan->path, length);
  }
}

void
tw_usage_note_unknown (TwUsage *usage,
                       const char *under,
                       const cJSON *block,
                       const char *const *known)
{
  g_autoptr (GString) path = g_string_new (under);
  Scan scan = { usage, known, path, path->len };

  scan_block (&scan, block);
}

/* ---- errors ---- */

gboolean
tw_usage_refuse (GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE,
               "The usage is impossible: %s. Compare it with the provider's invoice.", what);
  return FALSE;
}

gboolean
tw_usage_check_counts (const char *impossible, GError **error)
{
  return impossible == NULL
         || tw_usage_refuse (error, "%s is not a count of at least 0", impossible);
}
