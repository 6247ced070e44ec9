/* SPDX-License-Identifier: MIT */

/* Hold, then send, then settle. A hold is admitted in one transaction over every budget that the
 * call counts for, so no number of threads and processes can spend a budget twice. */

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/ledger/tw-attempts-private.h"
#include "libtokenwise/ledger/tw-ledger-object-private.h"
#include "libtokenwise/ledger/tw-scope-private.h"

#include <string.h>

#define MAX_ID_LENGTH 64
/* What is kept of a text that a provider sent. */
#define MAX_PEER_TEXT 200

typedef struct
{
  const TwHoldRequest *request;
  const char *tags;
  const char *owner;
  gint64 now;
} Hold;

static gboolean
check_unknown_price (const Hold *hold, guint n_budgets, GError **error)
{
  const TwHoldRequest *request = hold->request;

  if (request->estimate.worst.state != TW_MONEY_UNKNOWN || n_budgets == 0
      || request->allow_unknown_price)
    return TRUE;
  g_set_error (
      error, TW_ERROR, TW_ERROR_UNPRICED,
      "No price is known for %.120s, so no budget can be kept. Choose a model that has a price.",
      request->model);
  return FALSE;
}

static gboolean
check_room (GPtrArray *budgets, TwFemto asked, GError **error)
{
  for (guint i = 0; i < budgets->len; i++)
    {
      g_autofree char *refusal = tw_budget_explain_refusal (g_ptr_array_index (budgets, i), asked);

      if (refusal != NULL)
        {
          g_set_error_literal (error, TW_ERROR, TW_ERROR_BUDGET_EXCEEDED, refusal);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_id_is_new (TwSql *sql, const char *id, GError **error)
{
  g_autoptr (TwRows) rows = tw_sql_query (sql, error, "SELECT 1 FROM calls WHERE id = ?", "s", id);
  GError *failure = NULL;

  if (rows == NULL)
    return FALSE;
  if (tw_sql_next (sql, rows, &failure))
    g_set_error (&failure, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "The call %s has a hold already; each attempt needs a request of its own.", id);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, failure);
  return FALSE;
}

static gboolean
admit (TwSql *sql, gpointer data, GError **error)
{
  const Hold *hold = data;
  const TwHoldRequest *request = hold->request;
  const TwMoney worst = request->estimate.worst;
  const TwFootprint footprint = { .held = worst.state == TW_MONEY_UNKNOWN ? 0 : worst.femto };
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) budgets = NULL;

  if (!check_id_is_new (sql, request->id, error))
    return FALSE;
  all = tw_budgets_load (sql, request->simulated, hold->now, error);
  if (all == NULL)
    return FALSE;
  budgets = tw_budgets_filter (all, request->provider, request->model, request->tags);
  if (!check_unknown_price (hold, budgets->len, error)
      || !check_room (budgets, footprint.held, error)
      || !tw_calls_insert (sql, request, hold->tags, hold->owner, hold->now, error))
    return FALSE;
  for (guint i = 0; i < budgets->len; i++)
    if (!tw_budgets_enter (sql, g_ptr_array_index (budgets, i), request->id, &footprint, error))
      return FALSE;
  return TRUE;
}

static gboolean
check_request (const TwHoldRequest *request, GError **error)
{
  const gsize length = strspn (request->id, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-");
  const TwMoney worst = request->estimate.worst;

  if (length == 0 || length > MAX_ID_LENGTH || request->id[length] != '\0')
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "A call's id is a UUID; “%.64s” cannot be one.", request->id);
      return FALSE;
    }
  if (worst.state != TW_MONEY_UNKNOWN && worst.femto < 0)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The worst case of a call cannot be negative; check the model's prices.");
      return FALSE;
    }
  return TRUE;
}

