/* SPDX-License-Identifier: MIT */
#include "libtokenwise/plan/tw-estimate-private.h"

/**
 * TwEstimate:
 *
 * What a request would cost, how long it would take and who would answer, known
 * before it is sent. A range, made from the user's own history where there is
 * one and from published priors where there is not.
 *
 * Since: 0.1
 */

G_DEFINE_BOXED_TYPE (TwEstimate, tw_estimate, tw_estimate_copy, tw_estimate_free)

TwEstimate *
tw_estimate_new (void)
{
  TwEstimate *self = g_new0 (TwEstimate, 1);

  self->id = g_uuid_string_random ();
  self->alternatives = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_estimate_free);
  return self;
}

static gpointer
copy_alternative (gconstpointer item, gpointer user_data)
{
  return tw_estimate_copy (item);
}

/**
 * tw_estimate_copy:
 * @self: an estimate
 *
 * Copies an estimate.
 *
 * Returns: (transfer full): a copy
 * Since: 0.1
 */
TwEstimate *
tw_estimate_copy (const TwEstimate *self)
{
  TwEstimate *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->id = g_strdup (self->id);
  copy->provider = g_strdup (self->provider);
  copy->model = g_strdup (self->model);
  copy->model_name = g_strdup (self->model_name);
  copy->route_reason = g_strdup (self->route_reason);
  copy->service_tier = g_strdup (self->service_tier);
  copy->refusal = g_strdup (self->refusal);
  copy->problem = g_strdup (self->problem);
  copy->low = tw_cost_copy (self->low);
  copy->likely = tw_cost_copy (self->likely);
  copy->high = tw_cost_copy (self->high);
  copy->worst = tw_cost_copy (self->worst);
  if (self->budget != NULL)
    g_object_ref (copy->budget);
  copy->alternatives = g_ptr_array_copy (self->alternatives, (GCopyFunc) copy_alternative, NULL);
  return copy;
}

/**
 * tw_estimate_free:
 * @self: (transfer full): an estimate
 *
 * Frees an estimate.
 *
 * Since: 0.1
 */
void
tw_estimate_free (TwEstimate *self)
{
  g_free (self->id);
  g_free (self->provider);
  g_free (self->model);
  g_free (self->model_name);
  g_free (self->route_reason);
  g_free (self->service_tier);
  g_free (self->refusal);
  g_free (self->problem);
  g_clear_pointer (&self->low, tw_cost_free);
  g_clear_pointer (&self->likely, tw_cost_free);
  g_clear_pointer (&self->high, tw_cost_free);
  g_clear_pointer (&self->worst, tw_cost_free);
  g_clear_object (&self->budget);
  g_ptr_array_unref (self->alternatives);
  g_free (self);
}

void
tw_estimate_get_figures (const TwEstimate *self, TwEstimateFigures *ret_figures)
{
  *ret_figures = (TwEstimateFigures){
    .input_tokens = self->count.total.tokens,
    .output_p50 = self->output.p50,
    .output_p90 = self->output.p90,
    .output_max = self->output_max,
    .low = tw_cost_get_money (self->low),
    .likely = tw_cost_get_money (self->likely),
    .high = tw_cost_get_money (self->high),
    .worst = tw_cost_get_money (self->worst),
    .ttft_ms = self->latency.ttft_ms,
    .total_ms = self->latency.total_ms,
  };
}

/**
 * tw_estimate_get_id:
 * @self: an estimate
 *
 * Gets the estimate's id.
 *
 * Returns: its id, a UUID; the reply's receipt has the same one
 * Since: 0.1
 */
