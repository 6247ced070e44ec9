/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/net/tw-transport-private.h"
#include "libtokenwise/net/tw-url-private.h"

#include <string.h>

static void
test_urls_allowed (void)
{
  static const char *const urls[] = {
    "https://api.openai.com/v1", "HTTPS://api.openai.com/v1", "https://10.0.0.1:8443/v1?x=1#f",
    "https://[2001:db8::1]/v1",  "http://localhost:8080/v1",  "http://LOCALHOST/v1",
    "http://127.0.0.1:11434/v1", "http://127.255.255.254/",   "http://[::1]:8080/v1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", urls[i]);
      tw_url_is_allowed (urls[i], &error);
      g_assert_no_error (error);
    }
}

static void
test_urls_refused (void)
{
  static const char *const urls[] = {
    "",
    "api.openai.com/v1",
    "//api.openai.com/v1",
    "https://",
    "http://api.openai.com/v1",
    "http://10.0.0.1/v1",
    "http://0.0.0.0/v1",
    "http://[::]/v1",
    "http://[2001:db8::1]/v1",
    "http://localhost.example.com/v1",
    "http://127.0.0.1.example.com/v1",
    "http://128.0.0.1/v1",
    "http://127.0.0.1@example.com/v1",
    "http://localhost:pw@example.com/v1",
    "https://user:pw@api.openai.com/v1",
    "https://user@api.openai.com/v1",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "ftp://localhost/",
    "ws://localhost/",
    "javascript:alert(1)",
    "https://api.openai.com/v1\r\nX-Evil: 1",
    "https://api.openai.com/v 1",
    "https://api.openai.com\t/v1",
    "https://api.openai.com/\x7f",
    "https://api.openai.com:99999/v1",
    " https://api.openai.com/v1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", urls[i]);
      g_assert_false (tw_url_is_allowed (urls[i], &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
      g_assert_null (strstr (error->message, "pw"));
    }
}

/* What is not allowed is not sent to either. */
static void
test_transport_refuses (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autoptr (TwHttpRequest) request
      = tw_http_request_new ("POST", "http://192.0.2.1/v1/messages", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_transport_send (transport, request, NULL, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

static void
test_places (void)
{
  static const char *const table[][2] = {
    { "https://api.openai.com/v1", "api.openai.com port 443" },
    { "http://127.0.0.1:8080/v1", "127.0.0.1 port 8080" },
    { "http://[::1]/v1", "[::1] port 80" },
    { "nonsense", "the server" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *place = tw_url_to_place (table[i][0]);

      g_assert_cmpstr (place, ==, table[i][1]);
    }
}

typedef struct
{
  const char *name;
  const char *value;
  gboolean allowed;
} HeaderCase;

static void
test_headers (void)
{
  static const HeaderCase cases[] = {
    { "x-api-key", "sk-1", TRUE },
    { "X-Empty", "", TRUE },
    { "X-Text", "gr\xc3\xbc\xc3\x9f", TRUE },
    { "x-api-key", "secret\n", FALSE },
    { "x-api-key", "secret\r\nX-Evil: 1", FALSE },
    { "x-api-key", "secret\r", FALSE },
    { "x-api-key", "se\tcret", FALSE },
    { "x-api-key", "secret\x7f", FALSE },
    { "x-api-key", "secret\x01", FALSE },
    { "", "secret", FALSE },
    { "X Evil", "secret", FALSE },
    { "X-Evil:", "secret", FALSE },
    { "X-Evil\r\nY", "secret", FALSE },
    { "X-\xc3\xbc", "secret", FALSE },
  };
  g_autoptr (TwHttpRequest) request = tw_http_request_new ("POST", "https://example.com/", NULL);
  guint n = 0;

  g_assert_null (tw_http_request_get_headers (request)[0]);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const HeaderCase *one = &cases[i];
      g_autoptr (GError) error = NULL;
      gboolean added = tw_http_request_add_header (request, one->name, one->value, &error);

      g_assert_cmpint (added, ==, one->allowed);
      n += added ? 1 : 0;
      if (added)
        continue;
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
      g_assert_null (strstr (error->message, "secret"));
    }
  g_assert_cmpuint (g_strv_length ((char **) tw_http_request_get_headers (request)), ==, n);
  g_assert_cmpstr (tw_http_request_get_headers (request)[0], ==, "x-api-key: sk-1");
}

/* Every byte that is not text, in both places. */
static void
test_header_bytes (void)
{
  g_autoptr (TwHttpRequest) request = tw_http_request_new ("POST", "https://example.com/", NULL);

  for (guint byte = 1; byte < 256; byte++)
    {
      char text[] = { 'a', (char) byte, 'b', '\0' };

      g_assert_cmpint (tw_http_request_add_header (request, "x", text, NULL), ==,
                       byte >= 0x20 && byte != 0x7f);
      if (byte <= 0x20 || byte >= 0x7f || byte == ':')
        g_assert_false (tw_http_request_add_header (request, text, "x", NULL));
    }
}

static void
test_header_name_limit (void)
{
  g_autoptr (TwHttpRequest) request = tw_http_request_new ("POST", "https://example.com/", NULL);
  g_autofree char *at = g_strnfill (255, 'n');
  g_autofree char *past = g_strnfill (256, 'n');

  g_assert_true (tw_http_request_add_header (request, at, "x", NULL));
  g_assert_false (tw_http_request_add_header (request, past, "x", NULL));
}

static void
test_timeouts (void)
{
  g_autoptr (TwHttpRequest) request = tw_http_request_new ("POST", "https://example.com/", NULL);
  const TwHttpTimeouts *timeouts = tw_http_request_get_timeouts (request);

  g_assert_cmpuint (timeouts->connect_ms, ==, 10000);
  g_assert_cmpuint (timeouts->first_byte_ms, ==, 600000);
  g_assert_cmpuint (timeouts->idle_ms, ==, 120000);
  tw_http_request_set_timeouts (request, 1, 2, 3);
  g_assert_cmpuint (timeouts->first_byte_ms, ==, 2);
  tw_http_request_set_timeouts (request, 1, 0, 3);
  g_assert_cmpuint (timeouts->connect_ms, ==, 1);
  g_assert_cmpuint (timeouts->first_byte_ms, ==, 600000);
  g_assert_cmpuint (timeouts->idle_ms, ==, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/request/urls-allowed", test_urls_allowed);
  g_test_add_func ("/net/request/urls-refused", test_urls_refused);
  g_test_add_func ("/net/request/transport-refuses", test_transport_refuses);
  g_test_add_func ("/net/request/places", test_places);
  g_test_add_func ("/net/request/headers", test_headers);
  g_test_add_func ("/net/request/header-bytes", test_header_bytes);
  g_test_add_func ("/net/request/header-name-limit", test_header_name_limit);
  g_test_add_func ("/net/request/timeouts", test_timeouts);
  return g_test_run ();
}
