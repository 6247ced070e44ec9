/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-wire.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-codec-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"
#include "libtokenwise/wire/tw-wire-usage-private.h"

#include <string.h>

/* What is asked for where the request sets no limit and no catalogue is at hand. */
#define DEFAULT_MAX_OUTPUT_TOKENS 4096

static char *
call_to_json (const TwWireCall *call)
{
  g_autoptr (cJSON) json = cJSON_CreateObject ();
  cJSON *headers;

  cJSON_AddStringToObject (json, "method", call->method);
  cJSON_AddStringToObject (json, "path", call->path);
  headers = cJSON_AddObjectToObject (json, "headers");
  for (guint i = 0; i < call->headers->len; i++)
    {
      const TwWireHeader *header = &g_array_index (call->headers, TwWireHeader, i);

      cJSON_AddStringToObject (headers, header->name, header->value);
    }
  cJSON_AddRawToObject (json, "body", call->body);
  return tw_json_print (json);
}

/**
 * tw_wire_encode:
 * @dialect: a dialect, such as `"openai-chat"` or `"anthropic"`
 * @model: (nullable): `"provider/model"` or a model id as the provider writes
 *   it; %NULL takes the request's
 * @request: a request
 * @error: return location for an error
 *
 * Writes the HTTP request that would be sent for @request, without host and
 * key. Without a limit in @request, 4,096 output tokens are asked for.
 *
 * What the dialect cannot carry is a %TW_ERROR_UNSUPPORTED that names it; an
 * unknown dialect is a %TW_ERROR_INVALID_INPUT.
 *
 * Returns: (transfer full): a JSON object with `"method"`, `"path"`,
 *   `"headers"` and `"body"`
 * Since: 0.1
 */
char *
tw_wire_encode (const char *dialect, const char *model, TwRequest *request, GError **error)
{
  g_autofree char *provider = NULL;
  g_autoptr (TwWireCall) call = NULL;
  TwWireTarget target = { 0 };
  const TwCodec *codec;
  const char *slash;

  g_return_val_if_fail (dialect != NULL, NULL);
  g_return_val_if_fail (TW_IS_REQUEST (request), NULL);

  codec = tw_codec_find (dialect, error);
  if (codec == NULL)
    return NULL;
  model = model ?: request->model;
  slash = model != NULL ? strchr (model, '/') : NULL;
  provider = slash != NULL ? g_strndup (model, (gsize) (slash - model)) : NULL;
  target.provider = provider ?: codec->default_provider;
  target.model = slash != NULL ? slash + 1 : model;
  target.max_output_tokens
      = request->max_output_tokens > 0 ? request->max_output_tokens : DEFAULT_MAX_OUTPUT_TOKENS;
  target.stream = request->stream;
  target.reasoning = request->reasoning_effort != NULL;
  call = codec->encode (request, &target, error);
  return call != NULL ? call_to_json (call) : NULL;
}

typedef struct
{
  GString *text;
  GString *reasoning;
  cJSON *tool_calls;
} Parts;

