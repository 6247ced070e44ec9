/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-time-private.h"

#include "libtokenwise/base/tw-error.h"

#include <string.h>

gint64
tw_instant_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

gboolean
tw_instant_parse (const char *text, gint64 *ret_instant, GError **error)
{
  g_autoptr (GDateTime) instant = NULL;

  if (strlen (text) == strlen ("YYYY-MM-DDTHH:MM:SSZ") && text[10] == 'T' && text[19] == 'Z')
    instant = g_date_time_new_from_iso8601 (text, NULL);
  if (instant == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "“%.40s” is not an instant; write it as 2026-11-22T09:30:00Z.", text);
      return FALSE;
    }
  *ret_instant = g_date_time_to_unix (instant);
  return TRUE;
}

gboolean
tw_date_parse (const char *text, gint64 *ret_midnight)
{
  char instant[] = "YYYY-MM-DDT00:00:00Z";

  if (strlen (text) != strlen ("YYYY-MM-DD"))
    return FALSE;
  memcpy (instant, text, strlen (text));
  return tw_instant_parse (instant, ret_midnight, NULL);
}

char *
tw_instant_to_string (gint64 instant)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (instant);

  return utc != NULL ? g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

static const char *const window_names[] = { "hour", "day", "week", "month", "quarter", "total" };

gboolean
tw_window_kind_parse (const char *text, TwWindowKind *ret_kind, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (window_names); i++)
    if (strcmp (text, window_names[i]) == 0)
      {
        *ret_kind = (TwWindowKind) i;
        return TRUE;
      }
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "“%.40s” is not a budget window; use hour, day, week, month, quarter or total.",
               text);
  return FALSE;
}

const char *
tw_window_kind_to_string (TwWindowKind kind)
{
  return window_names[kind];
}

static GDateTime *
calendar_start (TwWindowKind kind, GTimeZone *zone, GDateTime *local)
{
  int year, month, day;

  g_date_time_get_ymd (local, &year, &month, &day);
  if (kind == TW_WINDOW_MONTH)
    return g_date_time_new (zone, year, month, 1, 0, 0, 0);
  if (kind == TW_WINDOW_QUARTER)
    return g_date_time_new (zone, year, (month - 1) / 3 * 3 + 1, 1, 0, 0, 0);
  if (kind == TW_WINDOW_WEEK)
    {
      g_autoptr (GDateTime) monday
          = g_date_time_add_days (local, 1 - g_date_time_get_day_of_week (local));

      g_date_time_get_ymd (monday, &year, &month, &day);
    }
  return g_date_time_new (zone, year, month, day, 0, 0, 0);
}

static GDateTime *
calendar_end (TwWindowKind kind, GDateTime *start)
{
  if (kind == TW_WINDOW_MONTH)
    return g_date_time_add_months (start, 1);
  if (kind == TW_WINDOW_QUARTER)
    return g_date_time_add_months (start, 3);
  return g_date_time_add_days (start, kind == TW_WINDOW_WEEK ? 7 : 1);
}

static TwWindow
hour_at (GDateTime *local, gint64 instant)
{
  gint64 into = g_date_time_get_minute (local) * 60 + g_date_time_get_second (local);

  return (TwWindow){ instant - into, instant - into + 3600 };
}

gboolean
tw_window_at (
    TwWindowKind kind, const char *zone_name, gint64 instant, TwWindow *ret_window, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (zone_name);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (instant);
  g_autoptr (GDateTime) local = NULL;
  g_autoptr (GDateTime) start = NULL;
  g_autoptr (GDateTime) end = NULL;

  if (zone == NULL || utc == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "“%.60s” is not a time zone of this machine; use a name such as Europe/Berlin.",
                   zone_name != NULL ? zone_name : "");
      return FALSE;
    }
  if (kind == TW_WINDOW_TOTAL)
    {
      *ret_window = (TwWindow){ 0, G_MAXINT64 };
      return TRUE;
    }
  local = g_date_time_to_timezone (utc, zone);
  if (kind == TW_WINDOW_HOUR)
    {
      *ret_window = hour_at (local, instant);
      return TRUE;
    }
  start = calendar_start (kind, zone, local);
  end = calendar_end (kind, start);
  *ret_window = (TwWindow){ g_date_time_to_unix (start), g_date_time_to_unix (end) };
  return TRUE;
}
