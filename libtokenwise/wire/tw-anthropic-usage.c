/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-anthropic-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"
#include "libtokenwise/wire/tw-wire-usage-private.h"

/* Anthropic's usage block (https://platform.claude.com/docs/en/api/messages): input tokens exclude
 * both cache counts, output tokens include thinking. */

/* A block of real use has some twelve members; a hostile stream could make up new ones in each of
 * its events. */
#define MAX_MEMBERS 64

static const char *const known_keys[] = {
  "input_tokens",
  "output_tokens",
  "cache_creation_input_tokens",
  "cache_read_input_tokens",
  "cache_creation.ephemeral_5m_input_tokens",
  "cache_creation.ephemeral_1h_input_tokens",
  "output_tokens_details.thinking_tokens",
  "server_tool_use.web_search_requests",
  "server_tool_use.web_fetch_requests",
  "server_tool_use.tool_search_requests", /* billed by their tokens only */
  "iterations.input_tokens",
  "iterations.output_tokens",
  "iterations.cache_creation_input_tokens",
  "iterations.cache_read_input_tokens",
  "iterations.cache_creation.ephemeral_5m_input_tokens",
  "iterations.cache_creation.ephemeral_1h_input_tokens",
  "iterations.output_tokens_details.thinking_tokens",
  "pydantic_ai_gateway.*",
  NULL,
};

cJSON *
tw_anthropic_merge_usage (cJSON *known, const cJSON *later)
{
  const cJSON *item;

  if (!cJSON_IsObject (later))
    return known;
  if (known == NULL)
    known = cJSON_CreateObject ();
  cJSON_ArrayForEach (item, later)
  {
    if (cJSON_IsNull (item))
      continue;
    cJSON_DeleteItemFromObjectCaseSensitive (known, item->string);
    if (cJSON_GetArraySize (known) < MAX_MEMBERS)
      cJSON_AddItemToObject (known, item->string, cJSON_Duplicate (item, TRUE));
  }
  return known;
}

/* The counts of the block or of one iteration. */
static gboolean
read_entry (const cJSON *block, gint64 counts[TW_N_TOKEN_METERS], GError **error)
{
  const cJSON *creation = tw_json_object (block, "cache_creation");
  const cJSON *details = tw_json_object (block, "output_tokens_details");
  const char *impossible = NULL;
  gint64 written = tw_wire_json_count (block, "cache_creation_input_tokens", &impossible);
  gint64 hour = tw_wire_json_count (creation, "ephemeral_1h_input_tokens", &impossible);
  gint64 minutes = tw_wire_json_count (creation, "ephemeral_5m_input_tokens", &impossible);
  gint64 output = tw_wire_json_count (block, "output_tokens", &impossible);
  gint64 thinking = tw_wire_json_count (details, "thinking_tokens", &impossible);

  if (!tw_usage_check_counts (impossible, error))
    return FALSE;
  if (tw_wire_json_has (block, "cache_creation_input_tokens") && hour + minutes > written)
    return tw_usage_refuse (error,
                            "cache_creation has %" G_GINT64_FORMAT
                            " tokens, but cache_creation_input_tokens is %" G_GINT64_FORMAT,
                            hour + minutes, written);
  if (thinking > output)
    return tw_usage_refuse (error,
                            "thinking_tokens is %" G_GINT64_FORMAT
                            ", but output_tokens, of which it is a part, is %" G_GINT64_FORMAT,
                            thinking, output);
  counts[TW_METER_INPUT_UNCACHED] = tw_wire_json_count (block, "input_tokens", &impossible);
  counts[TW_METER_INPUT_CACHE_READ]
      = tw_wire_json_count (block, "cache_read_input_tokens", &impossible);
  counts[TW_METER_INPUT_CACHE_WRITE_1H] = hour;
  /* The split comes with the first event only; a later sum may have grown past it. */
  counts[TW_METER_INPUT_CACHE_WRITE_5M] = MAX (minutes, written - hour);
  counts[TW_METER_OUTPUT_TEXT] = output - thinking;
  counts[TW_METER_OUTPUT_REASONING] = thinking;
  return tw_usage_check_counts (impossible, error);
}

/* After each entry the sum is checked, so that no sum of many leaves 63 bits. */
static gboolean
add_entry (TwUsage *usage, const cJSON *entry, GError **error)
{
  gint64 counts[TW_N_TOKEN_METERS] = { 0 };

  if (!read_entry (entry, counts, error))
    return FALSE;
  for (guint i = 0; i < TW_N_TOKEN_METERS; i++)
    usage->counts[i] += counts[i];
  return tw_usage_validate (usage, error);
}

static gboolean
add_other (TwUsage *usage, const cJSON *entry, GError **error)
{
  TwUsage *other = tw_usage_new ();
  gboolean ok = add_entry (other, entry, error);

  tw_usage_add_other (usage, tw_json_string (entry, "model"), other);
  return ok;
}

static gboolean
is_of_type (const cJSON *entry, const char *type)
{
  return g_strcmp0 (tw_json_string (entry, "type"), type) == 0;
}

