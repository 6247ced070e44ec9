/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-counter.h"

G_BEGIN_DECLS

/* A count and what is known of its error. exact: low == tokens == high. */
typedef struct
{
  gint64 tokens;
  gint64 low;
  gint64 high;
  gboolean exact;
  const char *encoding; /* the vocabulary used; static */
} TwTokenCount;

/* Of a whole request; the parts sum to total.tokens. */
typedef struct
{
  TwTokenCount total;
  gint64 system;
  gint64 messages;
  gint64 tools;
  gint64 images;
  gint64 framing;
} TwRequestCount;

/* tokenizer is the catalogue's name for a model's tokenizer ("o200k_base", "claude-4.7", …); NULL
 * or an unknown name counts with o200k_base and a wide range. */
gboolean tw_count_text (
    const char *tokenizer, const char *text, gsize length, TwTokenCount *ret_count, GError **error);
/* Remembers the texts of one request while several tokenizers count it: most of them start from the
 * same vocabulary's count. Valid as long as the request is not changed. */
typedef GHashTable TwCountMemo;
TwCountMemo *tw_count_memo_new (void);

gboolean tw_count_request (const char *tokenizer,
                           TwRequest *request,
                           TwCountMemo *memo, /* (nullable) */
                           TwRequestCount *ret_count,
                           GError **error);

G_END_DECLS
