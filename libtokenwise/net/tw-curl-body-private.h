/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/net/tw-curl-loop-private.h"

G_BEGIN_DECLS

/* Gives a loop back when its transfer is over. */
typedef void (*TwCurlRelease) (GObject *owner, TwCurlLoop *take_loop);

/* The body of a reply as a stream. Closing or dropping it ends the transfer. The owner is kept
 * alive until then. */
GInputStream *tw_curl_body_new (GObject *owner,
                                TwCurlRelease release,
                                TwCurlLoop *take_loop,
                                TwExchange *take_exchange);

/* See tw_http_response_note_useful(); nothing to another stream. */
void tw_curl_body_note_useful (GInputStream *body);

/* Calls back in the context of the task when its cancellable is cancelled, with the task as data.
 * NULL without a cancellable; destroy it with the task's end. */
GSource *tw_curl_watch_cancel (GTask *task, GCancellableSourceFunc callback);

G_END_DECLS
