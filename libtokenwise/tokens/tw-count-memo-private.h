/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-claude-estimate-private.h"

G_BEGIN_DECLS

/* What a text counted; sums add up member by member. A family uses one of the two. */
typedef struct
{
  gint64 tokens; /* of a vocabulary, before a family's scale is applied */
  TwClaudeTally claude;
} TwTextSum;

void tw_text_sum_add (TwTextSum *sum, const TwTextSum *part);

/* Remembers what texts counted, by content: a conversation that grows costs its new message. A text
 * is known by two universal hashes under random keys, so one that nobody planned to collide does so
 * once in about 2^100. Bounded; safe to share between threads. */
typedef struct _TwCountMemo TwCountMemo;

TwCountMemo *tw_count_memo_new (void);
TwCountMemo *tw_count_memo_ref (TwCountMemo *self);
void tw_count_memo_unref (TwCountMemo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwCountMemo, tw_count_memo_unref)

typedef struct
{
  guint64 hash[2];
  gconstpointer counter; /* what counted: counts of one are nothing to another */
} TwCountKey;

TwCountKey
tw_count_memo_key (TwCountMemo *self, gconstpointer counter, const char *text, gsize length);
gboolean tw_count_memo_find (TwCountMemo *self, const TwCountKey *key, TwTextSum *ret_sum);
void tw_count_memo_add (TwCountMemo *self, const TwCountKey *key, const TwTextSum *sum);

G_END_DECLS
