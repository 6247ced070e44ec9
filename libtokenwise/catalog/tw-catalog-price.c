/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-object-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/message/tw-usage-private.h"

#include <string.h>

/* One bill while it is drawn up. */
typedef struct
{
  TwCatalog *catalog;
  TwModel *model;
  TwPriceCall call;
  TwSelection selection;
  TwCost *cost;
  /* Why the cost is not known, whole sentences; NULL while it is. */
  GString *reason;
  gboolean tier_unpriced;
  /* At least one part could be priced. */
  gboolean has_priced;
} Bill;

/* Token buckets, and the meters that price them. Each token is in one. */
static const struct
{
  TwMeter bucket;
  TwPriceMeter meter;
} buckets[] = {
  { TW_METER_INPUT_UNCACHED, TW_PRICE_METER_INPUT },
  { TW_METER_INPUT_CACHE_READ, TW_PRICE_METER_CACHE_READ },
  { TW_METER_INPUT_CACHE_WRITE_5M, TW_PRICE_METER_CACHE_WRITE_5M },
  { TW_METER_INPUT_CACHE_WRITE_30M, TW_PRICE_METER_CACHE_WRITE },
  { TW_METER_INPUT_CACHE_WRITE_1H, TW_PRICE_METER_CACHE_WRITE_1H },
  { TW_METER_OUTPUT_TEXT, TW_PRICE_METER_OUTPUT },
  { TW_METER_OUTPUT_REASONING, TW_PRICE_METER_REASONING },
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
  { TW_METER_TOOL_PROMPT, TW_METER_INPUT_UNCACHED, TW_METER_TOOL_PROMPT,
    TW_PRICE_METER_INPUT_TOOL },
  { TW_METER_CACHE_READ_AUDIO, TW_METER_INPUT_CACHE_READ, TW_METER_CACHE_READ_AUDIO,
    TW_PRICE_METER_CACHE_READ_AUDIO },
  { TW_METER_CACHE_READ_IMAGE, TW_METER_INPUT_CACHE_READ, TW_METER_CACHE_READ_IMAGE,
    TW_PRICE_METER_CACHE_READ_IMAGE },
  { TW_METER_OUTPUT_AUDIO, TW_METER_OUTPUT_TEXT, TW_METER_OUTPUT_AUDIO,
    TW_PRICE_METER_OUTPUT_AUDIO },
  { TW_METER_OUTPUT_IMAGE, TW_METER_OUTPUT_TEXT, TW_METER_OUTPUT_IMAGE,
    TW_PRICE_METER_OUTPUT_IMAGE },
};

static void G_GNUC_PRINTF (2, 3) doubt (Bill *bill, const char *format, ...)
{
  va_list arguments;

  if (bill->reason == NULL)
    bill->reason = g_string_new (NULL);
  else
    g_string_append_c (bill->reason, ' ');
  va_start (arguments, format);
  g_string_append_vprintf (bill->reason, format, arguments);
  va_end (arguments);
}

/* The names that providers have for what a call gets when it asks for nothing. */
static const char *
unless_standard (const char *value)
{
  static const char *const standard[]
      = { "", "standard", "default", "auto", "normal", "on_demand", "standard_only" };

  for (guint i = 0; value != NULL && i < G_N_ELEMENTS (standard); i++)
    if (g_ascii_strcasecmp (value, standard[i]) == 0)
      return NULL;
  return value;
}

static gboolean
select_cards (Bill *bill)
{
  TwPriceCall *call = &bill->call;
  const char *name = bill->model->qualified_id;

  tw_model_select_cards (bill->model, call, &bill->selection);
  if (bill->selection.is_ambiguous)
    doubt (bill, "Two rate cards of %s apply with equal right.", name);
  else if (call->service_tier != NULL
           && !tw_selection_names (&bill->selection, bill->model, call, call->service_tier, NULL))
    {
      bill->tier_unpriced = TRUE;
      doubt (bill, "%s has no known price on the service tier “%.40s”.", name, call->service_tier);
    }
  else if (call->speed != NULL
           && !tw_selection_names (&bill->selection, bill->model, call, NULL, call->speed))
    {
      bill->tier_unpriced = TRUE;
      doubt (bill, "%s has no known price at the speed “%.40s”.", name, call->speed);
    }
  else if (bill->selection.n == 0)
    doubt (bill, "%s has no known price at that time.", name);
  for (guint i = 0; bill->reason == NULL && i < bill->selection.n; i++)
    if (bill->selection.cards[i]->is_marginal)
      doubt (bill, "%s is priced by marginal tiers, which this version cannot price.", name);
  return bill->reason == NULL;
}

