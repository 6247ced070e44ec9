/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-encode-plain-private.h"

static gboolean
check_part (const TwMessage *message, const TwPart *part, const char *dialect, GError **error)
{
  gboolean is_reasoning = part->kind == TW_PART_REASONING;

  if (part->cache != NULL)
    return tw_encode_unsupported (error, dialect, "a cache breakpoint");
  if (part->signature != NULL)
    return tw_encode_unsupported (error, dialect, "reasoning that another provider has signed");
  if ((is_reasoning || part->kind == TW_PART_TOOL_CALL) && message->role != TW_ROLE_ASSISTANT)
    return tw_encode_unsupported (error, dialect,
                                  is_reasoning ? "reasoning outside an assistant message"
                                               : "a tool call outside an assistant message");
  if ((part->kind == TW_PART_IMAGE || part->kind == TW_PART_FILE) && message->role != TW_ROLE_USER)
    return tw_encode_unsupported (error, dialect, "an image or file outside a user message");
  if (message->role == TW_ROLE_TOOL && part->kind != TW_PART_TOOL_RESULT)
    return tw_encode_unsupported (error, dialect, "text outside a tool result in a tool message");
  return TRUE;
}

static gboolean
check_message (const TwMessage *message, const char *dialect, GError **error)
{
  for (guint i = 0; i < message->parts->len; i++)
    if (!check_part (message, g_ptr_array_index (message->parts, i), dialect, error))
      return FALSE;
  return TRUE;
}

gboolean
tw_encode_check_plain (TwRequest *request, const char *dialect, GError **error)
{
  if (!tw_encode_check_not_strict (request, dialect, error))
    return FALSE;
  if (request->cache_key != NULL)
    return tw_encode_unsupported (error, dialect, "a prompt cache key");
  if (request->cache_system != NULL || request->cache_tools != NULL)
    return tw_encode_unsupported (error, dialect, "a cache breakpoint");
  if (request->service_tier != NULL)
    return tw_encode_unsupported (error, dialect, "a service tier");
  if (request->metadata != NULL && g_hash_table_size (request->metadata) > 0)
    return tw_encode_unsupported (error, dialect, "metadata");
  for (guint i = 0; i < request->messages->len; i++)
    if (!check_message (g_ptr_array_index (request->messages, i), dialect, error))
      return FALSE;
  return TRUE;
}

void
tw_encode_add_functions (cJSON *body, TwRequest *request)
{
  cJSON *tools = cJSON_AddArrayToObject (body, "tools");

  for (guint i = 0; i < request->tools->len; i++)
    {
      const TwTool *tool = g_ptr_array_index (request->tools, i);
      cJSON *json = cJSON_CreateObject ();
      cJSON *function;

      cJSON_AddItemToArray (tools, json);
      cJSON_AddStringToObject (json, "type", "function");
      function = cJSON_AddObjectToObject (json, "function");
      cJSON_AddStringToObject (function, "name", tool->name);
      if (tool->description != NULL)
        cJSON_AddStringToObject (function, "description", tool->description);
      if (tool->parameters != NULL)
        cJSON_AddItemToObject (function, "parameters", cJSON_Duplicate (tool->parameters, TRUE));
    }
}

cJSON *
tw_encode_add_message (cJSON *messages, const char *role)
{
  cJSON *message = cJSON_CreateObject ();

  cJSON_AddStringToObject (message, "role", role);
  cJSON_AddItemToArray (messages, message);
  return message;
}
