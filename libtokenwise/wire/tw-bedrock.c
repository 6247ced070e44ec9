/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-bedrock-private.h"
#include "libtokenwise/wire/tw-decoder-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"
#include "libtokenwise/wire/tw-wire-usage-private.h"

#include <string.h>

/* POST /model/{modelId}/converse and /converse-stream: Amazon Bedrock's Converse, one API for the
 * models of many makers. */

typedef struct
{
  cJSON *usage;       /* (nullable): of the reply, or of the event that comes after its end */
  GString *signature; /* (nullable): of the open block of reasoning */
} Data;

static void
clear_data (gpointer data)
{
  Data *self = data;

  cJSON_Delete (self->usage);
  if (self->signature != NULL)
    g_string_free (self->signature, TRUE);
}

static TwFinish
read_finish (const char *reason)
{
  static const struct
  {
    const char *reason;
    TwFinish finish;
  } reasons[] = {
    { "end_turn", TW_FINISH_STOP },
    { "stop_sequence", TW_FINISH_STOP },
    { "max_tokens", TW_FINISH_LENGTH },
    { "model_context_window_exceeded", TW_FINISH_LENGTH },
    { "tool_use", TW_FINISH_TOOL_CALLS },
    { "guardrail_intervened", TW_FINISH_CONTENT_FILTER },
    { "content_filtered", TW_FINISH_CONTENT_FILTER },
    { "refusal", TW_FINISH_REFUSAL },
    { "malformed_model_output", TW_FINISH_ERROR },
    { "malformed_tool_use", TW_FINISH_ERROR },
  };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_str_equal (reason, reasons[i].reason))
      return reasons[i].finish;
  return TW_FINISH_UNKNOWN;
}

static void
read_stop_reason (TwDecoder *decoder, const cJSON *json)
{
  const char *reason = tw_wire_json_text (json, "stopReason");

  if (reason != NULL)
    tw_decoder_set_finish (decoder, read_finish (reason));
}

/* The usage, and beside it how the call was served. */
static void
read_metadata (TwDecoder *decoder, const cJSON *json)
{
  Data *data = tw_decoder_get_data (decoder);
  const cJSON *usage = tw_json_object (json, "usage");

  tw_decoder_set_service_tier (decoder,
                               tw_json_string (tw_json_object (json, "serviceTier"), "type"));
  tw_decoder_set_speed (decoder,
                        tw_json_string (tw_json_object (json, "performanceConfig"), "latency"));
  if (usage == NULL)
    return;
  cJSON_Delete (data->usage);
  data->usage = cJSON_Duplicate (usage, TRUE);
}

/* Tools of the service's own are its business: they are billed, not carried out here. */
static TwToolCall *
open_tool_call (TwDecoder *decoder, gint64 key, const cJSON *tool)
{
  TwToolCall *call = NULL;

  if (tool != NULL && g_strcmp0 (tw_json_string (tool, "type"), "server_tool_use") != 0)
    call = tw_decoder_open_tool_call (decoder, key);
  if (call != NULL)
    tw_tool_call_name (call, tw_json_string (tool, "toolUseId"), tw_json_string (tool, "name"));
  return call;
}

/* ---- streams ---- */

/* Signatures, and reasoning that is only shown encrypted, may come in pieces as text does. */
static void
keep_signature (TwDecoder *decoder, const cJSON *reasoning)
{
  Data *data = tw_decoder_get_data (decoder);
  const char *signature = tw_wire_json_text (reasoning, "signature");
  const char *hidden = tw_wire_json_text (reasoning, "redactedContent");

  if (signature == NULL && hidden == NULL)
    return;
  if (data->signature == NULL)
    data->signature = g_string_new (NULL);
  if (signature == NULL && data->signature->len == 0)
    g_string_append (data->signature, TW_REDACTED_PREFIX);
  g_string_append (data->signature, signature != NULL ? signature : hidden);
}

static void
sign (TwDecoder *decoder)
{
  Data *data = tw_decoder_get_data (decoder);

  if (data->signature == NULL)
    return;
  tw_decoder_sign_reasoning (decoder, data->signature->str);
  g_string_truncate (data->signature, 0);
}

static TwToolCall *
find_open_call (TwDecoder *decoder, gint64 key)
{
  TwToolCall *call = tw_tool_calls_find (tw_decoder_get_tool_calls (decoder), key);

  return call != NULL && call->key == key && !call->closed ? call : NULL;
}

static void
add_delta (TwDecoder *decoder, gint64 key, const cJSON *delta)
{
  const cJSON *reasoning = tw_json_object (delta, "reasoningContent");
  const char *piece = tw_wire_json_text (tw_json_object (delta, "toolUse"), "input");
  TwToolCall *call = piece != NULL ? find_open_call (decoder, key) : NULL;

  tw_decoder_add_text (decoder, TW_EVENT_TEXT, tw_json_string (delta, "text"));
  tw_decoder_add_text (decoder, TW_EVENT_REASONING, tw_json_string (reasoning, "text"));
  keep_signature (decoder, reasoning);
  if (call != NULL)
    g_string_append (call->arguments, piece);
}

