/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-model-private.h"

#include <string.h>

static void
select_marginals (const TwModel *self, const TwPriceCall *call, TwSelection *selection)
{
  for (guint i = 0; i < self->n_cards; i++)
    {
      const TwRateCard *card = &self->cards[i];

      if (card->is_marginal && call->at >= card->from && call->at < card->to
          && tw_condition_holds_at_any_length (&card->when, call))
        selection->marginals[selection->n_marginals++] = card;
    }
}

void
tw_model_select_cards (TwModel *self, const TwPriceCall *call, TwSelection *ret_selection)
{
  const TwRateCard *last = NULL;

  ret_selection->n = 0;
  ret_selection->n_marginals = 0;
  ret_selection->is_ambiguous = FALSE;
  if (self->has_marginal_cards)
    select_marginals (self, call, ret_selection);
  for (guint i = 0; i < self->n_cards; i++)
    {
      const TwRateCard *card = &self->cards[i];

      if (last != NULL && !last->is_patch && !tw_rate_cards_tie (last, card))
        return;
      if (card->is_marginal || !tw_rate_card_applies (card, call))
        continue;
      if (last != NULL && tw_rate_cards_tie (last, card))
        ret_selection->is_ambiguous = TRUE;
      if (last == NULL || last->is_patch)
        {
          ret_selection->cards[ret_selection->n++] = card;
          last = card;
        }
    }
}

void
tw_selection_prepend (TwSelection *self, const TwRateCard *card)
{
  memmove (&self->cards[1], &self->cards[0], self->n * sizeof self->cards[0]);
  self->cards[0] = card;
  self->n++;
}

const TwPrice *
tw_selection_get_own_price (const TwSelection *self,
                            TwPriceMeter meter,
                            const TwRateCard **ret_card)
{
  for (guint i = 0; i < self->n; i++)
    {
      const TwPrice *price = tw_rate_card_get_price (self->cards[i], meter);

      if (price != NULL)
        {
          *ret_card = self->cards[i];
          return price;
        }
    }
  return NULL;
}

const TwPrice *
tw_selection_find_price (const TwSelection *self, TwPriceMeter meter, const TwRateCard **ret_card)
{
  for (; meter != TW_PRICE_METER_NONE; meter = tw_price_meter_parent (meter))
    {
      const TwPrice *price = tw_selection_get_own_price (self, meter, ret_card);

      if (price != NULL)
        return price;
    }
  return NULL;
}

static gboolean
condition_names (const TwCondition *when, const char *tier, const char *speed)
{
  return (tier != NULL && when->service_tiers.list != NULL
          && tw_names_hold (&when->service_tiers, tier))
         || (speed != NULL && when->speeds.list != NULL && tw_names_hold (&when->speeds, speed));
}

static gboolean
adjustments_name (const TwAdjustment *adjustments,
                  guint n,
                  const TwPriceCall *call,
                  const char *tier,
                  const char *speed)
{
  for (guint i = 0; i < n; i++)
    if (condition_names (&adjustments[i].when, tier, speed)
        && tw_adjustment_applies (&adjustments[i], call))
      return TRUE;
  return FALSE;
}

gboolean
tw_selection_names (const TwSelection *self,
                    const TwModel *model,
                    const TwPriceCall *call,
                    const char *tier,
                    const char *speed)
{
  const TwCatalogProvider *host = model->host;

  for (guint i = 0; i < self->n; i++)
    if (condition_names (&self->cards[i]->when, tier, speed))
      return TRUE;
  if (adjustments_name (model->adjustments, model->n_adjustments, call, tier, speed))
    return TRUE;
  return host != NULL
         && adjustments_name (host->adjustments, host->n_adjustments, call, tier, speed);
}
