/* SPDX-License-Identifier: MIT */
#include "tests/unit/ledger/ledger-fixture.h"

static void
test_validation (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name, *scope, *window, *timezone, *limit, *on_exceed;
    gboolean valid;
  } cases[] = {
    { "a", "user", "hour", "UTC", "0", "warn", TRUE },
    { "B.2_-", "project:über", "quarter", "Europe/Berlin", "20.00", "ask", TRUE },
    { "c", "user", "total", NULL, "1000000000", "block", TRUE },
    { "", "user", "day", "UTC", "1", "block", FALSE },
    { "with space", "user", "day", "UTC", "1", "block", FALSE },
    { "a-name-of-exactly-sixty-four-letters-is-fine-so-this-one-is-it-x", "user", "day", "UTC", "1",
      "block", TRUE },
    { "a-name-of-exactly-sixty-four-letters-is-fine-but-this-is-one-more", "user", "day", "UTC",
      "1", "block", FALSE },
    { "d", "team:a", "day", "UTC", "1", "block", FALSE },
    { "d", "project:", "day", "UTC", "1", "block", FALSE },
    { "d", "tag:key", "day", "UTC", "1", "block", FALSE },
    { "d", "tag:=value", "day", "UTC", "1", "block", FALSE },
    { "d", "project:a\nb", "day", "UTC", "1", "block", FALSE },
    { "d", "user", "fortnight", "UTC", "1", "block", FALSE },
    { "d", "user", "day", "Mars/Olympus", "1", "block", FALSE },
    { "d", "user", "day", "UTC", "-1", "block", FALSE },
    { "d", "user", "day", "UTC", "1e3", "block", FALSE },
    { "d", "user", "day", "UTC", "1000000001", "block", FALSE },
    { "d", "user", "day", "UTC", "1", "explode", FALSE },
    { "a", "user", "day", "UTC", "1", "block", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean added
          = tw_ledger_add_budget (fixture->ledger, cases[i].name, cases[i].scope, cases[i].window,
                                  cases[i].timezone, cases[i].limit, cases[i].on_exceed, &error);

      g_test_message ("%u: %s", i, error != NULL ? error->message : "added");
      g_assert_cmpint (added, ==, cases[i].valid);
      if (!added)
        g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
    }
}

static void
test_window_rolls_over (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  tw_ledger_set_now (fixture->ledger, fixture_instant ("2026-11-30T23:59:59Z"));
  fixture_add_budget (fixture->ledger, "month", "user", "month", "1", "block");
  g_assert_true (fixture_hold (fixture->ledger, "a", "1", NULL));
  g_assert_false (fixture_hold (fixture->ledger, "b", "1", NULL));
  tw_ledger_set_now (fixture->ledger, fixture_instant ("2026-12-01T00:00:00Z"));
  fixture_assert_totals (fixture->ledger, "month", FALSE, "0", "0");
  g_assert_true (fixture_hold (fixture->ledger, "b", "0.4", &error));
  g_assert_no_error (error);
  /* A call counts in the window it was admitted to. */
  fixture_settle (fixture->ledger, "a", "0.9");
  fixture_assert_totals (fixture->ledger, "month", FALSE, "0", "0.4");
}

static void
test_clock_set_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  tw_ledger_set_now (fixture->ledger, fixture_instant ("2026-11-22T12:00:00Z"));
  fixture_add_budget (fixture->ledger, "day", "user", "day", "1", "block");
  g_assert_true (fixture_hold (fixture->ledger, "a", "1", NULL));
  fixture_settle (fixture->ledger, "a", "1");
  tw_ledger_set_now (fixture->ledger, fixture_instant ("2026-11-21T12:00:00Z"));
  fixture_assert_totals (fixture->ledger, "day", FALSE, "1", "0");
  g_assert_false (fixture_hold (fixture->ledger, "b", "0.1", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_BUDGET_EXCEEDED);
  {
    g_autofree char *report = tw_ledger_check (fixture->ledger, NULL);

    g_assert_nonnull (strstr (report, "clock"));
  }
}

