/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-openai-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-wire-json-private.h"

/* OpenAI's usage block and its dialects. The names are the same everywhere; what a count includes
 * is not. Which server counts how was found by comparing the totals of recorded replies. */

typedef struct
{
  gint64 prompt;
  gint64 completion;
  gint64 total; /* 0: not said */
  gint64 cached;
  gint64 written;
  gint64 reasoning;
  gint64 input_audio;
  gint64 input_image;
  gint64 output_audio;
  gint64 output_image;
  const char *impossible; /* (nullable): the first key whose value cannot be */
} Counts;

static gint64
count_of (Counts *counts, const cJSON *object, const char *key)
{
  return tw_wire_json_count (object, key, &counts->impossible);
}

/* The count under the name of the chat API, or of the Responses API. */
static gint64
count_of_either (Counts *counts, const cJSON *block, const char *chat, const char *responses)
{
  return count_of (counts, block, tw_wire_json_has (block, chat) ? chat : responses);
}

static gint64
read_cached (Counts *counts, const cJSON *block, const cJSON *details)
{
  const struct
  {
    const cJSON *object;
    const char *key;
  } places[] = {
    { block, "num_cached_tokens" },                                      /* Mistral */
    { details, "cached_tokens" },                                        /* OpenAI */
    { tw_json_object (block, "prompt_token_details"), "cached_tokens" }, /* Mistral */
    { block, "prompt_cache_hit_tokens" },                                /* DeepSeek */
    { block, "cached_tokens" },                                          /* Moonshot */
  };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (tw_wire_json_has (places[i].object, places[i].key))
      return count_of (counts, places[i].object, places[i].key);
  return 0;
}

static void
read_counts (Counts *counts, const cJSON *block)
{
  const cJSON *in = tw_json_object (block, "prompt_tokens_details")
                        ?: tw_json_object (block, "input_tokens_details");
  const cJSON *out = tw_json_object (block, "completion_tokens_details")
                         ?: tw_json_object (block, "output_tokens_details");

  counts->prompt = count_of_either (counts, block, "prompt_tokens", "input_tokens");
  counts->completion = count_of_either (counts, block, "completion_tokens", "output_tokens");
  counts->total = count_of (counts, block, "total_tokens");
  counts->cached = read_cached (counts, block, in);
  counts->written = count_of (counts, in, "cache_write_tokens");
  counts->reasoning = count_of (counts, out, "reasoning_tokens");
  counts->input_audio = count_of (counts, in, "audio_tokens");
  counts->input_image = count_of (counts, in, "image_tokens");
  counts->output_audio = count_of (counts, out, "audio_tokens");
  counts->output_image = count_of (counts, out, "image_tokens");
  /* DeepSeek: the prompt is hits and misses. */
  if (!tw_wire_json_has (block, "prompt_tokens") && !tw_wire_json_has (block, "input_tokens"))
    counts->prompt = counts->cached + count_of (counts, block, "prompt_cache_miss_tokens");
}

/* Makes prompt include all that was read and completion all that was written, by the total. */
static void
include_all (Counts *counts, const char *provider)
{
  gint64 extra = counts->total - counts->prompt - counts->completion;
  gboolean additive = counts->total == 0 && g_str_equal (provider, "xai");

  /* Azure's Grok: cached tokens are outside the prompt, and sometimes in the total. */
  if (counts->cached > counts->prompt)
    {
      if (extra == counts->cached || extra == counts->cached + counts->reasoning)
        extra -= counts->cached;
      counts->prompt += counts->cached;
    }
  if (additive || (extra > 0 && extra == counts->reasoning))
    {
      /* xAI: reasoning is beside the completion. */
      counts->completion += counts->reasoning;
      extra = 0;
    }
  else if (extra > 0 && extra == counts->input_audio)
    {
      /* Mistral: audio is beside the prompt. */
      counts->prompt += counts->input_audio;
      extra = 0;
    }
  if (extra > 0)
    {
      /* Gemini behind OpenAI's API hides its thoughts, and bills them. */
      counts->completion += extra;
      counts->reasoning += extra;
    }
}

