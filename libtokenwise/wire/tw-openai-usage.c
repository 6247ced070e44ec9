/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-openai-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"
#include "libtokenwise/wire/tw-wire-usage-private.h"

/* OpenAI's usage block and its dialects. The names are the same everywhere; what a count includes
 * is not. Which server counts how was found by comparing the totals of recorded replies. */

/* What is read below, and figures beside the bill: speeds, times, parts of what is billed already,
 * amounts of money. Whatever else has a number may cost something. */
static const char *const known_keys[] = {
  "prompt_tokens",
  "completion_tokens",
  "input_tokens",
  "output_tokens",
  "total_tokens",
  "prompt_tokens_details.*",
  "input_tokens_details.*",
  "input_token_details.*",
  "completion_tokens_details.*",
  "output_tokens_details.*",
  "output_token_details.*",
  "num_cached_tokens",
  "prompt_token_details.cached_tokens",
  "prompt_cache_hit_tokens",
  "prompt_cache_miss_tokens",
  "cached_tokens",
  "reasoning_tokens",
  "citation_tokens",
  "num_search_queries",
  "prompt_audio_seconds",
  "cost",
  "cost.*",
  "cost_details.*",
  "cost_in_usd_ticks",
  "pydantic_ai_gateway.*",
  "server_tool_use.web_search_requests",
  "server_tool_use.tool_calls_requested",
  "server_tool_use.tool_calls_executed",
  "server_tool_use_details.web_search_requests",
  "server_tool_use_details.tool_calls_requested",
  "server_tool_use_details.tool_calls_executed",
  "server_side_tool_usage_details.web_search_calls",
  "server_side_tool_usage_details.x_search_calls",
  "server_side_tool_usage_details.code_interpreter_calls",
  "server_side_tool_usage_details.file_search_calls",
  "server_side_tool_usage_details.mcp_calls", /* billed by their tokens only */
  "num_server_side_tools_used",
  "context_details.*",
  "queue_time",
  "prompt_time",
  "completion_time",
  "total_time",
  "draft_tokens",
  "draft_tokens_acceptance",
  "tokens_per_second",
  "prompt_tokens_per_second",
  "time_to_first_token_ms",
  "time_per_output_token_ms",
  NULL,
};

static const char *const known_input_details[] = {
  "cached_tokens",
  "cache_write_tokens",
  "text_tokens",
  "audio_tokens",
  "image_tokens",
  "video_tokens",
  "cached_tokens_details.text_tokens",
  "cached_tokens_details.audio_tokens",
  "cached_tokens_details.image_tokens",
  NULL,
};

static const char *const known_output_details[] = {
  "reasoning_tokens",
  "text_tokens",
  "audio_tokens",
  "image_tokens",
  "accepted_prediction_tokens",
  "rejected_prediction_tokens",
  NULL,
};

typedef struct
{
  gint64 prompt;
  gint64 completion;
  gint64 total; /* 0: not said */
  gint64 cached;
  gint64 written;
  gint64 reasoning;
  gint64 citations;
  gint64 input_audio;
  gint64 output_audio;
  gboolean is_chat; /* the names of the chat API */
  gboolean has_completion;
  gboolean reasons_beside;
  const char *impossible; /* (nullable): the first key whose value cannot be */
} Counts;

static gboolean
is_openai (const char *provider)
{
  return g_str_equal (provider, "openai");
}

static gboolean
is_openrouter (const char *provider)
{
  return g_str_equal (provider, "openrouter");
}

static gboolean
is_xai (const char *provider)
{
  return g_str_equal (provider, "x-ai") || g_str_equal (provider, "xai");
}

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

static const cJSON *
input_details (const cJSON *block)
{
  return tw_json_object (block, "prompt_tokens_details")
             ?: tw_json_object (block, "input_tokens_details")
             ?: tw_json_object (block, "input_token_details");
}

static const cJSON *
output_details (const cJSON *block)
{
  return tw_json_object (block, "completion_tokens_details")
             ?: tw_json_object (block, "output_tokens_details")
             ?: tw_json_object (block, "output_token_details");
}

