/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-sql-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/ledger/tw-schema-private.h"

#include <stdarg.h>
#include <string.h>

/* sqlite3_busy_timeout sleeps in growing steps and starves one process for up to 20 s when several
 * write in tight loops; short random sleeps kept the worst wait at 2.4 s in the same runs. */
#define BUSY_SLEEP_MIN_US 100
#define BUSY_SLEEP_MAX_US 500
#define BUSY_DEADLINE_US (30 * G_USEC_PER_SEC)
/* A checkpoint can wait for a better moment, a caller cannot. */
#define CHECKPOINT_DEADLINE_US (G_USEC_PER_SEC / 10)
/* 4 MiB of log at 4 KiB a page. */
#define CHECKPOINT_PAGES 1000
#define LOG_KEPT_BYTES "8388608"
/* No value the ledger writes comes near; a tampered file may hold anything. */
#define MAX_VALUE_BYTES (16 << 20)

typedef struct
{
  gint64 started;
  gint64 deadline;
} Patience;

struct _TwSql
{
  sqlite3 *db;
  char *path;
  Patience patience;
  /* (element-type const char* sqlite3_stmt) */
  GHashTable *statements;
  int log_pages;
  int checkpoint_at;
};

static int
on_busy (void *data, int count)
{
  Patience *patience = data;
  gint64 now = g_get_monotonic_time ();

  if (count == 0)
    patience->started = now;
  if (now - patience->started >= patience->deadline)
    return 0;
  g_usleep ((gulong) g_random_int_range (BUSY_SLEEP_MIN_US, BUSY_SLEEP_MAX_US));
  return 1;
}

static int
on_log_grown (void *data, sqlite3 *db, const char *schema, int pages)
{
  TwSql *self = data;

  self->log_pages = pages;
  return SQLITE_OK;
}

static void
set_storage_error (TwSql *self, int code, GError **error)
{
  const char *advice = "“tokenwise doctor” says more.";

  switch (code & 0xff)
    {
    case SQLITE_FULL:
      advice = "The disk is full; free some space and try again.";
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      advice = "Another process has kept it locked for 30 seconds; end that process or try again.";
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      advice = "Check that its folder exists and is writable.";
      break;
    default:
      break;
    }
  g_set_error (error, TW_ERROR, TW_ERROR_LEDGER,
               "The ledger %s could not be read or written (%s). %s", self->path,
               tw_sqlite.errstr (code), advice);
}

static gboolean
fail (TwSql *self, int code, GError **error)
{
  int primary = code & 0xff;

  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_MISMATCH
      || primary == SQLITE_CONSTRAINT || primary == SQLITE_ERROR)
    tw_schema_set_damaged (self->path, tw_sqlite.errstr (code), error);
  else
    set_storage_error (self, code, error);
  return FALSE;
}

