/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-outgoing-private.h"

#include <string.h>

#define SANDBOX_URL "https://sandbox.invalid/v1"
/* What the official clients of OpenAI and Anthropic wait. */
/* A model may reason for minutes before its first word; keep-alives may stand in for words as long
 * again, and no longer. */
static const TwHttpTimeouts timeouts
    = { .connect_ms = 10000, .first_byte_ms = 600000, .idle_ms = 120000, .useful_ms = 600000 };

/* Azure wants its version in the query, whichever dialect of OpenAI's it is asked in; other
 * dialects say theirs in a header or in the body. */
static char *
make_url (const char *base_url, const TwCodec *codec, const TwWireCall *wire, const char *version)
{
  gboolean in_query = version != NULL && g_str_has_prefix (codec->name, "openai-")
                      && strchr (wire->path, '?') == NULL;

  return g_strconcat (base_url, wire->path, in_query ? "?api-version=" : NULL, version, NULL);
}

TwOutgoing *
tw_outgoing_new (const TwProvider *provider,
                 const TwCodec *codec,
                 TwWireCall *take_wire,
                 const char *id,
                 GError **error)
{
  g_autoptr (TwOutgoing) self = g_new0 (TwOutgoing, 1);
  g_autofree char *base_url = NULL;

  self->codec = codec;
  self->wire = take_wire;
  self->id = g_strdup (id);
  if (provider == NULL)
    {
      self->url = g_strconcat (SANDBOX_URL, take_wire->path, NULL);
      return g_steal_pointer (&self);
    }
  self->provider = tw_provider_ref (provider);
  base_url = tw_provider_get_url (provider, error);
  if (base_url == NULL || !tw_url_is_allowed (base_url, error))
    return NULL;
  self->url = make_url (base_url, codec, take_wire, provider->api_version);
  return g_steal_pointer (&self);
}

void
tw_outgoing_free (TwOutgoing *self)
{
  g_clear_pointer (&self->provider, tw_provider_unref);
  g_clear_pointer (&self->wire, tw_wire_call_free);
  g_free (self->url);
  g_free (self->id);
  g_free (self);
}

gboolean
tw_outgoing_ages (const TwOutgoing *self)
{
  return self->provider != NULL
         && tw_provider_get_credential (self->provider) == TW_CREDENTIAL_AWS_SIGV4;
}

static gboolean
add_line (TwHttpRequest *http, const char *line, GError **error)
{
  const char *colon = strchr (line, ':');
  g_autofree char *name = g_strndup (line, (gsize) (colon - line));

  return tw_http_request_add_header (http, name, colon + 1 + strspn (colon + 1, " "), error);
}

static gboolean
add_provider_headers (const TwOutgoing *self, TwHttpRequest *http, GError **error)
{
  const GStrv headers = self->provider->headers;

  for (guint i = 0; headers != NULL && headers[i] != NULL; i++)
    if (!add_line (http, headers[i], error))
      return FALSE;
  return !self->provider->idempotent
         || tw_http_request_add_header (http, "Idempotency-Key", self->id, error);
}

TwHttpRequest *
tw_outgoing_make_http (const TwOutgoing *self, GError **error)
{
  const TwWireCall *wire = self->wire;
  g_autoptr (GBytes) body = g_bytes_new (wire->body, strlen (wire->body));
  g_autoptr (TwHttpRequest) http = tw_http_request_new (wire->method, self->url, body);

  for (guint i = 0; i < wire->headers->len; i++)
    {
      const TwWireHeader *header = &g_array_index (wire->headers, TwWireHeader, i);

      if (!tw_http_request_add_header (http, header->name, header->value, error))
        return NULL;
    }
  if (self->provider != NULL
      && (!add_provider_headers (self, http, error)
          || !tw_outgoing_add_credential (self, http, error)))
    return NULL;
  tw_http_request_set_all_timeouts (http, &timeouts);
  return g_steal_pointer (&http);
}

char *
tw_outgoing_copy_key (TwHttpRequest *http)
{
  static const char *const shown_in[] = { "x-amz-security-token: ", "authorization: bearer ",
                                          "x-api-key: ", "api-key: ", "x-goog-api-key: " };
  const char *const *headers = tw_http_request_get_headers (http);

  for (guint i = 0; i < G_N_ELEMENTS (shown_in); i++)
    for (guint j = 0; headers[j] != NULL; j++)
      if (g_ascii_strncasecmp (headers[j], shown_in[i], strlen (shown_in[i])) == 0)
        return g_strdup (headers[j] + strlen (shown_in[i]));
  return NULL;
}