static gboolean
has_fallback (const cJSON *iterations)
{
  const cJSON *entry;

  cJSON_ArrayForEach (entry, iterations)
  {
    if (is_of_type (entry, "fallback_message"))
      return TRUE;
  }
  return FALSE;
}

/* A kind of iteration that is not known may be billed at any price. */
static gboolean
note_entry (TwUsage *usage, const cJSON *entry, GError **error)
{
  g_autofree char *name
      = g_strdup_printf ("iterations.%.60s", tw_json_string (entry, "type") ?: "");
  gint64 counts[TW_N_TOKEN_METERS] = { 0 };
  double sum = 0;

  if (!read_entry (entry, counts, error))
    return FALSE;
  for (guint i = 0; i < TW_N_TOKEN_METERS; i++)
    sum += (double) counts[i];
  if (sum > 0)
    tw_usage_add_unknown_key (usage, name, sum);
  return TRUE;
}

/* Only what the last turn read and wrote is in the context now. */
static gboolean
keep_context (TwUsage *usage, const cJSON *entry, GError **error)
{
  gint64 counts[TW_N_TOKEN_METERS] = { 0 };

  if (!read_entry (entry, counts, error))
    return FALSE;
  usage->has_context_total = TRUE;
  usage->context_total = 0;
  for (guint i = 0; i < TW_N_TOKEN_METERS; i++)
    usage->context_total += counts[i];
  return TRUE;
}

typedef struct
{
  TwUsage *messages;   /* the sum of the "message" entries, unless they were declined */
  TwUsage *compaction; /* the sum of what is billed beside them at the same price */
  gboolean fell_back;
} Iterations;

static void
iterations_clear (Iterations *self)
{
  tw_usage_free (self->messages);
  tw_usage_free (self->compaction);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Iterations, iterations_clear)

/* Adds an iteration of the asked model, which was a prompt of its own. */
static gboolean
add_prompt (TwUsage *usage, TwUsage *sum, const cJSON *entry, GError **error)
{
  gint64 before = tw_usage_get_input_total (sum);

  if (!add_entry (sum, entry, error))
    return FALSE;
  usage->longest_prompt = MAX (usage->longest_prompt, tw_usage_get_input_total (sum) - before);
  return TRUE;
}

/* Compaction is billed on top at the same price, an advisor at its own model's. A message that was
 * declined before the fallback costs only if it put something out. */
static gboolean
add_iteration (TwUsage *usage, Iterations *sums, const cJSON *entry, GError **error)
{
  const char *impossible = NULL;

  if (is_of_type (entry, "compaction"))
    return add_prompt (usage, sums->compaction, entry, error);
  if (is_of_type (entry, "advisor_message"))
    return add_other (usage, entry, error);
  if (is_of_type (entry, "fallback_message"))
    return keep_context (usage, entry, error);
  if (!is_of_type (entry, "message"))
    return note_entry (usage, entry, error);
  if (!sums->fell_back)
    return keep_context (usage, entry, error) && add_prompt (usage, sums->messages, entry, error);
  if (tw_wire_json_count (entry, "output_tokens", &impossible) > 0)
    return add_other (usage, entry, error);
  return tw_usage_check_counts (impossible, error);
}

/* The larger of two counts of the same tokens, with the parts that the larger one names. */
static void
take_larger (TwUsage *usage, const TwUsage *other, TwMeter first, TwMeter last)
{
  gint64 ours = 0, theirs = 0;

  for (guint i = first; i <= last; i++)
    {
      ours += usage->counts[i];
      theirs += other->counts[i];
    }
  for (guint i = first; theirs > ours && i <= last; i++)
    usage->counts[i] = other->counts[i];
}

/* The top level is the sum of the "message" entries, or the fallback's own usage. Where it has been
 * seen to show the last message only, the entries have more. */
static gboolean
add_iterations (TwUsage *usage, const cJSON *iterations, GError **error)
{
  g_auto (Iterations) sums = { tw_usage_new (), tw_usage_new (), has_fallback (iterations) };
  const cJSON *entry;

  cJSON_ArrayForEach (entry, iterations)
  {
    if (cJSON_IsObject (entry) && !add_iteration (usage, &sums, entry, error))
      return FALSE;
  }
  take_larger (usage, sums.messages, TW_METER_INPUT_UNCACHED, TW_METER_INPUT_UNCACHED);
  take_larger (usage, sums.messages, TW_METER_INPUT_CACHE_READ, TW_METER_INPUT_CACHE_READ);
  take_larger (usage, sums.messages, TW_METER_INPUT_CACHE_WRITE_5M, TW_METER_INPUT_CACHE_WRITE_1H);
  take_larger (usage, sums.messages, TW_METER_OUTPUT_TEXT, TW_METER_OUTPUT_REASONING);
  for (guint i = 0; i < TW_N_TOKEN_METERS; i++)
    usage->counts[i] += sums.compaction->counts[i];
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
  if (!tw_usage_check_counts (impossible, error) || !add_entry (usage, block, error)
      || !add_iterations (usage, tw_json_array (block, "iterations"), error))
    return FALSE;
  tw_usage_read_served (usage, block);
  tw_usage_note_unknown (usage, NULL, block, known_keys);
  return tw_usage_validate (usage, error);
}
