/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-merge-long-private.h"

#include "libtokenwise/tokens/tw-merge-heap-private.h"
#include "libtokenwise/tokens/tw-merge-private.h"
#include "libtokenwise/tokens/tw-merge-window-private.h"

/* A long piece is merged in windows. Tokens of one window fit together, and those of two do if the
 * last token of the first and the first of the second do (tw_merge_is_seam). Two windows that
 * overlap and have a token in common there fit together without a further look: it has its left
 * neighbour in the one and its right neighbour in the other.
 *
 * So windows are merged several at a time, at places that are good enough, and joined at a common
 * token. Where there is none, they are merged one after the other, and what repeats is not merged
 * again. */

#define WINDOW TW_MERGE_WINDOW
/* Bytes by which windows overlap. */
#define OVERLAP 24u
#define STEP (WINDOW - OVERLAP)
/* Tokens this near to a window's end may be others when the next bytes are known. */
#define WINDOW_TAIL 16u

/* Tokens of a piece that fit together so far. */
typedef struct
{
  const TwVocabulary *vocabulary;
  const guint8 *piece;
  gsize length;
  GArray *ids;
  GArray *ends;    /* (element-type guint32) */
  guint together;  /* how many windows to try at once */
  gboolean unsure; /* more text may change the last tokens */
} Seams;

/* What repeats has lengths that divide one of these, or is not worth a special case. */
static const guint8 periods[] = { 1, 8, 9, 10, 12 };

static guint32
end_of (const Seams *self, guint i)
{
  return g_array_index (self->ends, guint32, i);
}

static guint32
start_of (const Seams *self, guint i)
{
  return i > 0 ? end_of (self, i - 1) : 0;
}

static void
truncate_to (Seams *self, guint n)
{
  g_array_set_size (self->ids, n);
  g_array_set_size (self->ends, n);
}

static void
append_window (Seams *self, const TwMergeWindow *window, guint32 start, guint at)
{
  guint n = self->ends->len;
  guint32 *ids;
  guint32 *ends;

  truncate_to (self, n + window->n_tokens);
  ids = (guint32 *) (gpointer) self->ids->data;
  ends = (guint32 *) (gpointer) self->ends->data;
  for (; at < window->n_units; at = window->next[at])
    {
      ids[n] = window->ids[at];
      ends[n++] = start + tw_merge_window_end (window, at);
    }
  truncate_to (self, n);
}

/* Appends the tokens of the size bytes from start on. */
static void
merge_part (Seams *self, guint32 start, gsize size)
{
  guint first = self->ends->len;
  TwMergeWindow window;

  if (size <= WINDOW)
    {
      tw_merge_window (&window, self->vocabulary, self->piece + start, size);
      append_window (self, &window, start, 0);
      return;
    }
  tw_merge_with_heap (self->vocabulary, self->piece + start, size, self->ids, self->ends);
  for (guint i = first; i < self->ends->len; i++)
    g_array_index (self->ends, guint32, i) += start;
}

/* Whether token i and the one before it are neighbours in an encoding. */
static gboolean
fits (const Seams *self, guint i)
{
  guint32 start = i >= 2 ? end_of (self, i - 2) : 0;

  return i == 0
         || tw_merge_is_seam (self->vocabulary, self->piece + start, end_of (self, i) - start,
                              end_of (self, i - 1) - start);
}

/* Drops the tokens that more text may change, but not all. */
static void
drop_tail (Seams *self, guint first)
{
  guint n = self->ends->len;
  guint32 end = end_of (self, n - 1);

  while (n > first + 1 && end - end_of (self, n - 1) < WINDOW_TAIL)
    n--;
  truncate_to (self, n);
}

/* One more window after the last token. When it does not fit, one of twice the size is tried that
 * also takes in as much of what is before it; the last one to try is the whole piece. */
static void
merge_next_window (Seams *self)
{
  gsize size = WINDOW;

  for (;;)
    {
      guint first = self->ends->len;
      guint32 start = start_of (self, first);

      size = MIN (size, self->length - start);
      merge_part (self, start, size);
      if (fits (self, first))
        {
          if (start + size < self->length)
            drop_tail (self, first);
          return;
        }
      truncate_to (self, first);
      while (first > 0 && end_of (self, first - 1) + size > start)
        first--;
      size = start - start_of (self, first) + 2 * size;
      truncate_to (self, first);
    }
}

