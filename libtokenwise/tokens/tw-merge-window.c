/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-merge-window-private.h"

#include "libtokenwise/tokens/tw-merge-unit-private.h"

#if defined(__x86_64__)
#  include <immintrin.h>
#endif

/* As many as a window has places. */
#define POSITION_BITS 7u
/* Above all keys, and each byte the same. */
#define NO_KEY 0x7f7f7f7f
#define NO_KEY_BYTE 0x7f
#define NO_SLOT G_MAXUINT32
#define NO_PAIR G_MAXUINT64

/* Keys are looked at so many at a time. */
#define N_LANES 32u

#define FOR_EACH_PROCESSOR static inline __attribute__ ((always_inline))

typedef gint32 (*LowestKeyFunc) (const TwMergeWindow *self);

static inline gint32
key_of (guint32 rank, guint at)
{
  return rank == TW_ID_NONE ? NO_KEY : (gint32) (rank << POSITION_BITS | at);
}

/* Four numbers at once, on any processor that the compiler knows. */
typedef gint32 Lanes __attribute__ ((vector_size (16), may_alias));

static inline Lanes
lower_of (Lanes a, Lanes b)
{
  Lanes less = a < b;

  return (a & less) | (b & ~less);
}

static inline gint32
lowest_key_portable (const TwMergeWindow *self)
{
  const Lanes *keys = (gconstpointer) self->keys;
  Lanes best = keys[0];
  gint32 low;
  gint32 high;

  for (guint i = 0; i < self->n_units; i += N_LANES, keys += N_LANES / 4)
    best = lower_of (
        best, lower_of (lower_of (lower_of (keys[0], keys[1]), lower_of (keys[2], keys[3])),
                        lower_of (lower_of (keys[4], keys[5]), lower_of (keys[6], keys[7]))));
  low = MIN (best[0], best[1]);
  high = MIN (best[2], best[3]);
  return MIN (low, high);
}

#if defined(__x86_64__)

__attribute__ ((target ("avx2"))) static inline gint32
lowest_key_avx2 (const TwMergeWindow *self)
{
  const __m256i *keys = (gconstpointer) self->keys;
  __m256i best = keys[0];
  __m128i half;

  for (guint i = 0; i < self->n_units; i += N_LANES, keys += N_LANES / 8)
    best = _mm256_min_epi32 (best, _mm256_min_epi32 (_mm256_min_epi32 (keys[0], keys[1]),
                                                     _mm256_min_epi32 (keys[2], keys[3])));
  half = _mm_min_epi32 (_mm256_castsi256_si128 (best), _mm256_extracti128_si256 (best, 1));
  half = _mm_min_epi32 (half, _mm_shuffle_epi32 (half, _MM_SHUFFLE (1, 0, 3, 2)));
  half = _mm_min_epi32 (half, _mm_shuffle_epi32 (half, _MM_SHUFFLE (2, 3, 0, 1)));
  return _mm_cvtsi128_si32 (half);
}

#endif

/* A key is looked up in two steps, so that other windows' can be under way in between: a look-up
 * waits for memory most of its time. */
static inline guint32
find_slot (const TwVocabulary *vocabulary, guint64 pair)
{
  gsize slot = tw_perfect_table_slot (&vocabulary->pair_table, tw_hash_pair (pair));

  __builtin_prefetch (&vocabulary->pairs[slot]);
  return (guint32) slot;
}

/* Without a branch: whether there is such a pair is anybody's guess. */
static inline gint32
take_key (const TwVocabulary *vocabulary, const TwMergeAhead *ahead)
{
  guint64 found = vocabulary->pairs[ahead->slot];
  guint32 key = (guint32) (found & ((1u << TW_ID_BITS) - 1)) << POSITION_BITS | ahead->at;
  guint32 none = 0u - (found >> TW_ID_BITS != ahead->pair);

  return (gint32) ((key & ~none) | (NO_KEY & none));
}

static inline void
look_ahead (TwMergeWindow *self, const TwVocabulary *vocabulary, guint i, guint at, guint next)
{
  guint64 pair = tw_pair_key (self->ids[at], self->ids[next]);
  gboolean is_missing = MAX (at, next) == self->n_units;

  self->ahead[i] = (TwMergeAhead){ is_missing ? NO_PAIR : pair, find_slot (vocabulary, pair), at };
}

#define EIGHT(n) (n), (n) + 1, (n) + 2, (n) + 3, (n) + 4, (n) + 5, (n) + 6, (n) + 7

/* Numbers from 0 on, after what stands before the first place. */
static const guint8 places[]
    = { 0,          EIGHT (0),  EIGHT (8),   EIGHT (16),  EIGHT (24),  EIGHT (32),
        EIGHT (40), EIGHT (48), EIGHT (56),  EIGHT (64),  EIGHT (72),  EIGHT (80),
        EIGHT (88), EIGHT (96), EIGHT (104), EIGHT (112), EIGHT (120), EIGHT (128) };

/* Each place with its neighbours, as if every byte were a unit, and no keys. */
static void
clear (TwMergeWindow *self, gsize length)
{
  for (gsize i = 0; i < length; i += N_LANES)
    {
      memset (self->keys + i, NO_KEY_BYTE, N_LANES * sizeof *self->keys);
      memcpy (self->next + i, places + 2 + i, N_LANES);
      memcpy (self->previous + i, places + i, N_LANES);
    }
}

