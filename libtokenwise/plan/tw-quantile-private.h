/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* The nearest-rank quantile of values (element-type gint64), of which there is at least one; sorts
 * them. */
gint64 tw_quantile (GArray *values, guint percent);

G_END_DECLS
