/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-merge-window-private.h"

#include "libtokenwise/tokens/tw-merge-unit-private.h"

#if defined(__x86_64__)
#  include <immintrin.h>
#endif

/* As many as a window has places. */
#define POSITION_BITS 7u
#define NO_KEY G_MAXINT32
#define NO_SLOT G_MAXUINT32

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
static inline void
look_for_key (TwMergeWindow *self, const TwVocabulary *vocabulary, guint at)
{
  guint next = self->next[at];

  if (next == self->n_units)
    return;
  self->slots[at] = (guint32) tw_perfect_table_slot (
      &vocabulary->pair_table, tw_hash_pair (tw_pair_key (self->ids[at], self->ids[next])));
  __builtin_prefetch (&vocabulary->pairs[self->slots[at]]);
}

static inline void
take_key (TwMergeWindow *self, const TwVocabulary *vocabulary, guint at)
{
  guint next = self->next[at];
  guint64 found;

  self->keys[at] = NO_KEY;
  if (next == self->n_units)
    return;
  found = vocabulary->pairs[self->slots[at]];
  if (found >> TW_ID_BITS == tw_pair_key (self->ids[at], self->ids[next]))
    self->keys[at] = key_of ((guint32) (found & ((1u << TW_ID_BITS) - 1)), at);
}

void
tw_merge_window_fill (TwMergeWindow *self,
                      const TwVocabulary *vocabulary,
                      const guint8 *bytes,
                      gsize length)
{
  guint n = 0;

  for (gsize at = 0; at < length; n++)
    {
      gsize size;

      self->ids[n] = tw_merge_unit (vocabulary, bytes, length, at, &size);
      self->starts[n] = (guint8) at;
      self->next[n] = (guint8) (n + 1);
      self->previous[n] = (guint8) (n - 1);
      at += size;
    }
  self->starts[n] = (guint8) length;
  self->n_units = n;
  self->n_tokens = n;
  for (guint i = 0; i + 1 < n; i++)
    {
      guint at = self->starts[i];

      /* The pairs of bytes are in a table of their own, where nothing has to be looked for. */
      if (bytes[at] < 0x80 && bytes[at + 1] < 0x80)
        {
          self->keys[i]
              = key_of (tw_vocabulary_find_byte_pair (vocabulary, bytes[at], bytes[at + 1]), i);
          self->slots[i] = NO_SLOT;
        }
      else
        look_for_key (self, vocabulary, i);
    }
  for (guint i = n; i % N_LANES != 0; i++)
    self->keys[i] = NO_KEY;
}

static void
take_all_keys (TwMergeWindow *self, const TwVocabulary *vocabulary)
{
  for (guint i = 0; i + 1 < self->n_units; i++)
    if (self->slots[i] != NO_SLOT)
      take_key (self, vocabulary, i);
  self->keys[self->n_units - 1] = NO_KEY;
}

/* The next merge; FALSE when there is none. */
FOR_EACH_PROCESSOR gboolean
merge_next (TwMergeWindow *self, const TwVocabulary *vocabulary, LowestKeyFunc lowest_key)
{
  gint32 key = lowest_key (self);
  guint at = (guint) key & (TW_MERGE_WINDOW - 1);
  guint gone;
  guint after;

  if (key == NO_KEY)
    return FALSE;
  gone = self->next[at];
  after = self->next[gone];
  self->ids[at] = (guint32) key >> POSITION_BITS;
  self->next[at] = (guint8) after;
  self->keys[gone] = NO_KEY;
  self->n_tokens--;
  self->merged = at;
  if (after < self->n_units)
    self->previous[after] = (guint8) at;
  look_for_key (self, vocabulary, at);
  if (at > 0)
    look_for_key (self, vocabulary, self->previous[at]);
  return TRUE;
}

static inline void
take_new_keys (TwMergeWindow *self, const TwVocabulary *vocabulary)
{
  take_key (self, vocabulary, self->merged);
  if (self->merged > 0)
    take_key (self, vocabulary, self->previous[self->merged]);
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
    {
      for (guint i = n; i-- > 0;)
        if (!merge_next (windows[i], vocabulary, lowest_key))
          {
            TwMergeWindow *done = windows[i];

            windows[i] = windows[--n];
            windows[n] = done;
          }
      for (guint i = 0; i < n; i++)
        take_new_keys (windows[i], vocabulary);
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
