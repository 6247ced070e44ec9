/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-decoder-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-framing-private.h"
#include "libtokenwise/wire/tw-redact-private.h"
#include "libtokenwise/wire/tw-reply-error-private.h"
#include "libtokenwise/wire/tw-retry-after-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"

#include <string.h>

/* Some servers say so to dialects that have no end mark of their own, too. */
#define COMMON_DONE_MARK "[DONE]"

struct _TwDecoder
{
  const TwCodec *codec;
  char *provider;
  GStrv headers;
  gboolean stream;
  guint status;

  char *key; /* (nullable): never to be shown */

  gboolean framed;   /* the framing is known */
  TwFramer *framer;  /* NULL: one document */
  GString *document; /* it, or what came before the framing was known */
  gsize n_bytes;
  gsize n_text; /* of the events */
  guint n_frames;

  GQueue events;
  TwReplyState state;
  TwToolCalls *calls;
  gpointer data;

  gboolean started;  /* TW_EVENT_START was made */
  gboolean progress; /* see tw_decoder_take_progress() */
  gboolean end_seen; /* evidence of the reply's end */
  gboolean failed;   /* an error, or bytes that make no sense */
  gboolean refused;  /* the error was the server's */
  gboolean done;     /* the end mark: nothing after it counts */
  gboolean stopped;  /* a limit was exceeded */
  gboolean ended;
};

TwDecoder *
tw_decoder_new (const TwCodec *codec,
                const char *provider,
                gboolean stream,
                guint status,
                const char *const *headers)
{
  TwDecoder *self = g_new0 (TwDecoder, 1);

  self->codec = codec;
  self->provider = g_strdup (provider ?: "");
  self->headers = g_strdupv ((GStrv) headers);
  self->stream = stream;
  self->status = status;
  self->document = g_string_new (NULL);
  self->calls = tw_tool_calls_new ();
  self->data = g_malloc0 (codec->data_size);
  self->state.usage = tw_usage_new ();
  self->state.retry_after_ms = -1;
  return self;
}

void
tw_decoder_set_key (TwDecoder *self, const char *key)
{
  tw_redact_clear_key (self->key);
  self->key = g_strdup (key);
}

static void
clear_state (TwReplyState *state)
{
  g_free (state->id);
  g_free (state->model);
  g_free (state->service_tier);
  g_free (state->speed);
  g_free (state->region);
  tw_usage_free (state->usage);
  g_clear_error (&state->error);
}

void
tw_decoder_free (TwDecoder *self)
{
  if (self->codec->clear_data != NULL)
    self->codec->clear_data (self->data);
  g_free (self->data);
  g_queue_clear_full (&self->events, (GDestroyNotify) tw_event_free);
  tw_tool_calls_free (self->calls);
  g_clear_pointer (&self->framer, tw_framer_free);
  tw_redact_clear_key (self->key);
  g_string_free (self->document, TRUE);
  clear_state (&self->state);
  g_strfreev (self->headers);
  g_free (self->provider);
  g_free (self);
}

/* ---- what the dialects call ---- */

gpointer
tw_decoder_get_data (TwDecoder *self)
{
  return self->data;
}

static void
replace (char **target, const char *text)
{
  if (text == NULL || *text == '\0' || g_strcmp0 (*target, text) == 0)
    return;
  g_free (*target);
  *target = g_strdup (text);
}

static void
start (TwDecoder *self)
{
  if (!self->started)
    g_queue_push_tail (&self->events, tw_event_new (TW_EVENT_START, self->state.model));
  self->started = TRUE;
}

void
tw_decoder_set_model (TwDecoder *self, const char *id, const char *model)
{
  replace (&self->state.id, id);
  replace (&self->state.model, model);
  if (self->state.model != NULL)
    start (self);
}

void
tw_decoder_set_service_tier (TwDecoder *self, const char *tier)
{
  replace (&self->state.service_tier, tier);
}

void
tw_decoder_set_speed (TwDecoder *self, const char *speed)
{
  replace (&self->state.speed, speed);
}

void
tw_decoder_set_region (TwDecoder *self, const char *region)
{
  replace (&self->state.region, region);
}

/* Takes error; the first one stays. */
static void
fail (TwDecoder *self, GError *error)
{
  self->failed = TRUE;
  if (self->state.error != NULL)
    g_error_free (error);
  else
    self->state.error = error;
}

