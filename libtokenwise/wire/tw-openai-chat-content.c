/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-encode-private.h"
#include "libtokenwise/wire/tw-openai-chat-private.h"

#include <string.h>

/* A message of a request as messages of Chat Completions. */

#define DIALECT "openai-chat"
/* So many prefixes are written for one request, at OpenAI as at Anthropic. */
#define MAX_BREAKPOINTS 4

gboolean
tw_chat_unsupported (GError **error, const char *what)
{
  return tw_encode_unsupported (error, DIALECT, what);
}

/* ---- cache breakpoints ---- */

static gboolean
add_breakpoint (TwChatCall *call, cJSON *json, const char *lifetime, GError **error)
{
  if (!tw_chat_model_takes_breakpoints (call->target->model))
    return tw_chat_unsupported (error, "a cache breakpoint for this model, which caches by itself");
  if (!g_str_equal (lifetime, "30m"))
    return tw_chat_unsupported (error, "a cache lifetime but 30m here");
  cJSON_AddStringToObject (cJSON_AddObjectToObject (json, "prompt_cache_breakpoint"), "mode",
                           "explicit");
  return TRUE;
}

static gboolean
mark_cache (TwChatCall *call, cJSON *json, const char *lifetime, GError **error)
{
  if (lifetime == NULL)
    return TRUE;
  if (++call->n_breakpoints > MAX_BREAKPOINTS)
    return tw_chat_unsupported (error, "more than four cache breakpoints");
  if ((call->provider->ways & TW_CHAT_CACHE_BREAKPOINT) != 0)
    return add_breakpoint (call, json, lifetime, error);
  if ((call->provider->ways & TW_CHAT_CACHE_CONTROL) != 0)
    return tw_encode_cache_control (json, lifetime, DIALECT, error);
  return tw_chat_unsupported (error, "a cache breakpoint to this provider");
}

/* ---- parts ---- */

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
  cJSON *json, *image;

  if (!tw_encode_media (part, &media, error) || !tw_encode_check_image (&media, DIALECT, error))
    return NULL;
  if (g_strcmp0 (part->detail, "original") == 0)
    {
      tw_chat_unsupported (error, "an image's detail “original”");
      return NULL;
    }
  url = media_to_url (&media);
  json = tw_encode_new_typed ("image_url");
  image = cJSON_AddObjectToObject (json, "image_url");
  cJSON_AddStringToObject (image, "url", url);
  if (part->detail != NULL)
    cJSON_AddStringToObject (image, "detail", part->detail);
  return json;
}

/* (nullable): the format of sound that the API reads. */
static const char *
audio_format (const char *media_type)
{
  static const char *const wav[] = { "audio/wav", "audio/x-wav", "audio/vnd.wave", NULL };
  static const char *const mp3[] = { "audio/mpeg", "audio/mp3", NULL };

  if (g_strv_contains (wav, media_type))
    return "wav";
  return g_strv_contains (mp3, media_type) ? "mp3" : NULL;
}

static cJSON *
encode_audio (const TwEncodedMedia *media, GError **error)
{
  const char *format = audio_format (media->media_type);
  cJSON *json, *audio;

  if (format == NULL)
    {
      tw_chat_unsupported (error, "sound that is neither WAV nor MP3");
      return NULL;
    }
  json = tw_encode_new_typed ("input_audio");
  audio = cJSON_AddObjectToObject (json, "input_audio");
  cJSON_AddStringToObject (audio, "data", media->data);
  cJSON_AddStringToObject (audio, "format", format);
  return json;
}

static cJSON *
encode_document_url (const TwPart *part, const TwEncodedMedia *media)
{
  g_autofree char *url = media_to_url (media);
  cJSON *json = tw_encode_new_typed ("document_url");

  cJSON_AddStringToObject (json, "document_url", url);
  if (part->name != NULL)
    cJSON_AddStringToObject (json, "document_name", part->name);
  return json;
}

static cJSON *
encode_file_data (const TwPart *part, const TwEncodedMedia *media)
{
  g_autofree char *url = media_to_url (media);
  cJSON *json = tw_encode_new_typed ("file");
  cJSON *file = cJSON_AddObjectToObject (json, "file");

  cJSON_AddStringToObject (file, "filename", part->name ?: "file");
  cJSON_AddStringToObject (file, "file_data", url);
  return json;
}

