/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-cost-private.h"

#include "libtokenwise/base/tw-time-private.h"

#include <string.h>

#define SECONDS_PER_DAY 86400

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
  self->age_days = -1;
  return self;
}

TwCost *
tw_cost_new_doubtful (const char *catalog_version, const char *reason)
{
  TwCost *self = tw_cost_new_unknown (catalog_version);

  self->computed = self->total;
  self->reason = g_string_new (reason);
  return self;
}

static void
use_card (TwCost *self, const TwRateCard *card)
{
  gint64 verified;

  /* A price that came with the call has no date. */
  if (card->verified_at == NULL)
    return;
  self->is_announced = self->is_announced || card->is_announced;
  self->confidence = MAX (self->confidence, tw_confidence_rank (card->confidence ?: "single"));
  if (self->prices_as_of != NULL && strcmp (card->verified_at, self->prices_as_of) >= 0)
    return;
  g_free (self->prices_as_of);
  self->prices_as_of = g_strdup (card->verified_at);
  if (tw_date_parse (card->verified_at, &verified))
    self->age_days = MAX (0, (tw_instant_now () - verified) / SECONDS_PER_DAY);
}

void
tw_cost_add_line (TwCost *self,
                  const TwCostLine *line,
                  const TwRateCard *card,
                  const TwAdjustment *const *adjustments,
                  guint n_adjustments)
{
  g_autoptr (GString) name = g_string_new (card->id);
  TwCostLine copy = *line;

  for (guint i = 0; i < n_adjustments; i++)
    g_string_append_printf (name, "+%s", adjustments[i]->id);
  copy.card = g_strdup (name->str);
  g_array_append_val (self->lines, copy);
  use_card (self, card);
}

void
tw_cost_add_reason (TwCost *self, const char *format, va_list arguments)
{
  if (self->reason == NULL)
    self->reason = g_string_new (NULL);
  else
    g_string_append_c (self->reason, ' ');
  g_string_append_vprintf (self->reason, format, arguments);
}

gboolean
tw_cost_is_stale (const TwCost *self)
{
  return self->age_days > TW_STALE_PRICE_DAYS;
}

const char *
tw_cost_get_reason (const TwCost *self)
{
  return self->reason != NULL ? self->reason->str : NULL;
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

  copy = g_memdup2 (self, sizeof *self);
  copy->catalog_version = g_strdup (self->catalog_version);
  copy->prices_as_of = g_strdup (self->prices_as_of);
  copy->reason = self->reason != NULL ? g_string_new (self->reason->str) : NULL;
  copy->lines = g_array_sized_new (FALSE, FALSE, sizeof (TwCostLine), self->lines->len);
  g_array_set_clear_func (copy->lines, line_clear);
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
  if (self->reason != NULL)
    g_string_free (self->reason, TRUE);
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
  if (line->per != TW_PRICE_PER_MILLION)
    tw_json_add_integer (json, "per", line->per);
  cJSON_AddStringToObject (json, "cost", cost);
  if (line->is_rounded)
    cJSON_AddTrueToObject (json, "rounded");
  if (line->free_per_day > 0)
    tw_json_add_integer (json, "free_per_day", line->free_per_day);
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

/* What the cards say where the provider named another cost, and by how much it is off. */
static void
add_source (cJSON *json, const TwCost *self)
{
  gboolean comparable = self->computed.state == TW_MONEY_KNOWN;
  g_autofree char *computed = NULL;
  g_autofree char *difference = NULL;

  cJSON_AddStringToObject (json, "source", self->is_reported ? "provider" : "local");
  if (!self->is_reported)
    return;
  if (self->computed.state != TW_MONEY_UNKNOWN)
    computed = tw_femto_to_decimal (self->computed.femto);
  if (comparable)
    difference = tw_femto_to_decimal (self->total.femto - self->computed.femto);
  tw_json_add_string (json, "computed", computed);
  cJSON_AddStringToObject (json, "computed_state", tw_money_state_to_string (self->computed.state));
  tw_json_add_string (json, "difference", difference);
}

static void
add_assumed (cJSON *json, TwAssumed assumed)
{
  static const char *const names[] = { "service_tier", "speed", "region" };
  cJSON *list = cJSON_AddArrayToObject (json, "assumed");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (assumed & (1u << i))
      cJSON_AddItemToArray (list, cJSON_CreateString (names[i]));
}

void
tw_cost_add_provenance (const TwCost *self, cJSON *json)
{
  gboolean dated = self->age_days >= 0;

  tw_json_add_string (json, "catalog_version", self->catalog_version);
  tw_json_add_string (json, "prices_as_of", self->prices_as_of);
  if (dated)
    tw_json_add_integer (json, "age_days", self->age_days);
  else
    cJSON_AddNullToObject (json, "age_days");
  cJSON_AddBoolToObject (json, "stale", tw_cost_is_stale (self));
  tw_json_add_string (json, "confidence", dated ? tw_confidence_name (self->confidence) : NULL);
  if (self->is_announced)
    cJSON_AddTrueToObject (json, "announced");
  tw_json_add_string (json, "reason", tw_cost_get_reason (self));
}

cJSON *
tw_cost_to_cjson (const TwCost *self)
{
  cJSON *json = cJSON_CreateObject ();
  g_autofree char *cost = tw_cost_to_decimal (self);

  tw_json_add_string (json, "cost", cost);
  cJSON_AddStringToObject (json, "state", tw_cost_get_state (self));
  add_source (json, self);
  cJSON_AddItemToObject (json, "lines", tw_cost_lines_to_cjson (self));
  add_assumed (json, self->assumed);
  tw_cost_add_provenance (self, json);
  return json;
}

/**
 * tw_cost_to_json:
 * @self: a cost
 *
 * Writes the cost and its lines. Money is decimal strings of US dollars; a
 * line's `"rate"` is per 1,000,000 units, or per `"per"` units where that is
 * given. An unknown `"cost"` is null, and `"reason"` says why it is not known.
 *
 * Where the provider named the cost itself, that is `"cost"`, `"source"` is
 * `"provider"`, and `"computed"` and `"difference"` compare it with the rate
 * cards. `"assumed"` lists what the reply did not confirm. `"stale"` is true
 * when a price was last checked more than 45 days ago.
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
