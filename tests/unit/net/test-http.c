/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

#include "test-fetch.h"
#include "test-server.h"

static TestServer *server;

static TwHttpRequest *
make_request (const char *path)
{
  g_autofree char *url = test_server_url (server, path);
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"a\":1}", 7);

  return tw_http_request_new ("POST", url, body);
}

static Fetch *
fetch_path (TwTransport *transport, FetchMode mode, const char *path)
{
  g_autoptr (TwHttpRequest) request = make_request (path);

  return fetch (transport, mode, request, NULL);
}

static Fetch *
fetch_hastily (TwTransport *transport, FetchMode mode, const char *path)
{
  g_autoptr (TwHttpRequest) request = make_request (path);

  tw_http_request_set_timeouts (request, 0, 300, 300);
  return fetch (transport, mode, request, NULL);
}

static const char *
find_header (char **headers, const char *name)
{
  for (gsize i = 0; headers[i] != NULL; i++)
    if (g_ascii_strncasecmp (headers[i], name, strlen (name)) == 0)
      return headers[i];
  return NULL;
}

typedef struct
{
  const char *path;
  guint status; /* 0: no response */
  const char *body;
  int code; /* of TW_ERROR; -1 for a good end */
  const char *message;
} Case;

static const Case cases[] = {
  { "/stream", 200, "data: {\"a\":1}\n\ndata: {\"b\":\"\xc3\xa4\"}\n\n: ping\n\ndata: [DONE]\n\n",
    -1, NULL },
  { "/early", 200, "ok", -1, NULL },
  { "/redirect", 307, "moved", -1, NULL },
  { "/429", 429, "{}", -1, NULL },
  { "/gzip-500", 500, "zzz", -1, NULL },
  { "/gzip", 0, "", TW_ERROR_PROTOCOL, "compressed" },
  { "/garbage", 0, "", TW_ERROR_PROTOCOL, "not an HTTP reply" },
  { "/status-999", 0, "", TW_ERROR_PROTOCOL, "not an HTTP reply" },
  { "/close", 0, "", TW_ERROR_SERVER, "without a reply" },
  { "/never", 0, "", TW_ERROR_TIMEOUT, "did not begin its reply within 0.3 s" },
  { "/no-body", 200, "", TW_ERROR_TIMEOUT, "did not begin its reply" },
  { "/idle", 200, "first", TW_ERROR_TIMEOUT, "fell silent for 0.3 s" },
  { "/reset", 200, "first", TW_ERROR_CONNECTION, "was lost in the middle" },
  { "/cut", 200, "firsthalf", TW_ERROR_CONNECTION, "was lost in the middle" },
};

static void
test_replies (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();

  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        const Case *one = &cases[i];
        g_autoptr (Fetch) got = one->code == TW_ERROR_TIMEOUT
                                    ? fetch_hastily (transport, mode, one->path)
                                    : fetch_path (transport, mode, one->path);

        g_test_message ("mode %u %s: %s", mode, one->path,
                        got->error != NULL ? got->error->message : "ok");
        g_assert_cmpuint (got->status, ==, one->status);
        g_assert_cmpstr (got->body->str, ==, one->body);
        if (one->code < 0)
          g_assert_no_error (got->error);
        else
          {
            g_assert_error (got->error, TW_ERROR, one->code);
            g_assert_nonnull (strstr (got->error->message, one->message));
          }
      }
}

static void
test_timeouts_are_prompt (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();

  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      gint64 before = g_get_monotonic_time ();
      g_autoptr (Fetch) got = fetch_hastily (transport, mode, "/never");
      gint64 took = g_get_monotonic_time () - before;

      g_assert_error (got->error, TW_ERROR, TW_ERROR_TIMEOUT);
      g_assert_cmpint (took, >=, 300 * 1000);
      g_assert_cmpint (took, <, 1300 * 1000);
    }
}

