/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-merge-private.h"

#include "libtokenwise/tokens/tw-merge-heap-private.h"
#include "libtokenwise/tokens/tw-merge-long-private.h"
#include "libtokenwise/tokens/tw-merge-window-private.h"

gboolean
tw_merge_is_seam (const TwVocabulary *vocabulary, const guint8 *bytes, gsize length, gsize cut)
{
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GArray) ends = NULL;
  TwMergeWindow window;

  if (length <= TW_MERGE_WINDOW)
    {
      tw_merge_window (&window, vocabulary, bytes, length);
      return window.n_tokens == 2 && tw_merge_window_end (&window, 0) == cut;
    }
  ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  ends = g_array_new (FALSE, FALSE, sizeof (guint32));
  tw_merge_with_heap (vocabulary, bytes, length, ids, ends);
  return ends->len == 2 && g_array_index (ends, guint32, 0) == cut;
}

gsize
tw_merge_piece (const TwVocabulary *vocabulary, const guint8 *piece, gsize length, GArray *ids)
{
  TwMergeWindow window;

  if (length > TW_MERGE_WINDOW)
    return tw_merge_long (vocabulary, piece, length, ids);
  tw_merge_window (&window, vocabulary, piece, length);
  if (ids != NULL)
    for (guint at = 0; at < window.n_units; at = window.next[at])
      g_array_append_val (ids, window.ids[at]);
  return window.n_tokens;
}

void
tw_merge_count_pieces (const TwVocabulary *vocabulary, TwMergePiece *pieces, guint n)
{
  TwMergeWindow windows[TW_MERGE_TOGETHER];
  TwMergeWindow *order[TW_MERGE_TOGETHER];
  TwMergePiece *filled[TW_MERGE_TOGETHER];

  for (guint done = 0; done < n;)
    {
      guint n_filled = 0;

      for (; done < n && n_filled < TW_MERGE_TOGETHER; done++)
        {
          TwMergePiece *piece = &pieces[done];

          if (piece->length > TW_MERGE_WINDOW)
            {
              piece->count = tw_merge_long (vocabulary, piece->bytes, piece->length, NULL);
              continue;
            }
          order[n_filled] = &windows[n_filled];
          filled[n_filled] = piece;
          tw_merge_window_fill (&windows[n_filled++], vocabulary, piece->bytes, piece->length);
        }
      tw_merge_windows (order, n_filled, vocabulary);
      for (guint i = 0; i < n_filled; i++)
        filled[i]->count = windows[i].n_tokens;
    }
}
