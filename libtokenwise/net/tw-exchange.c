/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-exchange-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/net/tw-exchange-clock-private.h"
#include "libtokenwise/net/tw-exchange-head-private.h"
#include "libtokenwise/net/tw-url-private.h"

#include <string.h>

/* A reader that is slower than the network stops it here. */
#define MAX_BUFFERED (1u << 20)

struct _TwExchange
{
  gatomicrefcount refs;
  TwHttpRequest *request;
  CURL *easy;
  struct curl_slist *lines;
  char detail[CURL_ERROR_SIZE];

  TwExchangeClock clock;
  TwReplyHead head;
  GByteArray *buffer;
  gsize consumed; /* of the buffer's beginning */
  gsize n_body_bytes;
  gboolean ended;
  GError *error; /* (nullable) */

  TwExchangeWaiter waiter;
  gpointer waiter_data;
  GQueue *news;     /* (nullable) of the loop */
  gint64 *check_at; /* of the loop */
  gboolean in_news;
};

static void
tell (TwExchange *self)
{
  if (self->news == NULL || self->waiter == NULL || self->in_news)
    return;
  self->in_news = TRUE;
  g_queue_push_tail (self->news, tw_exchange_ref (self));
}

static const char *
get_url (TwExchange *self)
{
  return tw_http_request_get_url (self->request);
}

static gsize
on_header (char *bytes, gsize size, gsize count, gpointer user_data)
{
  TwExchange *self = user_data;
  gsize length = size * count;
  gboolean was_done = self->head.done;
  GError *error = NULL;

  if (self->ended)
    return 0;
  if (!tw_reply_head_take (&self->head, bytes, length, get_url (self), &error))
    {
      tw_exchange_fail (self, error);
      return 0;
    }
  if (self->head.done && !was_done)
    tell (self);
  return length;
}

static gsize
get_buffered (TwExchange *self)
{
  return self->buffer->len - self->consumed;
}

/* A step's own limit may be nearer than that of the step before. */
static void
lower_check (TwExchange *self)
{
  if (self->check_at != NULL)
    *self->check_at = MIN (*self->check_at, tw_exchange_get_deadline (self));
}

static void
enter (TwExchange *self, TwStep step)
{
  tw_exchange_clock_enter (&self->clock, step);
  lower_check (self);
}

static GError *
new_size_error (TwExchange *self)
{
  g_autofree char *place = tw_url_to_place (get_url (self));

  return g_error_new (TW_ERROR, TW_ERROR_LIMIT,
                      "The reply from %s has more than %u bytes. What came before is kept; ask for "
                      "less.",
                      place, TW_LIMIT_REPLY_BYTES);
}

static gsize
on_body (char *bytes, gsize size, gsize count, gpointer user_data)
{
  TwExchange *self = user_data;
  gsize length = size * count;

  if (self->ended)
    return 0;
  if (self->clock.step != TW_STEP_BODY)
    enter (self, TW_STEP_BODY);
  else
    tw_exchange_clock_note_byte (&self->clock);
  if (get_buffered (self) >= MAX_BUFFERED)
    {
      tw_exchange_clock_pause (&self->clock);
      return CURL_WRITEFUNC_PAUSE;
    }
  self->n_body_bytes += length;
  if (self->n_body_bytes > TW_LIMIT_REPLY_BYTES)
    {
      tw_exchange_fail (self, new_size_error (self));
      return 0;
    }
  if (self->consumed > self->buffer->len / 2)
    {
      g_byte_array_remove_range (self->buffer, 0, (guint) self->consumed);
      self->consumed = 0;
    }
  g_byte_array_append (self->buffer, (const guint8 *) bytes, (guint) length);
  tell (self);
  return length;
}

/* The name is found: curl has a socket for one of its addresses. */
static int
on_socket (gpointer user_data, curl_socket_t fd, curlsocktype purpose)
{
  enter (user_data, TW_STEP_CONNECT);
  return CURL_SOCKOPT_OK;
}

static CURLcode
on_tls (CURL *easy, gpointer context, gpointer user_data)
{
  enter (user_data, TW_STEP_TLS);
  return CURLE_OK;
}

/* All is ready to send. curl sends a second time when a kept connection ends without a reply; but
 * the server may have read the request, so whether to pay twice is not decided here. */
static int
on_ready (gpointer user_data, char *peer, char *own, int peer_port, int own_port)
{
  TwExchange *self = user_data;

  if (self->clock.step >= TW_STEP_REPLY)
    {
      tw_exchange_fail (self, tw_resend_error_new (get_url (self)));
      return CURL_PREREQFUNC_ABORT;
    }
  enter (self, TW_STEP_REPLY);
  return CURL_PREREQFUNC_OK;
}

