/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-attempts-private.h"

#include "libtokenwise/base/tw-time-private.h"

gboolean
tw_attempts_insert (
    TwSql *sql, const char *call, const TwAttempt *attempts, guint n, GError **error)
{
  for (guint i = 0; i < n; i++)
    if (!tw_sql_run (sql, error,
                     "INSERT OR IGNORE INTO attempts (call, number, started_at, total_ms,"
                     " http_status, error_code, cost_nano, cost_rem, cost_state)"
                     " VALUES (?, ?, ?, ?, nullif (?, 0), ?, ?, ?, ?)",
                     "siiiism", call, (gint64) i + 1, attempts[i].started_at, attempts[i].total_ms,
                     (gint64) attempts[i].http_status, attempts[i].error_code, attempts[i].cost))
      return FALSE;
  return TRUE;
}

static cJSON *
row_to_cjson (TwRows *rows)
{
  cJSON *json = cJSON_CreateObject ();
  TwMoney cost = tw_rows_money (rows, 5);
  gint64 status = tw_rows_integer (rows, 3);
  g_autofree char *started = tw_instant_to_string (tw_rows_integer (rows, 1));
  g_autofree char *decimal
      = cost.state != TW_MONEY_UNKNOWN ? tw_femto_to_decimal (cost.femto) : NULL;

  tw_json_add_integer (json, "number", tw_rows_integer (rows, 0));
  tw_json_add_string (json, "started_at", started);
  tw_json_add_integer (json, "total_ms", tw_rows_integer (rows, 2));
  /* Null where no reply came. */
  if (status != 0)
    tw_json_add_integer (json, "status", status);
  else
    cJSON_AddNullToObject (json, "status");
  tw_json_add_string (json, "error", tw_rows_text (rows, 4));
  tw_json_add_string (json, "cost", decimal);
  tw_json_add_string (json, "state", tw_money_state_to_string (cost.state));
  return json;
}

char *
tw_attempts_to_json (TwSql *sql, const char *call, GError **error)
{
  g_autoptr (cJSON) list = cJSON_CreateArray ();
  g_autoptr (TwRows) rows
      = tw_sql_query (sql, error,
                      "SELECT number, started_at, total_ms, ifnull (http_status, 0), error_code,"
                      " cost_nano, cost_rem, cost_state FROM attempts WHERE call = ?"
                      " ORDER BY number",
                      "s", call);
  GError *failure = NULL;

  if (rows == NULL)
    return NULL;
  while (tw_sql_next (sql, rows, &failure))
    cJSON_AddItemToArray (list, row_to_cjson (rows));
  if (failure == NULL)
    return tw_json_print (list);
  g_propagate_error (error, failure);
  return NULL;
}
