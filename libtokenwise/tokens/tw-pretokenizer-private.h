/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-byte-masks-private.h"
#include "libtokenwise/tokens/tw-vocabulary-private.h"

G_BEGIN_DECLS

/* Room for this many ends lets a call look at many bytes at once. */
#define TW_PIECES_BATCH 256u

/* Cuts text into the pieces inside which merges happen. The text must be valid UTF-8. */
typedef struct
{
  const guint8 *text;
  gsize length;
  gsize offset; /* where the next piece starts */
  const guint8 *blocks;
  const guint8 *classes;
  const guint8 *ascii;
  TwPretokenizer kind;
  gboolean spaces_start; /* of TW_PRETOKENIZER_NONE: whether text may be cut before U+2581 */
  TwByteMasksFunc masks;
} TwPieces;

void
tw_pieces_init (TwPieces *self, const TwVocabulary *vocabulary, const char *text, gsize length);
/* Writes the ends of the next pieces, at most n of them; the first starts at the offset from
 * before the call. Returns how many; 0 at the end of the text. */
guint tw_pieces_next (TwPieces *self, gsize *ends, guint n);
/* The same, character by character as the published patterns go: what the one above, which looks at
 * 64 bytes at once where it can, must agree with. */
guint tw_pieces_next_plain (TwPieces *self, gsize *ends, guint n);
/* The end of the piece that starts at start, which is less than the length. */
gsize tw_pieces_match (const TwPieces *self, gsize start);

G_END_DECLS
