/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-diff.h"

#include "libtokenwise/base/tw-paths-private.h"
#include "libtokenwise/catalog/tw-catalog-store-file-private.h"
#include "libtokenwise/catalog/tw-catalog-update-private.h"

#include <string.h>

typedef struct
{
  cJSON *changes;
  const char *model; /* (nullable) */
  GString *path;     /* inside the model, or inside the catalogue */
  guint n_prices;
} Diff;

static gboolean
is_price (const char *path)
{
  return strstr (path, "prices.") != NULL || g_str_has_suffix (path, ".multiply");
}

/* NULL for a side that is absent. */
static void
add_change (Diff *self, const cJSON *before, const cJSON *after)
{
  cJSON *change = cJSON_CreateObject ();
  const char *kind = before == NULL ? "added" : after == NULL ? "removed" : "changed";
  gboolean price = is_price (self->path->str);

  cJSON_AddStringToObject (change, "change", kind);
  tw_json_add_string (change, "model", self->model);
  cJSON_AddStringToObject (change, "path", self->path->str);
  cJSON_AddBoolToObject (change, "price", price);
  cJSON_AddItemToObject (change, "old",
                         before != NULL ? cJSON_Duplicate (before, TRUE) : cJSON_CreateNull ());
  cJSON_AddItemToObject (change, "new",
                         after != NULL ? cJSON_Duplicate (after, TRUE) : cJSON_CreateNull ());
  cJSON_AddItemToArray (self->changes, change);
  self->n_prices += price ? 1 : 0;
}

static void compare (Diff *self, const cJSON *before, const cJSON *after);

static void
compare_member (Diff *self, const char *name, const cJSON *before, const cJSON *after)
{
  gsize length = self->path->len;

  if (length > 0)
    g_string_append_c (self->path, '.');
  g_string_append (self->path, name);
  if (before != NULL && after != NULL)
    compare (self, before, after);
  else
    add_change (self, before, after);
  g_string_truncate (self->path, length);
}

static void
compare_objects (Diff *self, const cJSON *before, const cJSON *after)
{
  const cJSON *item;

  cJSON_ArrayForEach (item, before)
  {
    compare_member (self, item->string, item,
                    cJSON_GetObjectItemCaseSensitive (after, item->string));
  }
  cJSON_ArrayForEach (item, after)
  {
    if (cJSON_GetObjectItemCaseSensitive (before, item->string) == NULL)
      compare_member (self, item->string, NULL, item);
  }
}

/* Lists of things with ids are compared by id; the order means nothing. */
static gboolean
is_keyed (const cJSON *json)
{
  const cJSON *item;

  if (!cJSON_IsArray (json) || json->child == NULL)
    return FALSE;
  cJSON_ArrayForEach (item, json)
  {
    if (tw_json_string (item, "id") == NULL)
      return FALSE;
  }
  return TRUE;
}

static GHashTable *
index_ids (const cJSON *list)
{
  GHashTable *ids = g_hash_table_new (g_str_hash, g_str_equal);
  const cJSON *item;

  cJSON_ArrayForEach (item, list)
  {
    g_hash_table_insert (ids, (gpointer) tw_json_string (item, "id"), (gpointer) item);
  }
  return ids;
}

static void
compare_keyed (Diff *self, const cJSON *before, const cJSON *after)
{
  g_autoptr (GHashTable) old_ids = index_ids (before);
  g_autoptr (GHashTable) new_ids = index_ids (after);
  const cJSON *item;

  cJSON_ArrayForEach (item, before)
  {
    const char *id = tw_json_string (item, "id");

    compare_member (self, id, item, g_hash_table_lookup (new_ids, id));
  }
  cJSON_ArrayForEach (item, after)
  {
    const char *id = tw_json_string (item, "id");

    if (!g_hash_table_contains (old_ids, id))
      compare_member (self, id, NULL, item);
  }
}

static gboolean
is_same (const cJSON *a, const cJSON *b)
{
  g_autofree char *text = tw_json_print (a);
  g_autofree char *other = tw_json_print (b);

  return strcmp (text, other) == 0;
}

static void
compare (Diff *self, const cJSON *before, const cJSON *after)
{
  if (cJSON_IsObject (before) && cJSON_IsObject (after))
    compare_objects (self, before, after);
  else if (is_keyed (before) && is_keyed (after))
    compare_keyed (self, before, after);
  else if (!is_same (before, after))
    add_change (self, before, after);
}

