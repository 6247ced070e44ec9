/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-transport-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/net/tw-curl-body-private.h"

#include <string.h>

#define MAX_HEADER_NAME 255
/* Reasoning models are silent for minutes before their first byte: the common client policy of the
 * vendors' own SDKs is 10 s to connect, 600 s to the first byte, 60 to 120 s between bytes. */
#define DEFAULT_CONNECT_MS 10000
#define DEFAULT_FIRST_BYTE_MS 600000
#define DEFAULT_IDLE_MS 120000
#define DEFAULT_TOTAL_MS 3600000

static const TwHttpTimeouts default_timeouts = {
  .connect_ms = DEFAULT_CONNECT_MS,
  .first_byte_ms = DEFAULT_FIRST_BYTE_MS,
  .idle_ms = DEFAULT_IDLE_MS,
  .total_ms = DEFAULT_TOTAL_MS,
};

struct _TwHttpRequest
{
  gatomicrefcount refs;
  char *method;
  char *url;
  GBytes *body;       /* (nullable) */
  GPtrArray *headers; /* "Name: value", NULL at the end */
  TwHttpTimeouts timeouts;
};

struct _TwHttpResponse
{
  GObject parent_instance;
  guint status;
  char **headers;
  GInputStream *body;
};

G_DEFINE_BOXED_TYPE (TwHttpRequest, tw_http_request, tw_http_request_ref, tw_http_request_unref)
G_DEFINE_FINAL_TYPE (TwHttpResponse, tw_http_response, G_TYPE_OBJECT)

/* A header line may hold a key. */
static void
wipe_and_free (gpointer data)
{
  char *text = data;

  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

/**
 * tw_http_request_new:
 * @method: `"POST"`, `"GET"` …
 * @url: an absolute URL
 * @body: (nullable): the bytes to send
 *
 * Makes a request without headers and with the default timeouts. A request is
 * not changed any more once it is sent; then any thread may read it.
 *
 * Returns: (transfer full): a request
 * Since: 0.1
 */
TwHttpRequest *
tw_http_request_new (const char *method, const char *url, GBytes *body)
{
  TwHttpRequest *self;

  g_return_val_if_fail (method != NULL, NULL);
  g_return_val_if_fail (url != NULL, NULL);

  self = g_new0 (TwHttpRequest, 1);
  g_atomic_ref_count_init (&self->refs);
  self->method = g_strdup (method);
  self->url = g_strdup (url);
  self->body = body != NULL ? g_bytes_ref (body) : NULL;
  self->headers = g_ptr_array_new_with_free_func (wipe_and_free);
  g_ptr_array_add (self->headers, NULL);
  self->timeouts = default_timeouts;
  return self;
}

/**
 * tw_http_request_ref:
 * @self: a request
 *
 * Takes a reference; any thread may.
 *
 * Returns: (transfer full): @self
 * Since: 0.1
 */
TwHttpRequest *
tw_http_request_ref (TwHttpRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * tw_http_request_unref:
 * @self: (transfer full): a request
 *
 * Drops a reference; any thread may. The last one wipes the headers, which may
 * hold a key.
 *
 * Since: 0.1
 */
void
tw_http_request_unref (TwHttpRequest *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->method);
  g_free (self->url);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_ptr_array_unref (self->headers);
  g_free (self);
}

/* RFC 9110 section 5.6.2: token. */
static gboolean
is_token (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("!#$%&'*+-.^_`|~", *p) == NULL)
      return FALSE;
  return *text != '\0';
}

static gboolean
has_control_byte (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      return TRUE;
  return FALSE;
}

/**
 * tw_http_request_add_header:
 * @self: a request
 * @name: the header's name, 1 to 255 characters of an RFC 9110 token
 * @value: the header's value, without control characters
 * @error: return location for an error
 *
 * Adds a header. A line break in a value would let whoever chose it write
 * headers of their own, so control characters are refused here: libcurl sends
 * what it is given. The error does not repeat the value, which may be a key.
 *
 * Returns: %TRUE if it was added; %FALSE with `TW_ERROR_INVALID_INPUT`
 * Since: 0.1
 */
gboolean
tw_http_request_add_header (TwHttpRequest *self,
                            const char *name,
                            const char *value,
                            GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  if (strlen (name) > MAX_HEADER_NAME || !is_token (name))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The name of a header must be 1 to %d letters, digits or hyphens; correct it in "
                   "the provider's settings.",
                   MAX_HEADER_NAME);
      return FALSE;
    }
  if (has_control_byte (value))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The value of the header “%s” has a line break or another control character; "
                   "remove it (a key file often ends in one).",
                   name);
      return FALSE;
    }
  /* g_strdup_printf() would leave pieces of a key where its buffer grew. */
  g_ptr_array_insert (self->headers, (int) self->headers->len - 1,
                      g_strconcat (name, ": ", value, NULL));
  return TRUE;
}

/**
 * tw_http_request_get_method:
 * @self: a request
 *
 * Gets the method.
 *
 * Returns: the method
 * Since: 0.1
 */
const char *
tw_http_request_get_method (TwHttpRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->method;
}

/**
 * tw_http_request_get_url:
 * @self: a request
 *
 * Gets the URL.
 *
 * Returns: the URL
 * Since: 0.1
 */
const char *
tw_http_request_get_url (TwHttpRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->url;
}

/**
 * tw_http_request_get_body:
 * @self: a request
 *
 * Gets the bytes to send.
 *
 * Returns: (transfer none) (nullable): the bytes to send
 * Since: 0.1
 */
GBytes *
tw_http_request_get_body (TwHttpRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->body;
}

