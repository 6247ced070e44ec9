/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-merge-heap-private.h"

#include "libtokenwise/tokens/tw-merge-unit-private.h"

#define HEAP_STEP 64u

/* A token of the piece so far. rank is that of its merge with the next one, TW_ID_NONE when there
 * is no such token or no such merge, and for a part that was merged away. */
typedef struct
{
  guint32 id;
  guint32 rank;
  guint32 previous;
  guint32 next;
} Part;

/* A 4-ary heap of (rank, position). It holds every pair that ranks below both its neighbours, which
 * is where the next merge is; the others wait until a merge beside them lets them in. Entries are
 * not removed when a merge makes them wrong: the part's rank is then another one. */
typedef struct
{
  const TwVocabulary *vocabulary;
  Part *parts;
  guint32 n_parts;
  guint64 *heap;
  gsize heap_size;
  gsize heap_room;
  guint32 last; /* while parts are filled in */
} Merger;

static void
push (Merger *self, guint64 entry)
{
  gsize at = self->heap_size++;

  if (at == self->heap_room)
    {
      self->heap_room = self->heap_room * 2 + HEAP_STEP;
      self->heap = g_renew (guint64, self->heap, self->heap_room);
    }
  for (; at > 0 && entry < self->heap[(at - 1) / 4]; at = (at - 1) / 4)
    self->heap[at] = self->heap[(at - 1) / 4];
  self->heap[at] = entry;
}

static guint64
pop (Merger *self)
{
  guint64 *heap = self->heap;
  gsize n = --self->heap_size;
  guint64 top = heap[0];
  guint64 last = heap[n];
  gsize at = 0;

  for (gsize child = 1; child < n; child = 4 * at + 1)
    {
      gsize end = MIN (child + 4, n);
      gsize least = child;

      for (gsize i = child + 1; i < end; i++)
        if (heap[i] < heap[least])
          least = i;
      if (last <= heap[least])
        break;
      heap[at] = heap[least];
      at = least;
    }
  heap[at] = last;
  return top;
}

static inline guint64
entry_of (const Merger *self, guint32 at)
{
  return (guint64) self->parts[at].rank << 32 | at;
}

static void
push_if_minimum (Merger *self, guint32 at)
{
  const Part *part = &self->parts[at];
  guint64 entry = entry_of (self, at);

  if (part->rank == TW_ID_NONE || (at > 0 && entry_of (self, part->previous) < entry)
      || (part->next < self->n_parts && entry_of (self, part->next) < entry))
    return;
  push (self, entry);
}

static inline void
update_rank (Merger *self, guint32 at)
{
  Part *part = &self->parts[at];

  part->rank = part->next < self->n_parts ? tw_vocabulary_find_pair (self->vocabulary, part->id,
                                                                     self->parts[part->next].id)
                                          : TW_ID_NONE;
}

static void
fill (Merger *self, const guint8 *piece)
{
  guint32 i = 0;

  while (i < self->n_parts)
    {
      gsize size;
      guint32 id = tw_merge_unit (self->vocabulary, piece, self->n_parts, i, &size);

      self->parts[i] = (Part){
        .id = id, .rank = TW_ID_NONE, .previous = self->last, .next = i + (guint32) size
      };
      self->last = i;
      for (guint32 rest = i + 1; rest < i + size; rest++)
        self->parts[rest].rank = TW_ID_NONE;
      i += (guint32) size;
    }
  for (i = 0; i < self->n_parts; i = self->parts[i].next)
    update_rank (self, i);
  for (i = 0; i < self->n_parts; i = self->parts[i].next)
    push_if_minimum (self, i);
}

/* The part at takes in the one after it; the pairs on both sides get other ranks, and those beyond
 * them other neighbours. */
static void
merge_at (Merger *self, guint32 at)
{
  Part *part = &self->parts[at];
  Part *gone = &self->parts[part->next];

  part->id = part->rank;
  part->next = gone->next;
  gone->rank = TW_ID_NONE;
  update_rank (self, at);
  if (at > 0)
    update_rank (self, part->previous);
  if (part->next < self->n_parts)
    {
      self->parts[part->next].previous = at;
      push_if_minimum (self, part->next);
    }
  push_if_minimum (self, at);
  if (at > 0)
    {
      push_if_minimum (self, part->previous);
      if (part->previous > 0)
        push_if_minimum (self, self->parts[part->previous].previous);
    }
}

void
tw_merge_with_heap (
    const TwVocabulary *vocabulary, const guint8 *piece, gsize length, GArray *ids, GArray *ends)
{
  g_autofree Part *parts = g_new (Part, length);
  Merger self = { .vocabulary = vocabulary, .parts = parts, .n_parts = (guint32) length };

  fill (&self, piece);
  while (self.heap_size > 0)
    {
      guint64 entry = pop (&self);
      guint32 at = (guint32) entry;

      if (parts[at].rank == (guint32) (entry >> 32))
        merge_at (&self, at);
    }
  g_free (self.heap);
  for (guint32 i = 0; i < self.n_parts; i = parts[i].next)
    {
      g_array_append_val (ids, parts[i].id);
      g_array_append_val (ends, parts[i].next);
    }
}
