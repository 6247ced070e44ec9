/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-encode-private.h"
#include "libtokenwise/wire/tw-openai-responses-private.h"

#include <math.h>

#define DIALECT "openai-responses"
/* The API refuses less than the one, and more than the others
 * (https://platform.openai.com/docs/api-reference/responses/create). */
#define MIN_OUTPUT_TOKENS 16
#define MAX_METADATA 16
#define MAX_METADATA_KEY 64
#define MAX_METADATA_VALUE 512

gboolean
tw_openai_responses_is_openai (const TwWireTarget *target)
{
  return g_strcmp0 (target->provider, "openai") == 0 || g_strcmp0 (target->provider, "azure") == 0;
}

static gboolean
invalid (GError **error, const char *message)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT, message);
  return FALSE;
}

static gboolean
check (TwRequest *request, const TwWireTarget *target, GError **error)
{
  if (!tw_encode_check (request, target, error))
    return FALSE;
  if (request->stop != NULL)
    return tw_encode_unsupported (error, DIALECT, "stop sequences");
  if (request->cache_tools != NULL)
    return tw_encode_unsupported (error, DIALECT, "a cache breakpoint after the tools");
  if (target->max_output_tokens < MIN_OUTPUT_TOKENS && tw_openai_responses_is_openai (target))
    return invalid (error, "OpenAI's Responses API takes no limit below 16 output tokens; raise "
                           "max_output_tokens.");
  return TRUE;
}

static cJSON *
encode_parameters (const TwTool *tool)
{
  cJSON *none;

  if (tool->parameters != NULL)
    return cJSON_Duplicate (tool->parameters, TRUE);
  none = cJSON_CreateObject ();
  cJSON_AddStringToObject (none, "type", "object");
  cJSON_AddObjectToObject (none, "properties");
  return none;
}

/* Flat, unlike in Chat Completions. */
static void
add_tools (cJSON *body, TwRequest *request)
{
  cJSON *tools = request->tools->len > 0 ? cJSON_AddArrayToObject (body, "tools") : NULL;

  for (guint i = 0; i < request->tools->len; i++)
    {
      const TwTool *tool = g_ptr_array_index (request->tools, i);
      cJSON *json = cJSON_CreateObject ();

      cJSON_AddItemToArray (tools, json);
      cJSON_AddStringToObject (json, "type", "function");
      cJSON_AddStringToObject (json, "name", tool->name);
      if (tool->description != NULL)
        cJSON_AddStringToObject (json, "description", tool->description);
      cJSON_AddItemToObject (json, "parameters", encode_parameters (tool));
      /* Always said: the default is TRUE here, and refuses schemas that Chat Completions takes. */
      cJSON_AddBoolToObject (json, "strict", tool->strict);
    }
}

static void
add_tool_choice (cJSON *body, TwRequest *request)
{
  static const char *const modes[] = { "auto", "none", "required", NULL };
  cJSON *choice;

  if (request->tool_choice == NULL || request->tools->len == 0)
    return;
  if (g_strv_contains (modes, request->tool_choice))
    {
      cJSON_AddStringToObject (body, "tool_choice", request->tool_choice);
      return;
    }
  choice = cJSON_AddObjectToObject (body, "tool_choice");
  cJSON_AddStringToObject (choice, "type", "function");
  cJSON_AddStringToObject (choice, "name", request->tool_choice);
}

static void
add_schema (cJSON *body, TwRequest *request)
{
  cJSON *format;

  if (request->schema == NULL)
    return;
  format = cJSON_AddObjectToObject (cJSON_AddObjectToObject (body, "text"), "format");
  cJSON_AddStringToObject (format, "type", "json_schema");
  cJSON_AddStringToObject (format, "name", request->schema_name ?: "reply");
  cJSON_AddItemToObject (format, "schema", cJSON_Duplicate (request->schema, TRUE));
  /* Without it the schema is a mere suggestion. */
  cJSON_AddBoolToObject (format, "strict", TRUE);
}

/* Nothing is kept at the provider, so that what was thought must come back with the next turn;
 * models that do not reason refuse to encrypt it. OpenAI shows reasoning only where a summary is
 * asked for; other servers show all of it. */
