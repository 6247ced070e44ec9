/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-anthropic-private.h"
#include "libtokenwise/wire/tw-decoder-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"

/* POST /messages: Anthropic's Messages. */

typedef struct
{
  cJSON *usage;         /* (nullable): merged from message_start and every message_delta */
  gboolean given_input; /* the open tool call came with its input, as proxies send it */
  char *signature;      /* (nullable): of the open block of thinking; it is never in pieces */
} Data;

static void
clear_data (gpointer data)
{
  cJSON_Delete (((Data *) data)->usage);
  g_free (((Data *) data)->signature);
}

static TwFinish
read_finish (const char *reason)
{
  static const struct
  {
    const char *reason;
    TwFinish finish;
  } reasons[] = {
    { "end_turn", TW_FINISH_STOP },       { "stop_sequence", TW_FINISH_STOP },
    { "max_tokens", TW_FINISH_LENGTH },   { "model_context_window_exceeded", TW_FINISH_LENGTH },
    { "tool_use", TW_FINISH_TOOL_CALLS }, { "refusal", TW_FINISH_REFUSAL },
    { "pause_turn", TW_FINISH_PAUSE },    { "compaction", TW_FINISH_PAUSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_str_equal (reason, reasons[i].reason))
      return reasons[i].finish;
  return TW_FINISH_UNKNOWN;
}

static void
read_stop_reason (TwDecoder *decoder, const cJSON *json)
{
  const char *reason = tw_wire_json_text (json, "stop_reason");

  if (reason != NULL)
    tw_decoder_set_finish (decoder, read_finish (reason));
}

static void
keep_usage (TwDecoder *decoder, const cJSON *usage)
{
  Data *data = tw_decoder_get_data (decoder);

  data->usage = tw_anthropic_merge_usage (data->usage, usage);
  tw_decoder_set_service_tier (decoder, tw_json_string (usage, "service_tier"));
  tw_decoder_set_speed (decoder, tw_json_string (usage, "speed"));
  tw_decoder_set_region (decoder, tw_json_string (usage, "inference_geo"));
}

/* Blocks of server tools are the server's own business: they are billed, not carried out here. */
static void
open_tool_call (TwDecoder *decoder, gint64 key, const cJSON *block)
{
  Data *data = tw_decoder_get_data (decoder);
  const cJSON *input = tw_json_object (block, "input");
  TwToolCall *call = tw_decoder_open_tool_call (decoder, key);

  if (call == NULL)
    return;
  tw_tool_call_name (call, tw_json_string (block, "id"), tw_json_string (block, "name"));
  data->given_input = input != NULL && input->child != NULL;
  if (data->given_input)
    {
      g_autofree char *text = tw_json_print (input);

      g_string_append (call->arguments, text);
    }
}

static void
keep_signature (TwDecoder *decoder, const char *signature)
{
  Data *data = tw_decoder_get_data (decoder);

  if (signature == NULL || *signature == '\0')
    return;
  g_free (data->signature);
  data->signature = g_strdup (signature);
}

static void
open_thinking (TwDecoder *decoder, const cJSON *block)
{
  tw_decoder_add_text (decoder, TW_EVENT_REASONING, tw_json_string (block, "thinking"));
  keep_signature (decoder, tw_json_string (block, "signature"));
}

/* Thinking that is only shown encrypted, and has to go back all the same. */
static void
add_redacted (TwDecoder *decoder, const cJSON *block)
{
  const char *hidden = tw_wire_json_text (block, "data");
  g_autofree char *signature = NULL;

  if (hidden == NULL)
    return;
  signature = g_strconcat (TW_REDACTED_PREFIX, hidden, NULL);
  tw_decoder_sign_reasoning (decoder, signature);
}

static void
open_block (TwDecoder *decoder, gint64 key, const cJSON *block)
{
  const char *type = tw_json_string (block, "type");

  if (g_strcmp0 (type, "text") == 0)
    tw_decoder_add_text (decoder, TW_EVENT_TEXT, tw_json_string (block, "text"));
  else if (g_strcmp0 (type, "thinking") == 0)
    open_thinking (decoder, block);
  else if (g_strcmp0 (type, "redacted_thinking") == 0)
    add_redacted (decoder, block);
  else if (g_strcmp0 (type, "tool_use") == 0)
    open_tool_call (decoder, key, block);
}

static TwToolCall *
find_open_call (TwDecoder *decoder, gint64 key)
{
  TwToolCall *call = tw_tool_calls_find (tw_decoder_get_tool_calls (decoder), key);

  return call != NULL && !call->closed ? call : NULL;
}

static void
close_block (TwDecoder *decoder, gint64 key)
{
  Data *data = tw_decoder_get_data (decoder);
  TwToolCall *call = find_open_call (decoder, key);

  tw_decoder_sign_reasoning (decoder, data->signature);
  g_clear_pointer (&data->signature, g_free);
  if (call != NULL)
    tw_decoder_close_tool_call (decoder, call);
}

static void
add_delta (TwDecoder *decoder, gint64 key, const cJSON *delta)
{
  Data *data = tw_decoder_get_data (decoder);
  const char *piece = tw_wire_json_text (delta, "partial_json");
  TwToolCall *call = piece != NULL ? find_open_call (decoder, key) : NULL;

  tw_decoder_add_text (decoder, TW_EVENT_TEXT, tw_json_string (delta, "text"));
  tw_decoder_add_text (decoder, TW_EVENT_REASONING, tw_json_string (delta, "thinking"));
  keep_signature (decoder, tw_json_string (delta, "signature"));
  if (call == NULL)
    return;
  if (data->given_input)
    g_string_truncate (call->arguments, 0);
  data->given_input = FALSE;
  g_string_append (call->arguments, piece);
}

/* Proxies have been seen to splice two messages into one stream: the latest start counts. */
static void
start_message (TwDecoder *decoder, const cJSON *message)
{
  Data *data = tw_decoder_get_data (decoder);

  g_clear_pointer (&data->usage, cJSON_Delete);
  tw_decoder_set_model (decoder, tw_json_string (message, "id"), tw_json_string (message, "model"));
  keep_usage (decoder, tw_json_object (message, "usage"));
}

static void
stream_event (TwDecoder *decoder, const char *name, const cJSON *json)
{
  const char *type = tw_json_string (json, "type") ?: (name ?: "");
  gint64 key = 0;

  tw_json_integer (json, "index", &key);
  if (g_str_equal (type, "content_block_delta"))
    add_delta (decoder, key, tw_json_object (json, "delta"));
  else if (g_str_equal (type, "content_block_start"))
    open_block (decoder, key, tw_json_object (json, "content_block"));
  else if (g_str_equal (type, "content_block_stop"))
    close_block (decoder, key);
  else if (g_str_equal (type, "message_start"))
    start_message (decoder, tw_json_object (json, "message"));
  else if (g_str_equal (type, "message_delta"))
    {
      read_stop_reason (decoder, tw_json_object (json, "delta"));
      keep_usage (decoder, tw_json_object (json, "usage"));
    }
  else if (g_str_equal (type, "message_stop"))
    tw_decoder_mark_end (decoder);
}

static void
whole_reply (TwDecoder *decoder, const cJSON *json)
{
  const cJSON *content = tw_json_array (json, "content");
  const cJSON *block;
  gint64 key = 0;

  start_message (decoder, json);
  cJSON_ArrayForEach (block, content)
  {
    open_block (decoder, key, block);
    close_block (decoder, key++);
  }
  read_stop_reason (decoder, json);
  if (content != NULL)
    tw_decoder_mark_end (decoder);
}

static void
end (TwDecoder *decoder)
{
  Data *data = tw_decoder_get_data (decoder);

  tw_decoder_read_usage (decoder, data->usage);
}

const TwCodec tw_codec_anthropic = {
  .name = "anthropic",
  .key_header = "x-api-key",
  .key_prefix = "",
  .encode = tw_anthropic_encode,
  .stream_event = stream_event,
  .whole_reply = whole_reply,
  .end = end,
  .read_usage = tw_anthropic_read_usage,
  .data_size = sizeof (Data),
  .clear_data = clear_data,
  .default_provider = "anthropic",
};
