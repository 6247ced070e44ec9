/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>

G_BEGIN_DECLS

#define TW_TYPE_HTTP_REQUEST (tw_http_request_get_type ())

typedef struct _TwHttpRequest TwHttpRequest;

TW_PUBLIC GType tw_http_request_get_type (void) G_GNUC_CONST;
TW_PUBLIC TwHttpRequest *tw_http_request_new (const char *method, const char *url, GBytes *body);
TW_PUBLIC TwHttpRequest *tw_http_request_ref (TwHttpRequest *self);
TW_PUBLIC void tw_http_request_unref (TwHttpRequest *self);
TW_PUBLIC gboolean tw_http_request_add_header (TwHttpRequest *self,
                                               const char *name,
                                               const char *value,
                                               GError **error);
TW_PUBLIC const char *tw_http_request_get_method (TwHttpRequest *self);
TW_PUBLIC const char *tw_http_request_get_url (TwHttpRequest *self);
TW_PUBLIC GBytes *tw_http_request_get_body (TwHttpRequest *self);
TW_PUBLIC const char *const *tw_http_request_get_headers (TwHttpRequest *self);
TW_PUBLIC void tw_http_request_set_timeouts (TwHttpRequest *self,
                                             guint connect_ms,
                                             guint first_byte_ms,
                                             guint idle_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwHttpRequest, tw_http_request_unref)

#define TW_TYPE_HTTP_RESPONSE (tw_http_response_get_type ())

TW_PUBLIC
G_DECLARE_FINAL_TYPE (TwHttpResponse, tw_http_response, TW, HTTP_RESPONSE, GObject)

TW_PUBLIC TwHttpResponse *
tw_http_response_new (guint status, const char *const *headers, GInputStream *body);
TW_PUBLIC guint tw_http_response_get_status (TwHttpResponse *self);
TW_PUBLIC const char *const *tw_http_response_get_headers (TwHttpResponse *self);
TW_PUBLIC GInputStream *tw_http_response_get_body (TwHttpResponse *self);

#define TW_TYPE_TRANSPORT (tw_transport_get_type ())

TW_PUBLIC
G_DECLARE_INTERFACE (TwTransport, tw_transport, TW, TRANSPORT, GObject)

/**
 * TwTransportInterface:
 * @send: sends a request and returns once the reply's headers are here; the
 *   body is read from its stream, which blocks
 * @send_async: (nullable): the same without blocking; the body's stream is
 *   read with g_input_stream_read_async(). The default runs @send in a thread.
 * @send_finish: (nullable): finishes @send_async
 *
 * Moves bytes it does not understand.
 *
 * Since: 0.1
 */
struct _TwTransportInterface
{
  /*< private >*/
  GTypeInterface parent_iface;

  /*< public >*/
  TwHttpResponse *(*send) (TwTransport *self,
                           TwHttpRequest *request,
                           GCancellable *cancellable,
                           GError **error);
  void (*send_async) (TwTransport *self,
                      TwHttpRequest *request,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  TwHttpResponse *(*send_finish) (TwTransport *self, GAsyncResult *result, GError **error);
};

TW_PUBLIC TwHttpResponse *tw_transport_send (TwTransport *self,
                                             TwHttpRequest *request,
                                             GCancellable *cancellable,
                                             GError **error);
TW_PUBLIC void tw_transport_send_async (TwTransport *self,
                                        TwHttpRequest *request,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
TW_PUBLIC TwHttpResponse *
tw_transport_send_finish (TwTransport *self, GAsyncResult *result, GError **error);

G_END_DECLS
