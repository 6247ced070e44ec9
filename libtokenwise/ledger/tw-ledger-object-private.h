/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/ledger/tw-budget-private.h"
#include "libtokenwise/ledger/tw-ledger-private.h"
#include "libtokenwise/ledger/tw-store-private.h"

G_BEGIN_DECLS

struct _TwLedger
{
  GObject parent_instance;
  TwStore *store;
  gint64 fixed_now;
};

gint64 tw_ledger_now (TwLedger *self);

/* Turns the holds of dead processes, and those past their lease, into spending of their worst case.
 * ret_n is (nullable). */
gboolean tw_ledger_recover (TwLedger *self, guint *ret_n, GError **error);

/* (transfer full) (element-type TwBudget): those that a call counts for. */
GPtrArray *
tw_budgets_filter (GPtrArray *budgets, const char *provider, const char *model, GHashTable *tags);

G_END_DECLS
