/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"

G_BEGIN_DECLS

/* (nullable): the value of a header in a list of "Name: value". */
const char *tw_wire_header (const char *const *headers, const char *name);

/* The milliseconds a server asks to wait: retry-after-ms, Retry-After in seconds or as a date
 * (counted from the reply's own Date header: no clock here), or Google's RetryInfo in the body.
 * -1 when it asks for nothing, for 0, or for what cannot be read: use your own back-off. */
gint64 tw_wire_retry_after_ms (const char *const *headers, const cJSON *body);

G_END_DECLS
