/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/ledger/tw-sql-private.h"

G_BEGIN_DECLS

/* What this build writes; PRAGMA user_version. */
#define TW_SCHEMA_VERSION 3

/* Reads only: refuses another program's database and a future version. */
gboolean tw_schema_check (TwSql *sql, GError **error);
/* Brings an older or empty file to TW_SCHEMA_VERSION in one transaction. */
gboolean tw_schema_migrate (TwSql *sql, GError **error);
/* TW_ERROR_LEDGER_DAMAGED with the way back. */
void tw_schema_set_damaged (const char *path, const char *why, GError **error);

G_END_DECLS
