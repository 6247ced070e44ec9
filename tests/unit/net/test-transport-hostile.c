/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

#include "test-fetch.h"
#include "test-server.h"

/* What a hostile or broken server may write, byte by byte. Each reply ends in a result or an error
 * that says what is wrong, in bounded time and memory, and the next reply is not touched. */

#define KEY "sk-test-0123456789abcdef"

typedef struct
{
  const char *name;
  const char *bytes;
  gsize length; /* 0: to the NUL */
  guint status; /* 0: no response */
  int code;     /* of TW_ERROR; -1 for a good end */
  const char *body;
} Hostile;

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"
#define WITH_NUL OK "X-Nul: a\0b\r\nContent-Length: 2\r\n\r\nok"
#define ENCODED(value) OK "Content-Encoding: " value "\r\nContent-Length: 2\r\n\r\nok"

static const Hostile cases[] = {
  /* Status lines. */
  { "http-0.9", "hello", 0, 0, TW_ERROR_PROTOCOL, "" },
  { "icy", "ICY 200 OK\r\n\r\nok", 0, 0, TW_ERROR_PROTOCOL, "" },
  { "status-099", "HTTP/1.1 099 Odd\r\n\r\nok", 0, 0, TW_ERROR_PROTOCOL, "" },
  { "status-2000", "HTTP/1.1 2000 Odd\r\n\r\nok", 0, 0, TW_ERROR_PROTOCOL, "" },
  { "status-minus", "HTTP/1.1 -200 Odd\r\n\r\nok", 0, 0, TW_ERROR_PROTOCOL, "" },
  { "status-text", "HTTP/1.1 abc Odd\r\n\r\nok", 0, 0, TW_ERROR_PROTOCOL, "" },
  { "status-key", "HTTP/1.1 9999 " KEY "\r\n\r\nok", 0, 0, TW_ERROR_PROTOCOL, "" },
  { "version-9", "HTTP/9.9 200 OK\r\n\r\nok", 0, 0, TW_ERROR_PROTOCOL, "" },
  { "no-reason", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 0, 200, -1, "ok" },
  { "bare-lf", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 0, 200, -1, "ok" },
  { "http-1.0", "HTTP/1.0 200 OK\r\n\r\nok", 0, 200, -1, "ok" },
  { "cut-in-head", OK "Content-Le", 0, 0, TW_ERROR_SERVER, "" },
  /* Headers. */
  { "nul-in-header", WITH_NUL, sizeof WITH_NUL - 1, 0, TW_ERROR_PROTOCOL, "" },
  { "no-colon", OK "nonsense\r\nContent-Length: 2\r\n\r\nok", 0, 0, TW_ERROR_PROTOCOL, "" },
  { "length-negative", OK "Content-Length: -1\r\n\r\nok", 0, 0, TW_ERROR_PROTOCOL, "" },
  { "length-text", OK "Content-Length: many\r\n\r\nok", 0, 0, TW_ERROR_PROTOCOL, "" },
  { "length-short", OK "Content-Length: 9\r\n\r\nok", 0, 200, TW_ERROR_CONNECTION, "ok" },
  /* Encodings that nobody asked for. */
  { "gzip", ENCODED ("gzip"), 0, 0, TW_ERROR_PROTOCOL, "" },
  { "x-gzip", ENCODED ("x-gzip"), 0, 0, TW_ERROR_PROTOCOL, "" },
  { "deflate", ENCODED ("deflate"), 0, 0, TW_ERROR_PROTOCOL, "" },
  { "br", ENCODED ("br"), 0, 0, TW_ERROR_PROTOCOL, "" },
  { "zstd", ENCODED ("zstd"), 0, 0, TW_ERROR_PROTOCOL, "" },
  { "unknown", ENCODED ("rot13"), 0, 0, TW_ERROR_PROTOCOL, "" },
  { "list", ENCODED ("identity, gzip"), 0, 0, TW_ERROR_PROTOCOL, "" },
  { "upper", OK "CONTENT-ENCODING:GZIP\r\nContent-Length: 2\r\n\r\nok", 0, 0, TW_ERROR_PROTOCOL,
    "" },
  { "identity", ENCODED ("identity"), 0, 200, -1, "ok" },
  { "te-gzip", OK "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 0, 0,
    TW_ERROR_PROTOCOL, "" },
  /* Chunks. */
  { "chunks", CHUNKED "2;ext=1\r\nok\r\n0\r\n\r\n", 0, 200, -1, "ok" },
  { "chunk-size-text", CHUNKED "zz\r\nok\r\n0\r\n\r\n", 0, 200, TW_ERROR_CONNECTION, "" },
  { "chunk-size-huge", CHUNKED "fffffffffffffffff\r\nok", 0, 200, TW_ERROR_CONNECTION, "" },
  { "chunk-negative", CHUNKED "-2\r\nok\r\n0\r\n\r\n", 0, 200, TW_ERROR_CONNECTION, "" },
  { "trailers", CHUNKED "2\r\nok\r\n0\r\nX-Late: 1\r\nSet-Cookie: a=b\r\n\r\n", 0, 200, -1, "ok" },
  /* Interim replies. */
  { "interim", "HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 2\r\n\r\nok", 0, 200, -1, "ok" },
  { "interim-only", "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n", 0, 0, TW_ERROR_SERVER, "" },
  /* A reply within the reply's head: the blank line ends it, and the rest is its body. */
  { "split", OK "Content-Length: 2\r\n\r\nok" OK "X: 1\r\n\r\n", 0, 200, -1, "ok" },
};

