/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/message/tw-usage-private.h"

static void
test_totals (void)
{
  g_autoptr (TwUsage) usage = tw_usage_new_from_json (
      "{\"input_uncached\":4,\"input_cache_read\":14714,\"input_cache_write_5m\":379,"
      "\"output_text\":271,\"output_reasoning\":19}",
      NULL);

  g_assert_cmpint (tw_usage_get_input_total (usage), ==, 15097);
  g_assert_cmpint (tw_usage_get_output_total (usage), ==, 290);
}

static void
test_round_trip (void)
{
  g_autoptr (TwUsage) usage = tw_usage_new ();
  g_autoptr (TwUsage) back = NULL;
  g_autofree char *json = NULL;

  for (guint i = 0; i < TW_N_METERS; i++)
    usage->counts[i] = 100 - i;
  json = tw_usage_to_json (usage);
  back = tw_usage_new_from_json (json, NULL);
  for (guint i = 0; i < TW_N_METERS; i++)
    g_assert_cmpint (back->counts[i], ==, usage->counts[i]);
}

static void
test_impossible (void)
{
  static const char *const bad[] = {
    "{\"input_uncached\":-1}",
    "{\"output_text\":5,\"output_audio\":6}",
    "{\"input_cache_read\":5,\"cache_read_image\":6}",
    "{\"input_uncached\":9e18}",
    "{\"input_uncached\":1.5}",
    "{\"input_uncached\":1000000000000001}",
    "{\"context_total\":-1}",
    "{\"billed_input\":-1}",
    "{\"provider_cost\":\"-0.5\"}",
    "{\"other_model_iterations\":[{\"model\":\"m\",\"usage\":{\"output_text\":-1}}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_usage_new_from_json (bad[i], &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE);
    }
}

/* At the most that one reply can be billed for. */
static void
test_largest (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwUsage) usage
      = tw_usage_new_from_json ("{\"input_uncached\":1000000000000000}", &error);

  g_assert_no_error (error);
  g_assert_cmpint (usage->counts[TW_METER_INPUT_UNCACHED], ==,
                   G_GINT64_CONSTANT (1000000000000000));
}

static void
test_wrong_types (void)
{
  static const char *const bad[] = {
    "[]",
    "{\"input_uncached\":\"5\"}",
    "{\"service_tier\":5}",
    "{\"estimated\":1}",
    "{\"provider_cost\":0.5}",
    "{\"provider_cost\":\"much\"}",
    "{\"unknown_keys\":[1]}",
    "{\"unknown_keys\":{\"a\":\"b\"}}",
    "{\"other_model_iterations\":{}}",
    "{\"other_model_iterations\":[{\"model\":\"m\"}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_usage_new_from_json (bad[i], &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
    }
}

static void
test_served_facts (void)
{
  g_autoptr (TwUsage) usage = tw_usage_new_from_json (
      "{\"service_tier\":\"batch\",\"speed\":\"fast\",\"region\":\"us\"}", NULL);
  g_autoptr (TwUsage) copy = tw_usage_copy (usage);
  g_autoptr (TwUsage) silent = tw_usage_new ();
  g_autofree char *json = tw_usage_to_json (silent);

  g_assert_cmpstr (tw_usage_get_service_tier (copy), ==, "batch");
  g_assert_cmpstr (tw_usage_get_speed (copy), ==, "fast");
  g_assert_cmpstr (tw_usage_get_region (copy), ==, "us");
  g_assert_true (copy->service_tier != usage->service_tier);
  g_assert_null (tw_usage_get_service_tier (silent));
  g_assert_null (g_strstr_len (json, -1, "service_tier"));
}

/* A fact is cut between characters: the 100th byte here is in the midst of one. */
static void
test_long_fact (void)
{
  g_autoptr (TwUsage) usage = tw_usage_new ();
  g_autofree char *text = g_strnfill (99, 'a');
  g_autofree char *whole = g_strconcat (text, "é", NULL);

  tw_usage_set_fact (&usage->region, text);
  g_assert_cmpstr (usage->region, ==, text);
  tw_usage_set_fact (&usage->region, whole);
  g_assert_cmpstr (usage->region, ==, text);
  tw_usage_set_fact (&usage->region, "");
  tw_usage_set_fact (&usage->region, NULL);
  g_assert_cmpstr (usage->region, ==, text);
}

