/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-count-memo-private.h"
#include "libtokenwise/tokens/tw-counter.h"

G_BEGIN_DECLS

/* Where a figure comes from, the surest first; a sum has the weakest of its parts. */
typedef enum
{
  TW_BASIS_EXACT,         /* the model's own vocabulary */
  TW_BASIS_DOCUMENTED,    /* a rule that the provider publishes */
  TW_BASIS_RECONSTRUCTED, /* a rule that others found, which gives the provider's own counts */
  TW_BASIS_MEASURED,      /* fitted to recorded counts or bills */
  TW_BASIS_GUESSED,
} TwCountBasis;

/* A count and what is known of its error. exact: low == tokens == high. */
typedef struct
{
  gint64 tokens;
  gint64 low;
  gint64 high;
  gboolean exact;
  TwCountBasis basis;
  const char *encoding; /* the vocabulary used, or the family estimated for; static */
  const char *missing;  /* (nullable) the vocabulary that would make texts exact; static */
} TwTokenCount;

/* Of a whole request; the parts sum to total.tokens. Files and audio are part of the messages. */
typedef struct
{
  TwTokenCount total;
  gint64 system;
  gint64 messages;
  gint64 tools;
  gint64 images;
  gint64 framing;
  struct
  {
    TwCountBasis system;
    TwCountBasis messages;
    TwCountBasis tools;
    TwCountBasis images;
    TwCountBasis framing;
  } basis;
} TwRequestCount;

/* What bills taught: tokens billed per token that were counted without it, and the range
 * of that, all in thousandths. Used for models whose own vocabulary is not there. */
typedef struct
{
  guint ratio; /* 0: nothing learned */
  guint low;
  guint high;
} TwLearnedRatio;

/* Whose tokens. tokenizer is the catalogue's name ("o200k_base", "claude-4.7", …); NULL or an
 * unknown name counts with o200k_base and a wide range. model chooses the rules for framing, tools
 * and media, which differ between models of one tokenizer; it may have a provider before it. */
typedef struct
{
  const char *tokenizer; /* (nullable) */
  const char *model;     /* (nullable) */
  TwLearnedRatio learned;
} TwCountTarget;

gboolean tw_count_text (
    const char *tokenizer, const char *text, gsize length, TwTokenCount *ret_count, GError **error);
gboolean tw_count_request (const TwCountTarget *target,
                           TwRequest *request,
                           TwCountMemo *memo, /* (nullable) */
                           TwRequestCount *ret_count,
                           GError **error);
const char *tw_count_basis_to_string (TwCountBasis basis);

G_END_DECLS