static void
set_callbacks (TwExchange *self)
{
  CURL *easy = self->easy;

  tw_curl.easy_setopt (easy, CURLOPT_PRIVATE, self);
  tw_curl.easy_setopt (easy, CURLOPT_ERRORBUFFER, self->detail);
  tw_curl.easy_setopt (easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
  tw_curl.easy_setopt (easy, CURLOPT_SOCKOPTDATA, self);
  tw_curl.easy_setopt (easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
  tw_curl.easy_setopt (easy, CURLOPT_SSL_CTX_DATA, self);
  tw_curl.easy_setopt (easy, CURLOPT_PREREQFUNCTION, on_ready);
  tw_curl.easy_setopt (easy, CURLOPT_PREREQDATA, self);
  tw_curl.easy_setopt (easy, CURLOPT_HEADERFUNCTION, on_header);
  tw_curl.easy_setopt (easy, CURLOPT_HEADERDATA, self);
  tw_curl.easy_setopt (easy, CURLOPT_WRITEFUNCTION, on_body);
  tw_curl.easy_setopt (easy, CURLOPT_WRITEDATA, self);
}

TwExchange *
tw_exchange_new (TwHttpRequest *request, const TwTransportOptions *options, GError **error)
{
  g_autoptr (TwExchange) self = NULL;
  CURL *easy;

  if (!tw_url_is_allowed (tw_http_request_get_url (request), error))
    return NULL;
  easy = tw_curl.easy_init ();
  if (easy == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_FAILED,
                   "libcurl could not be started; check the installation.");
      return NULL;
    }
  self = g_new0 (TwExchange, 1);
  g_atomic_ref_count_init (&self->refs);
  self->easy = easy;
  self->request = tw_http_request_ref (request);
  tw_reply_head_init (&self->head);
  self->buffer = g_byte_array_new ();
  self->lines = tw_curl_set_request (easy, request, options);
  set_callbacks (self);
  return g_steal_pointer (&self);
}

TwExchange *
tw_exchange_ref (TwExchange *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
tw_exchange_unref (TwExchange *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  tw_curl.easy_cleanup (self->easy);
  tw_curl_free_lines (self->lines);
  tw_reply_head_clear (&self->head);
  g_byte_array_unref (self->buffer);
  g_clear_error (&self->error);
  tw_http_request_unref (self->request);
  g_free (self);
}

CURL *
tw_exchange_get_easy (TwExchange *self)
{
  return self->easy;
}

void
tw_exchange_start (TwExchange *self, GQueue *news, gint64 *check_at)
{
  self->news = news;
  self->check_at = check_at;
  tw_exchange_clock_start (&self->clock, tw_http_request_get_timeouts (self->request));
  lower_check (self);
}

void
tw_exchange_take_news (TwExchange *self)
{
  self->in_news = FALSE;
}

static GError *
new_end_error (TwExchange *self, CURLcode result)
{
  gboolean sent = self->clock.step >= TW_STEP_REPLY;

  if (result == CURLE_OPERATION_TIMEDOUT && !sent)
    return tw_exchange_new_timeout (self);
  return tw_curl_error_new (result, self->easy, get_url (self), self->detail, sent,
                            self->head.done);
}

void
tw_exchange_end (TwExchange *self, CURLcode result)
{
  if (self->ended)
    return;
  if (result == CURLE_OK && !self->head.done)
    result = CURLE_GOT_NOTHING;
  tw_exchange_fail (self, result == CURLE_OK ? NULL : new_end_error (self, result));
}

void
tw_exchange_fail (TwExchange *self, GError *take_error)
{
  if (self->ended)
    {
      g_clear_error (&take_error);
      return;
    }
  self->ended = TRUE;
  self->error = take_error;
  tell (self);
}

gint64
tw_exchange_get_deadline (TwExchange *self)
{
  return tw_exchange_clock_get_deadline (&self->clock, get_buffered (self) > 0);
}

GError *
tw_exchange_new_timeout (TwExchange *self)
{
  return tw_exchange_clock_new_timeout (&self->clock, get_url (self));
}

void
tw_exchange_set_waiter (TwExchange *self, TwExchangeWaiter waiter, gpointer user_data)
{
  self->waiter = waiter;
  self->waiter_data = user_data;
}

void
tw_exchange_notify (TwExchange *self)
{
  if (self->waiter != NULL)
    self->waiter (self, self->waiter_data);
}

gboolean
tw_exchange_has_headers (TwExchange *self)
{
  return self->head.done;
}

gboolean
tw_exchange_is_ended (TwExchange *self)
{
  return self->ended;
}

gboolean
tw_exchange_is_readable (TwExchange *self)
{
  return self->ended || get_buffered (self) > 0;
}

guint
tw_exchange_get_status (TwExchange *self)
{
  return self->head.status;
}

char **
tw_exchange_steal_headers (TwExchange *self)
{
  return (char **) g_ptr_array_steal (self->head.lines, NULL);
}

const GError *
tw_exchange_get_error (TwExchange *self)
{
  return self->error;
}

static void
resume (TwExchange *self)
{
  tw_exchange_clock_resume (&self->clock);
  if (!self->ended)
    tw_curl.easy_pause (self->easy, CURLPAUSE_CONT);
}

gssize
tw_exchange_read (TwExchange *self, void *buffer, gsize count, GError **error)
{
  gsize n = MIN (count, get_buffered (self));

  if (n == 0)
    {
      if (self->error != NULL)
        g_propagate_error (error, g_error_copy (self->error));
      return self->error != NULL ? -1 : 0;
    }
  memcpy (buffer, self->buffer->data + self->consumed, n);
  self->consumed += n;
  if (get_buffered (self) == 0)
    {
      g_byte_array_set_size (self->buffer, 0);
      self->consumed = 0;
    }
  if (self->clock.paused != 0 && get_buffered (self) < MAX_BUFFERED / 2)
    resume (self);
  return (gssize) n;
}

void
tw_exchange_reader_comes (TwExchange *self)
{
  tw_exchange_clock_reader_comes (&self->clock);
}

void
tw_exchange_reader_leaves (TwExchange *self)
{
  tw_exchange_clock_reader_leaves (&self->clock);
}

void
tw_exchange_note_useful (TwExchange *self)
{
  tw_exchange_clock_note_useful (&self->clock);
}
