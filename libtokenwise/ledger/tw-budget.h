/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>

G_BEGIN_DECLS

#define TW_TYPE_BUDGET (tw_budget_get_type ())

TW_PUBLIC
G_DECLARE_FINAL_TYPE (TwBudget, tw_budget, TW, BUDGET, GObject)

TW_PUBLIC const char *tw_budget_get_name (TwBudget *self);
TW_PUBLIC const char *tw_budget_get_scope (TwBudget *self);
TW_PUBLIC const char *tw_budget_get_window (TwBudget *self);
TW_PUBLIC gint64 tw_budget_get_window_end (TwBudget *self);
TW_PUBLIC char *tw_budget_get_limit_decimal (TwBudget *self);
TW_PUBLIC char *tw_budget_get_spent_decimal (TwBudget *self);
TW_PUBLIC char *tw_budget_get_held_decimal (TwBudget *self);
TW_PUBLIC char *tw_budget_get_remaining_decimal (TwBudget *self);
TW_PUBLIC char *tw_budget_get_summary (TwBudget *self);
TW_PUBLIC double tw_budget_get_fraction_used (TwBudget *self);
TW_PUBLIC char *tw_budget_to_json (TwBudget *self);

G_END_DECLS
