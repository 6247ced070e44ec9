/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-override-private.h"

#include "libtokenwise/base/tw-error.h"

#include <string.h>

#define SCHEMA "tokenwise-override/1"
/* A hand-written file of some thousand prices. */
#define MAX_OVERRIDE_BYTES (1u << 20)
/* Above every priority of a catalogue, and again above the layer before. */
#define LAYER_STEP 1000000.0

typedef struct
{
  TwCatalog *catalog;
  guint layer;
  /* Keys of models whose text changed: they are read at once, so that an error is found now. */
  GPtrArray *touched;
} Layer;

typedef enum
{
  OP_ADD,
  OP_PATCH,
  OP_REMOVE,
} Op;

static gboolean
read_op (const cJSON *item, Op *ret_op, GError **error)
{
  static const char *const names[] = { "add", "patch", "remove" };
  const char *name = tw_json_string (item, "op");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (name, names[i]) == 0)
      {
        *ret_op = (Op) i;
        return TRUE;
      }
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "“op” is “add”, “patch” or “remove”.");
  return FALSE;
}

static gboolean
refuse (GError **error, const char *what, const char *why)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%.160s” %s", what, why);
  return FALSE;
}

/* Text that lives as long as the catalogue. */
static TwJsonSlice
keep_text (Layer *self, const cJSON *json)
{
  g_autofree char *text = tw_json_print (json);
  gsize length = strlen (text);

  return (TwJsonSlice){
    g_string_chunk_insert_len (self->catalog->document->strings, text, (gssize) length), length
  };
}

static void
raise_priorities (const Layer *self, cJSON *cards)
{
  cJSON *card;

  cJSON_ArrayForEach (card, cards)
  {
    cJSON *own = cJSON_GetObjectItemCaseSensitive (card, "priority");
    double raised = (self->layer + 1) * LAYER_STEP;

    if (cJSON_IsNumber (own))
      cJSON_SetNumberValue (own, own->valuedouble + raised);
    else if (own == NULL && cJSON_IsObject (card))
      cJSON_AddNumberToObject (card, "priority", raised);
  }
}

/* Lists that a patch adds to; any other member is replaced. */
static gboolean
is_added_to (const char *key, gboolean replace_cards)
{
  if (strcmp (key, "rate_cards") == 0)
    return !replace_cards;
  return strcmp (key, "adjustments") == 0;
}

static gboolean
is_instruction (const char *key)
{
  return strcmp (key, "op") == 0 || strcmp (key, "replace_rate_cards") == 0;
}

static gboolean
is_name (const char *key)
{
  return strcmp (key, "provider") == 0 || strcmp (key, "id") == 0;
}

static void
append_all (cJSON *list, const cJSON *more)
{
  const cJSON *item;

  cJSON_ArrayForEach (item, more)
  {
    cJSON_AddItemToArray (list, cJSON_Duplicate (item, TRUE));
  }
}

static void
merge (cJSON *target, const cJSON *patch)
{
  gboolean replace_cards = cJSON_IsTrue (cJSON_GetObjectItem (patch, "replace_rate_cards"));
  const cJSON *item;

  cJSON_ArrayForEach (item, patch)
  {
    cJSON *known = cJSON_GetObjectItemCaseSensitive (target, item->string);

    if (is_instruction (item->string) || (known != NULL && is_name (item->string)))
      continue;
    if (cJSON_IsArray (known) && cJSON_IsArray (item) && is_added_to (item->string, replace_cards))
      append_all (known, item);
    else
      {
        cJSON_DeleteItemFromObjectCaseSensitive (target, item->string);
        cJSON_AddItemToObject (target, item->string, cJSON_Duplicate (item, TRUE));
      }
  }
}

static TwCatalogEntry *
find_entry (Layer *self, const cJSON *item, char **ret_key)
{
  const char *provider = tw_json_string (item, "provider");
  const char *id = tw_json_string (item, "id");
  g_autofree char *qualified = g_strconcat (provider ?: "", "/", id ?: "", NULL);

  *ret_key = g_ascii_strdown (qualified, -1);
  return g_hash_table_lookup (self->catalog->by_key, *ret_key);
}

