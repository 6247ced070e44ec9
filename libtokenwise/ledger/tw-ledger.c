/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-ledger.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-paths-private.h"
#include "libtokenwise/ledger/tw-attempts-private.h"
#include "libtokenwise/ledger/tw-ledger-object-private.h"
#include "libtokenwise/ledger/tw-owner-private.h"
#include "libtokenwise/ledger/tw-scope-private.h"

#include <string.h>

/**
 * TwLedger:
 *
 * What was spent and why: calls, budgets and holds in one SQLite file.
 *
 * Any number of ledgers, threads and processes may use one file. Within a
 * process they share one connection. After a fork the child cannot use the
 * parent's ledger: open it in the program that the child starts.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (TwLedger, tw_ledger, G_TYPE_OBJECT)

static void
tw_ledger_finalize (GObject *object)
{
  TwLedger *self = TW_LEDGER (object);

  g_clear_pointer (&self->store, tw_store_close);
  G_OBJECT_CLASS (tw_ledger_parent_class)->finalize (object);
}

static void
tw_ledger_class_init (TwLedgerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_ledger_finalize;
}

static void
tw_ledger_init (TwLedger *self)
{
  self->fixed_now = TW_INSTANT_NONE;
}

gint64
tw_ledger_now (TwLedger *self)
{
  return self->fixed_now != TW_INSTANT_NONE ? self->fixed_now : tw_instant_now ();
}

void
tw_ledger_set_now (TwLedger *self, gint64 instant)
{
  self->fixed_now = instant;
}

static void
sweep_lock_files (TwLedger *self)
{
  const char *except[] = { tw_store_peek_owner (self->store), NULL };

  tw_owner_sweep (tw_store_get_owner_folder (self->store), except);
}

/**
 * tw_ledger_open:
 * @path: (type filename) (nullable): the file, or %NULL for `ledger.db` in
 *   tokenwise's folder below `$XDG_DATA_HOME`
 * @error: return location for an error
 *
 * Opens a ledger; makes it (mode 0600, its folder 0700) where there is none.
 * Holds of processes that have ended are settled at their worst case.
 *
 * A damaged file, another program's file and one that a newer tokenwise wrote
 * are left as they are: %TW_ERROR_LEDGER_DAMAGED, %TW_ERROR_LEDGER_VERSION.
 * A link, a file or folder that others can read, and a network file system
 * are refused with %TW_ERROR_LEDGER.
 *
 * Returns: (transfer full): the ledger
 * Since: 0.1
 */
TwLedger *
tw_ledger_open (const char *path, GError **error)
{
  g_autoptr (TwLedger) self = g_object_new (TW_TYPE_LEDGER, NULL);
  g_autofree char *place = path != NULL ? g_strdup (path) : tw_path_data ("ledger.db");

  self->store = tw_store_open (place, error);
  if (self->store == NULL)
    return NULL;
  /* On a full disk recovery fails and reading still works; a hold that needs room tries again. */
  if (tw_ledger_recover (self, NULL, NULL))
    sweep_lock_files (self);
  return g_steal_pointer (&self);
}

/**
 * tw_ledger_get_path:
 * @self: a ledger
 *
 * Gets the file, with its folder's links resolved.
 *
 * Returns: (type filename): the file, with its folder's links resolved
 * Since: 0.1
 */
const char *
tw_ledger_get_path (TwLedger *self)
{
  g_return_val_if_fail (TW_IS_LEDGER (self), NULL);

  return tw_store_get_path (self->store);
}

typedef struct
{
  TwLedger *ledger;
  const TwBudgetSpec *spec;
} AddBudget;

static gboolean
add_budget (TwSql *sql, gpointer data, GError **error)
{
  const AddBudget *job = data;
  const gint64 now = tw_ledger_now (job->ledger);
  g_autoptr (GPtrArray) budgets = tw_budgets_load (sql, FALSE, now, error);

  if (budgets == NULL)
    return FALSE;
  for (guint i = 0; i < budgets->len; i++)
    if (g_str_equal (tw_budget_get_name (g_ptr_array_index (budgets, i)), job->spec->name))
      {
        g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                     "There is a budget “%s” already; choose another name.", job->spec->name);
        return FALSE;
      }
  return tw_budgets_add (sql, job->spec, now, error);
}

/**
 * tw_ledger_add_budget:
 * @self: a ledger
 * @name: a new name of 1 to 64 letters, digits, dots, dashes and underscores
 * @scope: `user`, `project:NAME`, `workflow:NAME`, `model:NAME` or
 *   `tag:KEY=VALUE`
 * @window: `hour`, `day`, `week`, `month`, `quarter` or `total`
 * @zone: (nullable): the zone of the window, such as `Europe/Berlin`;
 *   %NULL for this machine's
 * @limit: USD as a decimal, such as `20.00`
 * @on_exceed: `warn`, `ask`, `approve` or `block`
 * @error: return location for an error
 *
 * Declares a budget. Calls of the current window that it is about count from
 * the start. Anything that is not valid, and a name that exists, is
 * %TW_ERROR_INVALID_INPUT.
 *
 * Returns: %TRUE if the budget is in force
 * Since: 0.1
 */
gboolean
tw_ledger_add_budget (TwLedger *self,
                      const char *name,
                      const char *scope,
                      const char *window,
                      const char *zone,
                      const char *limit,
                      const char *on_exceed,
                      GError **error)
{
  g_autoptr (TwBudgetSpec) spec = NULL;
  AddBudget job = { self, NULL };

  g_return_val_if_fail (TW_IS_LEDGER (self), FALSE);
  g_return_val_if_fail (name != NULL && scope != NULL && window != NULL, FALSE);
  g_return_val_if_fail (limit != NULL && on_exceed != NULL, FALSE);

  spec = tw_budget_spec_new (name, scope, window, zone, limit, on_exceed, error);
  if (spec == NULL)
    return FALSE;
  job.spec = spec;
  return tw_store_write (self->store, add_budget, &job, error);
}

