/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* An instant is seconds since 1970 in UTC. */
#define TW_INSTANT_NONE G_MININT64

gint64 tw_instant_now (void);
/* "YYYY-MM-DDTHH:MM:SSZ", exactly. */
gboolean tw_instant_parse (const char *text, gint64 *ret_instant, GError **error);
/* "YYYY-MM-DD", as the instant of its first second in UTC. */
gboolean tw_date_parse (const char *text, gint64 *ret_midnight);
char *tw_instant_to_string (gint64 instant);

typedef enum
{
  TW_WINDOW_HOUR,
  TW_WINDOW_DAY,
  TW_WINDOW_WEEK,
  TW_WINDOW_MONTH,
  TW_WINDOW_QUARTER,
  TW_WINDOW_TOTAL,
} TwWindowKind;

/* Half-open [start, end); total is [0, G_MAXINT64). */
typedef struct
{
  gint64 start;
  gint64 end;
} TwWindow;

gboolean tw_window_kind_parse (const char *text, TwWindowKind *ret_kind, GError **error);
const char *tw_window_kind_to_string (TwWindowKind kind);
/* The calendar window of that zone which holds the instant; 23 or 25 hours long where clocks
 * change. Weeks begin on Monday (ISO 8601). */
gboolean tw_window_at (
    TwWindowKind kind, const char *zone_name, gint64 instant, TwWindow *ret_window, GError **error);

G_END_DECLS