static TestServer *server;
static gint n_requests;

static gboolean
repeat (TestWorker *worker, const char *piece, guint n)
{
  gboolean open = TRUE;

  for (guint i = 0; open && i < n; i++)
    open = server_send (worker, piece, -1);
  return open;
}

/* Endless, or as good as: it must be the client that ends it. */
static gboolean
answer_flood (TestWorker *worker, const char *name)
{
  g_autofree char *block = g_strnfill (1 << 16, 'x');

  if (strcmp (name, "flood-interim") == 0)
    return repeat (worker, "HTTP/1.1 100 Continue\r\n\r\n", 1000000) && FALSE;
  if (strcmp (name, "flood-headers") == 0)
    return server_send (worker, OK, -1) && repeat (worker, "X-A: 1\r\n", 1000000) && FALSE;
  if (strcmp (name, "flood-line") == 0)
    return server_send (worker, OK "X-A: ", -1) && repeat (worker, block, 10000) && FALSE;
  if (strcmp (name, "flood-status-line") == 0)
    return server_send (worker, "HTTP/1.1 200 ", -1) && repeat (worker, block, 10000) && FALSE;
  if (strcmp (name, "flood-trailers") == 0)
    return server_send (worker, CHUNKED "2\r\nok\r\n0\r\n", -1)
           && repeat (worker, "X-A: 1\r\n", 1000000) && FALSE;
  if (strcmp (name, "flood-body") == 0)
    return server_send (worker, OK "\r\n", -1) && repeat (worker, block, 10000) && FALSE;
  return FALSE;
}

static gboolean
answer (TestWorker *worker, const char *name, const char *request)
{
  g_atomic_int_inc (&n_requests);
  if (strcmp (name, "swallow") == 0)
    {
      server_pause (worker, 20);
      return FALSE;
    }
  /* A reply, and a second one that nobody asked for, on a connection that stays open. */
  if (strcmp (name, "smuggle") == 0)
    return server_send (worker, OK "Content-Length: 2\r\n\r\nok" OK "Content-Length: 4\r\n\r\nevil",
                        -1);
  if (strcmp (name, "kept") == 0)
    return server_reply (worker, "200 OK", "", "ok");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (strcmp (cases[i].name, name) == 0)
      return server_send (worker, cases[i].bytes,
                          cases[i].length != 0 ? (gssize) cases[i].length : -1)
             && FALSE;
  return answer_flood (worker, name);
}

static Fetch *
fetch_name (TwTransport *transport, FetchMode mode, const char *name)
{
  g_autofree char *path = g_strconcat ("/x/", name, NULL);
  g_autofree char *url = test_server_url (server, path);
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  g_autoptr (TwHttpRequest) request = tw_http_request_new ("POST", url, body);

  g_assert_true (tw_http_request_add_header (request, "Authorization", "Bearer " KEY, NULL));
  tw_http_request_set_timeouts (request, 0, 5000, 5000);
  return fetch (transport, mode, request, NULL);
}

/* The server hangs up after each, so each has a connection of its own. */
static void
test_replies (void)
{
  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        const Hostile *one = &cases[i];
        g_autoptr (TwTransport) transport = tw_curl_transport_new ();
        g_autoptr (Fetch) got = fetch_name (transport, mode, one->name);

        g_test_message ("%s: %u %s", one->name, got->status,
                        got->error != NULL ? got->error->message : "ok");
        g_assert_cmpuint (got->status, ==, one->status);
        g_assert_cmpstr (got->body->str, ==, one->body);
        if (one->code < 0)
          g_assert_no_error (got->error);
        else
          {
            g_assert_error (got->error, TW_ERROR, one->code);
            g_assert_null (strstr (got->error->message, "sk-test"));
          }
      }
}