static gboolean
refuse (GError **error, const char *what, gint64 part, gint64 whole)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE,
               "The usage is impossible: %s are %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
               " tokens. Compare it with the provider's invoice.",
               what, part, whole);
  return FALSE;
}

static gboolean
check_parts (Counts *counts, const char *provider, GError **error)
{
  if (counts->impossible != NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE,
                   "The usage is impossible: %s is not a count. Compare it with the provider's "
                   "invoice.",
                   counts->impossible);
      return FALSE;
    }
  /* OpenRouter gives the same tokens as read and as written for some models. */
  if (g_str_equal (provider, "openrouter"))
    counts->written = MIN (counts->written, MAX (0, counts->prompt - counts->cached));
  if (counts->cached + counts->written > counts->prompt)
    return refuse (error, "cache reads and writes", counts->cached + counts->written,
                   counts->prompt);
  if (counts->reasoning > counts->completion)
    return refuse (error, "reasoning tokens", counts->reasoning, counts->completion);
  return TRUE;
}

static void
read_cost (const char *provider, const cJSON *block, TwUsage *usage)
{
  const cJSON *cost = tw_json_object (block, "cost");
  gboolean own_key = FALSE;
  TwFemto upstream = 0;

  /* Perplexity gives the parts and the sum, OpenRouter the sum. */
  usage->has_provider_cost = cost != NULL
                                 ? tw_wire_json_amount (cost, "total_cost", &usage->provider_cost)
                                 : tw_wire_json_amount (block, "cost", &usage->provider_cost);
  /* With the user's own key OpenRouter's cost is its fee only; the upstream bills apart. */
  if (usage->has_provider_cost && tw_json_boolean (block, "is_byok", &own_key) && own_key)
    usage->has_provider_cost = tw_wire_json_amount (tw_json_object (block, "cost_details"),
                                                    "upstream_inference_cost", &upstream);
  usage->provider_cost = usage->has_provider_cost ? usage->provider_cost + upstream : 0;
}

static gint64
read_searches (Counts *counts, const cJSON *block)
{
  const cJSON *router = tw_json_object (block, "server_tool_use_details")
                            ?: tw_json_object (block, "server_tool_use");
  const cJSON *xai = tw_json_object (block, "server_side_tool_usage_details");

  return count_of (counts, router, "web_search_requests")
         + count_of (counts, xai, "web_search_calls");
}

gboolean
tw_openai_read_usage (const char *provider, const cJSON *block, TwUsage *usage, GError **error)
{
  Counts counts = { 0 };
  gint64 searches = read_searches (&counts, block);
  TwMeter written = g_str_equal (provider, "openrouter") ? TW_METER_INPUT_CACHE_WRITE_5M
                                                         : TW_METER_INPUT_CACHE_WRITE_30M;

  read_counts (&counts, block);
  include_all (&counts, provider);
  if (!check_parts (&counts, provider, error))
    return FALSE;
  usage->counts[TW_METER_INPUT_UNCACHED] = counts.prompt - counts.cached - counts.written;
  usage->counts[TW_METER_INPUT_CACHE_READ] = counts.cached;
  usage->counts[written] = counts.written;
  usage->counts[TW_METER_OUTPUT_TEXT] = counts.completion - counts.reasoning;
  usage->counts[TW_METER_OUTPUT_REASONING] = counts.reasoning;
  usage->counts[TW_METER_INPUT_AUDIO] = counts.input_audio;
  usage->counts[TW_METER_INPUT_IMAGE] = counts.input_image;
  usage->counts[TW_METER_OUTPUT_AUDIO] = counts.output_audio;
  usage->counts[TW_METER_OUTPUT_IMAGE] = counts.output_image;
  usage->counts[TW_METER_WEB_SEARCH] = searches;
  read_cost (provider, block, usage);
  return tw_usage_validate (usage, error);
}
