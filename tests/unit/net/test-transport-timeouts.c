/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"

#include "test-fetch.h"
#include "test-server.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <unistd.h>

/* Each limit apart: the others are too long to be what ended it. */

#define SHORT_MS 300
#define LONG_MS 20000
#define SLOW_NAME "slow.tokenwise.invalid"
#define SLOW_SECONDS 3

static TestServer *server;

/* A name server that does not answer, without one: libcurl's look-ups come here too. */
int getaddrinfo (const char *node,
                 const char *service,
                 const struct addrinfo *hints,
                 struct addrinfo **result);

int
getaddrinfo (const char *node,
             const char *service,
             const struct addrinfo *hints,
             struct addrinfo **result)
{
  static __typeof__ (getaddrinfo) *real;

  if (g_strcmp0 (node, SLOW_NAME) == 0)
    {
      g_usleep (SLOW_SECONDS * G_USEC_PER_SEC);
      return EAI_AGAIN;
    }
  if (real == NULL)
    *(void **) &real = dlsym (RTLD_NEXT, "getaddrinfo");
  return real (node, service, hints, result);
}

static const TwHttpTimeouts patient = {
  .connect_ms = LONG_MS,
  .dns_ms = LONG_MS,
  .tcp_ms = LONG_MS,
  .tls_ms = LONG_MS,
  .first_byte_ms = LONG_MS,
  .idle_ms = LONG_MS,
  .useful_ms = LONG_MS,
  .total_ms = LONG_MS,
};

static void
check_late (const char *url, const TwHttpTimeouts *timeouts, int code, const char *message)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();

  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (TwHttpRequest) request = tw_http_request_new ("GET", url, NULL);
      g_autoptr (Fetch) got = NULL;
      gint64 before = g_get_monotonic_time ();
      gint64 took;

      tw_http_request_set_all_timeouts (request, timeouts);
      got = fetch (transport, mode, request, NULL);
      took = g_get_monotonic_time () - before;
      g_test_message ("%.3f s: %s", (double) took / 1e6,
                      got->error != NULL ? got->error->message : "ok");
      g_assert_error (got->error, TW_ERROR, code);
      g_assert_nonnull (strstr (got->error->message, message));
      g_assert_cmpint (took, >=, SHORT_MS * 1000);
      g_assert_cmpint (took, <, (SHORT_MS + 1000) * 1000);
    }
}

static void
test_name (void)
{
  TwHttpTimeouts own = patient;
  TwHttpTimeouts whole = patient;

  own.dns_ms = SHORT_MS;
  check_late ("https://" SLOW_NAME "/", &own, TW_ERROR_CONNECTION, "name of the server");
  whole.connect_ms = SHORT_MS;
  check_late ("https://" SLOW_NAME "/", &whole, TW_ERROR_CONNECTION, "name of the server");
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (100000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* Who gives up does not wait for the name server. */
static void
test_cancel_a_look_up (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();

  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (TwHttpRequest) request
          = tw_http_request_new ("GET", "https://" SLOW_NAME "/", NULL);
      GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
      gint64 before = g_get_monotonic_time ();
      g_autoptr (Fetch) got = fetch (transport, mode, request, cancellable);

      g_assert_error (got->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (g_get_monotonic_time () - before, <, 1000 * 1000);
      g_thread_join (thread);
    }
}

/* A queue of one that is full: the next connection is not answered. */
static int
make_full_listener (guint16 *ret_port, int *ret_fillers, guint n_fillers)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t size = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 0), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &size), ==, 0);
  for (guint i = 0; i < n_fillers; i++)
    {
      ret_fillers[i] = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      connect (ret_fillers[i], (struct sockaddr *) &address, sizeof address);
    }
  g_usleep (50000);
  *ret_port = ntohs (address.sin_port);
  return fd;
}

static void
test_connect (void)
{
  TwHttpTimeouts own = patient;
  guint16 port = 0;
  int fillers[4];
  int fd = make_full_listener (&port, fillers, G_N_ELEMENTS (fillers));
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/", port);

  own.tcp_ms = SHORT_MS;
  check_late (url, &own, TW_ERROR_CONNECTION, "No connection was made");
  own = patient;
  own.connect_ms = SHORT_MS;
  check_late (url, &own, TW_ERROR_CONNECTION, "No connection was made");
  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++)
    close (fillers[i]);
  close (fd);
}

/* The kernel accepts, and nobody speaks. */
static void
test_tls (void)
{
  TwHttpTimeouts own = patient;
  guint16 port = 0;
  int fd = make_full_listener (&port, NULL, 0);
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u/", port);

  g_assert_cmpint (listen (fd, 16), ==, 0);
  own.tls_ms = SHORT_MS;
  check_late (url, &own, TW_ERROR_CONNECTION, "No secure connection was agreed on");
  close (fd);
}

static gboolean
trickle (TestWorker *worker, const char *piece)
{
  gboolean open = server_send (worker, "HTTP/1.1 200 OK\r\n\r\n", -1);

  while (open && !g_cancellable_is_cancelled (worker->server->stop))
    {
      open = server_send (worker, piece, -1);
      server_pause (worker, 20);
    }
  return FALSE;
}

static gboolean
answer (TestWorker *worker, const char *name, const char *request)
{
  g_autofree char *block = g_strnfill (3 << 20, 'x');

  if (strcmp (name, "pings") == 0)
    return trickle (worker, ": ping\n\n");
  if (strcmp (name, "data") == 0)
    return trickle (worker, "data: x\n\n");
  if (strcmp (name, "interim") == 0)
    return trickle (worker, "HTTP/1.1 100 Continue\r\n\r\n");
  server_send (worker, "HTTP/1.1 200 OK\r\n\r\n", -1);
  server_send (worker, block, 3 << 20);
  return server_hold (worker);
}

