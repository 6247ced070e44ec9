/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-encode-private.h"
#include "libtokenwise/wire/tw-gemini-private.h"

#include <string.h>

/* Messages as contents and parts (https://ai.google.dev/api/caching#Content). */

/* Gemini 3 refuses the first tool call of a turn that comes without its signature. For calls that
 * another model made, or that were kept without it, Google names this value
 * (https://ai.google.dev/gemini-api/docs/thought-signatures, the questions at its end). */
#define NO_SIGNATURE "skip_thought_signature_validator"

static gboolean
unsupported (GError **error, const char *what)
{
  return tw_encode_unsupported (error, TW_GEMINI_DIALECT, what);
}

/* ---- images and files ---- */

static gboolean
is_listed (const char *type, const char *const *prefixes)
{
  for (guint i = 0; prefixes[i] != NULL; i++)
    if (g_str_has_prefix (type, prefixes[i]))
      return TRUE;
  return FALSE;
}

/* What the models read (https://ai.google.dev/gemini-api/docs/image-understanding and the pages
 * beside it). A GIF is refused by the API. */
static gboolean
check_type (const TwPart *part, const char *type, GError **error)
{
  static const char *const images[]
      = { "image/png", "image/jpeg", "image/webp", "image/heic", "image/heif", NULL };
  static const char *const files[]
      = { "image/png", "image/jpeg", "image/webp",      "image/heic",       "image/heif", "audio/",
          "video/",    "text/",      "application/pdf", "application/json", NULL };
  g_autofree char *what = NULL;

  if (type == NULL || is_listed (type, part->kind == TW_PART_IMAGE ? images : files))
    return TRUE;
  what = g_strdup_printf ("%s of type “%.60s”", part->kind == TW_PART_IMAGE ? "an image" : "a file",
                          type);
  return unsupported (error, what);
}

static cJSON *
encode_uri (const TwGeminiTarget *target, const TwPart *part, GError **error)
{
  cJSON *json, *data;

  if (target->is_vertex && part->media_type == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "Vertex must be told the type of an image or file at a URL; add “media_type”.");
      return NULL;
    }
  json = cJSON_CreateObject ();
  data = cJSON_AddObjectToObject (json, "fileData");
  if (part->media_type != NULL)
    cJSON_AddStringToObject (data, "mimeType", part->media_type);
  cJSON_AddStringToObject (data, "fileUri", part->url);
  return json;
}

static cJSON *
encode_inline (const TwEncodedMedia *media)
{
  cJSON *json = cJSON_CreateObject ();
  cJSON *data = cJSON_AddObjectToObject (json, "inlineData");

  cJSON_AddStringToObject (data, "mimeType", media->media_type);
  cJSON_AddStringToObject (data, "data", media->data);
  return json;
}

static gboolean
add_detail (cJSON *json, const TwGeminiTarget *target, const char *detail, GError **error)
{
  cJSON *resolution;
  gboolean is_low = g_strcmp0 (detail, "low") == 0;

  if (detail == NULL || g_str_equal (detail, "auto"))
    return TRUE;
  if (target->family != TW_GEMINI_LEVEL)
    return unsupported (error, "an image's detail for a model before Gemini 3");
  if (!is_low && !g_str_equal (detail, "high"))
    return unsupported (error, "an image's detail but auto, low and high");
  resolution = cJSON_AddObjectToObject (json, "mediaResolution");
  cJSON_AddStringToObject (resolution, "level",
                           is_low ? "MEDIA_RESOLUTION_LOW" : "MEDIA_RESOLUTION_HIGH");
  return TRUE;
}

static cJSON *
encode_media (const TwGeminiTarget *target, const TwPart *part, GError **error)
{
  g_auto (TwEncodedMedia) media = { 0 };
  g_autoptr (cJSON) json = NULL;
  /* Cloud Storage, which Vertex reads. */
  gboolean is_bucket
      = target->is_vertex && part->url != NULL && g_str_has_prefix (part->url, "gs://");

  if (!is_bucket && !tw_encode_media (part, &media, error))
    return NULL;
  if (!check_type (part, media.media_type ?: part->media_type, error))
    return NULL;
  json = media.data != NULL ? encode_inline (&media) : encode_uri (target, part, error);
  if (json == NULL || !add_detail (json, target, part->detail, error))
    return NULL;
  return g_steal_pointer (&json);
}

