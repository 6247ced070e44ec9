/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-openai-private.h"
#include "libtokenwise/wire/tw-openai-responses-items-private.h"
#include "libtokenwise/wire/tw-openai-responses-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"
#include "libtokenwise/wire/tw-wire-usage-private.h"

/* POST /responses: OpenAI's Responses, and the servers that speak it. */

typedef struct
{
  TwResponseItems items;
  cJSON *usage; /* (nullable) */
} Data;

static void
clear_data (gpointer data)
{
  Data *self = data;

  tw_response_items_clear (&self->items);
  cJSON_Delete (self->usage);
}

/* ---- the response object ---- */

/* What stands in it from its first event on. "auto" is what was wished, not what is served. */
static void
read_head (TwDecoder *decoder, const cJSON *response)
{
  const char *tier = tw_json_string (response, "service_tier");

  tw_decoder_set_model (decoder, tw_json_string (response, "id"),
                        tw_json_string (response, "model"));
  if (g_strcmp0 (tier, "auto") != 0)
    tw_decoder_set_service_tier (decoder, tier);
}

static TwFinish
finish_of_complete (TwDecoder *decoder)
{
  Data *data = tw_decoder_get_data (decoder);

  if (data->items.refused)
    return TW_FINISH_REFUSAL;
  return tw_tool_calls_last (tw_decoder_get_tool_calls (decoder)) != NULL ? TW_FINISH_TOOL_CALLS
                                                                          : TW_FINISH_STOP;
}

static TwFinish
finish_of_incomplete (const cJSON *response)
{
  const char *reason
      = tw_json_string (tw_json_object (response, "incomplete_details"), "reason") ?: "";

  if (g_str_equal (reason, "max_output_tokens"))
    return TW_FINISH_LENGTH;
  return g_str_equal (reason, "content_filter") ? TW_FINISH_CONTENT_FILTER : TW_FINISH_UNKNOWN;
}

/* A reply that is still being made, that failed or was cancelled, did not come to its end. Some
 * servers say "complete", or nothing at all. */
static void
read_status (TwDecoder *decoder, const cJSON *response, const char *status)
{
  static const char *const unfinished[] = { "in_progress", "queued", "cancelled", NULL };

  if (g_str_equal (status, "failed"))
    tw_decoder_set_finish (decoder, TW_FINISH_ERROR);
  else if (!g_strv_contains (unfinished, status))
    {
      tw_decoder_set_finish (decoder, g_str_equal (status, "incomplete")
                                          ? finish_of_incomplete (response)
                                          : finish_of_complete (decoder));
      tw_decoder_mark_end (decoder);
    }
}

static void
keep_usage (TwDecoder *decoder, const cJSON *response)
{
  Data *data = tw_decoder_get_data (decoder);
  const cJSON *usage = tw_json_object (response, "usage");

  /* {} is no usage: unknown must not become 0. */
  if (!tw_usage_reader_finds_counts (tw_openai_read_usage, usage))
    return;
  cJSON_Delete (data->usage);
  data->usage = cJSON_Duplicate (usage, TRUE);
}

static void
read_response (TwDecoder *decoder, const cJSON *response, const char *status)
{
  Data *data = tw_decoder_get_data (decoder);

  read_head (decoder, response);
  keep_usage (decoder, response);
  /* The last event repeats what came in pieces. */
  if (!data->items.seen)
    tw_response_items_read_all (&data->items, decoder, tw_json_array (response, "output"));
  read_status (decoder, response, status);
}

/* ---- events ---- */

static void
read_head_event (TwDecoder *decoder, const cJSON *event)
{
  read_head (decoder, tw_json_object (event, "response"));
}

static void
read_completed (TwDecoder *decoder, const cJSON *event)
{
  read_response (decoder, tw_json_object (event, "response"), "completed");
}

static void
read_incomplete (TwDecoder *decoder, const cJSON *event)
{
  read_response (decoder, tw_json_object (event, "response"), "incomplete");
}

