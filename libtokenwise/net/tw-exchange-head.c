/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-exchange-head-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/net/tw-exchange-private.h"
#include "libtokenwise/net/tw-url-private.h"

#include <string.h>

void
tw_reply_head_init (TwReplyHead *self)
{
  *self = (TwReplyHead){ .lines = g_ptr_array_new_with_free_func (g_free) };
}

void
tw_reply_head_clear (TwReplyHead *self)
{
  g_clear_pointer (&self->lines, g_ptr_array_unref);
}

/* The body is passed on as it comes: nothing was offered but identity, and decompressing what was
 * not asked for would let a small reply become a huge one. */
static gboolean
line_is_allowed (const char *line)
{
  static const char *const names[] = { "content-encoding:", "transfer-encoding:" };

  for (guint n = 0; n < G_N_ELEMENTS (names); n++)
    {
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

static GError *
new_protocol_error (const char *url, const char *what)
{
  g_autofree char *place = tw_url_to_place (url);

  return g_error_new (TW_ERROR, TW_ERROR_PROTOCOL,
                      "The reply from %s %s. Check the provider's base-url.", place, what);
}

static gboolean
begin_block (TwReplyHead *self, const char *line, const char *url, GError **error)
{
  const char *space = strchr (line, ' ');

  self->status = space != NULL ? (guint) g_ascii_strtoull (space, NULL, 10) : 0;
  g_ptr_array_set_size (self->lines, 0);
  if (self->status >= 100 && self->status <= 599)
    return TRUE;
  g_propagate_error (error,
                     new_protocol_error (url, "is not an HTTP reply: its status is not one"));
  return FALSE;
}

static gboolean
end_block (TwReplyHead *self, const char *url, GError **error)
{
  if (self->status < 200)
    return TRUE;
  /* An error status is worth more than its text. */
  for (guint i = 0; self->status < 300 && i < self->lines->len; i++)
    if (!line_is_allowed (self->lines->pdata[i]))
      {
        g_propagate_error (error,
                           new_protocol_error (url, "is compressed, which was not asked for"));
        return FALSE;
      }
  g_ptr_array_add (self->lines, NULL);
  self->done = TRUE;
  return TRUE;
}

gboolean
tw_reply_head_take (
    TwReplyHead *self, const char *bytes, gsize length, const char *url, GError **error)
{
  self->n_bytes += length;
  self->n_lines++;
  if (self->n_bytes > TW_LIMIT_HEADER_BYTES || self->n_lines > TW_REPLY_MAX_HEADERS)
    {
      g_propagate_error (error, tw_header_limit_error_new (url));
      return FALSE;
    }
  /* What comes after the block is a trailer of a chunked body. */
  if (self->done)
    return TRUE;
  while (length > 0 && g_ascii_isspace (bytes[length - 1]))
    length--;
  if (length == 0)
    return end_block (self, url, error);
  if (length >= 5 && memcmp (bytes, "HTTP/", 5) == 0)
    {
      g_autofree char *line = g_strndup (bytes, length);

      return begin_block (self, line, url, error);
    }
  /* A folded line (obsolete, RFC 9112 section 5.2) could pass for a header of its own. */
  if (*bytes != ' ' && *bytes != '\t' && memchr (bytes, ':', length) != NULL)
    g_ptr_array_add (self->lines, g_utf8_make_valid (bytes, (gssize) length));
  return TRUE;
}
