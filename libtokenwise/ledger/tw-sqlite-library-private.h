/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/* The functions of SQLite, which is loaded when a ledger is first opened: a program that only
 * counts or estimates has no use for it. */
#define TW_SQLITE_FUNCTIONS(_)                                                                     \
  _ (bind_int64)                                                                                   \
  _ (bind_parameter_count)                                                                         \
  _ (bind_text)                                                                                    \
  _ (busy_handler)                                                                                 \
  _ (clear_bindings)                                                                               \
  _ (close)                                                                                        \
  _ (column_int64)                                                                                 \
  _ (column_text)                                                                                  \
  _ (column_type)                                                                                  \
  _ (db_config)                                                                                    \
  _ (errstr)                                                                                       \
  _ (exec)                                                                                         \
  _ (finalize)                                                                                     \
  _ (get_autocommit)                                                                               \
  _ (libversion)                                                                                   \
  _ (libversion_number)                                                                            \
  _ (limit)                                                                                        \
  _ (open_v2)                                                                                      \
  _ (prepare_v2)                                                                                   \
  _ (prepare_v3)                                                                                   \
  _ (reset)                                                                                        \
  _ (step)                                                                                         \
  _ (stmt_busy)                                                                                    \
  _ (wal_autocheckpoint)                                                                           \
  _ (wal_checkpoint_v2)                                                                            \
  _ (wal_hook)

#define TW_SQLITE_POINTER(name) __typeof__ (sqlite3_##name) *name;
typedef struct
{
  TW_SQLITE_FUNCTIONS (TW_SQLITE_POINTER)
} TwSqliteLibrary;
#undef TW_SQLITE_POINTER

/* Filled by tw_sqlite_library_load(), which comes before any use. */
extern TwSqliteLibrary tw_sqlite;

/* Any thread, as often as one likes; what failed is tried again. */
gboolean tw_sqlite_library_load (GError **error);

G_END_DECLS