static void
stop (TwDecoder *self, const char *what, guint limit)
{
  self->stopped = TRUE;
  fail (self,
        g_error_new (TW_ERROR, TW_ERROR_LIMIT,
                     "The reply has more than %u %s; what came before is kept.", limit, what));
}

void
tw_decoder_take_text (TwDecoder *self, TwEventKind kind, char *take_text)
{
  gsize length = strlen (take_text);
  TwEvent *event;

  if (length == 0 || self->stopped || length > TW_LIMIT_REPLY_TEXT - self->n_text)
    {
      g_free (take_text);
      if (length > 0 && !self->stopped)
        stop (self, "bytes of text", TW_LIMIT_REPLY_TEXT);
      return;
    }
  start (self);
  self->n_text += length;
  event = tw_event_new (kind, NULL);
  event->text = take_text;
  g_queue_push_tail (&self->events, event);
}

void
tw_decoder_add_text (TwDecoder *self, TwEventKind kind, const char *text)
{
  if (text != NULL && *text != '\0')
    tw_decoder_take_text (self, kind, g_strdup (text));
}

void
tw_decoder_sign_reasoning (TwDecoder *self, const char *signature)
{
  if (signature == NULL || *signature == '\0')
    return;
  start (self);
  g_queue_push_tail (&self->events, tw_event_new_signature (signature));
}

void
tw_decoder_set_finish (TwDecoder *self, TwFinish finish)
{
  /* OpenRouter and others add a finish reason to the chunk of an error. */
  if (!self->refused)
    self->state.finish = finish;
}

void
tw_decoder_mark_end (TwDecoder *self)
{
  self->end_seen = TRUE;
}

TwToolCalls *
tw_decoder_get_tool_calls (TwDecoder *self)
{
  return self->calls;
}

TwToolCall *
tw_decoder_open_tool_call (TwDecoder *self, gint64 key)
{
  TwToolCall *call = tw_tool_calls_open (self->calls, key);

  if (call == NULL)
    fail (self, g_error_new (TW_ERROR, TW_ERROR_LIMIT,
                             "The reply has more than %u tool calls; the first %u are kept.",
                             TW_LIMIT_TOOL_CALLS, TW_LIMIT_TOOL_CALLS));
  return call;
}

void
tw_decoder_close_tool_call (TwDecoder *self, TwToolCall *call)
{
  TwEvent *event;

  call->closed = TRUE;
  while ((event = tw_tool_calls_take_closed (self->calls)) != NULL)
    {
      start (self);
      g_queue_push_tail (&self->events, event);
    }
}

/* What the reply says beside the usage is the later word. */
static void
agree (char **of_reply, char **of_usage)
{
  tw_usage_set_fact (of_usage, *of_reply);
  replace (of_reply, *of_usage);
}

static void
agree_on_service (TwReplyState *state)
{
  agree (&state->service_tier, &state->usage->service_tier);
  agree (&state->speed, &state->usage->speed);
  agree (&state->region, &state->usage->region);
}

void
tw_decoder_read_usage (TwDecoder *self, const cJSON *block)
{
  g_autoptr (TwUsage) usage = tw_usage_new ();
  g_autoptr (GError) error = NULL;

  if (!cJSON_IsObject (block))
    return;
  if (!self->codec->read_usage (self->provider, block, usage, &error))
    {
      /* The reply itself is whole: only its bill is not to be believed. */
      if (self->state.error == NULL)
        self->state.error = g_steal_pointer (&error);
      return;
    }
  tw_usage_free (self->state.usage);
  self->state.usage = g_steal_pointer (&usage);
  self->state.has_usage = TRUE;
  agree_on_service (&self->state);
}

/* ---- errors ---- */

/* name is of a stream's event, text what is there instead of JSON: each may be NULL. */
static void
fail_as_server_says (TwDecoder *self, const char *name, const cJSON *json, const GString *text)
{
  const TwErrorReply reply = { .status = self->status,
                               .headers = (const char *const *) self->headers,
                               .name = name,
                               .json = json,
                               .text = text,
                               .key = self->key };
  TwReplyError reply_error;

  tw_reply_error_read (&reply_error, &reply);
  if (self->state.error == NULL)
    {
      self->state.retryable = reply_error.retryable;
      self->state.retry_after_ms = reply_error.retry_after_ms;
      self->state.finish = reply_error.content_filter ? TW_FINISH_CONTENT_FILTER : TW_FINISH_ERROR;
    }
  self->refused = TRUE;
  fail (self, reply_error.error);
}

