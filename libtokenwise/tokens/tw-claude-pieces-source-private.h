/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-claude-pieces-format-private.h"

G_BEGIN_DECLS

/* The pieces file, read. */
typedef struct
{
  GPtrArray *pieces;    /* (element-type GBytes) in the stream's spelling, never empty */
  GHashTable *prefixes; /* parts of characters that cost 1: their bytes as one number */
  guint32 overhead;
  guint32 caps_min;
  gboolean fold_quotes;
  gboolean frame_begins_word;
  gboolean frame_ends_lines;
} TwPiecesSource;

TwPiecesSource *tw_pieces_source_read (GBytes *json, GError **error);
void tw_pieces_source_free (TwPiecesSource *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwPiecesSource, tw_pieces_source_free)

/* Appends INDEX and RECORDS. */
void
tw_pieces_characters_pack (const TwPiecesSource *source, GByteArray *index, GByteArray *records);

/* Appends NODES. pieces are sorted, and no two are the same. */
void tw_pieces_trie_pack (const GPtrArray *pieces, GByteArray *nodes);

G_END_DECLS