static gint64
read_cached (Counts *counts, const cJSON *block)
{
  const struct
  {
    const cJSON *object;
    const char *key;
  } places[] = {
    { block, "num_cached_tokens" },                                      /* Mistral */
    { input_details (block), "cached_tokens" },                          /* OpenAI */
    { tw_json_object (block, "prompt_token_details"), "cached_tokens" }, /* Mistral */
    { block, "prompt_cache_hit_tokens" },                                /* DeepSeek */
    { block, "cached_tokens" },                                          /* Moonshot */
  };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (tw_wire_json_has (places[i].object, places[i].key))
      return count_of (counts, places[i].object, places[i].key);
  return 0;
}

/* Beside the completion or within it: the total decides. Perplexity's, at the top of the block, are
 * beside and not in the total: a documented reply has 193,947 of them and 11,395 completion tokens,
 * and its cost bills both (https://docs.perplexity.ai, sonar-deep-research). */
static void
read_reasoning (Counts *counts, const cJSON *block)
{
  const cJSON *out = output_details (block);

  counts->reasons_beside
      = !tw_wire_json_has (out, "reasoning_tokens") && tw_wire_json_has (block, "reasoning_tokens");
  counts->reasoning = count_of (counts, counts->reasons_beside ? block : out, "reasoning_tokens");
}

static void
read_counts (Counts *counts, const cJSON *block)
{
  counts->is_chat = tw_wire_json_has (block, "prompt_tokens");
  counts->has_completion
      = tw_wire_json_has (block, "completion_tokens") || tw_wire_json_has (block, "output_tokens");
  counts->prompt = count_of_either (counts, block, "prompt_tokens", "input_tokens");
  counts->completion = count_of_either (counts, block, "completion_tokens", "output_tokens");
  counts->total = count_of (counts, block, "total_tokens");
  counts->cached = read_cached (counts, block);
  counts->written = count_of (counts, input_details (block), "cache_write_tokens");
  counts->citations = count_of (counts, block, "citation_tokens");
  counts->input_audio = count_of (counts, input_details (block), "audio_tokens");
  counts->output_audio = count_of (counts, output_details (block), "audio_tokens");
  read_reasoning (counts, block);
}

/* DeepSeek: the prompt is hits and misses. */
static gboolean
check_misses (Counts *counts, const cJSON *block, GError **error)
{
  gint64 hits = count_of (counts, block, "prompt_cache_hit_tokens");
  gint64 misses = count_of (counts, block, "prompt_cache_miss_tokens");
  gboolean has_prompt
      = tw_wire_json_has (block, "prompt_tokens") || tw_wire_json_has (block, "input_tokens");

  if (!tw_wire_json_has (block, "prompt_cache_miss_tokens"))
    return TRUE;
  if (!has_prompt)
    counts->prompt = hits + misses;
  return hits + misses == counts->prompt
         || tw_usage_refuse (error,
                             "prompt_cache_hit_tokens %" G_GINT64_FORMAT
                             " and prompt_cache_miss_tokens %" G_GINT64_FORMAT
                             " are not the prompt_tokens, %" G_GINT64_FORMAT,
                             hits, misses, counts->prompt);
}

/* Some servers, Azure's Grok among them, count cached tokens outside the prompt, and only sometimes
 * in the total. OpenAI itself never does, unless its total says so. */
static gboolean
include_cached (Counts *counts, const char *provider, GError **error)
{
  gint64 extra = counts->total - counts->prompt - counts->completion;
  gboolean in_total = extra == counts->cached || extra == counts->cached + counts->reasoning;

  if (counts->cached <= counts->prompt)
    return TRUE;
  if (is_openai (provider) && !in_total)
    return tw_usage_refuse (error,
                            "cached_tokens are %" G_GINT64_FORMAT
                            ", but the prompt, of which they are a part, has %" G_GINT64_FORMAT,
                            counts->cached, counts->prompt);
  counts->prompt += counts->cached;
  if (counts->total > 0 && !in_total)
    counts->total += counts->cached;
  return TRUE;
}

/* The total is all that was read and written: what is in it beyond prompt and completion was not
 * counted in them. A total that no known way of counting explains is refused. */