static gboolean
remove_entry (Layer *self, const TwCatalogEntry *entry)
{
  GArray *entries = self->catalog->entries;

  g_array_remove_index (entries, (guint) (entry - (const TwCatalogEntry *) entries->data));
  return TRUE;
}

static gboolean
put_entry (Layer *self, TwCatalogEntry *entry, const cJSON *item, const char *key, GError **error)
{
  cJSON *cards = tw_json_array (item, "rate_cards");
  g_autoptr (cJSON) model = NULL;
  TwCatalogEntry added = { 0 };

  raise_priorities (self, cards);
  model = entry != NULL ? tw_json_parse (entry->text.start, (gssize) entry->text.length,
                                         entry->text.length, error)
                        : cJSON_CreateObject ();
  if (model == NULL)
    return FALSE;
  merge (model, item);
  added.text = keep_text (self, model);
  g_ptr_array_add (self->touched, g_strdup (key));
  if (entry == NULL)
    g_array_append_val (self->catalog->entries, added);
  else
    {
      g_clear_object (&entry->model);
      entry->text = added.text;
    }
  return TRUE;
}

static gboolean
apply_model (Layer *self, const cJSON *item, GError **error)
{
  g_autofree char *key = NULL;
  TwCatalogEntry *entry = find_entry (self, item, &key);
  gboolean done;
  Op op;

  if (!read_op (item, &op, error))
    {
      g_prefix_error (error, "Model “%.160s”: ", key);
      return FALSE;
    }
  if ((entry == NULL) != (op == OP_ADD))
    return refuse (error, key,
                   entry != NULL ? "is in the catalogue already; use the op “patch”."
                                 : "is not in the catalogue; use the op “add”.");
  done = op == OP_REMOVE ? remove_entry (self, entry)
                         : put_entry (self, op == OP_ADD ? NULL : entry, item, key, error);
  /* Places in the list have changed. */
  return done && (op == OP_PATCH || tw_catalog_index (self->catalog, error));
}

static cJSON *
find_provider_json (Layer *self, const char *id)
{
  cJSON *item;

  cJSON_ArrayForEach (item, tw_json_array (self->catalog->document->root, "providers"))
  {
    if (g_strcmp0 (tw_json_string (item, "id"), id) == 0)
      return item;
  }
  return NULL;
}

static void
remove_models_of (Layer *self, const char *provider)
{
  GArray *entries = self->catalog->entries;

  for (guint i = entries->len; i > 0; i--)
    if (g_str_equal (g_array_index (entries, TwCatalogEntry, i - 1).host->id, provider))
      g_array_remove_index (entries, i - 1);
}

static gboolean
apply_provider (Layer *self, const cJSON *item, GError **error)
{
  const char *id = tw_json_string (item, "id");
  cJSON *providers = tw_json_array (self->catalog->document->root, "providers");
  cJSON *known = find_provider_json (self, id);
  Op op;

  if (!read_op (item, &op, error))
    {
      g_prefix_error (error, "Provider “%.60s”: ", id ?: "");
      return FALSE;
    }
  if ((known == NULL) != (op == OP_ADD))
    return refuse (error, id ?: "",
                   known != NULL ? "is in the catalogue already; use the op “patch”."
                                 : "is not in the catalogue; use the op “add”.");
  if (op == OP_REMOVE)
    {
      remove_models_of (self, id);
      cJSON_Delete (cJSON_DetachItemViaPointer (providers, known));
      return TRUE;
    }
  if (op == OP_ADD)
    {
      known = cJSON_CreateObject ();
      cJSON_AddItemToArray (providers, known);
    }
  merge (known, item);
  return TRUE;
}

typedef gboolean (*Apply) (Layer *self, const cJSON *item, GError **error);

