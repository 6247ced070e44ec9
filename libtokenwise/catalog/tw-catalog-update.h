/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>

G_BEGIN_DECLS

#define TW_TYPE_CATALOG_UPDATE (tw_catalog_update_get_type ())

TW_PUBLIC
G_DECLARE_FINAL_TYPE (TwCatalogUpdate, tw_catalog_update, TW, CATALOG_UPDATE, GObject)

TW_PUBLIC TwCatalogUpdate *
tw_catalog_update_new (GBytes *catalog, GBytes *signature, const char *source);
TW_PUBLIC TwCatalogUpdate *tw_catalog_update_new_from_file (const char *path, GError **error);
TW_PUBLIC gboolean tw_catalog_update_add_key (TwCatalogUpdate *self,
                                              const char *path,
                                              GError **error);
TW_PUBLIC gboolean tw_catalog_update_expect_sha256 (TwCatalogUpdate *self,
                                                    const char *sha256,
                                                    GError **error);
TW_PUBLIC gboolean tw_catalog_update_accept (TwCatalogUpdate *self,
                                             const char *name,
                                             GError **error);
TW_PUBLIC char *tw_catalog_update_check (TwCatalogUpdate *self, GError **error);
TW_PUBLIC char *tw_catalog_update_install (TwCatalogUpdate *self, GError **error);
TW_PUBLIC char *tw_catalog_update_revert (GError **error);

G_END_DECLS
