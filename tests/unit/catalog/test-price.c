/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#define TODAY "2026-11-22T12:00:00Z"

typedef struct
{
  const char *name;
  const char *model;
  const char *at;
  TwUsage usage;
  const char *cost;
} Bill;

#define U(uncached, read, w5, w30, w1h, text, reasoning)                                           \
  {                                                                                                \
    .counts = { uncached, read, w5, w30, w1h, text, reasoning }                                    \
  }

/* Bills that other libraries got wrong, and both sides of each cliff. The prices are those in
 * force at the date. */
static const Bill bills[] = {
  { "anthropic-cache-write", "anthropic/claude-3-7-sonnet-latest", TODAY,
    U (3, 0, 12304, 0, 0, 550, 0), "0.054399" },
  { "anthropic-stream", "anthropic/claude-opus-4-7", TODAY, U (6, 0, 159217, 0, 0, 2745, 0),
    "1.06376125" },
  { "anthropic-cache-read", "anthropic/claude-3-5-haiku-latest", TODAY, U (4, 2455, 0, 0, 0, 23, 0),
    "0.0002916" },
  { "gemini-cached-long", "google/gemini-2.5-pro", TODAY,
    U (262960 - 257955, 257955, 0, 0, 0, 1744, 0), "0.10316125" },
  { "mixed-cache-writes", "anthropic/claude-opus-4-8", TODAY, U (0, 0, 600000, 0, 400000, 0, 0),
    "7.75" },
  { "hour-cache-writes", "anthropic/claude-opus-4-8", TODAY, U (0, 0, 0, 0, 344139, 0, 0),
    "3.44139" },
  { "cliff-long", "anthropic/claude-sonnet-4-5", "2025-11-15T00:00:00Z",
    U (300000, 0, 0, 0, 0, 1000, 0), "1.8225" },
  { "cliff-by-cache", "anthropic/claude-sonnet-4-5", "2025-11-15T00:00:00Z",
    U (1000, 250000, 0, 0, 0, 1000, 0), "0.1785" },
  { "cliff-at", "anthropic/claude-sonnet-4-5", "2025-11-15T00:00:00Z",
    U (200000, 0, 0, 0, 0, 1000, 0), "0.615" },
  { "cliff-past", "anthropic/claude-sonnet-4-5", "2025-11-15T00:00:00Z",
    U (200001, 0, 0, 0, 0, 1000, 0), "1.222506" },
  /* The million-token beta is over: no prompt reaches the tier any more. */
  { "cliff-ended", "anthropic/claude-sonnet-4-5", TODAY, U (300000, 0, 0, 0, 0, 1000, 0), "0.915" },
  { "flat-opus-5", "anthropic/claude-opus-5", TODAY, U (300000, 0, 0, 0, 0, 1000, 0), "1.525" },
  { "flat-sonnet-5", "anthropic/claude-sonnet-5", TODAY, U (300000, 0, 0, 0, 0, 1000, 0), "0.61" },
  { "openai-at", "openai/gpt-5.4", TODAY, U (272000, 0, 0, 0, 0, 1000, 0), "0.695" },
  { "openai-past", "openai/gpt-5.4", TODAY, U (272001, 0, 0, 0, 0, 1000, 0), "1.382505" },
  { "openai-below-astra", "openai/gpt-6-astra", TODAY, U (272000, 0, 0, 0, 0, 0, 0), "2.72" },
  { "openai-past-sol", "openai/gpt-6-sol", TODAY, U (272001, 0, 0, 0, 0, 0, 0), "1.088004" },
  { "openai-cache-write", "openai/gpt-5.6-sol", "2026-08-01T00:00:00Z", U (8, 0, 0, 4012, 0, 0, 0),
    "0.025115" },
  { "xai-below", "x-ai/grok-4.5", TODAY, U (199999, 0, 0, 0, 0, 0, 0), "0.399998" },
  { "xai-at", "x-ai/grok-4.5", TODAY, U (200000, 0, 0, 0, 0, 0, 0), "0.8" },
  { "gemini-at", "google/gemini-2.5-pro", TODAY, U (200000, 0, 0, 0, 0, 0, 0), "0.25" },
  { "gemini-past", "google/gemini-2.5-pro", TODAY, U (200001, 0, 0, 0, 0, 0, 0), "0.5000025" },
  { "gemini-thoughts", "google/gemini-2.5-flash", TODAY, U (10, 0, 0, 0, 0, 20, 100), "0.000303" },
  { "luna-the-day-before", "openai/gpt-5.6-luna", "2026-07-29T23:59:59Z",
    U (1000000, 0, 0, 0, 0, 0, 0), "2" },
  { "luna-cut", "openai/gpt-5.6-luna", "2026-07-30T00:00:00Z", U (100000, 0, 0, 0, 0, 0, 0),
    "0.02" },
  { "sol-before-the-cut", "openai/gpt-5.6-sol", "2026-08-20T23:59:59Z",
    U (1000, 0, 0, 0, 0, 1000, 0), "0.035" },
  { "sol-cut", "openai/gpt-5.6-sol", "2026-08-21T00:00:00Z", U (1000, 0, 0, 0, 0, 1000, 0),
    "0.024" },
  { "sonnet-5-not-raised", "anthropic/claude-sonnet-5", "2026-09-01T00:00:00Z",
    U (1000000, 0, 0, 0, 0, 0, 0), "2" },
  { "gemini-announced-before", "google/gemini-3.6-flash", "2026-12-31T23:59:59Z",
    U (1000000, 0, 0, 0, 0, 0, 0), "0.75" },
  { "gemini-announced", "google/gemini-3.6-flash", "2027-01-01T00:00:00Z",
    U (1000000, 0, 0, 0, 0, 0, 0), "1.5" },
  { "mistral-alias-moved", "mistral/mistral-large-latest", TODAY, U (1000, 0, 0, 0, 0, 1000, 0),
    "0.002" },
  { "mistral-alias-then", "mistral/mistral-large-latest", "2025-06-01T00:00:00Z",
    U (1000, 0, 0, 0, 0, 1000, 0), "0.008" },
  { "deepseek-before-peaks", "deepseek/deepseek-v4-flash", "2026-08-16T15:59:59Z",
    U (1000000, 0, 0, 0, 0, 0, 0), "0.14" },
  /* A Monday, a Sunday, and the ends of the windows. */
  { "deepseek-peak", "deepseek/deepseek-v4-flash", "2026-08-17T01:00:00Z",
    U (1000000, 0, 0, 0, 0, 0, 0), "0.44" },
  { "deepseek-peak-last", "deepseek/deepseek-v4-flash", "2026-08-17T03:59:59Z",
    U (1000000, 0, 0, 0, 0, 0, 0), "0.44" },
  { "deepseek-between", "deepseek/deepseek-v4-flash", "2026-08-17T04:00:00Z",
    U (1000000, 0, 0, 0, 0, 0, 0), "0.22" },
  { "deepseek-sunday", "deepseek/deepseek-v4-flash", "2026-08-23T02:00:00Z",
    U (1000000, 0, 0, 0, 0, 0, 0), "0.22" },
  { "smallest", "deepseek/deepseek-v4-pro", "2026-08-01T00:00:00Z", U (0, 1, 0, 0, 0, 0, 0),
    "0.000000003625" },
  { "free", "openrouter/openai/gpt-oss-120b:free", TODAY, U (1000, 0, 0, 0, 0, 1000, 0), "0" },
  { "nothing", "openai/gpt-4o-mini", TODAY, U (0, 0, 0, 0, 0, 0, 0), "0" },
};

