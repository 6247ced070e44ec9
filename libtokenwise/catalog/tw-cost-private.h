/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/base/tw-money-private.h"
#include "libtokenwise/catalog/tw-cost.h"
#include "libtokenwise/catalog/tw-rate-card-private.h"

G_BEGIN_DECLS

/* Prices that nobody has looked at for longer are worth a warning. */
#define TW_STALE_PRICE_DAYS 45
/* Adjustments that one line names. */
#define TW_MAX_LINE_ADJUSTMENTS 4u

/* What the reply did not say, so that what was asked for stands in. */
typedef enum
{
  TW_ASSUMED_SERVICE_TIER = 1 << 0,
  TW_ASSUMED_SPEED = 1 << 1,
  TW_ASSUMED_REGION = 1 << 2,
} TwAssumed;

/* One line of a bill. rate is nano-USD per 1,000,000 units; a price per other quantities keeps its
 * own per. */
typedef struct
{
  const char *meter; /* a meter name of the catalogue schema; static */
  gint64 quantity;
  gint64 rate;
  gint64 per; /* 1,000,000 but for fees */
  TwFemto femto;
  gint64 free_per_day; /* units a day that cost nothing, and are priced in full here; 0: none */
  char *card;          /* the rate card's id and those of its adjustments */
  /* The price did not divide by per: rounded half to even at a femto-USD. */
  gboolean is_rounded;
} TwCostLine;

struct _TwCost
{
  TwMoney total;
  GArray *lines; /* (element-type TwCostLine) */
  char *catalog_version;
  char *prices_as_of;    /* YYYY-MM-DD, the oldest verified_at of the cards used */
  gint64 age_days;       /* from prices_as_of until the pricing; -1 if no card was used */
  guint confidence;      /* the lowest rank of tw_confidence_rank() */
  gboolean is_announced; /* a price was announced and may still be revoked */
  TwAssumed assumed;
  GString *reason; /* (nullable): why the cost is not known, whole sentences */
  /* The provider named the cost itself: that is total, and this is what the cards say. */
  gboolean is_reported;
  TwMoney computed;
};

TwCost *tw_cost_new_unknown (const char *catalog_version);
/* Unknown, and why. */
TwCost *tw_cost_new_doubtful (const char *catalog_version, const char *reason);
TwMoney tw_cost_get_money (const TwCost *self);
/* A price was last checked so long ago that it may be another by now. */
gboolean tw_cost_is_stale (const TwCost *self);
/* Why the cost is not known, or NULL. */
const char *tw_cost_get_reason (const TwCost *self);
void G_GNUC_PRINTF (2, 0) tw_cost_add_reason (TwCost *self, const char *format, va_list arguments);
/* Copies line, whose card is ignored. */
void tw_cost_add_line (TwCost *self,
                       const TwCostLine *line,
                       const TwRateCard *card,
                       const TwAdjustment *const *adjustments,
                       guint n_adjustments);
/* Which prices these are, how old and how sure, and why the cost is not known. */
void tw_cost_add_provenance (const TwCost *self, cJSON *json);
cJSON *tw_cost_to_cjson (const TwCost *self);
/* The lines alone, as in the command line's contract. */
cJSON *tw_cost_lines_to_cjson (const TwCost *self);

G_END_DECLS
