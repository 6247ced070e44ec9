/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-cohere-private.h"
#include "libtokenwise/wire/tw-encode-plain-private.h"

#include "libtokenwise/base/tw-error.h"

#include <math.h>

#define DIALECT "cohere"
/* https://docs.cohere.com/v2/reference/chat: "A list of up to 5 strings". */
#define MAX_STOPS 5

static cJSON *
new_block (const char *type, const char *text)
{
  cJSON *json = cJSON_CreateObject ();

  cJSON_AddStringToObject (json, "type", type);
  if (text != NULL)
    cJSON_AddStringToObject (json, type, text);
  return json;
}

static cJSON *
encode_image (const TwPart *part, GError **error)
{
  static const char *const details[] = { "low", "high", "auto", NULL };
  g_auto (TwEncodedMedia) media = { 0 };
  g_autofree char *url = NULL;
  cJSON *json, *image;

  if (!tw_encode_media (part, &media, error) || !tw_encode_check_image (&media, DIALECT, error))
    return NULL;
  if (part->detail != NULL && !g_strv_contains (details, part->detail))
    {
      tw_encode_unsupported (error, DIALECT, "an image's detail other than low, high and auto");
      return NULL;
    }
  url = media.url != NULL ? g_strdup (media.url)
                          : g_strconcat ("data:", media.media_type, ";base64,", media.data, NULL);
  json = new_block ("image_url", NULL);
  image = cJSON_AddObjectToObject (json, "image_url");
  cJSON_AddStringToObject (image, "url", url);
  if (part->detail != NULL)
    cJSON_AddStringToObject (image, "detail", part->detail);
  return json;
}

/* (nullable): the text of a file. */
static char *
decode_text (const TwEncodedMedia *media)
{
  gsize length = 0;
  g_autofree guchar *bytes = g_base64_decode (media->data, &length);

  if (length == 0 || !g_utf8_validate_len ((const char *) bytes, length, NULL))
    return NULL;
  return g_strndup ((const char *) bytes, length);
}

/* Files are documents, which stand beside the messages and are text. */
static gboolean
add_document (cJSON *body, const TwPart *part, GError **error)
{
  g_auto (TwEncodedMedia) media = { 0 };
  g_autofree char *text = NULL;
  cJSON *documents = cJSON_GetObjectItemCaseSensitive (body, "documents");
  cJSON *document, *data;

  if (!tw_encode_media (part, &media, error))
    return FALSE;
  if (media.data == NULL)
    return tw_encode_unsupported (error, DIALECT, "a file by its URL");
  text = decode_text (&media);
  if (text == NULL)
    return tw_encode_unsupported (error, DIALECT, "a file that is not text in UTF-8");
  document = cJSON_CreateObject ();
  cJSON_AddItemToArray (documents ?: cJSON_AddArrayToObject (body, "documents"), document);
  data = cJSON_AddObjectToObject (document, "data");
  if (part->name != NULL)
    cJSON_AddStringToObject (data, "title", part->name);
  cJSON_AddStringToObject (data, "text", text);
  return TRUE;
}

static gboolean
add_tool_call (cJSON *calls, const TwPart *part, GError **error)
{
  g_autoptr (cJSON) arguments = tw_encode_arguments (part, error);
  g_autofree char *text = NULL;
  cJSON *call, *function;

  if (arguments == NULL)
    return FALSE;
  text = tw_json_print (arguments);
  call = cJSON_CreateObject ();
  cJSON_AddItemToArray (calls, call);
  cJSON_AddStringToObject (call, "id", part->id ?: "");
  cJSON_AddStringToObject (call, "type", "function");
  function = cJSON_AddObjectToObject (call, "function");
  cJSON_AddStringToObject (function, "name", part->name ?: "");
  cJSON_AddStringToObject (function, "arguments", text);
  return TRUE;
}

static void
add_tool_result (cJSON *messages, const TwPart *part)
{
  cJSON *json = tw_encode_add_message (messages, "tool");

  cJSON_AddStringToObject (json, "tool_call_id", part->id ?: "");
  cJSON_AddStringToObject (json, "content", part->text ?: "");
}

/* What one message holds, apart from results of tools, which are messages of their own. */
typedef struct
{
  cJSON *blocks;
  cJSON *calls;
  GString *plan; /* reasoning */
} Content;