static void
close_block (TwDecoder *decoder, gint64 key)
{
  TwToolCall *call = find_open_call (decoder, key);

  sign (decoder);
  if (call != NULL)
    tw_decoder_close_tool_call (decoder, call);
}

static void
read_event (TwDecoder *decoder, const char *name, const cJSON *json)
{
  gint64 key = 0;

  tw_json_integer (json, "contentBlockIndex", &key);
  if (g_strcmp0 (name, "contentBlockDelta") == 0)
    add_delta (decoder, key, tw_json_object (json, "delta"));
  else if (g_strcmp0 (name, "contentBlockStart") == 0)
    open_tool_call (decoder, key, tw_json_object (tw_json_object (json, "start"), "toolUse"));
  else if (g_strcmp0 (name, "contentBlockStop") == 0)
    close_block (decoder, key);
  else if (g_strcmp0 (name, "messageStop") == 0)
    {
      read_stop_reason (decoder, json);
      tw_decoder_mark_end (decoder);
    }
  else if (g_strcmp0 (name, "metadata") == 0)
    read_metadata (decoder, json);
}

/* What InvokeModel streams, and some gateways pass on: Amazon's models have these events inside, by
 * name. Other makers' have their own, which are other dialects. */
static void
read_chunk (TwDecoder *decoder, const cJSON *chunk)
{
  const char *base64 = tw_wire_json_text (chunk, "bytes") ?: "";
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (base64, &length);
  g_autoptr (cJSON) json
      = tw_wire_json_parse ((const char *) bytes, length, TW_LIMIT_EVENT_BYTES, NULL);
  const cJSON *event;

  cJSON_ArrayForEach (event, json)
  {
    read_event (decoder, event->string, event);
  }
}

static void
stream_event (TwDecoder *decoder, const char *name, const cJSON *json)
{
  if (g_strcmp0 (name, "chunk") == 0)
    read_chunk (decoder, json);
  else
    read_event (decoder, name, json);
}

/* ---- whole replies ---- */

/* With citations, the text is in pieces that each have their sources beside them. */
static void
read_cited_text (TwDecoder *decoder, const cJSON *cited)
{
  const cJSON *piece;

  cJSON_ArrayForEach (piece, tw_json_array (cited, "content"))
  {
    tw_decoder_add_text (decoder, TW_EVENT_TEXT, tw_json_string (piece, "text"));
  }
}

static void
read_reasoning (TwDecoder *decoder, const cJSON *reasoning)
{
  const cJSON *text = tw_json_object (reasoning, "reasoningText");

  tw_decoder_add_text (decoder, TW_EVENT_REASONING, tw_json_string (text, "text"));
  keep_signature (decoder, text != NULL ? text : reasoning);
  sign (decoder);
}

static void
read_block (TwDecoder *decoder, gint64 key, const cJSON *block)
{
  const cJSON *tool = tw_json_object (block, "toolUse");
  const cJSON *input = tw_json_object (tool, "input");
  TwToolCall *call = open_tool_call (decoder, key, tool);

  tw_decoder_add_text (decoder, TW_EVENT_TEXT, tw_json_string (block, "text"));
  read_reasoning (decoder, tw_json_object (block, "reasoningContent"));
  read_cited_text (decoder, tw_json_object (block, "citationsContent"));
  if (call == NULL)
    return;
  if (input != NULL)
    {
      g_autofree char *text = tw_json_print (input);

      g_string_append (call->arguments, text);
    }
  tw_decoder_close_tool_call (decoder, call);
}

static void
whole_reply (TwDecoder *decoder, const cJSON *json)
{
  const cJSON *message = tw_json_object (tw_json_object (json, "output"), "message");
  const cJSON *block;
  gint64 key = 0;

  cJSON_ArrayForEach (block, tw_json_array (message, "content"))
  {
    read_block (decoder, key++, block);
  }
  read_stop_reason (decoder, json);
  read_metadata (decoder, json);
  if (message != NULL)
    tw_decoder_mark_end (decoder);
}

static void
end (TwDecoder *decoder)
{
  Data *data = tw_decoder_get_data (decoder);

  tw_decoder_read_usage (decoder, data->usage);
}

const TwCodec tw_codec_bedrock_converse = {
  .name = TW_BEDROCK_DIALECT,
  .key_header = "Authorization",
  .key_prefix = "Bearer ",
  .encode = tw_bedrock_encode,
  .framing = TW_FRAMING_AWS_EVENT_STREAM,
  .stream_event = stream_event,
  .whole_reply = whole_reply,
  .end = end,
  .read_usage = tw_bedrock_read_usage,
  .data_size = sizeof (Data),
  .clear_data = clear_data,
  .default_provider = "bedrock",
};
