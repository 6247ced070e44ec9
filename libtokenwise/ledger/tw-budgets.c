/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-budget-private.h"
#include "libtokenwise/ledger/tw-schema-private.h"
#include "libtokenwise/ledger/tw-scope-private.h"

/* The window in force. It never goes back: while now is before the end of the latest window seen,
 * that one stays, also when the clock was set back, so that no budget is refilled. */
static gboolean
advance_window (TwBudget *self, gint64 now, GError **error)
{
  if (now < self->window.end)
    return TRUE;
  self->window_is_new = TRUE;
  return tw_window_at (self->period, self->timezone, now, &self->window, error);
}

static TwBudget *
budget_from_row (TwSql *sql, TwRows *rows, gint64 now, GError **error)
{
  g_autoptr (TwBudget) self = g_object_new (TW_TYPE_BUDGET, NULL);

  self->id = tw_rows_integer (rows, 0);
  self->name = g_strdup (tw_rows_text (rows, 1));
  self->scope = g_strdup (tw_rows_text (rows, 2));
  self->timezone = g_strdup (tw_rows_text (rows, 4));
  self->limit = tw_rows_femto (rows, 5);
  self->from_policy = g_str_equal (tw_rows_text (rows, 8), "policy");
  self->window = (TwWindow){ tw_rows_integer (rows, 9), tw_rows_integer (rows, 10) };
  if (!tw_window_kind_parse (tw_rows_text (rows, 3), &self->period, NULL)
      || !tw_on_exceed_parse (tw_rows_text (rows, 7), &self->on_exceed, NULL)
      || !tw_scope_validate (self->scope, NULL))
    {
      tw_schema_set_damaged (tw_sql_get_path (sql), "a budget cannot be read", error);
      return NULL;
    }
  if (!advance_window (self, now, error))
    return NULL;
  if (!self->window_is_new)
    {
      self->spent = tw_rows_femto (rows, 11);
      self->held = tw_rows_femto (rows, 13);
      self->inexact = tw_rows_integer (rows, 15);
    }
  return g_steal_pointer (&self);
}

GPtrArray *
tw_budgets_load (TwSql *sql, gboolean simulated, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) budgets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (TwRows) rows = tw_sql_query (
      sql, error,
      "SELECT b.id, b.name, b.scope, b.period, b.timezone, b.limit_nano, b.limit_rem, b.on_exceed,"
      " b.source, b.window_start, b.window_end, c.spent_nano, c.spent_rem, c.held_nano,"
      " c.held_rem, c.inexact FROM budgets b LEFT JOIN counters c ON c.budget = b.id"
      " AND c.simulated = ? AND c.window_start = b.window_start ORDER BY b.name",
      "i", (gint64) (simulated != FALSE));
  GError *failure = NULL;

  if (rows == NULL)
    return NULL;
  while (failure == NULL && tw_sql_next (sql, rows, &failure))
    {
      TwBudget *budget = budget_from_row (sql, rows, now, &failure);

      if (budget == NULL)
        break;
      budget->simulated = simulated;
      g_ptr_array_add (budgets, budget);
    }
  if (failure == NULL)
    return g_steal_pointer (&budgets);
  g_propagate_error (error, failure);
  return NULL;
}

static gboolean
write_counters (TwSql *sql, TwBudget *self, GError **error)
{
  return tw_sql_run (
      sql, error,
      "INSERT INTO counters (budget, simulated, window_start, spent_nano, spent_rem, held_nano,"
      " held_rem, inexact) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (budget, simulated, window_start) DO UPDATE SET"
      " spent_nano = excluded.spent_nano, spent_rem = excluded.spent_rem,"
      " held_nano = excluded.held_nano, held_rem = excluded.held_rem, inexact = excluded.inexact",
      "iiiffi", self->id, (gint64) (self->simulated != FALSE), self->window.start, self->spent,
      self->held, self->inexact);
}

static gboolean
insert_hold (TwSql *sql, const char *call, gint64 budget, gint64 window_start, GError **error)
{
  return tw_sql_run (sql, error, "INSERT INTO holds (call, budget, window_start) VALUES (?, ?, ?)",
                     "sii", call, budget, window_start);
}

gboolean
tw_budgets_enter (
    TwSql *sql, TwBudget *budget, const char *call, const TwFootprint *footprint, GError **error)
{
  if (budget->window_is_new
      && !tw_sql_run (sql, error,
                      "UPDATE budgets SET window_start = ?, window_end = ? WHERE id = ?", "iii",
                      budget->window.start, budget->window.end, budget->id))
    return FALSE;
  budget->window_is_new = FALSE;
  budget->spent += footprint->spent;
  budget->held += footprint->held;
  budget->inexact += footprint->inexact;
  return write_counters (sql, budget, error)
         && insert_hold (sql, call, budget->id, budget->window.start, error);
}

/* A counter that a call is in, with just enough of its budget to write it back. */
static TwBudget *
counter_from_row (TwRows *rows, gboolean simulated)
{
  TwBudget *self = g_object_new (TW_TYPE_BUDGET, NULL);

  self->id = tw_rows_integer (rows, 0);
  self->simulated = simulated;
  self->window.start = tw_rows_integer (rows, 1);
  self->spent = tw_rows_femto (rows, 2);
  self->held = tw_rows_femto (rows, 4);
  self->inexact = tw_rows_integer (rows, 6);
  return self;
}

