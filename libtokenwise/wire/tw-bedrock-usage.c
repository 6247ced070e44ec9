/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-wire-json-private.h"
#include "libtokenwise/wire/tw-wire-usage-private.h"

/* The usage of Bedrock's Converse: the input excludes both cache counts, and reasoning is in the
 * output without a count of its own
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html). The
 * metrics that end a stream of InvokeModel have other names for the same. */

static const char *const known_keys[] = {
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "cacheReadInputTokens",
  "cacheWriteInputTokens",
  "cacheReadInputTokenCount",
  "cacheWriteInputTokenCount",
  "cacheDetails.*",
  "inputTokenCount",
  "outputTokenCount",
  "invocationLatency",
  "firstByteLatency",
  NULL,
};

/* The second name repeats the first: never both. */
static gint64
count_of_either (const cJSON *block, const char *name, const char *other, const char **impossible)
{
  return tw_wire_json_count (block, tw_wire_json_has (block, name) ? name : other, impossible);
}

static gboolean
read_hour (const cJSON *block, gint64 written, TwUsage *usage, GError **error)
{
  const cJSON *detail;
  gint64 hour = 0;

  cJSON_ArrayForEach (detail, tw_json_array (block, "cacheDetails"))
  {
    const char *ttl = tw_json_string (detail, "ttl") ?: "";
    const char *impossible = NULL;
    gint64 count = tw_wire_json_count (detail, "inputTokens", &impossible);

    if (!tw_usage_check_counts (impossible != NULL ? "cacheDetails.inputTokens" : NULL, error))
      return FALSE;
    if (g_str_equal (ttl, "1h"))
      hour += count;
    else if (!g_str_equal (ttl, "5m") && count > 0)
      {
        g_autofree char *name = g_strdup_printf ("cacheDetails.%.40s", ttl);

        tw_usage_add_unknown_key (usage, name, (double) count);
      }
    if (hour > written)
      return tw_usage_refuse (error,
                              "cacheDetails have %" G_GINT64_FORMAT
                              " tokens for an hour, but cacheWriteInputTokens is %" G_GINT64_FORMAT,
                              hour, written);
  }
  usage->counts[TW_METER_INPUT_CACHE_WRITE_1H] = hour;
  usage->counts[TW_METER_INPUT_CACHE_WRITE_5M] = written - hour;
  return TRUE;
}

/* The total has the cache counts in it; what has been seen elsewhere leaves them out. */
static gboolean
check_total (const TwUsage *usage, gint64 total, GError **error)
{
  gint64 sum = tw_usage_get_input_total (usage) + tw_usage_get_output_total (usage);
  gint64 fresh = usage->counts[TW_METER_INPUT_UNCACHED] + usage->counts[TW_METER_OUTPUT_TEXT];

  return total == 0 || total == sum || total == fresh
         || tw_usage_refuse (error,
                             "totalTokens is %" G_GINT64_FORMAT
                             ", but the counts it is made of sum to %" G_GINT64_FORMAT,
                             total, sum);
}

gboolean
tw_bedrock_read_usage (const char *provider, const cJSON *block, TwUsage *usage, GError **error)
{
  const char *impossible = NULL;
  gint64 written
      = count_of_either (block, "cacheWriteInputTokens", "cacheWriteInputTokenCount", &impossible);
  gint64 total = tw_wire_json_count (block, "totalTokens", &impossible);

  usage->counts[TW_METER_INPUT_UNCACHED]
      = count_of_either (block, "inputTokens", "inputTokenCount", &impossible);
  usage->counts[TW_METER_INPUT_CACHE_READ]
      = count_of_either (block, "cacheReadInputTokens", "cacheReadInputTokenCount", &impossible);
  usage->counts[TW_METER_OUTPUT_TEXT]
      = count_of_either (block, "outputTokens", "outputTokenCount", &impossible);
  if (!tw_usage_check_counts (impossible, error) || !read_hour (block, written, usage, error)
      || !check_total (usage, total, error))
    return FALSE;
  tw_usage_read_served (usage, block);
  tw_usage_note_unknown (usage, NULL, block, known_keys);
  return tw_usage_validate (usage, error);
}
