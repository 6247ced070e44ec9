/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* tokenwise's folders below the XDG ones, read from the environment at each call (GLib caches its
 * own answer, and a test sets them late). A relative XDG variable is ignored, as its specification
 * asks. The caller owns the result. */
char *tw_path_config (const char *name);
char *tw_path_data (const char *name);
char *tw_path_cache (const char *name);

/* A data file that comes with the library ("catalog.json"), by the layer whose source folder it has
 * in the build tree: $TOKENWISE_DATA_DIR, beside the library in a build tree, below the prefix the
 * library was found in, or where it was installed. NULL if it is in none. Owned by the caller. */
char *tw_path_find_data (const char *layer, const char *name, GError **error);

/* Makes the folder with mode 0700 where it is missing. */
gboolean tw_path_make_private_folder (const char *folder, GError **error);

G_END_DECLS
