/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-transport-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/net/tw-curl-body-private.h"
#include "libtokenwise/net/tw-curl-pool-private.h"

#include <string.h>

#define TW_TYPE_CURL_TRANSPORT (tw_curl_transport_get_type ())
G_DECLARE_FINAL_TYPE (TwCurlTransport, tw_curl_transport, TW, CURL_TRANSPORT, GObject)

struct _TwCurlTransport
{
  GObject parent_instance;
  TwCurlPool *pool;
  TwTransportOptions options;
  char *proxy; /* (nullable), as the others */
  char *ca_file;
  char *ca_dir;
};

/* A call whose headers are not here yet. */
typedef struct
{
  TwCurlTransport *transport;
  TwCurlLoop *loop;
  TwExchange *exchange;
  GSource *cancel_source; /* (nullable) */
} Pending;

static void transport_iface_init (TwTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TwCurlTransport,
                               tw_curl_transport,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TW_TYPE_TRANSPORT, transport_iface_init))

static void
release_loop (GObject *owner, TwCurlLoop *take_loop)
{
  tw_curl_pool_release (TW_CURL_TRANSPORT (owner)->pool, take_loop);
}

static void
fail_pending (Pending *self, GError *take_error)
{
  tw_curl_loop_lock (self->loop);
  tw_exchange_fail (self->exchange, take_error);
  tw_curl_loop_remove (self->loop, self->exchange);
  tw_curl_loop_unlock (self->loop);
}

static void
pending_clear (Pending *self)
{
  if (self->exchange != NULL)
    fail_pending (self, NULL);
  if (self->cancel_source != NULL)
    g_source_destroy (self->cancel_source);
  g_clear_pointer (&self->cancel_source, g_source_unref);
  g_clear_pointer (&self->exchange, tw_exchange_unref);
  if (self->loop != NULL)
    release_loop (G_OBJECT (self->transport), g_steal_pointer (&self->loop));
  g_clear_object (&self->transport);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pending, pending_clear)

static void
pending_free (gpointer data)
{
  pending_clear (data);
  g_free (data);
}

/* With the headers, or with what kept them from coming. */
static gboolean
is_decided (Pending *self)
{
  gboolean decided;

  tw_curl_loop_lock (self->loop);
  decided = tw_exchange_has_headers (self->exchange) || tw_exchange_is_ended (self->exchange);
  tw_curl_loop_unlock (self->loop);
  return decided;
}

/* Loop and exchange go over to the body. */
static TwHttpResponse *
make_response (Pending *self, GError **error)
{
  g_autoptr (GInputStream) body = NULL;
  TwExchange *exchange = self->exchange;
  guint status;
  char **headers;

  if (!tw_exchange_has_headers (exchange))
    {
      g_propagate_error (error, g_error_copy (tw_exchange_get_error (exchange)));
      return NULL;
    }
  status = tw_exchange_get_status (exchange);
  headers = tw_exchange_steal_headers (exchange);
  body = tw_curl_body_new (G_OBJECT (self->transport), release_loop, g_steal_pointer (&self->loop),
                           g_steal_pointer (&self->exchange));
  return tw_http_response_new_take (status, headers, body);
}

static TwHttpResponse *
tw_curl_transport_send (TwTransport *transport,
                        TwHttpRequest *request,
                        GCancellable *cancellable,
                        GError **error)
{
  TwCurlTransport *self = TW_CURL_TRANSPORT (transport);
  g_auto (Pending) pending = { 0 };

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  pending.exchange = tw_exchange_new (request, &self->options, error);
  if (pending.exchange == NULL)
    return NULL;
  pending.transport = g_object_ref (self);
  pending.loop = tw_curl_pool_take_blocking (self->pool);
  tw_curl_loop_add (pending.loop, pending.exchange);
  while (!is_decided (&pending))
    if (!tw_curl_loop_wait (pending.loop, cancellable, error))
      return NULL;
  return make_response (&pending, error);
}

