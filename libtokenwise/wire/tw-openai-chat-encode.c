/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-encode-private.h"
#include "libtokenwise/wire/tw-openai-chat-private.h"
#include "libtokenwise/wire/tw-openai-private.h"

#include <math.h>

/* The API refuses more. */
#define MAX_STOPS 4
#define MAX_METADATA 16
#define MAX_METADATA_KEY 64
#define MAX_METADATA_VALUE 512

static gboolean
add_messages (TwChatCall *call, cJSON *body, TwRequest *request, GError **error)
{
  cJSON *messages = cJSON_AddArrayToObject (body, "messages");

  if (request->system != NULL && *request->system != '\0'
      && !tw_chat_add_system (call, messages, request->system, request->cache_system, error))
    return FALSE;
  for (guint i = 0; i < request->messages->len; i++)
    if (!tw_chat_add_message (call, messages, g_ptr_array_index (request->messages, i), error))
      return FALSE;
  return TRUE;
}

static cJSON *
encode_tool (const TwTool *tool)
{
  cJSON *json = tw_encode_new_typed ("function");
  cJSON *function = cJSON_AddObjectToObject (json, "function");

  cJSON_AddStringToObject (function, "name", tool->name);
  if (tool->description != NULL)
    cJSON_AddStringToObject (function, "description", tool->description);
  if (tool->parameters != NULL)
    cJSON_AddItemToObject (function, "parameters", cJSON_Duplicate (tool->parameters, TRUE));
  if (tool->strict)
    cJSON_AddBoolToObject (function, "strict", TRUE);
  return json;
}

static gboolean
add_tool_choice (const TwChatCall *call, cJSON *body, const char *name, GError **error)
{
  cJSON *choice;

  if (name == NULL)
    return TRUE;
  if ((call->provider->ways & TW_CHAT_NO_TOOL_CHOICE) != 0 && !g_str_equal (name, "auto"))
    return tw_chat_unsupported (error, "a tool choice but auto to this provider");
  if (g_str_equal (name, "required"))
    name = call->provider->required;
  else if (!g_str_equal (name, "auto") && !g_str_equal (name, "none"))
    {
      choice = tw_encode_new_typed ("function");
      cJSON_AddStringToObject (cJSON_AddObjectToObject (choice, "function"), "name", name);
      cJSON_AddItemToObject (body, "tool_choice", choice);
      return TRUE;
    }
  cJSON_AddStringToObject (body, "tool_choice", name);
  return TRUE;
}

static gboolean
add_tools (const TwChatCall *call, cJSON *body, TwRequest *request, GError **error)
{
  cJSON *tools;

  if (request->tools->len == 0)
    return TRUE;
  if (request->cache_tools != NULL)
    return tw_chat_unsupported (error, "a cache breakpoint after the tools");
  tools = cJSON_AddArrayToObject (body, "tools");
  for (guint i = 0; i < request->tools->len; i++)
    cJSON_AddItemToArray (tools, encode_tool (g_ptr_array_index (request->tools, i)));
  return add_tool_choice (call, body, request->tool_choice, error);
}

static void
add_schema (cJSON *body, TwRequest *request)
{
  cJSON *format, *schema;

  if (request->schema == NULL)
    return;
  format = tw_encode_new_typed ("json_schema");
  cJSON_AddItemToObject (body, "response_format", format);
  schema = cJSON_AddObjectToObject (format, "json_schema");
  cJSON_AddStringToObject (schema, "name", request->schema_name ?: "reply");
  cJSON_AddItemToObject (schema, "schema", cJSON_Duplicate (request->schema, TRUE));
  /* Without it the schema is a mere suggestion. */
  cJSON_AddBoolToObject (schema, "strict", TRUE);
}

static gboolean
add_stops (cJSON *body, TwRequest *request, GError **error)
{
  guint n = request->stop != NULL ? g_strv_length (request->stop) : 0;

  if (n > MAX_STOPS)
    return tw_chat_unsupported (error, "more than four stop sequences");
  if (n > 0)
    cJSON_AddItemToObject (body, "stop",
                           cJSON_CreateStringArray ((const char *const *) request->stop, (int) n));
  return TRUE;
}