static void
test_bills (gconstpointer data)
{
  const Bill *bill = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwModel) model = tw_catalog_find_model (fixture_catalog (), bill->model, &error);
  g_autoptr (TwCost) cost = NULL;

  g_assert_no_error (error);
  cost = tw_catalog_price_usage (fixture_catalog (), model, &bill->usage,
                                 &(TwPriceTerms){ .at = fixture_instant (bill->at) }, &error);
  g_assert_no_error (error);
  fixture_assert_cost (cost, bill->cost, "known");
}

typedef struct
{
  const char *name;
  const char *model;
  const char *tier;
  const char *speed;
  const char *region;
  gint64 input;
  const char *cost; /* NULL: no price */
  int error;
} Tier;

static const Tier tiers[] = {
  { "standard", "openai/gpt-5.5", "standard", NULL, NULL, 1000, "0.005", 0 },
  { "default", "openai/gpt-5.5", "default", NULL, NULL, 1000, "0.005", 0 },
  { "auto", "openai/gpt-5.5", "auto", NULL, NULL, 1000, "0.005", 0 },
  { "priority", "openai/gpt-5.5", "priority", NULL, NULL, 1000, "0.0125", 0 },
  { "priority-long", "openai/gpt-5.5", "priority", NULL, NULL, 272001, NULL,
    TW_ERROR_TIER_UNPRICED },
  { "flex", "openai/gpt-5.5", "flex", NULL, NULL, 1000, "0.0025", 0 },
  { "flex-without", "openai/gpt-6.2-sol", "flex", NULL, NULL, 1000, NULL, TW_ERROR_TIER_UNPRICED },
  { "priority-without", "openai/gpt-5-nano", "priority", NULL, NULL, 1000, NULL,
    TW_ERROR_TIER_UNPRICED },
  { "fast", "anthropic/claude-opus-5", NULL, "fast", NULL, 1000, "0.01", 0 },
  { "fast-standard", "anthropic/claude-opus-5", NULL, "standard", NULL, 1000, "0.005", 0 },
  { "fast-without", "anthropic/claude-opus-4-6", NULL, "fast", NULL, 1000, NULL,
    TW_ERROR_TIER_UNPRICED },
  { "region", "anthropic/claude-opus-5", NULL, NULL, "us", 1000, "0.0055", 0 },
  { "region-fast", "anthropic/claude-opus-5", NULL, "fast", "us", 1000, "0.011", 0 },
  { "region-global", "anthropic/claude-opus-5", NULL, NULL, "global", 1000, "0.005", 0 },
  { "unpriced", "cerebras/qwen-3-coder-480b", NULL, NULL, NULL, 1000, NULL, TW_ERROR_UNPRICED },
  { "unpriced-not-free", "google/gemini-3.1-flash-live-preview", NULL, NULL, NULL, 1000, "0.00075",
    0 },
};

