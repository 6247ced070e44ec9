/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-override-private.h"

#include "libtokenwise/base/tw-paths-private.h"
#include "libtokenwise/catalog/tw-catalog-store-private.h"

/* Which files the prices in force are from. */

/* What is laid over the built-in prices, the weakest first. */
typedef struct
{
  GPtrArray *files; /* (element-type filename) */
  GPtrArray *warnings;
} Layers;

static void
leave_out (Layers *self, guint i, const GError *error)
{
  g_ptr_array_add (self->warnings, g_strdup (error->message));
  g_ptr_array_remove_index (self->files, i);
}

/* FALSE and the number of the layer that cannot be used. */
static gboolean
apply_layers (TwCatalog *self, const Layers *layers, guint *ret_bad, GError **error)
{
  for (*ret_bad = 0; *ret_bad < layers->files->len; (*ret_bad)++)
    if (!tw_override_apply (self, g_ptr_array_index (layers->files, *ret_bad), *ret_bad, error))
      return FALSE;
  return TRUE;
}

/* A layer that cannot be used is left out, and those that can still count. */
static TwCatalog *
load_with_layers (const char *path, Layers *layers, GError **error)
{
  for (;;)
    {
      g_autoptr (TwCatalog) self = tw_catalog_load (path, FALSE, error);
      g_autoptr (GError) bad_layer = NULL;
      guint bad;

      if (self == NULL || apply_layers (self, layers, &bad, &bad_layer))
        return g_steal_pointer (&self);
      leave_out (layers, bad, bad_layer);
    }
}

static void
add_file (Layers *self, char *take_path)
{
  if (take_path != NULL && g_file_test (take_path, G_FILE_TEST_EXISTS))
    g_ptr_array_add (self->files, take_path);
  else
    g_free (take_path);
}

static void
warn (Layers *self, GError *take_error)
{
  if (take_error == NULL)
    return;
  g_ptr_array_add (self->warnings, g_strdup (take_error->message));
  g_error_free (take_error);
}

/* NULL if there is none, or if it cannot be used, which is said. */
static TwCatalog *
load_updated (Layers *layers)
{
  GError *error = NULL;
  g_autofree char *path = tw_catalog_store_find (&error);
  TwCatalog *self = NULL;

  if (path != NULL)
    self = load_with_layers (path, layers, &error);
  warn (layers, error);
  return self;
}

static TwCatalog *
load_built_in (Layers *layers, GError **error)
{
  g_autofree char *path = tw_path_find_data ("catalog", "catalog.json", error);

  return path != NULL ? load_with_layers (path, layers, error) : NULL;
}

/**
 * tw_catalog_new:
 * @error: return location for an error
 *
 * Opens the catalogue in force: the one `tokenwise catalog update` fetched, or
 * the one that comes with the library; over it the prices of the file that the
 * environment variable `TOKENWISE_PROJECT_PRICES` names; over those the user's
 * own in `$XDG_CONFIG_HOME/tokenwise/prices.json`. Models are read as they are
 * asked for, which makes this quick.
 *
 * A price file that cannot be used is left out as a whole, and
 * tw_catalog_get_warnings() says why.
 *
 * Returns: (transfer full): the catalogue
 * Since: 0.1
 */
TwCatalog *
tw_catalog_new (GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_null_terminated (1, g_free, TRUE);
  Layers layers = { files, warnings };
  TwCatalog *self;

  /* Never found by itself: a folder that came from elsewhere must not set prices. */
  add_file (&layers, g_strdup (g_getenv ("TOKENWISE_PROJECT_PRICES")));
  add_file (&layers, tw_path_config ("prices.json"));
  self = load_updated (&layers);
  if (self == NULL)
    self = load_built_in (&layers, error);
  if (self != NULL)
    {
      g_ptr_array_unref (self->warnings);
      self->warnings = g_steal_pointer (&warnings);
    }
  return self;
}
