/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-url-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/net/tw-curl-library-private.h"
#include "libtokenwise/net/tw-transport-private.h"

#include <string.h>

static void
free_parts (CURLU *parts)
{
  tw_curl.url_cleanup (parts);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CURLU, free_parts)

static gboolean
host_is_loopback (const char *host)
{
  gsize length = strlen (host);
  gboolean bracketed = length > 2 && host[0] == '[' && host[length - 1] == ']';
  g_autofree char *bare = bracketed ? g_strndup (host + 1, length - 2) : g_strdup (host);
  g_autoptr (GInetAddress) address = NULL;

  if (g_ascii_strcasecmp (bare, "localhost") == 0)
    return TRUE;
  address = g_inet_address_new_from_string (bare);
  return address != NULL && g_inet_address_get_is_loopback (address);
}

/* curl's own parser, so that what is judged here is what is connected to. */
static CURLU *
parse (const char *url)
{
  g_autoptr (CURLU) parts = NULL;

  if (!tw_curl_library_load (NULL))
    return NULL;
  for (const char *p = url; *p != '\0'; p++)
    if ((guchar) *p <= 0x20 || *p == 0x7f)
      return NULL;
  parts = tw_curl.url ();
  if (parts == NULL || tw_curl.url_set (parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != 0)
    return NULL;
  return g_steal_pointer (&parts);
}

static char *
get_part (CURLU *parts, CURLUPart which, guint flags)
{
  char *text = NULL;
  char *copy;

  if (tw_curl.url_get (parts, which, &text, flags) != CURLUE_OK)
    return NULL;
  copy = g_strdup (text);
  tw_curl.free (text);
  return copy;
}

gboolean
tw_url_is_loopback (const char *url)
{
  g_autoptr (CURLU) parts = parse (url);
  g_autofree char *host = parts != NULL ? get_part (parts, CURLUPART_HOST, 0) : NULL;

  return host != NULL && host_is_loopback (host);
}

char *
tw_url_to_place (const char *url)
{
  g_autoptr (CURLU) parts = parse (url);
  g_autofree char *host = parts != NULL ? get_part (parts, CURLUPART_HOST, 0) : NULL;
  g_autofree char *port
      = parts != NULL ? get_part (parts, CURLUPART_PORT, CURLU_DEFAULT_PORT) : NULL;

  if (host == NULL || port == NULL)
    return g_strdup ("the server");
  return g_strdup_printf ("%s port %s", host, port);
}

gboolean
tw_url_is_proxy (const char *url, GError **error)
{
  static const char *const schemes[]
      = { "http", "https", "socks4", "socks4a", "socks5", "socks5h", NULL };
  g_autoptr (CURLU) parts = NULL;
  g_autofree char *scheme = NULL;
  g_autofree char *host = NULL;

  if (!tw_curl_library_load (error))
    return FALSE;
  parts = parse (url);
  if (parts != NULL)
    {
      scheme = get_part (parts, CURLUPART_SCHEME, 0);
      host = get_part (parts, CURLUPART_HOST, 0);
    }
  if (scheme != NULL && host != NULL && *host != '\0' && g_strv_contains (schemes, scheme))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The proxy is not a URL; write it like http://proxy.example.com:3128 (or https, "
               "socks5, socks5h).");
  return FALSE;
}

gboolean
tw_url_is_allowed (const char *url, GError **error)
{
  g_autoptr (CURLU) parts = NULL;
  g_autofree char *scheme = NULL;
  g_autofree char *host = NULL;
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;

  if (!tw_curl_library_load (error))
    return FALSE;
  parts = parse (url);
  if (parts != NULL)
    {
      scheme = get_part (parts, CURLUPART_SCHEME, 0);
      host = get_part (parts, CURLUPART_HOST, 0);
      user = get_part (parts, CURLUPART_USER, 0);
      password = get_part (parts, CURLUPART_PASSWORD, 0);
    }
  if (scheme == NULL || host == NULL || *host == '\0')
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "The base-url is not a URL; write it like https://api.example.com/v1.");
  else if (user != NULL || password != NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "The base-url for %s holds a user name or a password; remove it, and give the key "
                 "as the provider's key.",
                 host);
  else if (strcmp (scheme, "https") != 0 && strcmp (scheme, "http") != 0)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "The base-url begins with %s://, which is not spoken here; use https://.", scheme);
  else if (strcmp (scheme, "http") == 0 && !host_is_loopback (host))
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "The base-url for %s would send the key and the prompt unencrypted; use https:// "
                 "(http:// is only for this machine: 127.0.0.1, ::1 or localhost).",
                 host);
  else
    return TRUE;
  return FALSE;
}
