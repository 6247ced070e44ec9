/* SPDX-License-Identifier: MIT */
#include "libtokenwise/plan/tw-estimate-private.h"

#include "libtokenwise/base/tw-time-private.h"

#include <string.h>

/* How an estimate is said: to people in texts, to programs in JSON. */

/**
 * tw_estimate_get_cost_text:
 * @self: an estimate
 *
 * Gets the likely cost, such as `"≈ 0.88 ¢"`, `"free"` or `"price unknown"`.
 *
 * Returns: (transfer full): the likely cost, such as `"≈ 0.88 ¢"`, `"free"` or
 *   `"price unknown"`
 * Since: 0.1
 */
char *
tw_estimate_get_cost_text (const TwEstimate *self)
{
  g_autofree char *amount = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  amount = tw_cost_to_text (self->likely);
  if (self->likely->total.state != TW_MONEY_KNOWN || self->likely->total.femto == 0
      || g_str_has_prefix (amount, "<"))
    return g_steal_pointer (&amount);
  return g_strconcat ("≈ ", amount, NULL);
}

/**
 * tw_estimate_get_range_text:
 * @self: an estimate
 *
 * Gets the range that four in five such calls fall in, such as `"0.53–1.9 ¢"`.
 *
 * Returns: (transfer full): the range that four in five such calls fall in, such
 *   as `"0.53–1.9 ¢"`; empty when there is none to show
 * Since: 0.1
 */
char *
tw_estimate_get_range_text (const TwEstimate *self)
{
  g_autofree char *low = NULL;
  g_autofree char *high = NULL;
  gsize cents = strlen (" ¢");

  g_return_val_if_fail (self != NULL, NULL);

  if (self->likely->total.state == TW_MONEY_UNKNOWN || self->high->total.femto == 0)
    return g_strdup ("");
  low = tw_cost_to_text (self->low);
  high = tw_cost_to_text (self->high);
  if (strcmp (low, high) == 0)
    return g_steal_pointer (&low);
  if (g_str_has_suffix (low, " ¢") && g_str_has_suffix (high, " ¢"))
    low[strlen (low) - cents] = '\0';
  return g_strconcat (low, "–", high, NULL);
}

static char *
seconds_text (gint64 ms)
{
  if (ms < 1000)
    return g_strdup ("< 1 s");
  if (ms < 60000)
    return g_strdup_printf ("~%" G_GINT64_FORMAT " s", (ms + 500) / 1000);
  return g_strdup_printf ("~%" G_GINT64_FORMAT " min", (ms + 30000) / 60000);
}

/**
 * tw_estimate_get_time_text:
 * @self: an estimate
 *
 * Gets the likely time to the end of the answer, such as `"~7 s"`.
 *
 * Returns: (transfer full): the likely time to the end of the answer, such as
 *   `"~7 s"`
 * Since: 0.1
 */
char *
tw_estimate_get_time_text (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return seconds_text (self->latency.total_ms);
}

/**
 * tw_estimate_get_sentence:
 * @self: an estimate
 *
 * Says the estimate in full words, as a screen reader does.
 *
 * Returns: (transfer full): such as `"Estimated cost 0.88 ¢, between 0.53–1.9 ¢,
 *   about 7 seconds, GPT-6 Sol."`
 * Since: 0.1
 */
char *
tw_estimate_get_sentence (const TwEstimate *self)
{
  g_autofree char *cost = NULL;
  g_autofree char *range = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->likely->total.state == TW_MONEY_UNKNOWN)
    cost = g_strdup ("Price unknown");
  else
    {
      g_autofree char *amount = tw_cost_to_text (self->likely);

      cost = g_strconcat ("Estimated cost ", amount, NULL);
    }
  range = tw_estimate_get_range_text (self);
  return g_strdup_printf ("%s%s%s, about %" G_GINT64_FORMAT " seconds, %s.", cost,
                          *range != '\0' ? ", usually " : "", range,
                          MAX (1, (self->latency.total_ms + 500) / 1000), self->model_name);
}

static void
append_alternatives (GString *text, const TwEstimate *self)
{
  for (guint i = 0; i < self->alternatives->len; i++)
    {
      const TwEstimate *other = g_ptr_array_index (self->alternatives, i);
      g_autofree char *cost = tw_estimate_get_cost_text (other);
      g_autofree char *time = tw_estimate_get_time_text (other);

      g_string_append_printf (text, "  %-32s %14s  %6s\n", other->model, cost, time);
    }
}

