/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-wire-json-private.h"
#include "libtokenwise/wire/tw-wire-usage-private.h"

/* Ollama's counts stand in the last line of the reply itself, beside what was said
 * (https://docs.ollama.com/api/chat). */

static const char *const known_keys[] = {
  "prompt_eval_count",
  "eval_count",
  "total_duration",
  "load_duration",
  "prompt_eval_duration",
  "eval_duration",
  "model",
  "response",
  "thinking",
  "message.*",
  "context",
  "logprobs.*",
  NULL,
};

gboolean
tw_ollama_read_usage (const char *provider, const cJSON *block, TwUsage *usage, GError **error)
{
  const char *impossible = NULL;

  usage->counts[TW_METER_INPUT_UNCACHED]
      = tw_wire_json_count (block, "prompt_eval_count", &impossible);
  usage->counts[TW_METER_OUTPUT_TEXT] = tw_wire_json_count (block, "eval_count", &impossible);
  if (!tw_usage_check_counts (impossible, error))
    return FALSE;
  tw_usage_note_unknown (usage, NULL, block, known_keys);
  return tw_usage_validate (usage, error);
}