static void
test_floods (void)
{
  static const struct
  {
    const char *name;
    guint status;
  } floods[] = {
    { "flood-interim", 0 },     { "flood-headers", 0 },    { "flood-line", 0 },
    { "flood-status-line", 0 }, { "flood-trailers", 200 }, { "flood-body", 200 },
  };

  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    for (guint i = 0; i < G_N_ELEMENTS (floods); i++)
      {
        g_autoptr (TwTransport) transport = tw_curl_transport_new ();
        g_autoptr (Fetch) got = fetch_name (transport, mode, floods[i].name);

        g_test_message ("%s: %s", floods[i].name, got->error != NULL ? got->error->message : "ok");
        g_assert_cmpuint (got->status, ==, floods[i].status);
        g_assert_error (got->error, TW_ERROR, TW_ERROR_LIMIT);
        g_assert_cmpuint (got->body->len, <=, TW_LIMIT_REPLY_BYTES);
      }
}

static void
test_smuggled_reply (void)
{
  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (TwTransport) transport = tw_curl_transport_new ();

      for (guint i = 0; i < 10; i++)
        {
          g_autoptr (Fetch) first = fetch_name (transport, mode, "smuggle");
          g_autoptr (Fetch) second = fetch_name (transport, mode, "kept");

          g_assert_cmpstr (first->body->str, ==, "ok");
          g_assert_no_error (second->error);
          g_assert_cmpstr (second->body->str, ==, "ok");
        }
    }
}

/* A kept connection that takes the request and ends: the server may have read it, so it is not sent
 * again behind the back of the ledger. */
static void
test_never_sent_twice (void)
{
  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (TwTransport) transport = tw_curl_transport_new ();
      g_autofree char *url = test_server_url (server, "/echo");
      g_autoptr (TwHttpRequest) request = tw_http_request_new ("GET", url, NULL);
      gint connections = g_atomic_int_get (&server->n_connections);
      g_autoptr (Fetch) first = fetch (transport, mode, request, NULL);
      g_autoptr (Fetch) second = NULL;
      gint before = g_atomic_int_get (&n_requests);

      g_assert_no_error (first->error);
      second = fetch_name (transport, mode, "swallow");
      g_assert_error (second->error, TW_ERROR, TW_ERROR_SERVER);
      g_assert_nonnull (strstr (second->error->message, "without a reply"));
      g_assert_cmpint (g_atomic_int_get (&n_requests), ==, before + 1);
      /* It was the kept connection; curl had made a second one for its second try, and the one
       * it made for the call before may be counted only now. */
      g_assert_cmpint (g_atomic_int_get (&server->n_connections), <=, connections + 3);
    }
}

/* Nobody follows, whatever the status and wherever it leads; the status is handed on. */
static void
test_redirects (void)
{
  static const guint statuses[] = { 300, 301, 302, 303, 305, 307, 308 };
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  TestServer *other = test_server_new ();

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *path = g_strdup_printf ("/redirect/%u/%u", statuses[i], other->port);
      g_autofree char *url = test_server_url (server, path);
      g_autoptr (TwHttpRequest) request = tw_http_request_new ("POST", url, NULL);
      g_autoptr (Fetch) got = NULL;

      g_assert_true (tw_http_request_add_header (request, "x-api-key", KEY, NULL));
      got = fetch (transport, i % 2 != 0 ? FETCH_ASYNC : FETCH_BLOCKING, request, NULL);
      g_assert_no_error (got->error);
      g_assert_cmpuint (got->status, ==, statuses[i]);
    }
  g_assert_cmpint (g_atomic_int_get (&other->n_connections), ==, 0);
  test_server_free (other);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  server_own_answer = answer;
  server = test_server_new ();
  g_test_add_func ("/net/transport/hostile/replies", test_replies);
  g_test_add_func ("/net/transport/hostile/floods", test_floods);
  g_test_add_func ("/net/transport/hostile/smuggled-reply", test_smuggled_reply);
  g_test_add_func ("/net/transport/hostile/never-sent-twice", test_never_sent_twice);
  g_test_add_func ("/net/transport/hostile/redirects", test_redirects);
  status = g_test_run ();
  test_server_free (server);
  return status;
}
