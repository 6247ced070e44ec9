/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/ledger/tw-calls-private.h"

static void
add_money (cJSON *json, const char *key, TwMoney money)
{
  g_autofree char *decimal
      = money.state == TW_MONEY_UNKNOWN ? NULL : tw_femto_to_decimal (money.femto);

  tw_json_add_string (json, key, decimal);
}

static void
add_milliseconds (cJSON *json, const char *key, gint64 ms)
{
  if (ms >= 0)
    tw_json_add_integer (json, key, ms);
  else
    cJSON_AddNullToObject (json, key);
}

static void
add_instant (cJSON *json, const char *key, gint64 instant)
{
  g_autofree char *text = instant != 0 ? tw_instant_to_string (instant) : NULL;

  tw_json_add_string (json, key, text);
}

/* One state for the four amounts: the least certain. */
static TwMoneyState
estimate_state (const TwEstimateFigures *estimate)
{
  TwMoneyState state = estimate->low.state;

  state = MAX (state, estimate->likely.state);
  state = MAX (state, estimate->high.state);
  return MAX (state, estimate->worst.state);
}

static void
add_estimate (cJSON *json, const TwEstimateFigures *estimate)
{
  cJSON *object = cJSON_AddObjectToObject (json, "estimate");
  cJSON *output, *cost;

  tw_json_add_integer (object, "input_tokens", estimate->input_tokens);
  output = cJSON_AddObjectToObject (object, "output");
  tw_json_add_integer (output, "p50", estimate->output_p50);
  tw_json_add_integer (output, "p90", estimate->output_p90);
  tw_json_add_integer (output, "max", estimate->output_max);
  cost = cJSON_AddObjectToObject (object, "cost");
  add_money (cost, "low", estimate->low);
  add_money (cost, "likely", estimate->likely);
  add_money (cost, "high", estimate->high);
  add_money (cost, "worst", estimate->worst);
  tw_json_add_string (cost, "state", tw_money_state_to_string (estimate_state (estimate)));
  add_milliseconds (object, "ttft_ms", estimate->ttft_ms);
  add_milliseconds (object, "total_ms", estimate->total_ms);
}

/* JSON that was kept as text; null where there is none. */
static void
add_text (cJSON *json, const char *key, const char *text)
{
  cJSON *item = text != NULL ? tw_json_parse (text, -1, TW_LIMIT_EVENT_BYTES, NULL) : NULL;

  cJSON_AddItemToObject (json, key, item != NULL ? item : cJSON_CreateNull ());
}

static void
add_actual (cJSON *json, const TwReceipt *self)
{
  cJSON *object;

  if (g_str_equal (self->status, TW_STATUS_PENDING))
    {
      cJSON_AddNullToObject (json, "actual");
      return;
    }
  object = cJSON_AddObjectToObject (json, "actual");
  add_money (object, "cost", self->cost);
  tw_json_add_string (object, "state", tw_money_state_to_string (self->cost.state));
  tw_json_add_string (object, "source", self->cost_is_providers ? "provider" : "catalog");
  add_text (object, "bill", self->bill);
  if (self->usage != NULL)
    cJSON_AddItemToObject (object, "usage", tw_usage_to_cjson (self->usage));
  else
    cJSON_AddNullToObject (object, "usage");
}

/* Actual less likely; null where either is not known. */
static void
add_difference (cJSON *json, const TwReceipt *self)
{
  TwMoney difference = { self->cost.femto - self->estimate.likely.femto, TW_MONEY_KNOWN };

  if (self->cost.state == TW_MONEY_UNKNOWN || self->estimate.likely.state == TW_MONEY_UNKNOWN)
    difference.state = TW_MONEY_UNKNOWN;
  add_money (json, "difference", difference);
}

cJSON *
tw_receipt_to_cjson (const TwReceipt *self)
{
  cJSON *json = cJSON_CreateObject ();

  tw_json_add_string (json, "type", "receipt");
  tw_json_add_string (json, "id", self->id);
  tw_json_add_string (json, "provider", self->provider);
  tw_json_add_string (json, "model", self->model);
  tw_json_add_string (json, "served_model", self->served_model);
  tw_json_add_string (json, "service_tier", self->service_tier);
  tw_json_add_string (json, "status", self->status);
  cJSON_AddBoolToObject (json, "simulated", self->simulated);
  add_estimate (json, &self->estimate);
  add_actual (json, self);
  add_difference (json, self);
  add_milliseconds (json, "ttft_ms", self->ttft_ms);
  add_milliseconds (json, "total_ms", self->total_ms);
  tw_json_add_integer (json, "attempts", self->attempts);
  if (self->attempt_list != NULL)
    add_text (json, "attempt_list", self->attempt_list);
  tw_json_add_string (json, "finish", self->finish);
  tw_json_add_string (json, "error", self->error_code);
  add_instant (json, "created_at", self->created_at);
  add_instant (json, "settled_at", self->settled_at);
  tw_json_add_string (json, "catalog_version", self->catalog_version);
  return json;
}

/**
 * tw_receipt_to_json:
 * @self: a receipt
 *
 * Estimate beside actual. Amounts are exact decimals of USD in strings, null
 * where they are not known; instants are UTC.
 *
 * Returns: (transfer full): the receipt as a JSON object
 * Since: 0.1
 */
char *
tw_receipt_to_json (const TwReceipt *self)
{
  g_autoptr (cJSON) json = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  json = tw_receipt_to_cjson (self);
  return tw_json_print (json);
}
