/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-private.h"

G_BEGIN_DECLS

/* Bytes that are merged with a look at all pairs for each merge. */
#define TW_MERGE_WINDOW 128u
/* Windows that are merged at once, in the first-level cache. */
#define TW_MERGE_TOGETHER 8u

/* A pair whose key is being looked up: that of the token at a place and the next one. */
typedef struct
{
  guint64 pair; /* none when one of the two is missing */
  guint32 slot; /* where in the table it will be found */
  guint32 at;
} TwMergeAhead;

/* The tokens so far, each at the place of its first unit. A key is the rank of the merge with the
 * next token, then the place, so that the lowest key is the next merge, and the leftmost of equals.
 * The place after the last one stands for what is not there, before the text or after it. */
typedef struct
{
  gint32 keys[TW_MERGE_WINDOW + 8] __attribute__ ((aligned (32)));
  guint32 ids[TW_MERGE_WINDOW + 1];
  guint32 slots[TW_MERGE_WINDOW];     /* of the keys that are looked up at first */
  guint8 starts[TW_MERGE_WINDOW + 1]; /* of each unit, in bytes; one more for the end */
  guint8 next[TW_MERGE_WINDOW + 1];
  guint8 previous[TW_MERGE_WINDOW + 1];
  guint n_units;
  guint n_tokens;
  TwMergeAhead ahead[2]; /* the two keys that the last merge changed */
} TwMergeWindow;

/* The units of a text of at most TW_MERGE_WINDOW bytes. */
void tw_merge_window_fill (TwMergeWindow *self,
                           const TwVocabulary *vocabulary,
                           const guint8 *bytes,
                           gsize length);
/* Merges windows that are filled; their order is changed. */
void tw_merge_windows (TwMergeWindow **windows, guint n, const TwVocabulary *vocabulary);
/* The same, on any processor. */
void tw_merge_windows_portable (TwMergeWindow **windows, guint n, const TwVocabulary *vocabulary);
/* Both, of one. */
void tw_merge_window (TwMergeWindow *self,
                      const TwVocabulary *vocabulary,
                      const guint8 *bytes,
                      gsize length);

/* The end in bytes of the token at a place. */
static inline guint
tw_merge_window_end (const TwMergeWindow *self, guint at)
{
  return self->starts[self->next[at]];
}

G_END_DECLS