static gint64
adjust (gint64 rate,
        const TwAdjustment *adjustments,
        guint n,
        TwPriceMeter meter,
        const TwPriceCall *call,
        TwCostLine *line)
{
  for (guint i = 0; i < n; i++)
    if (adjustments[i].meters[meter] && tw_adjustment_applies (&adjustments[i], call))
      {
        TwFemto product = (TwFemto) rate * adjustments[i].millionths;
        g_autofree char *card = g_strconcat (line->card, "+", adjustments[i].id, NULL);

        line->is_rounded = line->is_rounded || product % TW_FACTOR_ONE != 0;
        rate = (gint64) tw_femto_divide_half_even (product, TW_FACTOR_ONE);
        g_free (line->card);
        line->card = g_steal_pointer (&card);
      }
  return rate;
}

static void
multiply (TwCostLine *line, gint64 max_per_request)
{
  gint64 billed = max_per_request > 0 ? MIN (line->quantity, max_per_request) : line->quantity;
  TwFemto product = (TwFemto) billed * line->rate;

  if (line->per == TW_PRICE_PER_MILLION)
    line->femto = product;
  else
    {
      product *= TW_FEMTO_PER_NANO;
      line->is_rounded = line->is_rounded || product % line->per != 0;
      line->femto = tw_femto_divide_half_even (product, line->per);
    }
}

static void
use_card (TwCost *cost, const TwRateCard *card)
{
  if (cost->prices_as_of == NULL || strcmp (card->verified_at, cost->prices_as_of) < 0)
    {
      g_free (cost->prices_as_of);
      cost->prices_as_of = g_strdup (card->verified_at);
    }
}

static void
add_line (Bill *bill, TwPriceMeter meter, gint64 quantity)
{
  const TwModel *model = bill->model;
  const TwRateCard *card = NULL;
  TwPriceMeter source = meter;
  const TwPrice *price;
  TwCostLine line = { .meter = tw_price_meter_to_string (meter), .quantity = quantity };

  if (quantity == 0)
    return;
  price = tw_selection_find_price (&bill->selection, meter, &card, &source);
  if (price == NULL)
    {
      doubt (bill, "%s has no known price for %s.", model->qualified_id, line.meter);
      return;
    }
  /* An hour in the cache costs more than the minutes the inherited price is for. */
  if (meter == TW_PRICE_METER_CACHE_WRITE_1H && source != meter && price->rate > 0)
    doubt (bill, "%s has no known price for cache_write_1h, which costs more than %s.",
           model->qualified_id, tw_price_meter_to_string (source));
  line.per = price->per;
  line.card = g_strdup (card->id);
  line.rate
      = adjust (price->rate, model->adjustments, model->n_adjustments, meter, &bill->call, &line);
  if (model->host != NULL)
    line.rate = adjust (line.rate, model->host->adjustments, model->host->n_adjustments, meter,
                        &bill->call, &line);
  multiply (&line, price->max_per_request);
  bill->cost->total.femto += line.femto;
  bill->has_priced = TRUE;
  use_card (bill->cost, card);
  g_array_append_val (bill->cost->lines, line);
}

/* Takes the parts that have a price of their own out of their buckets, which are rest. */
static void
add_parts (Bill *bill, const TwUsage *usage, gint64 *rest)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      gint64 n = usage->counts[parts[i].part];
      gint64 *bucket = &rest[parts[i].bucket];
      const TwRateCard *card;

      if (n == 0 || tw_selection_get_own_price (&bill->selection, parts[i].meter, &card) == NULL)
        continue;
      if (n > *bucket && parts[i].cached != parts[i].part)
        n -= MIN (n, usage->counts[parts[i].cached]);
      if (n > *bucket)
        {
          doubt (bill, "The usage has more %s than the tokens it is a part of.",
                 tw_meter_to_string (parts[i].part));
          n = *bucket;
        }
      *bucket -= n;
      add_line (bill, parts[i].meter, n);
    }
}

static gboolean
fetches_are_free (const Bill *bill)
{
  /* Anthropic bills a fetched page by its tokens only:
   * https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-fetch-tool */
  return bill->model->host != NULL
         && g_strcmp0 (bill->model->host->usage_profile, "anthropic") == 0;
}

static void
add_fees (Bill *bill, const TwUsage *usage)
{
  const TwRateCard *card;
  gint64 tokens = tw_usage_get_input_total (usage) + tw_usage_get_output_total (usage);

  add_line (bill, TW_PRICE_METER_WEB_SEARCH, usage->counts[TW_METER_WEB_SEARCH]);
  if (usage->counts[TW_METER_WEB_FETCH] > 0 && !fetches_are_free (bill))
    doubt (bill, "%s has no known price for web_fetch.", bill->model->qualified_id);
  if (tokens > 0
      && tw_selection_get_own_price (&bill->selection, TW_PRICE_METER_REQUEST, &card) != NULL)
    add_line (bill, TW_PRICE_METER_REQUEST, 1);
}

static void
add_usage (Bill *bill, const TwUsage *usage)
{
  gint64 rest[TW_N_METERS];

  if (!select_cards (bill))
    return;
  if (bill->selection.cards[bill->selection.n - 1]->n_prices == 0)
    {
      doubt (bill, "%s has no known price.", bill->model->qualified_id);
      return;
    }
  /* What was priced, even if it is nothing: no tokens on a priced model cost 0. */
  bill->has_priced = tw_usage_get_input_total (usage) + tw_usage_get_output_total (usage) == 0;
  memcpy (rest, usage->counts, sizeof rest);
  add_parts (bill, usage, rest);
  for (guint i = 0; i < G_N_ELEMENTS (buckets); i++)
    add_line (bill, buckets[i].meter, rest[buckets[i].bucket]);
  add_fees (bill, usage);
}

