/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-bill-private.h"

#include "libtokenwise/base/tw-error.h"

#include <string.h>

typedef enum
{
  SIDE_INPUT,
  SIDE_OUTPUT,
} Side;

/* Token buckets, and the meters that price them. Each token is in one. A cached prefix comes first
 * in a prompt: the order counts where only the tokens past a threshold are dearer. */
static const struct
{
  TwMeter bucket;
  TwPriceMeter meter;
  Side side;
} buckets[] = {
  { TW_METER_INPUT_CACHE_READ, TW_PRICE_METER_CACHE_READ, SIDE_INPUT },
  { TW_METER_INPUT_CACHE_WRITE_5M, TW_PRICE_METER_CACHE_WRITE_5M, SIDE_INPUT },
  { TW_METER_INPUT_CACHE_WRITE_30M, TW_PRICE_METER_CACHE_WRITE, SIDE_INPUT },
  { TW_METER_INPUT_CACHE_WRITE_1H, TW_PRICE_METER_CACHE_WRITE_1H, SIDE_INPUT },
  { TW_METER_INPUT_UNCACHED, TW_PRICE_METER_INPUT, SIDE_INPUT },
  { TW_METER_OUTPUT_REASONING, TW_PRICE_METER_REASONING, SIDE_OUTPUT },
  { TW_METER_OUTPUT_TEXT, TW_PRICE_METER_OUTPUT, SIDE_OUTPUT },
};

/* Parts of a bucket that may have their own price. A provider that counts cached audio within the
 * input audio has it in cached too. */
static const struct
{
  TwMeter part;
  TwMeter bucket;
  TwMeter cached;
  TwPriceMeter meter;
} parts[] = {
  { TW_METER_INPUT_AUDIO, TW_METER_INPUT_UNCACHED, TW_METER_CACHE_READ_AUDIO,
    TW_PRICE_METER_INPUT_AUDIO },
  { TW_METER_INPUT_IMAGE, TW_METER_INPUT_UNCACHED, TW_METER_CACHE_READ_IMAGE,
    TW_PRICE_METER_INPUT_IMAGE },
  { TW_METER_INPUT_VIDEO, TW_METER_INPUT_UNCACHED, TW_METER_CACHE_READ_VIDEO,
    TW_PRICE_METER_INPUT_VIDEO },
  { TW_METER_TOOL_PROMPT, TW_METER_INPUT_UNCACHED, TW_METER_TOOL_PROMPT,
    TW_PRICE_METER_INPUT_TOOL },
  { TW_METER_CACHE_READ_AUDIO, TW_METER_INPUT_CACHE_READ, TW_METER_CACHE_READ_AUDIO,
    TW_PRICE_METER_CACHE_READ_AUDIO },
  { TW_METER_CACHE_READ_IMAGE, TW_METER_INPUT_CACHE_READ, TW_METER_CACHE_READ_IMAGE,
    TW_PRICE_METER_CACHE_READ_IMAGE },
  { TW_METER_CACHE_READ_VIDEO, TW_METER_INPUT_CACHE_READ, TW_METER_CACHE_READ_VIDEO,
    TW_PRICE_METER_CACHE_READ_VIDEO },
  { TW_METER_OUTPUT_AUDIO, TW_METER_OUTPUT_TEXT, TW_METER_OUTPUT_AUDIO,
    TW_PRICE_METER_OUTPUT_AUDIO },
  { TW_METER_OUTPUT_IMAGE, TW_METER_OUTPUT_TEXT, TW_METER_OUTPUT_IMAGE,
    TW_PRICE_METER_OUTPUT_IMAGE },
  { TW_METER_OUTPUT_VIDEO, TW_METER_OUTPUT_TEXT, TW_METER_OUTPUT_VIDEO,
    TW_PRICE_METER_OUTPUT_VIDEO },
};

