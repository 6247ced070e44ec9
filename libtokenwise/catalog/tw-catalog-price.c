/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-bill-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"

static const TwPriceTerms ordinary = { .at = TW_INSTANT_NONE };

static gint64
instant_of (const TwPriceTerms *terms)
{
  return terms->at != TW_INSTANT_NONE ? terms->at : tw_instant_now ();
}

/* What the provider says it bills wins over what the cards say, and both are kept. */
static void
settle_total (TwCost *cost, const TwUsage *usage)
{
  cost->total = cost->computed;
  cost->is_reported = usage->has_provider_cost;
  if (usage->has_provider_cost)
    cost->total = (TwMoney){ usage->provider_cost, TW_MONEY_KNOWN };
}

static TwCost *
price (TwCatalog *self,
       TwModel *model,
       const TwUsage *usage,
       const TwPriceTerms *terms,
       gboolean *ret_tier_unpriced)
{
  TwCost *cost = tw_cost_new_unknown (self->version);
  TwBill bill;

  tw_bill_draw_up (&bill, self, model, usage, terms, instant_of (terms), cost);
  cost->computed = tw_bill_get_money (&bill);
  settle_total (cost, usage);
  *ret_tier_unpriced = bill.tier_unpriced;
  return cost;
}

TwCost *
tw_catalog_price (TwCatalog *self, TwModel *model, const TwUsage *usage, const TwPriceTerms *terms)
{
  g_autoptr (GError) impossible = NULL;
  gboolean tier_unpriced;

  if (tw_usage_validate (usage, &impossible))
    return price (self, model, usage, terms != NULL ? terms : &ordinary, &tier_unpriced);
  return tw_cost_new_doubtful (self->version, impossible->message);
}

TwMoney
tw_catalog_price_total (TwCatalog *self,
                        TwModel *model,
                        const TwUsage *usage,
                        const TwPriceTerms *terms)
{
  TwBill bill;

  if (usage->has_provider_cost)
    return (TwMoney){ usage->provider_cost, TW_MONEY_KNOWN };
  if (!tw_usage_validate (usage, NULL))
    return (TwMoney){ 0, TW_MONEY_UNKNOWN };
  tw_bill_draw_up (&bill, self, model, usage, terms, instant_of (terms), NULL);
  return tw_bill_get_money (&bill);
}

/**
 * tw_catalog_price_usage:
 * @self: a catalogue
 * @model: the model that served the call
 * @usage: what the reply used, and how it was served where the reply says so
 * @terms: (nullable): when the call was made and what was asked for; %NULL for
 *   an ordinary call now
 * @error: return location for an error
 *
 * Prices a usage by the rate cards of a model. Exact: no floating point, and no
 * rounding but where a price does not divide by its unit.
 *
 * The service tier, the speed and the region that the usage names count; where
 * it names none, those of @terms do, and the cost lists them as assumed. A cost
 * that the provider itself names wins, is labelled, and the difference is kept.
 *
 * A part that has no known price makes the cost bounded: at least the rest.
 * When nothing can be priced the error is %TW_ERROR_UNPRICED, or
 * %TW_ERROR_TIER_UNPRICED if it is the tier or the speed that has no price; a
 * price is never guessed from another tier.
 *
 * Returns: (transfer full): the cost
 * Since: 0.1
 */
TwCost *
tw_catalog_price_usage (TwCatalog *self,
                        TwModel *model,
                        const TwUsage *usage,
                        const TwPriceTerms *terms,
                        GError **error)
{
  g_autoptr (TwCost) cost = NULL;
  gboolean tier_unpriced;

  g_return_val_if_fail (TW_IS_CATALOG (self), NULL);
  g_return_val_if_fail (TW_IS_MODEL (model), NULL);
  g_return_val_if_fail (usage != NULL, NULL);

  if (!tw_usage_validate (usage, error))
    return NULL;
  cost = price (self, model, usage, terms != NULL ? terms : &ordinary, &tier_unpriced);
  if (cost->total.state != TW_MONEY_UNKNOWN)
    return g_steal_pointer (&cost);
  g_set_error (error, TW_ERROR, tier_unpriced ? TW_ERROR_TIER_UNPRICED : TW_ERROR_UNPRICED,
               "%s Choose another model or tier.", tw_cost_get_reason (cost));
  return NULL;
}
