/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-library-private.h"

#include "libtokenwise/base/tw-error.h"

#include <dlfcn.h>
#include <string.h>

static void
set_error (GError **error, const TwLibrary *library, const char *reason)
{
  g_set_error (error, TW_ERROR, TW_ERROR_FAILED,
               "%s is needed to %s and could not be loaded (%s); install it (on Debian the package "
               "%s).",
               library->soname, library->purpose, reason, library->package);
}

gboolean
tw_library_load (const TwLibrary *library,
                 const TwLibrarySymbol *symbols,
                 gsize n_symbols,
                 gpointer table,
                 GError **error)
{
  void *handle = dlopen (library->soname, RTLD_NOW | RTLD_LOCAL);

  if (handle == NULL)
    {
      set_error (error, library, dlerror ());
      return FALSE;
    }
  for (gsize i = 0; i < n_symbols; i++)
    {
      void *found = dlsym (handle, symbols[i].name);

      if (found == NULL)
        {
          set_error (error, library, dlerror ());
          return FALSE;
        }
      memcpy ((guint8 *) table + symbols[i].offset, &found, sizeof found);
    }
  return TRUE;
}
