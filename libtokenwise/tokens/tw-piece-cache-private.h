/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-format-private.h"

G_BEGIN_DECLS

/* How many tokens recent pieces have. Text repeats its pieces, and those it repeats most lie close
 * together here, while the vocabulary's tables have them spread over megabytes. Threads share a
 * cache without a lock: an entry that two of them write at once, or that is read half written, is a
 * miss. */
typedef struct _TwPieceCache TwPieceCache;

/* Pieces that share a line have it in the order of their last use, or nearly so. */
#define TW_PIECE_CACHE_WAYS 4u

/* The part of a cache that is used for a text: less of it for a shorter one. A slot keeps
 * key.low ^ key.high with the count in the top bits, and the latter, so that halves of two entries
 * do not fit together. */
typedef struct
{
  TwShortSlot *slots;
  guint shift; /* 64 − log₂ of how many lines */
  const guint64 *seeds;
} TwPieceCacheView;

TwPieceCache *tw_piece_cache_new (void);
void tw_piece_cache_free (TwPieceCache *self);
TwPieceCacheView tw_piece_cache_view (TwPieceCache *self, gsize text_length);
/* How many pieces of a text were unknown: after many, long texts get a larger part. */
void tw_piece_cache_note_unknown (TwPieceCache *self, gsize n);
/* The key of a piece of more than TW_SHORT_BYTES: 104 bits of a hash with a seed of this process,
 * so that nobody can make two pieces that have the same. Shorter ones have tw_short_key. */
TwShortSlot
tw_piece_cache_long_key (const TwPieceCacheView *self, const guint8 *piece, gsize length);

/* Halves of keys are passed one by one: as a struct they cost the hottest loop a third of its time.
 */
static inline TwShortSlot *
tw_piece_cache_line (TwShortSlot *slots, guint shift, guint64 low, guint64 high)
{
  guint64 mixed = (low ^ high * G_GUINT64_CONSTANT (0xd6e8feb86659fd93))
                  * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  return &slots[(mixed >> shift) * TW_PIECE_CACHE_WAYS];
}

/* The count of a piece that is the one in the slot, or 0. */
static inline gsize
tw_piece_cache_read (const TwShortSlot *slot, guint64 low, guint64 high)
{
  guint64 found_high = __atomic_load_n (&slot->high, __ATOMIC_RELAXED);
  guint64 found_low = __atomic_load_n (&slot->low, __ATOMIC_RELAXED);
  guint64 difference = found_high ^ high;

  return G_LIKELY (((found_low ^ found_high ^ low) | difference << TW_ID_BITS) == 0)
             ? difference >> TW_SHORT_ID_SHIFT
             : 0;
}

/* As tw_piece_cache_read in all of a line; a piece that is found moves to the first slot. */
gsize tw_piece_cache_find (TwShortSlot *line, guint64 low, guint64 high);
void tw_piece_cache_add (TwShortSlot *line, guint64 low, guint64 high, gsize count);

G_END_DECLS
