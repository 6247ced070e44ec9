/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/catalog/tw-catalog-object-private.h"

G_BEGIN_DECLS

/* Lays the prices of a file (tokenwise-override/1) over the catalogue's. Cards of a later layer win
 * over those of an earlier one, which win over the catalogue's own. After an error the catalogue is
 * half changed and must not be used. */
gboolean tw_override_apply (TwCatalog *catalog, const char *path, guint layer, GError **error);

G_END_DECLS
