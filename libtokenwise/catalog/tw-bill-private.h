/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/catalog/tw-catalog-object-private.h"
#include "libtokenwise/catalog/tw-line-rate-private.h"
#include "libtokenwise/message/tw-usage-private.h"

G_BEGIN_DECLS

/* One usage while it is priced. Without a cost to write the lines and the words to, drawing one up
 * allocates nothing. */
typedef struct
{
  TwCatalog *catalog;
  TwModel *model;
  const TwUsage *usage;
  const TwPriceTerms *terms;
  TwPriceCall call;
  TwSelection selection;
  /* This call's own prices, as the strongest card. */
  TwRateCard call_card;
  TwPrice call_prices[TW_MAX_CALL_RATES];
  gint64 counts[TW_N_METERS]; /* what is billed */
  TwFemto total;
  TwCost *cost;   /* (nullable) */
  guint n_doubts; /* why the total is not the whole cost */
  /* The tier or the speed has no price. */
  gboolean tier_unpriced;
  /* At least one part could be priced. */
  gboolean has_priced;
} TwBill;

/* The steps of drawing one up: what is asked of the cards, and which answer. FALSE if none does. */
void tw_bill_state_call (TwBill *self, gint64 at);
gboolean tw_bill_select_cards (TwBill *self);
/* Notes, in a whole sentence, why the total is not the whole cost. */
void G_GNUC_PRINTF (2, 3) tw_bill_doubt (TwBill *self, const char *format, ...);

/* at must be an instant. The words for a person go to cost. */
void tw_bill_draw_up (TwBill *self,
                      TwCatalog *catalog,
                      TwModel *model,
                      const TwUsage *usage,
                      const TwPriceTerms *terms,
                      gint64 at,
                      TwCost *cost);
/* The total, and what is known of it. */
TwMoney tw_bill_get_money (const TwBill *self);

G_END_DECLS