static gboolean
apply_each (Layer *self, const cJSON *root, const char *key, Apply apply, GError **error)
{
  const cJSON *list = cJSON_GetObjectItemCaseSensitive (root, key);
  const cJSON *item;

  if (list != NULL && !cJSON_IsArray (list))
    return refuse (error, key, "is not a list.");
  cJSON_ArrayForEach (item, list)
  {
    if (!apply (self, item, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
apply_providers (Layer *self, const cJSON *root, GError **error)
{
  if (tw_json_array (root, "providers") == NULL)
    return TRUE;
  return apply_each (self, root, "providers", apply_provider, error)
         && tw_catalog_read_providers (self->catalog, error)
         && tw_catalog_index (self->catalog, error);
}

static gboolean
read_touched (Layer *self, GError **error)
{
  for (guint i = 0; i < self->touched->len; i++)
    {
      TwCatalogEntry *entry
          = g_hash_table_lookup (self->catalog->by_key, g_ptr_array_index (self->touched, i));

      if (entry != NULL && tw_catalog_read_entry (self->catalog, entry, error) == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
apply_aliases (Layer *self, const cJSON *root, GError **error)
{
  const cJSON *aliases = cJSON_GetObjectItemCaseSensitive (root, "model_aliases");
  const cJSON *item;

  if (aliases != NULL && !cJSON_IsObject (aliases))
    return refuse (error, "model_aliases", "is not an object of names.");
  cJSON_ArrayForEach (item, aliases)
  {
    if (!cJSON_IsString (item))
      return refuse (error, item->string, "is an alias of something that is not a name.");
    tw_catalog_add_alias (self->catalog, item->string, item->valuestring);
  }
  cJSON_ArrayForEach (item, aliases)
  {
    g_autoptr (TwModel) model = tw_catalog_find_model (self->catalog, item->string, error);

    if (model == NULL)
      {
        g_prefix_error (error, "The alias “%.100s”: ", item->string);
        return FALSE;
      }
  }
  return TRUE;
}

static gboolean
apply_discounts (Layer *self, const cJSON *root, GError **error)
{
  const cJSON *list = cJSON_GetObjectItemCaseSensitive (root, "discounts");

  if (list != NULL && !cJSON_IsArray (list))
    return refuse (error, "discounts", "is not a list.");
  return tw_catalog_add_discounts (self->catalog, list, error);
}

static gboolean
check_head (Layer *self, const cJSON *root, GError **error)
{
  static const char *const allowed[]
      = { "schema", "extends", "providers", "models", "model_aliases", "discounts", NULL };
  const char *unknown = cJSON_IsObject (root) ? tw_json_unknown_key (root, allowed) : NULL;
  const char *extends = tw_json_string (root, "extends");
  const char *id = tw_json_string (self->catalog->document->root, "catalog_id");

  if (g_strcmp0 (tw_json_string (root, "schema"), SCHEMA) != 0)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                         "It needs \"schema\": \"" SCHEMA "\".");
  else if (unknown != NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%.60s” is not a known key.", unknown);
  else if (extends != NULL && g_strcmp0 (extends, id) != 0)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "It extends the catalogue “%.60s”, but “%.60s” is in use.", extends, id);
  else
    return TRUE;
  return FALSE;
}

static gboolean
apply_root (TwCatalog *catalog, const cJSON *root, guint layer, GError **error)
{
  g_autoptr (GPtrArray) touched = g_ptr_array_new_with_free_func (g_free);
  Layer self = { catalog, layer, touched };

  return check_head (&self, root, error) && apply_providers (&self, root, error)
         && apply_each (&self, root, "models", apply_model, error) && read_touched (&self, error)
         && apply_aliases (&self, root, error) && apply_discounts (&self, root, error);
}

gboolean
tw_override_apply (TwCatalog *catalog, const char *path, guint layer, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  cJSON *root = NULL;

  if (g_file_get_contents (path, &text, &length, error))
    root = tw_json_parse (text, (gssize) length, MAX_OVERRIDE_BYTES, error);
  if (root != NULL)
    /* Discounts point into it. */
    g_ptr_array_add (catalog->document->overrides, root);
  if (root != NULL && apply_root (catalog, root, layer, error))
    {
      /* The next layer may read a model anew that an alias of this one was checked with. */
      g_hash_table_remove_all (catalog->matched);
      return TRUE;
    }
  g_prefix_error (error, "The prices of %s are not used. ", path);
  return FALSE;
}