static void
test_tiers (gconstpointer data)
{
  const Tier *tier = data;
  TwUsage usage = { .counts = { [TW_METER_INPUT_UNCACHED] = tier->input } };
  TwPriceTerms terms;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwModel) model = tw_catalog_find_model (fixture_catalog (), tier->model, &error);
  g_autoptr (TwCost) cost = NULL;

  g_assert_no_error (error);
  terms = (TwPriceTerms){ .at = fixture_instant (TODAY),
                          .service_tier = tier->tier,
                          .speed = tier->speed,
                          .region = tier->region };
  cost = tw_catalog_price_usage (fixture_catalog (), model, &usage, &terms, &error);
  if (tier->cost != NULL)
    {
      g_assert_no_error (error);
      fixture_assert_cost (cost, tier->cost, "known");
      return;
    }
  g_assert_error (error, TW_ERROR, tier->error);
  g_assert_null (cost);
  g_assert_nonnull (strstr (error->message, tier->model));
}

static void
test_reason (void)
{
  TwUsage usage = U (1000, 0, 0, 0, 0, 1000, 0);
  TwPriceTerms terms = { .at = TW_INSTANT_NONE, .service_tier = "flex" };
  g_autoptr (TwModel) model = tw_catalog_find_model (fixture_catalog (), "gpt-4o", NULL);
  g_autoptr (TwCost) cost = NULL, known = NULL;

  cost = tw_catalog_price (fixture_catalog (), model, &usage, &terms);
  fixture_assert_cost (cost, NULL, "unknown");
  g_assert_cmpstr (tw_cost_get_reason (cost), ==,
                   "openai/gpt-4o has no known price on the service tier “flex”.");
  known = tw_catalog_price (fixture_catalog (), model, &usage, NULL);
  fixture_assert_cost (known, "0.0125", "known");
  g_assert_null (tw_cost_get_reason (known));
}

