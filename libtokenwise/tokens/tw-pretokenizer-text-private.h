/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-pretokenizer-private.h"

G_BEGIN_DECLS

static inline gunichar
tw_pieces_wide_char (const guint8 *at, gsize *ret_size)
{
  if (at[0] < 0xe0)
    {
      *ret_size = 2;
      return (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu);
    }
  if (at[0] < 0xf0)
    {
      *ret_size = 3;
      return (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
    }
  *ret_size = 4;
  return (at[0] & 0x07u) << 18 | (at[1] & 0x3fu) << 12 | (at[2] & 0x3fu) << 6 | (at[3] & 0x3fu);
}

static inline guint
tw_pieces_class_of (const TwPieces *self, gunichar c)
{
  return self->classes[self->blocks[c / TW_CLASS_BLOCK] * TW_CLASS_BLOCK + c % TW_CLASS_BLOCK];
}

/* The class of the character at i and its size in bytes. */
static inline guint
tw_pieces_class_at (const TwPieces *self, gsize i, gsize *ret_size)
{
  *ret_size = 1;
  if (G_UNLIKELY (i >= self->length))
    return TW_CLASS_END;
  if (G_LIKELY (self->text[i] < 0x80))
    return self->ascii[self->text[i]];
  return tw_pieces_class_of (self, tw_pieces_wide_char (self->text + i, ret_size));
}

gsize tw_pieces_match_deepseek3 (const TwPieces *self, gsize start);
gsize tw_pieces_match_none (const TwPieces *self, gsize start);
guint tw_pieces_next_fast (TwPieces *self, gsize *ends, guint n);

G_END_DECLS
