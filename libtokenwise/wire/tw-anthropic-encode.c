/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-anthropic-private.h"
#include "libtokenwise/wire/tw-encode-private.h"

#include <math.h>

#define DIALECT "anthropic"
/* The version under which sampling parameters are still taken. */
#define API_VERSION "2023-06-01"

static cJSON *
new_block (const char *type)
{
  cJSON *json = cJSON_CreateObject ();

  cJSON_AddStringToObject (json, "type", type);
  return json;
}

static cJSON *
encode_source (const TwEncodedMedia *media)
{
  cJSON *source = new_block (media->url != NULL ? "url" : "base64");

  if (media->url != NULL)
    cJSON_AddStringToObject (source, "url", media->url);
  else
    {
      cJSON_AddStringToObject (source, "media_type", media->media_type);
      cJSON_AddStringToObject (source, "data", media->data);
    }
  return source;
}

static cJSON *
encode_image (const TwPart *part, GError **error)
{
  g_auto (TwEncodedMedia) media = { 0 };
  cJSON *json;

  if (!tw_encode_media (part, &media, error) || !tw_encode_check_image (&media, DIALECT, error))
    return NULL;
  json = new_block ("image");
  cJSON_AddItemToObject (json, "source", encode_source (&media));
  return json;
}

/* A text document goes as text: the API takes only PDF as base64. */
static cJSON *
encode_text_source (const TwEncodedMedia *media)
{
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (media->data, &length);
  g_autofree char *text = g_utf8_make_valid ((const char *) bytes, (gssize) length);
  cJSON *source = new_block ("text");

  cJSON_AddStringToObject (source, "media_type", "text/plain");
  cJSON_AddStringToObject (source, "data", text);
  return source;
}

static cJSON *
encode_file (const TwPart *part, GError **error)
{
  g_auto (TwEncodedMedia) media = { 0 };
  gboolean is_text;
  cJSON *json;

  if (!tw_encode_media (part, &media, error))
    return NULL;
  is_text = media.data != NULL && g_str_has_prefix (media.media_type, "text/");
  if (media.data != NULL && !is_text && !g_str_equal (media.media_type, "application/pdf"))
    {
      tw_encode_unsupported (error, DIALECT, "a file that is neither PDF nor text");
      return NULL;
    }
  json = new_block ("document");
  cJSON_AddItemToObject (json, "source",
                         is_text ? encode_text_source (&media) : encode_source (&media));
  if (part->name != NULL)
    cJSON_AddStringToObject (json, "title", part->name);
  return json;
}

static cJSON *
encode_text (const char *text)
{
  cJSON *json = new_block ("text");

  cJSON_AddStringToObject (json, "text", text);
  return json;
}

static cJSON *
encode_tool_call (const TwPart *part, GError **error)
{
  cJSON *arguments = tw_encode_arguments (part, error);
  cJSON *json;

  if (arguments == NULL)
    return NULL;
  json = new_block ("tool_use");
  cJSON_AddStringToObject (json, "id", part->id ?: "");
  cJSON_AddStringToObject (json, "name", part->name ?: "");
  cJSON_AddItemToObject (json, "input", arguments);
  return json;
}

static cJSON *
encode_tool_result (const TwPart *part)
{
  cJSON *json = new_block ("tool_result");

  cJSON_AddStringToObject (json, "tool_use_id", part->id ?: "");
  cJSON_AddStringToObject (json, "content", part->text ?: "");
  return json;
}

static cJSON *
encode_part (TwRole role, const TwPart *part, GError **error)
{
  gboolean by_assistant = role == TW_ROLE_ASSISTANT;

  if (part->kind == TW_PART_TEXT)
    return encode_text (part->text ?: "");
  if (part->kind == TW_PART_TOOL_CALL && by_assistant)
    return encode_tool_call (part, error);
  if (part->kind == TW_PART_TOOL_RESULT && !by_assistant)
    return encode_tool_result (part);
  if (part->kind == TW_PART_IMAGE && !by_assistant)
    return encode_image (part, error);
  if (part->kind == TW_PART_FILE && !by_assistant)
    return encode_file (part, error);
  tw_encode_unsupported (
      error, DIALECT,
      part->kind == TW_PART_TOOL_CALL     ? "a tool call outside an assistant message"
      : part->kind == TW_PART_TOOL_RESULT ? "a tool result in an assistant message"
                                          : "an image or file in an assistant message");
  return NULL;
}

/* The content list of the last message if it has that role, else of a new one: the results of
 * parallel calls must stand together in one user message. */
static cJSON *
content_for (cJSON *messages, const char *role)
{
  cJSON *last = cJSON_GetArrayItem (messages, cJSON_GetArraySize (messages) - 1);
  cJSON *message;

  if (last != NULL && g_strcmp0 (tw_json_string (last, "role"), role) == 0)
    return tw_json_array (last, "content");
  message = cJSON_CreateObject ();
  cJSON_AddItemToArray (messages, message);
  cJSON_AddStringToObject (message, "role", role);
  return cJSON_AddArrayToObject (message, "content");
}

static gboolean
is_empty_text (const TwPart *part)
{
  return part->kind == TW_PART_TEXT && (part->text == NULL || *part->text == '\0');
}

static gboolean
encode_message (cJSON *messages, const TwMessage *message, GError **error)
{
  const char *role = message->role == TW_ROLE_ASSISTANT ? "assistant" : "user";

  for (guint i = 0; i < message->parts->len; i++)
    {
      const TwPart *part = g_ptr_array_index (message->parts, i);
      cJSON *json;

      /* The API refuses an empty text block. */
      if (is_empty_text (part))
        continue;
      json = encode_part (message->role, part, error);
      if (json == NULL)
        return FALSE;
      cJSON_AddItemToArray (content_for (messages, role), json);
    }
  return TRUE;
}

