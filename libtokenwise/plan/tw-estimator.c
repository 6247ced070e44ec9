/* SPDX-License-Identifier: MIT */
#include "libtokenwise/plan/tw-estimator-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/message/tw-request-private.h"

/* A request without a cap gets one, since a budget must hold the worst case: room for a long
 * answer, and for a model that reasons room to think first. */
#define DEFAULT_MAX_OUTPUT 4096
#define DEFAULT_MAX_REASONING_OUTPUT 16384

void
tw_estimator_init (
    TwEstimator *self, TwCatalog *catalog, TwRequest *request, gint64 at, gboolean simulated)
{
  self->catalog = g_object_ref (catalog);
  self->request = g_object_ref (request);
  self->at = at;
  self->simulated = simulated;
  self->memo = tw_count_memo_new ();
}

void
tw_estimator_clear (TwEstimator *self)
{
  g_clear_object (&self->catalog);
  g_clear_object (&self->request);
  g_clear_pointer (&self->memo, tw_count_memo_unref);
}

void
tw_estimator_share_memo (TwEstimator *self, TwCountMemo *memo)
{
  tw_count_memo_unref (self->memo);
  self->memo = tw_count_memo_ref (memo);
}

static gboolean
count (TwEstimator *self, TwModel *model, TwRequestCount *ret_count, GError **error)
{
  TwCountTarget target = {
    .tokenizer = tw_model_get_tokenizer (model),
    .model = tw_model_get_id (model),
  };

  return tw_count_request (&target, self->request, self->memo, ret_count, error);
}

/* Whether this request makes the model think before it answers. Claude thinks only when asked to
 * (Anthropic's Messages API); the other models that can do so by default. */
static gboolean
will_reason (TwRequest *request, TwModel *model)
{
  const char *effort = request->reasoning_effort;
  const char *tokenizer = tw_model_get_tokenizer (model);

  if (!tw_model_has_capability (model, "reasoning") || g_strcmp0 (effort, "none") == 0)
    return FALSE;
  return effort != NULL || tokenizer == NULL || !g_str_has_prefix (tokenizer, "claude");
}

static gint64
choose_cap (TwRequest *request, TwModel *model, gboolean reasoning, gint64 input_tokens)
{
  gint64 cap = request->max_output_tokens;
  gint64 limit = tw_model_get_output_limit (model);
  gint64 context = tw_model_get_context_limit (model);

  if (cap == 0)
    {
      cap = reasoning ? DEFAULT_MAX_REASONING_OUTPUT : DEFAULT_MAX_OUTPUT;
      if (context > 0)
        cap = MIN (cap, MAX (context - input_tokens, 1));
    }
  return limit > 0 ? MIN (cap, limit) : cap;
}

static TwCost *
price (TwEstimator *self, TwModel *model, gint64 input, gint64 output)
{
  g_autoptr (TwUsage) usage = tw_usage_new ();
  TwPriceTerms terms = { .at = self->at, .service_tier = self->request->service_tier };

  usage->counts[TW_METER_INPUT_UNCACHED] = input;
  usage->counts[TW_METER_OUTPUT_TEXT] = output;
  return tw_catalog_price (self->catalog, model, usage, &terms);
}

static void
price_all (TwEstimator *self, TwModel *model, TwEstimate *estimate)
{
  const TwTokenCount *input = &estimate->count.total;

  estimate->low = price (self, model, input->low, estimate->output.p10);
  estimate->likely = price (self, model, input->tokens, estimate->output.p50);
  estimate->service_tier = g_strdup (self->request->service_tier);
  estimate->high = price (self, model, input->high, estimate->output.p90);
  estimate->worst = price (self, model, input->high, estimate->output_max);
}

static char *
find_problem (TwRequest *request, TwModel *model, const TwEstimate *estimate)
{
  gint64 context = tw_model_get_context_limit (model);
  gint64 limit = tw_model_get_output_limit (model);
  gint64 input = estimate->count.total.tokens;

  if (context > 0 && input + 1 > context)
    return g_strdup_printf ("This is %" G_GINT64_FORMAT " tokens too long for %s; shorten it or "
                            "start a new chat.",
                            input + 1 - context, estimate->model_name);
  if (context > 0 && input + estimate->output_max > context)
    return g_strdup_printf ("The prompt and an answer of %" G_GINT64_FORMAT
                            " tokens do not fit %s together; lower the answer limit.",
                            estimate->output_max, estimate->model_name);
  if (limit > 0 && request->max_output_tokens > limit)
    return g_strdup_printf ("%s writes at most %" G_GINT64_FORMAT
                            " tokens; lower the answer limit.",
                            estimate->model_name, limit);
  return NULL;
}

TwEstimate *
tw_estimator_run (
    TwEstimator *self, TwModel *model, const GArray *history, TwBudget *budget, GError **error)
{
  g_autoptr (TwEstimate) estimate = tw_estimate_new ();
  gboolean reasoning = will_reason (self->request, model);

  if (!count (self, model, &estimate->count, error))
    return NULL;
  estimate->provider = g_strdup (tw_model_get_provider (model));
  estimate->model = g_strdup (tw_model_get_qualified_id (model));
  estimate->model_name = g_strdup (tw_model_get_name (model));
  estimate->simulated = self->simulated;
  estimate->context_limit = tw_model_get_context_limit (model);
  estimate->output_max = choose_cap (self->request, model, reasoning, estimate->count.total.high);
  tw_length_predict (reasoning, history, estimate->output_max, &estimate->output);
  tw_latency_predict (reasoning, history, estimate->output.p50, estimate->output.p90,
                      &estimate->latency);
  price_all (self, model, estimate);
  estimate->problem = find_problem (self->request, model, estimate);
  g_set_object (&estimate->budget, budget);
  if (budget != NULL)
    estimate->refusal
        = tw_budget_explain_refusal (budget, tw_cost_get_money (estimate->worst).femto);
  return g_steal_pointer (&estimate);
}

static gboolean
is_cheaper (const TwEstimate *a, const TwEstimate *b)
{
  return tw_cost_get_money (a->likely).femto < tw_cost_get_money (b->likely).femto;
}

TwEstimate *
tw_route_choose (GPtrArray *estimates)
{
  TwEstimate *best = NULL;

  for (guint i = 0; i < estimates->len; i++)
    {
      TwEstimate *candidate = g_ptr_array_index (estimates, i);

      if (candidate->problem == NULL
          && tw_cost_get_money (candidate->likely).state == TW_MONEY_KNOWN
          && (best == NULL || is_cheaper (candidate, best)))
        best = candidate;
    }
  return best;
}
