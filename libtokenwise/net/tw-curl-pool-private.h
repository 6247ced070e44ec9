/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/net/tw-curl-loop-private.h"

G_BEGIN_DECLS

/* The loops of one transport, so that connections are used again: one for each main context, and
 * some for blocking calls, each of which has one for itself while it lasts. Any thread. */
typedef struct _TwCurlPool TwCurlPool;

TwCurlPool *tw_curl_pool_new (void);
/* No call is under way any more. */
void tw_curl_pool_close (TwCurlPool *self);

/* Owned by the caller, who gives it back with tw_curl_pool_release(). */
TwCurlLoop *tw_curl_pool_take_for_context (TwCurlPool *self, GMainContext *context);
TwCurlLoop *tw_curl_pool_take_blocking (TwCurlPool *self);
void tw_curl_pool_release (TwCurlPool *self, TwCurlLoop *take_loop);

G_END_DECLS
