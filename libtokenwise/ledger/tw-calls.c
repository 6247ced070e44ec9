/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-calls-private.h"

#include "libtokenwise/ledger/tw-owner-private.h"
#include "libtokenwise/ledger/tw-schema-private.h"
#include "libtokenwise/ledger/tw-scope-private.h"

#define INSTANT_OF(rows, column, none)                                                             \
  (tw_sqlite.column_type (rows, column) == SQLITE_NULL ? (none) : tw_rows_integer (rows, column))

/* The order that receipt_from_row() reads. */
#define COLUMNS                                                                                    \
  "id, provider, model, catalog_version, simulated, status, created_at, settled_at, "              \
  "est_input_tokens, est_output_p50, est_output_p90, est_output_max, est_ttft_ms, est_total_ms, "  \
  "low_nano, low_rem, low_state, likely_nano, likely_rem, likely_state, "                          \
  "high_nano, high_rem, high_state, worst_nano, worst_rem, worst_state, "                          \
  "cost_nano, cost_rem, cost_state, cost_is_providers, served_model, service_tier, finish, "       \
  "error_code, usage, attempts, ttft_ms, total_ms, tags, bill "

enum
{
  COLUMN_TAGS = 38,
  COLUMN_BILL
};

TwFootprint
tw_receipt_get_footprint (const TwReceipt *self)
{
  const TwMoney worst = self->estimate.worst;
  const TwFemto most = worst.state == TW_MONEY_UNKNOWN ? 0 : worst.femto;
  TwFootprint footprint = { 0 };

  if (g_str_equal (self->status, TW_STATUS_PENDING))
    footprint.held = most;
  else if (!g_str_equal (self->status, TW_STATUS_RELEASED))
    {
      /* An unknown bill counts as the worst case, never as nothing. */
      footprint.spent = self->cost.state == TW_MONEY_UNKNOWN ? most : self->cost.femto;
      footprint.inexact = self->cost.state != TW_MONEY_KNOWN;
    }
  return footprint;
}

gboolean
tw_calls_insert (TwSql *sql,
                 const TwHoldRequest *hold,
                 const char *tags,
                 const char *owner,
                 gint64 now,
                 GError **error)
{
  const TwEstimateFigures *e = &hold->estimate;
  const TwMoney no_cost_yet = { 0, TW_MONEY_UNKNOWN };

  return tw_sql_run (
      sql, error,
      "INSERT INTO calls (id, provider, model, catalog_version, simulated, tags, status,"
      " created_at, owner, boot_id, boot_seconds, est_input_tokens, est_output_p50,"
      " est_output_p90, est_output_max, est_ttft_ms, est_total_ms, low_nano, low_rem, low_state,"
      " likely_nano, likely_rem, likely_state, high_nano, high_rem, high_state, worst_nano,"
      " worst_rem, worst_state, cost_nano, cost_rem, cost_state)"
      " VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
      " ?, ?, ?, ?, ?, ?, ?)",
      "ssssisissiiiiiiimmmmm", hold->id, hold->provider, hold->model, hold->catalog_version,
      (gint64) (hold->simulated != FALSE), tags, now, owner, tw_boot_id (), tw_boot_seconds (),
      e->input_tokens, e->output_p50, e->output_p90, e->output_max, e->ttft_ms, e->total_ms, e->low,
      e->likely, e->high, e->worst, no_cost_yet);
}

static void
read_estimate (TwRows *rows, TwEstimateFigures *ret_estimate)
{
  ret_estimate->input_tokens = tw_rows_integer (rows, 8);
  ret_estimate->output_p50 = tw_rows_integer (rows, 9);
  ret_estimate->output_p90 = tw_rows_integer (rows, 10);
  ret_estimate->output_max = tw_rows_integer (rows, 11);
  ret_estimate->ttft_ms = tw_rows_integer (rows, 12);
  ret_estimate->total_ms = tw_rows_integer (rows, 13);
  ret_estimate->low = tw_rows_money (rows, 14);
  ret_estimate->likely = tw_rows_money (rows, 17);
  ret_estimate->high = tw_rows_money (rows, 20);
  ret_estimate->worst = tw_rows_money (rows, 23);
}

