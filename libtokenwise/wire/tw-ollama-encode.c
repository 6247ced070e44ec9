/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-encode-plain-private.h"
#include "libtokenwise/wire/tw-ollama-private.h"

#include "libtokenwise/base/tw-error.h"

#include <math.h>

#define DIALECT "ollama"

/* Calls have no ids here: a result names the tool that was called. */
static const char *
find_tool_name (TwRequest *request, const char *id)
{
  for (guint i = 0; i < request->messages->len; i++)
    {
      const TwMessage *message = g_ptr_array_index (request->messages, i);

      for (guint j = 0; j < message->parts->len; j++)
        {
          const TwPart *part = g_ptr_array_index (message->parts, j);

          if (part->kind == TW_PART_TOOL_CALL && g_strcmp0 (part->id, id) == 0)
            return part->name;
        }
    }
  return NULL;
}

static gboolean
add_tool_results (cJSON *messages, TwRequest *request, const TwMessage *message, GError **error)
{
  for (guint i = 0; i < message->parts->len; i++)
    {
      const TwPart *part = g_ptr_array_index (message->parts, i);
      const char *name;
      cJSON *json;

      if (part->kind != TW_PART_TOOL_RESULT)
        continue;
      name = find_tool_name (request, part->id);
      if (name == NULL)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "The tool result “%.60s” answers no tool call of the request; add the call "
                       "before it.",
                       part->id ?: "");
          return FALSE;
        }
      json = tw_encode_add_message (messages, "tool");
      cJSON_AddStringToObject (json, "content", part->text ?: "");
      cJSON_AddStringToObject (json, "tool_name", name);
    }
  return TRUE;
}

/* A message has one text; what was said in parts is told apart by lines. */
static void
add_text (GString *text, const TwPart *part)
{
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, part->text ?: "");
}

static gboolean
add_image (cJSON *images, const TwPart *part, GError **error)
{
  g_auto (TwEncodedMedia) media = { 0 };

  if (part->detail != NULL)
    return tw_encode_unsupported (error, DIALECT, "an image's level of detail");
  if (!tw_encode_media (part, &media, error))
    return FALSE;
  if (media.data == NULL)
    return tw_encode_unsupported (error, DIALECT, "an image by its URL");
  if (!tw_encode_check_image (&media, DIALECT, error))
    return FALSE;
  cJSON_AddItemToArray (images, cJSON_CreateString (media.data));
  return TRUE;
}

static gboolean
add_tool_call (cJSON *calls, const TwPart *part, GError **error)
{
  g_autoptr (cJSON) arguments = tw_encode_arguments (part, error);
  cJSON *call, *function;

  if (arguments == NULL)
    return FALSE;
  call = cJSON_CreateObject ();
  cJSON_AddItemToArray (calls, call);
  function = cJSON_AddObjectToObject (call, "function");
  cJSON_AddStringToObject (function, "name", part->name ?: "");
  cJSON_AddItemToObject (function, "arguments", g_steal_pointer (&arguments));
  return TRUE;
}

/* What one message holds, apart from results of tools. */
typedef struct
{
  GString *text;
  GString *thinking;
  cJSON *images;
  cJSON *calls;
  gboolean any;
} Content;

static void
content_clear (Content *self)
{
  g_string_free (self->text, TRUE);
  g_string_free (self->thinking, TRUE);
  cJSON_Delete (self->images);
  cJSON_Delete (self->calls);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Content, content_clear)

static gboolean
collect_part (Content *self, const TwPart *part, GError **error)
{
  self->any = self->any || part->kind != TW_PART_TOOL_RESULT;
  switch (part->kind)
    {
    case TW_PART_TEXT:
      add_text (self->text, part);
      return TRUE;
    case TW_PART_REASONING:
      add_text (self->thinking, part);
      return TRUE;
    case TW_PART_IMAGE:
      return add_image (self->images, part, error);
    case TW_PART_TOOL_CALL:
      return add_tool_call (self->calls, part, error);
    case TW_PART_TOOL_RESULT:
      return TRUE;
    case TW_PART_FILE:
    default:
      return tw_encode_unsupported (error, DIALECT, "a file");
    }
}

