/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-anthropic-private.h"
#include "libtokenwise/wire/tw-encode-private.h"

#include <math.h>

/* The version under which sampling parameters are still taken; from 2026-10-21 on they are an
 * error. */
#define SAMPLING_VERSION "2023-06-01"
/* Less is refused (Anthropic's page on extended thinking). */
#define MIN_BUDGET 1024

static void
append_text (GString *text, const char *more)
{
  if (more == NULL || *more == '\0')
    return;
  if (text->len > 0)
    g_string_append (text, "\n\n");
  g_string_append (text, more);
}

/* Returns the index of the first message that is no instruction. */
static guint
join_system (TwRequest *request, GString *text)
{
  guint i;

  append_text (text, request->system);
  for (i = 0; i < request->messages->len; i++)
    {
      const TwMessage *message = g_ptr_array_index (request->messages, i);

      if (message->role != TW_ROLE_SYSTEM)
        break;
      for (guint j = 0; j < message->parts->len; j++)
        append_text (text, ((const TwPart *) g_ptr_array_index (message->parts, j))->text);
    }
  return i;
}

/* Instructions stand before the messages here, in a member of their own; as a list where a
 * breakpoint follows. */
static gboolean
add_system (TwAnthropicCall *call, cJSON *body, TwRequest *request, guint *ret_n, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  cJSON *block;

  *ret_n = join_system (request, text);
  if (text->len > 0 && request->cache_system == NULL)
    cJSON_AddStringToObject (body, "system", text->str);
  if (request->cache_system == NULL)
    return TRUE;
  if (text->len == 0)
    return tw_anthropic_unsupported (error, "a cache breakpoint after an empty text");
  block = tw_encode_new_typed ("text");
  cJSON_AddStringToObject (block, "text", text->str);
  cJSON_AddItemToArray (cJSON_AddArrayToObject (body, "system"), block);
  return tw_anthropic_mark_cache (call, block, request->cache_system, error);
}

