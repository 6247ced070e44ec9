/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-sse-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

#include <string.h>

/* More is no wait that anybody means; a digit more would not overflow. */
#define MAX_RETRY_MS (G_MAXINT64 / 100)

typedef struct
{
  TwFramer framer;
  GString *line; /* the line so far */
  GString *data; /* the data lines so far, each followed by \n */
  char *name;
  char *last_id;
  gint64 retry_ms;
  gboolean after_cr; /* a \n that follows belongs to the \r before it */
  gboolean first_line;
} TwSse;

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
  TwFrame frame = { .name = self->name, .data = self->data->str, .unfinished = unfinished };
  gboolean ok = TRUE;

  if (self->data->len > 0)
    {
      frame.length = self->data->len - 1;
      ok = self->framer.handler (&frame, self->framer.user_data, error);
    }
  g_string_truncate (self->data, 0);
  g_clear_pointer (&self->name, g_free);
  return ok;
}

static void
read_retry (TwSse *self, const char *value, gsize length)
{
  gint64 retry_ms = 0;

  /* The standard takes ASCII digits only: no sign, no space. */
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isdigit (value[i]) || retry_ms > MAX_RETRY_MS)
      return;
    else
      retry_ms = retry_ms * 10 + (value[i] - '0');
  if (length > 0)
    self->retry_ms = retry_ms;
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
read_line (TwSse *self, const char *line, gsize length, GError **error)
{
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
  if (value < line + length && *value == ' ')
    value++;
  if (!read_field (self, line, colon != NULL ? (gsize) (colon - line) : length, value,
                   (gsize) (line + length - value)))
    return exceed ("an event", TW_LIMIT_EVENT_BYTES, error);
  return TRUE;
}

/* The first of either at or after bytes; what an earlier call found is used again, lest a chunk of
 * short lines be searched to its end for each. */
static const char *
find_byte (const char *found, char c, const char *bytes, const char *end)
{
  if (found != NULL && found >= bytes)
    return found;
  found = memchr (bytes, c, (gsize) (end - bytes));
  return found != NULL ? found : end;
}

/* A whole line is read where it is, one in pieces where it was put together. */
static gboolean
push_line (TwSse *self, const char *bytes, gsize length, gboolean ends, GError **error)
{
  gboolean ok;

  if (self->line->len + length > TW_LIMIT_LINE_BYTES)
    return exceed ("a line", TW_LIMIT_LINE_BYTES, error);
  if (ends && self->line->len == 0)
    return read_line (self, bytes, length, error);
  g_string_append_len (self->line, bytes, (gssize) length);
  if (!ends)
    return TRUE;
  ok = read_line (self, self->line->str, self->line->len, error);
  g_string_truncate (self->line, 0);
  return ok;
}

static gboolean
push (TwFramer *framer, const char *bytes, gsize length, GError **error)
{
  TwSse *self = (TwSse *) framer;
  const char *end = bytes + length;
  const char *lf = NULL, *cr = NULL;

  if (length > 0 && self->after_cr)
    {
      self->after_cr = FALSE;
      bytes += *bytes == '\n';
    }
  while (bytes < end)
    {
      const char *stop;

      lf = find_byte (lf, '\n', bytes, end);
      cr = find_byte (cr, '\r', bytes, end);
      stop = MIN (lf, cr);
      if (!push_line (self, bytes, (gsize) (stop - bytes), stop < end, error))
        return FALSE;
      if (stop == end)
        return TRUE;
      bytes = stop + 1;
      if (stop != cr)
        continue;
      self->after_cr = bytes == end;
      if (bytes < end && *bytes == '\n')
        bytes++;
    }
  return TRUE;
}

static gboolean
end_stream (TwFramer *framer, GError **error)
{
  TwSse *self = (TwSse *) framer;
  gboolean ok = self->line->len == 0 || read_line (self, self->line->str, self->line->len, error);

  g_string_truncate (self->line, 0);
  return ok && dispatch (self, TRUE, error);
}

static void
free_stream (TwFramer *framer)
{
  TwSse *self = (TwSse *) framer;

  g_string_free (self->line, TRUE);
  g_string_free (self->data, TRUE);
  g_free (self->name);
  g_free (self->last_id);
  g_free (self);
}

TwFramer *
tw_sse_new (TwFrameHandler handler, gpointer user_data)
{
  TwSse *self = g_new0 (TwSse, 1);

  self->framer = (TwFramer){ handler, user_data, push, end_stream, free_stream };
  self->line = g_string_new (NULL);
  self->data = g_string_new (NULL);
  self->retry_ms = -1;
  self->first_line = TRUE;
  return &self->framer;
}

const char *
tw_sse_get_last_id (TwFramer *self)
{
  return ((TwSse *) self)->last_id;
}

gint64
tw_sse_get_retry_ms (TwFramer *self)
{
  return ((TwSse *) self)->retry_ms;
}