static void
compare_models (Diff *self, const cJSON *before, const cJSON *after, cJSON *added, cJSON *removed)
{
  g_autoptr (GHashTable) old_models = tw_catalog_index_models (before);
  g_autoptr (GHashTable) new_models = tw_catalog_index_models (after);
  const cJSON *model;

  cJSON_ArrayForEach (model, tw_json_array (before, "models"))
  {
    g_autofree char *key = tw_catalog_model_key (model);
    const cJSON *other = g_hash_table_lookup (new_models, key);

    self->model = key;
    if (other != NULL)
      compare_objects (self, model, other);
    else
      cJSON_AddItemToArray (removed, cJSON_CreateString (key));
    self->model = NULL;
  }
  cJSON_ArrayForEach (model, tw_json_array (after, "models"))
  {
    g_autofree char *key = tw_catalog_model_key (model);

    if (!g_hash_table_contains (old_models, key))
      cJSON_AddItemToArray (added, cJSON_CreateString (key));
  }
}

static cJSON *
describe_side (const char *path, const cJSON *root)
{
  cJSON *side = cJSON_CreateObject ();

  cJSON_AddStringToObject (side, "path", path);
  cJSON_AddStringToObject (side, "version", tw_json_string (root, "version"));
  tw_json_add_integer (side, "models", cJSON_GetArraySize (tw_json_array (root, "models")));
  return side;
}

/* Checked, so that everything that is compared has its id. */
static cJSON *
read_valid (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = tw_catalog_file_read (path, TW_CATALOG_MAX_BYTES, error);
  g_autoptr (TwCatalog) catalog = bytes != NULL ? tw_catalog_load_bytes (bytes, path, error) : NULL;

  return catalog != NULL ? tw_catalog_parse (bytes, path, error) : NULL;
}

static char *
compare_files (const char *from, const char *to, GError **error)
{
  g_autoptr (cJSON) before = read_valid (from, error);
  g_autoptr (cJSON) after = before != NULL ? read_valid (to, error) : NULL;
  g_autoptr (cJSON) json = NULL;
  g_autoptr (GString) path = g_string_new (NULL);
  Diff diff = { .path = path };
  cJSON *added, *removed, *item, *next;

  if (after == NULL)
    return NULL;
  json = cJSON_CreateObject ();
  cJSON_AddItemToObject (json, "from", describe_side (from, before));
  cJSON_AddItemToObject (json, "to", describe_side (to, after));
  added = cJSON_AddArrayToObject (json, "models_added");
  removed = cJSON_AddArrayToObject (json, "models_removed");
  diff.changes = cJSON_AddArrayToObject (json, "changes");
  for (item = before->child; item != NULL; item = next)
    {
      next = item->next;
      if (strcmp (item->string, "models") != 0)
        compare_member (&diff, item->string, item,
                        cJSON_GetObjectItemCaseSensitive (after, item->string));
    }
  compare_models (&diff, before, after, added, removed);
  tw_json_add_integer (json, "price_changes", diff.n_prices);
  return tw_json_print (json);
}

/**
 * tw_catalog_diff:
 * @from: (nullable) (type filename): a catalogue; %NULL for the one in force,
 *   or for the one that comes with the library if @to is %NULL too
 * @to: (nullable) (type filename): a catalogue, or %NULL for the one in force
 * @error: return location for an error
 *
 * Compares two catalogues, so that both %NULL says what updates have changed.
 * Lists of things with ids are compared by id.
 *
 * The answer has `"from"` and `"to"` with path, version and number of models,
 * `"models_added"`, `"models_removed"`, `"changes"` with change, model, path,
 * whether it is a price, old and new, and `"price_changes"`.
 *
 * Returns: (transfer full): a JSON object
 * Since: 0.1
 */
char *
tw_catalog_diff (const char *from, const char *to, GError **error)
{
  g_autofree char *in_force = tw_catalog_find_in_force (NULL, error);
  g_autofree char *built_in = NULL;

  if (in_force == NULL)
    return NULL;
  if (from == NULL && to == NULL)
    {
      built_in = tw_path_find_data ("catalog", "catalog.json", error);
      if (built_in == NULL)
        return NULL;
    }
  if (from == NULL)
    from = built_in != NULL ? built_in : in_force;
  return compare_files (from, to != NULL ? to : in_force, error);
}
