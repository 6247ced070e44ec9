/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/ledger/tw-ledger-private.h"
#include "libtokenwise/ledger/tw-sql-private.h"

G_BEGIN_DECLS

/* The rows of the table calls. All of these run inside the caller's transaction. */

#define TW_STATUS_PENDING "pending"
#define TW_STATUS_RELEASED "released"
#define TW_STATUS_ABANDONED "abandoned"

/* What a call is in the counters of its budgets. */
typedef struct
{
  TwFemto spent;
  TwFemto held;
  gint64 inexact;
} TwFootprint;

TwFootprint tw_receipt_get_footprint (const TwReceipt *self);

gboolean tw_calls_insert (TwSql *sql,
                          const TwHoldRequest *hold,
                          const char *tags,
                          const char *owner,
                          gint64 now,
                          GError **error);
/* (transfer full): NULL without an error where there is no such call. */
TwReceipt *tw_calls_find (TwSql *sql, const char *id, GError **error);
/* Writes all but what the hold fixed. */
gboolean tw_calls_update (TwSql *sql, const TwReceipt *receipt, GError **error);
/* (transfer full) (element-type TwReceipt): no pending ones, the latest settled first. */
GPtrArray *tw_calls_list (TwSql *sql, gboolean simulated, guint max, GError **error);
/* (transfer full) (element-type utf8): who has pending calls. */
GPtrArray *tw_calls_list_owners (TwSql *sql, GError **error);
/* (transfer full) (element-type TwReceipt): the pending calls of that owner; with boot_id, only
 * those that were made in this boot before boot_seconds. */
GPtrArray *tw_calls_list_pending (
    TwSql *sql, const char *owner, const char *boot_id, gint64 boot_seconds, GError **error);
/* Calls the visitor with each call made in [start, end). */
typedef gboolean (*TwCallVisitor) (
    TwSql *sql, const TwReceipt *receipt, GHashTable *tags, gpointer data, GError **error);
gboolean tw_calls_visit (
    TwSql *sql, gint64 start, gint64 end, TwCallVisitor visitor, gpointer data, GError **error);
/* (element-type TwObservation) */
GArray *tw_calls_list_observations (TwSql *sql,
                                    const char *provider,
                                    const char *model,
                                    gboolean simulated,
                                    guint max,
                                    GError **error);

/* Usage as one column: the normalised block, and those of other models in the same reply. */
char *tw_usage_to_column (const TwUsage *usage);
TwUsage *tw_usage_from_column (const char *text, GError **error);

G_END_DECLS