static void
test_new_budget_counts_the_past (Fixture *fixture, gconstpointer data)
{
  TwHoldRequest simulated = fixture_request ("sandbox", "1");

  tw_ledger_set_now (fixture->ledger, fixture_instant ("2026-10-31T12:00:00Z"));
  g_assert_true (fixture_hold (fixture->ledger, "last-month", "1", NULL));
  tw_ledger_set_now (fixture->ledger, fixture_instant ("2026-11-22T12:00:00Z"));
  g_assert_true (fixture_hold (fixture->ledger, "settled", "1", NULL));
  fixture_settle (fixture->ledger, "settled", "0.25");
  g_assert_true (fixture_hold (fixture->ledger, "open", "2", NULL));
  simulated.simulated = TRUE;
  g_assert_true (tw_ledger_hold (fixture->ledger, &simulated, NULL));
  fixture_add_budget (fixture->ledger, "month", "user", "month", "10", "block");
  fixture_add_budget (fixture->ledger, "other", "model:other", "month", "10", "block");
  fixture_assert_totals (fixture->ledger, "month", FALSE, "0.25", "2");
  fixture_assert_totals (fixture->ledger, "month", TRUE, "0", "1");
  fixture_assert_totals (fixture->ledger, "other", FALSE, "0", "0");
  fixture_settle (fixture->ledger, "open", "1.5");
  fixture_assert_totals (fixture->ledger, "month", FALSE, "1.75", "0");
}

static void
test_texts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwBudget) budget = NULL;
  g_autofree char *summary = NULL;
  g_autofree char *json = NULL;

  tw_ledger_set_now (fixture->ledger, fixture_instant ("2026-11-22T12:00:00Z"));
  fixture_add_budget (fixture->ledger, "month", "user", "month", "20.00", "ask");
  g_assert_true (fixture_hold (fixture->ledger, "a", "13", NULL));
  fixture_settle (fixture->ledger, "a", "12.4");
  g_assert_true (fixture_hold (fixture->ledger, "b", "2.6", NULL));
  budget = fixture_get_budget (fixture->ledger, "month", FALSE);
  summary = tw_budget_get_summary (budget);
  g_assert_cmpstr (summary, ==, "$12.40 of $20.00 this month, $2.60 held");
  g_assert_cmpfloat_with_epsilon (tw_budget_get_fraction_used (budget), 0.75, 1e-9);
  json = tw_budget_to_json (budget);
  g_assert_cmpstr (json, ==,
                   "{\"name\":\"month\",\"scope\":\"user\",\"window\":\"month\","
                   "\"timezone\":\"UTC\",\"limit\":\"20\",\"spent\":\"12.4\",\"held\":\"2.6\","
                   "\"remaining\":\"5\",\"state\":\"known\","
                   "\"window_start\":\"2026-11-01T00:00:00Z\","
                   "\"window_end\":\"2026-12-01T00:00:00Z\",\"on_exceed\":\"ask\","
                   "\"source\":\"user\",\"simulated\":false,\"forecast\":null}");
}

static void
test_tightest (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwBudget) tightest = NULL;

  g_assert_null (tw_ledger_get_tightest_budget (fixture->ledger, "openai", "gpt-5.4-mini", NULL,
                                                FALSE, &error));
  g_assert_no_error (error);
  fixture_add_budget (fixture->ledger, "a", "user", "day", "5", "block");
  fixture_add_budget (fixture->ledger, "b", "model:openai/gpt-5.4-mini", "day", "3", "warn");
  fixture_add_budget (fixture->ledger, "c", "project:x", "day", "1", "block");
  tightest = tw_ledger_get_tightest_budget (fixture->ledger, "openai", "gpt-5.4-mini", NULL, FALSE,
                                            &error);
  g_assert_cmpstr (tw_budget_get_name (tightest), ==, "b");
}

