/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-ledger-object-private.h"
#include "libtokenwise/ledger/tw-owner-private.h"

/* Longer than any call lasts: past it, a hold of a living process was forgotten by its program. */
#define LEASE_SECONDS (24 * 3600)

typedef struct
{
  gint64 now;
  /* (element-type TwOwner): their locks are ours, so nobody else recovers the same. */
  GPtrArray *dead;
  GPtrArray *owners;
  guint n_over; /* holds past their lease */
  guint n_recovered;
} Recovery;

static GPtrArray *
list_over (TwSql *sql, const char *owner, GError **error)
{
  return tw_calls_list_pending (sql, owner, tw_boot_id (), tw_boot_seconds () - LEASE_SECONDS,
                                error);
}

static gboolean
list_owners (TwSql *sql, gpointer data, GError **error)
{
  Recovery *recovery = data;

  recovery->owners = tw_calls_list_owners (sql, error);
  for (guint i = 0; recovery->owners != NULL && i < recovery->owners->len; i++)
    {
      g_autoptr (GPtrArray) over = list_over (sql, g_ptr_array_index (recovery->owners, i), error);

      if (over == NULL)
        return FALSE;
      recovery->n_over += over->len;
    }
  return recovery->owners != NULL;
}

static gboolean
abandon (TwSql *sql, TwReceipt *call, gint64 now, GError **error)
{
  const TwFootprint from = tw_receipt_get_footprint (call);
  TwFootprint to;

  g_free (call->status);
  call->status = g_strdup (TW_STATUS_ABANDONED);
  /* It may have been sent, and the provider may bill all of it. */
  call->cost = call->estimate.worst;
  if (call->cost.state == TW_MONEY_KNOWN)
    call->cost.state = TW_MONEY_BOUNDED;
  call->settled_at = now;
  to = tw_receipt_get_footprint (call);
  return tw_budgets_move (sql, call->id, call->simulated, &from, &to, error)
         && tw_calls_update (sql, call, error);
}

/* Takes calls, which may be NULL after an error. */
static gboolean
abandon_all (TwSql *sql, GPtrArray *calls, Recovery *recovery, GError **error)
{
  g_autoptr (GPtrArray) owned = calls;

  if (owned == NULL)
    return FALSE;
  for (guint i = 0; i < owned->len; i++)
    if (!abandon (sql, g_ptr_array_index (owned, i), recovery->now, error))
      return FALSE;
  recovery->n_recovered += owned->len;
  return TRUE;
}

static gboolean
recover (TwSql *sql, gpointer data, GError **error)
{
  Recovery *recovery = data;

  recovery->n_recovered = 0;
  for (guint i = 0; i < recovery->dead->len; i++)
    {
      const TwOwner *owner = g_ptr_array_index (recovery->dead, i);
      GPtrArray *calls = tw_calls_list_pending (sql, owner->id, NULL, 0, error);

      if (!abandon_all (sql, calls, recovery, error))
        return FALSE;
    }
  for (guint i = 0; i < recovery->owners->len; i++)
    {
      const char *owner = g_ptr_array_index (recovery->owners, i);
      GPtrArray *calls = list_over (sql, owner, error);

      if (!abandon_all (sql, calls, recovery, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
recover_with (TwLedger *self, Recovery *recovery, GError **error)
{
  const char *folder = tw_store_get_owner_folder (self->store);
  const char *own = tw_store_peek_owner (self->store);

  if (!tw_store_read (self->store, list_owners, recovery, error))
    return FALSE;
  for (guint i = 0; i < recovery->owners->len; i++)
    {
      const char *id = g_ptr_array_index (recovery->owners, i);
      TwOwner *dead = g_strcmp0 (id, own) != 0 ? tw_owner_take_over (folder, id) : NULL;

      if (dead != NULL)
        g_ptr_array_add (recovery->dead, dead);
    }
  if (recovery->dead->len == 0 && recovery->n_over == 0)
    return TRUE;
  return tw_store_write (self->store, recover, recovery, error);
}

gboolean
tw_ledger_recover (TwLedger *self, guint *ret_n, GError **error)
{
  Recovery recovery = { .now = tw_ledger_now (self) };
  gboolean done;

  recovery.dead = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_owner_free);
  done = recover_with (self, &recovery, error);
  g_clear_pointer (&recovery.owners, g_ptr_array_unref);
  g_ptr_array_unref (recovery.dead);
  if (ret_n != NULL)
    *ret_n = recovery.n_recovered;
  return done;
}