/* ---- text, reasoning, tools ---- */

static cJSON *
encode_text (const char *text)
{
  cJSON *json = cJSON_CreateObject ();

  cJSON_AddStringToObject (json, "text", text != NULL ? text : "");
  return json;
}

/* Where the answer itself was signed, the signature stands beside an empty text, as the API does
 * it at the end of a stream. */
static cJSON *
encode_reasoning (const TwPart *part, GError **error)
{
  cJSON *json;

  if (part->signature != NULL && g_str_has_prefix (part->signature, TW_REDACTED_PREFIX))
    {
      unsupported (error, "hidden reasoning of another provider");
      return NULL;
    }
  json = encode_text (part->text);
  if (part->text != NULL && *part->text != '\0')
    cJSON_AddTrueToObject (json, "thought");
  if (part->signature != NULL)
    cJSON_AddStringToObject (json, "thoughtSignature", part->signature);
  return json;
}

static cJSON *
encode_tool_call (const TwGeminiTarget *target, const TwPart *part, gboolean first, GError **error)
{
  cJSON *arguments = tw_encode_arguments (part, error);
  const char *signature = part->signature;
  cJSON *json, *call;

  if (arguments == NULL)
    return NULL;
  if (signature == NULL && first && target->family == TW_GEMINI_LEVEL)
    signature = NO_SIGNATURE;
  json = cJSON_CreateObject ();
  call = cJSON_AddObjectToObject (json, "functionCall");
  if (part->id != NULL)
    cJSON_AddStringToObject (call, "id", part->id);
  cJSON_AddStringToObject (call, "name", part->name != NULL ? part->name : "");
  cJSON_AddItemToObject (call, "args", arguments);
  if (signature != NULL)
    cJSON_AddStringToObject (json, "thoughtSignature", signature);
  return json;
}

/* (nullable): the name of the latest call of that id before a message: servers may give the same id
 * again in a later turn. */
static const char *
find_call_name (TwRequest *request, guint before, const char *id)
{
  while (before > 0)
    {
      const TwMessage *message = g_ptr_array_index (request->messages, --before);

      for (guint i = message->parts->len; i > 0; i--)
        {
          const TwPart *part = g_ptr_array_index (message->parts, i - 1);

          if (part->kind == TW_PART_TOOL_CALL && g_strcmp0 (part->id, id) == 0)
            return part->name;
        }
    }
  return NULL;
}

/* A result goes under the name of its function. It must be an object, and "output" is the name the
 * API gives to what a function says. */
static cJSON *
encode_tool_result (const TwGeminiTarget *target, const TwPart *part, guint index, GError **error)
{
  const char *name = find_call_name (target->request, index, part->id);
  cJSON *json, *result, *response;

  if (name == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The tool result “%.60s” answers no tool call before it; add the call.",
                   part->id != NULL ? part->id : "");
      return NULL;
    }
  json = cJSON_CreateObject ();
  result = cJSON_AddObjectToObject (json, "functionResponse");
  cJSON_AddStringToObject (result, "id", part->id);
  cJSON_AddStringToObject (result, "name", name);
  response = cJSON_AddObjectToObject (result, "response");
  cJSON_AddStringToObject (response, "output", part->text != NULL ? part->text : "");
  return json;
}

/* ---- messages ---- */

/* The parts of the last content if it has that role, else of a new one: the results of parallel
 * calls must stand together. */
static cJSON *
parts_for (cJSON *contents, const char *role)
{
  cJSON *last = cJSON_GetArrayItem (contents, cJSON_GetArraySize (contents) - 1);
  cJSON *content;

  if (last != NULL && g_strcmp0 (tw_json_string (last, "role"), role) == 0)
    return tw_json_array (last, "parts");
  content = cJSON_CreateObject ();
  cJSON_AddItemToArray (contents, content);
  cJSON_AddStringToObject (content, "role", role);
  return cJSON_AddArrayToObject (content, "parts");
}

