/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-private.h"

G_BEGIN_DECLS

/* As tw_merge_piece, in one go and n log n steps, for what does not fit a window. */
void tw_merge_with_heap (
    const TwVocabulary *vocabulary, const guint8 *piece, gsize length, GArray *ids, GArray *ends);

G_END_DECLS
