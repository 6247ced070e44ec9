/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-framing-private.h"

G_BEGIN_DECLS

/* What tw_sse_new() reads beside the events. */

/* (nullable): the last "id:" seen, which stays from event to event. */
const char *tw_sse_get_last_id (TwFramer *self);
/* The last "retry:" in milliseconds, -1 before the first. */
gint64 tw_sse_get_retry_ms (TwFramer *self);

G_END_DECLS