static gboolean
has_call (const cJSON *parts)
{
  const cJSON *part;

  cJSON_ArrayForEach (part, parts)
  {
    if (tw_json_object (part, "functionCall") != NULL)
      return TRUE;
  }
  return FALSE;
}

static cJSON *
encode_part (
    const TwGeminiTarget *target, guint index, const TwPart *part, gboolean first, GError **error)
{
  const TwMessage *message = g_ptr_array_index (target->request->messages, index);
  gboolean by_model = message->role == TW_ROLE_ASSISTANT;

  if (part->kind == TW_PART_TEXT)
    return encode_text (part->text);
  if (part->kind == TW_PART_IMAGE || part->kind == TW_PART_FILE)
    return encode_media (target, part, error);
  if (part->kind == TW_PART_TOOL_CALL && by_model)
    return encode_tool_call (target, part, first, error);
  if (part->kind == TW_PART_REASONING && by_model)
    return encode_reasoning (part, error);
  if (part->kind == TW_PART_TOOL_RESULT && !by_model)
    return encode_tool_result (target, part, index, error);
  unsupported (error, part->kind == TW_PART_TOOL_RESULT ? "a tool result in an assistant message"
                      : part->kind == TW_PART_TOOL_CALL ? "a tool call outside an assistant message"
                                                        : "reasoning outside an assistant message");
  return NULL;
}

/* The API refuses a part that says nothing. */
static gboolean
is_empty (const TwPart *part)
{
  return (part->kind == TW_PART_TEXT || part->kind == TW_PART_REASONING) && part->signature == NULL
         && (part->text == NULL || *part->text == '\0');
}

static gboolean
add_message (cJSON *contents, const TwGeminiTarget *target, guint index, GError **error)
{
  const TwMessage *message = g_ptr_array_index (target->request->messages, index);
  const char *role = message->role == TW_ROLE_ASSISTANT ? "model" : "user";

  for (guint i = 0; i < message->parts->len; i++)
    {
      const TwPart *part = g_ptr_array_index (message->parts, i);
      cJSON *parts, *json;

      if (part->cache != NULL)
        return unsupported (error, "a cache breakpoint (its caches are implicit)");
      if (is_empty (part))
        continue;
      parts = parts_for (contents, role);
      json = encode_part (target, index, part, !has_call (parts), error);
      if (json == NULL)
        return FALSE;
      cJSON_AddItemToArray (parts, json);
    }
  return TRUE;
}

static void
add_instruction (cJSON *body, const char *text)
{
  cJSON *system = tw_json_object (body, "systemInstruction");

  if (text == NULL || *text == '\0')
    return;
  if (system == NULL)
    {
      system = cJSON_AddObjectToObject (body, "systemInstruction");
      cJSON_AddArrayToObject (system, "parts");
    }
  cJSON_AddItemToArray (tw_json_array (system, "parts"), encode_text (text));
}

/* Returns the index of the first message that is no instruction. */
static guint
add_instructions (cJSON *body, TwRequest *request)
{
  guint i;

  add_instruction (body, request->system);
  for (i = 0; i < request->messages->len; i++)
    {
      const TwMessage *message = g_ptr_array_index (request->messages, i);

      if (message->role != TW_ROLE_SYSTEM)
        break;
      for (guint j = 0; j < message->parts->len; j++)
        add_instruction (body, ((const TwPart *) g_ptr_array_index (message->parts, j))->text);
    }
  return i;
}

gboolean
tw_gemini_add_messages (cJSON *body, const TwGeminiTarget *target, GError **error)
{
  guint first = add_instructions (body, target->request);
  cJSON *contents = cJSON_AddArrayToObject (body, "contents");

  for (guint i = first; i < target->request->messages->len; i++)
    {
      const TwMessage *message = g_ptr_array_index (target->request->messages, i);

      if (message->role == TW_ROLE_SYSTEM)
        return unsupported (error, "instructions after the first message");
      if (!add_message (contents, target, i, error))
        return FALSE;
    }
  if (cJSON_GetArraySize (contents) > 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The request's messages are empty; add a text.");
  return FALSE;
}
