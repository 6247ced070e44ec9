/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-exchange-private.h"

#include "libtokenwise/net/tw-transport-private.h"
#include "libtokenwise/net/tw-url-private.h"

#include <string.h>

/* Instead of the system's, not besides: who names a bundle trusts that and no other. */
static void
set_trust (CURL *easy, const TwTransportOptions *options)
{
  if (options->ca_file == NULL && options->ca_dir == NULL)
    return;
  tw_curl.easy_setopt (easy, CURLOPT_CAINFO, options->ca_file);
  tw_curl.easy_setopt (easy, CURLOPT_CAPATH, options->ca_dir);
  tw_curl.easy_setopt (easy, CURLOPT_PROXY_CAINFO, options->ca_file);
  tw_curl.easy_setopt (easy, CURLOPT_PROXY_CAPATH, options->ca_dir);
}

static void
set_proxy (CURL *easy, const char *url, const TwTransportOptions *options)
{
  /* A proxy gets the address and no other header. */
  tw_curl.easy_setopt (easy, CURLOPT_HEADEROPT, (long) CURLHEADER_SEPARATE);
  tw_curl.easy_setopt (easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  /* CURLOPT_NOPROXY would replace the user's no_proxy, so only this one transfer is exempt. */
  if (tw_url_is_loopback (url))
    tw_curl.easy_setopt (easy, CURLOPT_PROXY, "");
  else if (options->proxy != NULL)
    tw_curl.easy_setopt (easy, CURLOPT_PROXY, options->proxy);
}

static void
set_rules (CURL *easy, TwHttpRequest *request, const TwTransportOptions *options)
{
  const TwHttpTimeouts *timeouts = tw_http_request_get_timeouts (request);
  const char *url = tw_http_request_get_url (request);

  tw_curl.easy_setopt (easy, CURLOPT_URL, url);
  tw_curl.easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  tw_curl.easy_setopt (easy, CURLOPT_FOLLOWLOCATION, 0L);
  tw_curl.easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  tw_curl.easy_setopt (easy, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
  tw_curl.easy_setopt (easy, CURLOPT_SSL_VERIFYPEER, 1L);
  tw_curl.easy_setopt (easy, CURLOPT_SSL_VERIFYHOST, 2L);
  tw_curl.easy_setopt (easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_2TLS);
  tw_curl.easy_setopt (easy, CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
  tw_curl.easy_setopt (easy, CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
  tw_curl.easy_setopt (easy, CURLOPT_TCP_KEEPALIVE, 1L);
  /* Who gives up does not wait for the thread that looks a name up. */
  tw_curl.easy_setopt (easy, CURLOPT_QUICK_EXIT, 1L);
  /* Calls that begin together share the connection that the first of them makes. */
  tw_curl.easy_setopt (easy, CURLOPT_PIPEWAIT, 1L);
  tw_curl.easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS, (long) timeouts->connect_ms);
  tw_curl.easy_setopt (easy, CURLOPT_USERAGENT, "tokenwise/" TW_VERSION);
  set_proxy (easy, url, options);
  set_trust (easy, options);
}

/* The body is not copied: the exchange holds the request as long as the handle. */
static void
set_method (CURL *easy, TwHttpRequest *request)
{
  const char *method = tw_http_request_get_method (request);
  GBytes *body = tw_http_request_get_body (request);
  gsize size = 0;
  const void *data = body != NULL ? g_bytes_get_data (body, &size) : NULL;

  if (body != NULL || strcmp (method, "POST") == 0)
    {
      tw_curl.easy_setopt (easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) size);
      tw_curl.easy_setopt (easy, CURLOPT_POSTFIELDS, data != NULL ? data : "");
    }
  if (strcmp (method, "HEAD") == 0)
    tw_curl.easy_setopt (easy, CURLOPT_NOBODY, 1L);
  else
    tw_curl.easy_setopt (easy, CURLOPT_CUSTOMREQUEST, method);
}

/* curl takes "Name:" for "do not send it" and wants "Name;" for an empty value. */
static char *
to_curl_line (const char *line)
{
  const char *colon = strchr (line, ':');

  if (colon[strspn (colon, ": ")] == '\0')
    return g_strdup_printf ("%.*s;", (int) (colon - line), line);
  return g_strdup (line);
}

static struct curl_slist *
append (struct curl_slist *lines, const char *line)
{
  struct curl_slist *longer = tw_curl.slist_append (lines, line);

  return longer != NULL ? longer : lines;
}

static gboolean
is_header (const char *line, const char *name)
{
  gsize length = strlen (name);

  return g_ascii_strncasecmp (line, name, length) == 0
         && (line[length] == ':' || line[length] == ';');
}

struct curl_slist *
tw_curl_set_request (CURL *easy, TwHttpRequest *request, const TwTransportOptions *options)
{
  const char *const *headers = tw_http_request_get_headers (request);
  struct curl_slist *lines = NULL;
  gboolean has_type = FALSE;

  set_rules (easy, request, options);
  set_method (easy, request);
  for (gsize i = 0; headers[i] != NULL; i++)
    {
      g_autofree char *line = to_curl_line (headers[i]);

      has_type = has_type || is_header (line, "content-type");
      lines = append (lines, line);
      explicit_bzero (line, strlen (line));
    }
  /* A server that does not know 100-continue would cost a second. */
  lines = append (lines, "Expect:");
  /* curl's own would be that of a web form. */
  if (!has_type)
    lines = append (lines, "Content-Type:");
  tw_curl.easy_setopt (easy, CURLOPT_HTTPHEADER, lines);
  return lines;
}

/* One of them may hold a key. */
void
tw_curl_free_lines (struct curl_slist *lines)
{
  for (struct curl_slist *line = lines; line != NULL; line = line->next)
    explicit_bzero (line->data, strlen (line->data));
  tw_curl.slist_free_all (lines);
}
