/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* What the Secret Service has under a name, in memory of the caller's own. NULL without an error:
 * nothing. libsecret is loaded by the first call. */
char *tw_secret_lookup (const char *name, GError **error);

G_END_DECLS
