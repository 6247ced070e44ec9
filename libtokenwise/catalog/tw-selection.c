/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-model-private.h"

void
tw_model_select_cards (TwModel *self, const TwPriceCall *call, TwSelection *ret_selection)
{
  const TwRateCard *last = NULL;

  ret_selection->n = 0;
  ret_selection->is_ambiguous = FALSE;
  for (guint i = 0; i < self->n_cards; i++)
    {
      const TwRateCard *card = &self->cards[i];

      if (last != NULL && !last->is_patch && !tw_rate_cards_tie (last, card))
        return;
      if (!tw_rate_card_applies (card, call))
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
tw_selection_find_price (const TwSelection *self,
                         TwPriceMeter meter,
                         const TwRateCard **ret_card,
                         TwPriceMeter *ret_source)
{
  for (; meter != TW_PRICE_METER_NONE; meter = tw_price_meter_parent (meter))
    {
      const TwPrice *price = tw_selection_get_own_price (self, meter, ret_card);

      if (price != NULL)
        {
          *ret_source = meter;
          return price;
        }
    }
  return NULL;
}

static gboolean
names_value (const cJSON *list, const char *value)
{
  const cJSON *item;

  cJSON_ArrayForEach (item, list)
  {
    if (g_ascii_strcasecmp (item->valuestring, value) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
condition_names (const TwCondition *when, const char *tier, const char *speed)
{
  return (tier != NULL && names_value (when->service_tiers, tier))
         || (speed != NULL && names_value (when->speeds, speed));
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
