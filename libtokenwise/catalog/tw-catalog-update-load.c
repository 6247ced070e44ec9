/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-update-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-paths-private.h"
#include "libtokenwise/catalog/tw-catalog-store-file-private.h"
#include "libtokenwise/catalog/tw-catalog-store-private.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static gboolean
write_all (int file, GBytes *bytes)
{
  gsize left;
  const char *at = g_bytes_get_data (bytes, &left);

  while (left > 0)
    {
      gssize n = write (file, at, left);

      if (n < 0 && errno != EINTR)
        return FALSE;
      at += MAX (n, 0);
      left -= (gsize) MAX (n, 0);
    }
  return TRUE;
}

/* Messages name the file that was given, not the one in memory. */
static void
rename_in_message (GError *error, const char *path, const char *name)
{
  g_autoptr (GString) message = g_string_new (error->message);

  g_string_replace (message, path, name, 1);
  g_free (error->message);
  error->message = g_strdup (message->str);
}

TwCatalog *
tw_catalog_load_bytes (GBytes *bytes, const char *name, GError **error)
{
  g_autofree char *path = NULL;
  TwCatalog *catalog = NULL;
  GError *local = NULL;
  int file = memfd_create ("catalog", MFD_CLOEXEC);

  if (file < 0 || !write_all (file, bytes))
    g_set_error (&local, TW_ERROR, TW_ERROR_FAILED,
                 "There is no room in memory to check %s (%s); close something and try again.",
                 name, g_strerror (errno));
  else
    {
      path = g_strdup_printf ("/proc/self/fd/%d", file);
      catalog = tw_catalog_new_from_file (path, &local);
      if (local != NULL)
        rename_in_message (local, path, name);
    }
  if (file >= 0)
    close (file);
  if (local != NULL)
    g_propagate_error (error, local);
  return catalog;
}

cJSON *
tw_catalog_parse (GBytes *bytes, const char *name, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  cJSON *json
      = tw_json_parse (text != NULL ? text : "", (gssize) length, TW_CATALOG_MAX_BYTES, error);

  if (json == NULL)
    g_prefix_error (error, "The catalogue %s cannot be used. ", name);
  return json;
}

char *
tw_catalog_find_in_force (char **ret_fallback, GError **error)
{
  g_autoptr (GError) local = NULL;
  char *path = tw_catalog_store_find (&local);

  if (ret_fallback != NULL)
    *ret_fallback = local != NULL ? g_strdup (local->message) : NULL;
  return path != NULL ? path : tw_path_find_data ("catalog", "catalog.json", error);
}

char *
tw_catalog_model_key (const cJSON *model)
{
  const char *provider = tw_json_string (model, "provider");
  const char *id = tw_json_string (model, "id");
  g_autofree char *key = NULL;

  if (provider == NULL || id == NULL)
    return NULL;
  key = g_strconcat (provider, "/", id, NULL);
  return g_ascii_strdown (key, -1);
}

GHashTable *
tw_catalog_index_models (const cJSON *root)
{
  GHashTable *models = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const cJSON *model;

  cJSON_ArrayForEach (model, tw_json_array (root, "models"))
  {
    char *key = tw_catalog_model_key (model);

    if (key != NULL)
      g_hash_table_insert (models, key, (gpointer) model);
  }
  return models;
}
