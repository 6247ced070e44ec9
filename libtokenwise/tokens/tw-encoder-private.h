/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-piece-cache-private.h"
#include "libtokenwise/tokens/tw-vocabulary-private.h"

G_BEGIN_DECLS

/* From text to tokens: repair, normalisation, pieces, merges. */
typedef struct
{
  TwVocabulary *vocabulary;
  TwPieceCache *cache;
} TwEncoder;

/* Any bytes, at most TW_TEXT_MAX_BYTES; see tw_encoding_count. at_start: whether the text's start
 * is also that of what the model sees, which some vocabularies mark. Appends the tokens' numbers to
 * ids unless that is NULL. */
gsize tw_encoder_run (
    const TwEncoder *self, const char *text, gsize length, gboolean at_start, GArray *ids);

G_END_DECLS
