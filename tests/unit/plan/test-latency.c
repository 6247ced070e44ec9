/* SPDX-License-Identifier: MIT */
#include "libtokenwise/plan/tw-latency-private.h"

static void
test_prior (void)
{
  TwLatency quick, slow;

  tw_latency_predict (FALSE, NULL, 90, 180, &quick);
  tw_latency_predict (TRUE, NULL, 90, 180, &slow);
  g_assert_cmpint (quick.ttft_ms, ==, 1100);
  g_assert_cmpint (quick.total_ms, ==, 1100 + 999);
  g_assert_cmpint (quick.p90_ms, >, quick.total_ms);
  g_assert_cmpint (slow.ttft_ms, ==, 11000);
  g_assert_cmpstr (quick.basis, ==, "typical speed");
}

static void
test_history (void)
{
  g_autoptr (GArray) history = g_array_new (FALSE, TRUE, sizeof (TwObservation));
  TwObservation seen = { .output_tokens = 100, .ttft_ms = 200, .total_ms = 1200 };
  TwObservation broken = { .output_tokens = 100, .ttft_ms = -1, .total_ms = 90000 };
  TwLatency latency;

  for (guint i = 0; i < 100; i++)
    g_array_append_val (history, seen);
  g_array_append_val (history, broken);
  tw_latency_predict (FALSE, history, 100, 100, &latency);
  g_assert_cmpint (latency.ttft_ms, >=, 200);
  g_assert_cmpint (latency.ttft_ms, <, 300);
  g_assert_cmpint (latency.total_ms, <, 1350);
  g_assert_cmpuint (latency.samples, ==, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/latency/prior", test_prior);
  g_test_add_func ("/plan/latency/history", test_history);
  return g_test_run ();
}