static void
test_what_is_sent (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();

  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (TwHttpRequest) request = make_request ("/echo");
      g_autoptr (Fetch) got = NULL;

      g_assert_true (
          tw_http_request_add_header (request, "Content-Type", "application/json", NULL));
      g_assert_true (tw_http_request_add_header (request, "x-api-key", "k-1", NULL));
      g_assert_true (tw_http_request_add_header (request, "X-Empty", "", NULL));
      got = fetch (transport, mode, request, NULL);
      g_assert_no_error (got->error);
      g_assert_cmpuint (got->status, ==, 200);
      g_assert_true (g_str_has_prefix (got->body->str, "POST /echo HTTP/1.1\r\n"));
      g_assert_true (g_str_has_suffix (got->body->str, "\r\n\r\n{\"a\":1}"));
      g_assert_nonnull (strstr (got->body->str, "\r\nContent-Type: application/json\r\n"));
      g_assert_nonnull (strstr (got->body->str, "\r\nx-api-key: k-1\r\n"));
      g_assert_nonnull (strstr (got->body->str, "\r\nX-Empty:\r\n"));
      g_assert_nonnull (strstr (got->body->str, "\r\nUser-Agent: tokenwise/"));
      g_assert_null (strstr (got->body->str, "Accept-Encoding"));
      g_assert_null (strstr (got->body->str, "Expect"));
      g_assert_nonnull (find_header (got->headers, "Content-Type: text/plain"));
    }
}

/* A GET has no body; a type that nobody gave is not invented. */
static void
test_get (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autofree char *url = test_server_url (server, "/echo");
  g_autoptr (TwHttpRequest) request = tw_http_request_new ("GET", url, NULL);
  g_autoptr (Fetch) got = fetch (transport, FETCH_BLOCKING, request, NULL);

  g_assert_no_error (got->error);
  g_assert_true (g_str_has_prefix (got->body->str, "GET /echo HTTP/1.1\r\n"));
  g_assert_null (strstr (got->body->str, "Content-"));
}

static void
test_headers_of_last_block (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autoptr (Fetch) early = fetch_path (transport, FETCH_BLOCKING, "/early");
  g_autoptr (Fetch) stream = fetch_path (transport, FETCH_ASYNC, "/stream");

  g_assert_null (find_header (early->headers, "Link"));
  g_assert_nonnull (find_header (early->headers, "X-Folded: a"));
  for (gsize i = 0; early->headers[i] != NULL; i++)
    g_assert_null (strstr (early->headers[i], "X-Fake"));
  g_assert_null (find_header (stream->headers, "X-Trailer"));
}

static void
test_header_limit (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autofree char *at = g_strdup_printf ("/headers/%u", TW_LIMIT_HEADER_BYTES);
  g_autofree char *past = g_strdup_printf ("/headers/%u", TW_LIMIT_HEADER_BYTES + 1);

  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (Fetch) good = fetch_path (transport, mode, at);
      g_autoptr (Fetch) bad = fetch_path (transport, mode, past);

      g_assert_no_error (good->error);
      g_assert_cmpstr (good->body->str, ==, "ok");
      g_assert_error (bad->error, TW_ERROR, TW_ERROR_LIMIT);
      g_assert_cmpuint (bad->status, ==, 0);
    }
}

static void
test_refused (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  TestServer *gone = test_server_new ();
  g_autofree char *url = test_server_url (gone, "/echo");
  g_autofree char *place = g_strdup_printf ("127.0.0.1 port %u", gone->port);

  test_server_free (gone);
  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (TwHttpRequest) request = tw_http_request_new ("POST", url, NULL);
      g_autoptr (Fetch) got = fetch (transport, mode, request, NULL);

      g_assert_error (got->error, TW_ERROR, TW_ERROR_CONNECTION);
      g_assert_nonnull (strstr (got->error->message, place));
      g_assert_nonnull (strstr (got->error->message, "Is the server running?"));
    }
}