/* What is billed beside the tokens. */
static const struct
{
  TwMeter fee;
  TwPriceMeter meter;
} fees[] = {
  { TW_METER_WEB_SEARCH, TW_PRICE_METER_WEB_SEARCH },
  { TW_METER_WEB_SEARCH_PROMPT, TW_PRICE_METER_WEB_SEARCH_PROMPT },
  { TW_METER_X_SEARCH, TW_PRICE_METER_X_SEARCH },
  { TW_METER_MAPS, TW_PRICE_METER_MAPS },
  { TW_METER_FILE_SEARCH, TW_PRICE_METER_FILE_SEARCH },
  { TW_METER_ATTACHMENT_SEARCH, TW_PRICE_METER_ATTACHMENT_SEARCH },
  { TW_METER_CODE_INTERPRETER_SESSION, TW_PRICE_METER_CODE_INTERPRETER_SESSION },
  { TW_METER_CODE_EXECUTION, TW_PRICE_METER_CODE_EXECUTION },
  { TW_METER_CITATION, TW_PRICE_METER_CITATION },
  { TW_METER_CACHE_STORAGE, TW_PRICE_METER_CACHE_STORAGE },
  { TW_METER_IMAGE, TW_PRICE_METER_IMAGE },
  { TW_METER_IMAGE_MEGAPIXEL, TW_PRICE_METER_IMAGE_MEGAPIXEL },
  { TW_METER_INPUT_IMAGE_COUNT, TW_PRICE_METER_INPUT_IMAGE_COUNT },
  { TW_METER_VIDEO_SECOND, TW_PRICE_METER_VIDEO_SECOND },
  { TW_METER_AUDIO_SECOND, TW_PRICE_METER_AUDIO_SECOND },
  { TW_METER_INPUT_AUDIO_SECOND, TW_PRICE_METER_INPUT_AUDIO_SECOND },
  { TW_METER_OUTPUT_AUDIO_SECOND, TW_PRICE_METER_OUTPUT_AUDIO_SECOND },
  { TW_METER_CHARACTER, TW_PRICE_METER_CHARACTER },
  { TW_METER_DOCUMENT_PAGE, TW_PRICE_METER_DOCUMENT_PAGE },
  { TW_METER_ANNOTATED_DOCUMENT_PAGE, TW_PRICE_METER_ANNOTATED_DOCUMENT_PAGE },
  { TW_METER_RERANK_SEARCH, TW_PRICE_METER_RERANK_SEARCH },
};

static void
adjust (
    TwBill *self, TwLineRate *rate, const TwAdjustment *adjustments, guint n, TwPriceMeter meter)
{
  for (guint i = 0; i < n && rate->n_adjustments < TW_MAX_LINE_ADJUSTMENTS; i++)
    if (adjustments[i].meters[meter] && tw_adjustment_applies (&adjustments[i], &self->call))
      {
        tw_line_rate_apply (rate, &adjustments[i]);
      }
}

static void
adjust_all (TwBill *self, TwLineRate *rate, TwPriceMeter meter)
{
  const TwModel *model = self->model;
  const TwCatalogProvider *host = model->host;

  adjust (self, rate, model->adjustments, model->n_adjustments, meter);
  if (host != NULL)
    adjust (self, rate, host->adjustments, host->n_adjustments, meter);
  if (self->catalog != NULL)
    adjust (self, rate, self->catalog->discounts, self->catalog->n_discounts, meter);
}

static void
write_line (TwBill *self,
            const TwCostLine *line,
            const TwPrice *price,
            const TwRateCard *card,
            TwLineRate *rate)
{
  TwCostLine whole = *line;

  if (self->cost == NULL)
    return;
  whole.is_rounded = rate->is_rounded;
  whole.per = price->per;
  whole.free_per_day = price->free_per_day;
  tw_line_rate_multiply_out (rate);
  whole.rate = rate->rate;
  tw_cost_add_line (self->cost, &whole, card, rate->adjustments, rate->n_adjustments);
}

static void
charge (
    TwBill *self, TwPriceMeter meter, gint64 quantity, const TwPrice *price, const TwRateCard *card)
{
  TwFemto total;
  TwCostLine line = { .meter = tw_price_meter_to_string (meter), .quantity = quantity };
  TwLineRate rate = {
    .rate = price->rate, .max_per_request = price->max_per_request, .numerator = 1, .denominator = 1
  };

  if (card != &self->call_card)
    adjust_all (self, &rate, meter);
  if (!tw_line_rate_multiply (quantity, &rate, price->per, &line.femto)
      || __builtin_add_overflow (self->total, line.femto, &total))
    {
      tw_bill_doubt (self, "The cost of %s is beyond all reason.", line.meter);
      return;
    }
  self->total = total;
  self->has_priced = TRUE;
  /* An hour in the cache costs more than the minutes the inherited price is for. */
  if (meter == TW_PRICE_METER_CACHE_WRITE_1H && price->meter != meter && price->rate > 0)
    tw_bill_doubt (self, "%s has no known price for cache_write_1h, which costs more than %s.",
                   self->model->qualified_id, tw_price_meter_to_string (price->meter));
  write_line (self, &line, price, card, &rate);
}

