/* SPDX-License-Identifier: MIT */
#include "tests/unit/ledger/ledger-fixture.h"

static void
test_hold_fits_exactly (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture_add_budget (fixture->ledger, "day", "user", "day", "1", "block");
  g_assert_true (fixture_hold (fixture->ledger, "a", "0.4", &error));
  g_assert_true (fixture_hold (fixture->ledger, "b", "0.6", &error));
  g_assert_no_error (error);
  fixture_assert_totals (fixture->ledger, "day", FALSE, "0", "1");
  g_assert_false (fixture_hold (fixture->ledger, "c", "0.000000000000001", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_BUDGET_EXCEEDED);
  g_assert_nonnull (strstr (error->message, "“day”"));
  fixture_assert_totals (fixture->ledger, "day", FALSE, "0", "1");
}

static void
test_on_exceed (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *on_exceed;
    gboolean admits;
  } cases[] = { { "warn", TRUE }, { "ask", FALSE }, { "approve", FALSE }, { "block", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *scope = g_strdup_printf ("model:m%u", i);
      g_autofree char *id = g_strdup_printf ("call-%u", i);
      TwHoldRequest request = fixture_request (id, "2");
      g_autoptr (GError) error = NULL;

      request.model = scope + strlen ("model:");
      fixture_add_budget (fixture->ledger, id, scope, "month", "1", cases[i].on_exceed);
      g_assert_cmpint (tw_ledger_hold (fixture->ledger, &request, &error), ==, cases[i].admits);
      g_assert_cmpint (error == NULL, ==, cases[i].admits);
      fixture_assert_totals (fixture->ledger, id, FALSE, "0", cases[i].admits ? "2" : "0");
    }
}

static void
test_all_budgets_or_none (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture_add_budget (fixture->ledger, "a-wide", "user", "month", "10", "block");
  fixture_add_budget (fixture->ledger, "b-narrow", "model:gpt-5.4-mini", "day", "1", "block");
  fixture_add_budget (fixture->ledger, "c-other", "model:other", "day", "0", "block");
  g_assert_false (fixture_hold (fixture->ledger, "a", "5", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_BUDGET_EXCEEDED);
  g_assert_nonnull (strstr (error->message, "“b-narrow”"));
  fixture_assert_totals (fixture->ledger, "a-wide", FALSE, "0", "0");
  g_assert_true (fixture_hold (fixture->ledger, "a", "1", NULL));
  fixture_assert_totals (fixture->ledger, "a-wide", FALSE, "0", "1");
  fixture_assert_totals (fixture->ledger, "b-narrow", FALSE, "0", "1");
  fixture_assert_totals (fixture->ledger, "c-other", FALSE, "0", "0");
}

static void
test_scopes (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *scope;
    const char *tag;
    const char *value;
    gboolean counts;
  } cases[] = {
    { "user", NULL, NULL, TRUE },
    { "model:gpt-5.4-mini", NULL, NULL, TRUE },
    { "model:openai/gpt-5.4-mini", NULL, NULL, TRUE },
    { "model:azure/gpt-5.4-mini", NULL, NULL, FALSE },
    { "model:gpt-5.4", NULL, NULL, FALSE },
    { "project:web", "project", "web", TRUE },
    { "project:web", "project", "webs", FALSE },
    { "project:web", "workflow", "web", FALSE },
    { "workflow:nightly", "workflow", "nightly", TRUE },
    { "tag:team=a=b", "team", "a=b", TRUE },
    { "tag:team=a", "team", "b", FALSE },
    { "tag:team=a", NULL, NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("case-%u", i);
      g_autoptr (GHashTable) tags = g_hash_table_new (g_str_hash, g_str_equal);
      TwHoldRequest request = fixture_request (name, "1");
      g_autoptr (GError) error = NULL;

      if (cases[i].tag != NULL)
        g_hash_table_insert (tags, (char *) cases[i].tag, (char *) cases[i].value);
      request.tags = tags;
      fixture_add_budget (fixture->ledger, name, cases[i].scope, "total", "1000", "block");
      {
        g_autoptr (TwBudget) before = fixture_get_budget (fixture->ledger, name, FALSE);
        g_autoptr (TwBudget) after = NULL;
        TwFemto left = tw_budget_get_remaining (before);

        tw_ledger_hold (fixture->ledger, &request, &error);
        g_assert_no_error (error);
        after = fixture_get_budget (fixture->ledger, name, FALSE);
        g_test_message ("%s", cases[i].scope);
        g_assert_cmpint (left != tw_budget_get_remaining (after), ==, cases[i].counts);
      }
    }
}

static void
test_unknown_price (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TwHoldRequest request = fixture_request ("b", NULL);

  g_assert_true (fixture_hold (fixture->ledger, "a", NULL, &error));
  g_assert_no_error (error);
  fixture_add_budget (fixture->ledger, "month", "user", "month", "5", "block");
  g_assert_false (tw_ledger_hold (fixture->ledger, &request, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_UNPRICED);
  request.allow_unknown_price = TRUE;
  g_assert_true (tw_ledger_hold (fixture->ledger, &request, NULL));
  fixture_settle (fixture->ledger, "b", NULL);
  {
    g_autoptr (TwBudget) budget = fixture_get_budget (fixture->ledger, "month", FALSE);
    g_autofree char *json = tw_budget_to_json (budget);

    g_assert_nonnull (strstr (json, "\"state\":\"bounded\""));
  }
}

static void
test_bad_requests (Fixture *fixture, gconstpointer data)
{
  static const char *const ids[]
      = { "", "with space", "quote'", "../x",
          "12345678901234567890123456789012345678901234567890123456789012345" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_assert_false (fixture_hold (fixture->ledger, ids[i], "1", &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
      g_clear_error (&error);
    }
  g_assert_false (fixture_hold (fixture->ledger, "a", "-1", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_clear_error (&error);
  g_assert_true (fixture_hold (fixture->ledger, "a", "1", NULL));
  g_assert_false (fixture_hold (fixture->ledger, "a", "1", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

static void
test_settle_true_cost (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *cost;
    const char *spent;
  } cases[] = {
    { "0.3", "0.3" },
    { "0", "0.3" },
    { "0.000000000000001", "0.300000000000001" },
    { "7.25", "7.550000000000001" },
    /* Unknown: the worst case counts. */
    { NULL, "8.550000000000001" },
  };

  fixture_add_budget (fixture->ledger, "month", "user", "month", "100", "block");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *id = g_strdup_printf ("call-%u", i);

      g_assert_true (fixture_hold (fixture->ledger, id, "1", NULL));
      fixture_settle (fixture->ledger, id, cases[i].cost);
      fixture_assert_totals (fixture->ledger, "month", FALSE, cases[i].spent, "0");
    }
}

static void
test_settle_past_limit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwBudget) budget = NULL;
  g_autofree char *remaining = NULL;

  fixture_add_budget (fixture->ledger, "day", "user", "day", "1", "block");
  g_assert_true (fixture_hold (fixture->ledger, "a", "1", NULL));
  fixture_settle (fixture->ledger, "a", "3.5");
  fixture_assert_totals (fixture->ledger, "day", FALSE, "3.5", "0");
  budget = fixture_get_budget (fixture->ledger, "day", FALSE);
  remaining = tw_budget_get_remaining_decimal (budget);
  g_assert_cmpstr (remaining, ==, "-2.5");
  g_assert_false (fixture_hold (fixture->ledger, "b", "0.1", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_BUDGET_EXCEEDED);
  g_assert_nonnull (strstr (error->message, "nothing left"));
}

static void
test_settle_is_idempotent (Fixture *fixture, gconstpointer data)
{
  TwSettlement settlement = fixture_settlement ("0.5");
  g_autoptr (TwReceipt) first = NULL;
  g_autoptr (TwReceipt) second = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *first_json = NULL;
  g_autofree char *second_json = NULL;

  fixture_add_budget (fixture->ledger, "day", "user", "day", "2", "block");
  g_assert_true (fixture_hold (fixture->ledger, "a", "1", NULL));
  first = tw_ledger_settle (fixture->ledger, "a", &settlement, &error);
  settlement.total_ms++;
  second = tw_ledger_settle (fixture->ledger, "a", &settlement, &error);
  g_assert_no_error (error);
  first_json = tw_receipt_to_json (first);
  second_json = tw_receipt_to_json (second);
  g_assert_cmpstr (first_json, ==, second_json);
  settlement.cost.femto++;
  g_assert_null (tw_ledger_settle (fixture->ledger, "a", &settlement, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  fixture_assert_totals (fixture->ledger, "day", FALSE, "0.5", "0");
}

static void
test_settle_refuses (Fixture *fixture, gconstpointer data)
{
  TwSettlement settlement = fixture_settlement ("1");
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_ledger_settle (fixture->ledger, "nobody", &settlement, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_clear_error (&error);
  g_assert_true (fixture_hold (fixture->ledger, "a", "1", NULL));
  settlement.status = "finished";
  g_assert_null (tw_ledger_settle (fixture->ledger, "a", &settlement, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_clear_error (&error);
  settlement = fixture_settlement ("-1");
  g_assert_null (tw_ledger_settle (fixture->ledger, "a", &settlement, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

static void
test_release (Fixture *fixture, gconstpointer data)
{
  TwSettlement settlement = fixture_settlement ("1");
  g_autoptr (GError) error = NULL;
  g_autoptr (TwReceipt) receipt = NULL;

  fixture_add_budget (fixture->ledger, "day", "user", "day", "1", "block");
  g_assert_true (fixture_hold (fixture->ledger, "a", "1", NULL));
  g_assert_true (tw_ledger_release (fixture->ledger, "a", "connection", &error));
  g_assert_true (tw_ledger_release (fixture->ledger, "a", "connection", &error));
  g_assert_no_error (error);
  fixture_assert_totals (fixture->ledger, "day", FALSE, "0", "0");
  receipt = tw_ledger_get_receipt (fixture->ledger, "a", NULL);
  g_assert_cmpstr (tw_receipt_get_status (receipt), ==, "released");
  g_assert_null (tw_ledger_settle (fixture->ledger, "a", &settlement, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_clear_error (&error);
  g_assert_true (fixture_hold (fixture->ledger, "b", "1", NULL));
  fixture_settle (fixture->ledger, "b", "0.2");
  g_assert_false (tw_ledger_release (fixture->ledger, "b", NULL, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  fixture_assert_totals (fixture->ledger, "day", FALSE, "0.2", "0");
}

static void
test_simulated_is_apart (Fixture *fixture, gconstpointer data)
{
  TwHoldRequest request = fixture_request ("sandbox", "0.8");
  g_autoptr (GPtrArray) receipts = NULL;
  g_autoptr (GArray) history = NULL;
  g_autoptr (GError) error = NULL;

  fixture_add_budget (fixture->ledger, "day", "user", "day", "1", "block");
  request.simulated = TRUE;
  g_assert_true (tw_ledger_hold (fixture->ledger, &request, NULL));
  fixture_assert_totals (fixture->ledger, "day", FALSE, "0", "0");
  fixture_assert_totals (fixture->ledger, "day", TRUE, "0", "0.8");
  fixture_settle (fixture->ledger, "sandbox", "0.7");
  fixture_assert_totals (fixture->ledger, "day", TRUE, "0.7", "0");
  /* A budget is rehearsed: the sandbox is refused at its own total, the real side is not. */
  request.id = "sandbox-2";
  g_assert_false (tw_ledger_hold (fixture->ledger, &request, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_BUDGET_EXCEEDED);
  g_assert_true (fixture_hold (fixture->ledger, "real", "1", NULL));
  fixture_assert_totals (fixture->ledger, "day", FALSE, "0", "1");
  receipts = tw_ledger_list_receipts (fixture->ledger, FALSE, 10, NULL);
  g_assert_cmpuint (receipts->len, ==, 0);
  history = tw_ledger_get_history (fixture->ledger, "openai", "gpt-5.4-mini", FALSE, 10, NULL);
  g_assert_cmpuint (history->len, ==, 0);
}

static void
test_history (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwUsage) usage = tw_usage_new ();
  TwSettlement settlement = fixture_settlement ("0.1");
  g_autoptr (GArray) history = NULL;

  settlement.usage = usage;
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *id = g_strdup_printf ("call-%u", i);
      g_autoptr (TwReceipt) receipt = NULL;

      usage->counts[TW_METER_OUTPUT_TEXT] = 100 * i;
      usage->counts[TW_METER_OUTPUT_REASONING] = 1;
      settlement.ttft_ms = 10 + i;
      settlement.status = i == 2 ? "incomplete" : "complete";
      tw_ledger_set_now (fixture->ledger, 1000 + i);
      g_assert_true (fixture_hold (fixture->ledger, id, "1", NULL));
      receipt = tw_ledger_settle (fixture->ledger, id, &settlement, NULL);
      g_assert_nonnull (receipt);
    }
  history = tw_ledger_get_history (fixture->ledger, "openai", "gpt-5.4-mini", FALSE, 2, NULL);
  g_assert_cmpuint (history->len, ==, 2);
  g_assert_cmpint (g_array_index (history, TwObservation, 0).output_tokens, ==, 301);
  g_assert_cmpint (g_array_index (history, TwObservation, 0).ttft_ms, ==, 13);
  g_assert_cmpint (g_array_index (history, TwObservation, 1).output_tokens, ==, 101);
}

#define ADD(path, function)                                                                        \
  g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/ledger/admission/fits-exactly", test_hold_fits_exactly);
  ADD ("/ledger/admission/on-exceed", test_on_exceed);
  ADD ("/ledger/admission/all-budgets-or-none", test_all_budgets_or_none);
  ADD ("/ledger/admission/scopes", test_scopes);
  ADD ("/ledger/admission/unknown-price", test_unknown_price);
  ADD ("/ledger/admission/bad-requests", test_bad_requests);
  ADD ("/ledger/admission/settle-true-cost", test_settle_true_cost);
  ADD ("/ledger/admission/settle-past-limit", test_settle_past_limit);
  ADD ("/ledger/admission/settle-is-idempotent", test_settle_is_idempotent);
  ADD ("/ledger/admission/settle-refuses", test_settle_refuses);
  ADD ("/ledger/admission/release", test_release);
  ADD ("/ledger/admission/simulated-is-apart", test_simulated_is_apart);
  ADD ("/ledger/admission/history", test_history);
  return g_test_run ();
}