static void
test_unknown_meter (void)
{
  TwUsage usage = U (1000, 0, 0, 0, 0, 1000, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCatalog) catalog
      = fixture_read_cards (FIXTURE_CARD ("c", "\"prices\":{\"input\":\"2\"}"), &error);
  g_autoptr (TwModel) model = NULL;
  g_autoptr (TwCost) bounded = NULL, unknown = NULL;

  g_assert_no_error (error);
  model = tw_catalog_find_model (catalog, "acme/m", &error);
  bounded = tw_catalog_price (catalog, model, &usage, NULL);
  fixture_assert_cost (bounded, "0.002", "bounded");
  g_assert_cmpstr (tw_cost_get_reason (bounded), ==, "acme/m has no known price for output.");
  usage.counts[TW_METER_INPUT_UNCACHED] = 0;
  unknown = tw_catalog_price (catalog, model, &usage, NULL);
  fixture_assert_cost (unknown, NULL, "unknown");
}

static void
test_hour_writes_inherit_as_at_least (void)
{
  TwUsage usage = U (0, 0, 0, 0, 1000, 0, 0);
  g_autoptr (TwCatalog) catalog = fixture_read_cards (
      FIXTURE_CARD ("c", "\"prices\":{\"input\":\"4\",\"cache_write\":\"5\"}"), NULL);
  g_autoptr (TwModel) model = tw_catalog_find_model (catalog, "acme/m", NULL);
  g_autoptr (TwCost) cost = tw_catalog_price (catalog, model, &usage, NULL);

  fixture_assert_cost (cost, "0.005", "bounded");
}

static void
test_parts_have_their_own_price (void)
{
  TwUsage usage = U (1000, 300, 0, 0, 0, 500, 100);
  g_autoptr (TwCatalog) catalog = fixture_read_cards (
      FIXTURE_CARD ("c", "\"prices\":{\"input\":\"1\",\"cache_read\":\"0.1\",\"output\":\"2\","
                         "\"input_audio\":\"10\",\"output_audio\":\"20\",\"reasoning\":\"3\"}"),
      NULL);
  g_autoptr (TwModel) model = tw_catalog_find_model (catalog, "acme/m", NULL);
  g_autoptr (TwCost) cost = NULL, cached = NULL, impossible = NULL;

  usage.counts[TW_METER_INPUT_AUDIO] = 200;
  usage.counts[TW_METER_OUTPUT_AUDIO] = 50;
  usage.counts[TW_METER_INPUT_IMAGE] = 700;
  cost = tw_catalog_price (catalog, model, &usage, NULL);
  /* 800 + 200·10 + 300·0.1 + 450·2 + 50·20 + 100·3 per million; images have no own price. */
  fixture_assert_cost (cost, "0.00503", "known");
  /* Cached audio counted within the input audio. */
  usage.counts[TW_METER_INPUT_AUDIO] = 1200;
  usage.counts[TW_METER_CACHE_READ_AUDIO] = 300;
  cached = tw_catalog_price (catalog, model, &usage, NULL);
  fixture_assert_cost (cached, "0.01133", "known");
  usage.counts[TW_METER_INPUT_AUDIO] = 1300;
  usage.counts[TW_METER_CACHE_READ_AUDIO] = 0;
  impossible = tw_catalog_price (catalog, model, &usage, NULL);
  g_assert_cmpstr (tw_cost_get_state (impossible), ==, "bounded");
}

