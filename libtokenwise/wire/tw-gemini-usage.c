/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-wire-json-private.h"
#include "libtokenwise/wire/tw-wire-usage-private.h"

/* Gemini's and Vertex's usageMetadata: the prompt includes what was cached; thoughts are beside the
 * candidates, the prompt that tools added is beside the prompt
 * (https://ai.google.dev/api/generate-content#UsageMetadata). */

static const char *const known_keys[] = {
  "promptTokenCount",          "cachedContentTokenCount",
  "candidatesTokenCount",      "thoughtsTokenCount",
  "toolUsePromptTokenCount",   "totalTokenCount",
  "promptTokensDetails.*",     "cacheTokensDetails.*",
  "candidatesTokensDetails.*", "toolUsePromptTokensDetails.*",
  "pydantic_ai_gateway.*",     NULL,
};

typedef struct
{
  TwMeter audio;
  TwMeter image;
  TwMeter video;
} Modalities;

static const Modalities input_meters
    = { TW_METER_INPUT_AUDIO, TW_METER_INPUT_IMAGE, TW_METER_INPUT_VIDEO };
static const Modalities cached_meters
    = { TW_METER_CACHE_READ_AUDIO, TW_METER_CACHE_READ_IMAGE, TW_METER_CACHE_READ_VIDEO };
static const Modalities output_meters
    = { TW_METER_OUTPUT_AUDIO, TW_METER_OUTPUT_IMAGE, TW_METER_OUTPUT_VIDEO };

/* A document's pages are billed as images are, which is as text is. */
static gboolean
is_as_text (const char *modality)
{
  return g_str_equal (modality, "TEXT") || g_str_equal (modality, "DOCUMENT")
         || g_str_equal (modality, "MODALITY_UNSPECIFIED");
}

static void
add_modality (
    TwUsage *usage, const char *list, const char *modality, gint64 count, const Modalities *meters)
{
  if (g_str_equal (modality, "AUDIO"))
    usage->counts[meters->audio] += count;
  else if (g_str_equal (modality, "IMAGE"))
    usage->counts[meters->image] += count;
  else if (g_str_equal (modality, "VIDEO"))
    usage->counts[meters->video] += count;
  else if (!is_as_text (modality) && count > 0)
    {
      g_autofree char *name = g_strdup_printf ("%s.%.40s", list, modality);

      tw_usage_add_unknown_key (usage, name, (double) count);
    }
}

static gboolean
add_details (
    TwUsage *usage, const cJSON *block, const char *list, const Modalities *meters, GError **error)
{
  const cJSON *detail;

  cJSON_ArrayForEach (detail, tw_json_array (block, list))
  {
    const char *impossible = NULL;
    gint64 count = tw_wire_json_count (detail, "tokenCount", &impossible);

    if (impossible != NULL)
      return tw_usage_refuse (error, "a tokenCount of %s is not a count", list);
    add_modality (usage, list, tw_json_string (detail, "modality") ?: "", count, meters);
    /* After each, so that no sum of many leaves 63 bits. */
    if (!tw_usage_validate (usage, error))
      return FALSE;
  }
  return TRUE;
}

/* A cache that was made has a total only: its tokens are billed as a prompt is. */
static gboolean
is_of_cache (const cJSON *block)
{
  return !tw_wire_json_has (block, "promptTokenCount")
         && !tw_wire_json_has (block, "candidatesTokenCount")
         && !tw_wire_json_has (block, "thoughtsTokenCount");
}

/* The total is prompt, candidates, thoughts and the tools' prompt. Older replies leave the tools'
 * prompt out of it, and gateways leave thoughts out of the parts. */
static gboolean
reconcile (TwUsage *usage, gint64 total, gint64 tools, gboolean has_thoughts, GError **error)
{
  gint64 sum = tw_usage_get_input_total (usage) + tw_usage_get_output_total (usage);

  if (total == 0 || total == sum || total == sum - tools)
    return TRUE;
  if (total < sum || has_thoughts)
    return tw_usage_refuse (error,
                            "totalTokenCount is %" G_GINT64_FORMAT
                            ", but the counts it is made of sum to %" G_GINT64_FORMAT,
                            total, sum);
  usage->counts[TW_METER_OUTPUT_REASONING] = total - sum;
  return TRUE;
}

gboolean
tw_gemini_read_usage (const char *provider, const cJSON *block, TwUsage *usage, GError **error)
{
  const char *impossible = NULL;
  gint64 prompt = tw_wire_json_count (block, "promptTokenCount", &impossible);
  gint64 read = tw_wire_json_count (block, "cachedContentTokenCount", &impossible);
  gint64 tools = tw_wire_json_count (block, "toolUsePromptTokenCount", &impossible);
  gint64 total = tw_wire_json_count (block, "totalTokenCount", &impossible);
  gint64 text = tw_wire_json_count (block, "candidatesTokenCount", &impossible);
  gint64 thoughts = tw_wire_json_count (block, "thoughtsTokenCount", &impossible);

  if (is_of_cache (block))
    prompt = total;
  if (!tw_usage_check_counts (impossible, error))
    return FALSE;
  if (read > prompt)
    return tw_usage_refuse (error,
                            "cachedContentTokenCount is %" G_GINT64_FORMAT
                            ", but promptTokenCount, of which it is a part, is %" G_GINT64_FORMAT,
                            read, prompt);
  usage->counts[TW_METER_INPUT_UNCACHED] = prompt - read + tools;
  usage->counts[TW_METER_INPUT_CACHE_READ] = read;
  usage->counts[TW_METER_OUTPUT_TEXT] = text;
  usage->counts[TW_METER_OUTPUT_REASONING] = thoughts;
  usage->counts[TW_METER_TOOL_PROMPT] = tools;
  if (!reconcile (usage, total, tools, tw_wire_json_has (block, "thoughtsTokenCount"), error)
      || !add_details (usage, block, "promptTokensDetails", &input_meters, error)
      || !add_details (usage, block, "toolUsePromptTokensDetails", &input_meters, error)
      || !add_details (usage, block, "cacheTokensDetails", &cached_meters, error)
      || !add_details (usage, block, "candidatesTokensDetails", &output_meters, error))
    return FALSE;
  tw_usage_read_served (usage, block);
  tw_usage_note_unknown (usage, NULL, block, known_keys);
  return tw_usage_validate (usage, error);
}
