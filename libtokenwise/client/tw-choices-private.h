/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/catalog/tw-catalog-private.h"
#include "libtokenwise/client/tw-config-private.h"

G_BEGIN_DECLS

/* The models put before a person: a short list of general ones, from small to large, and what the
 * user's own providers offer. (element-type TwModel) (transfer full). With sandbox, whether there
 * is a key does not matter. */
GPtrArray *tw_choices_list (TwCatalog *catalog, const TwConfig *config, gboolean sandbox);

/* The model a name stands for: one of the catalogue, or any of a provider the user configured.
 * (transfer full). TW_ERROR_UNKNOWN_MODEL names the nearest. */
TwModel *
tw_choices_find (TwCatalog *catalog, const TwConfig *config, const char *name, GError **error);

G_END_DECLS