static void
append_price_date (GString *text, const TwCost *cost)
{
  if (cost->prices_as_of == NULL)
    return;
  g_string_append_printf (text, "  Prices    of %s", cost->prices_as_of);
  if (tw_cost_is_stale (cost))
    g_string_append_printf (text,
                            ", %" G_GINT64_FORMAT " days ago; “tokenwise catalog update” "
                            "takes newer ones",
                            cost->age_days);
  g_string_append_c (text, '\n');
}

/**
 * tw_estimate_to_text:
 * @self: an estimate
 *
 * Gives the estimate for a terminal, several lines.
 *
 * Returns: (transfer full): the estimate for a terminal, several lines
 * Since: 0.1
 */
char *
tw_estimate_to_text (const TwEstimate *self)
{
  g_autofree char *cost = NULL;
  g_autofree char *range = NULL;
  g_autofree char *worst = NULL;
  g_autofree char *time = NULL;
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (self != NULL, NULL);

  cost = tw_estimate_get_cost_text (self);
  range = tw_estimate_get_range_text (self);
  worst = tw_cost_to_text (self->worst);
  time = tw_estimate_get_time_text (self);
  g_string_append_printf (text, "%s   %s   %s   %s\n", cost, range, time, self->model);
  if (self->route_reason != NULL)
    g_string_append_printf (text, "  Model     %s\n", self->route_reason);
  g_string_append_printf (text, "  Prompt    %" G_GINT64_FORMAT " tokens%s\n",
                          self->count.total.tokens, self->count.total.exact ? "" : " (estimated)");
  g_string_append_printf (text, "  Answer    ~%" G_GINT64_FORMAT " tokens, %s\n", self->output.p50,
                          self->output.basis);
  g_string_append_printf (text,
                          "  At most   %s, if it fills its limit of %" G_GINT64_FORMAT " tokens\n",
                          worst, self->output_max);
  if (self->budget != NULL)
    {
      g_autofree char *summary = tw_budget_get_summary (self->budget);

      g_string_append_printf (text, "  Budget    %s\n", summary);
    }
  append_price_date (text, self->likely);
  if (tw_cost_get_reason (self->likely) != NULL)
    g_string_append_printf (text, "  Note      %s\n", tw_cost_get_reason (self->likely));
  if (self->simulated)
    g_string_append (text, "  Sandbox   replies are simulated, nothing is billed\n");
  if (self->refusal != NULL)
    g_string_append_printf (text, "  Refused   %s\n", self->refusal);
  if (self->problem != NULL)
    g_string_append_printf (text, "  Problem   %s\n", self->problem);
  if (self->alternatives->len > 0)
    {
      g_string_append (text, "\nThe same message elsewhere:\n");
      append_alternatives (text, self);
    }
  return g_string_free (text, FALSE);
}

static cJSON *
input_to_cjson (const TwEstimate *self)
{
  cJSON *json = cJSON_CreateObject ();
  cJSON *parts = cJSON_AddObjectToObject (json, "parts");

  tw_json_add_integer (json, "tokens", self->count.total.tokens);
  tw_json_add_integer (json, "low", self->count.total.low);
  tw_json_add_integer (json, "high", self->count.total.high);
  tw_json_add_integer (json, "cached_tokens", 0);
  cJSON_AddBoolToObject (json, "exact", self->count.total.exact);
  tw_json_add_string (json, "encoding", self->count.total.encoding);
  tw_json_add_integer (parts, "system", self->count.system);
  tw_json_add_integer (parts, "messages", self->count.messages);
  tw_json_add_integer (parts, "tools", self->count.tools);
  tw_json_add_integer (parts, "images", self->count.images);
  tw_json_add_integer (parts, "framing", self->count.framing);
  return json;
}

static cJSON *
output_to_cjson (const TwEstimate *self)
{
  cJSON *json = cJSON_CreateObject ();

  tw_json_add_integer (json, "p10", self->output.p10);
  tw_json_add_integer (json, "p50", self->output.p50);
  tw_json_add_integer (json, "p90", self->output.p90);
  tw_json_add_integer (json, "mean", self->output.mean);
  tw_json_add_integer (json, "max", self->output_max);
  cJSON_AddStringToObject (json, "basis", self->output.basis);
  tw_json_add_integer (json, "samples", self->output.samples);
  return json;
}