static void
test_fees (void)
{
  TwUsage usage = U (1000, 0, 0, 0, 0, 0, 0);
  g_autoptr (TwCatalog) catalog = fixture_read_cards (
      FIXTURE_CARD ("c",
                    "\"prices\":{\"input\":\"1\",\"web_search\":{\"price\":\"10\",\"per\":1000},"
                    "\"request\":{\"price\":\"1\",\"per\":3000}}"),
      NULL);
  g_autoptr (TwModel) model = tw_catalog_find_model (catalog, "acme/m", NULL);
  g_autoptr (TwCost) cost = NULL, fetched = NULL;
  const TwCostLine *line;

  usage.counts[TW_METER_WEB_SEARCH] = 3;
  cost = tw_catalog_price (catalog, model, &usage, NULL);
  /* 0.001 + 0.03 + 1/3000, half to even at a femto-USD and marked. */
  fixture_assert_cost (cost, "0.031333333333333", "known");
  g_assert_cmpuint (cost->lines->len, ==, 3);
  line = &g_array_index (cost->lines, TwCostLine, 1);
  g_assert_cmpstr (line->meter, ==, "web_search");
  g_assert_false (line->is_rounded);
  line = &g_array_index (cost->lines, TwCostLine, 2);
  g_assert_cmpstr (line->meter, ==, "request");
  g_assert_true (line->is_rounded);
  usage.counts[TW_METER_WEB_FETCH] = 1;
  fetched = tw_catalog_price (catalog, model, &usage, NULL);
  fixture_assert_cost (fetched, "0.031333333333333", "bounded");
}

static void
test_patch_and_priority (void)
{
  TwUsage usage = U (1000, 1000, 0, 0, 0, 1000, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCatalog) catalog = fixture_read_cards (
      FIXTURE_CARD ("base", "\"prices\":{\"input\":\"1\",\"cache_read\":\"0.5\",\"output\":"
                            "\"2\"}") "," FIXTURE_CARD ("patch", "\"mode\":\"patch\",\"priority\":"
                                                                 "1,\"prices\":{\"output\":\"3\"}"),
      &error);
  g_autoptr (TwModel) model = tw_catalog_find_model (catalog, "acme/m", NULL);
  g_autoptr (TwCost) cost = NULL;

  g_assert_no_error (error);
  cost = tw_catalog_price (catalog, model, &usage, NULL);
  fixture_assert_cost (cost, "0.0045", "known");
  g_assert_cmpstr (g_array_index (cost->lines, TwCostLine, 0).card, ==, "base");
  g_assert_cmpstr (g_array_index (cost->lines, TwCostLine, 2).card, ==, "patch");
}

static void
test_ambiguity_is_no_price (void)
{
  TwUsage usage = U (300, 0, 0, 0, 0, 0, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCatalog) catalog = fixture_read_cards (
      FIXTURE_CARD ("a",
                    "\"when\":{\"total_input_tokens\":{\"gt\":100}},\"prices\":{\"input\":"
                    "\"1\"}") "," FIXTURE_CARD ("b", "\"when\":{\"total_input_tokens\":{\"gt\":200}"
                                                     "},\"prices\":{\"input\":\"2\"}"),
      &error);
  g_autoptr (TwModel) model = tw_catalog_find_model (catalog, "acme/m", NULL);
  g_autoptr (TwCost) both = NULL, one = NULL, none = NULL;

  g_assert_no_error (error);
  both = tw_catalog_price (catalog, model, &usage, NULL);
  fixture_assert_cost (both, NULL, "unknown");
  usage.counts[TW_METER_INPUT_UNCACHED] = 200;
  one = tw_catalog_price (catalog, model, &usage, NULL);
  fixture_assert_cost (one, "0.0002", "known");
  usage.counts[TW_METER_INPUT_UNCACHED] = 100;
  none = tw_catalog_price (catalog, model, &usage, NULL);
  fixture_assert_cost (none, NULL, "unknown");
}

static void
test_exactness (void)
{
  /* A double gives 577.6008800001206 for 2,818,500 calls' worth of these, and cannot hold the sum
   * of 2^53 + 1 parts; here every digit counts. */
  TwUsage usage = U (1000000000000, 0, 0, 0, 0, 999999999999, 0);
  g_autoptr (TwCatalog) catalog = fixture_read_cards (
      FIXTURE_CARD ("c", "\"prices\":{\"input\":\"150.000000001\",\"output\":\"600.000000007\"}"),
      NULL);
  g_autoptr (TwModel) model = tw_catalog_find_model (catalog, "acme/m", NULL);
  g_autoptr (TwCost) cost = tw_catalog_price (catalog, model, &usage, NULL);

  fixture_assert_cost (cost, "750000000.007399999999993", "known");
}