static cJSON *
encode_file (const TwChatCall *call, const TwPart *part, GError **error)
{
  g_auto (TwEncodedMedia) media = { 0 };

  if (!tw_encode_media (part, &media, error))
    return NULL;
  if (media.data != NULL && g_str_has_prefix (media.media_type, "audio/"))
    return encode_audio (&media, error);
  if ((call->provider->ways & TW_CHAT_DOCUMENT_URL) != 0)
    return encode_document_url (part, &media);
  if (media.data != NULL)
    return encode_file_data (part, &media);
  tw_chat_unsupported (error, "a file by its URL");
  return NULL;
}

static cJSON *
encode_text (const char *text)
{
  cJSON *json = tw_encode_new_typed ("text");

  cJSON_AddStringToObject (json, "text", text ?: "");
  return json;
}

/* A chunk of content, as Mistral's models send it. */
static cJSON *
encode_thinking (const TwPart *part)
{
  cJSON *json = tw_encode_new_typed ("thinking");

  cJSON_AddItemToArray (cJSON_AddArrayToObject (json, "thinking"), encode_text (part->text));
  return json;
}

static cJSON *
encode_content_part (const TwChatCall *call, TwRole role, const TwPart *part, GError **error)
{
  if (part->kind == TW_PART_TEXT)
    return encode_text (part->text);
  if (part->kind == TW_PART_REASONING && role == TW_ROLE_ASSISTANT)
    return encode_thinking (part);
  if (role == TW_ROLE_USER && part->kind == TW_PART_IMAGE)
    return encode_image (part, error);
  if (role == TW_ROLE_USER && part->kind == TW_PART_FILE)
    return encode_file (call, part, error);
  tw_chat_unsupported (
      error, part->kind == TW_PART_TOOL_CALL   ? "a tool call outside an assistant message"
             : part->kind == TW_PART_REASONING ? "reasoning outside an assistant message"
                                               : "an image or file outside a user message");
  return NULL;
}

/* ---- messages ---- */

static cJSON *
add_message (cJSON *messages, const char *role)
{
  cJSON *message = cJSON_CreateObject ();

  cJSON_AddStringToObject (message, "role", role);
  cJSON_AddItemToArray (messages, message);
  return message;
}

/* One text alone is a string, as all servers read it; a list is for what needs one. */
static void
add_content (cJSON *message, cJSON *take_content)
{
  g_autoptr (cJSON) content = take_content;
  const cJSON *first = cJSON_GetArrayItem (content, 0);
  const char *text = tw_json_string (first, "text");
  gboolean is_plain = text != NULL && cJSON_GetArraySize (first) == 2;

  if (is_plain && cJSON_GetArraySize (content) == 1)
    cJSON_AddStringToObject (message, "content", text);
  else
    cJSON_AddItemToObject (message, "content", g_steal_pointer (&content));
}

/* A text, and perhaps a breakpoint after it, as the content of a message of its own. */
static gboolean
add_text_message (
    TwChatCall *call, cJSON *message, const char *text, const char *cache, GError **error)
{
  cJSON *content = cJSON_CreateArray ();
  cJSON *part = encode_text (text);
  gboolean marked = mark_cache (call, part, cache, error);

  cJSON_AddItemToArray (content, part);
  add_content (message, content);
  return marked;
}

/* Results of tools are messages of their own, and follow the calls at once. */
static gboolean
add_tool_results (TwChatCall *call, cJSON *messages, const TwMessage *message, GError **error)
{
  for (guint i = 0; i < message->parts->len; i++)
    {
      const TwPart *part = g_ptr_array_index (message->parts, i);
      cJSON *json;

      if (part->kind != TW_PART_TOOL_RESULT)
        continue;
      json = add_message (messages, "tool");
      cJSON_AddStringToObject (json, "tool_call_id", part->id ?: "");
      if (!add_text_message (call, json, part->text, part->cache, error))
        return FALSE;
    }
  return TRUE;
}

static cJSON *
encode_tool_call (const TwPart *part, GError **error)
{
  g_autoptr (cJSON) arguments = tw_encode_arguments (part, error);
  g_autofree char *text = NULL;
  cJSON *json, *function;

  if (arguments == NULL)
    return NULL;
  if (part->cache != NULL || part->signature != NULL)
    {
      tw_chat_unsupported (error, part->cache != NULL ? "a cache breakpoint after a tool call"
                                                      : "a tool call with a signature");
      return NULL;
    }
  text = tw_json_print (arguments);
  json = cJSON_CreateObject ();
  cJSON_AddStringToObject (json, "id", part->id ?: "");
  cJSON_AddStringToObject (json, "type", "function");
  function = cJSON_AddObjectToObject (json, "function");
  cJSON_AddStringToObject (function, "name", part->name ?: "");
  cJSON_AddStringToObject (function, "arguments", text);
  return json;
}