static void
append_text (GString *text, const char *more)
{
  if (more == NULL || *more == '\0')
    return;
  if (text->len > 0)
    g_string_append (text, "\n\n");
  g_string_append (text, more);
}

/* Instructions stand before the messages here, in a member of their own. Returns the index of the
 * first message that is none. */
static guint
add_system (cJSON *body, TwRequest *request)
{
  g_autoptr (GString) text = g_string_new (NULL);
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
  if (text->len > 0)
    cJSON_AddStringToObject (body, "system", text->str);
  return i;
}

static gboolean
add_messages (cJSON *body, TwRequest *request, guint first, GError **error)
{
  cJSON *messages = cJSON_AddArrayToObject (body, "messages");

  for (guint i = first; i < request->messages->len; i++)
    {
      const TwMessage *message = g_ptr_array_index (request->messages, i);

      if (message->role == TW_ROLE_SYSTEM)
        return tw_encode_unsupported (error, DIALECT, "instructions after the first message");
      if (!encode_message (messages, message, error))
        return FALSE;
    }
  if (cJSON_GetArraySize (messages) > 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The request's messages are empty; add a text.");
  return FALSE;
}

static void
add_tools (cJSON *body, TwRequest *request)
{
  cJSON *tools;

  if (request->tools->len == 0)
    return;
  tools = cJSON_AddArrayToObject (body, "tools");
  for (guint i = 0; i < request->tools->len; i++)
    {
      const TwTool *tool = g_ptr_array_index (request->tools, i);
      cJSON *json = cJSON_CreateObject ();

      cJSON_AddItemToArray (tools, json);
      cJSON_AddStringToObject (json, "name", tool->name);
      if (tool->description != NULL)
        cJSON_AddStringToObject (json, "description", tool->description);
      if (tool->parameters != NULL)
        cJSON_AddItemToObject (json, "input_schema", cJSON_Duplicate (tool->parameters, TRUE));
      else
        cJSON_AddItemToObject (json, "input_schema", new_block ("object"));
    }
}

static void
add_tool_choice (cJSON *body, TwRequest *request)
{
  const char *choice = request->tool_choice;
  cJSON *json;

  if (choice == NULL || request->tools->len == 0)
    return;
  if (g_str_equal (choice, "auto") || g_str_equal (choice, "none"))
    json = new_block (choice);
  else if (g_str_equal (choice, "required"))
    json = new_block ("any");
  else
    {
      json = new_block ("tool");
      cJSON_AddStringToObject (json, "name", choice);
    }
  cJSON_AddItemToObject (body, "tool_choice", json);
}

static gboolean
add_effort (cJSON *body, TwRequest *request, GError **error)
{
  static const char *const efforts[] = { "low", "medium", "high", "xhigh", "max", NULL };
  const char *effort = request->reasoning_effort;
  cJSON *config = NULL, *format;

  if (g_strcmp0 (effort, "none") == 0)
    cJSON_AddItemToObject (body, "thinking", new_block ("disabled"));
  else if (effort != NULL)
    {
      if (!g_strv_contains (efforts, effort))
        return tw_encode_unsupported (
            error, DIALECT, "a reasoning effort but none, low, medium, high, xhigh and max");
      config = cJSON_AddObjectToObject (body, "output_config");
      cJSON_AddStringToObject (config, "effort", effort);
    }
  if (request->schema == NULL)
    return TRUE;
  config = config ?: cJSON_AddObjectToObject (body, "output_config");
  format = new_block ("json_schema");
  cJSON_AddItemToObject (format, "schema", cJSON_Duplicate (request->schema, TRUE));
  cJSON_AddItemToObject (config, "format", format);
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
    return tw_encode_unsupported (error, DIALECT, "a service tier but auto and standard");
  cJSON_AddStringToObject (body, "service_tier",
                           g_str_equal (tier, "auto") ? "auto" : "standard_only");
  return TRUE;
}

static gboolean
add_options (cJSON *body, TwRequest *request, const TwWireTarget *target, GError **error)
{
  if (!isnan (request->temperature))
    {
      if (request->temperature > 1)
        return tw_encode_unsupported (error, DIALECT, "a temperature above 1");
      tw_encode_add_number (body, "temperature", request->temperature);
    }
  if (request->stop != NULL)
    cJSON_AddItemToObject (body, "stop_sequences",
                           cJSON_CreateStringArray ((const char *const *) request->stop,
                                                    (int) g_strv_length (request->stop)));
  if (!add_effort (body, request, error) || !add_service_tier (body, request, error))
    return FALSE;
  if (target->stream)
    cJSON_AddBoolToObject (body, "stream", TRUE);
  return TRUE;
}

TwWireCall *
tw_anthropic_encode (TwRequest *request, const TwWireTarget *target, GError **error)
{
  g_autoptr (cJSON) body = cJSON_CreateObject ();
  TwWireCall *call;
  guint first;

  if (!tw_encode_check (request, target, error))
    return NULL;
  cJSON_AddStringToObject (body, "model", target->model);
  tw_json_add_integer (body, "max_tokens", target->max_output_tokens);
  /* The provider's cache key is tools, system, messages, in this order. */
  add_tools (body, request);
  add_tool_choice (body, request);
  first = add_system (body, request);
  if (!add_messages (body, request, first, error) || !add_options (body, request, target, error))
    return NULL;
  call = tw_wire_call_new ("POST", "/messages", tw_json_print (body));
  tw_wire_call_add_header (call, "Content-Type", "application/json");
  tw_wire_call_add_header (call, "anthropic-version", API_VERSION);
  return call;
}