static void
content_clear (Content *self)
{
  cJSON_Delete (self->blocks);
  cJSON_Delete (self->calls);
  g_string_free (self->plan, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Content, content_clear)

static gboolean
collect_image (Content *self, const TwPart *part, GError **error)
{
  cJSON *image = encode_image (part, error);

  if (image == NULL)
    return FALSE;
  cJSON_AddItemToArray (self->blocks, image);
  return TRUE;
}

static gboolean
collect_part (Content *self, cJSON *body, const TwPart *part, GError **error)
{
  switch (part->kind)
    {
    case TW_PART_TEXT:
      cJSON_AddItemToArray (self->blocks, new_block ("text", part->text ?: ""));
      return TRUE;
    case TW_PART_REASONING:
      g_string_append (self->plan, part->text ?: "");
      return TRUE;
    case TW_PART_IMAGE:
      return collect_image (self, part, error);
    case TW_PART_FILE:
      return add_document (body, part, error);
    case TW_PART_TOOL_CALL:
      return add_tool_call (self->calls, part, error);
    case TW_PART_TOOL_RESULT:
    default:
      add_tool_result (tw_json_array (body, "messages"), part);
      return TRUE;
    }
}

/* Reasoning before calls is the plan for them; else it is a block of its own before the answer. */
static void
place_reasoning (Content *self, cJSON *message)
{
  if (self->plan->len == 0)
    return;
  if (cJSON_GetArraySize (self->calls) > 0)
    cJSON_AddStringToObject (message, "tool_plan", self->plan->str);
  else
    cJSON_InsertItemInArray (self->blocks, 0, new_block ("thinking", self->plan->str));
}

static void
place_blocks (Content *self, cJSON *message)
{
  const char *text = tw_json_string (self->blocks->child, "text");
  int n = cJSON_GetArraySize (self->blocks);

  if (n == 1 && text != NULL)
    cJSON_AddStringToObject (message, "content", text);
  else if (n > 0)
    cJSON_AddItemToObject (message, "content", g_steal_pointer (&self->blocks));
}

static gboolean
add_message (cJSON *body, const TwMessage *message, GError **error)
{
  g_auto (Content) content = { cJSON_CreateArray (), cJSON_CreateArray (), g_string_new (NULL) };
  cJSON *json;

  for (guint i = 0; i < message->parts->len; i++)
    if (!collect_part (&content, body, g_ptr_array_index (message->parts, i), error))
      return FALSE;
  if (cJSON_GetArraySize (content.blocks) == 0 && cJSON_GetArraySize (content.calls) == 0
      && content.plan->len == 0)
    return TRUE;
  json
      = tw_encode_add_message (tw_json_array (body, "messages"), tw_role_to_string (message->role));
  place_reasoning (&content, json);
  place_blocks (&content, json);
  if (cJSON_GetArraySize (content.calls) > 0)
    cJSON_AddItemToObject (json, "tool_calls", g_steal_pointer (&content.calls));
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
    if (!add_message (body, g_ptr_array_index (request->messages, i), error))
      return FALSE;
  if (cJSON_GetArraySize (messages) > 0)
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "The request has only files; ask a question about them.");
  return FALSE;
}

static gboolean
add_tools (cJSON *body, TwRequest *request, GError **error)
{
  const char *choice = request->tool_choice ?: "auto";
  gboolean is_only
      = request->tools->len == 1 && !g_str_equal (choice, "auto") && !g_str_equal (choice, "none");

  if (request->tools->len == 0)
    return TRUE;
  tw_encode_add_functions (body, request);
  if (g_str_equal (choice, "none"))
    cJSON_AddStringToObject (body, "tool_choice", "NONE");
  /* A tool cannot be named, but the only one needs no name. */
  else if (g_str_equal (choice, "required") || is_only)
    cJSON_AddStringToObject (body, "tool_choice", "REQUIRED");
  else if (!g_str_equal (choice, "auto"))
    return tw_encode_unsupported (error, DIALECT, "a tool choice that names one of several tools");
  return TRUE;
}

/* https://docs.cohere.com/v2/reference/chat: "not supported when used in combinations with the
 * documents or tools parameters". */
static gboolean
add_schema (cJSON *body, TwRequest *request, GError **error)
{
  cJSON *format;

  if (request->schema == NULL)
    return TRUE;
  if (request->tools->len > 0 || tw_json_array (body, "documents") != NULL)
    return tw_encode_unsupported (error, DIALECT, "a response format beside tools or files");
  format = cJSON_AddObjectToObject (body, "response_format");
  cJSON_AddStringToObject (format, "type", "json_object");
  cJSON_AddItemToObject (format, "json_schema", cJSON_Duplicate (request->schema, TRUE));
  return TRUE;
}

/* Reasoning is on or off; Cohere itself reads the efforts high and none so
 * (https://docs.cohere.com/docs/compatibility-api). */
static gboolean
add_thinking (cJSON *body, TwRequest *request, GError **error)
{
  const char *effort = request->reasoning_effort;

  if (effort == NULL)
    return TRUE;
  if (!g_str_equal (effort, "none") && !g_str_equal (effort, "high"))
    return tw_encode_unsupported (error, DIALECT, "a reasoning effort other than none and high");
  cJSON_AddStringToObject (cJSON_AddObjectToObject (body, "thinking"), "type",
                           g_str_equal (effort, "none") ? "disabled" : "enabled");
  return TRUE;
}

static gboolean
add_options (cJSON *body, TwRequest *request, const TwWireTarget *target, GError **error)
{
  guint n_stops = request->stop != NULL ? g_strv_length (request->stop) : 0;

  tw_json_add_integer (body, "max_tokens", target->max_output_tokens);
  if (!isnan (request->temperature))
    tw_encode_add_number (body, "temperature", request->temperature);
  if (n_stops > MAX_STOPS)
    return tw_encode_unsupported (error, DIALECT, "more than five stop sequences");
  if (n_stops > 0)
    cJSON_AddItemToObject (
        body, "stop_sequences",
        cJSON_CreateStringArray ((const char *const *) request->stop, (int) n_stops));
  if (!add_thinking (body, request, error))
    return FALSE;
  cJSON_AddBoolToObject (body, "stream", target->stream);
  return TRUE;
}

TwWireCall *
tw_cohere_encode (TwRequest *request, const TwWireTarget *target, GError **error)
{
  g_autoptr (cJSON) body = cJSON_CreateObject ();
  TwWireCall *call;

  if (!tw_encode_check (request, target, error) || !tw_encode_check_plain (request, DIALECT, error))
    return NULL;
  cJSON_AddStringToObject (body, "model", target->model);
  if (!add_messages (body, request, error) || !add_tools (body, request, error)
      || !add_schema (body, request, error) || !add_options (body, request, target, error))
    return NULL;
  call = tw_wire_call_new ("POST", "/chat", tw_json_print (body));
  tw_wire_call_add_header (call, "Content-Type", "application/json");
  return call;
}
