/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-member-private.h"
#include "libtokenwise/catalog/tw-rate-card-private.h"

#include "libtokenwise/base/tw-error.h"

#include <string.h>

#define SECONDS_PER_DAY 86400
#define MINUTES_PER_DAY 1440
#define ALL_DAYS 0x7fu
#define MAX_WINDOWS 24u

typedef struct
{
  gint start; /* minutes of the day; an end at or before it is on the next day */
  gint end;
} Window;

struct _TwSchedule
{
  GTimeZone *zone; /* NULL for UTC */
  guint days;      /* bit 0 is Monday */
  guint n_windows;
  Window windows[MAX_WINDOWS];
};

static const char *const day_names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static gboolean
read_zone (gpointer target, const cJSON *item, GError **error)
{
  TwSchedule *self = target;
  const char *name = cJSON_GetStringValue (item);

  if (g_strcmp0 (name, "UTC") == 0)
    return TRUE;
  if (name != NULL)
    self->zone = g_time_zone_new_identifier (name);
  if (self->zone == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%.60s” is not a time zone.",
                 name != NULL ? name : "tz");
  return self->zone != NULL;
}

static gboolean
read_days (gpointer target, const cJSON *item, GError **error)
{
  TwSchedule *self = target;
  const cJSON *day;

  self->days = 0;
  cJSON_ArrayForEach (day, item)
  {
    guint i = 0;

    while (i < G_N_ELEMENTS (day_names)
           && g_strcmp0 (cJSON_GetStringValue (day), day_names[i]) != 0)
      i++;
    if (i == G_N_ELEMENTS (day_names))
      {
        g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                             "A day of a schedule is one of mon, tue, wed, thu, fri, sat, sun.");
        return FALSE;
      }
    self->days |= 1u << i;
  }
  return TRUE;
}

/* "HH:MM", as minutes of the day; -1 if it is not. 24:00 is the end of the day. */
static gint
parse_clock (const char *text)
{
  gint hours, minutes;

  if (!g_ascii_isdigit (text[0]) || !g_ascii_isdigit (text[1]) || text[2] != ':'
      || !g_ascii_isdigit (text[3]) || !g_ascii_isdigit (text[4]))
    return -1;
  hours = (text[0] - '0') * 10 + text[1] - '0';
  minutes = (text[3] - '0') * 10 + text[4] - '0';
  if (minutes > 59 || hours * 60 + minutes > MINUTES_PER_DAY)
    return -1;
  return hours * 60 + minutes;
}

static gboolean
read_window (TwSchedule *self, const char *text)
{
  Window *window = &self->windows[self->n_windows];

  if (text == NULL || strlen (text) != strlen ("HH:MM-HH:MM") || text[5] != '-'
      || self->n_windows == MAX_WINDOWS)
    return FALSE;
  window->start = parse_clock (text);
  window->end = parse_clock (text + 6);
  self->n_windows++;
  return window->start >= 0 && window->end >= 0;
}

static gboolean
read_windows (gpointer target, const cJSON *item, GError **error)
{
  const cJSON *window;

  cJSON_ArrayForEach (window, item)
  {
    if (!read_window (target, cJSON_GetStringValue (window)))
      {
        g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                             "A schedule's windows are at most 24 strings such as 09:00-17:30.");
        return FALSE;
      }
  }
  return TRUE;
}

static const TwMember schedule_members[] = {
  { "tz", read_zone, 0, TRUE },
  { "days", read_days, 0, FALSE },
  { "windows", read_windows, 0, TRUE },
};

TwSchedule *
tw_schedule_new (const cJSON *json, GError **error)
{
  TwSchedule *self = g_new0 (TwSchedule, 1);

  self->days = ALL_DAYS;
  if (tw_members_read (json, schedule_members, G_N_ELEMENTS (schedule_members), self, error))
    return self;
  tw_schedule_free (self);
  return NULL;
}

void
tw_schedule_free (TwSchedule *self)
{
  g_clear_pointer (&self->zone, g_time_zone_unref);
  g_free (self);
}

static gint64
local_seconds (const TwSchedule *self, gint64 instant)
{
  gint interval;

  if (self->zone == NULL)
    return instant;
  interval = g_time_zone_find_interval (self->zone, G_TIME_TYPE_UNIVERSAL, instant);
  return instant + g_time_zone_get_offset (self->zone, interval);
}

static gboolean
day_holds (const TwSchedule *self, gint64 day)
{
  /* Day 0 of the epoch was a Thursday. */
  gint64 weekday = ((day + 3) % 7 + 7) % 7;

  return (self->days & (1u << weekday)) != 0;
}

gboolean
tw_schedule_holds (const TwSchedule *self, gint64 instant)
{
  gint64 local = local_seconds (self, instant);
  gint64 second = ((local % SECONDS_PER_DAY) + SECONDS_PER_DAY) % SECONDS_PER_DAY;
  gint64 day = (local - second) / SECONDS_PER_DAY;

  for (guint i = 0; i < self->n_windows; i++)
    {
      gint64 start = self->windows[i].start * G_GINT64_CONSTANT (60);
      gint64 end = self->windows[i].end * G_GINT64_CONSTANT (60);

      if (start < end && second >= start && second < end && day_holds (self, day))
        return TRUE;
      /* A window past midnight belongs to the day it began on. */
      if (start >= end && second >= start && day_holds (self, day))
        return TRUE;
      if (start >= end && second < end && day_holds (self, day - 1))
        return TRUE;
    }
  return FALSE;
}