static void
test_reply (void)
{
  g_autofree char *never = test_server_url (server, "/never");
  g_autofree char *idle = test_server_url (server, "/idle");
  g_autofree char *pings = test_server_url (server, "/x/pings");
  TwHttpTimeouts own = patient;

  own.first_byte_ms = SHORT_MS;
  check_late (never, &own, TW_ERROR_TIMEOUT, "did not begin its reply");
  own = patient;
  own.idle_ms = SHORT_MS;
  check_late (idle, &own, TW_ERROR_TIMEOUT, "fell silent");
  own = patient;
  own.useful_ms = SHORT_MS;
  check_late (pings, &own, TW_ERROR_TIMEOUT, "nothing but signs of life");
  own = patient;
  own.total_ms = SHORT_MS;
  check_late (pings, &own, TW_ERROR_TIMEOUT, "did not end its reply");
  check_late (never, &own, TW_ERROR_TIMEOUT, "did not end its reply");
}

/* Reads for that long, and says what is useful. */
static gssize
read_for (TwHttpResponse *response, gint64 milliseconds, GError **error)
{
  gint64 until = g_get_monotonic_time () + milliseconds * 1000;
  char block[4096];
  gssize n = 1;

  while (n > 0 && g_get_monotonic_time () < until)
    {
      n = g_input_stream_read (tw_http_response_get_body (response), block, sizeof block, NULL,
                               error);
      if (n > 0 && memmem (block, (gsize) n, "data:", 5) != NULL)
        tw_http_response_note_useful (response);
    }
  return n;
}

static TwHttpResponse *
begin (TwTransport *transport, const char *path, const TwHttpTimeouts *timeouts)
{
  g_autofree char *url = test_server_url (server, path);
  g_autoptr (TwHttpRequest) request = tw_http_request_new ("GET", url, NULL);
  g_autoptr (GError) error = NULL;
  TwHttpResponse *response;

  tw_http_request_set_all_timeouts (request, timeouts);
  response = tw_transport_send (transport, request, NULL, &error);
  g_assert_no_error (error);
  return response;
}

/* The same limit does not end a reply that is useful. */
static void
test_useful_bytes (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autoptr (TwHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  TwHttpTimeouts own = patient;

  own.useful_ms = SHORT_MS;
  response = begin (transport, "/x/data", &own);
  g_assert_cmpint (read_for (response, 3 * SHORT_MS, &error), >, 0);
  g_assert_no_error (error);
}

/* A reader who is away is not the server's silence, nor part of the whole. */
static void
test_reader_is_away (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autoptr (TwHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  TwHttpTimeouts own = patient;

  own.useful_ms = SHORT_MS;
  own.idle_ms = SHORT_MS;
  own.total_ms = 3 * SHORT_MS;
  response = begin (transport, "/x/data", &own);
  g_assert_cmpint (read_for (response, SHORT_MS / 3, &error), >, 0);
  g_usleep (4 * SHORT_MS * 1000);
  g_assert_cmpint (read_for (response, SHORT_MS / 3, &error), >, 0);
  g_assert_no_error (error);
}

/* A transfer that stood still for its reader is watched again once it goes on. */
static void
test_silence_after_a_pause (void)
{
  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (TwTransport) transport = tw_curl_transport_new ();
      g_autofree char *url = test_server_url (server, "/x/long");
      g_autoptr (TwHttpRequest) request = tw_http_request_new ("GET", url, NULL);
      g_autoptr (Fetch) got = NULL;
      TwHttpTimeouts own = patient;

      own.idle_ms = SHORT_MS;
      tw_http_request_set_all_timeouts (request, &own);
      got = fetch (transport, mode, request, NULL);
      g_assert_error (got->error, TW_ERROR, TW_ERROR_TIMEOUT);
      g_assert_cmpuint (got->body->len, ==, 3 << 20);
    }
}

/* 1xx for ever is no reply: the first byte of a body is waited for. */
static void
test_interim_for_ever (void)
{
  TwHttpTimeouts own = patient;
  g_autofree char *url = test_server_url (server, "/x/interim");

  own.first_byte_ms = SHORT_MS;
  own.useful_ms = 0;
  own.idle_ms = SHORT_MS * 2;
  own.total_ms = SHORT_MS;
  check_late (url, &own, TW_ERROR_TIMEOUT, "did not end its reply");
}

int
main (int argc, char *argv[])
{
  static const char *const proxies[] = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };
  int status;

  for (guint i = 0; i < G_N_ELEMENTS (proxies); i++)
    g_unsetenv (proxies[i]);
  g_test_init (&argc, &argv, NULL);
  server_own_answer = answer;
  server = test_server_new ();
  g_test_add_func ("/net/transport/timeouts/name", test_name);
  g_test_add_func ("/net/transport/timeouts/cancel-a-look-up", test_cancel_a_look_up);
  g_test_add_func ("/net/transport/timeouts/connect", test_connect);
  g_test_add_func ("/net/transport/timeouts/tls", test_tls);
  g_test_add_func ("/net/transport/timeouts/reply", test_reply);
  g_test_add_func ("/net/transport/timeouts/useful-bytes", test_useful_bytes);
  g_test_add_func ("/net/transport/timeouts/reader-is-away", test_reader_is_away);
  g_test_add_func ("/net/transport/timeouts/silence-after-a-pause", test_silence_after_a_pause);
  g_test_add_func ("/net/transport/timeouts/interim-for-ever", test_interim_for_ever);
  status = g_test_run ();
  test_server_free (server);
  return status;
}
