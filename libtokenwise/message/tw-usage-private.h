/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/base/tw-money-private.h"
#include "libtokenwise/message/tw-usage.h"

G_BEGIN_DECLS

#define TW_N_METERS (TW_METER_REQUEST + 1)
/* The first seven meters are exclusive. */
#define TW_N_TOKEN_METERS (TW_METER_OUTPUT_REASONING + 1)

/* Usage at another model's price within the same reply (a fallback, an advisor). */
typedef struct
{
  char *model;
  TwUsage *usage;
} TwOtherModelUsage;

/* A key of the provider's usage block that this library does not know, with a number above 0: what
 * was billed may be more than the meters say. */
typedef struct
{
  char *name; /* with the names it lies under: "output_tokens_details.dream_tokens" */
  double amount;
} TwUnknownUsage;

/* So many are named; one already makes a cost uncertain. */
#define TW_USAGE_UNKNOWN_KEYS 8u

struct _TwUsage
{
  gint64 counts[TW_N_METERS];
  /* As served, where the provider says it in the usage or beside it; else NULL. */
  char *service_tier;
  char *speed;
  char *region;
  /* Tokens of the longest prompt where the counts are the sum over several; 0: there was one. A
   * price tier is chosen for each prompt. */
  gint64 longest_prompt;
  /* The context after the last iteration, where the counts are the sum over several. */
  gboolean has_context_total;
  gint64 context_total;
  /* The provider bills other counts than the model saw (Cohere). */
  gboolean has_billed;
  gint64 billed_input;
  gint64 billed_output;
  /* The server gave no usage; the counts are ours. */
  gboolean estimated;
  /* The reply was cut off before its final usage. */
  gboolean incomplete;
  gboolean has_provider_cost;
  TwFemto provider_cost;
  /* (nullable) (element-type TwOtherModelUsage) */
  GPtrArray *others;
  /* (nullable) (element-type TwUnknownUsage): at most TW_USAGE_UNKNOWN_KEYS */
  GPtrArray *unknown_keys;
};

TwUsage *tw_usage_new (void);
void tw_usage_add_other (TwUsage *self, const char *model, TwUsage *usage);
void tw_usage_add_unknown_key (TwUsage *self, const char *name, double amount);
/* Puts a served fact into a field: a copy, cut to a sane length. NULL and "" leave what is there.
 */
void tw_usage_set_fact (char **field, const char *value);
/* What is to be priced: the counts, or where the provider bills others, those. */
void tw_usage_get_billed_counts (const TwUsage *self, gint64 ret_counts[TW_N_METERS]);
const char *tw_meter_to_string (TwMeter meter);
gboolean tw_meter_from_string (const char *name, TwMeter *ret_meter);
/* Every count at least 0, and each of-which count at most its whole. */
gboolean tw_usage_validate (const TwUsage *self, GError **error);
/* The normalised block without the usage of other models. */
cJSON *tw_usage_to_cjson (const TwUsage *self);
TwUsage *tw_usage_new_from_cjson (const cJSON *json, GError **error);

G_END_DECLS