void
tw_merge_window_fill (TwMergeWindow *self,
                      const TwVocabulary *vocabulary,
                      const guint8 *bytes,
                      gsize length)
{
  guint n = 0;
  guint8 previous = 0xff;

  clear (self, length);
  for (gsize at = 0; at < length; n++)
    {
      guint8 byte = bytes[at];
      gsize size;

      self->ids[n] = tw_merge_unit (vocabulary, bytes, length, at, &size);
      self->starts[n] = (guint8) at;
      /* The pairs of bytes are in a table of their own, where nothing has to be looked for. */
      if ((previous | byte) < 0x80)
        {
          self->keys[n - 1]
              = key_of (tw_vocabulary_find_byte_pair (vocabulary, previous, byte), n - 1);
          self->slots[n - 1] = NO_SLOT;
        }
      else if (n > 0)
        self->slots[n - 1] = find_slot (vocabulary, tw_pair_key (self->ids[n - 1], self->ids[n]));
      previous = byte;
      at += size;
    }
  self->starts[n] = (guint8) length;
  self->ids[n] = 0;
  self->next[n] = (guint8) n;
  self->previous[0] = (guint8) n;
  self->n_units = n;
  self->n_tokens = n;
}

static void
take_all_keys (TwMergeWindow *self, const TwVocabulary *vocabulary)
{
  for (guint i = 0; i + 1 < self->n_units; i++)
    {
      TwMergeAhead ahead = { tw_pair_key (self->ids[i], self->ids[i + 1]), self->slots[i], i };

      if (ahead.slot != NO_SLOT)
        self->keys[i] = take_key (vocabulary, &ahead);
    }
  for (guint i = 0; i < 2; i++)
    self->ahead[i] = (TwMergeAhead){ NO_PAIR, 0, self->n_units };
}

/* The lowest of all keys, with those that were looked up. These are not yet among the others when
 * the others are read: to read what was just written takes longer. */
FOR_EACH_PROCESSOR gint32
take_lowest_key (TwMergeWindow *self, const TwVocabulary *vocabulary, LowestKeyFunc lowest_key)
{
  gint32 lowest = lowest_key (self);
  gint32 first = take_key (vocabulary, &self->ahead[0]);
  gint32 second = take_key (vocabulary, &self->ahead[1]);

  self->keys[self->ahead[0].at] = first;
  self->keys[self->ahead[1].at] = second;
  return MIN (lowest, MIN (first, second));
}

/* The next merge; FALSE when there is none. */
FOR_EACH_PROCESSOR gboolean
merge_next (TwMergeWindow *self, const TwVocabulary *vocabulary, LowestKeyFunc lowest_key)
{
  gint32 key = take_lowest_key (self, vocabulary, lowest_key);
  guint at = (guint) key & (TW_MERGE_WINDOW - 1);
  guint before;
  guint gone;
  guint after;

  if (key == NO_KEY)
    return FALSE;
  before = self->previous[at];
  gone = self->next[at];
  after = self->next[gone];
  self->ids[at] = (guint32) key >> POSITION_BITS;
  self->next[at] = (guint8) after;
  self->previous[after] = (guint8) at;
  self->keys[before] = NO_KEY;
  self->keys[at] = NO_KEY;
  self->keys[gone] = NO_KEY;
  self->n_tokens--;
  look_ahead (self, vocabulary, 0, at, after);
  look_ahead (self, vocabulary, 1, before, at);
  return TRUE;
}

FOR_EACH_PROCESSOR void
merge_windows (TwMergeWindow **windows,
               guint n,
               const TwVocabulary *vocabulary,
               LowestKeyFunc lowest_key)
{
  for (guint i = 0; i < n; i++)
    take_all_keys (windows[i], vocabulary);
  while (n > 0)
    for (guint i = 0; i < n;)
      {
        TwMergeWindow *window = windows[i];

        if (merge_next (window, vocabulary, lowest_key))
          {
            i++;
            continue;
          }
        windows[i] = windows[--n];
        windows[n] = window;
      }
}

void
tw_merge_windows_portable (TwMergeWindow **windows, guint n, const TwVocabulary *vocabulary)
{
  merge_windows (windows, n, vocabulary, lowest_key_portable);
}

#if defined(__x86_64__)

__attribute__ ((target ("avx2"))) static void
merge_windows_avx2 (TwMergeWindow **windows, guint n, const TwVocabulary *vocabulary)
{
  merge_windows (windows, n, vocabulary, lowest_key_avx2);
}

void
tw_merge_windows (TwMergeWindow **windows, guint n, const TwVocabulary *vocabulary)
{
  if (__builtin_cpu_supports ("avx2"))
    merge_windows_avx2 (windows, n, vocabulary);
  else
    tw_merge_windows_portable (windows, n, vocabulary);
}

#else

void
tw_merge_windows (TwMergeWindow **windows, guint n, const TwVocabulary *vocabulary)
{
  tw_merge_windows_portable (windows, n, vocabulary);
}

#endif

void
tw_merge_window (TwMergeWindow *self,
                 const TwVocabulary *vocabulary,
                 const guint8 *bytes,
                 gsize length)
{
  tw_merge_window_fill (self, vocabulary, bytes, length);
  tw_merge_windows (&self, 1, vocabulary);
}
