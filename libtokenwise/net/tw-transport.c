/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-transport.h"

/**
 * TwHttpRequest:
 *
 * A request as bytes: method, URL, headers, body and how long to wait.
 *
 * Since: 0.1
 */

/**
 * TwHttpResponse:
 *
 * A response whose headers are here and whose body still arrives.
 *
 * Since: 0.1
 */

/**
 * TwTransport:
 *
 * Carries a request to a server and the reply back, without understanding
 * either. The client has one for the network and one for the sandbox; a program
 * may plug in its own, for instance for a proxy of its company.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (TwTransport, tw_transport, G_TYPE_OBJECT)

static void
send_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  TwHttpResponse *response = tw_transport_send (source, data, cancellable, &error);

  if (response != NULL)
    g_task_return_pointer (task, response, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
default_send_async (TwTransport *self,
                    TwHttpRequest *request,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tw_transport_send_async);
  g_task_set_task_data (task, tw_http_request_ref (request),
                        (GDestroyNotify) tw_http_request_unref);
  g_task_run_in_thread (task, send_in_thread);
}

static TwHttpResponse *
default_send_finish (TwTransport *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
tw_transport_default_init (TwTransportInterface *iface)
{
  iface->send_async = default_send_async;
  iface->send_finish = default_send_finish;
}

/**
 * tw_transport_send:
 * @self: a transport
 * @request: what to send
 * @cancellable: (nullable): to give up from another thread
 * @error: return location for an error
 *
 * Sends a request and blocks until the reply's headers are here. No main loop
 * is needed, and none is run. Any status is a response; an error is only what
 * kept the reply from coming.
 *
 * Returns: (transfer full): the response; %NULL with `TW_ERROR_CONNECTION`,
 *   `TW_ERROR_TIMEOUT`, `TW_ERROR_LIMIT`, `TW_ERROR_PROTOCOL`,
 *   `TW_ERROR_INVALID_INPUT` or `G_IO_ERROR_CANCELLED`
 * Since: 0.1
 */
TwHttpResponse *
tw_transport_send (TwTransport *self,
                   TwHttpRequest *request,
                   GCancellable *cancellable,
                   GError **error)
{
  TwTransportInterface *iface;

  g_return_val_if_fail (TW_IS_TRANSPORT (self), NULL);
  g_return_val_if_fail (request != NULL, NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  iface = TW_TRANSPORT_GET_IFACE (self);
  g_return_val_if_fail (iface->send != NULL, NULL);
  return iface->send (self, request, cancellable, error);
}

/**
 * tw_transport_send_async:
 * @self: a transport
 * @request: what to send
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called in the thread-default main context of the
 *   caller when the reply's headers are here, or on an error
 * @user_data: for @callback
 *
 * Sends a request without blocking. The body is then read with
 * g_input_stream_read_async() in the same main context.
 *
 * Since: 0.1
 */
void
tw_transport_send_async (TwTransport *self,
                         TwHttpRequest *request,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (TW_IS_TRANSPORT (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  TW_TRANSPORT_GET_IFACE (self)->send_async (self, request, cancellable, callback, user_data);
}

/**
 * tw_transport_send_finish:
 * @self: a transport
 * @result: what the callback was given
 * @error: return location for an error, as in [method@Transport.send]
 *
 * Finishes [method@Transport.send_async].
 *
 * Returns: (transfer full): the response, or %NULL on an error
 * Since: 0.1
 */
TwHttpResponse *
tw_transport_send_finish (TwTransport *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (TW_IS_TRANSPORT (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  return TW_TRANSPORT_GET_IFACE (self)->send_finish (self, result, error);
}