static gboolean
include_extra (Counts *counts, gint64 extra, GError **error)
{
  if (extra == counts->reasoning && !counts->reasons_beside)
    counts->completion += extra; /* xAI: reasoning is beside the completion */
  else if (extra == counts->input_audio)
    counts->prompt += extra; /* Mistral: audio is beside the prompt */
  else if (extra == counts->citations
           || (counts->reasons_beside
               && (extra == counts->reasoning || extra == counts->reasoning + counts->citations)))
    return TRUE; /* Perplexity: billed on their own */
  else if (!counts->has_completion)
    counts->completion = extra;
  else if (counts->reasoning > 0)
    return tw_usage_refuse (error,
                            "total_tokens %" G_GINT64_FORMAT " are %" G_GINT64_FORMAT
                            " more than prompt and completion, which nothing explains",
                            counts->total, extra);
  else
    {
      /* Gemini behind OpenAI's API hides its thoughts, and bills them. */
      counts->completion += extra;
      counts->reasoning = extra;
    }
  return TRUE;
}

static gboolean
include_all (Counts *counts, const char *provider, GError **error)
{
  gint64 extra = counts->total - counts->prompt - counts->completion;

  if (counts->total == 0 && counts->is_chat && is_xai (provider))
    counts->completion += counts->reasoning;
  if (counts->total > 0 && extra < 0)
    return tw_usage_refuse (error,
                            "total_tokens %" G_GINT64_FORMAT " are less than prompt and "
                            "completion, %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT,
                            counts->total, counts->prompt, counts->completion);
  if (extra > 0 && counts->prompt == 0 && !counts->has_completion)
    return tw_usage_refuse (error, "total_tokens stand there without the counts they are made of");
  if (counts->total > 0 && extra > 0 && !include_extra (counts, extra, error))
    return FALSE;
  if (counts->reasons_beside)
    counts->completion += counts->reasoning;
  return TRUE;
}

static gboolean
check_parts (Counts *counts, const char *provider, GError **error)
{
  /* OpenRouter gives the same tokens as read and as written for some models. */
  if (is_openrouter (provider))
    counts->written = MIN (counts->written, MAX (0, counts->prompt - counts->cached));
  if (counts->cached + counts->written > counts->prompt)
    return tw_usage_refuse (error,
                            "cached_tokens %" G_GINT64_FORMAT
                            " and cache_write_tokens %" G_GINT64_FORMAT
                            " are more than the prompt, %" G_GINT64_FORMAT,
                            counts->cached, counts->written, counts->prompt);
  if (counts->reasoning > counts->completion)
    return tw_usage_refuse (error,
                            "reasoning_tokens %" G_GINT64_FORMAT
                            " are more than the completion, %" G_GINT64_FORMAT,
                            counts->reasoning, counts->completion);
  return TRUE;
}

/* The seven exclusive meters. */
static gboolean
fill_tokens (Counts *counts, const char *provider, TwUsage *usage, GError **error)
{
  TwMeter written
      = is_openrouter (provider) ? TW_METER_INPUT_CACHE_WRITE_5M : TW_METER_INPUT_CACHE_WRITE_30M;

  if (!include_cached (counts, provider, error) || !include_all (counts, provider, error)
      || !check_parts (counts, provider, error))
    return FALSE;
  usage->counts[TW_METER_INPUT_UNCACHED] = counts->prompt - counts->cached - counts->written;
  usage->counts[TW_METER_INPUT_CACHE_READ] = counts->cached;
  usage->counts[written] = counts->written;
  usage->counts[TW_METER_OUTPUT_TEXT] = counts->completion - counts->reasoning;
  usage->counts[TW_METER_OUTPUT_REASONING] = counts->reasoning;
  return TRUE;
}

