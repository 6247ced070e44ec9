/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-ledger-object-private.h"
#include "libtokenwise/ledger/tw-schema-private.h"

typedef struct
{
  gint64 now;
  gint64 version;
  gint64 calls;
  gint64 open_holds;
  gint64 latest_window;
  /* What SQLite found, or NULL. */
  char *damage;
  gboolean foreign_keys_broken;
} Check;

static gboolean
quick_check (TwSql *sql, Check *check, GError **error)
{
  g_autoptr (TwRows) rows = tw_sql_query (sql, error, "PRAGMA quick_check(1)", "");

  if (rows == NULL || !tw_sql_next (sql, rows, error))
    return FALSE;
  if (!g_str_equal (tw_rows_text (rows, 0), "ok"))
    check->damage = g_strdup (tw_rows_text (rows, 0));
  return TRUE;
}

static gboolean
run_check (TwSql *sql, gpointer data, GError **error)
{
  Check *check = data;
  gint64 broken = 0;

  if (!quick_check (sql, check, error)
      || !tw_sql_integer (sql, "PRAGMA user_version", 0, &check->version, error)
      || !tw_sql_integer (sql, "SELECT count(*) FROM calls", 0, &check->calls, error)
      || !tw_sql_integer (sql, "SELECT count(*) FROM calls WHERE status = 'pending'", 0,
                          &check->open_holds, error)
      || !tw_sql_integer (sql, "SELECT coalesce(max(window_start), 0) FROM budgets", 0,
                          &check->latest_window, error)
      || !tw_sql_integer (sql, "SELECT count(*) FROM pragma_foreign_key_check", 0, &broken, error))
    return FALSE;
  check->foreign_keys_broken = broken > 0;
  return TRUE;
}

static char *
message_of (const Check *check, gboolean has_bug)
{
  GString *text = g_string_new (NULL);

  if (check->damage != NULL)
    g_string_append_printf (text,
                            "The ledger is damaged (%s). Restore a backup, or move the file and "
                            "its -wal and -shm files aside.",
                            check->damage);
  else if (check->foreign_keys_broken)
    g_string_append (text, "Some holds of the ledger belong to no call or budget; another program "
                           "has changed the file. Restore a backup.");
  else
    g_string_append (text, "The ledger is sound.");
  if (check->latest_window > check->now)
    g_string_append (text, " The clock is behind the latest budget window seen, so budgets start "
                           "anew only when it has passed that window.");
  if (has_bug)
    g_string_append (text, " This SQLite can lose commits when another program checkpoints the "
                           "ledger while it is in use; tokenwise itself does not, so open it with "
                           "other programs only while tokenwise is closed.");
  return g_string_free (text, FALSE);
}

static char *
check_to_json (TwLedger *self, const Check *check)
{
  const gboolean has_bug = tw_sql_has_wal_reset_bug (tw_sqlite.libversion_number ());
  g_autofree char *message = message_of (check, has_bug);
  g_autoptr (cJSON) json = cJSON_CreateObject ();

  cJSON_AddBoolToObject (json, "ok", check->damage == NULL && !check->foreign_keys_broken);
  tw_json_add_string (json, "path", tw_ledger_get_path (self));
  tw_json_add_integer (json, "schema_version", check->version);
  tw_json_add_integer (json, "calls", check->calls);
  tw_json_add_integer (json, "open_holds", check->open_holds);
  tw_json_add_string (json, "sqlite_version", tw_sqlite.libversion ());
  cJSON_AddBoolToObject (json, "wal_reset_bug", has_bug);
  tw_json_add_string (json, "message", message);
  return tw_json_print (json);
}

/**
 * tw_ledger_check:
 * @self: a ledger
 * @error: return location for an error
 *
 * Looks the whole file over (seconds where there are millions of calls), and
 * says whether it is sound:
 * `{"ok", "path", "schema_version", "calls", "open_holds", "sqlite_version",
 * "wal_reset_bug", "message"}`.
 *
 * `wal_reset_bug` says that the SQLite in use has the defect of
 * https://sqlite.org/wal.html#walresetbug, which the ledger works round.
 *
 * Returns: (transfer full): a JSON object
 * Since: 0.1
 */
char *
tw_ledger_check (TwLedger *self, GError **error)
{
  Check check = { 0 };
  char *json = NULL;

  g_return_val_if_fail (TW_IS_LEDGER (self), NULL);

  check.now = tw_ledger_now (self);
  if (tw_store_read (self->store, run_check, &check, error))
    json = check_to_json (self, &check);
  g_free (check.damage);
  return json;
}
