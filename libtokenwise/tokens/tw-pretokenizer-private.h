/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-private.h"

G_BEGIN_DECLS

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
} TwPieces;

void
tw_pieces_init (TwPieces *self, const TwVocabulary *vocabulary, const char *text, gsize length);
/* Writes the ends of the next pieces, at most n of them; the first starts at the offset from
 * before the call. Returns how many; 0 at the end of the text. */
guint tw_pieces_next (TwPieces *self, gsize *ends, guint n);

G_END_DECLS
