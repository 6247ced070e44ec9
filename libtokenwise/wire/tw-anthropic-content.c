/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-anthropic-private.h"
#include "libtokenwise/wire/tw-encode-private.h"

#include <string.h>

/* A message of a request as blocks of Anthropic's Messages. */

/* The API refuses more. */
#define MAX_BREAKPOINTS 4

gboolean
tw_anthropic_unsupported (GError **error, const char *what)
{
  return tw_encode_unsupported (error, "anthropic", what);
}

gboolean
tw_anthropic_mark_cache (TwAnthropicCall *call, cJSON *json, const char *lifetime, GError **error)
{
  if (lifetime == NULL)
    return TRUE;
  if (++call->n_breakpoints > MAX_BREAKPOINTS)
    return tw_anthropic_unsupported (error, "more than four cache breakpoints");
  if (g_str_equal (lifetime, "5m"))
    call->has_short = TRUE;
  else if (call->has_short)
    return tw_anthropic_unsupported (error, "a cache breakpoint of 1h after one of 5m");
  return tw_encode_cache_control (json, lifetime, "anthropic", error);
}

static cJSON *
encode_source (const TwEncodedMedia *media)
{
  cJSON *source = tw_encode_new_typed (media->url != NULL ? "url" : "base64");

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

  if (!tw_encode_media (part, &media, error) || !tw_encode_check_image (&media, "anthropic", error))
    return NULL;
  if (part->detail != NULL && !g_str_equal (part->detail, "auto"))
    {
      tw_anthropic_unsupported (error, "an image's detail");
      return NULL;
    }
  json = tw_encode_new_typed ("image");
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
  cJSON *source = tw_encode_new_typed ("text");

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
      tw_anthropic_unsupported (error, "a file that is neither PDF nor text");
      return NULL;
    }
  json = tw_encode_new_typed ("document");
  cJSON_AddItemToObject (json, "source",
                         is_text ? encode_text_source (&media) : encode_source (&media));
  if (part->name != NULL)
    cJSON_AddStringToObject (json, "title", part->name);
  return json;
}

static cJSON *
encode_text (const char *text)
{
  cJSON *json = tw_encode_new_typed ("text");

  cJSON_AddStringToObject (json, "text", text);
  return json;
}

static cJSON *
encode_tool_call (const TwPart *part, GError **error)
{
  cJSON *arguments;
  cJSON *json;

  if (part->signature != NULL)
    {
      tw_anthropic_unsupported (error, "a tool call with a signature");
      return NULL;
    }
  arguments = tw_encode_arguments (part, error);
  if (arguments == NULL)
    return NULL;
  json = tw_encode_new_typed ("tool_use");
  cJSON_AddStringToObject (json, "id", part->id ?: "");
  cJSON_AddStringToObject (json, "name", part->name ?: "");
  cJSON_AddItemToObject (json, "input", arguments);
  return json;
}

static cJSON *
encode_tool_result (const TwPart *part)
{
  cJSON *json = tw_encode_new_typed ("tool_result");

  cJSON_AddStringToObject (json, "tool_use_id", part->id ?: "");
  cJSON_AddStringToObject (json, "content", part->text ?: "");
  return json;
}

/* As it came: the API checks the signature. */
static cJSON *
encode_reasoning (const TwPart *part, GError **error)
{
  const char *signature = part->signature;
  cJSON *json;

  if (signature == NULL)
    {
      tw_anthropic_unsupported (error, "reasoning without its signature");
      return NULL;
    }
  if (g_str_has_prefix (signature, TW_REDACTED_PREFIX))
    {
      json = tw_encode_new_typed ("redacted_thinking");
      cJSON_AddStringToObject (json, "data", signature + strlen (TW_REDACTED_PREFIX));
      return json;
    }
  json = tw_encode_new_typed ("thinking");
  cJSON_AddStringToObject (json, "thinking", part->text ?: "");
  cJSON_AddStringToObject (json, "signature", signature);
  return json;
}

static const char *
describe_misplaced (TwPartKind kind)
{
  switch (kind)
    {
    case TW_PART_TOOL_CALL:
      return "a tool call outside an assistant message";
    case TW_PART_TOOL_RESULT:
      return "a tool result in an assistant message";
    case TW_PART_REASONING:
      return "reasoning outside an assistant message";
    case TW_PART_TEXT:
    case TW_PART_IMAGE:
    case TW_PART_FILE:
    default:
      return "an image or file in an assistant message";
    }
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
  if (part->kind == TW_PART_REASONING && by_assistant)
    return encode_reasoning (part, error);
  tw_anthropic_unsupported (error, describe_misplaced (part->kind));
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
add_part (TwAnthropicCall *call, cJSON *messages, TwRole role, const TwPart *part, GError **error)
{
  cJSON *json = encode_part (role, part, error);

  if (json == NULL)
    return FALSE;
  cJSON_AddItemToArray (content_for (messages, role == TW_ROLE_ASSISTANT ? "assistant" : "user"),
                        json);
  if (part->cache != NULL && part->kind == TW_PART_REASONING)
    return tw_anthropic_unsupported (error, "a cache breakpoint after reasoning");
  return tw_anthropic_mark_cache (call, json, part->cache, error);
}

gboolean
tw_anthropic_add_message (TwAnthropicCall *call,
                          cJSON *messages,
                          const TwMessage *message,
                          GError **error)
{
  for (guint i = 0; i < message->parts->len; i++)
    {
      const TwPart *part = g_ptr_array_index (message->parts, i);

      /* The API refuses an empty text block. */
      if (is_empty_text (part) && part->cache != NULL)
        return tw_anthropic_unsupported (error, "a cache breakpoint after an empty text");
      if (!is_empty_text (part) && !add_part (call, messages, message->role, part, error))
        return FALSE;
    }
  return TRUE;
}
