/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* A foreign text made fit to be shown: everything that looks like a key replaced, control
 * characters made spaces, at most max_bytes long. Owned by the caller. */
char *tw_redact_text (const char *text, gsize length, gsize max_bytes);

G_END_DECLS
