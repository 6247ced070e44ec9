/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-exchange-clock-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/net/tw-url-private.h"

#define NEVER G_MAXINT64

void
tw_exchange_clock_start (TwExchangeClock *self, const TwHttpTimeouts *limits)
{
  gint64 now = g_get_monotonic_time ();

  *self = (TwExchangeClock){
    .limits = *limits, .started = now, .step_began = now, .last_byte = now, .last_useful = now
  };
}

void
tw_exchange_clock_enter (TwExchangeClock *self, TwStep step)
{
  if (step <= self->step)
    return;
  self->step = step;
  self->step_began = g_get_monotonic_time ();
  self->last_byte = self->step_began;
  self->last_useful = self->step_began;
}

void
tw_exchange_clock_note_byte (TwExchangeClock *self)
{
  self->last_byte = g_get_monotonic_time ();
}

void
tw_exchange_clock_note_useful (TwExchangeClock *self)
{
  self->last_useful = g_get_monotonic_time ();
}

static void
excuse (TwExchangeClock *self, gint64 since, gint64 now)
{
  self->excused += now - since;
  self->last_useful += now - since;
  self->last_byte = now;
}

void
tw_exchange_clock_reader_comes (TwExchangeClock *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->reader_left != 0)
    excuse (self, self->reader_left, now);
  self->reader_left = 0;
  self->last_byte = now;
  if (self->paused != 0)
    self->paused = now;
}

void
tw_exchange_clock_reader_leaves (TwExchangeClock *self)
{
  self->reader_left = g_get_monotonic_time ();
}

void
tw_exchange_clock_pause (TwExchangeClock *self)
{
  self->paused = g_get_monotonic_time ();
}

void
tw_exchange_clock_resume (TwExchangeClock *self)
{
  excuse (self, self->paused, g_get_monotonic_time ());
  self->paused = 0;
}

static gint64
add_ms (gint64 from, guint ms)
{
  return ms != 0 ? from + (gint64) ms * 1000 : NEVER;
}

static guint
get_step_ms (const TwExchangeClock *self)
{
  switch (self->step)
    {
    case TW_STEP_NAME:
      return self->limits.dns_ms;
    case TW_STEP_CONNECT:
      return self->limits.tcp_ms;
    case TW_STEP_TLS:
      return self->limits.tls_ms;
    case TW_STEP_REPLY:
    case TW_STEP_BODY:
    default:
      return 0;
    }
}

static gint64
get_useful_deadline (const TwExchangeClock *self, gboolean has_unread)
{
  gint64 since = has_unread ? MAX (self->last_useful, g_get_monotonic_time ()) : self->last_useful;

  return add_ms (since, self->limits.useful_ms);
}

gint64
tw_exchange_clock_get_deadline (const TwExchangeClock *self, gboolean has_unread)
{
  gint64 whole = add_ms (self->started + self->excused, self->limits.total_ms);
  gint64 step;

  /* To be asked again: the deadline comes nearer when the reader comes back. */
  if (self->paused != 0)
    return add_ms (g_get_monotonic_time (), self->limits.idle_ms);
  if (self->step == TW_STEP_BODY)
    step = MIN (add_ms (self->last_byte, self->limits.idle_ms),
                get_useful_deadline (self, has_unread));
  else if (self->step == TW_STEP_REPLY)
    step = add_ms (self->started, self->limits.first_byte_ms);
  else
    step = MIN (add_ms (self->started, self->limits.connect_ms),
                add_ms (self->step_began, get_step_ms (self)));
  return MIN (whole, step);
}

static GError *
new_body_timeout (const TwExchangeClock *self, const char *place)
{
  gint64 now = g_get_monotonic_time ();

  if (add_ms (self->last_byte, self->limits.idle_ms) <= now)
    return g_error_new (TW_ERROR, TW_ERROR_TIMEOUT,
                        "%s fell silent for %.1f s in the middle of its reply. What came before is "
                        "kept; try again.",
                        place, self->limits.idle_ms / 1000.0);
  return g_error_new (TW_ERROR, TW_ERROR_TIMEOUT,
                      "%s sent nothing but signs of life for %.1f s. What came before is kept; try "
                      "again.",
                      place, self->limits.useful_ms / 1000.0);
}

/* Of a connection: nothing was sent, so nothing can be billed. */
static GError *
new_connect_timeout (const TwExchangeClock *self, const char *place)
{
  static const char *const waited_for[] = {
    [TW_STEP_NAME] = "The name of the server was not found",
    [TW_STEP_CONNECT] = "No connection was made",
    [TW_STEP_TLS] = "No secure connection was agreed on",
  };
  gint64 waited = g_get_monotonic_time () - self->started;

  return g_error_new (TW_ERROR, TW_ERROR_CONNECTION,
                      "%s within %.1f s (%s). Check the network, the proxy and the provider's "
                      "base-url, or try again later; nothing was sent.",
                      waited_for[self->step], (double) waited / 1e6, place);
}

GError *
tw_exchange_clock_new_timeout (const TwExchangeClock *self, const char *url)
{
  g_autofree char *place = tw_url_to_place (url);
  gint64 whole = add_ms (self->started + self->excused, self->limits.total_ms);

  if (self->step < TW_STEP_REPLY)
    return new_connect_timeout (self, place);
  if (whole <= g_get_monotonic_time ())
    return g_error_new (TW_ERROR, TW_ERROR_TIMEOUT,
                        "%s did not end its reply within %.1f s. What came before is kept; ask for "
                        "less, or raise the limit.",
                        place, self->limits.total_ms / 1000.0);
  if (self->step == TW_STEP_BODY)
    return new_body_timeout (self, place);
  return g_error_new (
      TW_ERROR, TW_ERROR_TIMEOUT,
      "%s did not begin its reply within %.1f s. It may still bill the request; try "
      "again later or choose another model.",
      place, self->limits.first_byte_ms / 1000.0);
}
