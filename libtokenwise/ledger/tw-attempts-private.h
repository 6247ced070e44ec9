/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/ledger/tw-ledger-private.h"
#include "libtokenwise/ledger/tw-sql-private.h"

G_BEGIN_DECLS

/* The rows of the table attempts: how often a call was sent, and what came of it each time. Both
 * run inside the caller's transaction. */

/* Rows that are there already stay as they are: a settlement may come twice. */
gboolean tw_attempts_insert (
    TwSql *sql, const char *call, const TwAttempt *attempts, guint n, GError **error);
/* (transfer full): a JSON array, oldest first, as in a receipt. */
char *tw_attempts_to_json (TwSql *sql, const char *call, GError **error);

G_END_DECLS
