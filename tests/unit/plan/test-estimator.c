/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-model-private.h"
#include "libtokenwise/message/tw-request-private.h"
#include "libtokenwise/plan/tw-estimator-private.h"

/* gpt-4o-mini: $0.15 in, $0.60 out per million; its tokens and price are known exactly. */
#define MODEL "openai/gpt-4o-mini"

static TwCatalog *catalog;

static TwEstimate *
estimate (TwRequest *request, const char *name)
{
  g_auto (TwEstimator) estimator = { 0 };
  g_autoptr (TwModel) model = tw_catalog_find_model (catalog, name, NULL);
  g_autoptr (GError) error = NULL;
  TwEstimate *result;

  tw_estimator_init (&estimator, catalog, request, tw_instant_now (), FALSE);
  result = tw_estimator_run (&estimator, model, NULL, NULL, &error);
  g_assert_no_error (error);
  return result;
}

static TwRequest *
hello (void)
{
  TwRequest *request = tw_request_new (MODEL);

  tw_request_add_text (request, TW_ROLE_USER, "Hello, how are you today?");
  return request;
}

static void
test_cost_is_exact (void)
{
  g_autoptr (TwRequest) request = hello ();
  g_autoptr (TwEstimate) result = estimate (request, MODEL);
  TwFemto expected
      = (TwFemto) result->count.total.tokens * 150000000 + (TwFemto) result->output.p50 * 600000000;

  g_assert_true (result->count.total.exact);
  g_assert_true (tw_cost_get_money (result->likely).femto == expected);
  g_assert_cmpint (tw_cost_get_money (result->likely).state, ==, TW_MONEY_KNOWN);
}

static void
test_range_is_ordered (void)
{
  g_autoptr (TwRequest) request = hello ();
  g_autoptr (TwEstimate) result = estimate (request, MODEL);

  g_assert_true (tw_cost_get_money (result->low).femto <= tw_cost_get_money (result->likely).femto);
  g_assert_true (tw_cost_get_money (result->likely).femto
                 <= tw_cost_get_money (result->high).femto);
  g_assert_true (tw_cost_get_money (result->high).femto <= tw_cost_get_money (result->worst).femto);
  g_assert_nonnull (tw_estimate_get_prices_as_of (result));
}

static void
test_more_text_costs_more (void)
{
  g_autoptr (TwRequest) request = hello ();
  g_autoptr (TwEstimate) before = estimate (request, MODEL);
  g_autoptr (TwEstimate) after = NULL;

  tw_request_add_text (request, TW_ROLE_ASSISTANT, "I am well.");
  tw_request_add_text (request, TW_ROLE_USER, "Good to hear.");
  after = estimate (request, MODEL);
  g_assert_cmpint (after->count.total.tokens, >, before->count.total.tokens);
  g_assert_true (tw_cost_get_money (after->likely).femto
                 > tw_cost_get_money (before->likely).femto);
}

static void
test_cap_is_the_worst_case (void)
{
  g_autoptr (TwRequest) request = hello ();
  g_autoptr (TwEstimate) result = NULL;
  TwFemto expected;

  tw_request_set_max_output_tokens (request, 50);
  result = estimate (request, MODEL);
  expected = (TwFemto) result->count.total.tokens * 150000000 + (TwFemto) 50 * 600000000;
  g_assert_cmpint (result->output_max, ==, 50);
  g_assert_true (tw_cost_get_money (result->worst).femto == expected);
}

static void
test_too_long (void)
{
  g_autoptr (TwRequest) request = tw_request_new (MODEL);
  g_autofree char *text = g_strnfill (2000000, 'x');
  g_autoptr (TwEstimate) result = NULL;

  for (gsize i = 0; i < 2000000; i += 2)
    text[i] = ' ';
  tw_request_add_text (request, TW_ROLE_USER, text);
  result = estimate (request, MODEL);
  g_assert_nonnull (tw_estimate_get_problem (result));
}

static void
test_unpriced_is_unknown (void)
{
  g_auto (TwEstimator) estimator = { 0 };
  g_autoptr (TwRequest) request = hello ();
  g_autoptr (TwModel) model = tw_model_new_unpriced ("local", "llama");
  g_autoptr (TwEstimate) result = NULL;
  g_autofree char *text = NULL;

  tw_estimator_init (&estimator, catalog, request, tw_instant_now (), FALSE);
  result = tw_estimator_run (&estimator, model, NULL, NULL, NULL);
  g_assert_cmpint (tw_cost_get_money (result->likely).state, ==, TW_MONEY_UNKNOWN);
  text = tw_estimate_get_cost_text (result);
  g_assert_cmpstr (text, ==, "price unknown");
}

/* A model that reasons takes longer than it takes to answer; Claude does so only when asked. */
static void
test_reasoning (void)
{
  static const struct
  {
    const char *model;
    const char *effort;
    gboolean reasons;
  } cases[] = {
    { MODEL, NULL, FALSE },
    { "openai/gpt-5.4-mini", NULL, TRUE },
    { "openai/gpt-5.4-mini", "none", FALSE },
    { "anthropic/claude-haiku-4-5", NULL, FALSE },
    { "anthropic/claude-haiku-4-5", "high", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TwRequest) request = hello ();
      g_autoptr (TwEstimate) result = NULL;

      request->reasoning_effort = g_strdup (cases[i].effort);
      result = estimate (request, cases[i].model);
      g_assert_cmpint (result->output.p50, ==, cases[i].reasons ? 792 : 129);
      g_assert_cmpint (result->output_max, ==, cases[i].reasons ? 16384 : 4096);
    }
}

static void
test_route_takes_the_cheapest_known (void)
{
  g_autoptr (TwRequest) request = hello ();
  g_autoptr (GPtrArray) estimates
      = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_estimate_free);

  g_ptr_array_add (estimates, estimate (request, "openai/gpt-4o"));
  g_ptr_array_add (estimates, estimate (request, MODEL));
  g_assert_cmpstr (tw_route_choose (estimates)->model, ==, MODEL);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  catalog = tw_catalog_new (NULL);
  g_assert_nonnull (catalog);
  g_test_add_func ("/plan/estimator/cost-is-exact", test_cost_is_exact);
  g_test_add_func ("/plan/estimator/range-is-ordered", test_range_is_ordered);
  g_test_add_func ("/plan/estimator/more-text-costs-more", test_more_text_costs_more);
  g_test_add_func ("/plan/estimator/cap-is-the-worst-case", test_cap_is_the_worst_case);
  g_test_add_func ("/plan/estimator/too-long", test_too_long);
  g_test_add_func ("/plan/estimator/unpriced-is-unknown", test_unpriced_is_unknown);
  g_test_add_func ("/plan/estimator/reasoning", test_reasoning);
  g_test_add_func ("/plan/estimator/route-takes-the-cheapest-known",
                   test_route_takes_the_cheapest_known);
  status = g_test_run ();
  g_clear_object (&catalog);
  return status;
}
