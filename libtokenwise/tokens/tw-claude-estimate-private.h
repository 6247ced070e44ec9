/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-count-range-private.h"

G_BEGIN_DECLS

typedef enum
{
  TW_CLAUDE_3,   /* Claude 3 to 4.6 */
  TW_CLAUDE_4_7, /* 4.7 and later */
} TwClaudeFamily;

/* What is known of a text, or of several: plain data that adds up, field by field. */
typedef struct
{
  gint64 milli_tokens; /* thousandths of a token */
  gint64 characters;
  gint64 foreign; /* letters beyond ASCII: less is known of what has them */
} TwClaudeTally;

/* Adds text, which may be broken UTF-8, to tally. */
void
tw_claude_tally_add (TwClaudeTally *tally, TwClaudeFamily family, const char *text, gsize length);
/* Adds other, times over. */
void tw_claude_tally_merge (TwClaudeTally *tally, const TwClaudeTally *other, gint64 times);
/* The tokens, without any message's frame, and where 95 of 100 such texts lie. */
void tw_claude_tally_range (const TwClaudeTally *tally, TwClaudeFamily family, TwCountRange *ret);

/* The three above, for one text. */
void
tw_claude_estimate_text (TwClaudeFamily family, const char *text, gsize length, TwCountRange *ret);

G_END_DECLS
