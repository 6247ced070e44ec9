/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-piece-cache-private.h"

#include <sys/mman.h>
#include <unistd.h>

#define LINE_SIZE (sizeof (TwShortSlot) * TW_PIECE_CACHE_WAYS)
#define HUGE_PAGE ((gsize) 2 << 20)
#define N_SIZES 4u

/* 64 KiB for what is typed, in the second-level cache of any processor; 2 and 4 MiB, in huge pages
 * where there are any, for long texts, which repay them; 8 MiB from when one did not fit. */
static const struct
{
  gsize max_text;
  guint bits; /* log₂ of how many lines */
} sizes[N_SIZES] = { { 128u << 10, 10 }, { 4u << 20, 15 }, { G_MAXSIZE, 16 }, { G_MAXSIZE, 17 } };

/* As many unknown pieces in a text as a quarter of the slots begin to push each other out. */
#define CROWDED_MIN (TW_PIECE_CACHE_WAYS << 14)

/* No short key has this length. */
#define HASHED ((guint64) 15 << TW_SHORT_LENGTH_SHIFT)
#define HASH_BITS (((guint64) 1 << TW_SHORT_LENGTH_SHIFT) - 1)

typedef struct
{
  gsize once;
  gpointer memory;    /* NULL until a text of that size comes */
  TwShortSlot *slots; /* in it, aligned */
} Part;

struct _TwPieceCache
{
  guint64 seeds[2];
  gint is_crowded;
  Part parts[N_SIZES];
};

/* Without huge pages most of a long text's time would go into finding small ones. */
static void
allocate (Part *self, gsize size)
{
  gsize alignment = size < HUGE_PAGE ? LINE_SIZE : HUGE_PAGE;

  self->memory = g_malloc0 (size + alignment);
  self->slots = (gpointer) (((guintptr) self->memory + alignment - 1) / alignment * alignment);
#ifdef MADV_HUGEPAGE
  if (alignment == HUGE_PAGE)
    madvise (self->slots, size, MADV_HUGEPAGE);
#endif
}

TwPieceCache *
tw_piece_cache_new (void)
{
  TwPieceCache *self = g_new0 (TwPieceCache, 1);

  /* GLib's own generator takes longer to start than a short text to count. */
  if (getentropy (self->seeds, sizeof self->seeds) != 0)
    for (guint i = 0; i < G_N_ELEMENTS (self->seeds); i++)
      self->seeds[i] = (guint64) g_random_int () << 32 | g_random_int ();
  return self;
}

void
tw_piece_cache_free (TwPieceCache *self)
{
  for (guint i = 0; i < N_SIZES; i++)
    g_free (self->parts[i].memory);
  g_free (self);
}

TwPieceCacheView
tw_piece_cache_view (TwPieceCache *self, gsize text_length)
{
  guint i = 0;

  while (text_length > sizes[i].max_text)
    i++;
  if (i == N_SIZES - 2 && g_atomic_int_get (&self->is_crowded))
    i++;
  if (g_once_init_enter (&self->parts[i].once))
    {
      allocate (&self->parts[i], LINE_SIZE << sizes[i].bits);
      g_once_init_leave (&self->parts[i].once, 1);
    }
  return (TwPieceCacheView){ self->parts[i].slots, 64 - sizes[i].bits, self->seeds };
}

TwShortSlot
tw_piece_cache_long_key (const TwPieceCacheView *self, const guint8 *piece, gsize length)
{
  guint64 low = self->seeds[0] ^ length;
  guint64 high = self->seeds[1] ^ length;

  for (; length > 8; piece += 8, length -= 8)
    {
      low = tw_hash_mix (tw_load_8 (piece), low) + self->seeds[0];
      high = tw_hash_mix (tw_load_8 (piece), high) + self->seeds[1];
    }
  return (TwShortSlot){
    .low = tw_hash_mix (tw_load_bytes (piece, length), low),
    .high = (tw_hash_mix (tw_load_bytes (piece, length), high) & HASH_BITS) | HASHED,
  };
}

void
tw_piece_cache_note_unknown (TwPieceCache *self, gsize n)
{
  if (n >= CROWDED_MIN)
    g_atomic_int_set (&self->is_crowded, TRUE);
}

static void
copy_slot (TwShortSlot *to, const TwShortSlot *from)
{
  __atomic_store_n (&to->high, __atomic_load_n (&from->high, __ATOMIC_RELAXED), __ATOMIC_RELAXED);
  __atomic_store_n (&to->low, __atomic_load_n (&from->low, __ATOMIC_RELAXED), __ATOMIC_RELAXED);
}

static void
write_slot (TwShortSlot *slot, guint64 low, guint64 high, gsize count)
{
  guint64 counted = high | (guint64) count << TW_SHORT_ID_SHIFT;

  __atomic_store_n (&slot->high, counted, __ATOMIC_RELAXED);
  __atomic_store_n (&slot->low, low ^ counted, __ATOMIC_RELAXED);
}

gsize
tw_piece_cache_find (TwShortSlot *line, guint64 low, guint64 high)
{
  for (guint i = 0; i < TW_PIECE_CACHE_WAYS; i++)
    {
      gsize count = tw_piece_cache_read (&line[i], low, high);

      if (count == 0)
        continue;
      if (i == 0)
        return count;
      copy_slot (&line[i], &line[0]);
      write_slot (&line[0], low, high, count);
      return count;
    }
  return 0;
}

void
tw_piece_cache_add (TwShortSlot *line, guint64 low, guint64 high, gsize count)
{
  if (count > TW_ID_MAX)
    return;
  for (guint i = TW_PIECE_CACHE_WAYS - 1; i > 0; i--)
    copy_slot (&line[i], &line[i - 1]);
  write_slot (&line[0], low, high, count);
}
