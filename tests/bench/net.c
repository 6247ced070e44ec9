/* SPDX-License-Identifier: MIT */
/* What the network costs here: `net first URL BODY N`, `net text MODEL QUESTION N`,
 * `net many URL BODY N`. Prints JSON; net-peer.c is the same with plain libcurl.
 *
 *   first  µs from readable to the first byte of the body, through the transport, blocking
 *   text   µs from readable to the first text event, through the whole client
 *   many   N streams at once on one thread, through the transport in a main loop */
#include "libtokenwise/net/tw-transport-private.h"
#include <libtokenwise/tokenwise.h>

#include "net-clock.h"

#include <stdlib.h>
#include <string.h>

static TwHttpRequest *
make_request (const char *url, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  TwHttpRequest *request = tw_http_request_new ("POST", url, body);

  g_assert_true (tw_http_request_add_header (request, "Content-Type", "application/json", NULL));
  return request;
}

static int
measure_first (const char *url, const char *body, guint n)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();

  printf ("[");
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TwHttpRequest) request = make_request (url, body);
      g_autoptr (TwHttpResponse) response = tw_transport_send (transport, request, NULL, NULL);
      char block[4096];
      gssize got = 1;
      double first = 0;

      g_assert_nonnull (response);
      while (got > 0)
        {
          got = g_input_stream_read (tw_http_response_get_body (response), block, sizeof block,
                                     NULL, NULL);
          if (first == 0)
            first = now_us () - last_poll_us;
        }
      printf ("%s%.2f", i != 0 ? "," : "", first);
    }
  puts ("]");
  return 0;
}

static int
measure_text (const char *model, const char *question, guint n)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (TwClient) client = tw_client_new (NULL, &failure);

  g_assert_no_error (failure);
  printf ("[");
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TwRequest) request = tw_request_new (model);
      g_autoptr (TwReply) reply = NULL;
      g_autoptr (GError) error = NULL;
      TwEvent *event;
      double first = 0;

      tw_request_add_text (request, TW_ROLE_USER, question);
      reply = tw_client_send (client, request, NULL, &error);
      g_assert_no_error (error);
      while ((event = tw_reply_next (reply, NULL, &error)) != NULL)
        {
          if (first == 0 && tw_event_get_kind (event) == TW_EVENT_TEXT)
            first = now_us () - last_poll_us;
          tw_event_free (event);
        }
      g_assert_no_error (error);
      printf ("%s%.2f", i != 0 ? "," : "", first);
    }
  puts ("]");
  return 0;
}

typedef struct
{
  TwHttpResponse *response;
  char block[4096];
} Stream;

static guint n_running;
static gsize n_bytes;

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Stream *stream = user_data;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  g_assert_no_error (error);
  n_bytes += (gsize) n;
  if (n > 0)
    {
      g_input_stream_read_async (G_INPUT_STREAM (source), stream->block, sizeof stream->block, 0,
                                 NULL, on_read, stream);
      return;
    }
  g_object_unref (stream->response);
  g_free (stream);
  n_running--;
}

static void
on_response (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Stream *stream = user_data;
  g_autoptr (GError) error = NULL;

  stream->response = tw_transport_send_finish (TW_TRANSPORT (source), result, &error);
  g_assert_no_error (error);
  g_input_stream_read_async (tw_http_response_get_body (stream->response), stream->block,
                             sizeof stream->block, 0, NULL, on_read, stream);
}

static void
run_streams (TwTransport *transport, const char *url, const char *body, guint n)
{
  g_autoptr (TwHttpRequest) request = make_request (url, body);

  n_bytes = 0;
  for (n_running = 0; n_running < n; n_running++)
    tw_transport_send_async (transport, request, NULL, on_response, g_new0 (Stream, 1));
  while (n_running > 0)
    g_main_context_iteration (NULL, TRUE);
}

static int
measure_many (const char *url, const char *body, guint n)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  long before;
  double begin;
  double cpu;

  run_streams (transport, url, body, 1);
  before = memory_kb ("VmRSS:");
  cpu = cpu_seconds ();
  begin = now_us ();
  run_streams (transport, url, body, n);
  printf ("{\"seconds\": %.4f, \"cpu\": %.4f, \"bytes\": %zu, \"kb\": %.2f}\n",
          (now_us () - begin) / 1e6, cpu_seconds () - cpu, n_bytes,
          (double) (memory_kb ("VmHWM:") - before) / n);
  return 0;
}

int
main (int argc, char *argv[])
{
  guint n = argc == 5 ? (guint) strtoul (argv[4], NULL, 10) : 0;

  if (n > 0 && strcmp (argv[1], "first") == 0)
    return measure_first (argv[2], argv[3], n);
  if (n > 0 && strcmp (argv[1], "text") == 0)
    return measure_text (argv[2], argv[3], n);
  if (n > 0 && strcmp (argv[1], "many") == 0)
    return measure_many (argv[2], argv[3], n);
  fputs ("Usage: net first|text|many URL|MODEL BODY|QUESTION N\n", stderr);
  return 2;
}