/* ---- streams ---- */

static gboolean
is_ping (const char *name, const cJSON *json)
{
  return g_strcmp0 (name, "ping") == 0 || g_strcmp0 (tw_json_string (json, "type"), "ping") == 0;
}

static void
read_event (TwDecoder *self, const char *name, const cJSON *json)
{
  if (!is_ping (name, json))
    self->progress = TRUE;
  if (g_strcmp0 (name, "error") == 0 || tw_reply_error_is_one (json) || self->status >= 300)
    fail_as_server_says (self, name, json, NULL);
  /* Nothing in a refusal is part of an answer, whatever it looks like. */
  if (self->status < 300)
    self->codec->stream_event (self, name, json);
}

static gboolean
read_json (TwDecoder *self, const TwFrame *frame, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (cJSON) json
      = tw_wire_json_parse (frame->data, frame->length, TW_LIMIT_EVENT_BYTES, &local_error);

  if (json != NULL)
    read_event (self, frame->name, json);
  else if (g_error_matches (local_error, TW_ERROR, TW_ERROR_LIMIT))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  else if (!frame->unfinished)
    /* Read on: the usage may still come, and it is money. */
    fail (self, g_error_new (TW_ERROR, TW_ERROR_PROTOCOL,
                             "The reply holds an event that is not JSON; part of it is missing."));
  return TRUE;
}

/* The payload of such a frame is JSON, or text, or nothing. */
static void
read_error_frame (TwDecoder *self, const TwFrame *frame)
{
  g_autoptr (cJSON) json
      = tw_wire_json_parse (frame->data, frame->length, TW_LIMIT_EVENT_BYTES, NULL);
  g_autoptr (GString) text = g_string_new_len (frame->data, (gssize) frame->length);

  self->progress = TRUE;
  fail_as_server_says (self, frame->name, json, json == NULL ? text : NULL);
}

static gboolean
is_blank (const TwFrame *frame)
{
  for (gsize i = 0; i < frame->length; i++)
    if (!g_ascii_isspace (frame->data[i]))
      return FALSE;
  return TRUE;
}

static gboolean
begins_with (const TwFrame *frame, const char *text)
{
  gsize length = strlen (text);

  return frame->length >= length && memcmp (frame->data, text, length) == 0;
}

static gboolean
is_quick (TwDecoder *self, const TwFrame *frame)
{
  return self->codec->quick_event != NULL && self->status < 300 && frame->name == NULL
         && self->codec->quick_event (self, frame->data, frame->length);
}

static gboolean
read_frame (TwDecoder *self, const TwFrame *frame, GError **error)
{
  if (frame->is_error)
    read_error_frame (self, frame);
  else if (is_quick (self, frame))
    self->progress = TRUE;
  else if (is_blank (frame))
    return TRUE;
  else if (!begins_with (frame, COMMON_DONE_MARK))
    return read_json (self, frame, error);
  else
    {
      self->progress = TRUE;
      self->done = TRUE;
      self->end_seen = self->end_seen || self->codec->done_mark != NULL;
    }
  return TRUE;
}

static gboolean
on_frame (const TwFrame *frame, gpointer user_data, GError **error)
{
  TwDecoder *self = user_data;

  if (self->done)
    return TRUE;
  if (++self->n_frames > TW_LIMIT_REPLY_EVENTS)
    stop (self, "events", TW_LIMIT_REPLY_EVENTS);
  if (!self->stopped && !read_frame (self, frame, error))
    return FALSE;
  if (self->stopped && error != NULL)
    *error = g_error_copy (self->state.error);
  return !self->stopped;
}

/* ---- whole documents ---- */

