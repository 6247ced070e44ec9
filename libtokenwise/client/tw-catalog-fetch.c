/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-catalog-fetch.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/net/tw-transport-private.h"

#include <string.h>

#define MAX_CATALOG_BYTES (16u << 20)
#define MAX_SIGNATURE_BYTES 1024u
#define MAX_REDIRECTS 5
#define CONNECT_MS 10000
#define FIRST_BYTE_MS 30000
#define IDLE_MS 15000
/* The whole of one download: a slow trickle is an end, too. */
#define MAX_SECONDS 120
#define CHUNK_BYTES 65536

typedef struct
{
  TwTransport *transport;
  GCancellable *cancellable;
  gint64 deadline; /* monotonic µs */
} Fetch;

static GBytes *
read_body (const Fetch *self, GInputStream *body, gsize max_bytes, GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);
  gssize n;

  while ((n = g_input_stream_read (body, chunk, CHUNK_BYTES, self->cancellable, error)) > 0)
    {
      g_byte_array_append (content, chunk, (guint) n);
      if (content->len > max_bytes)
        g_set_error (error, TW_ERROR, TW_ERROR_LIMIT,
                     "The download has more than %" G_GSIZE_FORMAT
                     " bytes, so it is not what was asked for; check the address.",
                     max_bytes);
      else if (g_get_monotonic_time () > self->deadline)
        g_set_error (error, TW_ERROR, TW_ERROR_TIMEOUT,
                     "The download took more than %d seconds; try again later.", MAX_SECONDS);
      else
        continue;
      return NULL;
    }
  return n == 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&content)) : NULL;
}

static const char *
find_header (TwHttpResponse *response, const char *name)
{
  const char *const *headers = tw_http_response_get_headers (response);
  gsize length = strlen (name);

  for (gsize i = 0; headers[i] != NULL; i++)
    if (g_ascii_strncasecmp (headers[i], name, length) == 0 && headers[i][length] == ':')
      return headers[i] + length + 1 + strspn (headers[i] + length + 1, " \t");
  return NULL;
}

/* Where a redirection leads; never from https to anything less. */
static char *
follow (const char *url, TwHttpResponse *response, GError **error)
{
  const char *location = find_header (response, "location");
  g_autofree char *target
      = location != NULL ? g_uri_resolve_relative (url, location, G_URI_FLAGS_NONE, error) : NULL;
  g_autofree char *scheme = g_uri_parse_scheme (url);
  g_autofree char *new_scheme = target != NULL ? g_uri_parse_scheme (target) : NULL;

  if (target != NULL && g_strcmp0 (scheme, new_scheme) == 0)
    return g_steal_pointer (&target);
  g_clear_error (error);
  g_set_error (error, TW_ERROR, TW_ERROR_PROTOCOL,
               "%s redirects to another scheme or to nowhere; give the address it should lead to.",
               url);
  return NULL;
}

static gboolean
is_redirection (guint status)
{
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static gboolean
check_url (const char *url, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (tw_url_is_allowed (url, &local))
    return TRUE;
  if (g_error_matches (local, TW_ERROR, TW_ERROR_INVALID_INPUT))
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "A catalogue is not fetched from %s; use an https address without a user name, "
                 "or http on this machine.",
                 url);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static TwHttpResponse *
send_once (const Fetch *self, const char *url, GError **error)
{
  g_autoptr (TwHttpRequest) request = NULL;

  if (!check_url (url, error))
    return NULL;
  request = tw_http_request_new ("GET", url, NULL);
  tw_http_request_set_timeouts (request, CONNECT_MS, FIRST_BYTE_MS, IDLE_MS);
  return tw_transport_send (self->transport, request, self->cancellable, error);
}

/* The response after redirections. */
static TwHttpResponse *
send_and_follow (const Fetch *self, const char *first_url, GError **error)
{
  g_autofree char *url = g_strdup (first_url);

  for (guint i = 0; i <= MAX_REDIRECTS; i++)
    {
      g_autoptr (TwHttpResponse) response = send_once (self, url, error);
      char *next;

      if (response == NULL || !is_redirection (tw_http_response_get_status (response)))
        return g_steal_pointer (&response);
      next = follow (url, response, error);
      if (next == NULL)
        return NULL;
      g_free (url);
      url = next;
    }
  g_set_error (error, TW_ERROR, TW_ERROR_PROTOCOL,
               "%s redirects more than %d times; give the address it should lead to.", first_url,
               MAX_REDIRECTS);
  return NULL;
}

/* NULL without an error where there is nothing and may_lack. */
static GBytes *
fetch (Fetch *self, const char *url, gsize max_bytes, gboolean may_lack, GError **error)
{
  g_autoptr (TwHttpResponse) response = NULL;
  guint status;

  self->deadline = g_get_monotonic_time () + MAX_SECONDS * G_USEC_PER_SEC;
  response = send_and_follow (self, url, error);
  if (response == NULL)
    return NULL;
  status = tw_http_response_get_status (response);
  if (status == 200)
    return read_body (self, tw_http_response_get_body (response), max_bytes, error);
  if (!may_lack || (status != 404 && status != 410))
    g_set_error (error, TW_ERROR, status >= 500 ? TW_ERROR_SERVER : TW_ERROR_BAD_REQUEST,
                 "%s answers with the status %u; check the address.", url, status);
  return NULL;
}

/* ".sig" goes after the path, before what is asked of it. */
static char *
make_signature_url (const char *url)
{
  gsize path = strcspn (url, "?#");

  return g_strdup_printf ("%.*s.sig%s", (int) path, url, url + path);
}

/**
 * tw_catalog_update_fetch:
 * @url: where a catalogue is: https, or http on this machine; its signature is
 *   looked for at the same address with `.sig` after the path
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Downloads a catalogue and its signature; at most 16 MiB, in two minutes.
 * Nothing about the user, and no key, is sent. Redirections are followed within
 * the same scheme. Blocks; nothing in the catalogue is checked yet.
 *
 * Returns: (transfer full): the update
 * Since: 0.1
 */
TwCatalogUpdate *
tw_catalog_update_fetch (const char *url, GCancellable *cancellable, GError **error)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autofree char *signature_url = NULL;
  g_autoptr (GBytes) catalog = NULL;
  g_autoptr (GBytes) signature = NULL;
  g_autoptr (GError) local = NULL;
  Fetch self = { transport, cancellable, 0 };

  g_return_val_if_fail (url != NULL, NULL);

  signature_url = make_signature_url (url);
  catalog = fetch (&self, url, MAX_CATALOG_BYTES, FALSE, error);
  if (catalog == NULL)
    return NULL;
  signature = fetch (&self, signature_url, MAX_SIGNATURE_BYTES, TRUE, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return tw_catalog_update_new (catalog, signature, url);
}
