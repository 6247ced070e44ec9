/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/catalog/tw-price-meter-private.h"

G_BEGIN_DECLS

/* A token rate is per this many units. */
#define TW_PRICE_PER_MILLION G_GINT64_CONSTANT (1000000)
/* A factor of an adjustment is in millionths. */
#define TW_FACTOR_ONE G_GINT64_CONSTANT (1000000)
/* More patches than any model has; keeps a selection on the stack. */
#define TW_MAX_PATCH_CARDS 15u

typedef struct
{
  TwPriceMeter meter;
  gint64 rate; /* nano-USD per per units */
  gint64 per;
  gint64 max_per_request; /* 0: no maximum */
} TwPrice;

/* Both ends belong to it. */
typedef struct
{
  gint64 min;
  gint64 max;
} TwTokenRange;

typedef struct _TwSchedule TwSchedule;

/* What must be true of a call for a card or an adjustment to apply. Members that are NULL, and
 * ranges of everything, ask for nothing. */
typedef struct
{
  const cJSON *service_tiers;
  const cJSON *speeds;
  const cJSON *regions;
  TwTokenRange input;
  TwTokenRange output;
  TwSchedule *schedule;
  /* Asks for an endpoint or a parameter, which a call does not tell yet: never true. */
  gboolean needs_more;
  guint n_conditions;
  const cJSON *json; /* (nullable) */
} TwCondition;

/* What a condition is asked about. service_tier and speed are NULL for the standard ones. */
typedef struct
{
  gint64 at;
  const char *service_tier;
  const char *speed;
  const char *region;
  gint64 input_total;
  gint64 output_total;
} TwPriceCall;

/* Strings belong to the JSON document the card was read from. */
typedef struct
{
  const char *id;
  const char *verified_at;
  const char *confidence;
  gint64 from; /* instants, half-open */
  gint64 to;
  gint64 priority;
  gboolean is_patch;
  gboolean is_marginal;
  TwCondition when;
  TwPrice *prices;
  guint n_prices;
} TwRateCard;

typedef struct
{
  const char *id;
  gint64 from;
  gint64 to;
  gint64 millionths; /* the factor */
  gboolean meters[TW_N_PRICE_METERS];
  TwCondition when;
} TwAdjustment;

gboolean tw_condition_read (TwCondition *self, const cJSON *json, GError **error);
gboolean tw_condition_holds (const TwCondition *self, const TwPriceCall *call);
void tw_condition_clear (TwCondition *self);

/* (nullable) with error set. */
TwSchedule *tw_schedule_new (const cJSON *json, GError **error);
gboolean tw_schedule_holds (const TwSchedule *self, gint64 instant);
void tw_schedule_free (TwSchedule *self);

/* Members that cards and adjustments share. Money is a decimal string: a JSON number has been
 * through a float somewhere and is refused. */
gboolean tw_rate_read_instant (gint64 *ret_instant, const cJSON *item, GError **error);
gboolean tw_rate_read_money (const char *name, const cJSON *item, gint64 *ret_rate, GError **error);

/* A model's cards, the first to ask first: by priority, number of conditions and date. Two that
 * would tie, or share an id, are an error. NULL and error, or an array the caller frees with
 * tw_rate_cards_free(). */
TwRateCard *tw_rate_cards_read (const cJSON *array, guint *ret_n, GError **error);
void tw_rate_cards_free (TwRateCard *cards, guint n);
gboolean tw_rate_card_applies (const TwRateCard *self, const TwPriceCall *call);
/* The card's own price, without inheritance, or NULL. */
const TwPrice *tw_rate_card_get_price (const TwRateCard *self, TwPriceMeter meter);
/* Whether the two are equally strong, so that neither can win. */
gboolean tw_rate_cards_tie (const TwRateCard *a, const TwRateCard *b);

/* NULL array gives none. */
gboolean tw_adjustments_read (const cJSON *array,
                              TwAdjustment **ret_adjustments,
                              guint *ret_n,
                              GError **error);
void tw_adjustments_free (TwAdjustment *adjustments, guint n);
gboolean tw_adjustment_applies (const TwAdjustment *self, const TwPriceCall *call);

G_END_DECLS
