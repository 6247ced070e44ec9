/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-decoder-private.h"
#include "libtokenwise/wire/tw-openai-chat-private.h"
#include "libtokenwise/wire/tw-openai-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"

/* POST /chat/completions: OpenAI's Chat Completions and the many servers that speak it. */

/* The old single function call has no index. */
#define FUNCTION_CALL_KEY G_MININT64

typedef struct
{
  cJSON *usage;       /* (nullable): the last that was not null wins */
  gboolean refused;   /* refusal text came */
  gint64 n_made_keys; /* for calls without an index */
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
    { "stop", TW_FINISH_STOP },
    { "eos", TW_FINISH_STOP }, /* Together */
    { "end_turn", TW_FINISH_STOP },
    { "stop_sequence", TW_FINISH_STOP },
    { "length", TW_FINISH_LENGTH },
    { "max_tokens", TW_FINISH_LENGTH },
    { "model_length", TW_FINISH_LENGTH }, /* Mistral */
    { "tool_calls", TW_FINISH_TOOL_CALLS },
    { "function_call", TW_FINISH_TOOL_CALLS },
    { "tool_use", TW_FINISH_TOOL_CALLS },
    { "content_filter", TW_FINISH_CONTENT_FILTER },
    { "refusal", TW_FINISH_REFUSAL },
    { "error", TW_FINISH_ERROR },
    { "insufficient_system_resource", TW_FINISH_ERROR }, /* DeepSeek */
  };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_str_equal (reason, reasons[i].reason))
      return reasons[i].finish;
  return TW_FINISH_UNKNOWN;
}

/* A string, or Mistral's list of chunks: {"type":"text","text"} and
 * {"type":"thinking","thinking":[…]}. */
static void
add_content (TwDecoder *decoder, TwEventKind kind, const cJSON *content)
{
  const cJSON *chunk;

  if (cJSON_IsString (content))
    tw_decoder_add_text (decoder, kind, content->valuestring);
  if (!cJSON_IsArray (content))
    return;
  cJSON_ArrayForEach (chunk, content)
  {
    tw_decoder_add_text (decoder, kind, tw_json_string (chunk, "text"));
    add_content (decoder, TW_EVENT_REASONING, cJSON_GetObjectItemCaseSensitive (chunk, "thinking"));
  }
}

/* OpenRouter's list, whose items have to be sent back as they are. */
static gboolean
add_reasoning_details (TwDecoder *decoder, const cJSON *message)
{
  const cJSON *detail;
  gboolean has_text = FALSE;

  cJSON_ArrayForEach (detail, tw_json_array (message, "reasoning_details"))
  {
    const char *text = tw_wire_json_text (detail, "text") ?: tw_wire_json_text (detail, "summary");
    g_autofree char *signature = tw_chat_reasoning_signature (detail);

    tw_decoder_add_text (decoder, TW_EVENT_REASONING, text);
    tw_decoder_sign_reasoning (decoder, signature);
    has_text = has_text || text != NULL;
  }
  return has_text;
}

/* DeepSeek, vLLM and llama.cpp say reasoning_content, OpenRouter and Groq reasoning; OpenRouter
 * says it twice, and only the list has the signatures. */
static void
add_reasoning (TwDecoder *decoder, const cJSON *message)
{
  if (!add_reasoning_details (decoder, message))
    tw_decoder_add_text (decoder, TW_EVENT_REASONING,
                         tw_wire_json_text (message, "reasoning_content")
                             ?: tw_wire_json_text (message, "reasoning"));
}

/* The call a piece belongs to. Some servers leave the index out, or give every call index 0; then a
 * new id begins a new call, and so does a name where there is no id. */
static TwToolCall *
find_call (TwDecoder *decoder, const cJSON *piece, const char *id, const char *name)
{
  TwToolCalls *calls = tw_decoder_get_tool_calls (decoder);
  Data *data = tw_decoder_get_data (decoder);
  gint64 key = 0;
  gboolean indexed = tw_json_integer (piece, "index", &key);
  TwToolCall *call = indexed ? tw_tool_calls_find (calls, key) : tw_tool_calls_last (calls);
  gboolean other_id = call != NULL && id != NULL && call->id != NULL && name != NULL
                      && !g_str_equal (id, call->id);
  gboolean other_name
      = call != NULL && !indexed && id == NULL && name != NULL && call->arguments->len > 0;

  if (call != NULL && !other_id && !other_name)
    return call;
  return tw_decoder_open_tool_call (decoder, indexed ? key : --data->n_made_keys);
}

static void
add_arguments (TwToolCall *call, const cJSON *arguments)
{
  if (cJSON_IsString (arguments))
    g_string_append (call->arguments, arguments->valuestring);
  else if (cJSON_IsObject (arguments) && call->arguments->len == 0)
    {
      g_autofree char *text = tw_json_print (arguments);

      g_string_append (call->arguments, text);
    }
}

