/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/catalog/tw-cost.h>
#include <libtokenwise/catalog/tw-model.h>
#include <libtokenwise/catalog/tw-price-terms.h>
#include <libtokenwise/message/tw-usage.h>

G_BEGIN_DECLS

#define TW_TYPE_CATALOG (tw_catalog_get_type ())

TW_PUBLIC
G_DECLARE_FINAL_TYPE (TwCatalog, tw_catalog, TW, CATALOG, GObject)

TW_PUBLIC TwCatalog *tw_catalog_new (GError **error);
TW_PUBLIC TwCatalog *tw_catalog_new_from_file (const char *path, GError **error);
TW_PUBLIC const char *tw_catalog_get_version (TwCatalog *self);
TW_PUBLIC const char *const *tw_catalog_get_warnings (TwCatalog *self);
TW_PUBLIC TwModel *tw_catalog_find_model (TwCatalog *self, const char *name, GError **error);
TW_PUBLIC TwModel *
tw_catalog_find_model_at (TwCatalog *self, const char *name, gint64 at, GError **error);
TW_PUBLIC TwModel *
tw_catalog_match_model (TwCatalog *self, const char *provider, const char *id, gint64 at);
TW_PUBLIC GPtrArray *tw_catalog_list_models (TwCatalog *self, const char *pattern);
TW_PUBLIC TwCost *tw_catalog_price_usage (TwCatalog *self,
                                          TwModel *model,
                                          const TwUsage *usage,
                                          const TwPriceTerms *terms,
                                          GError **error);

G_END_DECLS
