/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-object-private.h"

#include "libtokenwise/base/tw-error.h"

#include <string.h>

#define SCHEMA "tokenwise-catalog/1"
/* Twenty-five times today's catalogue. */
#define MAX_CATALOG_BYTES (16u << 20)

/**
 * TwCatalog:
 *
 * Which models exist, what they can do and what they charge.
 *
 * Immutable; may be used from several threads.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (TwCatalog, tw_catalog, G_TYPE_OBJECT)

static void
tw_catalog_finalize (GObject *object)
{
  TwCatalog *self = TW_CATALOG (object);

  g_hash_table_unref (self->providers);
  g_hash_table_unref (self->by_key);
  g_hash_table_unref (self->by_bare_id);
  g_hash_table_unref (self->aliases);
  g_hash_table_unref (self->matched);
  g_ptr_array_unref (self->warnings);
  tw_adjustments_free (self->discounts, self->n_discounts);
  g_array_unref (self->entries);
  g_mutex_clear (&self->lock);
  g_clear_pointer (&self->document, tw_document_unref);
  G_OBJECT_CLASS (tw_catalog_parent_class)->finalize (object);
}

static void
tw_catalog_class_init (TwCatalogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_catalog_finalize;
}

static void
entry_clear (gpointer data)
{
  g_clear_object (&((TwCatalogEntry *) data)->model);
}

static void
tw_catalog_init (TwCatalog *self)
{
  self->entries = g_array_new (FALSE, TRUE, sizeof (TwCatalogEntry));
  g_array_set_clear_func (self->entries, entry_clear);
  g_mutex_init (&self->lock);
  self->providers = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_bare_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->aliases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->matched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->warnings = g_ptr_array_new_null_terminated (1, g_free, TRUE);
}

TwModel *
tw_catalog_read_entry (TwCatalog *self, TwCatalogEntry *entry, GError **error)
{
  TwModel *model;

  g_mutex_lock (&self->lock);
  if (entry->model == NULL)
    entry->model = tw_model_new_from_text (self->document, entry->host, entry->text.start,
                                           entry->text.length, error);
  model = entry->model;
  g_mutex_unlock (&self->lock);
  return model;
}

/* Both ends of an alias are models of the catalogue, and following it ends. */
static gboolean
check_alias (TwCatalog *self, const TwModel *model, GError **error)
{
  const TwModel *at = model;

  for (guint hops = 0; at->alias_of != NULL; hops++)
    {
      g_autofree char *key = g_ascii_strdown (at->alias_of, -1);
      TwCatalogEntry *target = g_hash_table_lookup (self->by_key, key);

      if (target == NULL || hops == TW_MAX_ALIAS_HOPS)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "The catalogue's model “%.160s” is an alias of “%.160s”, which is %s.",
                       model->qualified_id, model->alias_of,
                       target == NULL ? "not a model of it" : "in the end an alias of itself");
          return FALSE;
        }
      at = tw_catalog_read_entry (self, target, error);
      if (at == NULL)
        return FALSE;
    }
  return TRUE;
}

/* Reads every model, so that an error is found now and not when the model is asked for. */
static gboolean
check_models (TwCatalog *self, GError **error)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      const TwModel *model
          = tw_catalog_read_entry (self, &g_array_index (self->entries, TwCatalogEntry, i), error);

      if (model == NULL || !check_alias (self, model, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_head (TwCatalog *self, const cJSON *root, GError **error)
{
  static const char *const allowed[]
      = { "schema",    "catalog_id", "version", "generated_at", "currency", "sources",
          "providers", "models",     NULL };
  const char *unknown = cJSON_IsObject (root) ? tw_json_unknown_key (root, allowed) : NULL;

  self->version = tw_json_string (root, "version");
  if (g_strcmp0 (tw_json_string (root, "schema"), SCHEMA) != 0)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_UNSUPPORTED,
                         "It is not a catalogue of the format " SCHEMA "; update tokenwise.");
  else if (g_strcmp0 (tw_json_string (root, "currency"), "USD") != 0)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_UNSUPPORTED,
                         "Its currency is not USD, the only one this version can price in.");
  else if (unknown != NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%.60s” is not a known key.", unknown);
  else if (self->version == NULL || tw_json_array (root, "providers") == NULL
           || tw_json_array (root, "models") == NULL)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                         "It needs a version, providers and models.");
  else
    return TRUE;
  return FALSE;
}

/* Notes where each model is, from the value that slicer is before. */
static gboolean
note_models (TwCatalog *self, TwJsonSlicer *slicer)
{
  TwCatalogEntry entry = { 0 };
  TwJsonSlicer models;

  if (self->entries->len > 0 || !tw_json_slicer_enter (slicer, &models) || models.close != ']')
    return FALSE;
  while (tw_json_slicer_next (&models, NULL, &entry.text))
    g_array_append_val (self->entries, entry);
  tw_json_slicer_leave (slicer, &models);
  return !models.has_failed;
}

