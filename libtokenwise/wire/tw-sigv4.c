/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-sigv4-private.h"

#include "libtokenwise/base/tw-error.h"

#include <string.h>

/* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */

#define ALGORITHM "AWS4-HMAC-SHA256"
#define SCOPE_END "aws4_request"
#define DIGEST_BYTES 32
/* "20260102T030405Z" and its day. */
#define DATE_LENGTH 16
#define DAY_LENGTH 8
/* So that lines with a session token in them do not move in memory and leave a copy behind. */
#define MAX_HEADER_TEXT 16384

static gboolean
invalid (GError **error, const char *message)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT, message);
  return FALSE;
}

/* ---- what is signed ---- */

/* Everything but A-Z a-z 0-9 - . _ ~ becomes %XX. */
static void
append_encoded (GString *text, const char *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (g_ascii_isalnum (bytes[i]) || (bytes[i] != '\0' && strchr ("-._~", bytes[i]) != NULL))
      g_string_append_c (text, bytes[i]);
    else
      g_string_append_printf (text, "%%%02X", (guchar) bytes[i]);
}

/* The path without ".", ".." and doubled slashes, and with each segment encoded again: every
 * service but S3 wants it so, and a model's "%3A" is signed as "%253A". */
static void
append_path (GString *text, const char *path)
{
  g_auto (GStrv) segments = g_strsplit (path, "/", -1);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  for (guint i = 0; segments[i] != NULL; i++)
    if (g_str_equal (segments[i], ".."))
      g_ptr_array_set_size (kept, kept->len > 0 ? (int) kept->len - 1 : 0);
    else if (*segments[i] != '\0' && !g_str_equal (segments[i], "."))
      g_ptr_array_add (kept, segments[i]);
  for (guint i = 0; i < kept->len; i++)
    {
      const char *segment = g_ptr_array_index (kept, i);

      g_string_append_c (text, '/');
      append_encoded (text, segment, strlen (segment));
    }
  if (kept->len == 0 || g_str_has_suffix (path, "/"))
    g_string_append_c (text, '/');
}

static gboolean
append_reencoded (GString *text, const char *start, gsize length, GError **error)
{
  g_autoptr (GBytes) bytes = g_uri_unescape_bytes (start, (gssize) length, NULL, NULL);
  gsize size;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  if (bytes == NULL)
    return invalid (error, "The query has a “%” that two hexadecimal digits do not follow; encode "
                           "it as %25.");
  append_encoded (text, data, size);
  return TRUE;
}

/* By name, then by value; "=" must not take part, because "-" sorts before it. */
static int
compare_parameters (gconstpointer a, gconstpointer b)
{
  const char *left = *(const char *const *) a, *right = *(const char *const *) b;
  gsize left_name = strcspn (left, "="), right_name = strcspn (right, "=");
  int order = strncmp (left, right, MIN (left_name, right_name));

  if (order != 0)
    return order;
  if (left_name != right_name)
    return left_name < right_name ? -1 : 1;
  return strcmp (left, right);
}

static gboolean
append_query (GString *text, const char *query, GError **error)
{
  g_auto (GStrv) pieces = g_strsplit (query != NULL ? query : "", "&", -1);
  g_autoptr (GPtrArray) parameters = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; pieces[i] != NULL; i++)
    {
      g_autoptr (GString) parameter = g_string_new (NULL);
      gsize name = strcspn (pieces[i], "=");
      const char *value = pieces[i] + name + (pieces[i][name] == '=' ? 1 : 0);

      if (*pieces[i] == '\0')
        continue;
      if (!append_reencoded (parameter, pieces[i], name, error))
        return FALSE;
      g_string_append_c (parameter, '=');
      if (!append_reencoded (parameter, value, strlen (value), error))
        return FALSE;
      g_ptr_array_add (parameters, g_strdup (parameter->str));
    }
  g_ptr_array_sort (parameters, compare_parameters);
  for (guint i = 0; i < parameters->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "&" : "",
                            (const char *) g_ptr_array_index (parameters, i));
  return TRUE;
}

/* What proxies and libcurl change or add on the way must not be under the signature. */
static gboolean
is_signable (const char *name)
{
  static const char *const others[] = {
    "authorization", "cache-control", "connection",      "expect", "from",    "keep-alive",
    "max-forwards",  "pragma",        "referer",         "te",     "trailer", "transfer-encoding",
    "upgrade",       "user-agent",    "x-amzn-trace-id", NULL
  };

  return !g_strv_contains (others, name) && !g_str_has_prefix (name, "proxy-")
         && !g_str_has_prefix (name, "sec-");
}