static void
parts_clear (Parts *parts)
{
  g_string_free (parts->text, TRUE);
  g_string_free (parts->reasoning, TRUE);
  cJSON_Delete (parts->tool_calls);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

static void
collect_event (Parts *parts, const TwEvent *event)
{
  cJSON *call;

  switch ((int) event->kind)
    {
    case TW_EVENT_TEXT:
      g_string_append (parts->text, event->text);
      break;
    case TW_EVENT_REASONING:
      g_string_append (parts->reasoning, event->text);
      break;
    case TW_EVENT_TOOL_CALL:
      call = cJSON_CreateObject ();
      tw_json_add_string (call, "id", event->tool_id);
      tw_json_add_string (call, "name", event->tool_name);
      tw_json_add_string (call, "arguments", event->text);
      cJSON_AddItemToArray (parts->tool_calls, call);
      break;
    default:
      break;
    }
}

static void
collect_events (Parts *parts, TwDecoder *decoder)
{
  TwEvent *event;

  while ((event = tw_decoder_pop (decoder)) != NULL)
    {
      collect_event (parts, event);
      tw_event_free (event);
    }
}

static cJSON *
usage_to_json (const TwReplyState *state)
{
  cJSON *json, *others;

  if (!state->has_usage)
    return cJSON_CreateNull ();
  json = tw_usage_to_cjson (state->usage);
  others = cJSON_AddArrayToObject (json, "other_model_iterations");
  for (guint i = 0; state->usage->others != NULL && i < state->usage->others->len; i++)
    {
      const TwOtherModelUsage *other = g_ptr_array_index (state->usage->others, i);
      cJSON *item = cJSON_CreateObject ();

      tw_json_add_string (item, "model", other->model);
      cJSON_AddItemToObject (item, "usage", tw_usage_to_cjson (other->usage));
      cJSON_AddItemToArray (others, item);
    }
  return json;
}

static cJSON *
error_to_json (const TwReplyState *state)
{
  cJSON *json;

  if (state->error == NULL)
    return cJSON_CreateNull ();
  json = cJSON_CreateObject ();
  cJSON_AddStringToObject (json, "kind", tw_error_to_code (state->error));
  cJSON_AddBoolToObject (json, "retryable", state->retryable);
  cJSON_AddStringToObject (json, "message", state->error->message);
  if (state->retry_after_ms >= 0)
    tw_json_add_integer (json, "retry_after_ms", state->retry_after_ms);
  else
    cJSON_AddNullToObject (json, "retry_after_ms");
  return json;
}

static char *
reply_to_json (Parts *parts, const TwReplyState *state)
{
  g_autoptr (cJSON) json = cJSON_CreateObject ();

  cJSON_AddStringToObject (json, "text", parts->text->str);
  cJSON_AddStringToObject (json, "reasoning", parts->reasoning->str);
  cJSON_AddItemToObject (json, "tool_calls", g_steal_pointer (&parts->tool_calls));
  cJSON_AddStringToObject (json, "finish", tw_finish_to_string (state->finish));
  tw_json_add_string (json, "id", state->id);
  tw_json_add_string (json, "model", state->model);
  tw_json_add_string (json, "service_tier", state->service_tier);
  tw_json_add_string (json, "speed", state->speed);
  tw_json_add_string (json, "region", state->region);
  cJSON_AddBoolToObject (json, "complete", state->complete);
  cJSON_AddItemToObject (json, "usage", usage_to_json (state));
  cJSON_AddItemToObject (json, "error", error_to_json (state));
  return tw_json_print (json);
}

/**
 * tw_wire_decode:
 * @dialect: a dialect, such as `"openai-chat"` or `"anthropic"`
 * @provider: (nullable): the provider's id, since servers of one dialect count
 *   differently; %NULL is the one the dialect comes from
 * @stream: %TRUE if a stream was asked for
 * @status: the HTTP status
 * @headers: (nullable) (array zero-terminated=1): the reply's headers, each
 *   `"Name: value"`
 * @reply: the reply's bytes
 * @error: return location for an error
 *
 * Reads a recorded reply as the library reads a live one. What the server
 * reports, and what is wrong with the reply, is in the result; only an unknown
 * dialect is an error of the call.
 *
 * Returns: (transfer full): a JSON object with `"text"`, `"reasoning"`,
 *   `"tool_calls"`, `"finish"`, `"model"`, `"service_tier"`, `"complete"`,
 *   `"usage"` (null if the reply has none) and `"error"` (null if none)
 * Since: 0.1
 */
char *
tw_wire_decode (const char *dialect,
                const char *provider,
                gboolean stream,
                guint status,
                const char *const *headers,
                GBytes *reply,
                GError **error)
{
  g_auto (Parts) parts = { g_string_new (NULL), g_string_new (NULL), cJSON_CreateArray () };
  g_autoptr (TwDecoder) decoder = NULL;
  const TwCodec *codec;

  g_return_val_if_fail (dialect != NULL, NULL);
  g_return_val_if_fail (reply != NULL, NULL);

  codec = tw_codec_find (dialect, error);
  if (codec == NULL)
    return NULL;
  decoder = tw_decoder_new (codec, provider ?: codec->default_provider, stream, status, headers);
  /* A limit that is exceeded is in the state, with what came before it. */
  tw_decoder_push (decoder, g_bytes_get_data (reply, NULL), g_bytes_get_size (reply), NULL);
  tw_decoder_end (decoder);
  collect_events (&parts, decoder);
  return reply_to_json (&parts, tw_decoder_get_state (decoder));
}

/* ---- usage ---- */

static gboolean
is_normalised (const cJSON *block)
{
  const cJSON *item;
  TwMeter meter;

  cJSON_ArrayForEach (item, block)
  {
    if (tw_meter_from_string (item->string, &meter) && meter < TW_N_TOKEN_METERS)
      return TRUE;
  }
  return cJSON_IsObject (block) && block->child != NULL
         && tw_meter_from_string (block->child->string, &meter);
}

/* The dialect decides; without it the keys, where they are one family's alone; then the provider.
 */
static TwUsageReader
choose_reader (const char *dialect, const char *provider, const cJSON *block, GError **error)
{
  TwUsageReader read;

  if (dialect != NULL)
    return tw_usage_reader_for_dialect (dialect, error);
  read = tw_usage_reader_for_keys (block) ?: tw_usage_reader_for_provider (provider);
  /* A cloud serves models of other makers in their own APIs. */
  if (read != NULL && !tw_usage_reader_finds_counts (read, block))
    read = tw_usage_reader_for_counts (block) ?: read;
  if (read == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "The usage block does not tell whose it is; name the dialect or the provider.");
  return read;
}

static const char *
default_provider (const char *dialect)
{
  const TwCodec *codec = tw_codec_find (dialect, NULL);

  return codec != NULL ? codec->default_provider : "";
}

/* Calls that OpenAI's servers list and do not count. xAI's list the same, and count them. */
static void
count_tools (TwUsage *usage, const cJSON *reply, const cJSON *block, TwUsageReader read)
{
  if (read == tw_openai_read_usage && reply != block
      && !tw_wire_json_has (block, "num_server_side_tools_used"))
    tw_openai_count_hosted_tools (tw_json_array (reply, "output"), usage);
}

static TwUsage *
read_native (const char *dialect,
             const char *provider,
             const cJSON *root,
             const cJSON *block,
             GError **error)
{
  g_autoptr (TwUsage) usage = tw_usage_new ();
  TwUsageReader read = choose_reader (dialect, provider, block, error);
  /* The last event of a stream of Responses has the reply inside. */
  const cJSON *reply = tw_json_object (root, "response") ?: root;

  if (read == NULL)
    return NULL;
  if (!tw_usage_reader_finds_counts (read, block))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The usage block has no count that its API is known to give; give the "
                   "provider's own block, and the dialect it is of.");
      return NULL;
    }
  /* As for a live reply, what stands beside the usage counts more than what stands in it. */
  tw_usage_read_served (usage, reply);
  if (!read (provider ?: (dialect != NULL ? default_provider (dialect) : ""), block, usage, error))
    return NULL;
  count_tools (usage, reply, block, read);
  return tw_usage_validate (usage, error) ? g_steal_pointer (&usage) : NULL;
}

