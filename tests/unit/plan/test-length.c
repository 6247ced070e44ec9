/* SPDX-License-Identifier: MIT */
#include "libtokenwise/plan/tw-length-private.h"

static GArray *
observations (guint n, gint64 first, gint64 step)
{
  GArray *history = g_array_new (FALSE, TRUE, sizeof (TwObservation));

  for (guint i = 0; i < n; i++)
    {
      TwObservation seen = { .output_tokens = first + step * (gint64) i };

      g_array_append_val (history, seen);
    }
  return history;
}

static void
test_prior (void)
{
  TwLength answer, reasoning;

  tw_length_predict (FALSE, NULL, 4096, &answer);
  tw_length_predict (TRUE, NULL, 16384, &reasoning);
  g_assert_cmpint (answer.p50, ==, 129);
  g_assert_cmpint (answer.p90, ==, 424);
  g_assert_cmpuint (answer.samples, ==, 0);
  g_assert_cmpint (reasoning.p50, >, answer.p50);
  g_assert_cmpstr (answer.basis, ==, "typical for chat");
}

static void
test_cap_binds (void)
{
  TwLength length;

  tw_length_predict (FALSE, NULL, 100, &length);
  g_assert_cmpint (length.p10, ==, 54);
  g_assert_cmpint (length.p50, ==, 100);
  g_assert_cmpint (length.p90, ==, 100);
  g_assert_cmpint (length.mean, ==, 100);
}

static void
test_quantiles_are_ordered (void)
{
  for (guint n = 1; n < 60; n++)
    {
      g_autoptr (GArray) history = observations (n, 5, 37);
      TwLength length;

      tw_length_predict (n % 2 == 0, history, 100000, &length);
      g_assert_cmpint (length.p10, <=, length.p50);
      g_assert_cmpint (length.p50, <=, length.p90);
      g_assert_cmpuint (length.samples, ==, n);
    }
}

/* A few answers move the prediction a little, many take it over. */
static void
test_history_takes_over (void)
{
  g_autoptr (GArray) few = observations (3, 1000, 0);
  g_autoptr (GArray) many = observations (200, 1000, 0);
  TwLength from_few, from_many;

  tw_length_predict (FALSE, few, 4096, &from_few);
  tw_length_predict (FALSE, many, 4096, &from_many);
  g_assert_cmpint (from_few.p50, >, 129);
  g_assert_cmpint (from_few.p50, <, 500);
  g_assert_cmpint (from_many.p50, >, 950);
  g_assert_cmpstr (from_few.basis, ==, "from 3 of your answers and typical for chat");
  g_assert_cmpstr (from_many.basis, ==, "from your last 200 answers");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/length/prior", test_prior);
  g_test_add_func ("/plan/length/cap-binds", test_cap_binds);
  g_test_add_func ("/plan/length/quantiles-are-ordered", test_quantiles_are_ordered);
  g_test_add_func ("/plan/length/history-takes-over", test_history_takes_over);
  return g_test_run ();
}
