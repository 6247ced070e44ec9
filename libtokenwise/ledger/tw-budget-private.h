/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/ledger/tw-calls-private.h"

G_BEGIN_DECLS

/* What happens to a request that does not fit. Ask and approve refuse until an exception is made.
 */
typedef enum
{
  TW_ON_EXCEED_WARN,
  TW_ON_EXCEED_ASK,
  TW_ON_EXCEED_APPROVE,
  TW_ON_EXCEED_BLOCK,
} TwOnExceed;

gboolean tw_on_exceed_parse (const char *text, TwOnExceed *ret_on_exceed, GError **error);
const char *tw_on_exceed_to_string (TwOnExceed on_exceed);

/* A budget as it is declared. */
typedef struct
{
  char *name;
  char *scope;
  char *timezone; /* (nullable): this machine's */
  TwWindowKind period;
  TwFemto limit;
  TwOnExceed on_exceed;
  gboolean from_policy;
} TwBudgetSpec;

/* Checks the texts that a person wrote. */
TwBudgetSpec *tw_budget_spec_new (const char *name,
                                  const char *scope,
                                  const char *window,
                                  const char *zone,
                                  const char *limit,
                                  const char *on_exceed,
                                  GError **error);
void tw_budget_spec_free (TwBudgetSpec *self);
/* This machine's zone by name, "UTC" where it has none. */
char *tw_local_timezone (void);

/* A budget with the counters of one window. */
struct _TwBudget
{
  GObject parent_instance;
  gint64 id;
  char *name;
  char *scope;
  char *timezone;
  TwWindowKind period;
  TwFemto limit;
  TwOnExceed on_exceed;
  gboolean from_policy;
  gboolean simulated;
  TwWindow window;
  /* The window has begun since the last hold and is not stored yet. */
  gboolean window_is_new;
  TwFemto spent;
  TwFemto held;
  gint64 inexact;
};

/* The tables budgets, counters and holds. All of these run inside the caller's transaction. */

/* (transfer full) (element-type TwBudget): all of them by name, with what is in the counters of the
 * window that holds now. */
GPtrArray *tw_budgets_load (TwSql *sql, gboolean simulated, gint64 now, GError **error);
/* The name must be new. Past calls of the current window count from the start. */
gboolean tw_budgets_add (TwSql *sql, const TwBudgetSpec *spec, gint64 now, GError **error);
/* Changes what leaves the counters as they are. */
gboolean tw_budgets_change_limit (TwSql *sql, gint64 id, const TwBudgetSpec *spec, GError **error);
gboolean tw_budgets_remove (TwSql *sql, gint64 id, GError **error);
/* Puts a call into the counters of the budget's window. */
gboolean tw_budgets_enter (
    TwSql *sql, TwBudget *budget, const char *call, const TwFootprint *footprint, GError **error);
/* Moves a call in every counter it is in from one footprint to another. */
gboolean tw_budgets_move (TwSql *sql,
                          const char *call,
                          gboolean simulated,
                          const TwFootprint *from,
                          const TwFootprint *to,
                          GError **error);
/* The call is final: its counters stay as they are. */
gboolean tw_budgets_forget (TwSql *sql, const char *call, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwBudgetSpec, tw_budget_spec_free)

G_END_DECLS
