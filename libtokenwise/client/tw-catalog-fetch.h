/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/catalog/tw-catalog-update.h>

G_BEGIN_DECLS

TW_PUBLIC TwCatalogUpdate *
tw_catalog_update_fetch (const char *url, GCancellable *cancellable, GError **error);

G_END_DECLS