static void
add_line (TwBill *self, TwPriceMeter meter, gint64 quantity)
{
  const TwRateCard *card = NULL;
  const TwPrice *price;

  if (quantity == 0)
    return;
  price = tw_selection_find_price (&self->selection, meter, &card);
  if (price != NULL)
    charge (self, meter, quantity, price, card);
  else
    tw_bill_doubt (self, "%s has no known price for %s.", self->model->qualified_id,
                   tw_price_meter_to_string (meter));
}

static const TwPrice *
card_price (const TwRateCard *card, TwPriceMeter meter)
{
  const TwPrice *price = NULL;

  for (; price == NULL && meter != TW_PRICE_METER_NONE; meter = tw_price_meter_parent (meter))
    price = tw_rate_card_get_price (card, meter);
  return price;
}

/* The marginal card for token number position (from 1), and in ret_n for how many tokens from there
 * that answer holds. Of several the one with the highest threshold; NULL for the ordinary price. */
static const TwRateCard *
find_marginal (const TwBill *self, Side side, TwPriceMeter meter, gint64 position, gint64 *ret_n)
{
  const TwRateCard *best = NULL;
  gint64 best_min = 0;

  for (guint i = 0; i < self->selection.n_marginals; i++)
    {
      const TwRateCard *card = self->selection.marginals[i];
      const TwTokenRange *range = side == SIDE_INPUT ? &card->when.input : &card->when.output;

      if (range->min == 0 || range->max < position || card_price (card, meter) == NULL)
        continue;
      if (range->min > position)
        *ret_n = MIN (*ret_n, range->min - position);
      else if (range->min > best_min)
        {
          best = card;
          best_min = range->min;
        }
      /* Another card may begin within this one, or take over at its end. */
      if (range->max - position < *ret_n)
        *ret_n = MIN (*ret_n, range->max - position + 1);
    }
  return best;
}

/* before is how many tokens of the same side come before these. */
static void
add_tokens (TwBill *self, Side side, TwPriceMeter meter, gint64 quantity, gint64 before)
{
  while (quantity > 0)
    {
      gint64 n = quantity;
      const TwRateCard *card = find_marginal (self, side, meter, before + 1, &n);

      if (card != NULL)
        charge (self, meter, n, card_price (card, meter), card);
      else
        add_line (self, meter, n);
      before += n;
      quantity -= n;
    }
}

/* The tokens of a bucket's parts that have a price of their own. Returns how many those are. */
static gint64
add_parts (TwBill *self, TwMeter bucket, Side side, gint64 before)
{
  const gint64 *counts = self->counts;
  gint64 rest = counts[bucket];

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      gint64 n = counts[parts[i].part];
      const TwRateCard *card;

      if (parts[i].bucket != bucket || n == 0
          || tw_selection_get_own_price (&self->selection, parts[i].meter, &card) == NULL)
        continue;
      if (n > rest && parts[i].cached != parts[i].part)
        n -= MIN (n, counts[parts[i].cached]);
      if (n > rest)
        tw_bill_doubt (self, "The usage has more %s than the tokens it is a part of.",
                       tw_meter_to_string (parts[i].part));
      n = MIN (n, rest);
      add_tokens (self, side, parts[i].meter, n, before);
      before += n;
      rest -= n;
    }
  return counts[bucket] - rest;
}

static void
add_buckets (TwBill *self)
{
  gint64 before[] = { 0, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (buckets); i++)
    {
      gint64 n = self->counts[buckets[i].bucket];
      gint64 *position = &before[buckets[i].side];
      gint64 apart;

      if (n == 0)
        continue;
      apart = add_parts (self, buckets[i].bucket, buckets[i].side, *position);
      add_tokens (self, buckets[i].side, buckets[i].meter, n - apart, *position + apart);
      *position += n;
    }
}

static gboolean
fetches_are_free (const TwBill *self)
{
  /* Anthropic bills a fetched page by its tokens only:
   * https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-fetch-tool */
  return self->model->host != NULL
         && g_strcmp0 (self->model->host->usage_profile, "anthropic") == 0;
}

