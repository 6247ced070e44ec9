/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-cohere-private.h"

#include "libtokenwise/wire/tw-decoder-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"
#include "libtokenwise/wire/tw-wire-usage-private.h"

/* POST /v2/chat, Cohere's own API (https://docs.cohere.com/v2/reference/chat-stream). Citations are
 * read over: they point into the text, which is whole without them. */

typedef struct
{
  cJSON *usage; /* (nullable) */
} Data;

static void
clear_data (gpointer data)
{
  cJSON_Delete (((Data *) data)->usage);
}

static TwFinish
read_finish (const char *reason)
{
  static const struct
  {
    const char *reason;
    TwFinish finish;
  } reasons[] = {
    { "COMPLETE", TW_FINISH_STOP },      { "STOP_SEQUENCE", TW_FINISH_STOP },
    { "MAX_TOKENS", TW_FINISH_LENGTH },  { "TOOL_CALL", TW_FINISH_TOOL_CALLS },
    { "ERROR", TW_FINISH_ERROR },        { "TIMEOUT", TW_FINISH_ERROR },
    { "ERROR_LIMIT", TW_FINISH_LENGTH }, { "ERROR_TOXIC", TW_FINISH_CONTENT_FILTER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_str_equal (reason, reasons[i].reason))
      return reasons[i].finish;
  return TW_FINISH_UNKNOWN;
}

static void
add_block (TwDecoder *decoder, const cJSON *block)
{
  tw_decoder_add_text (decoder, TW_EVENT_REASONING, tw_json_string (block, "thinking"));
  tw_decoder_add_text (decoder, TW_EVENT_TEXT, tw_json_string (block, "text"));
}

/* A piece of a stream has one block or call, a whole reply a list of them, under the same name. */
static const cJSON *
get_first (const cJSON *message, const char *key)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (message, key);

  return cJSON_IsArray (item) ? item->child : item;
}

static void
add_content (TwDecoder *decoder, const cJSON *message)
{
  const cJSON *block;

  for (block = get_first (message, "content"); block != NULL; block = block->next)
    {
      if (cJSON_IsString (block))
        tw_decoder_add_text (decoder, TW_EVENT_TEXT, block->valuestring);
      add_block (decoder, block);
      if (!cJSON_IsArray (cJSON_GetObjectItemCaseSensitive (message, "content")))
        return;
    }
}

static void
add_arguments (TwToolCall *call, const cJSON *function)
{
  const cJSON *arguments = cJSON_GetObjectItemCaseSensitive (function, "arguments");
  g_autofree char *text = cJSON_IsObject (arguments) ? tw_json_print (arguments) : NULL;

  g_string_append (call->arguments, text ?: cJSON_GetStringValue (arguments) ?: "");
}

static void
add_call_piece (TwDecoder *decoder, TwToolCall *call, const cJSON *piece)
{
  const cJSON *function = tw_json_object (piece, "function");

  if (call == NULL)
    return;
  tw_tool_call_name (call, tw_wire_json_text (piece, "id"), tw_wire_json_text (function, "name"));
  add_arguments (call, function);
}

static void
keep_usage (TwDecoder *decoder, const cJSON *usage)
{
  Data *data = tw_decoder_get_data (decoder);

  if (tw_json_object (usage, "billed_units") == NULL && tw_json_object (usage, "tokens") == NULL)
    return;
  cJSON_Delete (data->usage);
  data->usage = cJSON_Duplicate (usage, TRUE);
}

/* The finish reason and usage of a whole reply or of the event that ends a stream. */
static void
read_end (TwDecoder *decoder, const cJSON *json)
{
  const char *reason = tw_wire_json_text (json, "finish_reason");
  TwFinish finish = reason != NULL ? read_finish (reason) : TW_FINISH_UNKNOWN;

  keep_usage (decoder, tw_json_object (json, "usage"));
  tw_decoder_set_finish (decoder, finish);
  /* What Cohere gave up on is not whole, though it says so in good order. */
  if (finish != TW_FINISH_ERROR)
    tw_decoder_mark_end (decoder);
}

