/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-transport-private.h"

#define NOW G_GINT64_CONSTANT (784111777) /* Sun, 06 Nov 1994 08:49:37 GMT */

static void
test_statuses (void)
{
  static const guint retryable[]
      = { 0, 408, 409, 429, 498, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529 };
  guint next = 0;

  for (guint status = 0; status < 1000; status++)
    {
      gboolean expected = next < G_N_ELEMENTS (retryable) && retryable[next] == status;

      g_assert_cmpint (tw_retry_status_is_retryable (status), ==, expected);
      next += expected ? 1 : 0;
    }
  g_assert_cmpuint (next, ==, G_N_ELEMENTS (retryable));
}

typedef struct
{
  const char *headers[3];
  gint64 ms;
} AfterCase;

static void
test_retry_after (void)
{
  static const AfterCase cases[] = {
    { { "Content-Type: text/plain" }, -1 },
    { { "Retry-After: 7" }, 7000 },
    { { "retry-after:7" }, 7000 },
    { { "RETRY-AFTER:   1.5  " }, 1500 },
    { { "Retry-After: 0.0001" }, 1 },
    { { "Retry-After-Ms: 250", "Retry-After: 9" }, 250 },
    { { "Retry-After: 9", "retry-after-ms: 250.2" }, 251 },
    { { "retry-after-ms: nonsense", "Retry-After: 2" }, 2000 },
    { { "retry-after-ms: 0", "Retry-After: 2" }, 2000 },
    { { "Retry-After: 0" }, -1 },
    { { "Retry-After: -5" }, -1 },
    { { "Retry-After:" }, -1 },
    { { "Retry-After: soon" }, -1 },
    { { "Retry-After: inf" }, -1 },
    { { "Retry-After: nan" }, -1 },
    { { "Retry-After: 0x10" }, -1 },
    { { "Retry-After: 1e3" }, -1 },
    { { "Retry-After: 5 seconds" }, -1 },
    { { "Retry-After-Later: 5" }, -1 },
    { { "Retry-After: 86400" }, 86400000 },
    { { "Retry-After: 99999999999999999999999999" }, 1000000000000 },
    { { "Retry-After: Sun, 06 Nov 1994 08:49:57 GMT" }, 20000 },
    { { "Retry-After: Sunday, 06-Nov-94 08:49:57 GMT" }, 20000 },
    { { "Retry-After: Sun Nov  6 08:49:57 1994" }, 20000 },
    { { "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT" }, -1 },
    { { "Retry-After: Sun, 06 Nov 1994 08:00:00 GMT" }, -1 },
    { { "Retry-After: 1994-11-06T08:49:57Z" }, -1 },
  };

  g_assert_cmpint (tw_retry_after_ms (NULL, NOW), ==, -1);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].headers[0]);
      g_assert_cmpint (tw_retry_after_ms (cases[i].headers, NOW), ==, cases[i].ms);
    }
}

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

      g_assert_cmpint (least, ==, longest[i] / 2);
      g_assert_cmpint (most, >, longest[i] * 99 / 100);
      g_assert_cmpint (most, <=, longest[i]);
    }
  g_assert_cmpint (tw_retry_delay_ms (&many, 99, -1, 0.0), ==, 4000);
  g_assert_cmpint (tw_retry_delay_ms (&many, 1, 0, 0.0), ==, 250);
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
  g_test_add_func ("/net/retry/statuses", test_statuses);
  g_test_add_func ("/net/retry/retry-after", test_retry_after);
  g_test_add_func ("/net/retry/own-delay", test_own_delay);
  g_test_add_func ("/net/retry/giving-up", test_giving_up);
  return g_test_run ();
}
