/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"

#include "test-fetch.h"
#include "test-server.h"

/* A proxy sees a name and a port, and never the key; and what it says is not taken for the
 * provider's. The test server is the proxy: it gets "CONNECT name:port HTTP/1.1". */

#define KEY "sk-test-0123456789abcdef"
#define URL "https://api.tokenwise.invalid/v1/messages"

static TestServer *server;
static GMutex lock;
static GString *seen;
static const char *reply;

static gboolean
answer (TestWorker *worker, const char *path, const char *request)
{
  g_mutex_lock (&lock);
  g_string_append (seen, request);
  g_mutex_unlock (&lock);
  return server_send (worker, reply, -1) && FALSE;
}

static Fetch *
fetch_through (TwTransport *transport, FetchMode mode)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"prompt\":\"p-1\"}", 16);
  g_autoptr (TwHttpRequest) request = tw_http_request_new ("POST", URL, body);

  g_string_truncate (seen, 0);
  g_assert_true (tw_http_request_add_header (request, "Authorization", "Bearer " KEY, NULL));
  return fetch (transport, mode, request, NULL);
}

static TwTransport *
make_transport (const char *proxy)
{
  TwTransportOptions options = { .proxy = proxy };
  g_autoptr (GError) error = NULL;
  TwTransport *transport = tw_curl_transport_new_with_options (&options, &error);

  g_assert_no_error (error);
  return transport;
}

static void
check_refusal (const char *said, const char *message)
{
  g_autofree char *proxy = g_strdup_printf ("http://me:pa55@127.0.0.1:%u", server->port);
  g_autoptr (TwTransport) transport = make_transport (proxy);

  reply = said;
  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (Fetch) got = fetch_through (transport, mode);

      g_test_message ("%s", got->error->message);
      g_assert_error (got->error, TW_ERROR, TW_ERROR_CONNECTION);
      g_assert_nonnull (strstr (got->error->message, message));
      g_assert_null (strstr (got->error->message, "pa55"));
      g_assert_null (strstr (got->error->message, KEY));
      g_assert_cmpuint (got->status, ==, 0);
      g_assert_true (
          g_str_has_prefix (seen->str, "CONNECT api.tokenwise.invalid:443 HTTP/1.1\r\n"));
      g_assert_nonnull (strstr (seen->str, "Proxy-Authorization: Basic "));
      g_assert_null (strstr (seen->str, KEY));
      g_assert_null (strstr (seen->str, "\r\nAuthorization"));
      g_assert_null (strstr (seen->str, "p-1"));
    }
}

