/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-transport-private.h"

#include <curl/curl.h>
#include <math.h>
#include <string.h>

/* The vendors' own SDKs: two retries after the first attempt, 0.5 s doubling up to 8 s, and a
 * Retry-After of more than a minute is handed to the caller. */
const TwRetryPolicy tw_retry_policy_default = {
  .max_attempts = 3,
  .base_delay_ms = 500,
  .max_delay_ms = 8000,
  .max_wait_ms = 60000,
};

/* Far past any wait that a policy accepts, and far from overflow. */
#define LONGEST_MS G_GINT64_CONSTANT (1000000000000)

/* 498 is Groq's "capacity exceeded", 520 to 524 are Cloudflare's, 529 is Anthropic's overload. */
gboolean
tw_retry_status_is_retryable (guint status)
{
  switch (status)
    {
    case 0:
    case 408:
    case 409:
    case 429:
    case 498:
    case 500:
    case 502:
    case 503:
    case 504:
    case 529:
      return TRUE;
    default:
      return status >= 520 && status <= 524;
    }
}

static const char *
find_header (const char *const *headers, const char *name)
{
  gsize length = strlen (name);

  for (gsize i = 0; headers != NULL && headers[i] != NULL; i++)
    if (g_ascii_strncasecmp (headers[i], name, length) == 0 && headers[i][length] == ':')
      return headers[i] + length + 1;
  return NULL;
}

/* Digits with an optional fraction; strtod alone would take "inf", "nan" and "0x10" too. */
static gint64
parse_number (const char *text, double scale)
{
  double value;

  if (*text == '\0' || text[strspn (text, "0123456789.")] != '\0')
    return -1;
  value = ceil (g_ascii_strtod (text, NULL) * scale);
  if (!(value > 0))
    return -1;
  return value < (double) LONGEST_MS ? (gint64) value : LONGEST_MS;
}

/* All three forms of an HTTP date (RFC 9110 section 5.6.7) begin with the name of the day. */
static gint64
parse_date (const char *text, gint64 now)
{
  gint64 then;

  if (!g_ascii_isalpha (*text))
    return -1;
  then = (gint64) curl_getdate (text, NULL);
  if (then == -1 || then <= now)
    return -1;
  return MIN (then - now, LONGEST_MS / 1000) * 1000;
}

gint64
tw_retry_after_ms (const char *const *headers, gint64 now)
{
  const char *ms_line = find_header (headers, "retry-after-ms");
  const char *line = find_header (headers, "retry-after");
  gint64 ms = -1;

  if (ms_line != NULL)
    {
      g_autofree char *text = g_strstrip (g_strdup (ms_line));

      ms = parse_number (text, 1.0);
    }
  if (ms < 0 && line != NULL)
    {
      g_autofree char *text = g_strstrip (g_strdup (line));

      ms = parse_number (text, 1000.0);
      if (ms < 0)
        ms = parse_date (text, now);
    }
  return ms;
}

/* Half of the back-off is certain and half is by chance, so that clients that failed together do
 * not come back together. */
gint64
tw_retry_delay_ms (const TwRetryPolicy *policy,
                   guint attempt,
                   gint64 server_delay_ms,
                   double jitter)
{
  guint64 delay = policy->base_delay_ms;

  if (attempt >= policy->max_attempts)
    return -1;
  if (server_delay_ms > 0)
    return server_delay_ms <= policy->max_wait_ms ? server_delay_ms : -1;
  for (guint i = 1; i < attempt && delay < policy->max_delay_ms; i++)
    delay *= 2;
  delay = MIN (delay, policy->max_delay_ms);
  return (gint64) ((double) delay * (0.5 + 0.5 * CLAMP (jitter, 0.0, 1.0)));
}