static void
add_effort (const TwChatCall *call, cJSON *body, TwRequest *request)
{
  if (request->reasoning_effort == NULL)
    return;
  if ((call->provider->ways & TW_CHAT_EFFORT_OBJECT) != 0)
    cJSON_AddStringToObject (cJSON_AddObjectToObject (body, "reasoning"), "effort",
                             request->reasoning_effort);
  else
    cJSON_AddStringToObject (body, "reasoning_effort", request->reasoning_effort);
}

/* OpenAI's limits, which the others have taken over. */
static gboolean
check_metadata (GHashTable *metadata, GError **error)
{
  GHashTableIter iter;
  gpointer key, value;

  if (g_hash_table_size (metadata) > MAX_METADATA)
    return tw_chat_unsupported (error, "more than 16 metadata");
  g_hash_table_iter_init (&iter, metadata);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_utf8_strlen (key, -1) > MAX_METADATA_KEY
        || g_utf8_strlen (value, -1) > MAX_METADATA_VALUE)
      return tw_chat_unsupported (
          error, "metadata with a name of over 64 or a value of over 512 characters");
  return TRUE;
}

static gboolean
add_metadata (const TwChatCall *call, cJSON *body, TwRequest *request, GError **error)
{
  if (request->metadata == NULL || g_hash_table_size (request->metadata) == 0)
    return TRUE;
  if ((call->provider->ways & TW_CHAT_METADATA) == 0)
    return tw_chat_unsupported (error, "metadata to this provider");
  if (!check_metadata (request->metadata, error))
    return FALSE;
  tw_encode_add_pairs (body, "metadata", request->metadata);
  return TRUE;
}

/* Who marks prefixes decides what is written to the cache, since writing costs money: without
 * “explicit” the server would write one more at the end. */
static gboolean
add_cache (const TwChatCall *call, cJSON *body, TwRequest *request, GError **error)
{
  TwChatWays ways = call->provider->ways;
  cJSON *options;

  if (request->cache_key != NULL && (ways & TW_CHAT_CACHE_KEY) == 0)
    return tw_chat_unsupported (error, "a cache key to this provider");
  if (request->cache_key != NULL)
    cJSON_AddStringToObject (body, "prompt_cache_key", request->cache_key);
  if (call->n_breakpoints == 0 || (ways & TW_CHAT_CACHE_BREAKPOINT) == 0)
    return TRUE;
  options = cJSON_AddObjectToObject (body, "prompt_cache_options");
  cJSON_AddStringToObject (options, "mode", "explicit");
  cJSON_AddStringToObject (options, "ttl", "30m");
  return TRUE;
}

static void
add_stream (const TwChatCall *call, cJSON *body)
{
  if (!call->target->stream)
    return;
  cJSON_AddBoolToObject (body, "stream", TRUE);
  if ((call->provider->ways & TW_CHAT_STREAM_OPTIONS) != 0)
    cJSON_AddBoolToObject (cJSON_AddObjectToObject (body, "stream_options"), "include_usage", TRUE);
}

static gboolean
add_options (const TwChatCall *call, cJSON *body, TwRequest *request, GError **error)
{
  tw_json_add_integer (body, call->provider->max_tokens, call->target->max_output_tokens);
  if (!isnan (request->temperature))
    tw_encode_add_number (body, "temperature", request->temperature);
  if (!add_stops (body, request, error))
    return FALSE;
  add_effort (call, body, request);
  if (request->service_tier != NULL)
    cJSON_AddStringToObject (body, "service_tier", request->service_tier);
  if (!add_cache (call, body, request, error) || !add_metadata (call, body, request, error))
    return FALSE;
  add_stream (call, body);
  return TRUE;
}

TwWireCall *
tw_openai_chat_encode (TwRequest *request, const TwWireTarget *target, GError **error)
{
  TwChatCall call = { .target = target, .provider = tw_chat_provider_find (target->provider) };
  g_autoptr (cJSON) body = cJSON_CreateObject ();
  TwWireCall *wire_call;

  if (!tw_encode_check (request, target, error))
    return NULL;
  cJSON_AddStringToObject (body, "model", target->model);
  if (!add_messages (&call, body, request, error) || !add_tools (&call, body, request, error))
    return NULL;
  add_schema (body, request);
  if (!add_options (&call, body, request, error))
    return NULL;
  wire_call = tw_wire_call_new ("POST", "/chat/completions", tw_json_print (body));
  tw_wire_call_add_header (wire_call, "Content-Type", "application/json");
  return wire_call;
}
