/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/ledger/tw-ledger-object-private.h"

#include <string.h>

#define GROUP_PREFIX "budget "

static const char *const known_keys[]
    = { "scope", "window", "timezone", "limit", "on-exceed", NULL };

static gboolean
check_keys (GKeyFile *policy, const char *group, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (policy, group, NULL, error);

  for (char **key = keys; key != NULL && *key != NULL; key++)
    if (!g_strv_contains (known_keys, *key))
      {
        g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                     "The policy's section [%.80s] has an unknown key “%.60s”; a budget has scope, "
                     "window, timezone, limit and on-exceed.",
                     group, *key);
        return FALSE;
      }
  return keys != NULL;
}

/* (nullable) without fallback: the key must be there. */
static char *
read_key (
    GKeyFile *policy, const char *group, const char *key, const char *fallback, GError **error)
{
  char *value = g_key_file_get_string (policy, group, key, NULL);

  if (value != NULL)
    return g_strstrip (value);
  if (fallback == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "The policy's section [%.80s] lacks the key “%s”.", group, key);
  return g_strdup (fallback);
}

static TwBudgetSpec *
read_budget (GKeyFile *policy, const char *group, GError **error)
{
  g_autofree char *name = g_strdup (group + strlen (GROUP_PREFIX));
  g_autofree char *scope = read_key (policy, group, "scope", "user", NULL);
  g_autofree char *zone = g_key_file_get_string (policy, group, "timezone", NULL);
  g_autofree char *on_exceed = read_key (policy, group, "on-exceed", "ask", NULL);
  g_autofree char *window = NULL;
  g_autofree char *limit = NULL;
  TwBudgetSpec *spec;

  if (!check_keys (policy, group, error))
    return NULL;
  window = read_key (policy, group, "window", NULL, error);
  limit = window != NULL ? read_key (policy, group, "limit", NULL, error) : NULL;
  if (limit == NULL)
    return NULL;
  spec = tw_budget_spec_new (g_strstrip (name), scope, window, zone, limit, on_exceed, error);
  if (spec == NULL)
    g_prefix_error (error, "The policy's section [%.80s]: ", group);
  else
    spec->from_policy = TRUE;
  return spec;
}

static gboolean
is_declared (GPtrArray *specs, const char *name)
{
  for (guint i = 0; i < specs->len; i++)
    if (g_str_equal (((TwBudgetSpec *) g_ptr_array_index (specs, i))->name, name))
      return TRUE;
  return FALSE;
}

static GPtrArray *
read_policy (GKeyFile *policy, GError **error)
{
  g_autoptr (GPtrArray) specs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_budget_spec_free);
  g_auto (GStrv) groups = g_key_file_get_groups (policy, NULL);

  for (char **group = groups; *group != NULL; group++)
    {
      g_autoptr (TwBudgetSpec) spec = NULL;

      if (!g_str_has_prefix (*group, GROUP_PREFIX))
        continue;
      spec = read_budget (policy, *group, error);
      if (spec == NULL)
        return NULL;
      if (is_declared (specs, spec->name))
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "The policy declares the budget “%s” twice; remove one of them.",
                       spec->name);
          return NULL;
        }
      g_ptr_array_add (specs, g_steal_pointer (&spec));
    }
  return g_steal_pointer (&specs);
}

static TwBudget *
find_budget (GPtrArray *budgets, const char *name)
{
  for (guint i = 0; i < budgets->len; i++)
    if (g_str_equal (((TwBudget *) g_ptr_array_index (budgets, i))->name, name))
      return g_ptr_array_index (budgets, i);
  return NULL;
}

/* A budget without a zone keeps the one it got, so that it does not start anew where one travels.
 */
static gboolean
has_same_counters (const TwBudget *budget, const TwBudgetSpec *spec)
{
  return g_str_equal (budget->scope, spec->scope) && budget->period == spec->period
         && (spec->timezone == NULL || g_str_equal (budget->timezone, spec->timezone));
}

static gboolean
is_as_declared (const TwBudget *budget, const TwBudgetSpec *spec)
{
  return has_same_counters (budget, spec) && budget->limit == spec->limit
         && budget->on_exceed == spec->on_exceed && budget->from_policy;
}

typedef struct
{
  GPtrArray *specs;
  gint64 now;
  gboolean changes;
} Policy;

/* Whether the ledger differs from the policy; at most starts it does not. */
static gboolean
compare (TwSql *sql, gpointer data, GError **error)
{
  Policy *policy = data;
  g_autoptr (GPtrArray) budgets = tw_budgets_load (sql, FALSE, policy->now, error);

  if (budgets == NULL)
    return FALSE;
  policy->changes = FALSE;
  for (guint i = 0; i < policy->specs->len; i++)
    {
      const TwBudgetSpec *spec = g_ptr_array_index (policy->specs, i);
      const TwBudget *budget = find_budget (budgets, spec->name);

      policy->changes |= budget == NULL || !is_as_declared (budget, spec);
    }
  for (guint i = 0; i < budgets->len; i++)
    {
      const TwBudget *budget = g_ptr_array_index (budgets, i);

      policy->changes |= budget->from_policy && !is_declared (policy->specs, budget->name);
    }
  return TRUE;
}

static gboolean
apply_spec (TwSql *sql, GPtrArray *budgets, const TwBudgetSpec *spec, gint64 now, GError **error)
{
  const TwBudget *budget = find_budget (budgets, spec->name);

  if (budget != NULL && has_same_counters (budget, spec))
    return tw_budgets_change_limit (sql, budget->id, spec, error);
  if (budget != NULL && !tw_budgets_remove (sql, budget->id, error))
    return FALSE;
  return tw_budgets_add (sql, spec, now, error);
}

static gboolean
apply (TwSql *sql, gpointer data, GError **error)
{
  const Policy *policy = data;
  g_autoptr (GPtrArray) budgets = tw_budgets_load (sql, FALSE, policy->now, error);

  if (budgets == NULL)
    return FALSE;
  for (guint i = 0; i < budgets->len; i++)
    {
      const TwBudget *budget = g_ptr_array_index (budgets, i);

      if (budget->from_policy && !is_declared (policy->specs, budget->name)
          && !tw_budgets_remove (sql, budget->id, error))
        return FALSE;
    }
  for (guint i = 0; i < policy->specs->len; i++)
    if (!apply_spec (sql, budgets, g_ptr_array_index (policy->specs, i), policy->now, error))
      return FALSE;
  return TRUE;
}

gboolean
tw_ledger_load_policy (TwLedger *self, GKeyFile *file, GError **error)
{
  g_autoptr (GPtrArray) specs = read_policy (file, error);
  Policy policy = { .specs = specs, .now = tw_ledger_now (self) };

  if (specs == NULL || !tw_store_read (self->store, compare, &policy, error))
    return FALSE;
  return !policy.changes || tw_store_write (self->store, apply, &policy, error);
}