static void
add_reasoning (cJSON *body, TwRequest *request, const TwWireTarget *target)
{
  static const char *const encrypting[] = { "openai", "azure", "xai", "openrouter", NULL };
  const char *effort = request->reasoning_effort;
  cJSON *reasoning, *include;

  if (effort != NULL)
    {
      reasoning = cJSON_AddObjectToObject (body, "reasoning");
      cJSON_AddStringToObject (reasoning, "effort", effort);
      if (tw_openai_responses_is_openai (target) && g_strcmp0 (effort, "none") != 0)
        cJSON_AddStringToObject (reasoning, "summary", "auto");
    }
  cJSON_AddBoolToObject (body, "store", FALSE);
  if (!target->reasoning || target->provider == NULL
      || !g_strv_contains (encrypting, target->provider))
    return;
  include = cJSON_AddArrayToObject (body, "include");
  cJSON_AddItemToArray (include, cJSON_CreateString ("reasoning.encrypted_content"));
}

/* In the order of the keys: a hash table has none. */
static gboolean
add_metadata (cJSON *body, TwRequest *request, GError **error)
{
  g_autoptr (GList) keys = NULL;
  cJSON *metadata;

  if (request->metadata == NULL || g_hash_table_size (request->metadata) == 0)
    return TRUE;
  if (g_hash_table_size (request->metadata) > MAX_METADATA)
    return tw_encode_unsupported (error, DIALECT, "more than 16 entries of metadata");
  metadata = cJSON_AddObjectToObject (body, "metadata");
  keys = g_list_sort (g_hash_table_get_keys (request->metadata), (GCompareFunc) g_strcmp0);
  for (const GList *link = keys; link != NULL; link = link->next)
    {
      const char *value = g_hash_table_lookup (request->metadata, link->data);

      if (g_utf8_strlen (link->data, -1) > MAX_METADATA_KEY
          || g_utf8_strlen (value, -1) > MAX_METADATA_VALUE)
        return tw_encode_unsupported (
            error, DIALECT, "metadata with a key above 64 or a value above 512 characters");
      cJSON_AddStringToObject (metadata, link->data, value);
    }
  return TRUE;
}

/* Who marks prefixes decides what is written to the cache, since writing costs money: without
 * "explicit" the server would write one more at the end. */
static void
add_cache (cJSON *body, TwRequest *request, guint n_breakpoints)
{
  cJSON *options;

  if (request->cache_key != NULL)
    cJSON_AddStringToObject (body, "prompt_cache_key", request->cache_key);
  if (n_breakpoints == 0)
    return;
  options = cJSON_AddObjectToObject (body, "prompt_cache_options");
  cJSON_AddStringToObject (options, "mode", "explicit");
  cJSON_AddStringToObject (options, "ttl", "30m");
}

static void
add_options (cJSON *body, TwRequest *request, const TwWireTarget *target)
{
  tw_json_add_integer (body, "max_output_tokens", target->max_output_tokens);
  if (!isnan (request->temperature))
    tw_encode_add_number (body, "temperature", request->temperature);
  add_reasoning (body, request, target);
  if (request->service_tier != NULL)
    cJSON_AddStringToObject (body, "service_tier", request->service_tier);
}

/* Azure's dated versions are named in the path. */
static char *
make_path (const TwWireTarget *target)
{
  g_autofree char *version = NULL;

  if (target->api_version == NULL)
    return g_strdup ("/responses");
  version = g_uri_escape_string (target->api_version, NULL, FALSE);
  return g_strconcat ("/responses?api-version=", version, NULL);
}

TwWireCall *
tw_openai_responses_encode (TwRequest *request, const TwWireTarget *target, GError **error)
{
  g_autoptr (cJSON) body = cJSON_CreateObject ();
  g_autofree char *path = make_path (target);
  guint n_breakpoints = 0;
  TwWireCall *call;

  if (!check (request, target, error))
    return NULL;
  cJSON_AddStringToObject (body, "model", target->model);
  if (!tw_openai_responses_add_input (body, request, target, &n_breakpoints, error))
    return NULL;
  add_tools (body, request);
  add_tool_choice (body, request);
  add_schema (body, request);
  add_options (body, request, target);
  add_cache (body, request, n_breakpoints);
  if (!add_metadata (body, request, error))
    return NULL;
  /* The usage comes with the last event, and need not be asked for. */
  if (target->stream)
    cJSON_AddBoolToObject (body, "stream", TRUE);
  call = tw_wire_call_new ("POST", path, tw_json_print (body));
  tw_wire_call_add_header (call, "Content-Type", "application/json");
  return call;
}
