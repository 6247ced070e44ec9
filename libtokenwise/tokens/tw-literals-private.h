/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-private.h"

G_BEGIN_DECLS

/* Where the first literal token of text is from `from` on, of several at one place the longest;
 * length when there is none. */
gsize tw_literals_find (const TwVocabulary *vocabulary,
                        const guint8 *text,
                        gsize length,
                        gsize from,
                        gsize *ret_size,
                        guint32 *ret_token);

G_END_DECLS
