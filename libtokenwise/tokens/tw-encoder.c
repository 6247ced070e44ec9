/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-encoder-private.h"

#include "libtokenwise/tokens/tw-literals-private.h"
#include "libtokenwise/tokens/tw-merge-private.h"
#include "libtokenwise/tokens/tw-pretokenizer-private.h"
#include "libtokenwise/tokens/tw-text-form-private.h"

/* Fewer unknown pieces wait for others, because many together take less time each. */
#define UNKNOWN_MIN 64u

typedef struct
{
  guint64 low;
  guint64 high;
  TwShortSlot *line;
} Probe;

typedef struct
{
  const TwVocabulary *vocabulary;
  TwPieces pieces;
  TwPieceCacheView cache;
  /* Pieces that the cache does not have. */
  TwMergePiece unknown[UNKNOWN_MIN + TW_PIECES_BATCH];
  guint n_unknown;
  gsize n_unknown_before; /* these */
} Run;

/* By length, what of sixteen bytes belongs to a piece: by this a load that reaches past it is cut.
 */
#define CUT(n)                                                                                     \
  {                                                                                                \
    (n) >= 8 ? G_MAXUINT64 : ((guint64) 1 << ((n) % 8 * 8)) - 1,                                   \
        (n) > 8 ? ((guint64) 1 << ((n) % 8 * 8)) - 1 : 0                                           \
  }

static const TwShortSlot cuts[TW_SHORT_BYTES + 1]
    = { CUT (0), CUT (1), CUT (2), CUT (3),  CUT (4),  CUT (5),  CUT (6),
        CUT (7), CUT (8), CUT (9), CUT (10), CUT (11), CUT (12), CUT (13) };

static inline guint64
hash_of (const guint8 *piece, gsize length)
{
  TwShortSlot key;

  if (length > TW_SHORT_BYTES)
    return tw_hash_long (piece, length);
  key = tw_short_key (piece, length);
  return tw_hash_mix (key.low, key.high);
}

static void
prefetch_token (const TwVocabulary *vocabulary, guint64 hash, gsize length)
{
  if (length > TW_SHORT_BYTES)
    __builtin_prefetch (
        &vocabulary->long_slots[tw_perfect_table_slot (&vocabulary->long_table, hash)]);
  else
    __builtin_prefetch (
        &vocabulary->short_slots[tw_perfect_table_slot (&vocabulary->short_table, hash)]);
}

/* hash is that of the piece. */
static guint32
find_token (const TwVocabulary *vocabulary, const guint8 *piece, gsize length, guint64 hash)
{
  if (length > TW_SHORT_BYTES)
    return tw_vocabulary_find_long (vocabulary, piece, length);
  return tw_vocabulary_find_short (vocabulary, tw_short_key (piece, length),
                                   tw_perfect_table_slot (&vocabulary->short_table, hash));
}

static TwShortSlot
cache_key_of (const Run *self, const guint8 *piece, gsize length)
{
  return length > TW_SHORT_BYTES ? tw_piece_cache_long_key (&self->cache, piece, length)
                                 : tw_short_key (piece, length);
}

/* 0 when it is not known; the piece is then put off. */
static __attribute__ ((noinline)) gsize
count_rare_piece (Run *self, const guint8 *piece, gsize length)
{
  TwShortSlot key = cache_key_of (self, piece, length);
  TwShortSlot *line = tw_piece_cache_line (self->cache.slots, self->cache.shift, key.low, key.high);
  gsize count = tw_piece_cache_find (line, key.low, key.high);

  if (count == 0)
    self->unknown[self->n_unknown++] = (TwMergePiece){ piece, length, 0 };
  return count;
}

/* As count_rare_piece for pieces, of which most are short and each has sixteen bytes of text from
 * its start on. All are looked for before the first is looked at, so that what is not near the
 * processor is there by then. */
static gsize
count_pieces (Run *self, const guint8 *first, const gsize *ends, guint n)
{
  const guint8 *piece = first;
  const guint8 *text = self->pieces.text;
  TwShortSlot *slots = self->cache.slots;
  guint shift = self->cache.shift;
  Probe probes[TW_PIECES_BATCH];
  gsize total = 0;

  for (guint i = 0; i < n; i++)
    {
      const guint8 *end = text + ends[i];
      gsize length = (gsize) (end - piece);
      guint64 low;
      guint64 high;

      memcpy (&low, piece, sizeof low);
      memcpy (&high, piece + sizeof low, sizeof high);
      if (G_UNLIKELY (length > TW_SHORT_BYTES))
        length = 0;
      low = GUINT64_FROM_LE (low) & cuts[length].low;
      high = (GUINT64_FROM_LE (high) & cuts[length].high)
             | (guint64) length << TW_SHORT_LENGTH_SHIFT;
      probes[i].low = low;
      probes[i].high = high;
      probes[i].line = tw_piece_cache_line (slots, shift, low, high);
      __builtin_prefetch (probes[i].line);
      piece = end;
    }
  for (guint i = 0; i < n; i++)
    {
      gsize count = tw_piece_cache_read (probes[i].line, probes[i].low, probes[i].high);

      if (G_UNLIKELY (count == 0))
        {
          const guint8 *start = i > 0 ? text + ends[i - 1] : first;

          count = count_rare_piece (self, start, (gsize) (text + ends[i] - start));
        }
      total += count;
    }
  return total;
}

