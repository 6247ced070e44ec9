/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"

G_BEGIN_DECLS

/* (nullable): the value of a header in a list of "Name: value". */
const char *tw_wire_header (const char *const *headers, const char *name);

/* The milliseconds a server asks to wait: retry-after-ms, Retry-After in seconds or as a date
 * (counted from the reply's own Date header: no clock here), or Google's RetryInfo or a
 * retry_after in the body.
 * -1 when it asks for nothing, for 0, or for what cannot be read: use your own back-off. */
gint64 tw_wire_retry_after_ms (const char *const *headers, const cJSON *body);

/* What follows "try again in" in a message (nullable): "7m12.48s", "20ms", "1.5 seconds"; or -1. */
gint64 tw_wire_retry_text_ms (const char *message);

/* When the limit that is used up is full again, by the headers that tell of limits: Go durations
 * and seconds (x-ratelimit-reset-*), times (anthropic-ratelimit-*-reset); or -1. */
gint64 tw_wire_limit_reset_ms (const char *const *headers);

G_END_DECLS
