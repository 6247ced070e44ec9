/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-calls-private.h"

#define MAX_COLUMN_BYTES (1u << 20)

static cJSON *
usage_to_block (const TwUsage *usage)
{
  cJSON *block = cJSON_CreateObject ();
  cJSON *others = cJSON_AddArrayToObject (block, "others");

  cJSON_AddItemToObject (block, "usage", tw_usage_to_cjson (usage));
  for (guint i = 0; usage->others != NULL && i < usage->others->len; i++)
    {
      const TwOtherModelUsage *other = g_ptr_array_index (usage->others, i);
      cJSON *item = usage_to_block (other->usage);

      tw_json_add_string (item, "model", other->model);
      cJSON_AddItemToArray (others, item);
    }
  return block;
}

char *
tw_usage_to_column (const TwUsage *usage)
{
  g_autoptr (cJSON) block = NULL;

  if (usage == NULL)
    return NULL;
  block = usage_to_block (usage);
  return tw_json_print (block);
}

/* What tw_usage_new_from_json() leaves to its caller. */
static gboolean
read_flags (TwUsage *usage, const cJSON *json, GError **error)
{
  const char *cost = tw_json_string (json, "provider_cost");

  tw_json_boolean (json, "estimated", &usage->estimated);
  tw_json_boolean (json, "incomplete", &usage->incomplete);
  usage->has_provider_cost = cost != NULL;
  return cost == NULL || tw_femto_parse (cost, &usage->provider_cost, error);
}

static TwUsage *
usage_from_block (const cJSON *block, GError **error)
{
  const cJSON *json = tw_json_object (block, "usage");
  g_autofree char *text = json != NULL ? tw_json_print (json) : g_strdup ("null");
  g_autoptr (TwUsage) usage = tw_usage_new_from_json (text, error);
  const cJSON *item;

  if (usage == NULL || !read_flags (usage, json, error))
    return NULL;
  cJSON_ArrayForEach (item, tw_json_array (block, "others"))
  {
    TwUsage *other = usage_from_block (item, error);

    if (other == NULL)
      return NULL;
    tw_usage_add_other (usage, tw_json_string (item, "model"), other);
  }
  return g_steal_pointer (&usage);
}

TwUsage *
tw_usage_from_column (const char *text, GError **error)
{
  g_autoptr (cJSON) block = tw_json_parse (text, -1, MAX_COLUMN_BYTES, error);

  return block != NULL ? usage_from_block (block, error) : NULL;
}
