/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/net/tw-curl-library-private.h"
#include "libtokenwise/net/tw-transport-private.h"

G_BEGIN_DECLS

/* One request and its reply: an easy handle, what has arrived, and when it is too late. It knows
 * nothing of sockets; a TwCurlLoop drives it.
 *
 * Everything but the references is guarded by the lock of the loop that drives it. */
typedef struct _TwExchange TwExchange;

/* Called without the lock, in the thread of the loop, when something changed. */
typedef void (*TwExchangeWaiter) (TwExchange *exchange, gpointer user_data);

TwExchange *
tw_exchange_new (TwHttpRequest *request, const TwTransportOptions *options, GError **error);
TwExchange *tw_exchange_ref (TwExchange *self);
/* The easy handle must be out of its loop before the last reference goes. */
void tw_exchange_unref (TwExchange *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwExchange, tw_exchange_unref)

/* For the loop. */
CURL *tw_exchange_get_easy (TwExchange *self);
/* The queue gets a reference to the exchange whenever its waiter should look again; NULL if nobody
 * is to be told. check_at is lowered when the deadline comes nearer. */
void tw_exchange_start (TwExchange *self, GQueue *news, gint64 *check_at);
/* The reference was taken from the queue; the next news are queued again. */
void tw_exchange_take_news (TwExchange *self);
void tw_exchange_end (TwExchange *self, CURLcode result);
/* The error is taken; NULL would be a good end. The first end counts. */
void tw_exchange_fail (TwExchange *self, GError *take_error);
/* Monotonic µs at which it is too late, and the error that says so. */
gint64 tw_exchange_get_deadline (TwExchange *self);
GError *tw_exchange_new_timeout (TwExchange *self);
void tw_exchange_set_waiter (TwExchange *self, TwExchangeWaiter waiter, gpointer user_data);
void tw_exchange_notify (TwExchange *self);

/* For those who wait. */
gboolean tw_exchange_has_headers (TwExchange *self);
gboolean tw_exchange_is_ended (TwExchange *self);
/* There is something to read: bytes, the end or an error. */
gboolean tw_exchange_is_readable (TwExchange *self);
guint tw_exchange_get_status (TwExchange *self);
/* Once, and when they are here. */
char **tw_exchange_steal_headers (TwExchange *self);
/* Why it ended; NULL while it runs and after a good end. */
const GError *tw_exchange_get_error (TwExchange *self);
/* Bytes copied; 0 at a good end; -1 with the error that ended it, after the bytes before it. */
gssize tw_exchange_read (TwExchange *self, void *buffer, gsize count, GError **error);
/* For a transfer that only runs while it is read: a reader waits from now, and no more. */
void tw_exchange_reader_comes (TwExchange *self);
void tw_exchange_reader_leaves (TwExchange *self);
void tw_exchange_note_useful (TwExchange *self);

/* tw-exchange-request.c: what is sent, and by which rules. The lines belong to the caller, and must
 * outlive the handle. */
struct curl_slist *
tw_curl_set_request (CURL *easy, TwHttpRequest *request, const TwTransportOptions *options);
void tw_curl_free_lines (struct curl_slist *lines);

/* tw-exchange-error.c: what curl's result means to a person. */
GError *tw_header_limit_error_new (const char *url);
GError *tw_resend_error_new (const char *url);
/* sent: some of the request may have left. */
GError *tw_curl_error_new (CURLcode code,
                           CURL *easy,
                           const char *url,
                           const char *detail,
                           gboolean sent,
                           gboolean has_headers);

G_END_DECLS
