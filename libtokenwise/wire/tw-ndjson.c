/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-framing-private.h"

#include <string.h>

/* A line ends in \n; a \r before it is white space to JSON. No JSON text has a bare \n inside, so a
 * broken line does not take the next one with it. */
typedef struct
{
  TwFramer framer;
  GString *line; /* what came of it in earlier pushes */
} Ndjson;

static gboolean
emit_line (Ndjson *self, const char *line, gsize length, gboolean unfinished, GError **error)
{
  const TwFrame frame = { .data = line, .length = length, .unfinished = unfinished };

  return self->framer.handler (&frame, self->framer.user_data, error);
}

static gboolean
push (TwFramer *framer, const char *bytes, gsize length, GError **error)
{
  Ndjson *self = (Ndjson *) framer;

  while (length > 0)
    {
      const char *end = memchr (bytes, '\n', length);
      gsize n = end != NULL ? (gsize) (end - bytes) : length;

      if (!tw_framer_append (self->line, bytes, n, error))
        return FALSE;
      if (end == NULL)
        return TRUE;
      if (!emit_line (self, self->line->str, self->line->len, FALSE, error))
        return FALSE;
      g_string_truncate (self->line, 0);
      bytes += n + 1;
      length -= n + 1;
    }
  return TRUE;
}

static gboolean
end_lines (TwFramer *framer, GError **error)
{
  Ndjson *self = (Ndjson *) framer;

  return emit_line (self, self->line->str, self->line->len, TRUE, error);
}

static void
free_lines (TwFramer *framer)
{
  Ndjson *self = (Ndjson *) framer;

  g_string_free (self->line, TRUE);
  g_free (self);
}

TwFramer *
tw_ndjson_new (TwFrameHandler handler, gpointer user_data)
{
  Ndjson *self = g_new0 (Ndjson, 1);

  self->framer = (TwFramer){ handler, user_data, push, end_lines, free_lines };
  self->line = g_string_new (NULL);
  return &self->framer;
}
