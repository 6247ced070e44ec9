/* SPDX-License-Identifier: MIT */
#include "tests/unit/ledger/ledger-fixture.h"

static TwReceipt *
make_receipt (TwLedger *ledger, const char *id, gboolean simulated, TwSettlement *settlement)
{
  TwHoldRequest request = fixture_request (id, "0.02");
  g_autoptr (GError) error = NULL;
  TwReceipt *receipt;

  request.simulated = simulated;
  request.estimate.low = fixture_money ("0.0038");
  request.estimate.likely = fixture_money ("0.0063");
  request.estimate.high = fixture_money ("0.013");
  tw_ledger_set_now (ledger, fixture_instant ("2026-11-22T09:30:00Z"));
  g_assert_true (tw_ledger_hold (ledger, &request, &error));
  tw_ledger_set_now (ledger, fixture_instant ("2026-11-22T09:30:06Z"));
  receipt = tw_ledger_settle (ledger, id, settlement, &error);
  g_assert_no_error (error);
  return receipt;
}

static void
test_text (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *status;
    const char *cost;
    gint64 total_ms;
    gboolean simulated;
    const char *text;
  } cases[] = {
    { "complete", "0.0071", 5900, FALSE,
      "0.71 ¢ · estimated 0.63 ¢ (0.38–1.3 ¢) · 5.9 s · openai/gpt-5.4-mini" },
    { "complete", "0.0071", 75400, TRUE,
      "0.71 ¢ · estimated 0.63 ¢ (0.38–1.3 ¢) · 1 min 15 s · openai/gpt-5.4-mini · simulated, "
      "nothing is billed" },
    { "incomplete", "0.0071", 5900, FALSE,
      "0.71 ¢ · estimated 0.63 ¢ (0.38–1.3 ¢) · 5.9 s · openai/gpt-5.4-mini · incomplete" },
    { "complete", NULL, -1, FALSE,
      "price unknown · estimated 0.63 ¢ (0.38–1.3 ¢) · openai/gpt-5.4-mini" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *id = g_strdup_printf ("call-%u", i);
      TwSettlement settlement = fixture_settlement (cases[i].cost);
      g_autoptr (TwReceipt) receipt = NULL;
      g_autofree char *text = NULL;

      settlement.status = cases[i].status;
      settlement.total_ms = cases[i].total_ms;
      receipt = make_receipt (fixture->ledger, id, cases[i].simulated, &settlement);
      text = tw_receipt_to_text (receipt);
      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpint (tw_receipt_get_is_simulated (receipt), ==, cases[i].simulated);
      g_assert_cmpint (tw_receipt_get_is_incomplete (receipt), ==, i == 2);
    }
}

/* Refused, lost on the way, answered: each is a row, and a settlement that comes twice adds none.
 */
static void
test_attempts (Fixture *fixture, gconstpointer data)
{
  const TwAttempt attempts[]
      = { { 1000, 20, 429, "rate-limited", { 0, TW_MONEY_KNOWN } },
          { 1001, 30, 0, "timeout", { 5 * TW_FEMTO_PER_NANO, TW_MONEY_BOUNDED } },
          { 1002, 40, 200, NULL, { 7 * TW_FEMTO_PER_NANO, TW_MONEY_KNOWN } } };
  const char *expected
      = "[{\"number\":1,\"started_at\":\"1970-01-01T00:16:40Z\",\"total_ms\":20,\"status\":429,"
        "\"error\":\"rate-limited\",\"cost\":\"0\",\"state\":\"known\"},"
        "{\"number\":2,\"started_at\":\"1970-01-01T00:16:41Z\",\"total_ms\":30,\"status\":null,"
        "\"error\":\"timeout\",\"cost\":\"0.000000005\",\"state\":\"bounded\"},"
        "{\"number\":3,\"started_at\":\"1970-01-01T00:16:42Z\",\"total_ms\":40,\"status\":200,"
        "\"error\":null,\"cost\":\"0.000000007\",\"state\":\"known\"}]";
  TwSettlement settlement = fixture_settlement ("0.5");
  g_autoptr (TwReceipt) receipt = NULL, again = NULL, read = NULL;

  settlement.attempt_rows = attempts;
  settlement.n_attempt_rows = G_N_ELEMENTS (attempts);
  receipt = make_receipt (fixture->ledger, "call", FALSE, &settlement);
  g_assert_cmpstr (receipt->attempt_list, ==, expected);
  again = tw_ledger_settle (fixture->ledger, "call", &settlement, NULL);
  g_assert_nonnull (again);
  read = tw_ledger_get_receipt (fixture->ledger, "call", NULL);
  g_assert_cmpstr (read->attempt_list, ==, expected);
}

