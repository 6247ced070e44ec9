/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-object-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-paths-private.h"
#include "libtokenwise/catalog/tw-member-private.h"

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
}

static gboolean
read_fallbacks (gpointer target, const cJSON *item, GError **error)
{
  ((TwCatalogProvider *) target)->fallback_providers = item;
  return TRUE;
}

static gboolean
read_provider_adjustments (gpointer target, const cJSON *item, GError **error)
{
  TwCatalogProvider *provider = target;

  if (provider->adjustments == NULL)
    return tw_adjustments_read (item, &provider->adjustments, &provider->n_adjustments, error);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“adjustments” comes twice.");
  return FALSE;
}

static const TwMember provider_members[] = {
  { "id", NULL, G_STRUCT_OFFSET (TwCatalogProvider, id), TRUE },
  { "name", NULL, G_STRUCT_OFFSET (TwCatalogProvider, name), TRUE },
  { "usage_profile", NULL, G_STRUCT_OFFSET (TwCatalogProvider, usage_profile), TRUE },
  { "otel_provider", tw_member_ignore, 0, FALSE },
  { "api_hosts", tw_member_ignore, 0, FALSE },
  { "pricing_urls", tw_member_ignore, 0, FALSE },
  { "fallback_providers", read_fallbacks, 0, FALSE },
  { "adjustments", read_provider_adjustments, 0, FALSE },
};

static gboolean
add_provider (TwCatalog *self, const cJSON *json, GError **error)
{
  TwCatalogProvider *provider = g_new0 (TwCatalogProvider, 1);

  provider->entries = g_ptr_array_new ();
  provider->rank = self->document->providers->len;
  g_ptr_array_add (self->document->providers, provider);
  if (!tw_members_read (json, provider_members, G_N_ELEMENTS (provider_members), provider, error))
    {
      g_prefix_error (
          error, "The catalogue's provider “%.60s”: ", provider->id != NULL ? provider->id : "");
      return FALSE;
    }
  if (g_hash_table_insert (self->providers, (gpointer) provider->id, provider))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The catalogue lists the provider “%.60s” twice.", provider->id);
  return FALSE;
}

/* "provider/id" in lower case, kept with the document. */
static const char *
make_key (TwCatalog *self, const char *provider, const char *id)
{
  g_autofree char *qualified = g_strconcat (provider, "/", id, NULL);
  char *key = g_string_chunk_insert (self->document->strings, qualified);

  for (char *p = key; *p != '\0'; p++)
    *p = g_ascii_tolower (*p);
  return key;
}

static void
read_names (TwJsonSlice text, char **ret_provider, char **ret_id)
{
  TwJsonSlicer slicer;
  TwJsonSlice key, value;

  if (!tw_json_slicer_init (&slicer, text) || slicer.close != '}')
    return;
  while ((*ret_provider == NULL || *ret_id == NULL) && tw_json_slicer_next (&slicer, &key, &value))
    {
      if (*ret_provider == NULL && tw_json_slice_is_key (key, "provider"))
        *ret_provider = tw_json_slice_to_string (value);
      else if (*ret_id == NULL && tw_json_slice_is_key (key, "id"))
        *ret_id = tw_json_slice_to_string (value);
    }
}

static gboolean
name_entry (TwCatalog *self, TwCatalogEntry *entry, GError **error)
{
  g_autofree char *provider = NULL, *id = NULL;

  read_names (entry->text, &provider, &id);
  if (provider != NULL)
    entry->host = g_hash_table_lookup (self->providers, provider);
  if (entry->host == NULL || id == NULL)
    {
      g_set_error (
          error, TW_ERROR, TW_ERROR_INVALID_INPUT,
          "The catalogue's model “%.60s/%.100s” needs a provider that is listed and an id.",
          provider != NULL ? provider : "", id != NULL ? id : "");
      return FALSE;
    }
  entry->key = make_key (self, provider, id);
  return TRUE;
}

static gint
compare_ranks (gconstpointer a, gconstpointer b)
{
  const TwCatalogEntry *x = a, *y = b;

  return (x->host->rank > y->host->rank) - (x->host->rank < y->host->rank);
}

/* Developers before resellers, in the order of the file. */
static gboolean
index_entries (TwCatalog *self, GError **error)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (!name_entry (self, &g_array_index (self->entries, TwCatalogEntry, i), error))
      return FALSE;
  g_array_sort (self->entries, compare_ranks);
  for (guint i = 0; i < self->entries->len; i++)
    {
      TwCatalogEntry *entry = &g_array_index (self->entries, TwCatalogEntry, i);
      const char *bare = entry->key + strlen (entry->host->id) + 1;

      g_ptr_array_add (entry->host->entries, entry);
      if (!g_hash_table_contains (self->by_bare_id, bare))
        g_hash_table_insert (self->by_bare_id, (gpointer) bare, entry);
      if (!g_hash_table_insert (self->by_key, (gpointer) entry->key, entry))
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "The catalogue lists the model “%.160s” twice.", entry->key);
          return FALSE;
        }
    }
  return TRUE;
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

/* Reads every model, so that an error is found now and not when the model is asked for. */
static gboolean
check_models (TwCatalog *self, GError **error)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      const TwModel *model
          = tw_catalog_read_entry (self, &g_array_index (self->entries, TwCatalogEntry, i), error);

      if (model == NULL)
        return FALSE;
      if (model->alias_of != NULL && !g_hash_table_contains (self->by_key, model->alias_of))
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "The catalogue's model “%.160s” is an alias of “%.160s”, which is not a "
                       "model of it.",
                       model->qualified_id, model->alias_of);
          return FALSE;
        }
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
  const cJSON *item;

  if (text.length > MAX_CATALOG_BYTES)
    g_set_error (error, TW_ERROR, TW_ERROR_LIMIT, "It has more than %u bytes.", MAX_CATALOG_BYTES);
  else if (!split (self, text, &head))
    g_set_error_literal (error, TW_ERROR, TW_ERROR_PROTOCOL,
                         "It is not a JSON object, or its models are not one list.");
  else
    self->document->root = tw_json_parse (head, -1, MAX_CATALOG_BYTES, error);
  if (self->document->root == NULL || !check_head (self, self->document->root, error))
    return FALSE;
  cJSON_ArrayForEach (item, tw_json_array (self->document->root, "providers"))
  {
    if (!add_provider (self, item, error))
      return FALSE;
  }
  return index_entries (self, error);
}

static TwCatalog *
load (const char *path, gboolean check, GError **error)
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

/**
 * tw_catalog_new:
 * @error: return location for an error
 *
 * Opens the catalogue that comes with the library. Its models are read as they
 * are asked for, which makes this quick.
 *
 * Returns: (transfer full): the catalogue
 * Since: 0.1
 */
TwCatalog *
tw_catalog_new (GError **error)
{
  g_autofree char *path = tw_path_find_data ("catalog", "catalog.json", error);

  return path != NULL ? load (path, FALSE, error) : NULL;
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

  return load (path, TRUE, error);
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