static void draw_up (Bill *bill, const TwUsage *usage, const TwPriceContext *context);

/* Usage at another model's price within the same reply. */
static void
add_other (Bill *bill, const TwOtherModelUsage *other, const TwPriceContext *context)
{
  Bill inner = { .catalog = bill->catalog, .cost = bill->cost };

  inner.model = tw_catalog_match_model (bill->catalog, bill->model->provider, other->model);
  if (inner.model == NULL)
    {
      doubt (bill, "No model is named “%.100s”, which served a part of the reply.", other->model);
      return;
    }
  draw_up (&inner, other->usage, context);
  bill->has_priced = bill->has_priced || inner.has_priced;
  bill->tier_unpriced = bill->tier_unpriced || inner.tier_unpriced;
  if (inner.reason != NULL)
    {
      doubt (bill, "%s", inner.reason->str);
      g_string_free (inner.reason, TRUE);
    }
}

static void
draw_up (Bill *bill, const TwUsage *usage, const TwPriceContext *context)
{
  bill->call = (TwPriceCall){
    .at = context->at,
    .service_tier = unless_standard (context->service_tier),
    .speed = unless_standard (context->speed),
    .region = unless_standard (context->region),
    .input_total = tw_usage_get_input_total (usage),
    .output_total = tw_usage_get_output_total (usage),
  };
  add_usage (bill, usage);
  for (guint i = 0; usage->others != NULL && i < usage->others->len; i++)
    add_other (bill, g_ptr_array_index (usage->others, i), context);
}

/* The cost; what is in doubt is left in bill. */
static TwCost *
price (
    TwCatalog *self, TwModel *model, const TwUsage *usage, const TwPriceContext *asked, Bill *bill)
{
  TwPriceContext context = { .at = TW_INSTANT_NONE };
  g_autoptr (GError) impossible = NULL;

  if (asked != NULL)
    context = *asked;
  if (context.at == TW_INSTANT_NONE)
    context.at = tw_instant_now ();
  *bill = (Bill){ .catalog = self, .model = model, .cost = tw_cost_new_unknown (self->version) };
  if (tw_usage_validate (usage, &impossible))
    draw_up (bill, usage, &context);
  else
    doubt (bill, "%s", impossible->message);
  if (bill->reason == NULL)
    bill->cost->total.state = TW_MONEY_KNOWN;
  else if (bill->has_priced)
    bill->cost->total.state = TW_MONEY_BOUNDED;
  return bill->cost;
}

TwCost *
tw_catalog_price (TwCatalog *self,
                  TwModel *model,
                  const TwUsage *usage,
                  const TwPriceContext *context,
                  char **ret_reason)
{
  Bill bill;
  TwCost *cost = price (self, model, usage, context, &bill);
  char *reason = bill.reason != NULL ? g_string_free (bill.reason, FALSE) : NULL;

  if (ret_reason != NULL)
    *ret_reason = reason;
  else
    g_free (reason);
  return cost;
}

/**
 * tw_catalog_price_usage:
 * @self: a catalogue
 * @model: a model
 * @usage: what a reply used
 * @at: the instant of the call in seconds since 1970 UTC, for the prices that
 *   were in force then; %G_MININT64 for now
 * @service_tier: (nullable): the service tier that served the call, or %NULL
 *   for the standard one
 * @speed: (nullable): the speed that served the call (`"fast"`), or %NULL
 * @region: (nullable): where the call was served, or %NULL
 * @error: return location for an error
 *
 * Prices a usage by the rate cards of a model. Exact: no floating point, and no
 * rounding but where a price does not divide by its unit.
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
                        gint64 at,
                        const char *service_tier,
                        const char *speed,
                        const char *region,
                        GError **error)
{
  TwPriceContext context = { at, service_tier, speed, region };
  Bill bill;
  TwCost *cost;

  g_return_val_if_fail (TW_IS_CATALOG (self), NULL);
  g_return_val_if_fail (TW_IS_MODEL (model), NULL);
  g_return_val_if_fail (usage != NULL, NULL);

  if (!tw_usage_validate (usage, error))
    return NULL;
  cost = price (self, model, usage, &context, &bill);
  if (cost->total.state == TW_MONEY_UNKNOWN)
    {
      g_set_error (error, TW_ERROR, bill.tier_unpriced ? TW_ERROR_TIER_UNPRICED : TW_ERROR_UNPRICED,
                   "%s Choose another model or tier.", bill.reason->str);
      g_clear_pointer (&cost, tw_cost_free);
    }
  if (bill.reason != NULL)
    g_string_free (bill.reason, TRUE);
  return cost;
}