static void
test_json (Fixture *fixture, gconstpointer data)
{
  TwSettlement settlement = fixture_settlement ("0.0071");
  g_autoptr (TwReceipt) receipt = NULL;
  g_autofree char *json = NULL;

  settlement.bill = "{\"cost\":\"0.0071\"}";
  receipt = make_receipt (fixture->ledger, "call", FALSE, &settlement);
  json = tw_receipt_to_json (receipt);
  g_assert_cmpstr (
      json, ==,
      "{\"type\":\"receipt\",\"id\":\"call\",\"provider\":\"openai\",\"model\":\"gpt-5.4-mini\","
      "\"served_model\":\"gpt-5.4-mini-2026-09-01\",\"service_tier\":\"default\","
      "\"status\":\"complete\",\"simulated\":false,\"estimate\":{\"input_tokens\":1200,"
      "\"output\":{\"p50\":300,\"p90\":900,\"max\":4096},\"cost\":{\"low\":\"0.0038\","
      "\"likely\":\"0.0063\",\"high\":\"0.013\",\"worst\":\"0.02\",\"state\":\"known\"},"
      "\"ttft_ms\":400,\"total_ms\":5000},\"actual\":{\"cost\":\"0.0071\",\"state\":\"known\","
      "\"source\":\"catalog\",\"bill\":{\"cost\":\"0.0071\"},\"usage\":null},\"difference\":\"0."
      "0008\",\"ttft_ms\":380,"
      "\"total_ms\":5900,\"attempts\":1,\"attempt_list\":[],\"finish\":\"stop\",\"error\":null,"
      "\"created_at\":\"2026-11-22T09:30:00Z\",\"settled_at\":\"2026-11-22T09:30:06Z\","
      "\"catalog_version\":\"2026-11-01\"}");
}

static void
test_unknown_is_not_zero (Fixture *fixture, gconstpointer data)
{
  TwSettlement settlement = fixture_settlement (NULL);
  g_autoptr (TwReceipt) receipt = make_receipt (fixture->ledger, "call", FALSE, &settlement);
  g_autofree char *json = tw_receipt_to_json (receipt);

  g_assert_null (tw_receipt_get_cost_decimal (receipt));
  g_assert_nonnull (strstr (json, "\"actual\":{\"cost\":null,\"state\":\"unknown\""));
  g_assert_nonnull (strstr (json, "\"difference\":null"));
}

static void
test_usage_survives (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwUsage) usage = tw_usage_new ();
  TwUsage *other = tw_usage_new ();
  TwSettlement settlement = fixture_settlement ("0.0071");
  g_autoptr (TwReceipt) settled = NULL;
  g_autoptr (TwReceipt) read = NULL;
  const TwOtherModelUsage *read_other;

  for (guint i = 0; i < TW_N_TOKEN_METERS; i++)
    usage->counts[i] = 1000 + i;
  usage->estimated = usage->incomplete = usage->has_provider_cost = TRUE;
  usage->provider_cost = 123456789;
  other->counts[TW_METER_OUTPUT_TEXT] = 7;
  tw_usage_add_other (usage, "advisor", other);
  settlement.usage = usage;
  settled = make_receipt (fixture->ledger, "call", FALSE, &settlement);
  read = tw_ledger_get_receipt (fixture->ledger, "call", NULL);
  for (guint i = 0; i < TW_N_METERS; i++)
    g_assert_cmpint (read->usage->counts[i], ==, usage->counts[i]);
  g_assert_true (read->usage->estimated && read->usage->incomplete);
  g_assert_true (read->usage->has_provider_cost);
  g_assert_true (read->usage->provider_cost == 123456789);
  g_assert_cmpuint (read->usage->others->len, ==, 1);
  read_other = g_ptr_array_index (read->usage->others, 0);
  g_assert_cmpstr (read_other->model, ==, "advisor");
  g_assert_cmpint (read_other->usage->counts[TW_METER_OUTPUT_TEXT], ==, 7);
}

/* What a provider sends is cut and made valid, and never keeps a settlement from being stored. */
static void
test_hostile_texts (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_text = g_strnfill (5000, 'x');
  TwSettlement settlement = fixture_settlement ("0.0071");
  g_autoptr (TwReceipt) receipt = NULL;

  settlement.served_model = long_text;
  settlement.finish = "\xff'; DROP TABLE calls; --";
  receipt = make_receipt (fixture->ledger, "call", FALSE, &settlement);
  g_clear_pointer (&receipt, tw_receipt_free);
  receipt = tw_ledger_get_receipt (fixture->ledger, "call", NULL);
  g_assert_cmpuint (strlen (receipt->served_model), ==, 200);
  g_assert_true (g_str_has_suffix (receipt->finish, "'; DROP TABLE calls; --"));
  g_assert_true (g_utf8_validate (receipt->finish, -1, NULL));
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) receipts = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *id = g_strdup_printf ("call-%u", i);

      tw_ledger_set_now (fixture->ledger, 5000 + i);
      g_assert_true (fixture_hold (fixture->ledger, id, "1", NULL));
      if (i != 4)
        fixture_settle (fixture->ledger, id, "1");
    }
  receipts = tw_ledger_list_receipts (fixture->ledger, FALSE, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (receipts->len, ==, 3);
  g_assert_cmpstr (tw_receipt_get_id (g_ptr_array_index (receipts, 0)), ==, "call-3");
  g_assert_cmpstr (tw_receipt_get_id (g_ptr_array_index (receipts, 2)), ==, "call-1");
  g_assert_null (tw_ledger_get_receipt (fixture->ledger, "nobody", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

#define ADD(path, function)                                                                        \
  g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/ledger/receipt/text", test_text);
  ADD ("/ledger/receipt/attempts", test_attempts);
  ADD ("/ledger/receipt/json", test_json);
  ADD ("/ledger/receipt/unknown-is-not-zero", test_unknown_is_not_zero);
  ADD ("/ledger/receipt/usage-survives", test_usage_survives);
  ADD ("/ledger/receipt/hostile-texts", test_hostile_texts);
  ADD ("/ledger/receipt/list", test_list);
  return g_test_run ();
}
