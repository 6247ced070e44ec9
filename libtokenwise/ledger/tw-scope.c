/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-scope-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"

#include <string.h>

#define MAX_SCOPE_BYTES 255
#define MAX_TAGS_BYTES (64u << 10)

static const char *const kinds[] = { "project:", "workflow:", "model:", "tag:" };

static gboolean
has_control_characters (const char *text)
{
  for (; *text != '\0'; text++)
    if (g_ascii_iscntrl (*text))
      return TRUE;
  return FALSE;
}

static gboolean
is_valid (const char *scope)
{
  if (strcmp (scope, "user") == 0)
    return TRUE;
  if (strlen (scope) > MAX_SCOPE_BYTES || !g_utf8_validate (scope, -1, NULL)
      || has_control_characters (scope))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (scope, kinds[i]))
      {
        const char *rest = scope + strlen (kinds[i]);
        const char *equals = strchr (rest, '=');

        if (strcmp (kinds[i], "tag:") == 0)
          return equals != NULL && equals != rest && equals[1] != '\0';
        return *rest != '\0';
      }
  return FALSE;
}

gboolean
tw_scope_validate (const char *scope, GError **error)
{
  if (is_valid (scope))
    return TRUE;
  g_set_error (
      error, TW_ERROR, TW_ERROR_INVALID_INPUT,
      "“%.60s” is not a budget scope; use user, project:NAME, workflow:NAME, model:NAME or "
      "tag:KEY=VALUE (team:NAME needs a shared ledger).",
      scope);
  return FALSE;
}

static gboolean
has_tag (GHashTable *tags, const char *key, const char *value)
{
  return tags != NULL && g_strcmp0 (g_hash_table_lookup (tags, key), value) == 0;
}

/* model may come with its provider in front or without. */
static gboolean
is_model (const char *name, const char *provider, const char *model)
{
  g_autofree char *prefix = g_strconcat (provider, "/", NULL);
  const char *bare = g_str_has_prefix (model, prefix) ? model + strlen (prefix) : model;

  if (strcmp (name, bare) == 0 || strcmp (name, model) == 0)
    return TRUE;
  return g_str_has_prefix (name, prefix) && strcmp (name + strlen (prefix), bare) == 0;
}

gboolean
tw_scope_matches (const char *scope, const char *provider, const char *model, GHashTable *tags)
{
  const char *rest = strchr (scope, ':');
  g_auto (GStrv) pair = NULL;

  if (rest == NULL)
    return strcmp (scope, "user") == 0;
  rest++;
  if (g_str_has_prefix (scope, "project:"))
    return has_tag (tags, "project", rest);
  if (g_str_has_prefix (scope, "workflow:"))
    return has_tag (tags, "workflow", rest);
  if (g_str_has_prefix (scope, "model:"))
    return is_model (rest, provider, model);
  pair = g_strsplit (rest, "=", 2);
  return g_strv_length (pair) == 2 && has_tag (tags, pair[0], pair[1]);
}

char *
tw_tags_to_json (GHashTable *tags, GError **error)
{
  g_autoptr (cJSON) json = cJSON_CreateObject ();
  g_autoptr (GList) keys = tags != NULL ? g_hash_table_get_keys (tags) : NULL;
  g_autofree char *text = NULL;

  keys = g_list_sort (keys, (GCompareFunc) strcmp);
  for (GList *l = keys; l != NULL; l = l->next)
    cJSON_AddStringToObject (json, l->data, g_hash_table_lookup (tags, l->data));
  text = tw_json_print (json);
  if (strlen (text) <= MAX_TAGS_BYTES)
    return g_steal_pointer (&text);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The request's tags have more than %u KiB; shorten them.", MAX_TAGS_BYTES >> 10);
  return NULL;
}

GHashTable *
tw_tags_from_json (const char *text, GError **error)
{
  g_autoptr (GHashTable) tags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (cJSON) json = tw_json_parse (text, -1, MAX_TAGS_BYTES, error);
  const cJSON *item;

  if (json == NULL)
    return NULL;
  cJSON_ArrayForEach (item, json)
  {
    if (item->string != NULL && cJSON_IsString (item))
      g_hash_table_insert (tags, g_strdup (item->string), g_strdup (item->valuestring));
  }
  return g_steal_pointer (&tags);
}
