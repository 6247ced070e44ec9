/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-encode-private.h"
#include "libtokenwise/wire/tw-openai-private.h"

#include <math.h>

#define DIALECT "openai-chat"
/* The API refuses more. */
#define MAX_STOPS 4

static gboolean
is_openai (const TwWireTarget *target)
{
  return g_strcmp0 (target->provider, "openai") == 0 || g_strcmp0 (target->provider, "azure") == 0;
}

static cJSON *
new_part (const char *type)
{
  cJSON *json = cJSON_CreateObject ();

  cJSON_AddStringToObject (json, "type", type);
  return json;
}

static char *
media_to_url (const TwEncodedMedia *media)
{
  return media->url != NULL
             ? g_strdup (media->url)
             : g_strconcat ("data:", media->media_type, ";base64,", media->data, NULL);
}

static cJSON *
encode_image (const TwPart *part, GError **error)
{
  g_auto (TwEncodedMedia) media = { 0 };
  g_autofree char *url = NULL;
  cJSON *json;

  if (!tw_encode_media (part, &media, error) || !tw_encode_check_image (&media, DIALECT, error))
    return NULL;
  url = media_to_url (&media);
  json = new_part ("image_url");
  cJSON_AddStringToObject (cJSON_AddObjectToObject (json, "image_url"), "url", url);
  return json;
}

static cJSON *
encode_file (const TwPart *part, GError **error)
{
  g_auto (TwEncodedMedia) media = { 0 };
  g_autofree char *url = NULL;
  cJSON *json, *file;

  if (!tw_encode_media (part, &media, error))
    return NULL;
  if (media.data == NULL)
    {
      tw_encode_unsupported (error, DIALECT, "a file by its URL");
      return NULL;
    }
  url = media_to_url (&media);
  json = new_part ("file");
  file = cJSON_AddObjectToObject (json, "file");
  cJSON_AddStringToObject (file, "filename", part->name ?: "file");
  cJSON_AddStringToObject (file, "file_data", url);
  return json;
}

static cJSON *
encode_text (const TwPart *part)
{
  cJSON *json = new_part ("text");

  cJSON_AddStringToObject (json, "text", part->text ?: "");
  return json;
}

static cJSON *
encode_content_part (TwRole role, const TwPart *part, GError **error)
{
  if (part->kind == TW_PART_TEXT)
    return encode_text (part);
  if (role == TW_ROLE_USER && part->kind == TW_PART_IMAGE)
    return encode_image (part, error);
  if (role == TW_ROLE_USER && part->kind == TW_PART_FILE)
    return encode_file (part, error);
  tw_encode_unsupported (error, DIALECT,
                         part->kind == TW_PART_TOOL_CALL
                             ? "a tool call outside an assistant message"
                             : "an image or file outside a user message");
  return NULL;
}

static cJSON *
add_message (cJSON *messages, const char *role)
{
  cJSON *message = cJSON_CreateObject ();

  cJSON_AddStringToObject (message, "role", role);
  cJSON_AddItemToArray (messages, message);
  return message;
}

/* Results of tools are messages of their own, and follow the calls at once. */
static void
add_tool_results (cJSON *messages, const TwMessage *message)
{
  for (guint i = 0; i < message->parts->len; i++)
    {
      const TwPart *part = g_ptr_array_index (message->parts, i);
      cJSON *json;

      if (part->kind != TW_PART_TOOL_RESULT)
        continue;
      json = add_message (messages, "tool");
      cJSON_AddStringToObject (json, "tool_call_id", part->id ?: "");
      cJSON_AddStringToObject (json, "content", part->text ?: "");
    }
}

