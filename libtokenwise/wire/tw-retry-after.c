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
read_retry_info (const cJSON *error)
{
  const cJSON *detail;

  cJSON_ArrayForEach (detail, tw_json_array (error, "details"))
  {
    gint64 delay = parse_delay (tw_json_string (detail, "retryDelay"), "s", 1000);

    if (delay > 0)
      return delay;
  }
  return -1;
}

/* Seconds as a number or as text. */
static gint64
read_member (const cJSON *object, const char *key)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (object, key);
  double value = cJSON_IsNumber (item) ? item->valuedouble : 0;

  if (cJSON_IsString (item))
    return parse_delay (item->valuestring, "", 1000);
  return value > 0 && value <= MAX_SECONDS ? (gint64) (value * 1000 + 0.5) : -1;
}

static gint64
read_body (const cJSON *body)
{
  static const char *const keys[] = { "retry_after", "retry_after_seconds" };
  const cJSON *root = cJSON_IsArray (body) ? cJSON_GetArrayItem (body, 0) : body;
  const cJSON *error = tw_json_object (root, "error");
  const cJSON *places[] = { error, tw_json_object (error, "metadata"), root };
  gint64 delay = read_retry_info (error);

  for (guint i = 0; i < G_N_ELEMENTS (places) && delay < 0; i++)
    for (guint j = 0; j < G_N_ELEMENTS (keys) && delay < 0; j++)
      delay = read_member (places[i], keys[j]);
  return delay;
}

gint64
tw_wire_retry_after_ms (const char *const *headers, const cJSON *body)
{
  gint64 delay = parse_delay (tw_wire_header (headers, "retry-after-ms"), "", 1);

  if (delay < 0)
    delay = parse_delay (tw_wire_header (headers, "retry-after"), "", 1000);
  if (delay < 0)
    delay = read_date (headers);
  return delay < 0 ? read_body (body) : delay;
}

/* Milliseconds in one of the unit at text, and the unit's length; 0: no unit. */
static double
read_unit (const char *text, gsize *ret_length)
{
  static const struct
  {
    const char *name;
    double ms;
  } units[] = {
    { "ms", 1 },          { "s", 1000 },      { "m", 60000 },      { "h", 3600000 },
    { "millisecond", 1 }, { "second", 1000 }, { "minute", 60000 }, { "hour", 3600000 },
  };

  *ret_length = 0;
  while (g_ascii_isalpha (text[*ret_length]))
    ++*ret_length;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      gsize length = strlen (units[i].name);
      gboolean plural = *ret_length == length + 1 && length > 2 && text[length] == 's';

      if ((*ret_length == length || plural) && strncmp (text, units[i].name, length) == 0)
        return units[i].ms;
    }
  return 0;
}

/* Go's way to write a duration, "6m0s" or "17.4s", and with words; a bare number is of seconds if
 * bare is so. What follows is not looked at. */
static gint64
parse_duration (const char *text, gboolean bare)
{
  double ms = 0;

  while (g_ascii_isdigit (*text))
    {
      char *end = NULL;
      double value = g_ascii_strtod (text, &end);
      gsize length;
      double unit;

      end += strspn (end, " ");
      unit = read_unit (end, &length);
      if (unit <= 0 && (!bare || *end != '\0'))
        break;
      ms += value * (unit > 0 ? unit : 1000);
      text = end + length;
    }
  return ms > 0 && ms <= MAX_SECONDS * 1000 ? (gint64) (ms + 0.5) : -1;
}

gint64
tw_wire_retry_text_ms (const char *message)
{
  static const char *const phrases[] = { "try again in ", "retry in ", "retry after " };
  const char *found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (phrases) && message != NULL && found == NULL; i++)
    {
      found = strstr (message, phrases[i]);
      if (found != NULL)
        found += strlen (phrases[i]);
    }
  return found != NULL ? parse_duration (found, FALSE) : -1;
}

/* A reset: a duration, seconds, or a time. */
static gint64
parse_reset (const char *text, gint64 now)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);
  gint64 left;

  if (time == NULL)
    return parse_duration (text, TRUE);
  left = g_date_time_to_unix (time) - now;
  return now > 0 && left > 0 && left < MAX_SECONDS ? left * 1000 : -1;
}

/* The headers of one limit differ in one word: "…-reset-tokens" and "…-remaining-tokens". */
static gboolean
is_used_up (const char *const *headers, const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "reset", 2);
  g_autofree char *other = g_strconcat (parts[0], "remaining", parts[1] ?: "", NULL);
  const char *remaining = tw_wire_header (headers, other);

  return remaining != NULL && remaining[strspn (remaining, "0")] == '\0' && *remaining == '0';
}

static gboolean
is_reset (const char *name)
{
  return (
      g_str_has_prefix (name, "x-ratelimit-reset-")
      || (g_str_has_prefix (name, "anthropic-ratelimit-") && g_str_has_suffix (name, "-reset")));
}

gint64
tw_wire_limit_reset_ms (const char *const *headers)
{
  gint64 now = parse_http_date (tw_wire_header (headers, "date"));
  gint64 longest = -1, longest_used_up = -1;

  for (guint i = 0; headers != NULL && headers[i] != NULL; i++)
    {
      g_autofree char *name = g_ascii_strdown (headers[i], (gssize) strcspn (headers[i], ":"));
      gint64 delay = is_reset (name) ? parse_reset (tw_wire_header (headers, name), now) : -1;

      longest = MAX (longest, delay);
      if (delay > 0 && is_used_up (headers, name))
        longest_used_up = MAX (longest_used_up, delay);
    }
  return longest_used_up > 0 ? longest_used_up : longest;
}