/* A session token goes through here, and is a secret like the key. */
static void
wipe_and_free (gpointer text)
{
  explicit_bzero (text, strlen (text));
  g_free (text);
}

/* Without space at the ends, and one where there are several. */
static char *
normalise_value (const char *value)
{
  char *text = g_new (char, strlen (value) + 1);
  char *end = text;

  for (const char *c = value; *c != '\0'; c++)
    if (!g_ascii_isspace (*c))
      *end++ = *c;
    else if (end > text && end[-1] != ' ')
      *end++ = ' ';
  if (end > text && end[-1] == ' ')
    end--;
  *end = '\0';
  return text;
}

/* A header that comes twice is signed as one line, in the order of sending. */
static void
add_header (GTree *headers, const char *name, const char *value)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  char *normal;
  const char *first;

  if (!is_signable (lower))
    return;
  normal = normalise_value (value);
  first = g_tree_lookup (headers, lower);
  if (first != NULL)
    {
      char *both = g_strjoin (",", first, normal, NULL);

      wipe_and_free (normal);
      normal = both;
    }
  g_tree_replace (headers, g_steal_pointer (&lower), normal);
}

static int
compare_names (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (a, b);
}

typedef struct
{
  GString *lines;
  GString *names;
} HeaderText;

static gboolean
append_header (gpointer name, gpointer value, gpointer user_data)
{
  HeaderText *text = user_data;

  g_string_append_printf (text->lines, "%s:%s\n", (const char *) name, (const char *) value);
  if (text->names->len > 0)
    g_string_append_c (text->names, ';');
  g_string_append (text->names, name);
  return FALSE;
}

static GTree *
collect_headers (const TwSigv4Request *request, const char *amz_date)
{
  GTree *headers = g_tree_new_full (compare_names, NULL, g_free, wipe_and_free);

  add_header (headers, "host", request->host);
  add_header (headers, "x-amz-date", amz_date);
  if (request->credentials->session_token != NULL)
    add_header (headers, "x-amz-security-token", request->credentials->session_token);
  for (guint i = 0; i < request->n_headers; i++)
    add_header (headers, request->headers[i].name, request->headers[i].value);
  return headers;
}

char *
tw_sigv4_canonical_request (const TwSigv4Request *request,
                            const char *amz_date,
                            char **ret_signed_names,
                            GError **error)
{
  g_autoptr (GString) head = g_string_new (request->method);
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GTree) headers = collect_headers (request, amz_date);
  g_autofree char *body_hash = g_compute_checksum_for_data (
      G_CHECKSUM_SHA256, (const guchar *) request->body, request->body_length);
  HeaderText text = { g_string_sized_new (MAX_HEADER_TEXT), names };
  char *whole = NULL;

  g_string_append_c (head, '\n');
  append_path (head, request->path);
  g_string_append_c (head, '\n');
  g_tree_foreach (headers, append_header, &text);
  if (append_query (head, request->query, error))
    whole = g_strdup_printf ("%s\n%s\n%s\n%s", head->str, text.lines->str, names->str, body_hash);
  wipe_and_free (g_string_free (text.lines, FALSE));
  *ret_signed_names = g_strdup (names->str);
  return whole;
}

/* ---- the signature ---- */

static void
hmac (const guchar *key, gsize key_length, const char *text, guchar digest[DIGEST_BYTES])
{
  g_autoptr (GHmac) mac = g_hmac_new (G_CHECKSUM_SHA256, key, key_length);
  gsize length = DIGEST_BYTES;

  g_hmac_update (mac, (const guchar *) text, (gssize) strlen (text));
  g_hmac_get_digest (mac, digest, &length);
}