/**
 * tw_http_request_get_headers:
 * @self: a request
 *
 * The headers as lines `Name: value`, in the order they were added. They may
 * hold a key: never log them.
 *
 * Returns: (transfer none) (array zero-terminated=1): the lines
 * Since: 0.1
 */
const char *const *
tw_http_request_get_headers (TwHttpRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->headers->pdata;
}

static guint
get_or (guint ms, guint fallback)
{
  return ms != 0 ? ms : fallback;
}

/**
 * tw_http_request_set_timeouts:
 * @self: a request
 * @connect_ms: milliseconds to find the host, connect and agree on TLS; 0 for
 *   the default of 10,000
 * @first_byte_ms: milliseconds from the start to the first byte of the reply's
 *   body; 0 for the default of 600,000
 * @idle_ms: milliseconds between two bytes after that; 0 for the default of
 *   120,000
 *
 * Sets how long to wait. The whole has an hour: a long answer may stream for as
 * long as it comes. Time in which the transfer waits for its reader is not
 * counted.
 *
 * Since: 0.1
 */
void
tw_http_request_set_timeouts (TwHttpRequest *self,
                              guint connect_ms,
                              guint first_byte_ms,
                              guint idle_ms)
{
  g_return_if_fail (self != NULL);

  self->timeouts.connect_ms = get_or (connect_ms, DEFAULT_CONNECT_MS);
  self->timeouts.first_byte_ms = get_or (first_byte_ms, DEFAULT_FIRST_BYTE_MS);
  self->timeouts.idle_ms = get_or (idle_ms, DEFAULT_IDLE_MS);
}

void
tw_http_request_set_all_timeouts (TwHttpRequest *self, const TwHttpTimeouts *timeouts)
{
  tw_http_request_set_timeouts (self, timeouts->connect_ms, timeouts->first_byte_ms,
                                timeouts->idle_ms);
  self->timeouts.dns_ms = timeouts->dns_ms;
  self->timeouts.tcp_ms = timeouts->tcp_ms;
  self->timeouts.tls_ms = timeouts->tls_ms;
  self->timeouts.useful_ms = timeouts->useful_ms;
  self->timeouts.total_ms = get_or (timeouts->total_ms, DEFAULT_TOTAL_MS);
}

const TwHttpTimeouts *
tw_http_request_get_timeouts (TwHttpRequest *self)
{
  return &self->timeouts;
}

static void
tw_http_response_dispose (GObject *object)
{
  TwHttpResponse *self = TW_HTTP_RESPONSE (object);

  g_clear_object (&self->body);
  G_OBJECT_CLASS (tw_http_response_parent_class)->dispose (object);
}

static void
tw_http_response_finalize (GObject *object)
{
  TwHttpResponse *self = TW_HTTP_RESPONSE (object);

  g_strfreev (self->headers);
  G_OBJECT_CLASS (tw_http_response_parent_class)->finalize (object);
}

static void
tw_http_response_class_init (TwHttpResponseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tw_http_response_dispose;
  object_class->finalize = tw_http_response_finalize;
}

static void
tw_http_response_init (TwHttpResponse *self)
{
}

/**
 * tw_http_response_new:
 * @status: the HTTP status, 100 to 599
 * @headers: (nullable) (array zero-terminated=1): the headers as lines
 *   `Name: value`
 * @body: the body
 *
 * Makes a response: for an own transport, or a test.
 *
 * Returns: (transfer full): a response
 * Since: 0.1
 */
TwHttpResponse *
tw_http_response_new (guint status, const char *const *headers, GInputStream *body)
{
  g_return_val_if_fail (status >= 100 && status <= 599, NULL);
  g_return_val_if_fail (G_IS_INPUT_STREAM (body), NULL);

  return tw_http_response_new_take (
      status, headers != NULL ? g_strdupv ((char **) headers) : g_new0 (char *, 1), body);
}

TwHttpResponse *
tw_http_response_new_take (guint status, char **take_headers, GInputStream *body)
{
  TwHttpResponse *self = g_object_new (TW_TYPE_HTTP_RESPONSE, NULL);

  self->status = status;
  self->headers = take_headers;
  self->body = g_object_ref (body);
  return self;
}

/**
 * tw_http_response_get_status:
 * @self: a response
 *
 * The HTTP status. Redirects are not followed: a 3xx status is handed on.
 *
 * Returns: the status
 * Since: 0.1
 */
guint
tw_http_response_get_status (TwHttpResponse *self)
{
  g_return_val_if_fail (TW_IS_HTTP_RESPONSE (self), 0);

  return self->status;
}

/**
 * tw_http_response_get_headers:
 * @self: a response
 *
 * The headers as lines `Name: value`, as they came.
 *
 * Returns: (transfer none) (array zero-terminated=1): the lines
 * Since: 0.1
 */
const char *const *
tw_http_response_get_headers (TwHttpResponse *self)
{
  g_return_val_if_fail (TW_IS_HTTP_RESPONSE (self), NULL);

  return (const char *const *) self->headers;
}

/**
 * tw_http_response_get_body:
 * @self: a response
 *
 * The body, as it arrives. Dropping or closing it ends the transfer at once.
 *
 * Returns: (transfer none): the stream
 * Since: 0.1
 */
GInputStream *
tw_http_response_get_body (TwHttpResponse *self)
{
  g_return_val_if_fail (TW_IS_HTTP_RESPONSE (self), NULL);

  return self->body;
}

void
tw_http_response_note_useful (TwHttpResponse *self)
{
  tw_curl_body_note_useful (self->body);
}
