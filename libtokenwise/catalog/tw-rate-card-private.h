/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/catalog/tw-price-meter-private.h"
#include "libtokenwise/catalog/tw-price-terms-private.h"

G_BEGIN_DECLS

/* A token rate is per this many units. */
#define TW_PRICE_PER_MILLION G_GINT64_CONSTANT (1000000)
/* A factor of an adjustment is in millionths. */
#define TW_FACTOR_ONE G_GINT64_CONSTANT (1000000)
/* More patches than any model has; keeps a selection on the stack. */
#define TW_MAX_PATCH_CARDS 15u
#define TW_MAX_MARGINAL_CARDS 15u

typedef struct
{
  TwPriceMeter meter;
  gint64 rate; /* nano-USD per per units */
  gint64 per;
  gint64 max_per_request; /* 0: no maximum */
  gint64 free_per_day;    /* 0: none */
} TwPrice;

/* Both ends belong to it. */
typedef struct
{
  gint64 min;
  gint64 max;
} TwTokenRange;

typedef struct _TwSchedule TwSchedule;

/* The values a condition allows. No list allows every value. */
typedef struct
{
  const cJSON *list; /* (nullable) (element-type utf8) */
  /* The list names the standard value, which a call gives as NULL. */
  gboolean has_standard;
} TwNames;

/* What must be true of a call for a card or an adjustment to apply. Members that are empty, and
 * ranges of everything, ask for nothing. */
typedef struct
{
  TwNames service_tiers;
  TwNames speeds;
  TwNames regions;
  TwNames endpoints;
  TwTokenRange input;
  TwTokenRange output;
  TwSchedule *schedule;
  const cJSON *parameters; /* (nullable): an object of lists */
  guint n_conditions;
  const cJSON *json; /* (nullable) */
} TwCondition;

/* What a condition is asked about. Strings are NULL for the standard. */
typedef struct
{
  gint64 at;
  const char *service_tier;
  const char *speed;
  const char *region;
  const char *endpoint;
  const TwPriceParameter *parameters;
  guint n_parameters;
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
  gboolean is_announced;
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

/* The surest first; at least TW_N_CONFIDENCES for what is none of them. */
#define TW_N_CONFIDENCES 5u
guint tw_confidence_rank (const char *confidence);
const char *tw_confidence_name (guint rank);

gboolean tw_condition_read (TwCondition *self, const cJSON *json, GError **error);
gboolean tw_condition_holds (const TwCondition *self, const TwPriceCall *call);
/* As tw_condition_holds(), but for the ranges of tokens. */
gboolean tw_condition_holds_at_any_length (const TwCondition *self, const TwPriceCall *call);
/* NULL for the names that providers have for what a call gets when it asks for nothing. */
const char *tw_unless_standard (const char *value);
gboolean tw_names_hold (const TwNames *self, const char *value);
void tw_condition_clear (TwCondition *self);

/* (nullable) with error set. */
TwSchedule *tw_schedule_new (const cJSON *json, GError **error);
gboolean tw_schedule_holds (const TwSchedule *self, gint64 instant);
void tw_schedule_free (TwSchedule *self);

/* Members that cards and adjustments share. Money is a decimal string: a JSON number has been
 * through a float somewhere and is refused. */
gboolean tw_rate_read_instant (gint64 *ret_instant, const cJSON *item, GError **error);
gboolean tw_rate_read_money (const char *name, const cJSON *item, gint64 *ret_rate, GError **error);
gboolean
tw_rate_parse_money (const char *name, const char *decimal, gint64 *ret_rate, GError **error);

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
