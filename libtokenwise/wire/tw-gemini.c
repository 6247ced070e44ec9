/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-gemini-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"
#include "libtokenwise/wire/tw-wire-usage-private.h"

/* Replies of generateContent and streamGenerateContent. Each event of a stream is a whole reply
 * with the next piece of the text, so that both are read by the same code
 * (https://ai.google.dev/api/generate-content). */

#define MAX_NAME 64

/* The dialect's memory of one reply. */
typedef struct
{
  cJSON *usage; /* (nullable) the latest usageMetadata */
  TwGeminiGrounding grounding;
  guint n_calls;
} Data;

static void
clear_data (gpointer pointer)
{
  Data *data = pointer;

  cJSON_Delete (data->usage);
  tw_gemini_grounding_clear (&data->grounding);
}

static const struct
{
  const char *reason;
  TwFinish finish;
} finishes[] = {
  { "STOP", TW_FINISH_STOP },
  { "MAX_TOKENS", TW_FINISH_LENGTH },
  { "SAFETY", TW_FINISH_CONTENT_FILTER },
  { "RECITATION", TW_FINISH_CONTENT_FILTER },
  { "BLOCKLIST", TW_FINISH_CONTENT_FILTER },
  { "PROHIBITED_CONTENT", TW_FINISH_CONTENT_FILTER },
  { "SPII", TW_FINISH_CONTENT_FILTER },
  { "MODEL_ARMOR", TW_FINISH_CONTENT_FILTER },
  { "IMAGE_SAFETY", TW_FINISH_CONTENT_FILTER },
  { "IMAGE_PROHIBITED_CONTENT", TW_FINISH_CONTENT_FILTER },
  { "IMAGE_RECITATION", TW_FINISH_CONTENT_FILTER },
  /* The same request with a token of its own goes on: half an answer. */
  { "CONTINUATION", TW_FINISH_PAUSE },
  { "LANGUAGE", TW_FINISH_ERROR },
  { "OTHER", TW_FINISH_ERROR },
  { "MALFORMED_FUNCTION_CALL", TW_FINISH_ERROR },
  { "UNEXPECTED_TOOL_CALL", TW_FINISH_ERROR },
  { "TOO_MANY_TOOL_CALLS", TW_FINISH_ERROR },
  { "MISSING_THOUGHT_SIGNATURE", TW_FINISH_ERROR },
  { "MALFORMED_RESPONSE", TW_FINISH_ERROR },
  { "NO_IMAGE", TW_FINISH_ERROR },
  { "IMAGE_OTHER", TW_FINISH_ERROR },
};

static TwFinish
finish_from_reason (const char *reason)
{
  for (guint i = 0; i < G_N_ELEMENTS (finishes); i++)
    if (g_str_equal (reason, finishes[i].reason))
      return finishes[i].finish;
  return TW_FINISH_UNKNOWN;
}

static void
read_finish (TwDecoder *decoder, const cJSON *candidate)
{
  const Data *data = tw_decoder_get_data (decoder);
  const char *reason = tw_wire_json_text (candidate, "finishReason");
  TwFinish finish;

  if (reason == NULL || g_str_equal (reason, "FINISH_REASON_UNSPECIFIED"))
    return;
  finish = finish_from_reason (reason);
  /* A reply that ends in tool calls says STOP like any other. */
  if (finish == TW_FINISH_STOP && data->n_calls > 0)
    finish = TW_FINISH_TOOL_CALLS;
  tw_decoder_set_finish (decoder, finish);
  tw_decoder_mark_end (decoder);
}

/* Short, and of letters, digits, "-" and "_" only: fit to be part of an id or a sentence. */
static gboolean
is_name (const char *text)
{
  gsize n = 0;

  while (text != NULL && (g_ascii_isalnum (text[n]) || text[n] == '_' || text[n] == '-'))
    n++;
  return n > 0 && n <= MAX_NAME && text[n] == '\0';
}

/* Models before Gemini 3 give no id. One that holds the reply's own id does not come again when the
 * conversation goes on, so that a result finds its call. */
static char *
make_up_id (TwDecoder *decoder, guint ordinal)
{
  const char *reply = tw_decoder_get_state (decoder)->id;

  return is_name (reply) ? g_strdup_printf ("call_%s_%u", reply, ordinal)
                         : g_strdup_printf ("call_%u", ordinal);
}

/* Calls arrive whole. Pieces of arguments come only where they were asked for; they have no name.
 */
static void
read_call (TwDecoder *decoder, const cJSON *json, const char *signature)
{
  Data *data = tw_decoder_get_data (decoder);
  const char *id = tw_wire_json_text (json, "id");
  const char *name = tw_wire_json_text (json, "name");
  const cJSON *arguments = tw_json_object (json, "args");
  g_autofree char *made_up = NULL;
  TwToolCall *call = name != NULL ? tw_decoder_open_tool_call (decoder, data->n_calls) : NULL;

  if (call == NULL)
    return;
  data->n_calls++;
  if (id == NULL)
    made_up = make_up_id (decoder, data->n_calls);
  tw_tool_call_name (call, id ?: made_up, name);
  call->signature = g_strdup (signature);
  if (arguments != NULL)
    {
      g_autofree char *text = tw_json_print (arguments);

      g_string_append (call->arguments, text);
    }
  tw_decoder_close_tool_call (decoder, call);
}

