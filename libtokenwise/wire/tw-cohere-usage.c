/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-wire-json-private.h"
#include "libtokenwise/wire/tw-wire-usage-private.h"

/* Cohere counts twice: tokens are what the model saw, with a preamble that is not shown; the billed
 * units are what is paid for (https://docs.cohere.com/reference/chat). The meters are what it saw,
 * since that is what a context is made of. */

static const char *const known_keys[] = {
  "billed_units.input_tokens",
  "billed_units.output_tokens",
  "billed_units.search_units",
  "billed_units.images",
  "tokens.input_tokens",
  "tokens.output_tokens",
  "cached_tokens",
  "api_version.*", /* beside the units in the older API */
  NULL,
};

gboolean
tw_cohere_read_usage (const char *provider, const cJSON *block, TwUsage *usage, GError **error)
{
  const cJSON *billed = tw_json_object (block, "billed_units");
  const cJSON *seen = tw_json_object (block, "tokens") ?: billed;
  const char *impossible = NULL;
  gint64 input = tw_wire_json_count (seen, "input_tokens", &impossible);
  gint64 read = tw_wire_json_count (block, "cached_tokens", &impossible);

  usage->has_billed = billed != NULL && seen != billed;
  usage->billed_input = tw_wire_json_count (billed, "input_tokens", &impossible);
  usage->billed_output = tw_wire_json_count (billed, "output_tokens", &impossible);
  usage->counts[TW_METER_OUTPUT_TEXT] = tw_wire_json_count (seen, "output_tokens", &impossible);
  usage->counts[TW_METER_RERANK_SEARCH] = tw_wire_json_count (billed, "search_units", &impossible);
  usage->counts[TW_METER_INPUT_IMAGE_COUNT] = tw_wire_json_count (billed, "images", &impossible);
  if (!tw_usage_check_counts (impossible, error))
    return FALSE;
  /* Without the tokens, the cached ones are of a prompt whose length is not said. */
  if (seen == billed)
    read = 0;
  if (read > input)
    return tw_usage_refuse (
        error,
        "cached_tokens is %" G_GINT64_FORMAT
        ", but tokens.input_tokens, of which it is a part, is %" G_GINT64_FORMAT,
        read, input);
  usage->counts[TW_METER_INPUT_CACHE_READ] = read;
  usage->counts[TW_METER_INPUT_UNCACHED] = input - read;
  tw_usage_read_served (usage, block);
  tw_usage_note_unknown (usage, NULL, block, known_keys);
  return tw_usage_validate (usage, error);
}
