/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-paths-private.h"

#include "libtokenwise/base/tw-error.h"

#include <dlfcn.h>
#include <errno.h>
#include <glib/gstdio.h>

#define PRIVATE_FOLDER_MODE 0700

static char *
path_below (const char *variable, const char *fallback, const char *name)
{
  const char *root = g_getenv (variable);

  if (root != NULL && g_path_is_absolute (root))
    return g_build_filename (root, "tokenwise", name, NULL);
  return g_build_filename (g_get_home_dir (), fallback, "tokenwise", name, NULL);
}

char *
tw_path_config (const char *name)
{
  return path_below ("XDG_CONFIG_HOME", ".config", name);
}

char *
tw_path_data (const char *name)
{
  return path_below ("XDG_DATA_HOME", ".local/share", name);
}

char *
tw_path_cache (const char *name)
{
  return path_below ("XDG_CACHE_HOME", ".cache", name);
}

/* The folder of the shared object (or program) that holds this function. */
static char *
library_folder (void)
{
  Dl_info info;

  if (dladdr ((gpointer) tw_path_find_data, &info) == 0 || info.dli_fname == NULL)
    return NULL;
  return g_path_get_dirname (info.dli_fname);
}

char *
tw_path_find_data (const char *layer, const char *name, GError **error)
{
  const char *chosen = g_getenv ("TOKENWISE_DATA_DIR");
  g_autofree char *beside = library_folder ();
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (g_free);

  if (chosen != NULL && g_path_is_absolute (chosen))
    {
      g_ptr_array_add (places, g_build_filename (chosen, name, NULL));
      g_ptr_array_add (places, g_build_filename (chosen, layer, name, NULL));
    }
  if (beside != NULL)
    {
      g_ptr_array_add (places, g_build_filename (beside, layer, name, NULL));
      g_ptr_array_add (places, g_build_filename (beside, "../share/tokenwise", name, NULL));
      g_ptr_array_add (places, g_build_filename (beside, "../../share/tokenwise", name, NULL));
    }
  g_ptr_array_add (places, g_build_filename (TW_DATADIR, name, NULL));
  for (guint i = 0; i < places->len; i++)
    if (g_file_test (g_ptr_array_index (places, i), G_FILE_TEST_IS_REGULAR))
      return g_strdup (g_ptr_array_index (places, i));
  g_set_error (error, TW_ERROR, TW_ERROR_FAILED,
               "The data file %s is missing; install tokenwise again or set TOKENWISE_DATA_DIR to "
               "the folder that has it.",
               name);
  return NULL;
}

gboolean
tw_path_make_private_folder (const char *folder, GError **error)
{
  if (g_mkdir_with_parents (folder, PRIVATE_FOLDER_MODE) == 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_FAILED,
               "The folder %s cannot be made (%s); check its parent's permissions.", folder,
               g_strerror (errno));
  return FALSE;
}
