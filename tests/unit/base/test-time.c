/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"

static gint64
instant (const char *text)
{
  gint64 value = 0;

  g_assert_true (tw_instant_parse (text, &value, NULL));
  return value;
}

static void
test_instant (void)
{
  static const char *const bad[] = { "",
                                     "2026-11-22",
                                     "2026-11-22T09:30:00",
                                     "2026-11-22 09:30:00Z",
                                     "2026-13-01T00:00:00Z",
                                     "2026-11-22T09:30:00+01:00" };
  g_autofree char *text = tw_instant_to_string (instant ("2026-11-22T09:30:00Z"));

  g_assert_cmpstr (text, ==, "2026-11-22T09:30:00Z");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 value;

      g_assert_false (tw_instant_parse (bad[i], &value, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
    }
}

static void
test_windows (void)
{
  static const struct
  {
    TwWindowKind kind;
    const char *zone;
    const char *at;
    const char *start;
    const char *end;
  } cases[] = {
    { TW_WINDOW_MONTH, "Europe/Berlin", "2026-11-22T12:00:00Z", "2026-10-31T23:00:00Z",
      "2026-11-30T23:00:00Z" },
    { TW_WINDOW_MONTH, "UTC", "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z",
      "2027-01-01T00:00:00Z" },
    { TW_WINDOW_WEEK, "UTC", "2026-11-22T12:00:00Z", "2026-11-16T00:00:00Z",
      "2026-11-23T00:00:00Z" },
    { TW_WINDOW_QUARTER, "UTC", "2026-11-22T12:00:00Z", "2026-10-01T00:00:00Z",
      "2027-01-01T00:00:00Z" },
    { TW_WINDOW_HOUR, "Asia/Kolkata", "2026-11-22T12:45:10Z", "2026-11-22T12:30:00Z",
      "2026-11-22T13:30:00Z" },
    /* The days clocks change on have 23 and 25 hours. */
    { TW_WINDOW_DAY, "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z",
      "2026-03-29T22:00:00Z" },
    { TW_WINDOW_DAY, "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z",
      "2026-10-25T23:00:00Z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TwWindow window;

      g_assert_true (
          tw_window_at (cases[i].kind, cases[i].zone, instant (cases[i].at), &window, NULL));
      g_assert_cmpint (window.start, ==, instant (cases[i].start));
      g_assert_cmpint (window.end, ==, instant (cases[i].end));
    }
}

static void
test_unknown_zone (void)
{
  g_autoptr (GError) error = NULL;
  TwWindow window;

  g_assert_false (tw_window_at (TW_WINDOW_DAY, "Mars/Olympus", 0, &window, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/time/instant", test_instant);
  g_test_add_func ("/base/time/windows", test_windows);
  g_test_add_func ("/base/time/unknown-zone", test_unknown_zone);
  return g_test_run ();
}
