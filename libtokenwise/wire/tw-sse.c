/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-sse-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

#include <string.h>

struct _TwSse
{
  TwSseHandler handler;
  gpointer user_data;
  GString *line; /* the line so far */
  GString *data; /* the data lines so far, each followed by \n */
  char *name;
  char *last_id;
  gint64 retry_ms;
  gboolean after_cr; /* a \n that follows belongs to the \r before it */
  gboolean first_line;
};

TwSse *
tw_sse_new (TwSseHandler handler, gpointer user_data)
{
  TwSse *self = g_new0 (TwSse, 1);

  self->handler = handler;
  self->user_data = user_data;
  self->line = g_string_new (NULL);
  self->data = g_string_new (NULL);
  self->retry_ms = -1;
  self->first_line = TRUE;
  return self;
}

void
tw_sse_free (TwSse *self)
{
  g_string_free (self->line, TRUE);
  g_string_free (self->data, TRUE);
  g_free (self->name);
  g_free (self->last_id);
  g_free (self);
}

static gboolean
exceed (const char *what, guint limit, GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_LIMIT, "The reply has %s of more than %u bytes.", what,
               limit);
  return FALSE;
}

/* The empty line: hands over what was collected. An event without data lines is none. */
static gboolean
dispatch (TwSse *self, gboolean unfinished, GError **error)
{
  TwSseEvent event = { self->name, self->data->str, self->data->len, unfinished };
  gboolean ok = TRUE;

  if (self->data->len > 0)
    {
      event.length--;
      self->data->str[event.length] = '\0';
      ok = self->handler (&event, self->user_data, error);
    }
  g_string_truncate (self->data, 0);
  g_clear_pointer (&self->name, g_free);
  return ok;
}

static void
read_retry (TwSse *self, const char *value, gsize length)
{
  guint64 retry_ms;

  /* The standard takes ASCII digits only: no sign, no space. */
  if (length > 0 && strspn (value, "0123456789") == length
      && g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, &retry_ms, NULL))
    self->retry_ms = (gint64) retry_ms;
}

static gboolean
read_field (TwSse *self, const char *line, gsize name_length, const char *value, gsize length)
{
  if (name_length == 4 && memcmp (line, "data", 4) == 0)
    {
      if (self->data->len + length > TW_LIMIT_EVENT_BYTES)
        return FALSE;
      g_string_append_len (self->data, value, length);
      g_string_append_c (self->data, '\n');
    }
  else if (name_length == 5 && memcmp (line, "event", 5) == 0)
    {
      g_free (self->name);
      self->name = length > 0 ? g_strndup (value, length) : NULL;
    }
  else if (name_length == 2 && memcmp (line, "id", 2) == 0 && memchr (value, '\0', length) == NULL)
    {
      g_free (self->last_id);
      self->last_id = g_strndup (value, length);
    }
  else if (name_length == 5 && memcmp (line, "retry", 5) == 0)
    read_retry (self, value, length);
  return TRUE;
}

static gboolean
read_line (TwSse *self, GError **error)
{
  const char *line = self->line->str;
  gsize length = self->line->len;
  const char *colon, *value;

  if (self->first_line && length >= 3 && memcmp (line, "\xef\xbb\xbf", 3) == 0)
    {
      line += 3;
      length -= 3;
    }
  self->first_line = FALSE;
  if (length == 0)
    return dispatch (self, FALSE, error);
  colon = memchr (line, ':', length);
  if (colon == line)
    return TRUE;
  value = colon != NULL ? colon + 1 : line + length;
  if (colon != NULL && *value == ' ')
    value++;
  if (!read_field (self, line, colon != NULL ? (gsize) (colon - line) : length, value,
                   (gsize) (line + length - value)))
    return exceed ("an event", TW_LIMIT_EVENT_BYTES, error);
  return TRUE;
}

static gsize
find_line_end (const char *bytes, gsize length)
{
  const char *lf = memchr (bytes, '\n', length);
  gsize n = lf != NULL ? (gsize) (lf - bytes) : length;
  const char *cr = memchr (bytes, '\r', n);

  return cr != NULL ? (gsize) (cr - bytes) : n;
}

gboolean
tw_sse_push (TwSse *self, const char *bytes, gsize length, GError **error)
{
  while (length > 0)
    {
      gsize n = find_line_end (bytes, length);
      gboolean ends = n < length;

      if (self->after_cr && bytes[0] == '\n')
        {
          self->after_cr = FALSE;
          bytes++;
          length--;
          continue;
        }
      self->after_cr = ends && bytes[n] == '\r';
      if (self->line->len + n > TW_LIMIT_LINE_BYTES)
        return exceed ("a line", TW_LIMIT_LINE_BYTES, error);
      g_string_append_len (self->line, bytes, n);
      if (ends)
        {
          gboolean ok = read_line (self, error);

          g_string_truncate (self->line, 0);
          if (!ok)
            return FALSE;
        }
      bytes += n + ends;
      length -= n + ends;
    }
  return TRUE;
}

gboolean
tw_sse_end (TwSse *self, GError **error)
{
  gboolean ok = self->line->len == 0 || read_line (self, error);

  g_string_truncate (self->line, 0);
  return ok && dispatch (self, TRUE, error);
}

const char *
tw_sse_get_last_id (TwSse *self)
{
  return self->last_id;
}

gint64
tw_sse_get_retry_ms (TwSse *self)
{
  return self->retry_ms;
}