gboolean
tw_ledger_hold (TwLedger *self, const TwHoldRequest *request, GError **error)
{
  g_autofree char *tags = NULL;
  Hold hold = { .request = request, .now = tw_ledger_now (self) };
  GError *failure = NULL;
  guint recovered = 0;

  if (!check_request (request, error))
    return FALSE;
  tags = tw_tags_to_json (request->tags, error);
  hold.owner = tags != NULL ? tw_store_get_owner (self->store, error) : NULL;
  if (hold.owner == NULL)
    return FALSE;
  hold.tags = tags;
  if (tw_store_write (self->store, admit, &hold, &failure))
    return TRUE;
  /* What looks held may belong to a process that is gone. */
  if (g_error_matches (failure, TW_ERROR, TW_ERROR_BUDGET_EXCEEDED)
      && tw_ledger_recover (self, &recovered, NULL) && recovered > 0)
    {
      g_clear_error (&failure);
      return tw_store_write (self->store, admit, &hold, error);
    }
  g_propagate_error (error, failure);
  return FALSE;
}

static char *
peer_text (const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  if (valid == NULL || g_utf8_strlen (valid, -1) <= MAX_PEER_TEXT)
    return g_steal_pointer (&valid);
  return g_utf8_substring (valid, 0, MAX_PEER_TEXT);
}

static TwReceipt *
receipt_with_settlement (const TwReceipt *call, const TwSettlement *settlement, gint64 now)
{
  TwReceipt *receipt = tw_receipt_copy (call);

  g_free (receipt->status);
  receipt->status = g_strdup (settlement->status);
  receipt->served_model = peer_text (settlement->served_model);
  receipt->service_tier = peer_text (settlement->service_tier);
  receipt->finish = peer_text (settlement->finish);
  g_free (receipt->error_code);
  receipt->error_code = peer_text (settlement->error_code);
  receipt->usage = settlement->usage != NULL ? tw_usage_copy (settlement->usage) : NULL;
  receipt->cost = settlement->cost;
  receipt->cost_is_providers = settlement->cost_is_providers;
  receipt->bill = g_strdup (settlement->bill);
  receipt->attempts = settlement->attempts;
  receipt->ttft_ms = settlement->ttft_ms;
  receipt->total_ms = settlement->total_ms;
  receipt->settled_at = now;
  return receipt;
}

/* The figures of the bill; a repeated settlement may have measured other times. */
static gboolean
is_same_bill (const TwReceipt *receipt, const TwSettlement *settlement)
{
  g_autofree char *had = tw_usage_to_column (receipt->usage);
  g_autofree char *got = tw_usage_to_column (settlement->usage);

  return g_str_equal (receipt->status, settlement->status)
         && receipt->cost.state == settlement->cost.state
         && (receipt->cost.state == TW_MONEY_UNKNOWN
             || receipt->cost.femto == settlement->cost.femto)
         && receipt->cost_is_providers == settlement->cost_is_providers
         && receipt->attempts == settlement->attempts && g_strcmp0 (had, got) == 0;
}

/* Only these wait for a bill: an abandoned call was booked at its worst case. */
static gboolean
is_open (const TwReceipt *call)
{
  return g_str_equal (call->status, TW_STATUS_PENDING)
         || g_str_equal (call->status, TW_STATUS_ABANDONED);
}

/* Writes the call's new state and moves its counters along. */
static gboolean
replace_call (TwSql *sql, const TwReceipt *before, const TwReceipt *after, GError **error)
{
  const TwFootprint from = tw_receipt_get_footprint (before);
  const TwFootprint to = tw_receipt_get_footprint (after);

  return tw_budgets_move (sql, after->id, after->simulated, &from, &to, error)
         && (is_open (after) || tw_budgets_forget (sql, after->id, error))
         && tw_calls_update (sql, after, error);
}

static TwReceipt *
find_held (TwSql *sql, const char *id, GError **error)
{
  GError *failure = NULL;
  TwReceipt *call = tw_calls_find (sql, id, &failure);

  if (call == NULL && failure == NULL)
    g_set_error (&failure, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "The ledger has no hold for the call “%.64s”.", id);
  if (failure != NULL)
    g_propagate_error (error, failure);
  return call;
}

