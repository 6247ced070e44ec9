/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-framing-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

#include <string.h>

gboolean
tw_framer_push (TwFramer *self, const char *bytes, gsize length, GError **error)
{
  return self->push (self, bytes, length, error);
}

gboolean
tw_framer_end (TwFramer *self, GError **error)
{
  return self->end (self, error);
}

void
tw_framer_free (TwFramer *self)
{
  self->free (self);
}

gboolean
tw_framer_append (GString *buffer, const char *bytes, gsize length, GError **error)
{
  if (length > TW_LIMIT_EVENT_BYTES - buffer->len)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_LIMIT, "The reply has an event of more than %u bytes.",
                   TW_LIMIT_EVENT_BYTES);
      return FALSE;
    }
  g_string_append_len (buffer, bytes, (gssize) length);
  return TRUE;
}

static gboolean
names (const char *content_type, const char *part)
{
  g_autofree char *lower = content_type != NULL ? g_ascii_strdown (content_type, -1) : NULL;

  return lower != NULL && strstr (lower, part) != NULL;
}

/* "data:", "event:", "id:", "retry:" or a comment. */
static gboolean
begins_sse (char first)
{
  return first != '\0' && strchr ("dei:r", first) != NULL;
}

TwFramerNew *
tw_framing_choose (TwFraming framing, gboolean stream, guint status, const char *type, char first)
{
  gboolean refused = status >= 300;

  if (first == '{' && !refused && (framing == TW_FRAMING_NDJSON ? stream : names (type, "ndjson")))
    return tw_ndjson_new;
  if (first == '[' && !refused)
    return tw_json_array_new;
  if (first != '\0' && strchr ("{[<\"", first) != NULL)
    return NULL;
  if (!refused
      && (names (type, "amazon.eventstream")
          || (framing == TW_FRAMING_AWS_EVENT_STREAM && first == '\0')))
    return tw_aws_event_stream_new;
  if (first != '\0' && names (type, "event-stream"))
    return tw_sse_new;
  return !refused && begins_sse (first) ? tw_sse_new : NULL;
}