static void
add_amount (cJSON *json, const char *key, const TwCost *cost)
{
  g_autofree char *decimal
      = cost->total.state != TW_MONEY_UNKNOWN ? tw_cost_to_decimal (cost) : NULL;

  tw_json_add_string (json, key, decimal);
}

static cJSON *
cost_to_cjson (const TwEstimate *self, gboolean with_lines)
{
  cJSON *json = cJSON_CreateObject ();

  add_amount (json, "low", self->low);
  add_amount (json, "likely", self->likely);
  add_amount (json, "high", self->high);
  add_amount (json, "worst", self->worst);
  cJSON_AddStringToObject (json, "state", tw_cost_get_state (self->likely));
  tw_cost_add_provenance (self->likely, json);
  if (with_lines)
    cJSON_AddItemToObject (json, "lines", tw_cost_lines_to_cjson (self->likely));
  return json;
}

static cJSON *
latency_to_cjson (const TwEstimate *self)
{
  cJSON *json = cJSON_CreateObject ();

  tw_json_add_integer (json, "ttft_ms", self->latency.ttft_ms);
  tw_json_add_integer (json, "total_ms", self->latency.total_ms);
  tw_json_add_integer (json, "p90_ms", self->latency.p90_ms);
  cJSON_AddStringToObject (json, "basis", self->latency.basis);
  return json;
}

static cJSON *
alternatives_to_cjson (const TwEstimate *self)
{
  cJSON *list = cJSON_CreateArray ();

  for (guint i = 0; i < self->alternatives->len; i++)
    {
      const TwEstimate *other = g_ptr_array_index (self->alternatives, i);
      cJSON *json = cJSON_CreateObject ();

      cJSON_AddStringToObject (json, "model", other->model);
      cJSON_AddItemToObject (json, "cost", cost_to_cjson (other, FALSE));
      cJSON_AddItemToObject (json, "latency", latency_to_cjson (other));
      tw_json_add_string (json, "problem", other->problem);
      cJSON_AddItemToArray (list, json);
    }
  return list;
}

static cJSON *
route_to_cjson (const TwEstimate *self)
{
  cJSON *json = cJSON_CreateObject ();

  cJSON_AddStringToObject (json, "model", self->model);
  cJSON_AddBoolToObject (json, "automatic", self->automatic);
  tw_json_add_string (json, "reason", self->route_reason);
  return json;
}

cJSON *
tw_estimate_to_cjson (const TwEstimate *self)
{
  cJSON *json = cJSON_CreateObject ();

  cJSON_AddStringToObject (json, "id", self->id);
  cJSON_AddStringToObject (json, "model", self->model);
  cJSON_AddBoolToObject (json, "simulated", self->simulated);
  cJSON_AddItemToObject (json, "input", input_to_cjson (self));
  cJSON_AddItemToObject (json, "output", output_to_cjson (self));
  cJSON_AddItemToObject (json, "cost", cost_to_cjson (self, TRUE));
  cJSON_AddItemToObject (json, "latency", latency_to_cjson (self));
  cJSON_AddItemToObject (json, "budget",
                         self->budget != NULL ? tw_budget_to_cjson (self->budget)
                                              : cJSON_CreateNull ());
  cJSON_AddItemToObject (json, "alternatives", alternatives_to_cjson (self));
  cJSON_AddArrayToObject (json, "hints");
  cJSON_AddItemToObject (json, "route", route_to_cjson (self));
  tw_json_add_string (json, "refusal", self->refusal);
  tw_json_add_string (json, "problem", self->problem);
  tw_json_add_string (json, "prices_as_of", self->likely->prices_as_of);
  tw_json_add_string (json, "catalog_version", self->likely->catalog_version);
  return json;
}

/**
 * tw_estimate_to_json:
 * @self: an estimate
 *
 * Gives the object that `tokenwise estimate --json` prints.
 *
 * Returns: (transfer full): the object that `tokenwise estimate --json` prints
 * Since: 0.1
 */
char *
tw_estimate_to_json (const TwEstimate *self)
{
  g_autoptr (cJSON) json = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  json = tw_estimate_to_cjson (self);
  return tw_json_print (json);
}
