/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-private.h"

G_BEGIN_DECLS

/* Whether text may be cut at the byte `at` (0 < at < length) so that the parts' counts sum to that
 * of the whole, whatever stands before and after. Looks at a character or two on each side;
 * FALSE when one of them is not whole within text. */
gboolean
tw_text_is_break (const TwVocabulary *vocabulary, const guint8 *text, gsize length, gsize at);
/* The class of the valid character at text, and its size in bytes; size 0 for what is none. */
guint
tw_text_class (const TwVocabulary *vocabulary, const guint8 *text, gsize length, gsize *ret_size);

G_END_DECLS