/* Each step's key is the step before; all that could sign in the owner's name is wiped. */
static char *
compute_signature (const TwSigv4Request *request, const char *day, const char *text)
{
  const char *const steps[] = { day, request->region, request->service, SCOPE_END, text };
  char *seed = g_strconcat ("AWS4", request->credentials->secret_access_key, NULL);
  guchar key[DIGEST_BYTES], next[DIGEST_BYTES];
  GString *hex = g_string_new (NULL);

  hmac ((const guchar *) seed, strlen (seed), steps[0], key);
  for (guint i = 1; i < G_N_ELEMENTS (steps); i++)
    {
      hmac (key, sizeof key, steps[i], next);
      memcpy (key, next, sizeof key);
    }
  for (guint i = 0; i < sizeof key; i++)
    g_string_append_printf (hex, "%02x", key[i]);
  explicit_bzero (seed, strlen (seed));
  explicit_bzero (key, sizeof key);
  explicit_bzero (next, sizeof next);
  g_free (seed);
  return g_string_free (hex, FALSE);
}

/* Visible ASCII only: nothing that ends a header, and nothing that a shell left behind. */
static gboolean
is_token (const char *text, const char *forbidden)
{
  if (text == NULL || *text == '\0')
    return FALSE;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c) || strchr (forbidden, *c) != NULL)
      return FALSE;
  return TRUE;
}

static gboolean
check (const TwSigv4Request *request, GError **error)
{
  const TwAwsCredentials *credentials = request->credentials;

  if (!is_token (credentials->access_key_id, "/,="))
    return invalid (error, "The AWS access key id is empty or has characters that none has; check "
                           "AWS_ACCESS_KEY_ID.");
  if (!is_token (credentials->secret_access_key, ""))
    return invalid (error, "The AWS secret access key is empty or has characters that none has; "
                           "check AWS_SECRET_ACCESS_KEY.");
  if (credentials->session_token != NULL && !is_token (credentials->session_token, ""))
    return invalid (error, "The AWS session token is empty or has characters that none has; check "
                           "AWS_SESSION_TOKEN.");
  if (!is_token (request->region, "/,=") || !is_token (request->service, "/,="))
    return invalid (error, "The AWS region is not one, such as us-east-1; check AWS_REGION.");
  if (*request->path != '/')
    return invalid (error, "The path of a signed request must begin with a slash.");
  return TRUE;
}

static void
add_item (TwSigv4Headers *headers, const char *name, char *take_value)
{
  headers->items[headers->n_items++] = (TwWireHeader){ g_strdup (name), take_value };
}

static char *
format_date (gint64 unix_seconds, GError **error)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_utc (unix_seconds);
  g_autofree char *date = when != NULL ? g_date_time_format (when, "%Y%m%dT%H%M%SZ") : NULL;

  if (date != NULL && strlen (date) == DATE_LENGTH)
    return g_steal_pointer (&date);
  invalid (error, "The instant of the signature is out of range; check the clock.");
  return NULL;
}

/* "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…" */
static char *
authorize (const TwSigv4Request *request, const char *date, const char *names, const char *hash)
{
  g_autofree char *day = g_strndup (date, DAY_LENGTH);
  g_autofree char *scope = g_strjoin ("/", day, request->region, request->service, SCOPE_END, NULL);
  g_autofree char *text = g_strjoin ("\n", ALGORITHM, date, scope, hash, NULL);
  g_autofree char *signature = compute_signature (request, day, text);

  return g_strdup_printf (ALGORITHM " Credential=%s/%s, SignedHeaders=%s, Signature=%s",
                          request->credentials->access_key_id, scope, names, signature);
}

gboolean
tw_sigv4_sign (const TwSigv4Request *request, TwSigv4Headers *ret_headers, GError **error)
{
  const char *token = request->credentials->session_token;
  g_autofree char *date = NULL, *names = NULL, *hash = NULL;
  char *canonical;

  if (!check (request, error))
    return FALSE;
  date = format_date (request->unix_seconds, error);
  canonical = date != NULL ? tw_sigv4_canonical_request (request, date, &names, error) : NULL;
  if (canonical == NULL)
    return FALSE;
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, canonical, -1);
  wipe_and_free (canonical);
  add_item (ret_headers, "Authorization", authorize (request, date, names, hash));
  add_item (ret_headers, "X-Amz-Date", g_steal_pointer (&date));
  if (token != NULL)
    add_item (ret_headers, "X-Amz-Security-Token", g_strdup (token));
  return TRUE;
}

void
tw_sigv4_headers_clear (TwSigv4Headers *self)
{
  for (guint i = 0; i < self->n_items; i++)
    {
      wipe_and_free (self->items[i].value);
      g_free (self->items[i].name);
    }
  self->n_items = 0;
}
