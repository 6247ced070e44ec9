/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* Server-sent events (WHATWG HTML, section 9.2) without a socket: push bytes, events come out. The
 * result does not depend on where the bytes were split. */
typedef struct _TwSse TwSse;

typedef struct
{
  const char *name; /* (nullable) what "event:" said */
  const char *data; /* the data lines joined with \n; NUL-terminated */
  gsize length;
  gboolean unfinished; /* the bytes ended before this event's empty line */
} TwSseEvent;

/* FALSE stops the parser with that error. */
typedef gboolean (*TwSseHandler) (const TwSseEvent *event, gpointer user_data, GError **error);

TwSse *tw_sse_new (TwSseHandler handler, gpointer user_data);
void tw_sse_free (TwSse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSse, tw_sse_free)

/* FALSE when a line or an event is over its limit, or the handler said so. */
gboolean tw_sse_push (TwSse *self, const char *bytes, gsize length, GError **error);
/* Hands over the last event if its final empty line, or even its line end, is missing. */
gboolean tw_sse_end (TwSse *self, GError **error);

/* (nullable): the last "id:" seen, which stays from event to event. */
const char *tw_sse_get_last_id (TwSse *self);
/* The last "retry:" in milliseconds, -1 before the first. */
gint64 tw_sse_get_retry_ms (TwSse *self);

G_END_DECLS
