/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-curl-body-private.h"

#define TW_TYPE_CURL_BODY (tw_curl_body_get_type ())
G_DECLARE_FINAL_TYPE (TwCurlBody, tw_curl_body, TW, CURL_BODY, GInputStream)

struct _TwCurlBody
{
  GInputStream parent_instance;
  GObject *owner;
  TwCurlRelease release;
  TwCurlLoop *loop;
  TwExchange *exchange;

  GTask *task; /* of the read that waits */
  GSource *cancel_source;
  void *target;
  gsize count;
};

G_DEFINE_FINAL_TYPE (TwCurlBody, tw_curl_body, G_TYPE_INPUT_STREAM)

GSource *
tw_curl_watch_cancel (GTask *task, GCancellableSourceFunc callback)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  GSource *source;

  if (cancellable == NULL)
    return NULL;
  source = g_cancellable_source_new (cancellable);
  g_source_set_static_name (source, "tokenwise network cancel");
  g_task_attach_source (task, source, G_SOURCE_FUNC (callback));
  return source;
}

static void
abort_transfer (TwCurlBody *self, GError *take_error)
{
  tw_curl_loop_lock (self->loop);
  tw_exchange_fail (self->exchange, take_error);
  tw_curl_loop_remove (self->loop, self->exchange);
  tw_curl_loop_unlock (self->loop);
}

static gssize
tw_curl_body_read (
    GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  TwCurlBody *self = TW_CURL_BODY (stream);
  gssize n;

  tw_curl_loop_lock (self->loop);
  tw_exchange_reader_comes (self->exchange);
  while (!tw_exchange_is_readable (self->exchange))
    {
      GError *cancelled = NULL;
      gboolean waited;

      tw_curl_loop_unlock (self->loop);
      waited = tw_curl_loop_wait (self->loop, cancellable, &cancelled);
      if (!waited)
        {
          abort_transfer (self, g_error_copy (cancelled));
          g_propagate_error (error, cancelled);
          return -1;
        }
      tw_curl_loop_lock (self->loop);
    }
  n = tw_exchange_read (self->exchange, buffer, count, error);
  tw_exchange_reader_leaves (self->exchange);
  tw_curl_loop_unlock (self->loop);
  return n;
}

static void
return_read (GTask *task, gssize n, GError *take_error)
{
  if (n < 0)
    g_task_return_error (task, take_error);
  else
    g_task_return_int (task, n);
}

static void
clear_cancel_source (TwCurlBody *self)
{
  if (self->cancel_source != NULL)
    g_source_destroy (self->cancel_source);
  g_clear_pointer (&self->cancel_source, g_source_unref);
}

static void
on_news (TwExchange *exchange, gpointer user_data)
{
  TwCurlBody *self = user_data;
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  gssize n = 0;

  tw_curl_loop_lock (self->loop);
  if (self->task != NULL && tw_exchange_is_readable (exchange))
    {
      task = g_steal_pointer (&self->task);
      tw_exchange_set_waiter (exchange, NULL, NULL);
      n = tw_exchange_read (exchange, self->target, self->count, &error);
    }
  tw_curl_loop_unlock (self->loop);
  if (task == NULL)
    return;
  clear_cancel_source (self);
  return_read (task, n, error);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  TwCurlBody *self = g_task_get_source_object (user_data);
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  abort_transfer (self, error);
  on_news (self->exchange, self);
  return G_SOURCE_REMOVE;
}

static void
tw_curl_body_read_async (GInputStream *stream,
                         void *buffer,
                         gsize count,
                         int io_priority,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  TwCurlBody *self = TW_CURL_BODY (stream);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  gssize n = -1;

  g_task_set_source_tag (task, tw_curl_body_read_async);
  g_task_set_priority (task, io_priority);
  tw_curl_loop_lock (self->loop);
  if (!tw_exchange_is_readable (self->exchange))
    {
      self->task = g_object_ref (task);
      self->target = buffer;
      self->count = count;
      self->cancel_source = tw_curl_watch_cancel (task, on_cancelled);
      tw_exchange_set_waiter (self->exchange, on_news, self);
      tw_curl_loop_unlock (self->loop);
      return;
    }
  n = tw_exchange_read (self->exchange, buffer, count, &error);
  tw_curl_loop_unlock (self->loop);
  return_read (task, n, error);
}

static gssize
tw_curl_body_read_finish (GInputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static gboolean
tw_curl_body_close (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  TwCurlBody *self = TW_CURL_BODY (stream);

  abort_transfer (self, g_error_new (G_IO_ERROR, G_IO_ERROR_CLOSED, "The reply was closed."));
  return TRUE;
}

static void
tw_curl_body_close_async (GInputStream *stream,
                          int io_priority,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, tw_curl_body_close_async);
  tw_curl_body_close (stream, NULL, NULL);
  g_task_return_boolean (task, TRUE);
}

static gboolean
tw_curl_body_close_finish (GInputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
tw_curl_body_finalize (GObject *object)
{
  TwCurlBody *self = TW_CURL_BODY (object);

  abort_transfer (self, NULL);
  clear_cancel_source (self);
  g_clear_pointer (&self->exchange, tw_exchange_unref);
  self->release (self->owner, g_steal_pointer (&self->loop));
  g_clear_object (&self->owner);
  G_OBJECT_CLASS (tw_curl_body_parent_class)->finalize (object);
}

static void
tw_curl_body_class_init (TwCurlBodyClass *klass)
{
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tw_curl_body_finalize;
  stream_class->read_fn = tw_curl_body_read;
  stream_class->read_async = tw_curl_body_read_async;
  stream_class->read_finish = tw_curl_body_read_finish;
  stream_class->close_fn = tw_curl_body_close;
  stream_class->close_async = tw_curl_body_close_async;
  stream_class->close_finish = tw_curl_body_close_finish;
}

static void
tw_curl_body_init (TwCurlBody *self)
{
}

void
tw_curl_body_note_useful (GInputStream *body)
{
  TwCurlBody *self;

  if (!TW_IS_CURL_BODY (body))
    return;
  self = TW_CURL_BODY (body);
  tw_curl_loop_lock (self->loop);
  tw_exchange_note_useful (self->exchange);
  tw_curl_loop_unlock (self->loop);
}

GInputStream *
tw_curl_body_new (GObject *owner,
                  TwCurlRelease release,
                  TwCurlLoop *take_loop,
                  TwExchange *take_exchange)
{
  TwCurlBody *self = g_object_new (TW_TYPE_CURL_BODY, NULL);

  self->owner = g_object_ref (owner);
  self->release = release;
  self->loop = take_loop;
  self->exchange = take_exchange;
  return G_INPUT_STREAM (self);
}