/* The context is the last iteration's; without iterations, all that was read and written. */
static void
test_context_total (void)
{
  g_autoptr (TwUsage) usage
      = tw_usage_new_from_json ("{\"input_uncached\":5,\"output_text\":2}", NULL);
  g_autoptr (TwUsage) several = tw_usage_new_from_json (
      "{\"input_uncached\":5,\"output_text\":2,\"context_total\":0}", NULL);

  g_assert_cmpint (tw_usage_get_context_total (usage), ==, 7);
  g_assert_cmpint (tw_usage_get_context_total (several), ==, 0);
}

static void
test_billed_counts (void)
{
  g_autoptr (TwUsage) usage = tw_usage_new_from_json (
      "{\"input_uncached\":50,\"input_cache_read\":1344,\"output_text\":582,\"rerank_search\":2}",
      NULL);
  gint64 counts[TW_N_METERS];

  tw_usage_get_billed_counts (usage, counts);
  g_assert_cmpmem (counts, sizeof counts, usage->counts, sizeof usage->counts);
  usage->has_billed = TRUE;
  usage->billed_input = 8;
  usage->billed_output = 578;
  tw_usage_get_billed_counts (usage, counts);
  g_assert_cmpint (counts[TW_METER_INPUT_UNCACHED], ==, 8);
  g_assert_cmpint (counts[TW_METER_INPUT_CACHE_READ], ==, 0);
  g_assert_cmpint (counts[TW_METER_OUTPUT_TEXT], ==, 578);
  g_assert_cmpint (counts[TW_METER_RERANK_SEARCH], ==, 2);
}

static void
test_unknown_keys_are_bounded (void)
{
  g_autoptr (TwUsage) usage = tw_usage_new ();
  g_auto (GStrv) none = tw_usage_get_unknown_keys (usage);
  g_auto (GStrv) names = NULL;

  g_assert_cmpuint (g_strv_length (none), ==, 0);
  for (guint i = 0; i <= TW_USAGE_UNKNOWN_KEYS; i++)
    tw_usage_add_unknown_key (usage, i == 0 ? "" : "dream_tokens", 1);
  names = tw_usage_get_unknown_keys (usage);
  g_assert_cmpuint (g_strv_length (names), ==, TW_USAGE_UNKNOWN_KEYS);
  g_assert_cmpstr (names[1], ==, "dream_tokens");
}

static void
test_unknown_key (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_usage_new_from_json ("{\"prompt_tokens\":5}", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_assert_nonnull (g_strstr_len (error->message, -1, "prompt_tokens"));
}

static void
test_copy_is_deep (void)
{
  g_autoptr (TwUsage) usage = tw_usage_new ();
  g_autoptr (TwUsage) copy = NULL;

  tw_usage_add_other (usage, "other-model", tw_usage_new ());
  copy = tw_usage_copy (usage);
  g_assert_cmpuint (copy->others->len, ==, 1);
  g_assert_true (g_ptr_array_index (copy->others, 0) != g_ptr_array_index (usage->others, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/usage/totals", test_totals);
  g_test_add_func ("/message/usage/round-trip", test_round_trip);
  g_test_add_func ("/message/usage/impossible", test_impossible);
  g_test_add_func ("/message/usage/largest", test_largest);
  g_test_add_func ("/message/usage/wrong-types", test_wrong_types);
  g_test_add_func ("/message/usage/served-facts", test_served_facts);
  g_test_add_func ("/message/usage/long-fact", test_long_fact);
  g_test_add_func ("/message/usage/context-total", test_context_total);
  g_test_add_func ("/message/usage/billed-counts", test_billed_counts);
  g_test_add_func ("/message/usage/unknown-keys-are-bounded", test_unknown_keys_are_bounded);
  g_test_add_func ("/message/usage/unknown-key", test_unknown_key);
  g_test_add_func ("/message/usage/copy-is-deep", test_copy_is_deep);
  return g_test_run ();
}
