/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-encode-private.h"
#include "libtokenwise/wire/tw-openai-chat-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"

#include <string.h>

/* Reasoning that is sent back: a string where the server shows it as one; at OpenRouter the very
 * objects it sent, since the maker behind it checks them. */

/* What the object said besides the text is the signature of the part. */
char *
tw_chat_reasoning_signature (const cJSON *detail)
{
  const char *type = tw_json_string (detail, "type");
  g_autoptr (cJSON) rest = NULL;
  g_autofree char *text = NULL;

  if (tw_wire_json_text (detail, "signature") == NULL && tw_wire_json_text (detail, "data") == NULL)
    return NULL;
  rest = cJSON_Duplicate (detail, TRUE);
  cJSON_DeleteItemFromObjectCaseSensitive (rest, "text");
  text = tw_json_print (rest);
  return g_strconcat (g_strcmp0 (type, "reasoning.encrypted") == 0 ? TW_REDACTED_PREFIX : "", text,
                      NULL);
}

static cJSON *
encode_detail (const TwPart *part)
{
  const char *signature = part->signature ?: "";
  gboolean hidden = g_str_has_prefix (signature, TW_REDACTED_PREFIX);
  const char *rest = hidden ? signature + strlen (TW_REDACTED_PREFIX) : signature;
  cJSON *json = tw_json_parse (rest, -1, TW_LIMIT_REQUEST_BYTES, NULL);

  if (!cJSON_IsObject (json))
    {
      /* From the maker itself. */
      g_clear_pointer (&json, cJSON_Delete);
      json = tw_encode_new_typed (hidden ? "reasoning.encrypted" : "reasoning.text");
      if (*rest != '\0')
        cJSON_AddStringToObject (json, hidden ? "data" : "signature", rest);
    }
  if (!hidden)
    cJSON_AddStringToObject (json, "text", part->text ?: "");
  return json;
}

static gboolean
add_as_text (GString *text, const TwPart *part, GError **error)
{
  if (part->signature != NULL)
    return tw_chat_unsupported (error, "reasoning that its provider signed to this one");
  g_string_append (text, part->text);
  return TRUE;
}

static gboolean
add_part (const TwChatCall *call, const TwPart *part, GString *text, cJSON *details, GError **error)
{
  if (part->cache != NULL)
    return tw_chat_unsupported (error, "a cache breakpoint after reasoning");
  if (call->provider->reasoning == NULL)
    return tw_chat_unsupported (error, "reasoning back to this provider");
  if (!g_str_equal (call->provider->reasoning, "reasoning_details"))
    return add_as_text (text, part, error);
  cJSON_AddItemToArray (details, encode_detail (part));
  return TRUE;
}

gboolean
tw_chat_add_reasoning (const TwChatCall *call,
                       cJSON *json,
                       const TwMessage *message,
                       GError **error)
{
  const char *key = call->provider->reasoning;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (cJSON) details = cJSON_CreateArray ();

  for (guint i = 0; i < message->parts->len; i++)
    {
      const TwPart *part = g_ptr_array_index (message->parts, i);

      if (part->kind == TW_PART_REASONING && !add_part (call, part, text, details, error))
        return FALSE;
    }
  if (cJSON_GetArraySize (details) > 0)
    cJSON_AddItemToObject (json, key, g_steal_pointer (&details));
  else if (text->len > 0 && !g_str_equal (key, "content"))
    cJSON_AddStringToObject (json, key, text->str);
  return TRUE;
}
