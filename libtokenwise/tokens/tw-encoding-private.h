/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-encoding.h"

G_BEGIN_DECLS

/* An exact byte-pair encoding over a memory-mapped vocabulary. Opened once per process and name,
 * kept until exit, safe to use from any thread. */
typedef struct _TwEncoding TwEncoding;

/* NULL with an error for an unknown name or a vocabulary file that is missing or damaged. Not owned
 * by the caller. */
const TwEncoding *tw_encoding_get (const char *name, GError **error);
const char *tw_encoding_get_name (const TwEncoding *self);
/* Any bytes: invalid UTF-8 is counted as its U+FFFD replacement, the only form JSON can carry.
 * Special tokens in the text count as plain text. O(n log n) in the worst case. */
gsize tw_encoding_count_text (const TwEncoding *self, const char *text, gsize length);
/* Appends guint32 ids. */
void tw_encoding_append_ids (const TwEncoding *self, const char *text, gsize length, GArray *ids);

G_END_DECLS
