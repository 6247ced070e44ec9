/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-exchange-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/net/tw-exchange-head-private.h"
#include "libtokenwise/net/tw-url-private.h"

#include <string.h>

/* TW_ERROR_CONNECTION before the reply's headers means that no connection was made, so nothing was
 * sent and nothing can be billed; every other failure may come after the request was read. */

static GError *
new_connect_error (CURL *easy, const char *url, const char *place)
{
  g_autofree char *reason = NULL;
  long number = 0;

  tw_curl.easy_getinfo (easy, CURLINFO_OS_ERRNO, &number);
  reason = number != 0 ? g_strdup_printf (" (%s)", g_strerror ((int) number)) : g_strdup ("");
  if (tw_url_is_loopback (url))
    return g_error_new (TW_ERROR, TW_ERROR_CONNECTION,
                        "Nothing answered at %s%s. Is the server running?", place, reason);
  return g_error_new (TW_ERROR, TW_ERROR_CONNECTION,
                      "Could not connect to %s%s. Check the network, the proxy if there is one, "
                      "and the provider's base-url.",
                      place, reason);
}

/* A proxy's refusal, a handshake that was cut short. */
static GError *
new_setup_error (const char *place, const char *detail)
{
  return g_error_new (TW_ERROR, TW_ERROR_CONNECTION,
                      "No connection to %s: %s. Check the network, the proxy and the provider's "
                      "base-url; nothing was sent.",
                      place, detail);
}

static GError *
new_tls_error (const char *place, const char *detail)
{
  return g_error_new (TW_ERROR, TW_ERROR_CONNECTION,
                      "No secure connection to %s: %s. Check the base-url and the machine's clock "
                      "and certificates; nothing was sent.",
                      place, detail);
}

static GError *
new_lost_error (const char *place, const char *detail, gboolean has_headers)
{
  if (has_headers)
    return g_error_new (TW_ERROR, TW_ERROR_CONNECTION,
                        "The connection to %s was lost in the middle of the reply (%s). What came "
                        "before is kept; try again.",
                        place, detail);
  return g_error_new (TW_ERROR, TW_ERROR_SERVER,
                      "%s closed the connection without a reply (%s). Try again, or check the "
                      "provider's base-url.",
                      place, detail);
}

GError *
tw_header_limit_error_new (const char *url)
{
  g_autofree char *place = tw_url_to_place (url);

  return g_error_new (TW_ERROR, TW_ERROR_LIMIT,
                      "The reply from %s has more than %u bytes of headers, or more than %u of "
                      "them. Check the provider's base-url.",
                      place, TW_LIMIT_HEADER_BYTES, TW_REPLY_MAX_HEADERS);
}

static GError *
new_protocol_error (const char *place, const char *detail)
{
  return g_error_new (TW_ERROR, TW_ERROR_PROTOCOL,
                      "What came from %s is not an HTTP reply (%s). Check the provider's base-url.",
                      place, detail);
}

GError *
tw_resend_error_new (const char *url)
{
  g_autofree char *place = tw_url_to_place (url);

  return new_lost_error (place, "it had been kept open after an earlier reply", FALSE);
}

/* curl quotes what a server wrote, such as the name in a certificate, which a terminal must not
 * obey. */
static char *
to_plain_text (const char *detail)
{
  char *text = g_utf8_make_valid (detail, -1);

  for (char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      memset (p, ' ', (gsize) (g_utf8_next_char (p) - p));
  return text;
}

GError *
tw_curl_error_new (CURLcode code,
                   CURL *easy,
                   const char *url,
                   const char *detail,
                   gboolean sent,
                   gboolean has_headers)
{
  g_autofree char *place = tw_url_to_place (url);
  g_autofree char *text = to_plain_text (*detail != '\0' ? detail : tw_curl.easy_strerror (code));

  switch (code)
    {
    case CURLE_COULDNT_RESOLVE_HOST:
      return g_error_new (TW_ERROR, TW_ERROR_CONNECTION,
                          "The name of the server was not found (%s). Check the network and the "
                          "provider's base-url.",
                          place);
    case CURLE_COULDNT_RESOLVE_PROXY:
      return g_error_new (TW_ERROR, TW_ERROR_CONNECTION,
                          "The proxy was not found. Check the variables https_proxy and all_proxy, "
                          "and the proxy in config.ini.");
    case CURLE_COULDNT_CONNECT:
      return new_connect_error (easy, url, place);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return new_tls_error (place, text);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_WRITE_ERROR:
    case CURLE_BAD_CONTENT_ENCODING:
      return sent ? new_protocol_error (place, text) : new_setup_error (place, text);
    /* What curl says of a header line that is longer than its own limit, which is 100 KiB too. */
    case CURLE_OUT_OF_MEMORY:
#if LIBCURL_VERSION_NUM >= 0x080600
    case CURLE_TOO_LARGE:
#endif
      return tw_header_limit_error_new (url);
    default:
      return sent ? new_lost_error (place, text, has_headers) : new_setup_error (place, text);
    }
}
