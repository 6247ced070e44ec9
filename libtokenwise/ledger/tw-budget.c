/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-budget.h"

#include "libtokenwise/ledger/tw-budget-private.h"

/**
 * TwBudget:
 *
 * A limit for what may be spent in a calendar window, with what was spent and
 * held when it was read from the ledger.
 *
 * It is a snapshot: read it again to see later calls. What the sandbox spends
 * is counted apart, so each budget has a real and a simulated side.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (TwBudget, tw_budget, G_TYPE_OBJECT)

static void
tw_budget_finalize (GObject *object)
{
  TwBudget *self = TW_BUDGET (object);

  g_free (self->name);
  g_free (self->scope);
  g_free (self->timezone);
  G_OBJECT_CLASS (tw_budget_parent_class)->finalize (object);
}

static void
tw_budget_class_init (TwBudgetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_budget_finalize;
}

static void
tw_budget_init (TwBudget *self)
{
}

/**
 * tw_budget_get_name:
 * @self: a budget
 *
 * Gets the name, unique in its ledger.
 *
 * Returns: the name, unique in its ledger
 * Since: 0.1
 */
const char *
tw_budget_get_name (TwBudget *self)
{
  g_return_val_if_fail (TW_IS_BUDGET (self), NULL);

  return self->name;
}

/**
 * tw_budget_get_scope:
 * @self: a budget
 *
 * Gets what the budget is about: `user`, `project:NAME`, `workflow:NAME`, `model:NAME`
 * or `tag:KEY=VALUE`.
 *
 * Returns: what it is about: `user`, `project:NAME`, `workflow:NAME`,
 *   `model:NAME` or `tag:KEY=VALUE`
 * Since: 0.1
 */
const char *
tw_budget_get_scope (TwBudget *self)
{
  g_return_val_if_fail (TW_IS_BUDGET (self), NULL);

  return self->scope;
}

/**
 * tw_budget_get_window:
 * @self: a budget
 *
 * Gets the calendar window: `hour`, `day`, `week`, `month`, `quarter` or
 * `total`.
 *
 * Returns: its calendar window: `hour`, `day`, `week`, `month`, `quarter` or
 *   `total`
 * Since: 0.1
 */
const char *
tw_budget_get_window (TwBudget *self)
{
  g_return_val_if_fail (TW_IS_BUDGET (self), NULL);

  return tw_window_kind_to_string (self->period);
}

/**
 * tw_budget_get_window_end:
 * @self: a budget
 *
 * When the counters start anew.
 *
 * Returns: seconds since 1970 in UTC; %G_MAXINT64 for the window `total`,
 *   which never ends
 * Since: 0.1
 */
gint64
tw_budget_get_window_end (TwBudget *self)
{
  g_return_val_if_fail (TW_IS_BUDGET (self), 0);

  return self->window.end;
}

/**
 * tw_budget_get_limit_decimal:
 * @self: a budget
 *
 * Gets the limit in USD, as an exact decimal.
 *
 * Returns: (transfer full): the limit in USD, as an exact decimal
 * Since: 0.1
 */
char *
tw_budget_get_limit_decimal (TwBudget *self)
{
  g_return_val_if_fail (TW_IS_BUDGET (self), NULL);

  return tw_femto_to_decimal (self->limit);
}

/**
 * tw_budget_get_spent_decimal:
 * @self: a budget
 *
 * What the settled calls of the window came to, in full, also past the limit.
 *
 * Returns: (transfer full): USD as an exact decimal
 * Since: 0.1
 */
char *
tw_budget_get_spent_decimal (TwBudget *self)
{
  g_return_val_if_fail (TW_IS_BUDGET (self), NULL);

  return tw_femto_to_decimal (self->spent);
}

/**
 * tw_budget_get_held_decimal:
 * @self: a budget
 *
 * The worst case of the calls that are under way.
 *
 * Returns: (transfer full): USD as an exact decimal
 * Since: 0.1
 */
char *
tw_budget_get_held_decimal (TwBudget *self)
{
  g_return_val_if_fail (TW_IS_BUDGET (self), NULL);

  return tw_femto_to_decimal (self->held);
}

TwFemto
tw_budget_get_remaining (TwBudget *self)
{
  return self->limit - self->spent - self->held;
}

static char *
left_to_text (TwBudget *self)
{
  TwMoney left = { tw_budget_get_remaining (self), TW_MONEY_KNOWN };
  g_autofree char *amount = NULL;

  if (left.femto <= 0)
    return g_strdup ("nothing left");
  amount = tw_money_to_text (left);
  return g_strconcat (amount, " left", NULL);
}

char *
tw_budget_explain_refusal (TwBudget *self, TwFemto asked)
{
  g_autofree char *left = NULL;
  g_autofree char *summary = NULL;
  g_autofree char *most = NULL;

  if (self->on_exceed == TW_ON_EXCEED_WARN || asked <= tw_budget_get_remaining (self))
    return NULL;
  left = left_to_text (self);
  summary = tw_budget_get_summary (self);
  most = tw_money_to_text ((TwMoney){ asked, TW_MONEY_KNOWN });
  return g_strdup_printf ("The budget “%s” has %s (%s used), and this request may cost up to %s. "
                          "Choose a cheaper model, lower the answer limit, or raise the budget.",
                          self->name, left, summary, most);
}