static cJSON *
encode_tool_calls (const TwMessage *message, GError **error)
{
  g_autoptr (cJSON) calls = cJSON_CreateArray ();

  for (guint i = 0; i < message->parts->len; i++)
    {
      const TwPart *part = g_ptr_array_index (message->parts, i);
      cJSON *json;

      if (part->kind != TW_PART_TOOL_CALL)
        continue;
      json = encode_tool_call (part, error);
      if (json == NULL)
        return NULL;
      cJSON_AddItemToArray (calls, json);
    }
  return g_steal_pointer (&calls);
}

/* TRUE for parts that have a member of the message, or a message, of their own. */
static gboolean
is_beside_content (const TwChatCall *call, TwRole role, const TwPart *part)
{
  if (part->kind == TW_PART_TOOL_RESULT)
    return TRUE;
  if (role != TW_ROLE_ASSISTANT)
    return FALSE;
  return part->kind == TW_PART_TOOL_CALL
         || (part->kind == TW_PART_REASONING
             && g_strcmp0 (call->provider->reasoning, "content") != 0);
}

/* The text, images and files of a message. */
static cJSON *
encode_content (TwChatCall *call, const TwMessage *message, GError **error)
{
  g_autoptr (cJSON) content = cJSON_CreateArray ();

  for (guint i = 0; i < message->parts->len; i++)
    {
      const TwPart *part = g_ptr_array_index (message->parts, i);
      cJSON *json;

      if (is_beside_content (call, message->role, part))
        continue;
      json = encode_content_part (call, message->role, part, error);
      if (json == NULL)
        return NULL;
      cJSON_AddItemToArray (content, json);
      if (!mark_cache (call, json, part->cache, error))
        return NULL;
    }
  return g_steal_pointer (&content);
}

static const char *
role_name (const TwChatCall *call, TwRole role)
{
  if (role != TW_ROLE_SYSTEM)
    return tw_role_to_string (role);
  return call->target->reasoning && (call->provider->ways & TW_CHAT_DEVELOPER) != 0 ? "developer"
                                                                                    : "system";
}

static gboolean
has_reasoning (const TwMessage *message)
{
  for (guint i = 0; i < message->parts->len; i++)
    if (((const TwPart *) g_ptr_array_index (message->parts, i))->kind == TW_PART_REASONING)
      return TRUE;
  return FALSE;
}

gboolean
tw_chat_add_system (
    TwChatCall *call, cJSON *messages, const char *text, const char *cache, GError **error)
{
  return add_text_message (call, add_message (messages, role_name (call, TW_ROLE_SYSTEM)), text,
                           cache, error);
}

gboolean
tw_chat_add_message (TwChatCall *call, cJSON *messages, const TwMessage *message, GError **error)
{
  gboolean by_assistant = message->role == TW_ROLE_ASSISTANT;
  g_autoptr (cJSON) content = encode_content (call, message, error);
  g_autoptr (cJSON) calls = content != NULL ? encode_tool_calls (message, error) : NULL;
  gboolean has_content = cJSON_GetArraySize (content) > 0;
  gboolean has_calls = by_assistant && cJSON_GetArraySize (calls) > 0;
  cJSON *json;

  if (calls == NULL)
    return FALSE;
  if (message->role == TW_ROLE_TOOL && has_content)
    return tw_chat_unsupported (error, "text outside a tool result in a tool message");
  if (!add_tool_results (call, messages, message, error))
    return FALSE;
  if (!has_content && !has_calls && !has_reasoning (message))
    return TRUE;
  json = add_message (messages, role_name (call, message->role));
  if (has_content)
    add_content (json, g_steal_pointer (&content));
  else
    cJSON_AddNullToObject (json, "content");
  if (by_assistant && !tw_chat_add_reasoning (call, json, message, error))
    return FALSE;
  if (has_calls)
    cJSON_AddItemToObject (json, "tool_calls", g_steal_pointer (&calls));
  return TRUE;
}
