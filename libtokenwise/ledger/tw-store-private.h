/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/ledger/tw-sql-private.h"

G_BEGIN_DECLS

/* The one connection this process has to a ledger file, shared by every TwLedger on it: POSIX locks
 * belong to the process, so a second opening and closing of the file would drop the first one's
 * (https://sqlite.org/howtocorrupt.html, 2.2). Safe to use from several threads. */
typedef struct _TwStore TwStore;

TwStore *tw_store_open (const char *path, GError **error);
void tw_store_close (TwStore *self);
const char *tw_store_get_path (TwStore *self);
/* The folder of the owners' lock files. */
const char *tw_store_get_owner_folder (TwStore *self);
/* This process's name in the ledger, claimed at the first call. */
const char *tw_store_get_owner (TwStore *self, GError **error);
/* Borrowed; NULL before the first tw_store_get_owner(). */
const char *tw_store_peek_owner (TwStore *self);

typedef gboolean (*TwStoreWork) (TwSql *sql, gpointer data, GError **error);

/* Runs work in a transaction: committed if it returns TRUE, else undone. */
gboolean tw_store_write (TwStore *self, TwStoreWork work, gpointer data, GError **error);
/* Runs work on one consistent state of the file. */
gboolean tw_store_read (TwStore *self, TwStoreWork work, gpointer data, GError **error);

G_END_DECLS
