/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* A foreign text made fit to be shown: the key (nullable) that was sent and everything that looks
 * like one replaced, control characters made spaces, at most max_bytes long. Owned by the caller.
 */
char *tw_redact_text (const char *text, gsize length, gsize max_bytes, const char *key);

/* Overwrites a key (nullable) and frees it. */
void tw_redact_clear_key (char *key);

G_END_DECLS