static TwReceipt *
receipt_from_row (TwSql *sql, TwRows *rows, GError **error)
{
  g_autoptr (TwReceipt) self = g_new0 (TwReceipt, 1);
  const char *usage = tw_rows_text (rows, 34);

  self->id = g_strdup (tw_rows_text (rows, 0));
  self->provider = g_strdup (tw_rows_text (rows, 1));
  self->model = g_strdup (tw_rows_text (rows, 2));
  self->catalog_version = g_strdup (tw_rows_text (rows, 3));
  self->simulated = tw_rows_integer (rows, 4) != 0;
  self->status = g_strdup (tw_rows_text (rows, 5));
  self->created_at = tw_rows_integer (rows, 6);
  self->settled_at = INSTANT_OF (rows, 7, 0);
  read_estimate (rows, &self->estimate);
  self->cost = tw_rows_money (rows, 26);
  self->cost_is_providers = tw_rows_integer (rows, 29) != 0;
  self->served_model = g_strdup (tw_rows_text (rows, 30));
  self->service_tier = g_strdup (tw_rows_text (rows, 31));
  self->finish = g_strdup (tw_rows_text (rows, 32));
  self->error_code = g_strdup (tw_rows_text (rows, 33));
  self->attempts = (guint) tw_rows_integer (rows, 35);
  self->ttft_ms = tw_rows_integer (rows, 36);
  self->total_ms = tw_rows_integer (rows, 37);
  self->bill = g_strdup (tw_rows_text (rows, COLUMN_BILL));
  if (usage != NULL && (self->usage = tw_usage_from_column (usage, NULL)) == NULL)
    {
      tw_schema_set_damaged (tw_sql_get_path (sql), "the usage of a call cannot be read", error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

TwReceipt *
tw_calls_find (TwSql *sql, const char *id, GError **error)
{
  g_autoptr (TwRows) rows
      = tw_sql_query (sql, error, "SELECT " COLUMNS "FROM calls WHERE id = ?", "s", id);

  if (rows == NULL || !tw_sql_next (sql, rows, error))
    return NULL;
  return receipt_from_row (sql, rows, error);
}

gboolean
tw_calls_update (TwSql *sql, const TwReceipt *receipt, GError **error)
{
  g_autofree char *usage = tw_usage_to_column (receipt->usage);
  const gint64 output = receipt->usage != NULL ? tw_usage_get_output_total (receipt->usage) : -1;

  return tw_sql_run (
      sql, error,
      "UPDATE calls SET status = ?, settled_at = ?, cost_nano = ?, cost_rem = ?, cost_state = ?,"
      " cost_is_providers = ?, served_model = ?, service_tier = ?, finish = ?, error_code = ?,"
      " usage = ?, output_tokens = nullif (?, -1), attempts = ?, ttft_ms = ?, total_ms = ?, bill = "
      "?"
      " WHERE id = ?",
      "simisssssiiiiss", receipt->status, receipt->settled_at, receipt->cost,
      (gint64) (receipt->cost_is_providers != FALSE), receipt->served_model, receipt->service_tier,
      receipt->finish, receipt->error_code, usage, output, (gint64) receipt->attempts,
      receipt->ttft_ms, receipt->total_ms, receipt->bill, receipt->id);
}

/* Takes rows to their end. */
static GPtrArray *
read_receipts (TwSql *sql, TwRows *rows, GError **error)
{
  g_autoptr (GPtrArray) receipts
      = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_receipt_free);
  GError *failure = NULL;

  while (failure == NULL && tw_sql_next (sql, rows, &failure))
    {
      TwReceipt *receipt = receipt_from_row (sql, rows, &failure);

      if (receipt != NULL)
        g_ptr_array_add (receipts, receipt);
    }
  if (failure == NULL)
    return g_steal_pointer (&receipts);
  g_propagate_error (error, failure);
  return NULL;
}

GPtrArray *
tw_calls_list (TwSql *sql, gboolean simulated, guint max, GError **error)
{
  g_autoptr (TwRows) rows
      = tw_sql_query (sql, error,
                      "SELECT " COLUMNS "FROM calls WHERE simulated = ? AND settled_at IS NOT NULL"
                      " ORDER BY settled_at DESC, rowid DESC LIMIT ?",
                      "ii", (gint64) (simulated != FALSE), (gint64) max);

  return rows != NULL ? read_receipts (sql, rows, error) : NULL;
}

GPtrArray *
tw_calls_list_owners (TwSql *sql, GError **error)
{
  g_autoptr (GPtrArray) owners = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TwRows) rows
      = tw_sql_query (sql, error, "SELECT DISTINCT owner FROM calls WHERE status = 'pending'", "");
  GError *failure = NULL;

  if (rows == NULL)
    return NULL;
  while (tw_sql_next (sql, rows, &failure))
    g_ptr_array_add (owners, g_strdup (tw_rows_text (rows, 0)));
  if (failure == NULL)
    return g_steal_pointer (&owners);
  g_propagate_error (error, failure);
  return NULL;
}

GPtrArray *
tw_calls_list_pending (
    TwSql *sql, const char *owner, const char *boot_id, gint64 boot_seconds, GError **error)
{
  g_autoptr (TwRows) rows = NULL;

  if (boot_id == NULL)
    rows = tw_sql_query (sql, error,
                         "SELECT " COLUMNS
                         "FROM calls WHERE status = 'pending' AND owner = ? ORDER BY rowid",
                         "s", owner);
  else
    rows = tw_sql_query (sql, error,
                         "SELECT " COLUMNS "FROM calls WHERE status = 'pending' AND owner = ?"
                         " AND boot_id = ? AND boot_seconds < ? ORDER BY rowid",
                         "ssi", owner, boot_id, boot_seconds);
  return rows != NULL ? read_receipts (sql, rows, error) : NULL;
}

static gboolean
visit_row (TwSql *sql, TwRows *rows, TwCallVisitor visitor, gpointer data, GError **error)
{
  g_autoptr (TwReceipt) receipt = receipt_from_row (sql, rows, error);
  g_autoptr (GHashTable) tags = NULL;

  if (receipt == NULL)
    return FALSE;
  tags = tw_tags_from_json (tw_rows_text (rows, COLUMN_TAGS), NULL);
  if (tags != NULL)
    return visitor (sql, receipt, tags, data, error);
  tw_schema_set_damaged (tw_sql_get_path (sql), "the tags of a call cannot be read", error);
  return FALSE;
}

gboolean
tw_calls_visit (
    TwSql *sql, gint64 start, gint64 end, TwCallVisitor visitor, gpointer data, GError **error)
{
  g_autoptr (TwRows) rows = tw_sql_query (
      sql, error, "SELECT " COLUMNS "FROM calls WHERE created_at >= ? AND created_at < ?", "ii",
      start, end);
  GError *failure = NULL;

  if (rows == NULL)
    return FALSE;
  while (tw_sql_next (sql, rows, &failure))
    if (!visit_row (sql, rows, visitor, data, &failure))
      break;
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, failure);
  return FALSE;
}

GArray *
tw_calls_list_observations (TwSql *sql,
                            const char *provider,
                            const char *model,
                            gboolean simulated,
                            guint max,
                            GError **error)
{
  g_autoptr (GArray) observations = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  g_autoptr (TwRows) rows
      = tw_sql_query (sql, error,
                      "SELECT output_tokens, ttft_ms, total_ms FROM calls WHERE status = 'complete'"
                      " AND provider = ? AND model = ? AND simulated = ? AND output_tokens IS NOT "
                      "NULL ORDER BY settled_at DESC, rowid DESC"
                      " LIMIT ?",
                      "ssii", provider, model, (gint64) (simulated != FALSE), (gint64) max);
  GError *failure = NULL;

  if (rows == NULL)
    return NULL;
  while (tw_sql_next (sql, rows, &failure))
    {
      TwObservation observation
          = { tw_rows_integer (rows, 0), tw_rows_integer (rows, 1), tw_rows_integer (rows, 2) };

      g_array_append_val (observations, observation);
    }
  if (failure == NULL)
    return g_steal_pointer (&observations);
  g_propagate_error (error, failure);
  return NULL;
}
