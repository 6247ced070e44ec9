/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-model-private.h"

#include "libtokenwise/base/tw-money-private.h"
#include "libtokenwise/base/tw-time-private.h"

static void
add_limit (cJSON *json, const char *key, gint64 limit)
{
  if (limit > 0)
    tw_json_add_integer (json, key, limit);
  else
    cJSON_AddNullToObject (json, key);
}

/* Null where the catalogue does not say. */
static void
add_copy (cJSON *json, const char *key, const cJSON *value)
{
  cJSON_AddItemToObject (json, key,
                         value != NULL ? cJSON_Duplicate (value, TRUE) : cJSON_CreateNull ());
}

static void
add_prices (cJSON *json, const TwSelection *selection)
{
  cJSON *prices = cJSON_AddObjectToObject (json, "prices");

  for (guint meter = 0; meter < TW_N_PRICE_METERS; meter++)
    {
      const TwRateCard *card = NULL;
      const TwPrice *price = tw_selection_get_own_price (selection, meter, &card);
      const char *name = tw_price_meter_to_string (meter);
      g_autofree char *decimal = price != NULL ? tw_rate_to_decimal (price->rate) : NULL;

      if (price != NULL && price->per == TW_PRICE_PER_MILLION)
        cJSON_AddStringToObject (prices, name, decimal);
      else if (price != NULL)
        {
          cJSON *fee = cJSON_AddObjectToObject (prices, name);

          cJSON_AddStringToObject (fee, "price", decimal);
          tw_json_add_integer (fee, "per", price->per);
        }
    }
}

/**
 * tw_model_to_json:
 * @self: a model
 *
 * Describes the model and the prices in force now for an ordinary call: no
 * service tier, speed or region, and the shortest prompt. Prices are decimal
 * strings of USD per 1,000,000 units; a fee is an object with `"price"` and
 * `"per"`. What is not known is null.
 *
 * Returns: (transfer full): a JSON object
 * Since: 0.1
 */
char *
tw_model_to_json (TwModel *self)
{
  g_autoptr (cJSON) json = NULL;
  TwPriceCall call = { 0 };
  TwSelection selection;
  const TwRateCard *card;

  g_return_val_if_fail (TW_IS_MODEL (self), NULL);

  call.at = tw_instant_now ();
  tw_model_select_cards (self, &call, &selection);
  card = selection.n > 0 ? selection.cards[selection.n - 1] : NULL;
  json = cJSON_CreateObject ();
  cJSON_AddStringToObject (json, "id", self->qualified_id);
  cJSON_AddStringToObject (json, "provider", self->provider);
  cJSON_AddStringToObject (json, "name", tw_model_get_name (self));
  add_limit (json, "context", self->context_limit);
  add_limit (json, "input_limit", self->input_limit);
  add_limit (json, "output_limit", self->output_limit);
  add_prices (json, &selection);
  cJSON_AddItemToObject (json, "capabilities",
                         self->capabilities != NULL ? cJSON_Duplicate (self->capabilities, TRUE)
                                                    : cJSON_CreateArray ());
  add_copy (json, "modalities", self->modalities);
  add_copy (json, "reasoning_efforts", self->reasoning_efforts);
  cJSON_AddStringToObject (json, "status", self->status != NULL ? self->status : "active");
  tw_json_add_string (json, "released", self->released);
  tw_json_add_string (json, "knowledge_cutoff", self->knowledge_cutoff);
  tw_json_add_string (json, "deprecated_at", self->deprecated_at);
  tw_json_add_string (json, "retires_at", self->retires_at);
  tw_json_add_string (json, "successor", self->successor);
  tw_json_add_string (json, "price_date", card != NULL ? card->verified_at : NULL);
  tw_json_add_string (json, "confidence", card != NULL ? card->confidence : NULL);
  tw_json_add_string (json, "tokenizer", self->tokenizer);
  return tw_json_print (json);
}
