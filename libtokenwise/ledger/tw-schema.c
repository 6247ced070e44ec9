/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-schema-private.h"

#include "libtokenwise/base/tw-error.h"

/* "tokw" in ASCII; tells our file from other programs' databases. */
#define APPLICATION_ID 1953459063
#define SET_APPLICATION_ID "PRAGMA application_id = 1953459063;"

/* Money is nano-USD and a remainder of 0…999,999 femto-USD; a third column is its state: 0 known,
 * 1 bounded, 2 unknown. */
#define MONEY(name)                                                                                \
  name "_nano INTEGER NOT NULL, " name "_rem INTEGER NOT NULL CHECK (" name                        \
       "_rem BETWEEN 0 AND 999999), "
#define MONEY_STATE(name) name "_state INTEGER NOT NULL CHECK (" name "_state BETWEEN 0 AND 2), "
#define MONEY_WITH_STATE(name) MONEY (name) MONEY_STATE (name)

static const char version_1[] =
    /* One row per call, from the hold on; it is never deleted by this library. */
    "CREATE TABLE calls ("
    " id TEXT NOT NULL PRIMARY KEY,"
    " provider TEXT NOT NULL,"
    " model TEXT NOT NULL,"
    " catalog_version TEXT,"
    " simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),"
    " tags TEXT NOT NULL,"
    " status TEXT NOT NULL CHECK (status IN ('pending', 'complete', 'incomplete', 'failed',"
    "  'cancelled', 'released', 'abandoned')),"
    " created_at INTEGER NOT NULL,"
    " settled_at INTEGER,"
    /* Whose hold it is: the holder's lock file, and its clock since boot for the lease. */
    " owner TEXT NOT NULL,"
    " boot_id TEXT NOT NULL,"
    " boot_seconds INTEGER NOT NULL,"
    " est_input_tokens INTEGER NOT NULL,"
    " est_output_p50 INTEGER NOT NULL,"
    " est_output_p90 INTEGER NOT NULL,"
    " est_output_max INTEGER NOT NULL,"
    " est_ttft_ms INTEGER NOT NULL,"
    " est_total_ms INTEGER NOT NULL, " MONEY_WITH_STATE ("low") MONEY_WITH_STATE ("likely")
        MONEY_WITH_STATE ("high") MONEY_WITH_STATE ("worst")
    /* What it came to. */
    MONEY_WITH_STATE (
        "cost") " cost_is_providers INTEGER NOT NULL DEFAULT 0,"
                " served_model TEXT,"
                " service_tier TEXT,"
                " finish TEXT,"
                " error_code TEXT,"
                " usage TEXT,"
                " output_tokens INTEGER,"
                " attempts INTEGER NOT NULL DEFAULT 0,"
                " ttft_ms INTEGER NOT NULL DEFAULT -1,"
                " total_ms INTEGER NOT NULL DEFAULT -1"
                ") STRICT;"
                "CREATE INDEX calls_pending ON calls (owner) WHERE status = 'pending';"
                "CREATE INDEX calls_by_creation ON calls (created_at);"
                "CREATE INDEX calls_by_settlement ON calls (simulated, settled_at);"
                "CREATE INDEX calls_history ON calls (provider, model, simulated, settled_at)"
                " WHERE status = 'complete';"
                /* window_start and window_end are the latest window seen, so that none opens twice.
                 */
                "CREATE TABLE budgets ("
                " id INTEGER PRIMARY KEY,"
                " name TEXT NOT NULL UNIQUE,"
                " scope TEXT NOT NULL,"
                " period TEXT NOT NULL,"
                " timezone TEXT NOT NULL, " MONEY (
                    "limit") " on_exceed TEXT NOT NULL CHECK (on_exceed IN ('warn', 'ask', "
                             "'approve', 'block')),"
                             " source TEXT NOT NULL CHECK (source IN ('policy', 'user')),"
                             " window_start INTEGER NOT NULL,"
                             " window_end INTEGER NOT NULL"
                             ") STRICT;"
                             "CREATE TABLE counters ("
                             " budget INTEGER NOT NULL REFERENCES budgets (id) ON DELETE CASCADE,"
                             " simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),"
                             " window_start INTEGER NOT NULL, " MONEY ("spent") MONEY ("held")
    /* Calls whose cost is not exactly known: more than zero makes the sum a lower bound. */
    " inexact INTEGER NOT NULL CHECK (inexact >= 0),"
    " CHECK (spent_nano >= 0),"
    " CHECK (held_nano >= 0),"
    " PRIMARY KEY (budget, simulated, window_start)"
    ") STRICT, WITHOUT ROWID;"
    /* Which counters an unsettled call is in. */
    "CREATE TABLE holds ("
    " call TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,"
    " budget INTEGER NOT NULL REFERENCES budgets (id) ON DELETE CASCADE,"
    " window_start INTEGER NOT NULL,"
    " PRIMARY KEY (call, budget)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX holds_by_budget ON holds (budget);" SET_APPLICATION_ID "PRAGMA user_version = 1;";

