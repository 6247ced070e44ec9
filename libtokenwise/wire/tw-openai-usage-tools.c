/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-wire-json-private.h"
#include "libtokenwise/wire/tw-wire-usage-private.h"

/* OpenAI bills its hosted tools by the call, or by the container a call ran in
 * (https://developers.openai.com/api/docs/pricing#built-in-tools). */

/* Of a search tool's actions only the search has a fee; to open a page it found has none. */
static gboolean
is_search (const cJSON *call)
{
  const char *action = tw_json_string (tw_json_object (call, "action"), "type");

  return action == NULL || g_str_equal (action, "search");
}

static void
count_tool (const cJSON *item, GHashTable *containers, TwUsage *usage)
{
  const char *type = tw_json_string (item, "type") ?: "";

  if (g_str_equal (type, "web_search_call") && is_search (item))
    usage->counts[TW_METER_WEB_SEARCH]++;
  else if (g_str_equal (type, "file_search_call"))
    usage->counts[TW_METER_FILE_SEARCH]++;
  else if (g_str_equal (type, "code_interpreter_call"))
    g_hash_table_add (containers, (gpointer) (tw_json_string (item, "container_id") ?: ""));
  else if (g_str_equal (type, "image_generation_call"))
    /* Billed by another model's tokens, which the reply does not tell. */
    tw_usage_add_unknown_key (usage, "output.image_generation_call", 1);
}

void
tw_openai_count_hosted_tools (const cJSON *output, TwUsage *usage)
{
  g_autoptr (GHashTable) containers = g_hash_table_new (g_str_hash, g_str_equal);
  const cJSON *item;

  cJSON_ArrayForEach (item, output)
  {
    count_tool (item, containers, usage);
  }
  usage->counts[TW_METER_CODE_INTERPRETER_SESSION] += g_hash_table_size (containers);
}