static void
read_document (TwDecoder *self)
{
  const char *text = self->document->str;
  gsize length = self->document->len;
  g_autoptr (GError) error = NULL;
  g_autoptr (cJSON) json = NULL;
  const cJSON *root;

  if (length == 0)
    return;
  json = tw_wire_json_parse (text, length, TW_LIMIT_REPLY_BYTES, &error);
  root = cJSON_IsArray (json) ? cJSON_GetArrayItem (json, 0) : json;
  if (self->status >= 300 || tw_reply_error_is_one (root))
    fail_as_server_says (self, NULL, json, json == NULL ? self->document : NULL);
  else if (root != NULL)
    self->codec->whole_reply (self, root);
  else if (g_error_matches (error, TW_ERROR, TW_ERROR_LIMIT))
    fail (self, g_steal_pointer (&error));
  else
    fail (self,
          g_error_new (TW_ERROR, TW_ERROR_PROTOCOL,
                       "The reply is not JSON; check that the base URL leads to the provider."));
}

/* ---- framing ---- */

/* Holds the bytes back until the first that is not space or part of a byte order mark. */
static void
look_at_start (TwDecoder *self)
{
  GString *head = self->document;
  const char *const *headers = (const char *const *) self->headers;
  gsize n = strspn (head->str, " \t\r\n\xef\xbb\xbf");
  TwFramerNew *framer_new;

  self->framed = n < head->len;
  if (self->framed)
    {
      framer_new = tw_framing_choose (self->codec->framing, self->stream, self->status,
                                      tw_wire_header (headers, "content-type"), head->str[n]);
      self->framer = framer_new != NULL ? framer_new (on_frame, self) : NULL;
    }
  g_string_erase (head, 0, (gssize) n);
}

static gboolean
push_framed (TwDecoder *self, const char *bytes, gsize length, GError **error)
{
  if (self->framer != NULL)
    return tw_framer_push (self->framer, bytes, length, error);
  g_string_append_len (self->document, bytes, (gssize) length);
  if (!self->framed)
    look_at_start (self);
  if (self->framer != NULL)
    {
      g_autoptr (GString) head = g_steal_pointer (&self->document);

      self->document = g_string_new (NULL);
      return tw_framer_push (self->framer, head->str, head->len, error);
    }
  self->progress = self->progress || self->framed;
  return TRUE;
}

gboolean
tw_decoder_push (TwDecoder *self, const char *bytes, gsize length, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (!self->stopped && length > TW_LIMIT_REPLY_BYTES - self->n_bytes)
    g_set_error (&local_error, TW_ERROR, TW_ERROR_LIMIT,
                 "The reply has more than %u bytes; what came before is kept.",
                 TW_LIMIT_REPLY_BYTES);
  else if (!self->stopped && push_framed (self, bytes, length, &local_error))
    {
      self->n_bytes += length;
      return TRUE;
    }
  self->stopped = TRUE;
  if (local_error != NULL)
    fail (self, g_error_copy (local_error));
  g_propagate_error (error, local_error != NULL ? g_steal_pointer (&local_error)
                                                : g_error_copy (self->state.error));
  return FALSE;
}

static void
flush_tool_calls (TwDecoder *self)
{
  gboolean cut_off = !self->state.complete || self->state.finish == TW_FINISH_LENGTH;
  TwEvent *event;

  while ((event = tw_tool_calls_take_rest (self->calls, cut_off)) != NULL)
    {
      start (self);
      g_queue_push_tail (&self->events, event);
    }
}

void
tw_decoder_end (TwDecoder *self)
{
  if (self->ended)
    return;
  self->ended = TRUE;
  if (self->framer != NULL && !self->stopped)
    {
      g_autoptr (GError) error = NULL;

      if (!tw_framer_end (self->framer, &error))
        fail (self, g_steal_pointer (&error));
    }
  else if (self->framed && !self->stopped)
    read_document (self);
  if (self->status >= 300 && self->state.error == NULL)
    fail_as_server_says (self, NULL, NULL, NULL);
  self->state.complete = self->end_seen && !self->failed;
  flush_tool_calls (self);
  self->codec->end (self);
  self->state.usage->incomplete = !self->state.complete || !self->state.has_usage;
}

TwEvent *
tw_decoder_pop (TwDecoder *self)
{
  return g_queue_pop_head (&self->events);
}

const TwReplyState *
tw_decoder_get_state (TwDecoder *self)
{
  return &self->state;
}

gboolean
tw_decoder_take_progress (TwDecoder *self)
{
  gboolean progress = self->progress;

  self->progress = FALSE;
  return progress;
}
