/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-settlement-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"

/* How a call ended, as far as the bill is concerned. */
typedef enum
{
  BILL_NOTHING, /* refused before any generation: no cost */
  BILL_USAGE,   /* the provider said what was used */
  BILL_PARTIAL, /* something may have been generated; how much is estimated */
} Bill;

static Bill
classify (const TwCall *call, const TwReplyState *state, const GError *failure)
{
  if (state == NULL)
    return call->maybe_sent ? BILL_PARTIAL : BILL_NOTHING;
  if (call->status >= 400)
    return BILL_NOTHING;
  if (state->has_usage && (state->complete || failure == NULL))
    return BILL_USAGE;
  if (call->said == 0 && state->error != NULL)
    return state->has_usage ? BILL_USAGE : BILL_NOTHING;
  return BILL_PARTIAL;
}

/* Tokens of what arrived. Reasoning and tool arguments count with the text; the length in bytes
 * over four stands in for them, the usual ratio of English. */
static gint64
count_said (const TwCall *call)
{
  TwTokenCount count;
  gint64 other = (gint64) (call->said - call->text->len + 3) / 4;

  if (!tw_count_text (tw_model_get_tokenizer (call->model), call->text->str, call->text->len,
                      &count, NULL))
    return (gint64) (call->said + 3) / 4;
  return count.high + other;
}

static TwUsage *
partial_usage (const TwCall *call, const TwReplyState *state, gboolean complete)
{
  g_autoptr (TwUsage) usage = state != NULL ? tw_usage_copy (state->usage) : tw_usage_new ();
  gboolean went_on = !complete && call->bills_after_disconnect;
  gint64 said = went_on ? call->estimate->output_max : count_said (call);

  if (tw_usage_get_input_total (usage) == 0)
    usage->counts[TW_METER_INPUT_UNCACHED] = call->estimate->count.total.high;
  if (tw_usage_get_output_total (usage) < said)
    usage->counts[TW_METER_OUTPUT_TEXT] = said - usage->counts[TW_METER_OUTPUT_REASONING];
  usage->estimated = TRUE;
  usage->incomplete = !complete;
  return g_steal_pointer (&usage);
}

/* The model that answered, which may be another than was asked: its price counts. */
static TwModel *
served_model (const TwCall *call, const TwReplyState *state)
{
  TwModel *served = NULL;

  if (state != NULL && state->model != NULL)
    served = tw_catalog_match_model (call->catalog, tw_model_get_provider (call->model),
                                     state->model, tw_instant_now ());
  return served != NULL ? served : call->model;
}

static TwCost *
price_usage (const TwCall *call, const TwReplyState *state, const TwUsage *usage)
{
  TwPriceTerms terms = { .at = tw_instant_now (), .service_tier = call->estimate->service_tier };

  if (state != NULL && state->service_tier != NULL)
    terms.service_tier = state->service_tier;
  if (state != NULL)
    {
      terms.speed = state->speed;
      terms.region = state->region;
    }
  return tw_catalog_price (call->catalog, served_model (call, state), usage, &terms);
}

static const char *
status_name (const GError *failure, Bill bill)
{
  if (failure == NULL)
    return "complete";
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return "cancelled";
  return bill == BILL_PARTIAL || bill == BILL_USAGE ? "incomplete" : "failed";
}

static void
fill_times (const TwCall *call, TwSettlement *settlement)
{
  gint64 now = g_get_monotonic_time ();

  settlement->ttft_ms
      = call->first_token_us != 0 ? (call->first_token_us - call->begun_us) / 1000 : -1;
  settlement->total_ms = (now - call->begun_us) / 1000;
}

static TwReceipt *
release (TwCall *call, const GError *failure, GError **error)
{
  const char *code = failure != NULL ? tw_error_to_code (failure) : NULL;

  if (!tw_ledger_release (call->ledger, call->estimate->id, code, error))
    return NULL;
  return tw_ledger_get_receipt (call->ledger, call->estimate->id, error);
}

TwReceipt *
tw_settle_call (TwCall *call, const GError *failure, GError **error)
{
  const TwReplyState *state = call->decoder != NULL ? tw_decoder_get_state (call->decoder) : NULL;
  Bill bill = classify (call, state, failure);
  g_autoptr (TwUsage) usage = NULL;
  g_autoptr (TwCost) cost = NULL;
  g_autofree char *lines = NULL;
  TwSettlement settlement = { .attempts = call->attempt };

  if (bill == BILL_NOTHING && call->lost.femto == 0)
    return release (call, failure, error);
  settlement.status = status_name (failure, bill);
  settlement.error_code = failure != NULL ? tw_error_to_code (failure) : NULL;
  fill_times (call, &settlement);
  if (bill == BILL_USAGE)
    usage = tw_usage_copy (state->usage);
  else if (bill == BILL_PARTIAL)
    usage = partial_usage (call, state, failure == NULL);
  if (usage != NULL)
    {
      settlement.usage = usage;
      cost = price_usage (call, state, usage);
      lines = tw_cost_to_json (cost);
      settlement.bill = lines;
      settlement.cost = tw_cost_get_money (cost);
      settlement.cost_is_providers = usage->has_provider_cost;
    }
  if (state != NULL)
    {
      settlement.served_model = state->model;
      settlement.service_tier = state->service_tier;
      settlement.finish = tw_finish_to_string (state->finish);
    }
  if (bill != BILL_USAGE && settlement.cost.state == TW_MONEY_KNOWN)
    settlement.cost.state = TW_MONEY_BOUNDED;
  /* Adding nothing to an unknown cost would make it look bounded. */
  if (call->lost.femto != 0)
    settlement.cost = tw_money_add (settlement.cost, call->lost);
  return tw_ledger_settle (call->ledger, call->estimate->id, &settlement, error);
}
