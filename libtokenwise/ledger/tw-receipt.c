/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-receipt.h"

#include "libtokenwise/ledger/tw-calls-private.h"

#include <string.h>

/**
 * TwReceipt:
 *
 * What a call came to, beside what was estimated before it was sent.
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE (TwReceipt, tw_receipt, tw_receipt_copy, tw_receipt_free)

/**
 * tw_receipt_copy:
 * @self: a receipt
 *
 * Copies a receipt.
 *
 * Returns: (transfer full): a copy
 * Since: 0.1
 */
TwReceipt *
tw_receipt_copy (const TwReceipt *self)
{
  TwReceipt *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->id = g_strdup (self->id);
  copy->provider = g_strdup (self->provider);
  copy->model = g_strdup (self->model);
  copy->served_model = g_strdup (self->served_model);
  copy->service_tier = g_strdup (self->service_tier);
  copy->finish = g_strdup (self->finish);
  copy->error_code = g_strdup (self->error_code);
  copy->status = g_strdup (self->status);
  copy->catalog_version = g_strdup (self->catalog_version);
  copy->bill = g_strdup (self->bill);
  copy->attempt_list = g_strdup (self->attempt_list);
  copy->usage = self->usage != NULL ? tw_usage_copy (self->usage) : NULL;
  return copy;
}

/**
 * tw_receipt_free:
 * @self: (transfer full): a receipt
 *
 * Frees a receipt.
 *
 * Since: 0.1
 */
void
tw_receipt_free (TwReceipt *self)
{
  g_free (self->id);
  g_free (self->provider);
  g_free (self->model);
  g_free (self->served_model);
  g_free (self->service_tier);
  g_free (self->finish);
  g_free (self->error_code);
  g_free (self->status);
  g_free (self->catalog_version);
  g_free (self->bill);
  g_free (self->attempt_list);
  g_clear_pointer (&self->usage, tw_usage_free);
  g_free (self);
}

/**
 * tw_receipt_get_id:
 * @self: a receipt
 *
 * Gets the id that the estimate, the hold and the reply share.
 *
 * Returns: the id that the estimate, the hold and the reply share
 * Since: 0.1
 */
