/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"

G_BEGIN_DECLS

/* Where updated catalogues live: $XDG_CACHE_HOME/tokenwise/catalog.json, and beside it the one
 * before, and a note of where each came from. */

/* The updated catalogue, if it is in force: newer than the built-in one by version, or accepted by
 * name over that very one. NULL without an error if the built-in one is in force; NULL with an
 * error if there is an updated one that cannot be used. */
char *tw_catalog_store_find (GError **error);
char *tw_catalog_store_get_path (void);
char *tw_catalog_store_get_previous_path (void);

/* The version that a catalogue's file says it has, read without the models. */
char *tw_catalog_store_read_version (const char *path, GError **error);
char *tw_catalog_store_read_built_in_version (GError **error);

/* Versions are YYYY.MM.DD or YYYY.MM.DD.N. */
gboolean tw_catalog_version_is_valid (const char *version);
/* Less than, equal to or more than 0; both must be valid. */
int tw_catalog_version_compare (const char *a, const char *b);
/* Days since the day of its prices. */
gint64 tw_catalog_version_get_age_days (const char *version, gint64 now);

/* Held while the store is changed. -1 is a failure. */
int tw_catalog_store_lock (GError **error);
void tw_catalog_store_unlock (int lock);

/* With the lock held. The one before is kept; origin says where the new one came from and has at
 * least its "sha256" and "version". */
gboolean tw_catalog_store_install (GBytes *catalog, const cJSON *origin, GError **error);
/* With the lock held: the one before comes back, and the one that was in force is kept in its
 * place. Without one before, the built-in one comes back. */
gboolean tw_catalog_store_revert (GError **error);
/* What is noted of a catalogue of these bytes, or NULL. */
cJSON *tw_catalog_store_find_origin (const char *sha256);

G_END_DECLS