typedef struct
{
  const char *id;
  const TwSettlement *settlement;
  const char *error_code;
  const TwAttempt *attempts;
  guint n_attempts;
  gint64 now;
  TwReceipt *receipt;
} Ending;

static gboolean
list_attempts (TwSql *sql, Ending *ending, GError **error)
{
  ending->receipt->attempt_list = tw_attempts_to_json (sql, ending->id, error);
  return ending->receipt->attempt_list != NULL;
}

static gboolean
settle (TwSql *sql, gpointer data, GError **error)
{
  Ending *ending = data;
  g_autoptr (TwReceipt) call = find_held (sql, ending->id, error);

  if (call == NULL)
    return FALSE;
  if (is_open (call))
    {
      ending->receipt = receipt_with_settlement (call, ending->settlement, ending->now);
      return replace_call (sql, call, ending->receipt, error)
             && tw_attempts_insert (sql, ending->id, ending->settlement->attempt_rows,
                                    ending->settlement->n_attempt_rows, error)
             && list_attempts (sql, ending, error);
    }
  if (is_same_bill (call, ending->settlement))
    {
      ending->receipt = g_steal_pointer (&call);
      return list_attempts (sql, ending, error);
    }
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The call %s was settled before with other figures, which stay as they are.",
               call->id);
  return FALSE;
}

static gboolean
check_settlement (const TwSettlement *settlement, GError **error)
{
  static const char *const statuses[] = { "complete", "incomplete", "failed", "cancelled", NULL };

  if (!g_strv_contains (statuses, settlement->status))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "“%.40s” is not how a call can end; use complete, incomplete, failed or "
                   "cancelled.",
                   settlement->status);
      return FALSE;
    }
  if (settlement->cost.state != TW_MONEY_UNKNOWN && settlement->cost.femto < 0)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "A call cannot cost less than nothing; check the model's prices.");
      return FALSE;
    }
  return TRUE;
}

TwReceipt *
tw_ledger_settle (TwLedger *self, const char *id, const TwSettlement *settlement, GError **error)
{
  Ending ending = { .id = id, .settlement = settlement, .now = tw_ledger_now (self) };

  if (!check_settlement (settlement, error))
    return NULL;
  if (tw_store_write (self->store, settle, &ending, error))
    return ending.receipt;
  g_clear_pointer (&ending.receipt, tw_receipt_free);
  return NULL;
}

static gboolean
release (TwSql *sql, gpointer data, GError **error)
{
  const Ending *ending = data;
  g_autoptr (TwReceipt) call = find_held (sql, ending->id, error);
  g_autoptr (TwReceipt) released = NULL;

  if (call == NULL)
    return FALSE;
  if (g_str_equal (call->status, TW_STATUS_RELEASED))
    return TRUE;
  if (!is_open (call))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The call %s is settled; its cost stays as it is.", call->id);
      return FALSE;
    }
  released = tw_receipt_copy (call);
  g_free (released->status);
  released->status = g_strdup (TW_STATUS_RELEASED);
  g_free (released->error_code);
  released->error_code = peer_text (ending->error_code);
  released->cost = (TwMoney){ 0, TW_MONEY_KNOWN };
  released->settled_at = ending->now;
  return replace_call (sql, call, released, error)
         && tw_attempts_insert (sql, ending->id, ending->attempts, ending->n_attempts, error);
}

gboolean
tw_ledger_release (TwLedger *self, const char *id, const char *error_code, GError **error)
{
  return tw_ledger_release_attempts (self, id, error_code, NULL, 0, error);
}

gboolean
tw_ledger_release_attempts (TwLedger *self,
                            const char *id,
                            const char *error_code,
                            const TwAttempt *attempts,
                            guint n,
                            GError **error)
{
  Ending ending = { .id = id,
                    .error_code = error_code,
                    .attempts = attempts,
                    .n_attempts = n,
                    .now = tw_ledger_now (self) };

  return tw_store_write (self->store, release, &ending, error);
}