const char *
tw_receipt_get_id (const TwReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * tw_receipt_get_model:
 * @self: a receipt
 *
 * Gets the model that was asked.
 *
 * Returns: the model that was asked
 * Since: 0.1
 */
const char *
tw_receipt_get_model (const TwReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->model;
}

/**
 * tw_receipt_get_status:
 * @self: a receipt
 *
 * Gets how the call ended.
 *
 * Returns: `complete`, `incomplete`, `failed`, `cancelled`, `released`
 *   (nothing was billed), `abandoned` (the program ended before the bill was
 *   known) or `pending`
 * Since: 0.1
 */
const char *
tw_receipt_get_status (const TwReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->status;
}

/**
 * tw_receipt_get_is_simulated:
 * @self: a receipt
 *
 * Says whether the sandbox replied and nothing is billed.
 *
 * Returns: %TRUE if the sandbox replied and nothing is billed
 * Since: 0.1
 */
gboolean
tw_receipt_get_is_simulated (const TwReceipt *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->simulated;
}

/**
 * tw_receipt_get_is_incomplete:
 * @self: a receipt
 *
 * Says whether the reply was cut off or stopped before its end.
 *
 * Returns: %TRUE if the reply was cut off or stopped before its end
 * Since: 0.1
 */
gboolean
tw_receipt_get_is_incomplete (const TwReceipt *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return g_str_equal (self->status, "incomplete") || g_str_equal (self->status, "cancelled")
         || (self->usage != NULL && self->usage->incomplete);
}

static char *
money_to_decimal (TwMoney money)
{
  return money.state == TW_MONEY_UNKNOWN ? NULL : tw_femto_to_decimal (money.femto);
}

/**
 * tw_receipt_get_cost_decimal:
 * @self: a receipt
 *
 * Gets what the call cost in USD, as an exact decimal.
 *
 * Returns: (transfer full) (nullable): what it cost in USD, as an exact
 *   decimal; %NULL if that is not known
 * Since: 0.1
 */
char *
tw_receipt_get_cost_decimal (const TwReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return money_to_decimal (self->cost);
}

/**
 * tw_receipt_get_cost_text:
 * @self: a receipt
 *
 * Gets what the call cost, rounded for people: `0.71 ¢`.
 *
 * Returns: (transfer full): what it cost, rounded for people: `0.71 ¢`
 * Since: 0.1
 */
char *
tw_receipt_get_cost_text (const TwReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tw_money_to_text (self->cost);
}

/* "0.38–1.3 ¢": the unit once where both ends have it. */
static char *
range_to_text (TwMoney low, TwMoney high)
{
  g_autofree char *from = tw_money_to_text (low);
  g_autofree char *to = tw_money_to_text (high);

  if (g_str_has_suffix (from, " ¢") && g_str_has_suffix (to, " ¢") && g_ascii_isdigit (from[0]))
    from[strlen (from) - strlen (" ¢")] = '\0';
  if (from[0] == '$' && to[0] == '$')
    return g_strconcat (from, "–", to + 1, NULL);
  return g_strconcat (from, "–", to, NULL);
}

/**
 * tw_receipt_get_estimate_text:
 * @self: a receipt
 *
 * Gets what was estimated before it was sent, with its range.
 *
 * Returns: (transfer full): what was estimated before it was sent, with its
 *   range: `0.63 ¢ (0.38–1.3 ¢)`
 * Since: 0.1
 */
char *
tw_receipt_get_estimate_text (const TwReceipt *self)
{
  g_autofree char *likely = NULL;
  g_autofree char *range = NULL;
  const TwEstimateFigures *estimate;

  g_return_val_if_fail (self != NULL, NULL);

  estimate = &self->estimate;
  likely = tw_money_to_text (estimate->likely);
  if (estimate->likely.state == TW_MONEY_UNKNOWN || estimate->low.state == TW_MONEY_UNKNOWN
      || estimate->high.state == TW_MONEY_UNKNOWN || estimate->low.femto == estimate->high.femto)
    return g_steal_pointer (&likely);
  range = range_to_text (estimate->low, estimate->high);
  return g_strconcat (likely, " (", range, ")", NULL);
}

/**
 * tw_receipt_get_total_ms:
 * @self: a receipt
 *
 * Gets the milliseconds from Send to the end of the reply.
 *
 * Returns: milliseconds from Send to the end of the reply; -1 if not measured
 * Since: 0.1
 */
gint64
tw_receipt_get_total_ms (const TwReceipt *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->total_ms;
}

/**
 * tw_receipt_get_usage:
 * @self: a receipt
 *
 * Gets what was used.
 *
 * Returns: (transfer none) (nullable): what was used; %NULL if nothing was, or
 *   nobody knows
 * Since: 0.1
 */
const TwUsage *
tw_receipt_get_usage (const TwReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->usage;
}

static char *
duration_to_text (gint64 ms)
{
  const gint64 tenths = (ms + 50) / 100;

  if (tenths < 600)
    return g_strdup_printf ("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT " s", tenths / 10,
                            tenths % 10);
  return g_strdup_printf ("%" G_GINT64_FORMAT " min %" G_GINT64_FORMAT " s", ms / 60000,
                          ms / 1000 % 60);
}

static const char *
status_phrase (const TwReceipt *self)
{
  static const char *const phrases[][2] = {
    { TW_STATUS_PENDING, "not settled yet" },
    { TW_STATUS_RELEASED, "nothing was billed" },
    { TW_STATUS_ABANDONED, "ended before its bill was known" },
    { "failed", "failed" },
    { "cancelled", "stopped" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++)
    if (g_str_equal (self->status, phrases[i][0]))
      return phrases[i][1];
  return tw_receipt_get_is_incomplete (self) ? "incomplete" : NULL;
}

static char *
qualified_model (const TwReceipt *self)
{
  g_autofree char *prefix = g_strconcat (self->provider, "/", NULL);

  if (g_str_has_prefix (self->model, prefix))
    return g_strdup (self->model);
  return g_strconcat (prefix, self->model, NULL);
}

/**
 * tw_receipt_to_text:
 * @self: a receipt
 *
 * One calm line for people:
 * `0.71 ¢ · estimated 0.63 ¢ (0.38–1.3 ¢) · 5.9 s · openai/gpt-5.4-mini`.
 *
 * Returns: (transfer full): the line
 * Since: 0.1
 */
char *
tw_receipt_to_text (const TwReceipt *self)
{
  g_autofree char *cost = NULL;
  g_autofree char *estimate = NULL;
  g_autofree char *model = NULL;
  g_autofree char *duration = NULL;
  const char *status;
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  cost = tw_receipt_get_cost_text (self);
  estimate = tw_receipt_get_estimate_text (self);
  model = qualified_model (self);
  duration = duration_to_text (self->total_ms);
  status = status_phrase (self);
  text = g_string_new (cost);
  g_string_append_printf (text, " · estimated %s", estimate);
  if (self->total_ms >= 0)
    g_string_append_printf (text, " · %s", duration);
  g_string_append_printf (text, " · %s", model);
  if (status != NULL)
    g_string_append_printf (text, " · %s", status);
  if (self->simulated)
    g_string_append (text, " · simulated, nothing is billed");
  return g_string_free (text, FALSE);
}
