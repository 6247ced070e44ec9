/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-claude-pieces-format-private.h"
#include "libtokenwise/tokens/tw-claude-pieces-private.h"
#include "libtokenwise/tokens/tw-piece-cache-private.h"

G_BEGIN_DECLS

/* Compiled pieces in place. Opening checks the header and INDEX, so that no lookup leaves its
 * section whatever is in the others. */
struct _TwClaudePieces
{
  GBytes *file;
  TwPieceCache *cache;
  const guint16 *index;
  const guint32 *records;
  const guint32 *ascii; /* the records of the first 128 */
  const TwPieceNode *nodes;
  gsize n_nodes;
  guint32 n_pieces;
  guint32 flags;
  guint32 overhead;
  guint32 caps_min;
};

/* The record of the character at text, which is valid UTF-8. */
static inline guint32
tw_pieces_record_at (const TwClaudePieces *self, const guint8 *text, gsize *ret_size)
{
  guint32 point = text[0];

  *ret_size = 1;
  if (G_LIKELY (point < 0x80))
    return self->ascii[point];
  if (point < 0xe0)
    {
      *ret_size = 2;
      point = (point & 0x1f) << 6 | (text[1] & 0x3f);
    }
  else if (point < 0xf0)
    {
      *ret_size = 3;
      point = (point & 0xf) << 12 | (text[1] & 0x3fu) << 6 | (text[2] & 0x3f);
    }
  else
    {
      *ret_size = 4;
      point
          = (point & 7) << 18 | (text[1] & 0x3fu) << 12 | (text[2] & 0x3fu) << 6 | (text[3] & 0x3f);
    }
  return self
      ->records[self->index[point / TW_PIECES_BLOCK] * TW_PIECES_BLOCK + point % TW_PIECES_BLOCK];
}

/* A text as the rule wants it: valid UTF-8 in NFC, without what is not counted, each space U+0020.
 * What needs no change is not copied. */
typedef struct
{
  const guint8 *text;
  gsize length;
  char *owned; /* (nullable) */
} TwPiecesForm;

void tw_pieces_form_init (TwPiecesForm *self,
                          const TwClaudePieces *pieces,
                          const char *text,
                          gsize length);
void tw_pieces_form_clear (TwPiecesForm *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwPiecesForm, tw_pieces_form_clear)

/* The fewest pieces that cover bytes of the stream. */
gsize tw_pieces_tile (const TwClaudePieces *self, const guint8 *bytes, gsize length);

/* Tokens of a form, which is all between a message's frame. flags are TW_PIECES_FRAME_…; the
 * frame's mark may stand for a space at the front when takes_space. */
gsize tw_pieces_count_stream (const TwClaudePieces *self,
                              const TwPiecesForm *form,
                              guint32 flags,
                              gboolean takes_space);

G_END_DECLS
