/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/net/tw-transport-private.h"

G_BEGIN_DECLS

/* How far an exchange is. Nothing of the request has left before TW_STEP_REPLY. */
typedef enum
{
  TW_STEP_NAME,    /* the host's name is looked up, or a kept connection is waited for */
  TW_STEP_CONNECT, /* TCP, and a proxy's tunnel */
  TW_STEP_TLS,
  TW_STEP_REPLY, /* the request is on its way, or answered without a body so far */
  TW_STEP_BODY,
} TwStep;

/* When it is too late, for each step. Time in which the reader is waited for is nobody's silence.
 * All instants are monotonic µs. */
typedef struct
{
  TwHttpTimeouts limits;
  TwStep step;
  gint64 started;
  gint64 step_began;
  gint64 last_byte;
  gint64 last_useful;
  gint64 excused;     /* µs of all in which the reader was away */
  gint64 reader_left; /* when a read returned */
  gint64 paused;      /* since when the transfer is stopped; 0 while it runs */
} TwExchangeClock;

void tw_exchange_clock_start (TwExchangeClock *self, const TwHttpTimeouts *limits);
/* Steps only go forward: several addresses are one step. */
void tw_exchange_clock_enter (TwExchangeClock *self, TwStep step);
void tw_exchange_clock_note_byte (TwExchangeClock *self);
void tw_exchange_clock_note_useful (TwExchangeClock *self);

/* A transfer that is driven only while somebody reads: a read begins, and has returned. */
void tw_exchange_clock_reader_comes (TwExchangeClock *self);
void tw_exchange_clock_reader_leaves (TwExchangeClock *self);
/* The buffer is full, and has room again. */
void tw_exchange_clock_pause (TwExchangeClock *self);
void tw_exchange_clock_resume (TwExchangeClock *self);

/* It never comes nearer but by tw_exchange_clock_enter(). has_unread: bytes wait for the reader,
 * and nobody knows yet whether they are useful. */
gint64 tw_exchange_clock_get_deadline (const TwExchangeClock *self, gboolean has_unread);
/* What was waited for in vain. */
GError *tw_exchange_clock_new_timeout (const TwExchangeClock *self, const char *url);

G_END_DECLS
