/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-store-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/ledger/tw-ledger-file-private.h"
#include "libtokenwise/ledger/tw-owner-private.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

struct _TwStore
{
  guint references; /* guarded by stores_mutex */
  char *path;
  char *owner_folder;
  dev_t device;
  ino_t inode;
  /* Set in a forked child: SQLite's state was copied and must not be touched, not even closed. */
  gboolean inherited;
  GMutex mutex;
  /* Guarded by mutex. */
  TwSql *sql;
  TwOwner *owner;
};

static GMutex stores_mutex;
/* (element-type TwStore): every store of this process, guarded by stores_mutex. */
static GPtrArray *stores;

static void
before_fork (void)
{
  g_mutex_lock (&stores_mutex);
}

static void
after_fork_in_parent (void)
{
  g_mutex_unlock (&stores_mutex);
}

static void
after_fork_in_child (void)
{
  for (guint i = 0; i < stores->len; i++)
    {
      TwStore *store = g_ptr_array_index (stores, i);

      store->inherited = TRUE;
      if (store->owner != NULL && store->owner->fd >= 0)
        tw_owner_forget (store->owner);
    }
  g_mutex_unlock (&stores_mutex);
}

static void
ensure_stores (void)
{
  if (stores != NULL)
    return;
  stores = g_ptr_array_new ();
  pthread_atfork (before_fork, after_fork_in_parent, after_fork_in_child);
}

static gboolean
refuse_inherited (const char *path, GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_LEDGER,
               "The ledger %s was open when this process was forked, and SQLite cannot be used "
               "across a fork. Open the ledger after the fork, or start a new program.",
               path);
  return FALSE;
}

static TwStore *
find_store (const struct stat *status)
{
  for (guint i = 0; i < stores->len; i++)
    {
      TwStore *store = g_ptr_array_index (stores, i);

      if (store->device == status->st_dev && store->inode == status->st_ino)
        return store;
    }
  return NULL;
}

static TwStore *
store_new (const char *path, const struct stat *status, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  TwSql *sql = tw_sql_open (path, error);
  TwStore *self;

  if (sql == NULL)
    return NULL;
  self = g_new0 (TwStore, 1);
  self->references = 1;
  self->path = g_strdup (path);
  self->owner_folder = g_build_filename (folder, "procs", NULL);
  self->device = status->st_dev;
  self->inode = status->st_ino;
  self->sql = sql;
  g_mutex_init (&self->mutex);
  g_ptr_array_add (stores, self);
  return self;
}

TwStore *
tw_store_open (const char *path, GError **error)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&stores_mutex);
  g_autofree char *real_path = NULL;
  struct stat status;
  TwStore *store;

  ensure_stores ();
  real_path = tw_ledger_file_prepare (path, &status, error);
  if (real_path == NULL)
    return NULL;
  store = find_store (&status);
  if (store == NULL)
    return store_new (real_path, &status, error);
  if (store->inherited)
    {
      refuse_inherited (real_path, error);
      return NULL;
    }
  store->references++;
  return store;
}

void
tw_store_close (TwStore *self)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&stores_mutex);

  /* A forked child leaves the copy alone: closing it would release locks of the parent's file. */
  if (self->inherited || --self->references > 0)
    return;
  g_ptr_array_remove_fast (stores, self);
  tw_sql_close (self->sql);
  g_clear_pointer (&self->owner, tw_owner_free);
  g_mutex_clear (&self->mutex);
  g_free (self->owner_folder);
  g_free (self->path);
  g_free (self);
}

const char *
tw_store_get_path (TwStore *self)
{
  return self->path;
}

const char *
tw_store_get_owner_folder (TwStore *self)
{
  return self->owner_folder;
}

const char *
tw_store_get_owner (TwStore *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = NULL;

  if (self->inherited)
    {
      refuse_inherited (self->path, error);
      return NULL;
    }
  locker = g_mutex_locker_new (&self->mutex);
  if (self->owner == NULL)
    self->owner = tw_owner_new (self->owner_folder, error);
  return self->owner != NULL ? self->owner->id : NULL;
}

const char *
tw_store_peek_owner (TwStore *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  if (self->inherited)
    return NULL;
  locker = g_mutex_locker_new (&self->mutex);
  return self->owner != NULL ? self->owner->id : NULL;
}

/* A file that was moved away still takes writes here, while other processes start a new one: the
 * budget would be spent twice. */
static gboolean
is_in_place (TwStore *self, GError **error)
{
  struct stat status;

  if (lstat (self->path, &status) == 0 && status.st_dev == self->device
      && status.st_ino == self->inode)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_LEDGER,
               "The ledger %s was moved or replaced while it was open. Put it back, or start this "
               "program again to use the file that is there now.",
               self->path);
  return FALSE;
}

static gboolean
run_transaction (TwStore *self, gboolean immediate, TwStoreWork work, gpointer data, GError **error)
{
  g_autoptr (GMutexLocker) locker = NULL;

  if (self->inherited)
    return refuse_inherited (self->path, error);
  locker = g_mutex_locker_new (&self->mutex);
  if (!is_in_place (self, error) || !tw_sql_begin (self->sql, immediate, error))
    return FALSE;
  if (work (self->sql, data, error))
    return tw_sql_commit (self->sql, error);
  tw_sql_rollback (self->sql);
  return FALSE;
}

gboolean
tw_store_write (TwStore *self, TwStoreWork work, gpointer data, GError **error)
{
  return run_transaction (self, TRUE, work, data, error);
}

gboolean
tw_store_read (TwStore *self, TwStoreWork work, gpointer data, GError **error)
{
  return run_transaction (self, FALSE, work, data, error);
}