static void
test_tls_to_a_plain_server (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u/echo", server->port);

  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (TwHttpRequest) request = tw_http_request_new ("POST", url, NULL);
      g_autoptr (Fetch) got = fetch (transport, mode, request, NULL);

      g_assert_error (got->error, TW_ERROR, TW_ERROR_CONNECTION);
      g_assert_nonnull (strstr (got->error->message, "No secure connection to 127.0.0.1"));
      g_assert_cmpuint (got->status, ==, 0);
    }
}

static void
test_keep_alive (void)
{
  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (TwTransport) transport = tw_curl_transport_new ();
      gint before = g_atomic_int_get (&server->n_connections);

      for (guint i = 0; i < 5; i++)
        {
          g_autoptr (Fetch) got = fetch_path (transport, mode, i % 2 != 0 ? "/echo" : "/stream");

          g_assert_no_error (got->error);
        }
      g_assert_cmpint (g_atomic_int_get (&server->n_connections), ==, before + 1);
    }
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (50000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancel (void)
{
  static const char *const paths[] = { "/never", "/no-body", "/idle" };
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();

  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
      {
        g_autoptr (GCancellable) cancellable = g_cancellable_new ();
        g_autoptr (TwHttpRequest) request = make_request (paths[i]);
        g_autoptr (Fetch) got = NULL;
        GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
        gint64 before = g_get_monotonic_time ();

        got = fetch (transport, mode, request, cancellable);
        g_assert_cmpint (g_get_monotonic_time () - before, <, 1000 * 1000);
        g_assert_error (got->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_thread_join (thread);
      }
}

static void
test_cancelled_before (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint before = g_atomic_int_get (&server->n_connections);

  g_cancellable_cancel (cancellable);
  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (TwHttpRequest) request = make_request ("/echo");
      g_autoptr (Fetch) got = fetch (transport, mode, request, cancellable);

      g_assert_error (got->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  g_assert_cmpint (g_atomic_int_get (&server->n_connections), ==, before);
}

static TwHttpResponse *
send_big (TwTransport *transport)
{
  g_autoptr (TwHttpRequest) request = make_request ("/big");
  g_autoptr (GError) error = NULL;
  TwHttpResponse *response;

  tw_http_request_set_timeouts (request, 0, 0, 400);
  response = tw_transport_send (transport, request, NULL, &error);
  g_assert_no_error (error);
  return response;
}

/* The reader takes nothing for longer than the idle limit; then everything is there. */
static void
test_back_pressure_blocking (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autoptr (TwHttpResponse) response = send_big (transport);
  g_autoptr (GError) error = NULL;
  g_autofree char *all = g_malloc (SERVER_BIG_BYTES + 1);
  gsize n = 0;

  g_usleep (600000);
  g_assert_cmpint (g_atomic_int_get (&server->bytes_sent), <, (int) SERVER_BIG_BYTES);
  g_input_stream_read_all (tw_http_response_get_body (response), all, SERVER_BIG_BYTES + 1, &n,
                           NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, SERVER_BIG_BYTES);
}

static void
on_response (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TwHttpResponse **response = user_data;
  g_autoptr (GError) error = NULL;

  *response = tw_transport_send_finish (TW_TRANSPORT (source), result, &error);
  g_assert_no_error (error);
}

static TwHttpResponse *
begin_async (TwTransport *transport, const char *path, guint idle_ms)
{
  g_autoptr (TwHttpRequest) request = make_request (path);
  TwHttpResponse *response = NULL;

  tw_http_request_set_timeouts (request, 0, 0, idle_ms);
  tw_transport_send_async (transport, request, NULL, on_response, &response);
  while (response == NULL)
    g_main_context_iteration (NULL, TRUE);
  return response;
}

static void
iterate_for (guint milliseconds)
{
  gint64 until = g_get_monotonic_time () + milliseconds * 1000;

  while (g_get_monotonic_time () < until)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

/* The loop runs and nobody reads: the transfer stops at the buffer's limit and does not time out.
 * Then a blocking read of the same stream gets all of it. */
static void
test_back_pressure_async (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autoptr (TwHttpResponse) response = begin_async (transport, "/big", 400);
  g_autofree char *all = g_malloc (SERVER_BIG_BYTES + 1);
  g_autoptr (GError) error = NULL;
  gsize n = 0;

  iterate_for (600);
  g_assert_cmpint (g_atomic_int_get (&server->bytes_sent), <, (int) SERVER_BIG_BYTES);
  g_input_stream_read_all (tw_http_response_get_body (response), all, SERVER_BIG_BYTES + 1, &n,
                           NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, SERVER_BIG_BYTES);
}

static gpointer
drop_response (gpointer response)
{
  g_object_unref (response);
  return NULL;
}

/* No transport lives between the tests, so all connections are those of the test itself. */
static void
wait_until_all_hung_up (void)
{
  gint64 until = g_get_monotonic_time () + 2000 * 1000;

  while (g_atomic_int_get (&server->n_open) > 0 && g_get_monotonic_time () < until)
    g_usleep (1000);
  g_assert_cmpint (g_atomic_int_get (&server->n_open), ==, 0);
}

/* No main loop runs between the drop and the hang-up: it happens at once. */
static void
test_drop_hangs_up (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autoptr (TwHttpRequest) request = make_request ("/idle");
  TwHttpResponse *response;

  wait_until_all_hung_up ();
  response = begin_async (transport, "/idle", 0);
  g_assert_cmpint (g_atomic_int_get (&server->n_open), ==, 1);
  g_object_unref (response);
  wait_until_all_hung_up ();
  response = tw_transport_send (transport, request, NULL, NULL);
  g_assert_nonnull (response);
  g_object_unref (response);
  wait_until_all_hung_up ();
}

static void
test_read_after_close (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autoptr (TwHttpResponse) response = begin_async (transport, "/idle", 0);
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_true (g_input_stream_close (tw_http_response_get_body (response), NULL, NULL));
  wait_until_all_hung_up ();
  g_assert_cmpint (
      g_input_stream_read (tw_http_response_get_body (response), &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

/* The garbage collector of another language drops it in a thread of its own. */
static void
test_drop_in_another_thread (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();

  for (guint i = 0; i < 20; i++)
    {
      TwHttpResponse *response = begin_async (transport, "/idle", 0);
      GThread *thread = g_thread_new ("drop", drop_response, response);

      iterate_for (2);
      g_thread_join (thread);
    }
  iterate_for (5);
}

static void
test_response_outlives_transport (void)
{
  TwTransport *transport = tw_curl_transport_new ();
  g_autoptr (TwHttpResponse) response = begin_async (transport, "/stream", 0);
  char text[256] = "";
  gsize n = 0;

  g_object_unref (transport);
  g_input_stream_read_all (tw_http_response_get_body (response), text, sizeof text - 1, &n, NULL,
                           NULL);
  g_assert_true (g_str_has_suffix (text, "[DONE]\n\n"));
}

static void
test_parallel_async (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autoptr (GPtrArray) fetches = g_ptr_array_new_with_free_func ((GDestroyNotify) fetch_free);

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (TwHttpRequest) request = make_request ("/stream");

      g_ptr_array_add (fetches, fetch_new (transport, NULL));
      fetch_begin (fetches->pdata[i], request);
    }
  for (guint i = 0; i < fetches->len; i++)
    {
      Fetch *one = fetches->pdata[i];

      fetch_wait (one);
      g_assert_no_error (one->error);
      g_assert_cmpstr (one->body->str, ==, cases[0].body);
    }
}

static gpointer
fetch_in_thread (gpointer transport)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (Fetch) got = fetch_path (transport, FETCH_BLOCKING, "/stream");

      g_assert_no_error (got->error);
      g_assert_cmpstr (got->body->str, ==, cases[0].body);
    }
  return NULL;
}

static void
test_two_threads (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  GThread *threads[2];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("fetch", fetch_in_thread, transport);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* A context that lives for one call, as in a blocking wrapper around the async calls: its
 * connections end with it. */
static gpointer
fetch_in_own_context (gpointer transport)
{
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GMainContext) context = g_main_context_new ();

      g_main_context_push_thread_default (context);
      {
        g_autoptr (Fetch) got = fetch_path (transport, FETCH_ASYNC, "/stream");

        g_assert_no_error (got->error);
        g_assert_cmpstr (got->body->str, ==, cases[0].body);
      }
      while (g_main_context_iteration (context, FALSE))
        ;
      g_main_context_pop_thread_default (context);
    }
  return NULL;
}

static void
test_contexts_that_end (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  GThread *threads[2];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("context", fetch_in_own_context, transport);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

typedef struct
{
  gint seen;
  TwTransport *transport;
} Nested;

static void
on_nested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Nested *self = user_data;
  g_autoptr (TwHttpResponse) response = tw_transport_send_finish (self->transport, result, NULL);
  g_autoptr (Fetch) inner = NULL;

  g_assert_nonnull (response);
  inner = fetch_path (self->transport, FETCH_ASYNC, "/stream");
  g_assert_no_error (inner->error);
  self->seen++;
}

/* A dialog in a callback runs a loop of its own, in which the network goes on. */
static void
test_nested_loop (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autoptr (TwHttpRequest) request = make_request ("/stream");
  Nested nested = { 0, transport };

  tw_transport_send_async (transport, request, NULL, on_nested, &nested);
  while (nested.seen == 0)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char *argv[])
{
  int status;

  /* This machine is reached without the proxy that everything else would take. */
  g_setenv ("http_proxy", "http://127.0.0.1:9", TRUE);
  g_setenv ("all_proxy", "http://127.0.0.1:9", TRUE);
  g_test_init (&argc, &argv, NULL);
  server = test_server_new ();
  g_test_add_func ("/net/http/replies", test_replies);
  g_test_add_func ("/net/http/timeouts-are-prompt", test_timeouts_are_prompt);
  g_test_add_func ("/net/http/what-is-sent", test_what_is_sent);
  g_test_add_func ("/net/http/get", test_get);
  g_test_add_func ("/net/http/headers-of-last-block", test_headers_of_last_block);
  g_test_add_func ("/net/http/header-limit", test_header_limit);
  g_test_add_func ("/net/http/refused", test_refused);
  g_test_add_func ("/net/http/tls-to-a-plain-server", test_tls_to_a_plain_server);
  g_test_add_func ("/net/http/keep-alive", test_keep_alive);
  g_test_add_func ("/net/http/cancel", test_cancel);
  g_test_add_func ("/net/http/cancelled-before", test_cancelled_before);
  g_test_add_func ("/net/http/back-pressure-blocking", test_back_pressure_blocking);
  g_test_add_func ("/net/http/back-pressure-async", test_back_pressure_async);
  g_test_add_func ("/net/http/drop-hangs-up", test_drop_hangs_up);
  g_test_add_func ("/net/http/read-after-close", test_read_after_close);
  g_test_add_func ("/net/http/drop-in-another-thread", test_drop_in_another_thread);
  g_test_add_func ("/net/http/response-outlives-transport", test_response_outlives_transport);
  g_test_add_func ("/net/http/parallel-async", test_parallel_async);
  g_test_add_func ("/net/http/two-threads", test_two_threads);
  g_test_add_func ("/net/http/contexts-that-end", test_contexts_that_end);
  g_test_add_func ("/net/http/nested-loop", test_nested_loop);
  status = g_test_run ();
  test_server_free (server);
  return status;
}
