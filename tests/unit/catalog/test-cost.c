/* SPDX-License-Identifier: MIT */
#include "fixture.h"

static TwCost *
price (const char *name, const TwUsage *usage)
{
  TwPriceTerms terms = { .at = fixture_instant ("2026-11-22T12:00:00Z") };
  g_autoptr (TwModel) model = tw_catalog_find_model (fixture_catalog (), name, NULL);

  return tw_catalog_price (fixture_catalog (), model, usage, &terms);
}

static void
test_json (void)
{
  const char *expected
      = "{\"cost\":\"0.0275\",\"state\":\"known\",\"source\":\"local\",\"lines\":["
        "{\"meter\":\"input\",\"quantity\":1000,\"rate\":\"5\",\"cost\":\"0.005\","
        "\"card\":\"standard\"},"
        "{\"meter\":\"output\",\"quantity\":500,\"rate\":\"25\",\"cost\":\"0.0125\","
        "\"card\":\"standard\"},"
        "{\"meter\":\"web_search\",\"quantity\":1,\"rate\":\"10\",\"per\":1000,\"cost\":\"0.01\","
        "\"card\":\"standard\"}],";
  TwUsage usage = {
    .counts
    = { [TW_METER_INPUT_UNCACHED] = 1000, [TW_METER_OUTPUT_TEXT] = 500, [TW_METER_WEB_SEARCH] = 1 }
  };
  g_autoptr (TwCost) cost = price ("anthropic/claude-opus-5", &usage);
  g_autofree char *json = tw_cost_to_json (cost);
  g_autofree char *head = g_strndup (json, strlen (expected));

  g_assert_cmpstr (head, ==, expected);
  g_assert_nonnull (strstr (json, "\"assumed\":[]"));
  g_assert_nonnull (strstr (json, "\"catalog_version\":\""));
  g_assert_nonnull (strstr (json, "\"reason\":null"));
}

static void
test_unknown_json (void)
{
  TwUsage usage = { .counts = { [TW_METER_INPUT_UNCACHED] = 1000 } };
  g_autoptr (TwCost) cost = price ("cerebras/qwen-3-coder-480b", &usage);
  g_autofree char *json = tw_cost_to_json (cost);
  g_autofree char *text = tw_cost_to_text (cost);

  g_assert_true (
      g_str_has_prefix (json, "{\"cost\":null,\"state\":\"unknown\",\"source\":\"local\""));
  g_assert_cmpstr (text, ==, "price unknown");
  g_assert_null (tw_cost_to_decimal (cost));
}

static void
test_copy (void)
{
  TwUsage usage = { .counts = { [TW_METER_INPUT_UNCACHED] = 1000000 } };
  TwCost *cost = price ("openai/gpt-4o", &usage);
  g_autoptr (TwCost) copy = tw_cost_copy (cost);
  g_autofree char *json = tw_cost_to_json (cost);
  g_autofree char *text = NULL;
  g_autofree char *copied = NULL;

  tw_cost_free (cost);
  copied = tw_cost_to_json (copy);
  g_assert_cmpstr (copied, ==, json);
  text = tw_cost_to_text (copy);
  g_assert_cmpstr (text, ==, "$2.50");
}

static void
test_lines_sum (void)
{
  TwUsage usage = { .counts = { 123, 456, 789, 12, 34, 56, 78 } };
  g_autoptr (TwCost) cost = price ("anthropic/claude-opus-5", &usage);
  TwFemto sum = 0;

  for (guint i = 0; i < cost->lines->len; i++)
    sum += g_array_index (cost->lines, TwCostLine, i).femto;
  g_assert_cmpuint (cost->lines->len, ==, 7);
  g_assert_true (sum == tw_cost_get_money (cost).femto);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalog/cost/json", test_json);
  g_test_add_func ("/catalog/cost/unknown-json", test_unknown_json);
  g_test_add_func ("/catalog/cost/copy", test_copy);
  g_test_add_func ("/catalog/cost/lines-sum", test_lines_sum);
  return g_test_run ();
}
