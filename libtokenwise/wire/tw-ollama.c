/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-ollama-private.h"

#include "libtokenwise/wire/tw-decoder-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"
#include "libtokenwise/wire/tw-wire-usage-private.h"

/* POST /api/chat, Ollama's own API: a line of JSON for each piece, and the counts among the members
 * of the last (https://docs.ollama.com/api/chat). */

typedef struct
{
  cJSON *last; /* (nullable): the line that has the counts */
  gint64 n_calls;
} Data;

static void
clear_data (gpointer data)
{
  cJSON_Delete (((Data *) data)->last);
}

static TwFinish
read_finish (const char *reason, gboolean called)
{
  if (g_strcmp0 (reason, "length") == 0)
    return TW_FINISH_LENGTH;
  /* A reply that ends in calls says "stop", too. */
  if (called)
    return TW_FINISH_TOOL_CALLS;
  if (g_strcmp0 (reason, "stop") == 0 || g_strcmp0 (reason, "load") == 0
      || g_strcmp0 (reason, "unload") == 0)
    return TW_FINISH_STOP;
  return TW_FINISH_UNKNOWN;
}

/* Calls come whole, with an object for their arguments and in most versions without an id. */
static void
add_tool_calls (TwDecoder *decoder, const cJSON *message)
{
  Data *data = tw_decoder_get_data (decoder);
  const cJSON *item;

  cJSON_ArrayForEach (item, tw_json_array (message, "tool_calls"))
  {
    const cJSON *function = tw_json_object (item, "function");
    const cJSON *arguments = cJSON_GetObjectItemCaseSensitive (function, "arguments");
    g_autofree char *text = cJSON_IsObject (arguments) ? tw_json_print (arguments) : NULL;
    TwToolCall *call = tw_decoder_open_tool_call (decoder, data->n_calls);

    if (call == NULL)
      return;
    data->n_calls++;
    tw_tool_call_name (call, tw_wire_json_text (item, "id"), tw_wire_json_text (function, "name"));
    g_string_append (call->arguments, text ?: cJSON_GetStringValue (arguments) ?: "");
    tw_decoder_close_tool_call (decoder, call);
  }
}

/* /api/generate, which some gateways answer with, has no message: its texts stand beside "done". */
static void
read_texts (TwDecoder *decoder, const cJSON *json)
{
  const cJSON *message = tw_json_object (json, "message");

  tw_decoder_add_text (decoder, TW_EVENT_REASONING, tw_json_string (message ?: json, "thinking"));
  tw_decoder_add_text (decoder, TW_EVENT_TEXT,
                       message != NULL ? tw_json_string (message, "content")
                                       : tw_json_string (json, "response"));
  add_tool_calls (decoder, message);
}

static void
keep_usage (TwDecoder *decoder, const cJSON *json)
{
  Data *data = tw_decoder_get_data (decoder);

  /* Older servers leave prompt_eval_count out when the whole prompt was in their cache. */
  if (!tw_wire_json_has (json, "eval_count") && !tw_wire_json_has (json, "prompt_eval_count"))
    return;
  cJSON_Delete (data->last);
  data->last = cJSON_Duplicate (json, TRUE);
}

static void
read_reply (TwDecoder *decoder, const cJSON *json)
{
  Data *data = tw_decoder_get_data (decoder);
  gboolean done = FALSE;

  tw_decoder_set_model (decoder, NULL, tw_json_string (json, "model"));
  read_texts (decoder, json);
  keep_usage (decoder, json);
  if (!tw_json_boolean (json, "done", &done) || !done)
    return;
  tw_decoder_set_finish (decoder,
                         read_finish (tw_json_string (json, "done_reason"), data->n_calls > 0));
  tw_decoder_mark_end (decoder);
}

static void
stream_event (TwDecoder *decoder, const char *name, const cJSON *json)
{
  read_reply (decoder, json);
}

static void
end (TwDecoder *decoder)
{
  Data *data = tw_decoder_get_data (decoder);

  tw_decoder_read_usage (decoder, data->last);
}

const TwCodec tw_codec_ollama = {
  .name = "ollama",
  .key_header = "Authorization",
  .key_prefix = "Bearer ",
  .encode = tw_ollama_encode,
  .framing = TW_FRAMING_NDJSON,
  .stream_event = stream_event,
  .whole_reply = read_reply,
  .end = end,
  .read_usage = tw_ollama_read_usage,
  .data_size = sizeof (Data),
  .clear_data = clear_data,
  .default_provider = "ollama",
};