/* An answer is signed, too: often in a last part with no text. */
static void
read_part (TwDecoder *decoder, const cJSON *part)
{
  const cJSON *call = tw_json_object (part, "functionCall");
  const char *signature = tw_wire_json_text (part, "thoughtSignature");
  gboolean is_thought = FALSE;

  tw_json_boolean (part, "thought", &is_thought);
  tw_decoder_add_text (decoder, is_thought ? TW_EVENT_REASONING : TW_EVENT_TEXT,
                       tw_json_string (part, "text"));
  if (call != NULL)
    read_call (decoder, call, signature);
  else
    tw_decoder_sign_reasoning (decoder, signature);
}

/* (nullable): the first of several answers, which are never asked for. */
static const cJSON *
find_candidate (const cJSON *json)
{
  const cJSON *candidate;

  cJSON_ArrayForEach (candidate, tw_json_array (json, "candidates"))
  {
    gint64 index = 0;

    tw_json_integer (candidate, "index", &index);
    if (index == 0)
      return candidate;
  }
  return NULL;
}

/* A prompt that was refused has no candidates. The reply is whole all the same, and its usage is
 * what is billed: only the error is to be said, not that something is missing. */
static void
read_prompt_feedback (TwDecoder *decoder, const cJSON *feedback)
{
  TwReplyState *state = (TwReplyState *) tw_decoder_get_state (decoder);
  const char *reason = tw_wire_json_text (feedback, "blockReason");

  if (reason == NULL || g_str_equal (reason, "BLOCKED_REASON_UNSPECIFIED"))
    return;
  tw_decoder_set_finish (decoder, TW_FINISH_CONTENT_FILTER);
  tw_decoder_mark_end (decoder);
  if (state->error == NULL)
    g_set_error (&state->error, TW_ERROR, TW_ERROR_CONTENT_FILTER,
                 "The provider's content filter refused the prompt (%s); change the prompt.",
                 is_name (reason) ? reason : "no known reason");
}

static void
keep_member (cJSON *block, const cJSON *older, const char *key)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (older, key);

  if (item != NULL && !tw_wire_json_has (block, key))
    {
      cJSON_DeleteItemFromObjectCaseSensitive (block, key);
      cJSON_AddItemToObject (block, key, cJSON_Duplicate (item, TRUE));
    }
}

/* Each chunk has the total so far, and corrects the prompt's as well: the last one counts as a
 * whole, neither the sum nor the largest. Gateways have been seen to leave what was cached out of
 * the last, and Vertex to send a block with no counts at all. */
static void
keep_usage (Data *data, const cJSON *block)
{
  cJSON *latest;

  if (!tw_wire_json_has (block, "promptTokenCount") && !tw_wire_json_has (block, "totalTokenCount"))
    return;
  latest = cJSON_Duplicate (block, TRUE);
  keep_member (latest, data->usage, "cachedContentTokenCount");
  keep_member (latest, data->usage, "cacheTokensDetails");
  cJSON_Delete (data->usage);
  data->usage = latest;
}

static void
read_reply (TwDecoder *decoder, const cJSON *json)
{
  Data *data = tw_decoder_get_data (decoder);
  const cJSON *candidate = find_candidate (json);
  const cJSON *part;

  tw_decoder_set_model (decoder, tw_json_string (json, "responseId"),
                        tw_json_string (json, "modelVersion"));
  cJSON_ArrayForEach (part, tw_json_array (tw_json_object (candidate, "content"), "parts"))
  {
    read_part (decoder, part);
  }
  read_finish (decoder, candidate);
  read_prompt_feedback (decoder, tw_json_object (json, "promptFeedback"));
  tw_gemini_grounding_add (&data->grounding, tw_json_object (candidate, "groundingMetadata"));
  keep_usage (data, tw_json_object (json, "usageMetadata"));
}

static void
stream_event (TwDecoder *decoder, const char *name G_GNUC_UNUSED, const cJSON *json)
{
  read_reply (decoder, json);
}

static void
end (TwDecoder *decoder)
{
  const Data *data = tw_decoder_get_data (decoder);
  const TwReplyState *state = tw_decoder_get_state (decoder);

  tw_decoder_read_usage (decoder, data->usage);
  tw_gemini_grounding_count (&data->grounding, state->model, state->usage);
}

const TwCodec tw_codec_gemini = {
  .name = TW_GEMINI_DIALECT,
  .key_header = "x-goog-api-key",
  .key_prefix = "",
  .encode = tw_gemini_encode,
  .framing = TW_FRAMING_SSE,
  .stream_event = stream_event,
  .whole_reply = read_reply,
  .end = end,
  .read_usage = tw_gemini_read_usage,
  .data_size = sizeof (Data),
  .clear_data = clear_data,
  .default_provider = "google",
};
