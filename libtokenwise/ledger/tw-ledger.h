/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/ledger/tw-budget.h>
#include <libtokenwise/ledger/tw-receipt.h>

G_BEGIN_DECLS

#define TW_TYPE_LEDGER (tw_ledger_get_type ())

TW_PUBLIC
G_DECLARE_FINAL_TYPE (TwLedger, tw_ledger, TW, LEDGER, GObject)

TW_PUBLIC TwLedger *tw_ledger_open (const char *path, GError **error);
TW_PUBLIC const char *tw_ledger_get_path (TwLedger *self);
TW_PUBLIC gboolean tw_ledger_add_budget (TwLedger *self,
                                         const char *name,
                                         const char *scope,
                                         const char *window,
                                         const char *zone,
                                         const char *limit,
                                         const char *on_exceed,
                                         GError **error);
TW_PUBLIC GPtrArray *tw_ledger_list_budgets (TwLedger *self, gboolean simulated, GError **error);
TW_PUBLIC GPtrArray *
tw_ledger_list_receipts (TwLedger *self, gboolean simulated, guint max, GError **error);
TW_PUBLIC TwReceipt *tw_ledger_get_receipt (TwLedger *self, const char *id, GError **error);
TW_PUBLIC char *tw_ledger_check (TwLedger *self, GError **error);

G_END_DECLS