static void
on_start (TwDecoder *decoder, const cJSON *json, const cJSON *message)
{
  tw_decoder_set_model (decoder, tw_json_string (json, "id"), tw_json_string (json, "model"));
}

static void
on_content (TwDecoder *decoder, const cJSON *json, const cJSON *message)
{
  add_content (decoder, message);
}

/* What the model means to do with its tools: it is thought aloud, and no part of the answer. */
static void
on_tool_plan (TwDecoder *decoder, const cJSON *json, const cJSON *message)
{
  tw_decoder_add_text (decoder, TW_EVENT_REASONING, tw_json_string (message, "tool_plan"));
}

static gint64
get_index (const cJSON *json)
{
  gint64 index = 0;

  tw_json_integer (json, "index", &index);
  return index;
}

static void
on_tool_call_start (TwDecoder *decoder, const cJSON *json, const cJSON *message)
{
  add_call_piece (decoder, tw_decoder_open_tool_call (decoder, get_index (json)),
                  get_first (message, "tool_calls"));
}

static void
on_tool_call_delta (TwDecoder *decoder, const cJSON *json, const cJSON *message)
{
  TwToolCall *call = tw_tool_calls_find (tw_decoder_get_tool_calls (decoder), get_index (json));

  add_call_piece (decoder, call ?: tw_decoder_open_tool_call (decoder, get_index (json)),
                  get_first (message, "tool_calls"));
}

static void
on_tool_call_end (TwDecoder *decoder, const cJSON *json, const cJSON *message)
{
  TwToolCall *call = tw_tool_calls_find (tw_decoder_get_tool_calls (decoder), get_index (json));

  if (call != NULL)
    tw_decoder_close_tool_call (decoder, call);
}

static void
on_end (TwDecoder *decoder, const cJSON *json, const cJSON *message)
{
  read_end (decoder, tw_json_object (json, "delta"));
}

static void
stream_event (TwDecoder *decoder, const char *name, const cJSON *json)
{
  static const struct
  {
    const char *type;
    void (*read) (TwDecoder *decoder, const cJSON *json, const cJSON *message);
  } readers[] = {
    { "message-start", on_start },
    { "content-start", on_content },
    { "content-delta", on_content },
    { "tool-plan-delta", on_tool_plan },
    { "tool-call-start", on_tool_call_start },
    { "tool-call-delta", on_tool_call_delta },
    { "tool-call-end", on_tool_call_end },
    { "message-end", on_end },
  };
  const cJSON *message = tw_json_object (tw_json_object (json, "delta"), "message");
  const char *type = tw_json_string (json, "type") ?: name;

  for (guint i = 0; type != NULL && i < G_N_ELEMENTS (readers); i++)
    if (g_str_equal (type, readers[i].type))
      {
        readers[i].read (decoder, json, message);
        return;
      }
}

static void
whole_reply (TwDecoder *decoder, const cJSON *json)
{
  const cJSON *message = tw_json_object (json, "message");
  const cJSON *item;
  gint64 n = 0;

  tw_decoder_set_model (decoder, tw_json_string (json, "id"), tw_json_string (json, "model"));
  on_tool_plan (decoder, json, message);
  add_content (decoder, message);
  cJSON_ArrayForEach (item, tw_json_array (message, "tool_calls"))
  {
    add_call_piece (decoder, tw_decoder_open_tool_call (decoder, n++), item);
  }
  if (message != NULL)
    read_end (decoder, json);
}

static void
end (TwDecoder *decoder)
{
  Data *data = tw_decoder_get_data (decoder);

  tw_decoder_read_usage (decoder, data->usage);
}

const TwCodec tw_codec_cohere = {
  .name = "cohere",
  .key_header = "Authorization",
  .key_prefix = "Bearer ",
  .encode = tw_cohere_encode,
  .stream_event = stream_event,
  .whole_reply = whole_reply,
  .end = end,
  .read_usage = tw_cohere_read_usage,
  .data_size = sizeof (Data),
  .clear_data = clear_data,
  .default_provider = "cohere",
};