static gboolean
load_policy (TwLedger *ledger, const char *text, GError **error)
{
  g_autoptr (GKeyFile) policy = g_key_file_new ();

  g_assert_true (g_key_file_load_from_data (policy, text, -1, G_KEY_FILE_NONE, NULL));
  return tw_ledger_load_policy (ledger, policy, error);
}

static void
test_policy (Fixture *fixture, gconstpointer data)
{
  const char *first = "[budget month]\nscope=user\nwindow=month\ntimezone=Europe/Berlin\n"
                      "limit=20.00\non-exceed=block\n[ladder]\nstep=1\n"
                      "[budget web]\nscope=project:web\nwindow=day\nlimit=3\n";
  const char *second = "[budget month]\nscope=user\nwindow=month\ntimezone=Europe/Berlin\n"
                       "limit=30\non-exceed=ask\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) budgets = NULL;

  fixture_add_budget (fixture->ledger, "mine", "user", "total", "100", "warn");
  g_assert_true (load_policy (fixture->ledger, first, &error));
  g_assert_true (load_policy (fixture->ledger, first, &error));
  g_assert_no_error (error);
  g_assert_true (fixture_hold (fixture->ledger, "a", "1", NULL));
  fixture_assert_totals (fixture->ledger, "month", FALSE, "0", "1");
  g_assert_true (load_policy (fixture->ledger, second, &error));
  fixture_assert_totals (fixture->ledger, "month", FALSE, "0", "1");
  budgets = tw_ledger_list_budgets (fixture->ledger, FALSE, NULL);
  g_assert_cmpuint (budgets->len, ==, 2);
  g_assert_cmpstr (tw_budget_get_name (g_ptr_array_index (budgets, 0)), ==, "mine");
  {
    g_autofree char *limit = tw_budget_get_limit_decimal (g_ptr_array_index (budgets, 1));

    g_assert_cmpstr (limit, ==, "30");
  }
  /* Removed and declared again: what was spent meanwhile still counts. */
  g_assert_true (load_policy (fixture->ledger, "", &error));
  fixture_settle (fixture->ledger, "a", "0.5");
  g_assert_true (load_policy (fixture->ledger, second, &error));
  g_assert_no_error (error);
  fixture_assert_totals (fixture->ledger, "month", FALSE, "0.5", "0");
}

static void
test_bad_policy (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *names;
  } cases[] = {
    { "[budget a]\nwindow=day\nlimit=1\ncolour=red\n", "“colour”" },
    { "[budget a]\nlimit=1\n", "“window”" },
    { "[budget a]\nwindow=day\n", "“limit”" },
    { "[budget a]\nwindow=day\nlimit=much\n", "“much”" },
    { "[budget a b]\nwindow=day\nlimit=1\n", "“a b”" },
    { "[budget a]\nwindow=day\nlimit=1\n[budget  a]\nwindow=day\nlimit=1\n", "twice" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) budgets = NULL;

      g_assert_false (load_policy (fixture->ledger, cases[i].text, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].names));
      budgets = tw_ledger_list_budgets (fixture->ledger, FALSE, NULL);
      g_assert_cmpuint (budgets->len, ==, 0);
    }
}

#define ADD(path, function)                                                                        \
  g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/ledger/budget/validation", test_validation);
  ADD ("/ledger/budget/window-rolls-over", test_window_rolls_over);
  ADD ("/ledger/budget/clock-set-back", test_clock_set_back);
  ADD ("/ledger/budget/new-budget-counts-the-past", test_new_budget_counts_the_past);
  ADD ("/ledger/budget/texts", test_texts);
  ADD ("/ledger/budget/tightest", test_tightest);
  ADD ("/ledger/budget/policy", test_policy);
  ADD ("/ledger/budget/bad-policy", test_bad_policy);
  return g_test_run ();
}