static int
connect_to_file (const char *path, Patience *patience, sqlite3 **ret_db)
{
  const int flags
      = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  static const struct
  {
    int option;
    int value;
  } settings[] = {
    { SQLITE_DBCONFIG_DEFENSIVE, 1 },
    { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
    { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
    { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
    { SQLITE_DBCONFIG_DQS_DML, 0 },
    { SQLITE_DBCONFIG_DQS_DDL, 0 },
    { SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
    { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
    /* Until the file is known to be ours, closing must not write to it either. */
    { SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 },
  };
  int code = tw_sqlite.open_v2 (path, ret_db, flags, NULL);

  if (code != SQLITE_OK)
    return code;
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    tw_sqlite.db_config (*ret_db, settings[i].option, settings[i].value, NULL);
  tw_sqlite.limit (*ret_db, SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES);
  tw_sqlite.limit (*ret_db, SQLITE_LIMIT_ATTACHED, 0);
  tw_sqlite.busy_handler (*ret_db, on_busy, patience);
  return tw_sqlite.wal_autocheckpoint (*ret_db, 0);
}

/* Changing to WAL is refused as busy without asking the busy handler while another process does the
 * same, so this waits by itself. */
static gboolean
use_write_ahead_log (TwSql *self, GError **error)
{
  const gint64 deadline = g_get_monotonic_time () + BUSY_DEADLINE_US;
  int code;

  for (;;)
    {
      sqlite3_stmt *statement = NULL;

      code = tw_sqlite.prepare_v2 (self->db, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
      if (code == SQLITE_OK)
        code = tw_sqlite.step (statement);
      if (code == SQLITE_ROW
          && g_strcmp0 ((const char *) tw_sqlite.column_text (statement, 0), "wal") != 0)
        code = SQLITE_PROTOCOL;
      tw_sqlite.finalize (statement);
      if ((code & 0xff) != SQLITE_BUSY || g_get_monotonic_time () > deadline)
        break;
      g_usleep ((gulong) g_random_int_range (BUSY_SLEEP_MIN_US, BUSY_SLEEP_MAX_US));
    }
  return code == SQLITE_ROW || fail (self, code, error);
}

static gboolean
prepare_connection (TwSql *self, GError **error)
{
  int code = connect_to_file (self->path, &self->patience, &self->db);

  if (code != SQLITE_OK)
    return fail (self, code, error);
  if (!tw_schema_check (self, error) || !use_write_ahead_log (self, error)
      || !tw_sql_run (self, error, "PRAGMA synchronous = FULL", "")
      || !tw_sql_run (self, error, "PRAGMA journal_size_limit = " LOG_KEPT_BYTES, "")
      || !tw_schema_migrate (self, error))
    return FALSE;
  tw_sqlite.db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
  tw_sqlite.wal_hook (self->db, on_log_grown, self);
  return TRUE;
}

TwSql *
tw_sql_open (const char *path, GError **error)
{
  TwSql *self;

  if (!tw_sqlite_library_load (error))
    return NULL;
  self = g_new0 (TwSql, 1);
  self->path = g_strdup (path);
  self->patience.deadline = BUSY_DEADLINE_US;
  self->checkpoint_at = CHECKPOINT_PAGES;
  self->statements = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL,
                                            (GDestroyNotify) (gpointer) tw_sqlite.finalize);
  if (prepare_connection (self, error))
    return self;
  tw_sql_close (self);
  return NULL;
}

void
tw_sql_close (TwSql *self)
{
  g_hash_table_unref (self->statements);
  tw_sqlite.close (self->db);
  g_free (self->path);
  g_free (self);
}

const char *
tw_sql_get_path (TwSql *self)
{
  return self->path;
}

static sqlite3_stmt *
prepare (TwSql *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);
  int code;

  if (statement != NULL)
    {
      g_assert (!tw_sqlite.stmt_busy (statement));
      return statement;
    }
  code = tw_sqlite.prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
  if (code != SQLITE_OK)
    {
      fail (self, code, error);
      return NULL;
    }
  g_hash_table_insert (self->statements, (gpointer) sql, statement);
  return statement;
}

static int
bind_femto (sqlite3_stmt *statement, int at, TwFemto femto)
{
  gint64 nano, rem;

  tw_femto_split (femto, &nano, &rem);
  tw_sqlite.bind_int64 (statement, at, nano);
  tw_sqlite.bind_int64 (statement, at + 1, rem);
  return at + 2;
}

static void
bind_all (sqlite3_stmt *statement, const char *format, va_list args)
{
  int at = 1;

  for (const char *p = format; *p != '\0'; p++)
    if (*p == 's')
      tw_sqlite.bind_text (statement, at++, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
    else if (*p == 'i')
      tw_sqlite.bind_int64 (statement, at++, va_arg (args, gint64));
    else if (*p == 'f')
      at = bind_femto (statement, at, va_arg (args, TwFemto));
    else if (*p == 'm')
      {
        TwMoney money = va_arg (args, TwMoney);

        at = bind_femto (statement, at, money.state == TW_MONEY_UNKNOWN ? 0 : money.femto);
        tw_sqlite.bind_int64 (statement, at++, money.state);
      }
    else
      g_assert_not_reached ();
  g_assert (at - 1 == tw_sqlite.bind_parameter_count (statement));
}

TwRows *
tw_sql_query (TwSql *self, GError **error, const char *sql, const char *format, ...)
{
  sqlite3_stmt *statement = prepare (self, sql, error);
  va_list args;

  if (statement == NULL)
    return NULL;
  va_start (args, format);
  bind_all (statement, format, args);
  va_end (args);
  return statement;
}

gboolean
tw_sql_next (TwSql *self, TwRows *rows, GError **error)
{
  int code = tw_sqlite.step (rows);

  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    fail (self, code, error);
  return FALSE;
}

gboolean
tw_sql_run (TwSql *self, GError **error, const char *sql, const char *format, ...)
{
  g_autoptr (TwRows) statement = prepare (self, sql, error);
  va_list args;
  int code;

  if (statement == NULL)
    return FALSE;
  va_start (args, format);
  bind_all (statement, format, args);
  va_end (args);
  do
    code = tw_sqlite.step (statement);
  while (code == SQLITE_ROW);
  return code == SQLITE_DONE || fail (self, code, error);
}

gboolean
tw_sql_integer (TwSql *self, const char *sql, gint64 fallback, gint64 *ret_value, GError **error)
{
  g_autoptr (TwRows) rows = tw_sql_query (self, error, sql, "");
  int code;

  if (rows == NULL)
    return FALSE;
  code = tw_sqlite.step (rows);
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    return fail (self, code, error);
  *ret_value = code == SQLITE_ROW ? tw_sqlite.column_int64 (rows, 0) : fallback;
  return TRUE;
}

gboolean
tw_sql_run_script (TwSql *self, const char *script, GError **error)
{
  int code = SQLITE_OK;

  while (code == SQLITE_OK && *script != '\0')
    {
      sqlite3_stmt *statement = NULL;

      code = tw_sqlite.prepare_v2 (self->db, script, -1, &statement, &script);
      if (code != SQLITE_OK || statement == NULL)
        break;
      code = tw_sqlite.step (statement);
      code = code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
      tw_sqlite.finalize (statement);
    }
  return code == SQLITE_OK || fail (self, code, error);
}

gint64
tw_rows_integer (TwRows *rows, int column)
{
  return tw_sqlite.column_int64 (rows, column);
}

const char *
tw_rows_text (TwRows *rows, int column)
{
  return (const char *) tw_sqlite.column_text (rows, column);
}

TwFemto
tw_rows_femto (TwRows *rows, int column)
{
  return tw_femto_join (tw_sqlite.column_int64 (rows, column),
                        tw_sqlite.column_int64 (rows, column + 1));
}

TwMoney
tw_rows_money (TwRows *rows, int column)
{
  gint64 state = tw_sqlite.column_int64 (rows, column + 2);
  TwMoney unknown = { 0, TW_MONEY_UNKNOWN };

  if (tw_sqlite.column_type (rows, column + 2) == SQLITE_NULL || state < TW_MONEY_KNOWN
      || state >= TW_MONEY_UNKNOWN)
    return unknown;
  return (TwMoney){ tw_rows_femto (rows, column), (TwMoneyState) state };
}

gboolean
tw_sql_begin (TwSql *self, gboolean immediate, GError **error)
{
  if (immediate)
    return tw_sql_run (self, error, "BEGIN IMMEDIATE", "");
  return tw_sql_run (self, error, "BEGIN", "");
}

/* A checkpoint while another connection holds the write lock cannot meet a writer, which is what
 * the WAL-reset bug needs. A passive one by itself could. */
static gboolean
checkpoint_under_write_lock (TwSql *self)
{
  Patience patience = { 0, CHECKPOINT_DEADLINE_US };
  sqlite3 *guard = NULL;
  gboolean done = FALSE;

  if (connect_to_file (self->path, &patience, &guard) == SQLITE_OK
      && tw_sqlite.exec (guard, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK)
    {
      done = tw_sqlite.wal_checkpoint_v2 (self->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL)
             == SQLITE_OK;
      tw_sqlite.exec (guard, "ROLLBACK", NULL, NULL, NULL);
    }
  tw_sqlite.close (guard);
  return done;
}

gboolean
tw_sql_commit (TwSql *self, GError **error)
{
  const int before = self->log_pages;

  if (!tw_sql_run (self, error, "COMMIT", ""))
    {
      tw_sql_rollback (self);
      return FALSE;
    }
  if (self->log_pages < before)
    self->checkpoint_at = CHECKPOINT_PAGES;
  if (self->log_pages >= self->checkpoint_at)
    {
      gboolean done = checkpoint_under_write_lock (self);

      /* A reader may hold the log open for long; do not try again at every commit. */
      self->checkpoint_at = self->log_pages + (done ? CHECKPOINT_PAGES : CHECKPOINT_PAGES / 10);
    }
  return TRUE;
}

void
tw_sql_rollback (TwSql *self)
{
  if (!tw_sqlite.get_autocommit (self->db))
    tw_sqlite.exec (self->db, "ROLLBACK", NULL, NULL, NULL);
}

gboolean
tw_sql_has_wal_reset_bug (int version_number)
{
  if (version_number >= 3051003)
    return FALSE;
  if (version_number >= 3050007 && version_number < 3051000)
    return FALSE;
  return !(version_number >= 3044006 && version_number < 3045000);
}