/* The models are noted; the text around them is the head, with an empty list in their place. */
static gboolean
split (TwCatalog *self, TwJsonSlice text, char **ret_head)
{
  const char *start = text.start, *end = text.start;
  TwJsonSlicer slicer;
  TwJsonSlice key, value;

  if (!tw_json_slicer_init (&slicer, text))
    return FALSE;
  while (tw_json_slicer_next_key (&slicer, &key))
    if (tw_json_slice_is_key (key, "models"))
      {
        start = slicer.at;
        if (!note_models (self, &slicer))
          return FALSE;
        end = slicer.at;
      }
    else if (!tw_json_slicer_take_value (&slicer, &value))
      return FALSE;
  *ret_head
      = g_strdup_printf ("%.*s%s%.*s", (int) (start - text.start), text.start,
                         end > start ? "[]" : "", (int) (text.start + text.length - end), end);
  return tw_json_slicer_is_at_end (&slicer);
}

static gboolean
load_text (TwCatalog *self, TwJsonSlice text, GError **error)
{
  g_autofree char *head = NULL;

  if (text.length > MAX_CATALOG_BYTES)
    g_set_error (error, TW_ERROR, TW_ERROR_LIMIT, "It has more than %u bytes.", MAX_CATALOG_BYTES);
  else if (!split (self, text, &head))
    g_set_error_literal (error, TW_ERROR, TW_ERROR_PROTOCOL,
                         "It is not a JSON object, or its models are not one list.");
  else
    self->document->root = tw_json_parse (head, -1, MAX_CATALOG_BYTES, error);
  if (self->document->root == NULL || !check_head (self, self->document->root, error))
    return FALSE;
  return tw_catalog_read_providers (self, error) && tw_catalog_index (self, error);
}

TwCatalog *
tw_catalog_load (const char *path, gboolean check, GError **error)
{
  g_autoptr (TwCatalog) self = g_object_new (TW_TYPE_CATALOG, NULL);
  GMappedFile *file = g_mapped_file_new (path, FALSE, error);
  TwJsonSlice text = { "", 0 };

  self->document = tw_document_new (file);
  if (file != NULL && g_mapped_file_get_length (file) > 0)
    text = (TwJsonSlice){ g_mapped_file_get_contents (file), g_mapped_file_get_length (file) };
  if (file != NULL && load_text (self, text, error) && (!check || check_models (self, error)))
    return g_steal_pointer (&self);
  g_prefix_error (error, "The catalogue %s cannot be used. ", path);
  return NULL;
}

void
tw_catalog_add_alias (TwCatalog *self, const char *name, const char *target)
{
  g_hash_table_insert (self->aliases, g_ascii_strdown (name, -1), g_strdup (target));
}

gboolean
tw_catalog_add_discounts (TwCatalog *self, const cJSON *list, GError **error)
{
  TwAdjustment *more = NULL;
  guint n = 0;

  if (!tw_adjustments_read (list, &more, &n, error))
    return FALSE;
  self->discounts = g_renew (TwAdjustment, self->discounts, self->n_discounts + n);
  if (n > 0)
    memcpy (self->discounts + self->n_discounts, more, n * sizeof *more);
  self->n_discounts += n;
  g_free (more);
  return TRUE;
}

/**
 * tw_catalog_get_warnings:
 * @self: a catalogue
 *
 * Tells which prices were left out because their file cannot be used.
 *
 * Returns: (transfer none) (array zero-terminated=1): whole sentences, in most
 *   cases none
 * Since: 0.1
 */
const char *const *
tw_catalog_get_warnings (TwCatalog *self)
{
  g_return_val_if_fail (TW_IS_CATALOG (self), NULL);

  return (const char *const *) self->warnings->pdata;
}

/**
 * tw_catalog_new_from_file:
 * @path: (type filename): a catalogue file
 * @error: return location for an error
 *
 * Reads and checks a catalogue in the format `tokenwise-catalog/1`. A price that
 * is a JSON number, two rate cards with the same key and an unknown key are
 * errors; the message names the model and the card.
 *
 * Returns: (transfer full): the catalogue
 * Since: 0.1
 */
TwCatalog *
tw_catalog_new_from_file (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  return tw_catalog_load (path, TRUE, error);
}

/**
 * tw_catalog_get_version:
 * @self: a catalogue
 *
 * Gets the version, which is the day of its prices: `"2026.09.23.1"`.
 *
 * Returns: the version
 * Since: 0.1
 */
const char *
tw_catalog_get_version (TwCatalog *self)
{
  g_return_val_if_fail (TW_IS_CATALOG (self), NULL);

  return self->version;
}

const char *
tw_catalog_get_usage_profile (TwCatalog *self, const char *provider)
{
  const TwCatalogProvider *found = g_hash_table_lookup (self->providers, provider);

  return found != NULL ? found->usage_profile : NULL;
}