/* While the text of the last window, whose tokens begin at first, is there again, so are they. */
static void
repeat_window (Seams *self, guint first)
{
  guint n = self->ends->len - first;
  guint32 start = start_of (self, first);
  guint32 size = end_of (self, self->ends->len - 1) - start;
  gboolean is_first = TRUE;

  for (guint32 at = start + size; at + MAX (size, WINDOW) <= self->length; at += size)
    {
      if (memcmp (self->piece + at, self->piece + start, MAX (size, WINDOW)) != 0)
        return;
      for (guint i = 0; i < n; i++)
        {
          guint32 id = g_array_index (self->ids, guint32, first + i);
          guint32 end = end_of (self, first + i) - start + at;

          g_array_append_val (self->ids, id);
          g_array_append_val (self->ends, end);
        }
      if (is_first && !fits (self, self->ends->len - n))
        {
          truncate_to (self, self->ends->len - n);
          return;
        }
      is_first = FALSE;
    }
}

static gboolean
repeats_at (const Seams *self, guint32 start)
{
  for (guint i = 0; i < G_N_ELEMENTS (periods); i++)
    if (start + periods[i] + WINDOW <= self->length
        && memcmp (self->piece + start, self->piece + start + periods[i], WINDOW) == 0)
      return TRUE;
  return FALSE;
}

/* Joins a window at a token that it has in common with those so far. */
static gboolean
join (Seams *self, const TwMergeWindow *window, guint32 start)
{
  guint i = self->ends->len;
  guint at = 0;

  while (i > 0 && end_of (self, i - 1) > start)
    i--;
  while (i < self->ends->len && at < window->n_units)
    {
      guint32 first = start + window->starts[at];
      guint32 end = start + tw_merge_window_end (window, at);

      if (first == start_of (self, i) && end == end_of (self, i))
        {
          truncate_to (self, i + 1);
          append_window (self, window, start, window->next[at]);
          self->unsure = TRUE;
          return TRUE;
        }
      if (end_of (self, i) < end)
        i++;
      else
        at = window->next[at];
    }
  return FALSE;
}

static guint32
character_start (const Seams *self, guint32 at)
{
  for (guint i = 0; i < 3 && (self->piece[at] & 0xc0) == 0x80; i++)
    at--;
  return at;
}

/* Several windows that overlap, the first with the last tokens so far. FALSE when one could not be
 * joined; those before it are. */
static gboolean
merge_batch (Seams *self)
{
  TwMergeWindow windows[TW_MERGE_TOGETHER];
  TwMergeWindow *order[TW_MERGE_TOGETHER];
  guint32 starts[TW_MERGE_TOGETHER];
  guint32 last = end_of (self, self->ends->len - 1);
  guint32 next = last - MIN (last, OVERLAP);
  guint n = 0;

  for (gsize end = 0; n < self->together && end < self->length; n++, next += STEP)
    {
      gsize size;

      starts[n] = character_start (self, next);
      size = MIN (WINDOW, self->length - starts[n]);
      end = starts[n] + size;
      tw_merge_window_fill (&windows[n], self->vocabulary, self->piece + starts[n], size);
      order[n] = &windows[n];
    }
  tw_merge_windows (order, n, self->vocabulary);
  for (guint i = 0; i < n; i++)
    if (!join (self, &windows[i], starts[i]))
      {
        self->together = MAX (i, 1);
        return FALSE;
      }
  self->together = MIN (2 * self->together, TW_MERGE_TOGETHER);
  return TRUE;
}

static void
merge_all (Seams *self)
{
  guint32 done = 0;

  while (done < self->length)
    {
      guint first = self->ends->len;

      if (first > 0 && !repeats_at (self, done) && merge_batch (self))
        {
          done = end_of (self, self->ends->len - 1);
          continue;
        }
      if (self->unsure)
        drop_tail (self, 0);
      self->unsure = FALSE;
      first = self->ends->len;
      merge_next_window (self);
      if (first < self->ends->len)
        repeat_window (self, first);
      done = end_of (self, self->ends->len - 1);
    }
}

gsize
tw_merge_long (const TwVocabulary *vocabulary, const guint8 *piece, gsize length, GArray *ids)
{
  g_autoptr (GArray) found = g_array_sized_new (FALSE, FALSE, sizeof (guint32), WINDOW);
  g_autoptr (GArray) ends = g_array_sized_new (FALSE, FALSE, sizeof (guint32), WINDOW);
  Seams self = { vocabulary, piece, length, found, ends, TW_MERGE_TOGETHER, FALSE };

  merge_all (&self);
  if (ids != NULL)
    g_array_append_vals (ids, found->data, found->len);
  return found->len;
}