static gboolean
add_messages (TwAnthropicCall *call, cJSON *body, TwRequest *request, guint first, GError **error)
{
  cJSON *messages = cJSON_AddArrayToObject (body, "messages");

  for (guint i = first; i < request->messages->len; i++)
    {
      const TwMessage *message = g_ptr_array_index (request->messages, i);

      if (message->role == TW_ROLE_SYSTEM)
        return tw_anthropic_unsupported (error, "instructions after the first message");
      if (!tw_anthropic_add_message (call, messages, message, error))
        return FALSE;
    }
  if (cJSON_GetArraySize (messages) > 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The request's messages are empty; add a text.");
  return FALSE;
}

static cJSON *
encode_tool (const TwTool *tool)
{
  cJSON *json = cJSON_CreateObject ();

  cJSON_AddStringToObject (json, "name", tool->name);
  if (tool->description != NULL)
    cJSON_AddStringToObject (json, "description", tool->description);
  cJSON_AddItemToObject (json, "input_schema",
                         tool->parameters != NULL ? cJSON_Duplicate (tool->parameters, TRUE)
                                                  : tw_encode_new_typed ("object"));
  if (tool->strict)
    cJSON_AddBoolToObject (json, "strict", TRUE);
  return json;
}

/* A breakpoint after the tools stands on the last one. */
static gboolean
add_tools (TwAnthropicCall *call, cJSON *body, TwRequest *request, GError **error)
{
  cJSON *tools, *last = NULL;

  if (request->tools->len == 0)
    return TRUE;
  tools = cJSON_AddArrayToObject (body, "tools");
  for (guint i = 0; i < request->tools->len; i++)
    {
      last = encode_tool (g_ptr_array_index (request->tools, i));
      cJSON_AddItemToArray (tools, last);
    }
  return tw_anthropic_mark_cache (call, last, request->cache_tools, error);
}

static gboolean
is_forced (const char *choice)
{
  return choice != NULL && !g_str_equal (choice, "auto") && !g_str_equal (choice, "none");
}

static void
add_tool_choice (cJSON *body, TwRequest *request)
{
  const char *choice = request->tool_choice;
  cJSON *json;

  if (choice == NULL || request->tools->len == 0)
    return;
  if (g_str_equal (choice, "auto") || g_str_equal (choice, "none"))
    json = tw_encode_new_typed (choice);
  else if (g_str_equal (choice, "required"))
    json = tw_encode_new_typed ("any");
  else
    {
      json = tw_encode_new_typed ("tool");
      cJSON_AddStringToObject (json, "name", choice);
    }
  cJSON_AddItemToObject (body, "tool_choice", json);
}

/* Older models think within a budget of tokens: a share of the cap for each effort, as OpenRouter's
 * page on reasoning tokens has it for them. */
static gboolean
add_budget (cJSON *body, TwRequest *request, const TwWireTarget *target, GError **error)
{
  static const struct
  {
    const char *effort;
    gint64 percent;
  } shares[] = { { "low", 20 }, { "medium", 50 }, { "high", 80 } };
  gint64 percent = 95;
  gint64 budget;
  cJSON *json;

  if (is_forced (request->tool_choice))
    return tw_anthropic_unsupported (error, "reasoning beside a forced tool choice");
  if (target->max_output_tokens <= MIN_BUDGET)
    return tw_anthropic_unsupported (error, "reasoning within 1,024 output tokens or fewer");
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    if (g_str_equal (request->reasoning_effort, shares[i].effort))
      percent = shares[i].percent;
  budget = MAX (MIN_BUDGET, target->max_output_tokens / 100 * percent);
  json = tw_encode_new_typed ("enabled");
  tw_json_add_integer (json, "budget_tokens", budget);
  cJSON_AddItemToObject (body, "thinking", json);
  return TRUE;
}

/* How much to think, and in which form. Forced to use a tool, a model does not think first. */
static gboolean
add_thinking (cJSON *body, TwRequest *request, const TwWireTarget *target, GError **error)
{
  static const char *const efforts[] = { "low", "medium", "high", "xhigh", "max", NULL };
  const char *effort = request->reasoning_effort;
  TwAnthropicWays ways = tw_anthropic_model_ways (target->model);

  if (effort == NULL)
    return TRUE;
  if (g_str_equal (effort, "none"))
    {
      cJSON_AddItemToObject (body, "thinking", tw_encode_new_typed ("disabled"));
      return TRUE;
    }
  if (!g_strv_contains (efforts, effort))
    return tw_anthropic_unsupported (
        error, "a reasoning effort but none, low, medium, high, xhigh and max");
  if ((ways & TW_ANTHROPIC_BUDGET) != 0)
    return add_budget (body, request, target, error);
  if ((ways & TW_ANTHROPIC_ADAPTIVE) != 0 && !is_forced (request->tool_choice))
    cJSON_AddItemToObject (body, "thinking", tw_encode_new_typed ("adaptive"));
  cJSON_AddStringToObject (cJSON_AddObjectToObject (body, "output_config"), "effort", effort);
  return TRUE;
}

static void
add_schema (cJSON *body, TwRequest *request)
{
  cJSON *config, *format;

  if (request->schema == NULL)
    return;
  config
      = tw_json_object (body, "output_config") ?: cJSON_AddObjectToObject (body, "output_config");
  format = tw_encode_new_typed ("json_schema");
  cJSON_AddItemToObject (format, "schema", cJSON_Duplicate (request->schema, TRUE));
  cJSON_AddItemToObject (config, "format", format);
}

/* The API takes one, and calls it otherwise. */
static gboolean
add_metadata (cJSON *body, TwRequest *request, GError **error)
{
  guint n = request->metadata != NULL ? g_hash_table_size (request->metadata) : 0;

  if (request->cache_key != NULL)
    return tw_anthropic_unsupported (error, "a cache key");
  if (n == 0)
    return TRUE;
  if (n > 1 || !g_hash_table_contains (request->metadata, "user_id"))
    return tw_anthropic_unsupported (error, "metadata but “user_id”");
  tw_encode_add_pairs (body, "metadata", request->metadata);
  return TRUE;
}

static gboolean
add_service_tier (cJSON *body, TwRequest *request, GError **error)
{
  static const char *const standard[] = { "standard_only", "standard", "default", NULL };
  const char *tier = request->service_tier;

  if (tier == NULL)
    return TRUE;
  if (!g_str_equal (tier, "auto") && !g_strv_contains (standard, tier))
    return tw_anthropic_unsupported (error, "a service tier but auto and standard");
  cJSON_AddStringToObject (body, "service_tier",
                           g_str_equal (tier, "auto") ? "auto" : "standard_only");
  return TRUE;
}

static gboolean
add_temperature (cJSON *body, TwRequest *request, const TwWireTarget *target, GError **error)
{
  if (isnan (request->temperature))
    return TRUE;
  if (request->temperature > 1)
    return tw_anthropic_unsupported (error, "a temperature above 1");
  if ((tw_anthropic_model_ways (target->model) & TW_ANTHROPIC_NO_SAMPLING) != 0)
    return tw_anthropic_unsupported (error, "a temperature for this model, which has none");
  tw_encode_add_number (body, "temperature", request->temperature);
  return TRUE;
}

static gboolean
add_options (cJSON *body, TwRequest *request, const TwWireTarget *target, GError **error)
{
  if (!add_temperature (body, request, target, error))
    return FALSE;
  if (request->stop != NULL)
    cJSON_AddItemToObject (body, "stop_sequences",
                           cJSON_CreateStringArray ((const char *const *) request->stop,
                                                    (int) g_strv_length (request->stop)));
  if (!add_thinking (body, request, target, error))
    return FALSE;
  add_schema (body, request);
  if (!add_service_tier (body, request, error) || !add_metadata (body, request, error))
    return FALSE;
  if (target->stream)
    cJSON_AddBoolToObject (body, "stream", TRUE);
  return TRUE;
}

/* The provider's cache key is tools, system, messages, in this order, and its breakpoints count in
 * it. */
static gboolean
add_prompt (cJSON *body, TwRequest *request, GError **error)
{
  TwAnthropicCall call = { 0 };
  guint n_instructions = 0;

  if (!add_tools (&call, body, request, error))
    return FALSE;
  add_tool_choice (body, request);
  return add_system (&call, body, request, &n_instructions, error)
         && add_messages (&call, body, request, n_instructions, error);
}

TwWireCall *
tw_anthropic_encode (TwRequest *request, const TwWireTarget *target, GError **error)
{
  g_autoptr (cJSON) body = cJSON_CreateObject ();
  const char *version = isnan (request->temperature) ? target->api_version : NULL;
  TwWireCall *call;

  if (!tw_encode_check (request, target, error))
    return NULL;
  cJSON_AddStringToObject (body, "model", target->model);
  tw_json_add_integer (body, "max_tokens", target->max_output_tokens);
  if (!add_prompt (body, request, error) || !add_options (body, request, target, error))
    return NULL;
  call = tw_wire_call_new ("POST", "/messages", tw_json_print (body));
  tw_wire_call_add_header (call, "Content-Type", "application/json");
  tw_wire_call_add_header (call, "anthropic-version", version ?: SAMPLING_VERSION);
  return call;
}
