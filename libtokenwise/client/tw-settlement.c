/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-settlement-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/client/tw-stop-private.h"

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

/* At least said tokens of output. */
static TwUsage *
partial_usage (const TwCall *call, const TwReplyState *state, gint64 said, gboolean complete)
{
  g_autoptr (TwUsage) usage = state != NULL ? tw_usage_copy (state->usage) : tw_usage_new ();

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

/* Of a call that was broken off there are three kinds. Where the bill ends with the connection, it
 * is for what arrived. Where it does not, the answer is booked up to its cap. Where nobody knows,
 * it is between the two: what arrived is booked as the least, and the estimate in the receipt keeps
 * the most. */
static gint64
count_output (const TwCall *call, gboolean complete)
{
  if (!complete && tw_call_get_hang_up (call) == TW_HANG_UP_BILLS_ON)
    return call->estimate->output_max;
  return count_said (call);
}

TwMoney
tw_settlement_cost_so_far (const TwCall *call)
{
  const TwReplyState *state = call->decoder != NULL ? tw_decoder_get_state (call->decoder) : NULL;
  g_autoptr (TwUsage) usage = partial_usage (call, state, count_said (call), FALSE);
  g_autoptr (TwCost) cost = price_usage (call, state, usage);

  return tw_money_add (tw_cost_get_money (cost), call->lost);
}

TwMoney
tw_settlement_cost_of_attempt (const TwCall *call)
{
  const TwReplyState *state = tw_decoder_get_state (call->decoder);
  g_autoptr (TwCost) cost = NULL;

  if (call->status >= 400 || !state->has_usage)
    return (TwMoney){ 0, TW_MONEY_KNOWN };
  cost = price_usage (call, state, state->usage);
  return tw_cost_get_money (cost);
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

/* What was lost at a price nobody knows is not nothing. */
static gboolean
has_lost (const TwCall *call)
{
  return call->lost.femto != 0 || call->lost.state != TW_MONEY_KNOWN;
}

/* Unless it ended without a reply, which was noted then. */
static void
note_last_attempt (TwCall *call, const GError *failure, TwMoney cost)
{
  if (call->attempts->len < call->attempt)
    tw_call_note_attempt (call, failure, cost);
}

static TwReceipt *
release (TwCall *call, const GError *failure, GError **error)
{
  const char *code = failure != NULL ? tw_error_to_code (failure) : NULL;
  TwMoney nothing = { 0, TW_MONEY_KNOWN };

  note_last_attempt (call, failure, nothing);
  if (!tw_ledger_release_attempts (call->ledger, call->estimate->id, code,
                                   (const TwAttempt *) (gpointer) call->attempts->data,
                                   call->attempts->len, error))
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

  if (bill == BILL_NOTHING && !has_lost (call))
    return release (call, failure, error);
  settlement.status = status_name (failure, bill);
  settlement.error_code = failure != NULL ? tw_error_to_code (failure) : NULL;
  fill_times (call, &settlement);
  if (bill == BILL_USAGE)
    usage = tw_usage_copy (state->usage);
  else if (bill == BILL_PARTIAL)
    usage = partial_usage (call, state, count_output (call, failure == NULL), failure == NULL);
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
  note_last_attempt (call, failure, settlement.cost);
  settlement.attempt_rows = (const TwAttempt *) (gpointer) call->attempts->data;
  settlement.n_attempt_rows = call->attempts->len;
  /* Adding nothing to an unknown cost would make it look bounded. */
  if (has_lost (call))
    settlement.cost = tw_money_add (settlement.cost, call->lost);
  return tw_ledger_settle (call->ledger, call->estimate->id, &settlement, error);
}
