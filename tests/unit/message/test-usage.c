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
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_usage_new_from_json (bad[i], &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE);
    }
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
  g_test_add_func ("/message/usage/unknown-key", test_unknown_key);
  g_test_add_func ("/message/usage/copy-is-deep", test_copy_is_deep);
  return g_test_run ();
}
