/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* As tw_catalog_new_from_file() takes it. */
#define TW_CATALOG_MAX_BYTES (16u << 20)
/* A key or a signature with line ends and blanks; anything longer is another kind of file. */
#define TW_CATALOG_MAX_KEY_BYTES 1024u

/* A regular file of at most max_bytes. */
GBytes *tw_catalog_file_read (const char *path, gsize max_bytes, GError **error);

/* Writes a file of mode 0600 that is either there in full or not at all, whatever ends the process
 * or the machine: into a new file beside it, which then takes its name. The folder is made where it
 * is missing. Two writers of one name must be kept apart by the caller. */
gboolean tw_catalog_file_replace (const char *path, GBytes *content, GError **error);
gboolean tw_catalog_file_move (const char *from, const char *to, GError **error);
/* It is no error if there is no such file. */
gboolean tw_catalog_file_remove (const char *path, GError **error);

G_END_DECLS