static GPtrArray *
load_counters_of_call (TwSql *sql, const char *call, gboolean simulated, GError **error)
{
  g_autoptr (GPtrArray) counters = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (TwRows) rows = tw_sql_query (
      sql, error,
      "SELECT c.budget, c.window_start, c.spent_nano, c.spent_rem, c.held_nano, c.held_rem,"
      " c.inexact FROM holds h JOIN counters c ON c.budget = h.budget"
      " AND c.window_start = h.window_start AND c.simulated = ? WHERE h.call = ?",
      "is", (gint64) (simulated != FALSE), call);
  GError *failure = NULL;

  if (rows == NULL)
    return NULL;
  while (tw_sql_next (sql, rows, &failure))
    g_ptr_array_add (counters, counter_from_row (rows, simulated));
  if (failure == NULL)
    return g_steal_pointer (&counters);
  g_propagate_error (error, failure);
  return NULL;
}

gboolean
tw_budgets_move (TwSql *sql,
                 const char *call,
                 gboolean simulated,
                 const TwFootprint *from,
                 const TwFootprint *to,
                 GError **error)
{
  g_autoptr (GPtrArray) counters = load_counters_of_call (sql, call, simulated, error);

  if (counters == NULL)
    return FALSE;
  for (guint i = 0; i < counters->len; i++)
    {
      TwBudget *counter = g_ptr_array_index (counters, i);

      counter->spent += to->spent - from->spent;
      counter->held += to->held - from->held;
      counter->inexact += to->inexact - from->inexact;
      if (!write_counters (sql, counter, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
tw_budgets_forget (TwSql *sql, const char *call, GError **error)
{
  return tw_sql_run (sql, error, "DELETE FROM holds WHERE call = ?", "s", call);
}

gboolean
tw_budgets_change_limit (TwSql *sql, gint64 id, const TwBudgetSpec *spec, GError **error)
{
  return tw_sql_run (sql, error,
                     "UPDATE budgets SET limit_nano = ?, limit_rem = ?, on_exceed = ?, source = ?"
                     " WHERE id = ?",
                     "fssi", spec->limit, tw_on_exceed_to_string (spec->on_exceed),
                     spec->from_policy ? "policy" : "user", id);
}

gboolean
tw_budgets_remove (TwSql *sql, gint64 id, GError **error)
{
  return tw_sql_run (sql, error, "DELETE FROM budgets WHERE id = ?", "i", id);
}

static gboolean
insert_budget (
    TwSql *sql, const TwBudgetSpec *spec, const char *zone, TwWindow window, GError **error)
{
  return tw_sql_run (
      sql, error,
      "INSERT INTO budgets (name, scope, period, timezone, limit_nano, limit_rem, on_exceed,"
      " source, window_start, window_end) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "ssssfssii", spec->name, spec->scope, tw_window_kind_to_string (spec->period), zone,
      spec->limit, tw_on_exceed_to_string (spec->on_exceed), spec->from_policy ? "policy" : "user",
      window.start, window.end);
}

typedef struct
{
  TwBudget *totals[2]; /* real and simulated */
} NewBudget;

/* Counts a call that was made before its budget was declared. */
static gboolean
count_past_call (
    TwSql *sql, const TwReceipt *receipt, GHashTable *tags, gpointer data, GError **error)
{
  TwBudget *total = ((NewBudget *) data)->totals[receipt->simulated ? 1 : 0];
  TwFootprint footprint = tw_receipt_get_footprint (receipt);

  if (!tw_scope_matches (total->scope, receipt->provider, receipt->model, tags))
    return TRUE;
  total->spent += footprint.spent;
  total->held += footprint.held;
  total->inexact += footprint.inexact;
  if (!g_str_equal (receipt->status, TW_STATUS_PENDING)
      && !g_str_equal (receipt->status, TW_STATUS_ABANDONED))
    return TRUE;
  return insert_hold (sql, receipt->id, total->id, total->window.start, error);
}

static TwBudget *
find_by_name (GPtrArray *budgets, const char *name)
{
  for (guint i = 0; i < budgets->len; i++)
    {
      TwBudget *budget = g_ptr_array_index (budgets, i);

      if (g_str_equal (budget->name, name))
        return budget;
    }
  return NULL;
}

gboolean
tw_budgets_add (TwSql *sql, const TwBudgetSpec *spec, gint64 now, GError **error)
{
  g_autofree char *local = tw_local_timezone ();
  const char *zone = spec->timezone != NULL ? spec->timezone : local;
  g_autoptr (GPtrArray) real = NULL;
  g_autoptr (GPtrArray) simulated = NULL;
  NewBudget budget;
  TwWindow window;

  if (!tw_window_at (spec->period, zone, now, &window, error)
      || !insert_budget (sql, spec, zone, window, error))
    return FALSE;
  real = tw_budgets_load (sql, FALSE, now, error);
  simulated = real != NULL ? tw_budgets_load (sql, TRUE, now, error) : NULL;
  if (simulated == NULL)
    return FALSE;
  budget.totals[0] = find_by_name (real, spec->name);
  budget.totals[1] = find_by_name (simulated, spec->name);
  return tw_calls_visit (sql, window.start, window.end, count_past_call, &budget, error)
         && write_counters (sql, budget.totals[0], error)
         && write_counters (sql, budget.totals[1], error);
}
