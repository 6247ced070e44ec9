/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-object-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/catalog/tw-member-private.h"

#include <string.h>

/* Who the providers of a catalogue are, and where each model is in its text. */

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

gboolean
tw_catalog_read_providers (TwCatalog *self, GError **error)
{
  const cJSON *item;

  g_hash_table_remove_all (self->providers);
  g_ptr_array_set_size (self->document->providers, 0);
  cJSON_ArrayForEach (item, tw_json_array (self->document->root, "providers"))
  {
    if (!add_provider (self, item, error))
      return FALSE;
  }
  return TRUE;
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

static void
clear_index (TwCatalog *self)
{
  g_hash_table_remove_all (self->by_key);
  g_hash_table_remove_all (self->by_bare_id);
  for (guint i = 0; i < self->document->providers->len; i++)
    {
      TwCatalogProvider *provider = g_ptr_array_index (self->document->providers, i);

      g_ptr_array_set_size (provider->entries, 0);
    }
}

/* Developers before resellers, in the order of the file. */
gboolean
tw_catalog_index (TwCatalog *self, GError **error)
{
  clear_index (self);
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