static void
add_list (cJSON *message, const char *key, cJSON **list)
{
  if (cJSON_GetArraySize (*list) > 0)
    cJSON_AddItemToObject (message, key, g_steal_pointer (list));
}

static gboolean
add_message (cJSON *messages, TwRequest *request, const TwMessage *message, GError **error)
{
  g_auto (Content) content
      = { g_string_new (NULL), g_string_new (NULL), cJSON_CreateArray (), cJSON_CreateArray (), 0 };
  cJSON *json;

  for (guint i = 0; i < message->parts->len; i++)
    if (!collect_part (&content, g_ptr_array_index (message->parts, i), error))
      return FALSE;
  if (!add_tool_results (messages, request, message, error))
    return FALSE;
  if (!content.any)
    return TRUE;
  json = tw_encode_add_message (messages, tw_role_to_string (message->role));
  cJSON_AddStringToObject (json, "content", content.text->str);
  if (content.thinking->len > 0)
    cJSON_AddStringToObject (json, "thinking", content.thinking->str);
  add_list (json, "images", &content.images);
  add_list (json, "tool_calls", &content.calls);
  return TRUE;
}

static gboolean
add_messages (cJSON *body, TwRequest *request, GError **error)
{
  cJSON *messages = cJSON_AddArrayToObject (body, "messages");

  if (request->system != NULL && *request->system != '\0')
    cJSON_AddStringToObject (tw_encode_add_message (messages, "system"), "content",
                             request->system);
  for (guint i = 0; i < request->messages->len; i++)
    if (!add_message (messages, request, g_ptr_array_index (request->messages, i), error))
      return FALSE;
  return TRUE;
}

/* There is no tool choice. A model that is shown no tools calls none, which is “none”. */
static gboolean
add_tools (cJSON *body, TwRequest *request, GError **error)
{
  const char *choice = request->tool_choice ?: "auto";

  if (request->tools->len == 0 || g_str_equal (choice, "none"))
    return TRUE;
  if (!g_str_equal (choice, "auto"))
    return tw_encode_unsupported (error, DIALECT, "a tool choice other than auto and none");
  tw_encode_add_functions (body, request);
  return TRUE;
}

static gboolean
add_think (cJSON *body, TwRequest *request, GError **error)
{
  static const char *const levels[] = { "low", "medium", "high", NULL };
  const char *effort = request->reasoning_effort;

  if (effort == NULL)
    return TRUE;
  if (g_str_equal (effort, "none"))
    cJSON_AddFalseToObject (body, "think");
  else if (g_strv_contains (levels, effort))
    cJSON_AddStringToObject (body, "think", effort);
  else
    return tw_encode_unsupported (error, DIALECT,
                                  "a reasoning effort other than none, low, medium and high");
  return TRUE;
}

static void
add_options (cJSON *body, TwRequest *request, const TwWireTarget *target)
{
  cJSON *options = cJSON_AddObjectToObject (body, "options");

  tw_json_add_integer (options, "num_predict", target->max_output_tokens);
  if (!isnan (request->temperature))
    tw_encode_add_number (options, "temperature", request->temperature);
  if (request->stop != NULL)
    cJSON_AddItemToObject (options, "stop",
                           cJSON_CreateStringArray ((const char *const *) request->stop,
                                                    (int) g_strv_length (request->stop)));
}

TwWireCall *
tw_ollama_encode (TwRequest *request, const TwWireTarget *target, GError **error)
{
  g_autoptr (cJSON) body = cJSON_CreateObject ();
  TwWireCall *call;

  if (!tw_encode_check (request, target, error) || !tw_encode_check_plain (request, DIALECT, error))
    return NULL;
  cJSON_AddStringToObject (body, "model", target->model);
  if (!add_messages (body, request, error) || !add_tools (body, request, error))
    return NULL;
  if (request->schema != NULL)
    cJSON_AddItemToObject (body, "format", cJSON_Duplicate (request->schema, TRUE));
  if (!add_think (body, request, error))
    return NULL;
  add_options (body, request, target);
  /* Left out, it means a stream. */
  cJSON_AddBoolToObject (body, "stream", target->stream);
  call = tw_wire_call_new ("POST", "/api/chat", tw_json_print (body));
  tw_wire_call_add_header (call, "Content-Type", "application/json");
  return call;
}