static void
fill_modalities (Counts *counts, const cJSON *block, TwUsage *usage)
{
  const cJSON *in = input_details (block);
  const cJSON *out = output_details (block);
  const cJSON *cached = tw_json_object (in, "cached_tokens_details");

  usage->counts[TW_METER_INPUT_AUDIO] = counts->input_audio;
  usage->counts[TW_METER_INPUT_IMAGE] = count_of (counts, in, "image_tokens");
  usage->counts[TW_METER_INPUT_VIDEO] = count_of (counts, in, "video_tokens");
  usage->counts[TW_METER_CACHE_READ_AUDIO] = count_of (counts, cached, "audio_tokens");
  usage->counts[TW_METER_CACHE_READ_IMAGE] = count_of (counts, cached, "image_tokens");
  usage->counts[TW_METER_OUTPUT_AUDIO] = counts->output_audio;
  usage->counts[TW_METER_OUTPUT_IMAGE] = count_of (counts, out, "image_tokens");
}

static void
fill_fees (Counts *counts, const cJSON *block, TwUsage *usage)
{
  const cJSON *router = tw_json_object (block, "server_tool_use_details")
                            ?: tw_json_object (block, "server_tool_use");
  const cJSON *xai = tw_json_object (block, "server_side_tool_usage_details");

  usage->counts[TW_METER_WEB_SEARCH] = count_of (counts, router, "web_search_requests")
                                       + count_of (counts, xai, "web_search_calls")
                                       + count_of (counts, block, "num_search_queries");
  usage->counts[TW_METER_X_SEARCH] = count_of (counts, xai, "x_search_calls");
  usage->counts[TW_METER_CODE_EXECUTION] = count_of (counts, xai, "code_interpreter_calls");
  usage->counts[TW_METER_FILE_SEARCH] = count_of (counts, xai, "file_search_calls");
  usage->counts[TW_METER_CITATION] = counts->citations;
  usage->counts[TW_METER_INPUT_AUDIO_SECOND] = count_of (counts, block, "prompt_audio_seconds");
}

/* xAI: the last turn's tokens, where its server took several. */
static void
fill_context (Counts *counts, const cJSON *block, TwUsage *usage)
{
  const cJSON *context = tw_json_object (block, "context_details");

  usage->has_context_total = context != NULL;
  usage->context_total
      = count_of (counts, context, "input_tokens") + count_of (counts, context, "output_tokens");
}

static gboolean
read_cost (const cJSON *block, TwUsage *usage, GError **error)
{
  const cJSON *parts = tw_json_object (block, "cost");
  /* Perplexity gives the parts and the sum, OpenRouter the sum. */
  const cJSON *cost = parts != NULL ? cJSON_GetObjectItemCaseSensitive (parts, "total_cost")
                                    : cJSON_GetObjectItemCaseSensitive (block, "cost");
  gboolean own_key = FALSE;
  TwFemto upstream = 0;

  if (!cJSON_IsNumber (cost))
    return TRUE;
  if (cost->valuedouble < 0)
    return tw_usage_refuse (error, "%s is negative", cost->string);
  usage->has_provider_cost
      = tw_wire_json_amount (parts ?: block, cost->string, &usage->provider_cost);
  /* With the user's own key OpenRouter's cost is its fee only; the upstream bills apart. */
  if (usage->has_provider_cost && tw_json_boolean (block, "is_byok", &own_key) && own_key)
    usage->has_provider_cost = tw_wire_json_amount (tw_json_object (block, "cost_details"),
                                                    "upstream_inference_cost", &upstream);
  usage->provider_cost = usage->has_provider_cost ? usage->provider_cost + upstream : 0;
  return TRUE;
}

gboolean
tw_openai_read_usage (const char *provider, const cJSON *block, TwUsage *usage, GError **error)
{
  Counts counts = { 0 };

  read_counts (&counts, block);
  if (!check_misses (&counts, block, error))
    return FALSE;
  fill_modalities (&counts, block, usage);
  fill_fees (&counts, block, usage);
  fill_context (&counts, block, usage);
  if (!tw_usage_check_counts (counts.impossible, error)
      || !fill_tokens (&counts, provider, usage, error) || !read_cost (block, usage, error))
    return FALSE;
  tw_usage_read_served (usage, block);
  tw_usage_note_unknown (usage, NULL, block, known_keys);
  tw_usage_note_unknown (usage, "prompt_tokens_details.", input_details (block),
                         known_input_details);
  tw_usage_note_unknown (usage, "completion_tokens_details.", output_details (block),
                         known_output_details);
  return tw_usage_validate (usage, error);
}