static cJSON *
encode_tool_calls (const TwMessage *message, GError **error)
{
  g_autoptr (cJSON) calls = cJSON_CreateArray ();

  for (guint i = 0; i < message->parts->len; i++)
    {
      const TwPart *part = g_ptr_array_index (message->parts, i);
      g_autoptr (cJSON) arguments = NULL;
      g_autofree char *text = NULL;
      cJSON *call, *function;

      if (part->kind != TW_PART_TOOL_CALL)
        continue;
      arguments = tw_encode_arguments (part, error);
      if (arguments == NULL)
        return NULL;
      text = tw_json_print (arguments);
      call = cJSON_CreateObject ();
      cJSON_AddItemToArray (calls, call);
      cJSON_AddStringToObject (call, "id", part->id ?: "");
      cJSON_AddStringToObject (call, "type", "function");
      function = cJSON_AddObjectToObject (call, "function");
      cJSON_AddStringToObject (function, "name", part->name ?: "");
      cJSON_AddStringToObject (function, "arguments", text);
    }
  return g_steal_pointer (&calls);
}

/* The text, images and files of a message. */
static cJSON *
encode_content (const TwMessage *message, GError **error)
{
  g_autoptr (cJSON) content = cJSON_CreateArray ();

  for (guint i = 0; i < message->parts->len; i++)
    {
      const TwPart *part = g_ptr_array_index (message->parts, i);
      cJSON *json;

      if (part->kind == TW_PART_TOOL_RESULT
          || (part->kind == TW_PART_TOOL_CALL && message->role == TW_ROLE_ASSISTANT))
        continue;
      json = encode_content_part (message->role, part, error);
      if (json == NULL)
        return NULL;
      cJSON_AddItemToArray (content, json);
    }
  return g_steal_pointer (&content);
}

/* One text is a string, as all servers read it; a list is for what needs one. */
static void
add_content (cJSON *message, cJSON *take_content)
{
  g_autoptr (cJSON) content = take_content;
  const char *text = tw_json_string (cJSON_GetArrayItem (content, 0), "text");

  if (cJSON_GetArraySize (content) == 1 && text != NULL)
    cJSON_AddStringToObject (message, "content", text);
  else
    cJSON_AddItemToObject (message, "content", g_steal_pointer (&content));
}

static gboolean
encode_message (cJSON *messages, const TwMessage *message, const char *system, GError **error)
{
  const char *role = message->role == TW_ROLE_SYSTEM ? system : tw_role_to_string (message->role);
  g_autoptr (cJSON) content = encode_content (message, error);
  g_autoptr (cJSON) calls = content != NULL ? encode_tool_calls (message, error) : NULL;
  gboolean has_content = cJSON_GetArraySize (content) > 0;
  gboolean has_calls = message->role == TW_ROLE_ASSISTANT && cJSON_GetArraySize (calls) > 0;
  cJSON *json;

  if (calls == NULL)
    return FALSE;
  if (message->role == TW_ROLE_TOOL && has_content)
    return tw_encode_unsupported (error, DIALECT, "text outside a tool result in a tool message");
  add_tool_results (messages, message);
  if (!has_content && !has_calls)
    return TRUE;
  json = add_message (messages, role);
  if (has_content)
    add_content (json, g_steal_pointer (&content));
  else
    cJSON_AddNullToObject (json, "content");
  if (has_calls)
    cJSON_AddItemToObject (json, "tool_calls", g_steal_pointer (&calls));
  return TRUE;
}

static gboolean
add_messages (cJSON *body, TwRequest *request, const TwWireTarget *target, GError **error)
{
  /* OpenAI's reasoning models call instructions "developer"; other servers do not know it. */
  const char *system = target->reasoning && is_openai (target) ? "developer" : "system";
  cJSON *messages = cJSON_AddArrayToObject (body, "messages");

  if (request->system != NULL && *request->system != '\0')
    cJSON_AddStringToObject (add_message (messages, system), "content", request->system);
  for (guint i = 0; i < request->messages->len; i++)
    if (!encode_message (messages, g_ptr_array_index (request->messages, i), system, error))
      return FALSE;
  return TRUE;
}

