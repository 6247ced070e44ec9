/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-transport-private.h"

static void
test_own_delay (void)
{
  static const TwRetryPolicy many
      = { .max_attempts = 100, .base_delay_ms = 500, .max_delay_ms = 8000, .max_wait_ms = 60000 };
  static const gint64 longest[] = { 500, 1000, 2000, 4000, 8000, 8000 };

  for (guint i = 0; i < G_N_ELEMENTS (longest); i++)
    {
      gint64 least = tw_retry_delay_ms (&many, i + 1, -1, 0.0);
      gint64 most = tw_retry_delay_ms (&many, i + 1, -1, 0.999999);

      g_assert_cmpint (least, ==, 0);
      g_assert_cmpint (tw_retry_delay_ms (&many, i + 1, -1, 0.5), ==, longest[i] / 2);
      g_assert_cmpint (most, >, longest[i] * 99 / 100);
      g_assert_cmpint (most, <=, longest[i]);
    }
  g_assert_cmpint (tw_retry_delay_ms (&many, 99, -1, 0.5), ==, 4000);
  g_assert_cmpint (tw_retry_delay_ms (&many, 1, 0, 0.5), ==, 250);
}

static void
test_giving_up (void)
{
  const TwRetryPolicy *policy = &tw_retry_policy_default;

  g_assert_cmpint (tw_retry_delay_ms (policy, 1, -1, 0.5), >, 0);
  g_assert_cmpint (tw_retry_delay_ms (policy, 2, -1, 0.5), >, 0);
  g_assert_cmpint (tw_retry_delay_ms (policy, 3, -1, 0.5), ==, -1);
  g_assert_cmpint (tw_retry_delay_ms (policy, 3, 1000, 0.5), ==, -1);
  g_assert_cmpint (tw_retry_delay_ms (policy, 1, 60000, 0.5), ==, 60000);
  g_assert_cmpint (tw_retry_delay_ms (policy, 1, 60001, 0.5), ==, -1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/retry/own-delay", test_own_delay);
  g_test_add_func ("/net/retry/giving-up", test_giving_up);
  return g_test_run ();
}
