/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-exchange-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/net/tw-transport-private.h"
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

  guint status;
  GPtrArray *headers; /* of the latest block, NULL at the end once has_headers */
  gsize header_bytes;
  gboolean has_headers;

  GByteArray *buffer;
  gsize consumed; /* of the buffer's beginning */
  gboolean paused;
  gboolean has_body_byte;

  gint64 started;
  gint64 last_byte;
  gboolean ended;
  GError *error; /* (nullable) */

  TwExchangeWaiter waiter;
  gpointer waiter_data;
  GQueue *news; /* (nullable) of the loop */
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

static void
touch (TwExchange *self)
{
  self->last_byte = g_get_monotonic_time ();
}

/* The body is passed on as it comes: nothing was offered but identity, and decompressing what was
 * not asked for would let a small reply become a huge one. */
static gboolean
encoding_is_allowed (TwExchange *self)
{
  static const char *const names[] = { "content-encoding:", "transfer-encoding:" };

  for (guint i = 0; i < self->headers->len; i++)
    for (guint n = 0; n < G_N_ELEMENTS (names); n++)
      {
        const char *line = g_ptr_array_index (self->headers, i);
        gsize length = strlen (names[n]);
        g_autofree char *value = NULL;

        if (g_ascii_strncasecmp (line, names[n], length) != 0)
          continue;
        value = g_strstrip (g_strdup (line + length));
        if (*value != '\0' && g_ascii_strcasecmp (value, "identity") != 0
            && !(n == 1 && g_ascii_strcasecmp (value, "chunked") == 0))
          return FALSE;
      }
  return TRUE;
}

static gboolean
begin_block (TwExchange *self, const char *line)
{
  const char *space = strchr (line, ' ');

  self->status = space != NULL ? (guint) g_ascii_strtoull (space, NULL, 10) : 0;
  g_ptr_array_set_size (self->headers, 0);
  return self->status >= 100 && self->status <= 599;
}

static gboolean
end_block (TwExchange *self)
{
  if (self->status < 200)
    return TRUE;
  /* An error status is worth more than its text. */
  if (self->status < 300 && !encoding_is_allowed (self))
    {
      g_autofree char *place = tw_url_to_place (tw_http_request_get_url (self->request));

      tw_exchange_fail (self, g_error_new (TW_ERROR, TW_ERROR_PROTOCOL,
                                           "The reply from %s is compressed, which was not asked "
                                           "for. Check the provider's base-url.",
                                           place));
      return FALSE;
    }
  g_ptr_array_add (self->headers, NULL);
  self->has_headers = TRUE;
  tell (self);
  return TRUE;
}

static gboolean
take_header (TwExchange *self, const char *line)
{
  if (g_str_has_prefix (line, "HTTP/"))
    return begin_block (self, line);
  if (*line == '\0')
    return end_block (self);
  /* A folded line (obsolete, RFC 9112 section 5.2) could pass for a header of its own. */
  if (*line != ' ' && *line != '\t' && strchr (line, ':') != NULL)
    g_ptr_array_add (self->headers, g_utf8_make_valid (line, -1));
  return TRUE;
}

static gsize
on_header (char *bytes, gsize size, gsize count, gpointer user_data)
{
  TwExchange *self = user_data;
  gsize length = size * count;
  g_autofree char *line = NULL;

  touch (self);
  self->header_bytes += length;
  if (self->header_bytes > TW_LIMIT_HEADER_BYTES)
    {
      tw_exchange_fail (self, tw_header_limit_error_new (tw_http_request_get_url (self->request)));
      return 0;
    }
  /* What comes after the block is a trailer of a chunked body. */
  if (self->has_headers)
    return length;
  line = g_strchomp (g_strndup (bytes, length));
  return take_header (self, line) ? length : 0;
}

static gsize
get_buffered (TwExchange *self)
{
  return self->buffer->len - self->consumed;
}

static gsize
on_body (char *bytes, gsize size, gsize count, gpointer user_data)
{
  TwExchange *self = user_data;
  gsize length = size * count;

  if (self->ended)
    return 0;
  touch (self);
  self->has_body_byte = TRUE;
  if (get_buffered (self) >= MAX_BUFFERED)
    {
      self->paused = TRUE;
      return CURL_WRITEFUNC_PAUSE;
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

TwExchange *
tw_exchange_new (TwHttpRequest *request, GError **error)
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
  self->headers = g_ptr_array_new_with_free_func (g_free);
  self->buffer = g_byte_array_new ();
  self->lines = tw_curl_set_request (easy, request);
  tw_curl.easy_setopt (easy, CURLOPT_PRIVATE, self);
  tw_curl.easy_setopt (easy, CURLOPT_ERRORBUFFER, self->detail);
  tw_curl.easy_setopt (easy, CURLOPT_HEADERFUNCTION, on_header);
  tw_curl.easy_setopt (easy, CURLOPT_HEADERDATA, self);
  tw_curl.easy_setopt (easy, CURLOPT_WRITEFUNCTION, on_body);
  tw_curl.easy_setopt (easy, CURLOPT_WRITEDATA, self);
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
  g_ptr_array_unref (self->headers);
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
tw_exchange_start (TwExchange *self, GQueue *news)
{
  self->news = news;
  touch (self);
  self->started = self->last_byte;
}

void
tw_exchange_take_news (TwExchange *self)
{
  self->in_news = FALSE;
}

void
tw_exchange_end (TwExchange *self, CURLcode result)
{
  if (self->ended)
    return;
  if (result == CURLE_OK && !self->has_headers)
    result = CURLE_GOT_NOTHING;
  tw_exchange_fail (self, result == CURLE_OK
                              ? NULL
                              : tw_curl_error_new (result, self->easy,
                                                   tw_http_request_get_url (self->request),
                                                   self->detail, self->has_headers));
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
  const TwHttpTimeouts *timeouts = tw_http_request_get_timeouts (self->request);

  if (self->paused)
    return G_MAXINT64;
  if (self->has_body_byte)
    return self->last_byte + (gint64) timeouts->idle_ms * 1000;
  return self->started + (gint64) timeouts->first_byte_ms * 1000;
}

GError *
tw_exchange_new_timeout (TwExchange *self)
{
  const TwHttpTimeouts *timeouts = tw_http_request_get_timeouts (self->request);
  g_autofree char *place = tw_url_to_place (tw_http_request_get_url (self->request));

  if (self->has_body_byte)
    return g_error_new (TW_ERROR, TW_ERROR_TIMEOUT,
                        "%s fell silent for %.1f s in the middle of its reply. What came before is "
                        "kept; try again.",
                        place, timeouts->idle_ms / 1000.0);
  return g_error_new (
      TW_ERROR, TW_ERROR_TIMEOUT,
      "%s did not begin its reply within %.1f s. It may still bill the request; try "
      "again later or choose another model.",
      place, timeouts->first_byte_ms / 1000.0);
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
  return self->has_headers;
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
  return self->status;
}

const char *const *
tw_exchange_get_headers (TwExchange *self)
{
  return (const char *const *) self->headers->pdata;
}

const GError *
tw_exchange_get_error (TwExchange *self)
{
  return self->error;
}

static void
resume (TwExchange *self)
{
  self->paused = FALSE;
  touch (self);
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
  if (self->paused && get_buffered (self) < MAX_BUFFERED / 2)
    resume (self);
  return (gssize) n;
}

void
tw_exchange_touch (TwExchange *self)
{
  touch (self);
}