static void
remember (const Run *self, const TwMergePiece *piece)
{
  TwShortSlot key = cache_key_of (self, piece->bytes, piece->length);

  tw_piece_cache_add (tw_piece_cache_line (self->cache.slots, self->cache.shift, key.low, key.high),
                      key.low, key.high, piece->count);
}

/* Pieces that were put off: first all are looked for among the tokens, then the others are merged
 * together. */
static gsize
count_unknown (Run *self)
{
  const TwVocabulary *vocabulary = self->vocabulary;
  TwMergePiece *unknown = self->unknown;
  guint64 hashes[G_N_ELEMENTS (self->unknown)];
  gsize total = 0;
  guint n_merged = 0;

  for (guint i = 0; i < self->n_unknown; i++)
    {
      hashes[i] = hash_of (unknown[i].bytes, unknown[i].length);
      prefetch_token (vocabulary, hashes[i], unknown[i].length);
    }
  for (guint i = 0; i < self->n_unknown; i++)
    {
      TwMergePiece piece = unknown[i];

      piece.count = 1;
      if (find_token (vocabulary, piece.bytes, piece.length, hashes[i]) == TW_ID_NONE)
        unknown[n_merged++] = piece;
      else
        {
          total++;
          remember (self, &piece);
        }
    }
  tw_merge_count_pieces (vocabulary, unknown, n_merged);
  for (guint i = 0; i < n_merged; i++)
    {
      total += unknown[i].count;
      remember (self, &unknown[i]);
    }
  self->n_unknown_before += self->n_unknown;
  self->n_unknown = 0;
  return total;
}

static gsize
count (Run *self)
{
  const guint8 *text = self->pieces.text;
  gsize ends[TW_PIECES_BATCH];
  gsize start = 0;
  gsize total = 0;
  guint n;

  while ((n = tw_pieces_next (&self->pieces, ends, TW_PIECES_BATCH)) > 0)
    {
      if (G_LIKELY (ends[n - 1] + sizeof (TwShortSlot) <= self->pieces.length))
        total += count_pieces (self, text + start, ends, n);
      else
        for (guint i = 0; i < n; start = ends[i++])
          total += count_rare_piece (self, text + start, ends[i] - start);
      start = ends[n - 1];
      if (self->n_unknown >= UNKNOWN_MIN)
        total += count_unknown (self);
    }
  return total + count_unknown (self);
}

static void
encode (Run *self, GArray *ids)
{
  gsize ends[TW_PIECES_BATCH];
  gsize start = 0;
  guint n;

  while ((n = tw_pieces_next (&self->pieces, ends, TW_PIECES_BATCH)) > 0)
    for (guint i = 0; i < n; start = ends[i++])
      {
        const guint8 *piece = self->pieces.text + start;
        gsize length = ends[i] - start;
        guint32 id = find_token (self->vocabulary, piece, length, hash_of (piece, length));

        if (id == TW_ID_NONE)
          tw_merge_piece (self->vocabulary, piece, length, ids);
        else
          g_array_append_val (ids, id);
      }
}

static gsize
run_part (Run *self, const char *text, gsize length, GArray *ids)
{
  guint before = ids != NULL ? ids->len : 0;

  tw_pieces_init (&self->pieces, self->vocabulary, text, length);
  if (ids == NULL)
    return count (self);
  encode (self, ids);
  return ids->len - before;
}

/* Literals cut a text: merges do not reach over them. */
static gsize
run_around_literals (Run *self, const char *text, gsize length, GArray *ids)
{
  gsize total = 0;
  gsize start = 0;

  while (start < length)
    {
      guint32 token = 0;
      gsize size = 0;
      gsize at = tw_literals_find (self->vocabulary, (const guint8 *) text, length, start, &size,
                                   &token);

      if (at > start)
        total += run_part (self, text + start, at - start, ids);
      if (at < length)
        {
          total++;
          if (ids != NULL)
            g_array_append_val (ids, token);
        }
      start = at + size;
    }
  return total;
}

gsize
tw_encoder_run (
    const TwEncoder *self, const char *text, gsize length, gboolean at_start, GArray *ids)
{
  g_auto (TwTextForm) form;
  Run run;
  gsize total;

  g_return_val_if_fail (length <= TW_TEXT_MAX_BYTES, 0);

  tw_text_form_init (&form, self->vocabulary, text, length, at_start);
  run.vocabulary = self->vocabulary;
  run.cache = tw_piece_cache_view (self->cache, form.length);
  run.n_unknown = 0;
  run.n_unknown_before = 0;
  if (self->vocabulary->n_literals > 0)
    total = run_around_literals (&run, form.text, form.length, ids);
  else
    total = run_part (&run, form.text, form.length, ids);
  tw_piece_cache_note_unknown (self->cache, run.n_unknown_before);
  return total;
}
