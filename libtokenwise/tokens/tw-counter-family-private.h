/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-counter-private.h"
#include "libtokenwise/tokens/tw-encoding-private.h"

G_BEGIN_DECLS

void tw_count_range_add (TwCountRange *sum, TwCountRange part);

/* How the texts of a family are counted where there is no vocabulary. */
typedef enum
{
  TW_ESTIMATE_SCALED, /* as o200k_base does, times the family's scale */
  TW_ESTIMATE_CLAUDE_3,
  TW_ESTIMATE_CLAUDE_4_7,
} TwEstimateMethod;

/* The models of one tokenizer. Without the vocabulary a text has o200k_base's count × scale tokens,
 * with low and high around that; all three in thousandths. Claude has an estimator of its own. */
typedef struct
{
  const char *name;
  const char *vocabulary; /* (nullable) when there is none to have */
  guint scale;
  guint low;
  guint high;
  TwCountBasis basis; /* of the three figures */
  TwEstimateMethod method;
} TwCounterFamily;

/* Never NULL: NULL and names that nobody knows have a family with a wide range. */
const TwCounterFamily *tw_counter_family_find (const char *tokenizer);
/* Whether the model's name has the pattern as whole words; “.”, “_” and “-” are the same. */
gboolean tw_counter_model_has (const char *model, const char *pattern);

/* Counts texts: with the vocabulary of the tokenizer's name, else of its family, else by the
 * family's method. What a text counts is a sum that adds up over texts; tw_family_counter_range()
 * makes tokens of the whole. */
typedef struct
{
  const TwCounterFamily *family;
  const TwEncoding *encoding; /* (nullable) when there is an estimator instead */
  gboolean learned;
  TwCountMemo *memo; /* (nullable) not owned */
  guint scale;
  guint low;
  guint high;
  TwCountBasis basis;
  TwClaudeFrame frame; /* of pieces */
  const char *missing; /* (nullable) */
} TwFamilyCounter;

gboolean tw_family_counter_init (TwFamilyCounter *self,
                                 const char *tokenizer,
                                 const TwLearnedRatio *learned, /* (nullable) */
                                 TwCountMemo *memo,
                                 GError **error);
/* text may be NULL, which counts nothing. */
void tw_family_counter_count (const TwFamilyCounter *self,
                              const char *text,
                              gsize length,
                              TwTextSum *sum);
/* Tokens besides the text of a request that is one user's text; FALSE where only the chat's
 * template knows. */
gboolean tw_family_counter_get_overhead (const TwFamilyCounter *self, guint *ret_tokens);
TwCountRange tw_family_counter_range (const TwFamilyCounter *self, const TwTextSum *sum);
/* What counts: a vocabulary's name, or that of a family with an estimator. Kept until exit. */
const char *tw_family_counter_get_name (const TwFamilyCounter *self);

G_END_DECLS