const char *
tw_estimate_get_id (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * tw_estimate_get_model:
 * @self: an estimate
 *
 * Gets the model that would answer, as `"provider/model"`.
 *
 * Returns: the model that would answer, as `"provider/model"`
 * Since: 0.1
 */
const char *
tw_estimate_get_model (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->model;
}

/**
 * tw_estimate_get_model_name:
 * @self: an estimate
 *
 * Gets the model's name for people.
 *
 * Returns: the model's name for people
 * Since: 0.1
 */
const char *
tw_estimate_get_model_name (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->model_name;
}

/**
 * tw_estimate_get_is_simulated:
 * @self: an estimate
 *
 * Says whether the sandbox would answer, and nothing be billed.
 *
 * Returns: whether the sandbox would answer, and nothing be billed
 * Since: 0.1
 */
gboolean
tw_estimate_get_is_simulated (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->simulated;
}

/**
 * tw_estimate_get_input_tokens:
 * @self: an estimate
 *
 * Gets the prompt's tokens, framing and tools included.
 *
 * Returns: the prompt's tokens, framing and tools included
 * Since: 0.1
 */
gint64
tw_estimate_get_input_tokens (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->count.total.tokens;
}

/**
 * tw_estimate_get_is_exact:
 * @self: an estimate
 *
 * Says whether the prompt's tokens are exact, not estimated.
 *
 * Returns: whether the prompt's tokens are exact, not estimated
 * Since: 0.1
 */
gboolean
tw_estimate_get_is_exact (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->count.total.exact;
}

/**
 * tw_estimate_get_output_p50:
 * @self: an estimate
 *
 * Gets the completion tokens that half of such answers stay under.
 *
 * Returns: completion tokens that half of such answers stay under
 * Since: 0.1
 */
gint64
tw_estimate_get_output_p50 (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->output.p50;
}

/**
 * tw_estimate_get_output_p90:
 * @self: an estimate
 *
 * Gets the completion tokens that nine in ten such answers stay under.
 *
 * Returns: completion tokens that nine in ten such answers stay under
 * Since: 0.1
 */
gint64
tw_estimate_get_output_p90 (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->output.p90;
}

/**
 * tw_estimate_get_output_max:
 * @self: an estimate
 *
 * Gets the cap on completion tokens that is sent with the request.
 *
 * Returns: the cap on completion tokens that is sent with the request
 * Since: 0.1
 */
gint64
tw_estimate_get_output_max (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->output_max;
}

/**
 * tw_estimate_get_output_basis:
 * @self: an estimate
 *
 * Gets what the answer's length is predicted from, for people.
 *
 * Returns: what the answer's length is predicted from, for people
 * Since: 0.1
 */
const char *
tw_estimate_get_output_basis (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->output.basis;
}

/**
 * tw_estimate_get_cost_low:
 * @self: an estimate
 *
 * Gets the cost that nine in ten such calls exceed.
 *
 * Returns: (transfer none): the cost that nine in ten such calls exceed
 * Since: 0.1
 */
const TwCost *
tw_estimate_get_cost_low (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->low;
}

/**
 * tw_estimate_get_cost_likely:
 * @self: an estimate
 *
 * Gets the cost at the median answer length.
 *
 * Returns: (transfer none): the cost at the median answer length
 * Since: 0.1
 */
const TwCost *
tw_estimate_get_cost_likely (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->likely;
}

/**
 * tw_estimate_get_cost_high:
 * @self: an estimate
 *
 * Gets the cost that nine in ten such calls stay under.
 *
 * Returns: (transfer none): the cost that nine in ten such calls stay under
 * Since: 0.1
 */
const TwCost *
tw_estimate_get_cost_high (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->high;
}

/**
 * tw_estimate_get_cost_worst:
 * @self: an estimate
 *
 * Gets the cost of an answer that fills its cap.
 *
 * Returns: (transfer none): the cost of an answer that fills its cap; what
 *   budgets must have room for
 * Since: 0.1
 */
const TwCost *
tw_estimate_get_cost_worst (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->worst;
}

/**
 * tw_estimate_get_ttft_ms:
 * @self: an estimate
 *
 * Gets the milliseconds to the first token, median.
 *
 * Returns: milliseconds to the first token, median
 * Since: 0.1
 */
gint64
tw_estimate_get_ttft_ms (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->latency.ttft_ms;
}

/**
 * tw_estimate_get_total_ms:
 * @self: an estimate
 *
 * Gets the milliseconds to the end of an answer of median length.
 *
 * Returns: milliseconds to the end of an answer of median length
 * Since: 0.1
 */
gint64
tw_estimate_get_total_ms (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->latency.total_ms;
}

/**
 * tw_estimate_get_p90_ms:
 * @self: an estimate
 *
 * Gets the milliseconds to the end of an answer of the 90th percentile's length.
 *
 * Returns: milliseconds to the end of an answer of the 90th percentile's length
 * Since: 0.1
 */
gint64
tw_estimate_get_p90_ms (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->latency.p90_ms;
}

/**
 * tw_estimate_get_problem:
 * @self: an estimate
 *
 * Gets why the request cannot be sent as it is, a sentence.
 *
 * Returns: (nullable): why the request cannot be sent as it is, a sentence
 * Since: 0.1
 */
const char *
tw_estimate_get_problem (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->problem;
}

/**
 * tw_estimate_get_refusal:
 * @self: an estimate
 *
 * Gets why a budget would not admit the request at its worst case.
 *
 * Returns: (nullable): a sentence; %NULL if every budget has room
 * Since: 0.1
 */
const char *
tw_estimate_get_refusal (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->refusal;
}

/**
 * tw_estimate_get_prices_as_of:
 * @self: an estimate
 *
 * Gets the day the prices were last verified, `YYYY-MM-DD`.
 *
 * Returns: (nullable): the day the prices were last verified, `YYYY-MM-DD`
 * Since: 0.1
 */
const char *
tw_estimate_get_prices_as_of (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->likely->prices_as_of;
}

/**
 * tw_estimate_get_alternatives:
 * @self: an estimate
 *
 * Lists what the same request would cost elsewhere.
 *
 * Returns: (transfer none) (element-type TwEstimate): an estimate for each model
 *   on offer
 * Since: 0.1
 */
GPtrArray *
tw_estimate_get_alternatives (const TwEstimate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->alternatives;
}
