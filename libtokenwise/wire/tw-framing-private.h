/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-codec-private.h"

G_BEGIN_DECLS

/* Cuts the bytes of a stream into its events, without a socket: push bytes, frames come out. The
 * result does not depend on where the bytes were split. */
typedef struct
{
  const char *name; /* (nullable) the event's name, or the type of an error */
  const char *data; /* not NUL-terminated */
  gsize length;
  gboolean unfinished; /* the bytes ended before this event's end mark */
  gboolean is_error;   /* the framing itself says that this is an error */
} TwFrame;

/* FALSE stops the framer with that error. */
typedef gboolean (*TwFrameHandler) (const TwFrame *frame, gpointer user_data, GError **error);

typedef struct _TwFramer TwFramer;

/* Embedded in front by each framing. */
struct _TwFramer
{
  TwFrameHandler handler;
  gpointer user_data;
  gboolean (*push) (TwFramer *self, const char *bytes, gsize length, GError **error);
  gboolean (*end) (TwFramer *self, GError **error);
  void (*free) (TwFramer *self);
};

/* Server-sent events (WHATWG HTML, section 9.2). */
TwFramer *tw_sse_new (TwFrameHandler handler, gpointer user_data);
/* One JSON document a line: Ollama. */
TwFramer *tw_ndjson_new (TwFrameHandler handler, gpointer user_data);
/* One JSON array that arrives in pieces, each element an event: Gemini without alt=sse. */
TwFramer *tw_json_array_new (TwFrameHandler handler, gpointer user_data);
/* application/vnd.amazon.eventstream: Bedrock. */
TwFramer *tw_aws_event_stream_new (TwFrameHandler handler, gpointer user_data);

/* FALSE when a limit is exceeded, the framing is broken, or the handler said so. */
gboolean tw_framer_push (TwFramer *self, const char *bytes, gsize length, GError **error);
/* Hands over the last event if only its end mark is missing. */
gboolean tw_framer_end (TwFramer *self, GError **error);
void tw_framer_free (TwFramer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFramer, tw_framer_free)

typedef TwFramer *TwFramerNew (TwFrameHandler handler, gpointer user_data);

/* How a reply is cut, by its first byte that is not space: servers answer a wish for a stream with
 * a document and the other way round, and the content type (nullable) does not always follow. NULL
 * is one document. */
TwFramerNew *tw_framing_choose (
    TwFraming framing, gboolean stream, guint status, const char *content_type, char first);

/* For the framings: a buffer of the bytes of one event, which may not pass its limit. */
gboolean tw_framer_append (GString *buffer, const char *bytes, gsize length, GError **error);

G_END_DECLS
