/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/ledger/tw-ledger-private.h"

#include <glib/gstdio.h>
#include <string.h>

/* A ledger in a folder of its own, and calls with a price. */
typedef struct
{
  char *folder;
  char *path;
  TwLedger *ledger;
} Fixture;

static inline void
fixture_remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      fixture_remove_tree (child);
    }
  g_remove (path);
}

static inline void
fixture_set_up_folder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("tw-ledger-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "ledger.db", NULL);
}

static inline void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture_set_up_folder (fixture, data);
  fixture->ledger = tw_ledger_open (fixture->path, &error);
  g_assert_no_error (error);
}

static inline void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->ledger);
  fixture_remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static inline TwMoney
fixture_money (const char *decimal)
{
  TwMoney money = { 0, TW_MONEY_UNKNOWN };

  if (decimal != NULL)
    {
      g_assert_true (tw_femto_parse (decimal, &money.femto, NULL));
      money.state = TW_MONEY_KNOWN;
    }
  return money;
}

/* worst is NULL for an unknown price. */
static inline TwHoldRequest
fixture_request (const char *id, const char *worst)
{
  TwHoldRequest request = { .id = id, .provider = "openai", .model = "gpt-5.4-mini" };

  request.catalog_version = "2026-11-01";
  request.estimate = (TwEstimateFigures){ .input_tokens = 1200,
                                          .output_p50 = 300,
                                          .output_p90 = 900,
                                          .output_max = 4096,
                                          .low = fixture_money (worst),
                                          .likely = fixture_money (worst),
                                          .high = fixture_money (worst),
                                          .worst = fixture_money (worst),
                                          .ttft_ms = 400,
                                          .total_ms = 5000 };
  return request;
}

static inline gboolean
fixture_hold (TwLedger *ledger, const char *id, const char *worst, GError **error)
{
  TwHoldRequest request = fixture_request (id, worst);

  return tw_ledger_hold (ledger, &request, error);
}

static inline TwSettlement
fixture_settlement (const char *cost)
{
  return (TwSettlement){ .status = "complete",
                         .served_model = "gpt-5.4-mini-2026-09-01",
                         .service_tier = "default",
                         .finish = "stop",
                         .cost = fixture_money (cost),
                         .attempts = 1,
                         .ttft_ms = 380,
                         .total_ms = 5900 };
}

static inline void
fixture_settle (TwLedger *ledger, const char *id, const char *cost)
{
  TwSettlement settlement = fixture_settlement (cost);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwReceipt) receipt = tw_ledger_settle (ledger, id, &settlement, &error);

  g_assert_no_error (error);
  g_assert_nonnull (receipt);
}

static inline void
fixture_add_budget (TwLedger *ledger,
                    const char *name,
                    const char *scope,
                    const char *window,
                    const char *limit,
                    const char *on_exceed)
{
  g_autoptr (GError) error = NULL;

  tw_ledger_add_budget (ledger, name, scope, window, "UTC", limit, on_exceed, &error);
  g_assert_no_error (error);
}

static inline TwBudget *
fixture_get_budget (TwLedger *ledger, const char *name, gboolean simulated)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) budgets = tw_ledger_list_budgets (ledger, simulated, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < budgets->len; i++)
    if (g_str_equal (tw_budget_get_name (g_ptr_array_index (budgets, i)), name))
      return g_object_ref (g_ptr_array_index (budgets, i));
  g_assert_not_reached ();
}

static inline void
fixture_assert_totals (
    TwLedger *ledger, const char *name, gboolean simulated, const char *spent, const char *held)
{
  g_autoptr (TwBudget) budget = fixture_get_budget (ledger, name, simulated);
  g_autofree char *actual_spent = tw_budget_get_spent_decimal (budget);
  g_autofree char *actual_held = tw_budget_get_held_decimal (budget);

  g_assert_cmpstr (actual_spent, ==, spent);
  g_assert_cmpstr (actual_held, ==, held);
}

static inline gint64
fixture_instant (const char *text)
{
  gint64 instant = 0;

  g_assert_true (tw_instant_parse (text, &instant, NULL));
  return instant;
}