/* A fee is never priced as something else: a citation costs no completion token. */
static void
add_fee (TwBill *self, TwPriceMeter meter, gint64 quantity)
{
  const TwRateCard *card = NULL;
  const TwPrice *price;

  if (quantity == 0)
    return;
  price = tw_selection_get_own_price (&self->selection, meter, &card);
  if (price == NULL && meter != TW_PRICE_METER_CITATION)
    add_line (self, meter, quantity);
  else if (price == NULL)
    tw_bill_doubt (self, "%s has no known price for citation.", self->model->qualified_id);
  else
    charge (self, meter, quantity, price, card);
}

static void
add_fees (TwBill *self)
{
  const gint64 *counts = self->counts;
  gint64 tokens = self->call.input_total + self->call.output_total;
  const TwRateCard *card;

  for (guint i = 0; i < G_N_ELEMENTS (fees); i++)
    if (counts[fees[i].fee] != 0)
      add_fee (self, fees[i].meter, counts[fees[i].fee]);
  if (counts[TW_METER_WEB_FETCH] > 0 && !fetches_are_free (self))
    tw_bill_doubt (self, "%s has no known price for web_fetch.", self->model->qualified_id);
  if (counts[TW_METER_REQUEST] > 0
      || (tokens > 0
          && tw_selection_get_own_price (&self->selection, TW_PRICE_METER_REQUEST, &card) != NULL))
    add_fee (self, TW_PRICE_METER_REQUEST, counts[TW_METER_REQUEST] + (tokens > 0 ? 1 : 0));
}

static void
add_usage (TwBill *self)
{
  if (!tw_bill_select_cards (self))
    return;
  if (self->terms->n_rates == 0 && self->selection.cards[self->selection.n - 1]->n_prices == 0)
    {
      tw_bill_doubt (self, "%s has no known price.", self->model->qualified_id);
      return;
    }
  /* What was priced, even if it is nothing: no tokens on a priced model cost 0. */
  self->has_priced = self->call.input_total + self->call.output_total == 0;
  add_buckets (self);
  add_fees (self);
}

/* Usage at another model's price within the same reply. */
static void
add_other (TwBill *self, const TwOtherModelUsage *other)
{
  TwModel *model = tw_catalog_match_model (self->catalog, self->model->provider,
                                           other->model != NULL ? other->model : "", self->call.at);
  TwPriceTerms terms = *self->terms;
  TwBill inner;

  if (model == NULL)
    {
      tw_bill_doubt (self, "No model is named “%.100s”, which served a part of the reply.",
                     other->model);
      return;
    }
  terms.service_tier = self->call.service_tier;
  terms.speed = self->call.speed;
  terms.region = self->call.region;
  terms.n_rates = 0;
  tw_bill_draw_up (&inner, self->catalog, model, other->usage, &terms, self->call.at, self->cost);
  self->total += inner.total;
  self->n_doubts += inner.n_doubts;
  self->has_priced = self->has_priced || inner.has_priced;
  self->tier_unpriced = self->tier_unpriced || inner.tier_unpriced;
}

static void
doubt_key (TwBill *self, const TwUnknownUsage *key)
{
  tw_bill_doubt (self, "The usage has “%.60s”, which may be billed at a price nobody knows.",
                 key->name);
}

void
tw_bill_draw_up (TwBill *self,
                 TwCatalog *catalog,
                 TwModel *model,
                 const TwUsage *usage,
                 const TwPriceTerms *terms,
                 gint64 at,
                 TwCost *cost)
{
  self->catalog = catalog;
  self->model = model;
  self->usage = usage;
  self->terms = terms;
  self->cost = cost;
  self->total = 0;
  self->n_doubts = 0;
  self->tier_unpriced = FALSE;
  self->has_priced = FALSE;
  tw_usage_get_billed_counts (usage, self->counts);
  tw_bill_state_call (self, at);
  add_usage (self);
  for (guint i = 0; usage->others != NULL && i < usage->others->len; i++)
    add_other (self, g_ptr_array_index (usage->others, i));
  for (guint i = 0; usage->unknown_keys != NULL && i < usage->unknown_keys->len; i++)
    doubt_key (self, g_ptr_array_index (usage->unknown_keys, i));
}

TwMoney
tw_bill_get_money (const TwBill *self)
{
  TwMoneyState state = TW_MONEY_UNKNOWN;

  if (self->n_doubts == 0)
    state = TW_MONEY_KNOWN;
  else if (self->has_priced)
    state = TW_MONEY_BOUNDED;
  return (TwMoney){ self->total, state };
}
