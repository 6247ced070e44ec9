/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* Whether all of text is valid UTF-8, where this processor can tell faster than one character after
 * the other; FALSE also means that it cannot. */
gboolean tw_utf8_is_valid_simd (const guint8 *text, gsize length);

G_END_DECLS