/* How the cost was found: the lines with their rate cards, as JSON. */
static const char version_2[] = "ALTER TABLE calls ADD COLUMN bill TEXT;"
                                "PRAGMA user_version = 2;";

/* How often each call was sent. */
static const char version_3[]
    = "CREATE TABLE attempts ("
      " call TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,"
      " number INTEGER NOT NULL CHECK (number >= 1),"
      " started_at INTEGER NOT NULL,"
      " total_ms INTEGER NOT NULL,"
      /* NULL: no reply came. */
      " http_status INTEGER,"
      " error_code TEXT, " MONEY_WITH_STATE ("cost") " PRIMARY KEY (call, number)"
                                                     ") STRICT, WITHOUT ROWID;"
                                                     "PRAGMA user_version = 3;";

/* migrations[n] takes version n to n + 1. */
static const char *const migrations[] = { version_1, version_2, version_3 };

G_STATIC_ASSERT (G_N_ELEMENTS (migrations) == TW_SCHEMA_VERSION);

void
tw_schema_set_damaged (const char *path, const char *why, GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_LEDGER_DAMAGED,
               "The ledger %s is damaged or is not a tokenwise ledger (%s). It was left as it is: "
               "restore a backup over it, or move it and its -wal and -shm files aside, and the "
               "next start makes a new one.",
               path, why);
}

static gboolean
read_version (TwSql *sql, gint64 *ret_version, GError **error)
{
  gint64 application = 0, objects = 0;

  if (!tw_sql_integer (sql, "PRAGMA user_version", 0, ret_version, error)
      || !tw_sql_integer (sql, "PRAGMA application_id", 0, &application, error)
      || !tw_sql_integer (sql, "SELECT count(*) FROM sqlite_schema", 0, &objects, error))
    return FALSE;
  if (application == APPLICATION_ID && *ret_version > 0)
    return TRUE;
  if (application == 0 && *ret_version == 0 && objects == 0)
    return TRUE;
  tw_schema_set_damaged (tw_sql_get_path (sql), "it is another program's database", error);
  return FALSE;
}

gboolean
tw_schema_check (TwSql *sql, GError **error)
{
  gint64 version = 0;

  if (!read_version (sql, &version, error))
    return FALSE;
  if (version <= TW_SCHEMA_VERSION)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_LEDGER_VERSION,
               "The ledger %s has version %" G_GINT64_FORMAT
               " and this tokenwise knows versions up to %d. It was left as it is: update "
               "tokenwise, or move the file aside, and the next start makes a new one.",
               tw_sql_get_path (sql), version, TW_SCHEMA_VERSION);
  return FALSE;
}

static gboolean
migrate_in_transaction (TwSql *sql, GError **error)
{
  gint64 version = 0;

  /* Another process may have migrated while this one waited for the lock. */
  if (!tw_schema_check (sql, error)
      || !tw_sql_integer (sql, "PRAGMA user_version", 0, &version, error))
    return FALSE;
  for (gint64 i = version; i < TW_SCHEMA_VERSION; i++)
    if (!tw_sql_run_script (sql, migrations[i], error))
      return FALSE;
  return TRUE;
}

gboolean
tw_schema_migrate (TwSql *sql, GError **error)
{
  gint64 version = 0;

  if (!tw_sql_integer (sql, "PRAGMA user_version", 0, &version, error))
    return FALSE;
  if (version == TW_SCHEMA_VERSION)
    return TRUE;
  if (!tw_sql_begin (sql, TRUE, error))
    return FALSE;
  if (migrate_in_transaction (sql, error))
    return tw_sql_commit (sql, error);
  tw_sql_rollback (sql);
  return FALSE;
}
