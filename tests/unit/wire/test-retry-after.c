/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-retry-after-private.h"

static void
test_headers (void)
{
  static const struct
  {
    const char *headers[4];
    gint64 delay_ms;
  } cases[] = {
    { { "content-type: text/plain" }, -1 },
    { { "retry-after: 2" }, 2000 },
    { { "Retry-After:\t0.5" }, 500 },
    { { "RETRY-AFTER: 3", "retry-after-ms: 250" }, 250 },
    { { "retry-after-ms: 0", "retry-after: 1" }, 1000 },
    { { "retry-after: 0" }, -1 },
    { { "retry-after: -5" }, -1 },
    { { "retry-after: soon" }, -1 },
    { { "retry-after: 5 apples" }, -1 },
    { { "retry-after: nan" }, -1 },
    { { "retry-after: 1e300" }, -1 },
    { { "retry-after: 31536001" }, -1 },
    { { "x-retry-after: 5" }, -1 },
    { { "date: Sun, 22 Nov 2026 10:00:00 GMT", "retry-after: Sun, 22 Nov 2026 10:01:30 GMT" },
      90000 },
    { { "date: Sun, 22 Nov 2026 10:00:00 GMT", "retry-after: Sun, 22 Nov 2026 09:59:59 GMT" }, -1 },
    { { "date: Sun, 22 Nov 2026 10:00:00 GMT", "retry-after: Sun, 22 Abc 2026 10:01:30 GMT" }, -1 },
    { { "date: Sun, 22 Nov 2026 10:00:00 GMT", "retry-after: Sun, 99 Nov 2026 10:01:30 GMT" }, -1 },
    { { "retry-after: Sun, 22 Nov 2026 10:01:30 GMT" }, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (tw_wire_retry_after_ms (cases[i].headers, NULL), ==, cases[i].delay_ms);
  g_assert_cmpint (tw_wire_retry_after_ms (NULL, NULL), ==, -1);
}

static void
test_body (void)
{
  static const struct
  {
    const char *json;
    gint64 delay_ms;
  } cases[] = {
    { "{\"error\":{\"details\":[{\"a\":1},{\"retryDelay\":\"34.4s\"}]}}", 34400 },
    { "{\"error\":{\"details\":[{\"retryDelay\":\"34\"}]}}", -1 },
    { "{\"error\":{\"details\":[{\"retryDelay\":\"0s\"}]}}", -1 },
    { "{\"error\":{\"details\":{\"retryDelay\":\"3s\"}}}", -1 },
    { "{\"error\":\"text\"}", -1 },
  };
  static const char *const headers[] = { "retry-after: 1", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (cJSON) json = cJSON_Parse (cases[i].json);

      g_assert_cmpint (tw_wire_retry_after_ms (NULL, json), ==, cases[i].delay_ms);
      g_assert_cmpint (tw_wire_retry_after_ms (headers, json), ==, 1000);
    }
}

static void
test_header (void)
{
  static const char *const headers[] = { "A: 1", "Content-Type:  text/html", NULL };

  g_assert_cmpstr (tw_wire_header (headers, "content-type"), ==, "text/html");
  g_assert_null (tw_wire_header (headers, "content"));
}

static void
test_text (void)
{
  static const struct
  {
    const char *message;
    gint64 delay_ms;
  } messages[] = {
    { "Rate limit reached … Please try again in 7m12.48s. Need more tokens?", 432480 },
    { "Please try again in 20ms.", 20 },
    { "Please retry in 34.4 seconds", 34400 },
    { "retry after 1 minute", 60000 },
    { "try again in 5 apples", -1 },
    { "try again in 99999999999h", -1 },
    { "try again later", -1 },
    { NULL, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    g_assert_cmpint (tw_wire_retry_text_ms (messages[i].message), ==, messages[i].delay_ms);
}

/* The limit that is used up says when; a time is counted from the reply's own date. */
static void
test_limit_reset (void)
{
  static const struct
  {
    const char *headers[5];
    gint64 delay_ms;
  } resets[] = {
    { { "x-ratelimit-reset-requests: 12ms", "x-ratelimit-reset-tokens: 17.4s" }, 17400 },
    { { "x-ratelimit-reset-requests: 12ms", "x-ratelimit-remaining-requests: 0",
        "x-ratelimit-reset-tokens: 1h0m0s", "x-ratelimit-remaining-tokens: 10" },
      12 },
    { { "X-RateLimit-Reset-Tokens: 30" }, 30000 }, /* Azure: seconds */
    { { "date: Sun, 06 Nov 1994 08:49:37 GMT",
        "anthropic-ratelimit-input-tokens-reset: 1994-11-06T08:50:07Z" },
      30000 },
    { { "anthropic-ratelimit-input-tokens-reset: 1994-11-06T08:50:07Z" }, -1 },
    { { "x-ratelimit-reset-tokens: soon" }, -1 },
    { { NULL }, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (resets); i++)
    g_assert_cmpint (tw_wire_limit_reset_ms (resets[i].headers), ==, resets[i].delay_ms);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/retry-after/headers", test_headers);
  g_test_add_func ("/wire/retry-after/body", test_body);
  g_test_add_func ("/wire/retry-after/header", test_header);
  g_test_add_func ("/wire/retry-after/text", test_text);
  g_test_add_func ("/wire/retry-after/limit-reset", test_limit_reset);
  return g_test_run ();
}
