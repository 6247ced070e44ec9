/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* Bytes at the front of text that are valid UTF-8; length when all are. NUL is a character. */
gsize tw_utf8_valid_prefix (const guint8 *text, gsize length);
/* Each maximal ill-formed part becomes one U+FFFD, as the WHATWG decoder and Unicode 3.9 have it.
 * The result is owned by the caller and not terminated. */
guint8 *tw_utf8_repair (const guint8 *text, gsize length, gsize *ret_length);

G_END_DECLS