static void
read_failed (TwDecoder *decoder, const cJSON *event)
{
  read_response (decoder, tw_json_object (event, "response"), "failed");
}

static TwResponseItems *
get_items (TwDecoder *decoder)
{
  return &((Data *) tw_decoder_get_data (decoder))->items;
}

static void
open_item (TwDecoder *decoder, const cJSON *event)
{
  tw_response_items_open (get_items (decoder), decoder, event);
}

static void
close_item (TwDecoder *decoder, const cJSON *event)
{
  tw_response_items_close (get_items (decoder), decoder, event);
}

static void
add_text (TwDecoder *decoder, const cJSON *event)
{
  tw_response_items_add_text (get_items (decoder), decoder, TW_RESPONSE_TEXT, event);
}

static void
add_refusal (TwDecoder *decoder, const cJSON *event)
{
  tw_response_items_add_text (get_items (decoder), decoder, TW_RESPONSE_REFUSAL, event);
}

static void
add_reasoning (TwDecoder *decoder, const cJSON *event)
{
  tw_response_items_add_text (get_items (decoder), decoder, TW_RESPONSE_REASONING, event);
}

static void
begin_summary (TwDecoder *decoder, const cJSON *event)
{
  tw_response_items_begin_summary (get_items (decoder), event);
}

static void
add_arguments (TwDecoder *decoder, const cJSON *event)
{
  tw_response_items_add_arguments (get_items (decoder), event);
}

static void
set_arguments (TwDecoder *decoder, const cJSON *event)
{
  tw_response_items_set_arguments (get_items (decoder), event);
}

/* Most frequent first. The rest says again what these say, or how far a hosted tool is. */
static const struct
{
  const char *type;
  void (*read) (TwDecoder *decoder, const cJSON *event);
} readers[] = {
  { "response.output_text.delta", add_text },
  { "response.reasoning_summary_text.delta", add_reasoning },
  { "response.reasoning_text.delta", add_reasoning },
  { "response.function_call_arguments.delta", add_arguments },
  { "response.refusal.delta", add_refusal },
  { "response.function_call_arguments.done", set_arguments },
  { "response.reasoning_summary_part.added", begin_summary },
  { "response.output_item.added", open_item },
  { "response.output_item.done", close_item },
  { "response.created", read_head_event },
  { "response.in_progress", read_head_event },
  { "response.queued", read_head_event },
  { "response.completed", read_completed },
  { "response.incomplete", read_incomplete },
  { "response.failed", read_failed },
};

static void
stream_event (TwDecoder *decoder, const char *name, const cJSON *json)
{
  const char *type = tw_json_string (json, "type") ?: (name ?: "");

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    if (g_str_equal (type, readers[i].type))
      {
        readers[i].read (decoder, json);
        return;
      }
}

static void
whole_reply (TwDecoder *decoder, const cJSON *json)
{
  const char *status = tw_json_string (json, "status");

  if (tw_json_array (json, "output") != NULL)
    read_response (decoder, json, status ?: "completed");
}

/* xAI's servers list the calls of their tools too, and count them in the usage. */
static void
end (TwDecoder *decoder)
{
  Data *data = tw_decoder_get_data (decoder);

  tw_decoder_read_usage (decoder, data->usage);
  if (!tw_wire_json_has (data->usage, "num_server_side_tools_used"))
    tw_openai_count_hosted_tools (data->items.hosted, tw_decoder_get_state (decoder)->usage);
}

const TwCodec tw_codec_openai_responses = {
  .name = "openai-responses",
  .key_header = "Authorization",
  .key_prefix = "Bearer ",
  .encode = tw_openai_responses_encode,
  .stream_event = stream_event,
  .whole_reply = whole_reply,
  .end = end,
  .read_usage = tw_openai_read_usage,
  .data_size = sizeof (Data),
  .clear_data = clear_data,
  .default_provider = "openai",
};
