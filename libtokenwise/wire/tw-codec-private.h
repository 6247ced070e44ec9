/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/message/tw-event-private.h"
#include "libtokenwise/message/tw-request-private.h"
#include "libtokenwise/message/tw-usage-private.h"

G_BEGIN_DECLS

/* How a stream is cut into events. A body that begins with "[" is read as a JSON array of events,
 * whatever the framing: Gemini sends that without alt=sse. */
typedef enum
{
  TW_FRAMING_SSE,
  TW_FRAMING_NDJSON,
  TW_FRAMING_AWS_EVENT_STREAM, /* application/vnd.amazon.eventstream; an event's name is its type */
} TwFraming;

/* What a dialect needs to know of the place it speaks to, besides the request. */
typedef struct
{
  const char *provider;     /* provider id: some differ within a dialect */
  const char *model;        /* the id to put on the wire */
  gint64 max_output_tokens; /* always set: law 5 needs a cap */
  gboolean stream;
  gboolean reasoning;      /* the model reasons: some fields are named otherwise */
  const char *api_version; /* (nullable): of the dialect's versions the one to speak */
} TwWireTarget;

typedef struct
{
  char *name;
  char *value;
} TwWireHeader;

/* An HTTP request without host and key. */
typedef struct
{
  const char *method;
  char *path;      /* below the base URL, with a leading slash */
  GArray *headers; /* (element-type TwWireHeader) */
  char *body;      /* JSON */
} TwWireCall;

TwWireCall *tw_wire_call_new (const char *method, const char *path, char *take_body);
void tw_wire_call_add_header (TwWireCall *self, const char *name, const char *value);
void tw_wire_call_free (TwWireCall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwWireCall, tw_wire_call_free)

typedef enum
{
  TW_FINISH_UNKNOWN,
  TW_FINISH_STOP,
  TW_FINISH_LENGTH,
  TW_FINISH_TOOL_CALLS,
  TW_FINISH_CONTENT_FILTER,
  TW_FINISH_REFUSAL,
  TW_FINISH_PAUSE,
  TW_FINISH_ERROR,
} TwFinish;

const char *tw_finish_to_string (TwFinish finish);

/* What a reply came to. Strings may be NULL where the server did not say. */
typedef struct
{
  char *id;
  char *model;
  char *service_tier;
  char *speed;
  char *region;
  TwFinish finish;
  gboolean complete; /* the end mark of the dialect was seen */
  gboolean has_usage;
  TwUsage *usage; /* never NULL */
  GError *error;  /* (nullable) a TW_ERROR the server reported */
  gboolean retryable;
  gint64 retry_after_ms; /* -1: not said */
} TwReplyState;

typedef struct _TwDecoder TwDecoder;

/* One dialect. A new one is a file and a line in the list of tw-codec.c. */
typedef struct
{
  const char *name;       /* "openai-chat" */
  const char *key_header; /* "Authorization" or "x-api-key"; the key itself never comes here */
  const char *key_prefix; /* "Bearer " or "" */
  TwWireCall *(*encode) (TwRequest *request, const TwWireTarget *target, GError **error);
  TwFraming framing;
  /* One event of the stream, parsed: name is the SSE event's name or NULL. */
  void (*stream_event) (TwDecoder *decoder, const char *name, const cJSON *json);
  /* (nullable): the usual events, faster: TRUE if the event was read, with exactly what
   * stream_event() would have made of it; FALSE if it did nothing. */
  gboolean (*quick_event) (TwDecoder *decoder, const char *data, gsize length);
  /* The end mark of a stream that is not JSON ("[DONE]"), or NULL. */
  const char *done_mark;
  /* A whole reply in one document. */
  void (*whole_reply) (TwDecoder *decoder, const cJSON *json);
  /* The bytes stopped: read the usage. What is left of tool calls is the decoder's. */
  void (*end) (TwDecoder *decoder);
  /* The provider's own usage block into an empty usage; FALSE when it is impossible. */
  gboolean (*read_usage) (const char *provider, const cJSON *block, TwUsage *usage, GError **error);
  /* The dialect's own memory of one reply: zeroed, and what frees the things in it (nullable). */
  gsize data_size;
  void (*clear_data) (gpointer data);
  /* Who is spoken to when nobody says. */
  const char *default_provider;
} TwCodec;

const TwCodec *tw_codec_find (const char *dialect, GError **error);
const char *const *tw_codec_list (void);

/* Reads one reply: push bytes, pop events. No socket, no clock. The headers are "Name: value"
 * strings (nullable, NULL-terminated). */
TwDecoder *tw_decoder_new (const TwCodec *codec,
                           const char *provider,
                           gboolean stream,
                           guint status,
                           const char *const *headers);
/* The request's own key (nullable), which then is in no error's text; copied, and cleared with the
 * decoder. */
void tw_decoder_set_key (TwDecoder *self, const char *key);
void tw_decoder_free (TwDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwDecoder, tw_decoder_free)
/* FALSE when a limit is exceeded; what was decoded before stays. */
gboolean tw_decoder_push (TwDecoder *self, const char *bytes, gsize length, GError **error);
/* No more bytes come. Never fails: what is missing is in the state. */
void tw_decoder_end (TwDecoder *self);
/* (nullable) (transfer full): the next event; no TW_EVENT_END among them. */
TwEvent *tw_decoder_pop (TwDecoder *self);
const TwReplyState *tw_decoder_get_state (TwDecoder *self);
/* TRUE once data of the payload (not comments or pings) was pushed since the last call. */
gboolean tw_decoder_take_progress (TwDecoder *self);

G_END_DECLS