static void
add_tools (cJSON *body, TwRequest *request)
{
  static const char *const modes[] = { "auto", "none", "required", NULL };
  cJSON *tools;

  if (request->tools->len == 0)
    return;
  tools = cJSON_AddArrayToObject (body, "tools");
  for (guint i = 0; i < request->tools->len; i++)
    {
      const TwTool *tool = g_ptr_array_index (request->tools, i);
      cJSON *json = new_part ("function");
      cJSON *function = cJSON_AddObjectToObject (json, "function");

      cJSON_AddItemToArray (tools, json);
      cJSON_AddStringToObject (function, "name", tool->name);
      if (tool->description != NULL)
        cJSON_AddStringToObject (function, "description", tool->description);
      if (tool->parameters != NULL)
        cJSON_AddItemToObject (function, "parameters", cJSON_Duplicate (tool->parameters, TRUE));
    }
  if (request->tool_choice != NULL && g_strv_contains (modes, request->tool_choice))
    cJSON_AddStringToObject (body, "tool_choice", request->tool_choice);
  else if (request->tool_choice != NULL)
    {
      cJSON *choice = new_part ("function");

      cJSON_AddStringToObject (cJSON_AddObjectToObject (choice, "function"), "name",
                               request->tool_choice);
      cJSON_AddItemToObject (body, "tool_choice", choice);
    }
}

static void
add_schema (cJSON *body, TwRequest *request)
{
  cJSON *format, *schema;

  if (request->schema == NULL)
    return;
  format = new_part ("json_schema");
  cJSON_AddItemToObject (body, "response_format", format);
  schema = cJSON_AddObjectToObject (format, "json_schema");
  cJSON_AddStringToObject (schema, "name", request->schema_name ?: "reply");
  cJSON_AddItemToObject (schema, "schema", cJSON_Duplicate (request->schema, TRUE));
  /* Without it the schema is a mere suggestion. */
  cJSON_AddBoolToObject (schema, "strict", TRUE);
}

static gboolean
add_options (cJSON *body, TwRequest *request, const TwWireTarget *target, GError **error)
{
  /* OpenAI's reasoning models refuse the old name; most others know only that. */
  tw_json_add_integer (body, is_openai (target) ? "max_completion_tokens" : "max_tokens",
                       target->max_output_tokens);
  if (!isnan (request->temperature))
    tw_encode_add_number (body, "temperature", request->temperature);
  if (request->stop != NULL)
    {
      guint n = g_strv_length (request->stop);

      if (n > MAX_STOPS)
        return tw_encode_unsupported (error, DIALECT, "more than four stop sequences");
      cJSON_AddItemToObject (
          body, "stop", cJSON_CreateStringArray ((const char *const *) request->stop, (int) n));
    }
  if (request->reasoning_effort != NULL)
    cJSON_AddStringToObject (body, "reasoning_effort", request->reasoning_effort);
  if (request->service_tier != NULL)
    cJSON_AddStringToObject (body, "service_tier", request->service_tier);
  if (!target->stream)
    return TRUE;
  cJSON_AddBoolToObject (body, "stream", TRUE);
  /* Without it a stream has no usage; Mistral always sends it, and answers this with HTTP 422. */
  if (g_strcmp0 (target->provider, "mistral") != 0)
    cJSON_AddBoolToObject (cJSON_AddObjectToObject (body, "stream_options"), "include_usage", TRUE);
  return TRUE;
}

TwWireCall *
tw_openai_chat_encode (TwRequest *request, const TwWireTarget *target, GError **error)
{
  g_autoptr (cJSON) body = cJSON_CreateObject ();
  TwWireCall *call;

  if (!tw_encode_check (request, target, error))
    return NULL;
  cJSON_AddStringToObject (body, "model", target->model);
  if (!add_messages (body, request, target, error))
    return NULL;
  add_tools (body, request);
  add_schema (body, request);
  if (!add_options (body, request, target, error))
    return NULL;
  call = tw_wire_call_new ("POST", "/chat/completions", tw_json_print (body));
  tw_wire_call_add_header (call, "Content-Type", "application/json");
  return call;
}
