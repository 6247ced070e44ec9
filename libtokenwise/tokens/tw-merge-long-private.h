/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-private.h"

G_BEGIN_DECLS

/* As tw_merge_piece, for a piece that does not fit a window. */
gsize
tw_merge_long (const TwVocabulary *vocabulary, const guint8 *piece, gsize length, GArray *ids);

G_END_DECLS
