/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-claude-estimate-private.h"

G_BEGIN_DECLS

/* Characters; a longer word counts as several. */
#define TW_CLAUDE_MAX_WORD 2048

typedef struct
{
  guint64 hash;
  gint64 cost;
} TwClaudeWordCost;

/* What the words of one text cost, each worked out once. */
typedef struct
{
  TwClaudeFamily family;
  TwClaudeWordCost *costs; /* (nullable) */
  guint shift;             /* of a hash, to a place in costs */
} TwClaudeWords;

/* For a text of length bytes. */
void tw_claude_words_init (TwClaudeWords *self, TwClaudeFamily family, gsize length);
void tw_claude_words_clear (TwClaudeWords *self);
/* Thousandths of a token. word may be changed. */
gint64
tw_claude_words_cost (const TwClaudeWords *self, guint32 *word, const guint8 *class, guint n);

G_END_DECLS