static void
add_tool_calls (TwDecoder *decoder, const cJSON *message)
{
  const cJSON *old = tw_json_object (message, "function_call");
  const cJSON *piece;

  cJSON_ArrayForEach (piece, tw_json_array (message, "tool_calls"))
  {
    const cJSON *function = tw_json_object (piece, "function");
    const char *id = tw_wire_json_text (piece, "id");
    const char *name = tw_wire_json_text (function, "name");
    TwToolCall *call = find_call (decoder, piece, id, name);

    if (call == NULL)
      return;
    tw_tool_call_name (call, id, name);
    add_arguments (call, cJSON_GetObjectItemCaseSensitive (function, "arguments"));
  }
  if (old != NULL)
    {
      TwToolCall *call = tw_tool_calls_find (tw_decoder_get_tool_calls (decoder), FUNCTION_CALL_KEY)
                             ?: tw_decoder_open_tool_call (decoder, FUNCTION_CALL_KEY);

      if (call == NULL)
        return;
      tw_tool_call_name (call, NULL, tw_json_string (old, "name"));
      add_arguments (call, cJSON_GetObjectItemCaseSensitive (old, "arguments"));
    }
}

/* A delta of a stream and the message of a whole reply have the same members. */
static void
read_message (TwDecoder *decoder, const cJSON *message)
{
  Data *data = tw_decoder_get_data (decoder);
  const char *refusal = tw_wire_json_text (message, "refusal");

  add_reasoning (decoder, message);
  add_content (decoder, TW_EVENT_TEXT, cJSON_GetObjectItemCaseSensitive (message, "content"));
  tw_decoder_add_text (decoder, TW_EVENT_TEXT, refusal);
  data->refused = data->refused || refusal != NULL;
  add_tool_calls (decoder, message);
}

static void
read_choice (TwDecoder *decoder, const cJSON *choice)
{
  Data *data = tw_decoder_get_data (decoder);
  const char *reason = tw_wire_json_text (choice, "finish_reason");
  gint64 index = 0;

  /* One answer is asked for; a second would be mixed into it. */
  if (tw_json_integer (choice, "index", &index) && index > 0)
    return;
  read_message (decoder, tw_json_object (choice, "delta") ?: tw_json_object (choice, "message"));
  if (reason == NULL)
    return;
  tw_decoder_set_finish (decoder, data->refused ? TW_FINISH_REFUSAL : read_finish (reason));
  tw_decoder_mark_end (decoder);
}

/* {} and blocks of other figures are no usage: unknown must not become 0. */
static gboolean
has_counts (const cJSON *usage)
{
  static const char *const keys[]
      = { "prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "output_tokens" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (tw_wire_json_has (usage, keys[i]))
      return TRUE;
  return FALSE;
}

static void
keep_usage (TwDecoder *decoder, const cJSON *json)
{
  Data *data = tw_decoder_get_data (decoder);
  const cJSON *usage
      = tw_json_object (json, "usage") ?: tw_json_object (tw_json_object (json, "x_groq"), "usage");

  if (!has_counts (usage))
    return;
  tw_decoder_set_service_tier (decoder, tw_json_string (usage, "service_tier")); /* Mistral */
  cJSON_Delete (data->usage);
  data->usage = cJSON_Duplicate (usage, TRUE);
}

static void
read_reply (TwDecoder *decoder, const cJSON *json)
{
  const cJSON *choice;

  tw_decoder_set_model (decoder, tw_json_string (json, "id"), tw_json_string (json, "model"));
  keep_usage (decoder, json);
  tw_decoder_set_service_tier (decoder, tw_json_string (json, "service_tier"));
  cJSON_ArrayForEach (choice, tw_json_array (json, "choices"))
  {
    read_choice (decoder, choice);
  }
}

static void
stream_event (TwDecoder *decoder, const char *name, const cJSON *json)
{
  read_reply (decoder, json);
}

/* A whole document is its own end mark; some servers leave the finish reason out. */
static void
whole_reply (TwDecoder *decoder, const cJSON *json)
{
  read_reply (decoder, json);
  if (cJSON_GetArraySize (tw_json_array (json, "choices")) > 0)
    tw_decoder_mark_end (decoder);
}

static void
end (TwDecoder *decoder)
{
  Data *data = tw_decoder_get_data (decoder);

  tw_decoder_read_usage (decoder, data->usage);
}

const TwCodec tw_codec_openai_chat = {
  .name = "openai-chat",
  .key_header = "Authorization",
  .key_prefix = "Bearer ",
  .encode = tw_openai_chat_encode,
  .stream_event = stream_event,
  .quick_event = tw_openai_chat_quick_event,
  .done_mark = "[DONE]",
  .whole_reply = whole_reply,
  .end = end,
  .read_usage = tw_openai_read_usage,
  .data_size = sizeof (Data),
  .clear_data = clear_data,
  .default_provider = "openai",
};
