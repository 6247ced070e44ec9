/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/net/tw-transport-private.h"

/* The whole exchange, blocking or in the main context, with what came and how it ended. */

typedef enum
{
  FETCH_BLOCKING,
  FETCH_ASYNC,
  FETCH_N_MODES,
} FetchMode;

typedef struct
{
  TwTransport *transport;
  GCancellable *cancellable;
  guint status;
  char **headers;
  GString *body;
  GError *error;
  gboolean done;
  guint8 block[8192];
} Fetch;

static Fetch *
fetch_new (TwTransport *transport, GCancellable *cancellable)
{
  Fetch *self = g_new0 (Fetch, 1);

  self->transport = g_object_ref (transport);
  self->cancellable = cancellable;
  self->body = g_string_new (NULL);
  return self;
}

static void
fetch_free (Fetch *self)
{
  g_object_unref (self->transport);
  g_strfreev (self->headers);
  g_string_free (self->body, TRUE);
  g_clear_error (&self->error);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fetch, fetch_free)

static void
fetch_take_head (Fetch *self, TwHttpResponse *response)
{
  self->status = tw_http_response_get_status (response);
  self->headers = g_strdupv ((char **) tw_http_response_get_headers (response));
}

static void
fetch_blocking (Fetch *self, TwHttpRequest *request)
{
  g_autoptr (TwHttpResponse) response
      = tw_transport_send (self->transport, request, self->cancellable, &self->error);
  gssize n = 1;

  if (response != NULL)
    fetch_take_head (self, response);
  while (response != NULL && n > 0)
    {
      n = g_input_stream_read (tw_http_response_get_body (response), self->block,
                               sizeof self->block, self->cancellable, &self->error);
      if (n > 0)
        g_string_append_len (self->body, (char *) self->block, n);
    }
  self->done = TRUE;
}

static void
fetch_on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch *self = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &self->error);

  self->done = n <= 0;
  if (n <= 0)
    return;
  g_string_append_len (self->body, (char *) self->block, n);
  g_input_stream_read_async (G_INPUT_STREAM (source), self->block, sizeof self->block,
                             G_PRIORITY_DEFAULT, self->cancellable, fetch_on_read, self);
}

/* The response is dropped here; the pending read keeps its stream. */
static void
fetch_on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch *self = user_data;
  g_autoptr (TwHttpResponse) response
      = tw_transport_send_finish (TW_TRANSPORT (source), result, &self->error);

  self->done = response == NULL;
  if (response == NULL)
    return;
  fetch_take_head (self, response);
  g_input_stream_read_async (tw_http_response_get_body (response), self->block, sizeof self->block,
                             G_PRIORITY_DEFAULT, self->cancellable, fetch_on_read, self);
}

static void
fetch_begin (Fetch *self, TwHttpRequest *request)
{
  tw_transport_send_async (self->transport, request, self->cancellable, fetch_on_sent, self);
}

static void
fetch_wait (Fetch *self)
{
  while (!self->done)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
}

static Fetch *
fetch (TwTransport *transport, FetchMode mode, TwHttpRequest *request, GCancellable *cancellable)
{
  Fetch *self = fetch_new (transport, cancellable);

  if (mode == FETCH_BLOCKING)
    fetch_blocking (self, request);
  else
    fetch_begin (self, request);
  fetch_wait (self);
  return self;
}