/* One read of the ledger: what is asked for and what came of it. */
typedef struct
{
  TwLedger *ledger;
  gboolean simulated;
  guint max;
  const char *provider;
  const char *model; /* or the id of a call */
  gpointer result;
} Query;

static gboolean
query_budgets (TwSql *sql, gpointer data, GError **error)
{
  Query *query = data;

  query->result = tw_budgets_load (sql, query->simulated, tw_ledger_now (query->ledger), error);
  return query->result != NULL;
}

static gboolean
query_receipts (TwSql *sql, gpointer data, GError **error)
{
  Query *query = data;

  query->result = tw_calls_list (sql, query->simulated, query->max, error);
  return query->result != NULL;
}

static gboolean
query_receipt (TwSql *sql, gpointer data, GError **error)
{
  Query *query = data;
  GError *failure = NULL;

  g_autoptr (TwReceipt) receipt = tw_calls_find (sql, query->model, &failure);

  if (receipt == NULL && failure == NULL)
    g_set_error (&failure, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "The ledger has no call with the id “%.64s”.", query->model);
  if (receipt != NULL)
    receipt->attempt_list = tw_attempts_to_json (sql, query->model, &failure);
  if (failure == NULL)
    {
      query->result = g_steal_pointer (&receipt);
      return TRUE;
    }
  g_propagate_error (error, failure);
  return FALSE;
}

static gboolean
query_history (TwSql *sql, gpointer data, GError **error)
{
  Query *query = data;

  query->result = tw_calls_list_observations (sql, query->provider, query->model, query->simulated,
                                              query->max, error);
  return query->result != NULL;
}

/* A transaction that only read does not fail after it has read, so result needs no freeing. */
static gpointer
run_query (TwStoreWork work, Query query, GError **error)
{
  return tw_store_read (query.ledger->store, work, &query, error) ? query.result : NULL;
}

/**
 * tw_ledger_list_budgets:
 * @self: a ledger
 * @simulated: %TRUE for what the sandbox spent, %FALSE for real money
 * @error: return location for an error
 *
 * Gets every budget, by name, with its counters of the current window.
 *
 * Returns: (transfer container) (element-type TwBudget): every budget, by name,
 *   with its counters of the current window
 * Since: 0.1
 */
GPtrArray *
tw_ledger_list_budgets (TwLedger *self, gboolean simulated, GError **error)
{
  g_return_val_if_fail (TW_IS_LEDGER (self), NULL);

  return run_query (query_budgets, (Query){ .ledger = self, .simulated = simulated }, error);
}

/**
 * tw_ledger_list_receipts:
 * @self: a ledger
 * @simulated: %TRUE for the sandbox's, %FALSE for real ones
 * @max: at most so many
 * @error: return location for an error
 *
 * Calls that have ended, the latest first. Those under way are not in it.
 *
 * Returns: (transfer container) (element-type TwReceipt): the receipts
 * Since: 0.1
 */
GPtrArray *
tw_ledger_list_receipts (TwLedger *self, gboolean simulated, guint max, GError **error)
{
  g_return_val_if_fail (TW_IS_LEDGER (self), NULL);

  return run_query (query_receipts, (Query){ .ledger = self, .simulated = simulated, .max = max },
                    error);
}

/**
 * tw_ledger_get_receipt:
 * @self: a ledger
 * @id: a call's id
 * @error: return location for an error
 *
 * Gets the receipt.
 *
 * Returns: (transfer full): the receipt; %TW_ERROR_INVALID_INPUT if there is
 *   no such call
 * Since: 0.1
 */
TwReceipt *
tw_ledger_get_receipt (TwLedger *self, const char *id, GError **error)
{
  g_return_val_if_fail (TW_IS_LEDGER (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  return run_query (query_receipt, (Query){ .ledger = self, .model = id }, error);
}

GArray *
tw_ledger_get_history (TwLedger *self,
                       const char *provider,
                       const char *model,
                       gboolean simulated,
                       guint max,
                       GError **error)
{
  return run_query (query_history,
                    (Query){ .ledger = self,
                             .simulated = simulated,
                             .max = max,
                             .provider = provider,
                             .model = model },
                    error);
}

GPtrArray *
tw_budgets_filter (GPtrArray *budgets, const char *provider, const char *model, GHashTable *tags)
{
  GPtrArray *matching = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < budgets->len; i++)
    {
      TwBudget *budget = g_ptr_array_index (budgets, i);

      if (tw_scope_matches (budget->scope, provider, model, tags))
        g_ptr_array_add (matching, g_object_ref (budget));
    }
  return matching;
}

TwBudget *
tw_ledger_get_tightest_budget (TwLedger *self,
                               const char *provider,
                               const char *model,
                               GHashTable *tags,
                               gboolean simulated,
                               GError **error)
{
  g_autoptr (GPtrArray) budgets = tw_ledger_list_budgets (self, simulated, error);
  g_autoptr (GPtrArray) matching = NULL;
  TwBudget *tightest = NULL;

  if (budgets == NULL)
    return NULL;
  matching = tw_budgets_filter (budgets, provider, model, tags);
  for (guint i = 0; i < matching->len; i++)
    {
      TwBudget *budget = g_ptr_array_index (matching, i);

      if (tightest == NULL || tw_budget_get_remaining (budget) < tw_budget_get_remaining (tightest))
        tightest = budget;
    }
  return tightest != NULL ? g_object_ref (tightest) : NULL;
}