static void
on_news (TwExchange *exchange, gpointer user_data)
{
  GTask *task = user_data;
  Pending *pending = g_task_get_task_data (task);
  TwHttpResponse *response;
  GError *error = NULL;

  if (!is_decided (pending))
    return;
  tw_curl_loop_lock (pending->loop);
  tw_exchange_set_waiter (exchange, NULL, NULL);
  tw_curl_loop_unlock (pending->loop);
  if (pending->cancel_source != NULL)
    g_source_destroy (pending->cancel_source);
  response = make_response (pending, &error);
  if (response != NULL)
    g_task_return_pointer (task, response, g_object_unref);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  Pending *pending = g_task_get_task_data (task);
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  fail_pending (pending, error);
  on_news (pending->exchange, task);
  return G_SOURCE_REMOVE;
}

static void
tw_curl_transport_send_async (TwTransport *transport,
                              TwHttpRequest *request,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  TwCurlTransport *self = TW_CURL_TRANSPORT (transport);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Pending *pending = g_new0 (Pending, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, tw_transport_send_async);
  g_task_set_task_data (task, pending, pending_free);
  if (g_task_return_error_if_cancelled (task))
    return;
  pending->exchange = tw_exchange_new (request, &self->options, &error);
  if (pending->exchange == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  pending->transport = g_object_ref (self);
  pending->loop = tw_curl_pool_take_for_context (self->pool, g_task_get_context (task));
  pending->cancel_source = tw_curl_watch_cancel (task, on_cancelled);
  tw_exchange_set_waiter (pending->exchange, on_news, g_object_ref (task));
  tw_curl_loop_add (pending->loop, pending->exchange);
}

static TwHttpResponse *
tw_curl_transport_send_finish (TwTransport *transport, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, transport), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
transport_iface_init (TwTransportInterface *iface)
{
  iface->send = tw_curl_transport_send;
  iface->send_async = tw_curl_transport_send_async;
  iface->send_finish = tw_curl_transport_send_finish;
}

/* A proxy's URL may hold a password. */
static void
wipe_and_free (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

static void
tw_curl_transport_finalize (GObject *object)
{
  TwCurlTransport *self = TW_CURL_TRANSPORT (object);

  g_clear_pointer (&self->pool, tw_curl_pool_close);
  wipe_and_free (self->proxy);
  g_free (self->ca_file);
  g_free (self->ca_dir);
  G_OBJECT_CLASS (tw_curl_transport_parent_class)->finalize (object);
}

static void
tw_curl_transport_class_init (TwCurlTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_curl_transport_finalize;
}

static void
tw_curl_transport_init (TwCurlTransport *self)
{
  self->pool = tw_curl_pool_new ();
}

static gboolean
options_are_usable (const TwTransportOptions *options, GError **error)
{
  if (options->proxy != NULL && *options->proxy != '\0' && !tw_url_is_proxy (options->proxy, error))
    return FALSE;
  if (options->ca_file != NULL && !g_file_test (options->ca_file, G_FILE_TEST_IS_REGULAR))
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "There is no file %s with certificates; correct ca-file.", options->ca_file);
  else if (options->ca_dir != NULL && !g_file_test (options->ca_dir, G_FILE_TEST_IS_DIR))
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "There is no folder %s with certificates; correct ca-dir.", options->ca_dir);
  else
    return TRUE;
  return FALSE;
}

TwTransport *
tw_curl_transport_new_with_options (const TwTransportOptions *options, GError **error)
{
  TwCurlTransport *self;

  if (!options_are_usable (options, error))
    return NULL;
  self = g_object_new (TW_TYPE_CURL_TRANSPORT, NULL);
  self->proxy = g_strdup (options->proxy);
  self->ca_file = g_strdup (options->ca_file);
  self->ca_dir = g_strdup (options->ca_dir);
  self->options = (TwTransportOptions){ self->proxy, self->ca_file, self->ca_dir };
  return TW_TRANSPORT (self);
}

TwTransport *
tw_curl_transport_new (void)
{
  return g_object_new (TW_TYPE_CURL_TRANSPORT, NULL);
}
