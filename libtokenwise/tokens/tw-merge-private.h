/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-private.h"

G_BEGIN_DECLS

/* Longest text that is encoded at once: positions are 32 bits, and a word without a break can need
 * some thirty bytes of memory for each of its own. */
#define TW_TEXT_MAX_BYTES (1u << 30)

/* Byte-pair merges of one piece, lowest rank first and leftmost among equals: how many tokens are
 * left. Their numbers are appended to ids unless that is NULL. A long piece is merged in windows
 * whose tokens are then proved to fit together, so time grows with its length and no faster. */
gsize
tw_merge_piece (const TwVocabulary *vocabulary, const guint8 *piece, gsize length, GArray *ids);

typedef struct
{
  const guint8 *bytes;
  gsize length;
  gsize count; /* set by tw_merge_count_pieces */
} TwMergePiece;

/* As tw_merge_piece, which takes longer for pieces one by one. */
void tw_merge_count_pieces (const TwVocabulary *vocabulary, TwMergePiece *pieces, guint n);

/* Whether bytes, cut at `cut`, are exactly two tokens with the cut between them. Tokens are the
 * encoding of a piece when, and only when, this holds for each two neighbours: van Antwerpen and
 * Neubeck, “So many tokens, so little time”, GitHub 2024. */
gboolean
tw_merge_is_seam (const TwVocabulary *vocabulary, const guint8 *bytes, gsize length, gsize cut);

G_END_DECLS
