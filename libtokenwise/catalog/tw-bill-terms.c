/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-bill-private.h"

#include <string.h>

/* Which rate cards price a bill: what was asked, what was served, and how long the prompt was. */

#define CALL_CARD "call"

void
tw_bill_doubt (TwBill *self, const char *format, ...)
{
  va_list arguments;

  self->n_doubts++;
  if (self->cost == NULL)
    return;
  va_start (arguments, format);
  tw_cost_add_reason (self->cost, format, arguments);
  va_end (arguments);
}

/* What served the call decides; what was asked for stands in where the reply does not say. */
static const char *
choose (TwBill *self, const char *served, const char *asked, TwAssumed what)
{
  if (served != NULL)
    return tw_unless_standard (served);
  asked = tw_unless_standard (asked);
  if (asked != NULL && self->cost != NULL)
    self->cost->assumed |= what;
  return asked;
}

void
tw_bill_state_call (TwBill *self, gint64 at)
{
  const TwPriceTerms *terms = self->terms;
  const TwUsage *usage = self->usage;

  self->call = (TwPriceCall){
    .at = at,
    .service_tier
    = choose (self, usage->service_tier, terms->service_tier, TW_ASSUMED_SERVICE_TIER),
    .speed = choose (self, usage->speed, terms->speed, TW_ASSUMED_SPEED),
    .region = choose (self, usage->region, terms->region, TW_ASSUMED_REGION),
    .endpoint = tw_unless_standard (terms->endpoint),
    .parameters = terms->parameters,
    .n_parameters = terms->n_parameters,
    .input_total = tw_usage_get_input_total (usage),
    .output_total = tw_usage_get_output_total (usage),
  };
}

/* The usage is the sum of several prompts, each of which had its own tier: at most that of longest.
 */
static void
select_for_several_prompts (TwBill *self, gint64 longest)
{
  TwPriceCall most = self->call, least = self->call;
  TwSelection at_most;

  least.input_total = 0;
  most.input_total = longest;
  tw_model_select_cards (self->model, &most, &at_most);
  tw_model_select_cards (self->model, &least, &self->selection);
  if (at_most.n > 0 && self->selection.n > 0 && at_most.cards[0] != self->selection.cards[0])
    tw_bill_doubt (self,
                   "The %" G_GINT64_FORMAT " prompt tokens are the sum of several prompts to %s, "
                   "and some may have had the price of long ones.",
                   self->call.input_total, self->model->qualified_id);
}

static gboolean
has_long_card (const TwSelection *selection, gint64 window)
{
  for (guint i = 0; i < selection->n; i++)
    if (selection->cards[i]->when.input.min > window)
      return TRUE;
  return FALSE;
}

static void
select_by_length (TwBill *self)
{
  gint64 window = self->model->context_limit;
  gint64 longest = self->usage->longest_prompt;

  tw_model_select_cards (self->model, &self->call, &self->selection);
  if (longest > 0 && longest < self->call.input_total)
    select_for_several_prompts (self, longest);
  /* Server-side tool loops report the sum of their turns: more than the window holds was several
   * prompts. But a tier beyond today's window is of a time when the window was larger. */
  else if (window > 0 && self->call.input_total > window
           && !has_long_card (&self->selection, window))
    select_for_several_prompts (self, window);
}

static void
use_call_rates (TwBill *self)
{
  const TwPriceTerms *terms = self->terms;

  for (guint i = 0; i < terms->n_rates; i++)
    self->call_prices[i] = (TwPrice){ .meter = terms->rates[i].meter,
                                      .rate = terms->rates[i].rate,
                                      .per = TW_PRICE_PER_MILLION };
  self->call_card = (TwRateCard){
    .id = CALL_CARD, .is_patch = TRUE, .prices = self->call_prices, .n_prices = terms->n_rates
  };
  if (terms->n_rates > 0)
    tw_selection_prepend (&self->selection, &self->call_card);
}

static gboolean
refuse_tier (TwBill *self, const char *what, const char *name)
{
  self->tier_unpriced = TRUE;
  self->selection.n = 0;
  tw_bill_doubt (self, "%s has no known price %s “%.40s”.", self->model->qualified_id, what, name);
  return FALSE;
}

static gboolean
check_tier (TwBill *self)
{
  const TwPriceCall *call = &self->call;
  const TwSelection *selection = &self->selection;

  if (call->service_tier != NULL
      && !tw_selection_names (selection, self->model, call, call->service_tier, NULL))
    return refuse_tier (self, "on the service tier", call->service_tier);
  if (call->speed != NULL && !tw_selection_names (selection, self->model, call, NULL, call->speed))
    return refuse_tier (self, "at the speed", call->speed);
  return TRUE;
}

gboolean
tw_bill_select_cards (TwBill *self)
{
  select_by_length (self);
  if (self->selection.is_ambiguous)
    {
      tw_bill_doubt (self, "Two rate cards of %s apply with equal right.",
                     self->model->qualified_id);
      self->selection.n = 0;
    }
  else if (check_tier (self) && self->selection.n == 0 && self->terms->n_rates == 0)
    tw_bill_doubt (self, "%s has no known price at that time.", self->model->qualified_id);
  use_call_rates (self);
  return self->selection.n > 0;
}
