/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-money-private.h"
#include "libtokenwise/ledger/tw-sqlite-library-private.h"

G_BEGIN_DECLS

/* One SQLite connection with its prepared statements. Not locked: its owner serialises. SQL text is
 * always a literal; statements are kept by its address. */
typedef struct _TwSql TwSql;

/* A running statement. It goes back to its connection when it leaves its scope. */
typedef sqlite3_stmt TwRows;

/* The file must exist. Another program's file, a damaged one and one of a future version are
 * refused before anything is written. */
TwSql *tw_sql_open (const char *path, GError **error);
void tw_sql_close (TwSql *self);
const char *tw_sql_get_path (TwSql *self);

/* format has one letter per argument: s const char * (nullable), i gint64, f TwFemto (two columns),
 * m TwMoney (three columns). */
TwRows *tw_sql_query (TwSql *self, GError **error, const char *sql, const char *format, ...);
/* FALSE at the end, without an error, and on failure, with one. */
gboolean tw_sql_next (TwSql *self, TwRows *rows, GError **error);
/* A statement without rows, or whose rows are of no interest. */
gboolean tw_sql_run (TwSql *self, GError **error, const char *sql, const char *format, ...);
/* The first column of the only row, or fallback where there is none. */
gboolean
tw_sql_integer (TwSql *self, const char *sql, gint64 fallback, gint64 *ret_value, GError **error);
/* Statements separated by semicolons, without arguments. */
gboolean tw_sql_run_script (TwSql *self, const char *script, GError **error);

gint64 tw_rows_integer (TwRows *rows, int column);
/* (nullable): borrowed until the next step. */
const char *tw_rows_text (TwRows *rows, int column);
TwFemto tw_rows_femto (TwRows *rows, int column);
TwMoney tw_rows_money (TwRows *rows, int column);

/* IMMEDIATE takes the write lock at once, so that nothing read inside can change underneath. */
gboolean tw_sql_begin (TwSql *self, gboolean immediate, GError **error);
gboolean tw_sql_commit (TwSql *self, GError **error);
void tw_sql_rollback (TwSql *self);

/* SQLite before 3.51.3 (but for 3.44.6+ and 3.50.7+ of their series) can lose commits when a
 * checkpoint overlaps with a writer that restarts the log: https://sqlite.org/wal.html#walresetbug.
 */
gboolean tw_sql_has_wal_reset_bug (int version_number);

static inline void
tw_rows_done (TwRows *rows)
{
  tw_sqlite.reset (rows);
  tw_sqlite.clear_bindings (rows);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRows, tw_rows_done)

G_END_DECLS