static void
test_other_model (void)
{
  TwUsage *other = tw_usage_new ();
  g_autoptr (TwUsage) usage = tw_usage_new ();
  g_autoptr (TwModel) model = tw_catalog_find_model (fixture_catalog (), "claude-opus-4-8", NULL);
  g_autoptr (TwCost) cost = NULL, bounded = NULL;

  /* 412 in and 264 out served by a fallback, the rest of nothing by the asked model. */
  other->counts[TW_METER_INPUT_UNCACHED] = 412;
  other->counts[TW_METER_OUTPUT_TEXT] = 264;
  tw_usage_add_other (usage, "claude-opus-4-8", other);
  cost = tw_catalog_price (fixture_catalog (), model, usage, NULL);
  fixture_assert_cost (cost, "0.00866", "known");
  tw_usage_add_other (usage, "claude-nobody-9", tw_usage_new ());
  bounded = tw_catalog_price (fixture_catalog (), model, usage, NULL);
  fixture_assert_cost (bounded, "0.00866", "bounded");
}

static void
test_unlisted_model (void)
{
  TwUsage usage = U (10, 0, 0, 0, 0, 10, 0);
  g_autoptr (TwModel) model = tw_model_new_unpriced ("local", "my/model");
  g_autoptr (TwCost) cost = tw_catalog_price (fixture_catalog (), model, &usage, NULL);

  g_assert_cmpstr (tw_model_get_qualified_id (model), ==, "local/my/model");
  fixture_assert_cost (cost, NULL, "unknown");
}

static void
test_impossible_usage (void)
{
  TwUsage usage = U (-1, 0, 0, 0, 0, 10, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwModel) model = tw_catalog_find_model (fixture_catalog (), "gpt-4o", NULL);

  g_assert_null (tw_catalog_price_usage (fixture_catalog (), model, &usage, NULL, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE);
}

static void
test_speed (void)
{
  const guint n = 100000;
  TwUsage usage = U (1000, 500, 200, 0, 0, 300, 100);
  TwPriceTerms terms = { .at = fixture_instant (TODAY) };
  g_autoptr (TwModel) model = tw_catalog_find_model (fixture_catalog (), "claude-opus-5", NULL);
  double elapsed;

  if (!g_test_perf ())
    {
      g_test_skip ("a measurement; run with -m perf");
      return;
    }
  g_test_timer_start ();
  for (guint i = 0; i < n; i++)
    tw_cost_free (tw_catalog_price (fixture_catalog (), model, &usage, &terms));
  elapsed = g_test_timer_elapsed () / n * 1e6;
  g_test_minimized_result (elapsed, "one price: %.2f µs", elapsed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bills); i++)
    {
      g_autofree char *path = g_strconcat ("/catalog/price/bill/", bills[i].name, NULL);

      g_test_add_data_func (path, &bills[i], test_bills);
    }
  for (guint i = 0; i < G_N_ELEMENTS (tiers); i++)
    {
      g_autofree char *path = g_strconcat ("/catalog/price/tier/", tiers[i].name, NULL);

      g_test_add_data_func (path, &tiers[i], test_tiers);
    }
  g_test_add_func ("/catalog/price/reason", test_reason);
  g_test_add_func ("/catalog/price/unknown-meter", test_unknown_meter);
  g_test_add_func ("/catalog/price/hour-writes", test_hour_writes_inherit_as_at_least);
  g_test_add_func ("/catalog/price/parts", test_parts_have_their_own_price);
  g_test_add_func ("/catalog/price/fees", test_fees);
  g_test_add_func ("/catalog/price/patch", test_patch_and_priority);
  g_test_add_func ("/catalog/price/ambiguity", test_ambiguity_is_no_price);
  g_test_add_func ("/catalog/price/exactness", test_exactness);
  g_test_add_func ("/catalog/price/other-model", test_other_model);
  g_test_add_func ("/catalog/price/unlisted", test_unlisted_model);
  g_test_add_func ("/catalog/price/impossible", test_impossible_usage);
  g_test_add_func ("/catalog/price/speed", test_speed);
  return g_test_run ();
}
