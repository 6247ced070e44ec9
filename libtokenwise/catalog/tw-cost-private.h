/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/base/tw-money-private.h"
#include "libtokenwise/catalog/tw-cost.h"

G_BEGIN_DECLS

/* One line of a bill. rate is nano-USD per 1,000,000 units; a price per other quantities keeps its
 * own per. */
typedef struct
{
  const char *meter; /* a meter name of the catalogue schema; static */
  gint64 quantity;
  gint64 rate;
  gint64 per; /* 1,000,000 but for fees */
  TwFemto femto;
  char *card; /* the rate card's id */
  /* The price did not divide by per: rounded half to even at a femto-USD. */
  gboolean is_rounded;
} TwCostLine;

struct _TwCost
{
  TwMoney total;
  GArray *lines; /* (element-type TwCostLine) */
  char *catalog_version;
  char *prices_as_of; /* YYYY-MM-DD, the oldest verified_at of the cards used */
};

TwCost *tw_cost_new_unknown (const char *catalog_version);
TwMoney tw_cost_get_money (const TwCost *self);
cJSON *tw_cost_to_cjson (const TwCost *self);
/* The lines alone, as in the command line's contract. */
cJSON *tw_cost_lines_to_cjson (const TwCost *self);

G_END_DECLS
