/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-cost-private.h"

#define PER_MILLION G_GINT64_CONSTANT (1000000)

/**
 * TwCost:
 *
 * What a usage costs, line by line, in exact US dollars.
 *
 * A cost is known, bounded (at least this much) or unknown; an unknown cost is
 * never 0. Immutable.
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE (TwCost, tw_cost, tw_cost_copy, tw_cost_free)

static void
line_clear (gpointer data)
{
  g_free (((TwCostLine *) data)->card);
}

TwCost *
tw_cost_new_unknown (const char *catalog_version)
{
  TwCost *self = g_new0 (TwCost, 1);

  self->total.state = TW_MONEY_UNKNOWN;
  self->lines = g_array_new (FALSE, FALSE, sizeof (TwCostLine));
  g_array_set_clear_func (self->lines, line_clear);
  self->catalog_version = g_strdup (catalog_version);
  return self;
}

/**
 * tw_cost_copy:
 * @self: a cost
 *
 * Copies a cost.
 *
 * Returns: (transfer full): a copy
 * Since: 0.1
 */
TwCost *
tw_cost_copy (const TwCost *self)
{
  TwCost *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = tw_cost_new_unknown (self->catalog_version);
  copy->total = self->total;
  copy->prices_as_of = g_strdup (self->prices_as_of);
  g_array_append_vals (copy->lines, self->lines->data, self->lines->len);
  for (guint i = 0; i < copy->lines->len; i++)
    {
      TwCostLine *line = &g_array_index (copy->lines, TwCostLine, i);

      line->card = g_strdup (line->card);
    }
  return copy;
}

/**
 * tw_cost_free:
 * @self: (transfer full): a cost
 *
 * Frees a cost.
 *
 * Since: 0.1
 */
void
tw_cost_free (TwCost *self)
{
  g_array_unref (self->lines);
  g_free (self->catalog_version);
  g_free (self->prices_as_of);
  g_free (self);
}

TwMoney
tw_cost_get_money (const TwCost *self)
{
  return self->total;
}

/**
 * tw_cost_to_decimal:
 * @self: a cost
 *
 * Writes the exact amount, as programs want it: `"0.054399"`.
 *
 * Returns: (transfer full) (nullable): US dollars as a decimal of at most 15
 *   fractional digits, or %NULL if the cost is unknown
 * Since: 0.1
 */
char *
tw_cost_to_decimal (const TwCost *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->total.state == TW_MONEY_UNKNOWN)
    return NULL;
  return tw_femto_to_decimal (self->total.femto);
}

/**
 * tw_cost_to_text:
 * @self: a cost
 *
 * Writes the amount rounded, as people want it: `"0.71 ¢"`, `"≥ $3.10"`,
 * `"free"`, `"price unknown"`.
 *
 * Returns: (transfer full): the text
 * Since: 0.1
 */
char *
tw_cost_to_text (const TwCost *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tw_money_to_text (self->total);
}

/**
 * tw_cost_get_state:
 * @self: a cost
 *
 * Tells how much is known.
 *
 * Returns: `"known"`, `"bounded"` (at least this much) or `"unknown"`
 * Since: 0.1
 */
const char *
tw_cost_get_state (const TwCost *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tw_money_state_to_string (self->total.state);
}

static cJSON *
line_to_cjson (const TwCostLine *line)
{
  cJSON *json = cJSON_CreateObject ();
  g_autofree char *rate = tw_rate_to_decimal (line->rate);
  g_autofree char *cost = tw_femto_to_decimal (line->femto);

  cJSON_AddStringToObject (json, "meter", line->meter);
  tw_json_add_integer (json, "quantity", line->quantity);
  cJSON_AddStringToObject (json, "rate", rate);
  if (line->per != PER_MILLION)
    tw_json_add_integer (json, "per", line->per);
  cJSON_AddStringToObject (json, "cost", cost);
  if (line->is_rounded)
    cJSON_AddTrueToObject (json, "rounded");
  cJSON_AddStringToObject (json, "card", line->card);
  return json;
}

cJSON *
tw_cost_lines_to_cjson (const TwCost *self)
{
  cJSON *lines = cJSON_CreateArray ();

  for (guint i = 0; i < self->lines->len; i++)
    cJSON_AddItemToArray (lines, line_to_cjson (&g_array_index (self->lines, TwCostLine, i)));
  return lines;
}

cJSON *
tw_cost_to_cjson (const TwCost *self)
{
  cJSON *json = cJSON_CreateObject ();
  g_autofree char *cost = tw_cost_to_decimal (self);

  tw_json_add_string (json, "cost", cost);
  cJSON_AddStringToObject (json, "state", tw_cost_get_state (self));
  cJSON_AddItemToObject (json, "lines", tw_cost_lines_to_cjson (self));
  tw_json_add_string (json, "catalog_version", self->catalog_version);
  tw_json_add_string (json, "prices_as_of", self->prices_as_of);
  return json;
}

/**
 * tw_cost_to_json:
 * @self: a cost
 *
 * Writes the cost and its lines. Money is decimal strings of US dollars; a
 * line's `"rate"` is per 1,000,000 units, or per `"per"` units where that is
 * given. An unknown `"cost"` is null.
 *
 * Returns: (transfer full): a JSON object
 * Since: 0.1
 */
char *
tw_cost_to_json (const TwCost *self)
{
  g_autoptr (cJSON) json = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  json = tw_cost_to_cjson (self);
  return tw_json_print (json);
}
