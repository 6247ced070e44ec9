/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/net/tw-exchange-private.h"

G_BEGIN_DECLS

/* Drives exchanges over one set of connections, which are kept and used again. It only needs
 * somebody to wait for its sockets: a GSource in a main context once it is attached, or poll() in
 * tw_curl_loop_wait(). Both may happen in turn, and from any thread: a reply may be dropped by the
 * garbage collector of another language, which has a thread of its own. */
typedef struct _TwCurlLoop TwCurlLoop;

TwCurlLoop *tw_curl_loop_new (void);
TwCurlLoop *tw_curl_loop_ref (TwCurlLoop *self);
void tw_curl_loop_unref (TwCurlLoop *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwCurlLoop, tw_curl_loop_unref)

/* The context then holds a reference until tw_curl_loop_detach() or its own end; gone is called
 * once when that is over. */
void tw_curl_loop_attach (TwCurlLoop *self,
                          GMainContext *context,
                          void (*gone) (TwCurlLoop *self, gpointer user_data),
                          gpointer user_data,
                          GDestroyNotify destroy);
void tw_curl_loop_detach (TwCurlLoop *self);
/* By all calls in one context, even after the context has ended. */
gboolean tw_curl_loop_is_shared (TwCurlLoop *self);

void tw_curl_loop_lock (TwCurlLoop *self);
void tw_curl_loop_unlock (TwCurlLoop *self);

/* The exchange stays the caller's, who must remove it before dropping it. */
void tw_curl_loop_add (TwCurlLoop *self, TwExchange *exchange);
/* Ends the transfer at once if it still runs. */
void tw_curl_loop_remove (TwCurlLoop *self, TwExchange *exchange);
/* Blocks until something happened; FALSE when cancelled. */
gboolean tw_curl_loop_wait (TwCurlLoop *self, GCancellable *cancellable, GError **error);

G_END_DECLS
