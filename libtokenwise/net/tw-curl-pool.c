/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-curl-pool-private.h"

/* Idle loops keep their connections open; more than this many threads seldom call at once. */
#define MAX_IDLE_LOOPS 8

/* A box of its own, because a main context may end after the transport. */
struct _TwCurlPool
{
  GMutex lock;
  GHashTable *by_context; /* GMainContext, not owned → TwCurlLoop */
  GQueue idle;            /* TwCurlLoop, for blocking calls */
};

static void
pool_clear (gpointer data)
{
  TwCurlPool *self = data;

  g_hash_table_unref (self->by_context);
  g_queue_clear_full (&self->idle, (GDestroyNotify) tw_curl_loop_unref);
  g_mutex_clear (&self->lock);
}

static void
pool_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, pool_clear);
}

TwCurlPool *
tw_curl_pool_new (void)
{
  TwCurlPool *self = g_atomic_rc_box_new0 (TwCurlPool);

  g_mutex_init (&self->lock);
  self->by_context = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) tw_curl_loop_unref);
  return self;
}

void
tw_curl_pool_close (TwCurlPool *self)
{
  g_autoptr (GPtrArray) loops
      = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_curl_loop_unref);
  GHashTableIter iter;
  gpointer loop;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->by_context);
  while (g_hash_table_iter_next (&iter, NULL, &loop))
    {
      g_ptr_array_add (loops, loop);
      g_hash_table_iter_steal (&iter);
    }
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < loops->len; i++)
    tw_curl_loop_detach (loops->pdata[i]);
  pool_unref (self);
}

/* The context is gone, or will never be used again for this. */
static void
on_gone (TwCurlLoop *loop, gpointer user_data)
{
  TwCurlPool *self = user_data;
  g_autoptr (TwCurlLoop) found = NULL;
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->by_context);
  while (found == NULL && g_hash_table_iter_next (&iter, NULL, &value))
    if (value == loop)
      {
        found = loop;
        g_hash_table_iter_steal (&iter);
      }
  g_mutex_unlock (&self->lock);
}

TwCurlLoop *
tw_curl_pool_take_for_context (TwCurlPool *self, GMainContext *context)
{
  TwCurlLoop *loop;

  g_mutex_lock (&self->lock);
  loop = g_hash_table_lookup (self->by_context, context);
  if (loop == NULL)
    {
      loop = tw_curl_loop_new ();
      tw_curl_loop_attach (loop, context, on_gone, g_atomic_rc_box_acquire (self), pool_unref);
      g_hash_table_insert (self->by_context, context, loop);
    }
  tw_curl_loop_ref (loop);
  g_mutex_unlock (&self->lock);
  return loop;
}

TwCurlLoop *
tw_curl_pool_take_blocking (TwCurlPool *self)
{
  TwCurlLoop *loop;

  g_mutex_lock (&self->lock);
  loop = g_queue_pop_head (&self->idle);
  g_mutex_unlock (&self->lock);
  return loop != NULL ? loop : tw_curl_loop_new ();
}

void
tw_curl_pool_release (TwCurlPool *self, TwCurlLoop *take_loop)
{
  if (!tw_curl_loop_is_shared (take_loop))
    {
      g_mutex_lock (&self->lock);
      if (self->idle.length < MAX_IDLE_LOOPS)
        g_queue_push_head (&self->idle, g_steal_pointer (&take_loop));
      g_mutex_unlock (&self->lock);
    }
  g_clear_pointer (&take_loop, tw_curl_loop_unref);
}