/**
 * tw_budget_get_remaining_decimal:
 * @self: a budget
 *
 * The limit less what is spent and held.
 *
 * Returns: (transfer full): USD as an exact decimal; negative where true
 *   costs went past the limit
 * Since: 0.1
 */
char *
tw_budget_get_remaining_decimal (TwBudget *self)
{
  g_return_val_if_fail (TW_IS_BUDGET (self), NULL);

  return tw_femto_to_decimal (tw_budget_get_remaining (self));
}

static const char *
window_phrase (TwWindowKind period)
{
  static const char *const phrases[]
      = { "this hour", "today", "this week", "this month", "this quarter", "in total" };

  return phrases[period];
}

/* Of money in a total, zero is not "free" but nothing yet. */
static char *
total_to_text (TwFemto femto, TwMoneyState state)
{
  return femto == 0 ? g_strdup ("$0.00") : tw_money_to_text ((TwMoney){ femto, state });
}

/**
 * tw_budget_get_summary:
 * @self: a budget
 *
 * One line for people: `$12.40 of $20.00 this month`.
 *
 * Returns: (transfer full): the line
 * Since: 0.1
 */
char *
tw_budget_get_summary (TwBudget *self)
{
  g_autofree char *spent = NULL;
  g_autofree char *limit = NULL;
  g_autofree char *held = NULL;

  g_return_val_if_fail (TW_IS_BUDGET (self), NULL);

  spent = total_to_text (self->spent, self->inexact > 0 ? TW_MONEY_BOUNDED : TW_MONEY_KNOWN);
  limit = total_to_text (self->limit, TW_MONEY_KNOWN);
  held = total_to_text (self->held, TW_MONEY_KNOWN);
  return g_strconcat (spent, " of ", limit, " ", window_phrase (self->period),
                      self->held > 0 ? ", " : "", self->held > 0 ? held : "",
                      self->held > 0 ? " held" : "", self->simulated ? " (simulated)" : "", NULL);
}

/**
 * tw_budget_get_fraction_used:
 * @self: a budget
 *
 * What is spent and held, as a part of the limit, for a level bar.
 *
 * Returns: 0 for an untouched budget, 1 for a full one, more for one that is
 *   past its limit
 * Since: 0.1
 */
double
tw_budget_get_fraction_used (TwBudget *self)
{
  TwFemto used;

  g_return_val_if_fail (TW_IS_BUDGET (self), 0);

  used = self->spent + self->held;
  if (self->limit == 0)
    return used > 0 ? 1 : 0;
  return (double) used / (double) self->limit;
}

static void
add_amount (cJSON *json, const char *key, TwFemto femto)
{
  g_autofree char *decimal = tw_femto_to_decimal (femto);

  tw_json_add_string (json, key, decimal);
}

static void
add_instant (cJSON *json, const char *key, gint64 instant)
{
  g_autofree char *text = tw_instant_to_string (instant);

  tw_json_add_string (json, key, text);
}

cJSON *
tw_budget_to_cjson (TwBudget *self)
{
  const gboolean ends = self->period != TW_WINDOW_TOTAL;
  cJSON *json = cJSON_CreateObject ();

  tw_json_add_string (json, "name", self->name);
  tw_json_add_string (json, "scope", self->scope);
  tw_json_add_string (json, "window", tw_window_kind_to_string (self->period));
  tw_json_add_string (json, "timezone", self->timezone);
  add_amount (json, "limit", self->limit);
  add_amount (json, "spent", self->spent);
  add_amount (json, "held", self->held);
  add_amount (json, "remaining", tw_budget_get_remaining (self));
  tw_json_add_string (
      json, "state",
      tw_money_state_to_string (self->inexact > 0 ? TW_MONEY_BOUNDED : TW_MONEY_KNOWN));
  if (ends)
    {
      add_instant (json, "window_start", self->window.start);
      add_instant (json, "window_end", self->window.end);
    }
  else
    {
      cJSON_AddNullToObject (json, "window_start");
      cJSON_AddNullToObject (json, "window_end");
    }
  tw_json_add_string (json, "on_exceed", tw_on_exceed_to_string (self->on_exceed));
  tw_json_add_string (json, "source", self->from_policy ? "policy" : "user");
  cJSON_AddBoolToObject (json, "simulated", self->simulated);
  cJSON_AddNullToObject (json, "forecast");
  return json;
}

/**
 * tw_budget_to_json:
 * @self: a budget
 *
 * Amounts are exact decimals of USD in strings; `state` is `bounded` where
 * `spent` is at least so much, because a call's cost is not known.
 *
 * Returns: (transfer full): the budget as a JSON object
 * Since: 0.1
 */
char *
tw_budget_to_json (TwBudget *self)
{
  g_autoptr (cJSON) json = NULL;

  g_return_val_if_fail (TW_IS_BUDGET (self), NULL);

  json = tw_budget_to_cjson (self);
  return tw_json_print (json);
}
