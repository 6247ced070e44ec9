/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-claude-pieces-text-private.h"

/* More than the longest piece and the largest character. */
#define WINDOW 512u

/* best[i % WINDOW] is the fewest tokens of the first i bytes, for i ≤ filled that can still be
 * reached. */
typedef struct
{
  gsize best[WINDOW];
  gsize filled;
} Tiling;

static inline void
reach (Tiling *self, gsize at, gsize tokens)
{
  while (self->filled < at)
    self->best[++self->filled % WINDOW] = G_MAXSIZE;
  if (tokens < self->best[at % WINDOW])
    self->best[at % WINDOW] = tokens;
}

/* Every piece that begins at `at`. */
static inline void
try_pieces (Tiling *tiling, const TwClaudePieces *self, const guint8 *bytes, gsize at, gsize length)
{
  gsize tokens = tiling->best[at % WINDOW] + 1;
  guint32 node = 0;

  length = MIN (length, at + TW_PIECES_MAX_BYTES);
  for (gsize i = at; i < length; i++)
    {
      gsize child = (gsize) self->nodes[node].base + bytes[i];
      guint32 link = child < self->n_nodes ? self->nodes[child].link : 0;

      if (link >> 1 != node + 1)
        return;
      if ((link & 1) != 0)
        reach (tiling, i + 1, tokens);
      node = (guint32) child;
    }
}

gsize
tw_pieces_tile (const TwClaudePieces *self, const guint8 *bytes, gsize length)
{
  Tiling tiling;
  gsize size;

  tiling.best[0] = 0;
  tiling.filled = 0;
  for (gsize at = 0; at < length; at += size)
    {
      gsize tokens = tiling.best[at % WINDOW] + 1;

      size = 1;
      if (bytes[at] < TW_MARK_BEGIN)
        tokens += (tw_pieces_record_at (self, bytes + at, &size) & TW_RECORD_COST)
                  >> TW_RECORD_COST_SHIFT;
      reach (&tiling, at + size, tokens);
      try_pieces (&tiling, self, bytes, at, length);
    }
  return tiling.best[length % WINDOW];
}