static void
test_refusals (void)
{
  check_refusal ("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "407");
  check_refusal ("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "403");
  check_refusal ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n\r\n", "302");
  check_refusal ("SSH-2.0-OpenSSH\r\n", "No connection to api.tokenwise.invalid");
  check_refusal ("", "No connection to api.tokenwise.invalid");
}

/* A proxy that answers in the provider's stead cannot agree on TLS in its name. */
static void
test_impostor (void)
{
  check_refusal ("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK\r\n"
                 "Content-Length: 2\r\n\r\nok",
                 "No secure connection to api.tokenwise.invalid");
}

static void
test_environment (void)
{
  g_autofree char *proxy = g_strdup_printf ("http://127.0.0.1:%u", server->port);
  g_autoptr (TwTransport) usual = tw_curl_transport_new ();
  g_autoptr (TwTransport) none = make_transport ("");
  g_autoptr (Fetch) through = NULL;
  g_autoptr (Fetch) direct = NULL;
  g_autoptr (Fetch) exempt = NULL;

  reply = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
  g_setenv ("https_proxy", proxy, TRUE);
  through = fetch_through (usual, FETCH_BLOCKING);
  g_assert_true (g_str_has_prefix (seen->str, "CONNECT api.tokenwise.invalid:443"));
  g_assert_error (through->error, TW_ERROR, TW_ERROR_CONNECTION);

  direct = fetch_through (none, FETCH_BLOCKING);
  g_assert_error (direct->error, TW_ERROR, TW_ERROR_CONNECTION);
  g_assert_nonnull (strstr (direct->error->message, "name of the server was not found"));
  g_assert_cmpstr (seen->str, ==, "");

  g_setenv ("no_proxy", ".tokenwise.invalid", TRUE);
  exempt = fetch_through (usual, FETCH_BLOCKING);
  g_assert_nonnull (strstr (exempt->error->message, "name of the server was not found"));
  g_assert_cmpstr (seen->str, ==, "");
  g_unsetenv ("no_proxy");
  g_unsetenv ("https_proxy");
}

/* This machine is not reached through a proxy, not even one that was asked for. */
static void
test_this_machine (void)
{
  g_autofree char *url = test_server_url (server, "/echo");
  g_autoptr (TwTransport) transport = make_transport ("http://127.0.0.1:9");
  g_autoptr (TwHttpRequest) request = tw_http_request_new ("GET", url, NULL);
  g_autoptr (Fetch) got = fetch (transport, FETCH_BLOCKING, request, NULL);

  g_assert_no_error (got->error);
  g_assert_true (g_str_has_prefix (got->body->str, "GET /echo HTTP/1.1\r\n"));
}

static void
test_options (void)
{
  static const char *const bad[]
      = { "proxy.example.com:3128",     "ftp://me:pa55@proxy/", "file:///x", "http://",
          "http://me:pa55@proxy:99999", "http://a\r\nb" };
  static const char *const good[] = { "http://p:3128", "https://p", "socks5h://me:pa55@p:1080" };
  const TwTransportOptions no_file = { .ca_file = "/nonexistent/ca.pem" };
  const TwTransportOptions no_folder = { .ca_dir = "/nonexistent" };

  for (guint i = 0; i < G_N_ELEMENTS (bad) + 2; i++)
    {
      TwTransportOptions options = { .proxy = i < G_N_ELEMENTS (bad) ? bad[i] : NULL };
      g_autoptr (GError) error = NULL;

      if (i >= G_N_ELEMENTS (bad))
        options = i == G_N_ELEMENTS (bad) ? no_file : no_folder;
      g_assert_null (tw_curl_transport_new_with_options (&options, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
      g_assert_null (strstr (error->message, "pa55"));
    }
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (TwTransport) transport = make_transport (good[i]);

      g_assert_nonnull (transport);
    }
}

/* What curl makes of a proxy in the environment that is none, without repeating its password. */
static void
test_bad_environment (void)
{
  static const char *const bad[] = { "ftp://me:pa55@127.0.0.1:9", "http://me:pa55@127.0.0.1:99999",
                                     "http://me:pa55@[::", "http://me:pa55@127.0.0.1:9" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (TwTransport) transport = tw_curl_transport_new ();
      g_autoptr (Fetch) got = NULL;

      g_setenv ("https_proxy", bad[i], TRUE);
      got = fetch_through (transport, FETCH_BLOCKING);
      g_unsetenv ("https_proxy");
      g_test_message ("%s", got->error->message);
      g_assert_error (got->error, TW_ERROR, TW_ERROR_CONNECTION);
      g_assert_null (strstr (got->error->message, "pa55"));
      g_assert_nonnull (strstr (got->error->message, "proxy"));
    }
}

int
main (int argc, char *argv[])
{
  static const char *const names[]
      = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy" };
  int status;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_unsetenv (names[i]);
  g_test_init (&argc, &argv, NULL);
  seen = g_string_new (NULL);
  server_own_answer = answer;
  server = test_server_new ();
  g_test_add_func ("/net/transport/proxy/refusals", test_refusals);
  g_test_add_func ("/net/transport/proxy/impostor", test_impostor);
  g_test_add_func ("/net/transport/proxy/environment", test_environment);
  g_test_add_func ("/net/transport/proxy/this-machine", test_this_machine);
  g_test_add_func ("/net/transport/proxy/options", test_options);
  g_test_add_func ("/net/transport/proxy/bad-environment", test_bad_environment);
  status = g_test_run ();
  test_server_free (server);
  g_string_free (seen, TRUE);
  return status;
}