/**
 * tw_wire_usage_from_json:
 * @dialect: (nullable): the dialect the block is of: `"openai-chat"`,
 *   `"openai-responses"`, `"anthropic"`, `"gemini"`, `"bedrock-converse"`,
 *   `"cohere"` or `"ollama"`; %NULL goes by the block's keys where only one
 *   API has such, and else by @provider
 * @provider: (nullable): the provider's id, since servers of one dialect count
 *   differently, or a usage profile of the catalogue; %NULL is the one the
 *   dialect comes from
 * @json: a provider's own usage block, a whole reply or stream event with one,
 *   or the block tw_usage_to_json() writes
 * @error: return location for an error
 *
 * Reads a usage block into exclusive meters, each provider's by its own rules
 * of what includes what. From a whole reply the facts beside the usage are read
 * too: the service tier, and calls of hosted tools that have a fee.
 *
 * Usage that cannot be true is a %TW_ERROR_INCONSISTENT_USAGE that names the
 * fields: a part larger than its whole, a count that is negative or not whole,
 * a total that its parts do not sum to by any known way of counting. What the
 * provider counts and this library does not know is in
 * tw_usage_get_unknown_keys().
 *
 * Returns: (transfer full): the usage
 * Since: 0.1
 */
TwUsage *
tw_wire_usage_from_json (const char *dialect,
                         const char *provider,
                         const char *json,
                         GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (cJSON) root = NULL;
  const cJSON *block;

  g_return_val_if_fail (json != NULL, NULL);

  root = tw_wire_json_parse (json, strlen (json), TW_LIMIT_EVENT_BYTES, &cause);
  if (root == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "The usage cannot be read: %s",
                   cause->message);
      return NULL;
    }
  block = tw_usage_find_block (root);
  if (!cJSON_IsObject (block) || block->child == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "A usage block is a JSON object with counts; give the provider's own.");
      return NULL;
    }
  if (is_normalised (block))
    return tw_usage_new_from_cjson (block, error);
  return read_native (dialect, provider, root, block, error);
}
