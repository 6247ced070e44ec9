/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-retry-after-private.h"

#include <stdio.h>
#include <string.h>

/* A year; more is nonsense, and the product below stays far inside 63 bits. */
#define MAX_SECONDS 31536000.0

const char *
tw_wire_header (const char *const *headers, const char *name)
{
  gsize length = strlen (name);

  for (guint i = 0; headers != NULL && headers[i] != NULL; i++)
    if (g_ascii_strncasecmp (headers[i], name, length) == 0 && headers[i][length] == ':')
      {
        const char *value = headers[i] + length + 1;

        return value + strspn (value, " \t");
      }
  return NULL;
}

/* suffix is what may follow the number: "" or "s". */
static gint64
parse_delay (const char *text, const char *suffix, double ms_per_unit)
{
  char *end = NULL;
  double value = text != NULL && g_ascii_isdigit (*text) ? g_ascii_strtod (text, &end) : 0;

  if (!(value > 0) || value * ms_per_unit > MAX_SECONDS * 1000)
    return -1;
  end += strspn (end, " \t");
  return strcmp (end, suffix) == 0 ? (gint64) (value * ms_per_unit + 0.5) : -1;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7) as seconds since 1970, or -1. */
static gint64
parse_http_date (const char *text)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  g_autoptr (GDateTime) time = NULL;
  char month[4] = "";
  const char *found;
  int day, year, hour, minute, second;

  if (text == NULL
      || sscanf (text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT", &day, month, &year, &hour,
                 &minute, &second)
             != 6)
    return -1;
  found = strlen (month) == 3 ? strstr (months, month) : NULL;
  if (found == NULL || (found - months) % 3 != 0)
    return -1;
  time = g_date_time_new_utc (year, (int) (found - months) / 3 + 1, day, hour, minute, second);
  return time != NULL ? g_date_time_to_unix (time) : -1;
}

static gint64
read_date (const char *const *headers)
{
  gint64 then = parse_http_date (tw_wire_header (headers, "retry-after"));
  gint64 now = parse_http_date (tw_wire_header (headers, "date"));

  return then > 0 && now > 0 && then > now && then - now < MAX_SECONDS ? (then - now) * 1000 : -1;
}

/* {"error":{"details":[{"@type":"…RetryInfo","retryDelay":"34.4s"}]}} */
static gint64
read_retry_info (const cJSON *body)
{
  const cJSON *detail;

  cJSON_ArrayForEach (detail, tw_json_array (tw_json_object (body, "error"), "details"))
  {
    gint64 delay = parse_delay (tw_json_string (detail, "retryDelay"), "s", 1000);

    if (delay > 0)
      return delay;
  }
  return -1;
}

gint64
tw_wire_retry_after_ms (const char *const *headers, const cJSON *body)
{
  gint64 delay = parse_delay (tw_wire_header (headers, "retry-after-ms"), "", 1);

  if (delay < 0)
    delay = parse_delay (tw_wire_header (headers, "retry-after"), "", 1000);
  if (delay < 0)
    delay = read_date (headers);
  return delay < 0 ? read_retry_info (body) : delay;
}
