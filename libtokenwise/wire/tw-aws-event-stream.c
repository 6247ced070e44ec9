/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-framing-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

#include <string.h>
#include <zlib.h>

/* The binary framing of AWS (smithy.io, "Amazon Event Stream Specification"), all big-endian:
 * length of all, length of the headers, CRC-32 of these eight bytes; headers; payload; CRC-32 of
 * everything before it. The first CRC is checked before the lengths are believed. */
#define PRELUDE_LENGTH 12
#define CRC_LENGTH 4
#define MIN_FRAME_LENGTH (PRELUDE_LENGTH + CRC_LENGTH)
#define TYPE_STRING 7
#define VARIABLE G_MAXUINT8

typedef struct
{
  TwFramer framer;
  GString *frame;
  gsize wanted; /* the length of the frame that is read, or of its prelude */
} EventStream;

/* What of the headers counts: bytes of the frame. */
typedef struct
{
  const char *text;
  gsize length;
} Slice;

typedef struct
{
  Slice message_type;
  Slice name; /* :event-type, :exception-type or :error-code */
  Slice error_message;
} Headers;

static guint32
read_u32 (const char *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_BE (value);
}

static gboolean
fail_crc (GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_PROTOCOL,
               "The reply was damaged on its way (a checksum of the event stream is wrong); what "
               "came before is kept.");
  return FALSE;
}

static gboolean
fail_headers (GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_PROTOCOL,
               "The reply has an event whose headers cannot be read; what came before is kept.");
  return FALSE;
}

static gboolean
crc_matches (const char *bytes, gsize length)
{
  return crc32 (0, (const Bytef *) bytes, (uInt) length) == read_u32 (bytes + length);
}

static gboolean
slice_is (Slice slice, const char *text)
{
  return slice.length == strlen (text) && memcmp (slice.text, text, slice.length) == 0;
}

static void
keep_header (Headers *headers, Slice name, Slice value)
{
  if (slice_is (name, ":message-type"))
    headers->message_type = value;
  else if (slice_is (name, ":event-type") || slice_is (name, ":exception-type")
           || slice_is (name, ":error-code"))
    headers->name = value;
  else if (slice_is (name, ":error-message"))
    headers->error_message = value;
}

/* Reads one header; the bytes it takes, 0 if it is not one. */
static gsize
read_header (Headers *headers, const char *bytes, gsize length)
{
  /* The size of a value by its type: true, false, byte, short, integer, long, bytes, string,
   * timestamp, UUID. */
  static const guint8 sizes[] = { 0, 0, 1, 2, 4, 8, VARIABLE, VARIABLE, 8, 16 };
  gsize name_length = (guint8) bytes[0];
  gsize value_at = 1 + name_length + 1;
  gsize value_length;
  guint8 type;

  if (name_length == 0 || value_at > length)
    return 0;
  type = (guint8) bytes[value_at - 1];
  if (type >= G_N_ELEMENTS (sizes))
    return 0;
  value_length = sizes[type];
  if (value_length == VARIABLE)
    {
      if (value_at + 2 > length)
        return 0;
      value_length = (gsize) (guint8) bytes[value_at] << 8 | (guint8) bytes[value_at + 1];
      value_at += 2;
    }
  if (value_length > length - value_at)
    return 0;
  if (type == TYPE_STRING)
    keep_header (headers, (Slice){ bytes + 1, name_length },
                 (Slice){ bytes + value_at, value_length });
  return value_at + value_length;
}

static gboolean
read_headers (Headers *headers, const char *bytes, gsize length)
{
  while (length > 0)
    {
      gsize n = read_header (headers, bytes, length);

      if (n == 0)
        return FALSE;
      bytes += n;
      length -= n;
    }
  return TRUE;
}

/* An "error" has its message in a header and mostly no payload. */
static gboolean
emit_frame (EventStream *self, const Headers *headers, Slice payload, GError **error)
{
  g_autofree char *name = g_strndup (headers->name.text ?: "", headers->name.length);
  TwFrame frame = { .name = *name != '\0' ? name : NULL };

  frame.is_error
      = slice_is (headers->message_type, "exception") || slice_is (headers->message_type, "error");
  if (payload.length == 0 && frame.is_error)
    payload = headers->error_message;
  frame.data = payload.text ?: "";
  frame.length = payload.length;
  return self->framer.handler (&frame, self->framer.user_data, error);
}

static gboolean
read_frame (EventStream *self, GError **error)
{
  const char *bytes = self->frame->str;
  gsize length = self->frame->len - CRC_LENGTH;
  gsize headers_length = read_u32 (bytes + 4);
  Slice payload
      = { bytes + PRELUDE_LENGTH + headers_length, length - PRELUDE_LENGTH - headers_length };
  Headers headers = { 0 };

  if (!crc_matches (bytes, length))
    return fail_crc (error);
  if (!read_headers (&headers, bytes + PRELUDE_LENGTH, headers_length))
    return fail_headers (error);
  return emit_frame (self, &headers, payload, error);
}

static gboolean
read_prelude (EventStream *self, GError **error)
{
  const char *bytes = self->frame->str;
  gsize length = read_u32 (bytes), headers_length = read_u32 (bytes + 4);

  if (!crc_matches (bytes, PRELUDE_LENGTH - CRC_LENGTH))
    return fail_crc (error);
  if (length > TW_LIMIT_EVENT_BYTES || headers_length > TW_LIMIT_FRAME_HEADER_BYTES)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_LIMIT,
                   "The reply has an event of more than %u bytes, or one with more than %u bytes "
                   "of headers.",
                   TW_LIMIT_EVENT_BYTES, TW_LIMIT_FRAME_HEADER_BYTES);
      return FALSE;
    }
  if (length < MIN_FRAME_LENGTH + headers_length)
    return fail_headers (error);
  self->wanted = length;
  return TRUE;
}

static gboolean
push (TwFramer *framer, const char *bytes, gsize length, GError **error)
{
  EventStream *self = (EventStream *) framer;

  while (length > 0)
    {
      gsize n = MIN (length, self->wanted - self->frame->len);

      g_string_append_len (self->frame, bytes, (gssize) n);
      bytes += n;
      length -= n;
      if (self->frame->len < self->wanted)
        return TRUE;
      if (self->wanted == PRELUDE_LENGTH)
        {
          if (!read_prelude (self, error))
            return FALSE;
          continue;
        }
      if (!read_frame (self, error))
        return FALSE;
      g_string_truncate (self->frame, 0);
      self->wanted = PRELUDE_LENGTH;
    }
  return TRUE;
}

/* What is left is part of a frame, and cannot be checked. */
static gboolean
end_frames (TwFramer *framer, GError **error)
{
  return TRUE;
}

static void
free_frames (TwFramer *framer)
{
  EventStream *self = (EventStream *) framer;

  g_string_free (self->frame, TRUE);
  g_free (self);
}

TwFramer *
tw_aws_event_stream_new (TwFrameHandler handler, gpointer user_data)
{
  EventStream *self = g_new0 (EventStream, 1);

  self->framer = (TwFramer){ handler, user_data, push, end_frames, free_frames };
  self->frame = g_string_new (NULL);
  self->wanted = PRELUDE_LENGTH;
  return &self->framer;
}
