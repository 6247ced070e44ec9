/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-encode-private.h"
#include "libtokenwise/wire/tw-openai-responses-private.h"

#define DIALECT "openai-responses"

/* The input of a Responses request is a list of items: messages, and beside them the calls, their
 * results and the reasoning, each an item of its own. */

#define MAX_BREAKPOINTS 4

typedef struct
{
  const TwWireTarget *target;
  cJSON *items;
  guint n_breakpoints;
} Input;

static cJSON *
add_typed (cJSON *list, const char *type)
{
  cJSON *json = cJSON_CreateObject ();

  cJSON_AddStringToObject (json, "type", type);
  cJSON_AddItemToArray (list, json);
  return json;
}

/* ---- content ---- */

/* The mark is the exact end of a prefix to keep; how long it is kept is one value for all. */
static gboolean
add_breakpoint (Input *self, cJSON *json, const char *cache, GError **error)
{
  if (cache == NULL)
    return TRUE;
  if (!tw_openai_responses_is_openai (self->target))
    return tw_encode_unsupported (error, DIALECT, "a cache breakpoint to this provider");
  if (g_strcmp0 (cache, "30m") != 0)
    return tw_encode_unsupported (error, DIALECT, "a cache lifetime other than 30m");
  if (++self->n_breakpoints > MAX_BREAKPOINTS)
    return tw_encode_unsupported (error, DIALECT, "more than four cache breakpoints");
  cJSON_AddStringToObject (cJSON_AddObjectToObject (json, "prompt_cache_breakpoint"), "mode",
                           "explicit");
  return TRUE;
}

static void
add_text (cJSON *json, const char *text)
{
  cJSON_AddStringToObject (json, "type", "input_text");
  cJSON_AddStringToObject (json, "text", text ?: "");
}

static char *
media_to_url (const TwEncodedMedia *media)
{
  return media->url != NULL
             ? g_strdup (media->url)
             : g_strconcat ("data:", media->media_type, ";base64,", media->data, NULL);
}

static gboolean
encode_image (cJSON *json, const TwPart *part, GError **error)
{
  g_auto (TwEncodedMedia) media = { 0 };
  g_autofree char *url = NULL;

  if (!tw_encode_media (part, &media, error) || !tw_encode_check_image (&media, DIALECT, error))
    return FALSE;
  url = media_to_url (&media);
  cJSON_AddStringToObject (json, "type", "input_image");
  /* The API's schema requires it, though the API has a default. */
  cJSON_AddStringToObject (json, "detail", part->detail ?: "auto");
  cJSON_AddStringToObject (json, "image_url", url);
  return TRUE;
}

static gboolean
encode_file (cJSON *json, const TwPart *part, GError **error)
{
  g_auto (TwEncodedMedia) media = { 0 };
  g_autofree char *url = NULL;

  if (!tw_encode_media (part, &media, error))
    return FALSE;
  url = media_to_url (&media);
  cJSON_AddStringToObject (json, "type", "input_file");
  /* A name goes with data only: the API takes it from the URL. */
  if (media.url == NULL)
    cJSON_AddStringToObject (json, "filename", part->name ?: "file");
  cJSON_AddStringToObject (json, media.url != NULL ? "file_url" : "file_data", url);
  return TRUE;
}

static gboolean
refuse_part (const TwPart *part, GError **error)
{
  if (part->kind == TW_PART_TOOL_CALL)
    return tw_encode_unsupported (error, DIALECT, "a tool call outside an assistant message");
  if (part->kind == TW_PART_REASONING)
    return tw_encode_unsupported (error, DIALECT, "reasoning outside an assistant message");
  if (part->kind == TW_PART_TOOL_RESULT)
    return tw_encode_unsupported (error, DIALECT, "a tool result in an assistant message");
  if (part->kind == TW_PART_TEXT)
    return tw_encode_unsupported (error, DIALECT, "text outside a tool result in a tool message");
  return tw_encode_unsupported (error, DIALECT, "an image or file outside a user message");
}

static cJSON *
encode_content_part (Input *self, TwRole role, const TwPart *part, GError **error)
{
  g_autoptr (cJSON) json = cJSON_CreateObject ();
  gboolean encoded = TRUE;

  if (part->kind == TW_PART_TEXT && role != TW_ROLE_TOOL)
    add_text (json, part->text);
  else if (part->kind == TW_PART_IMAGE && role == TW_ROLE_USER)
    encoded = encode_image (json, part, error);
  else if (part->kind == TW_PART_FILE && role == TW_ROLE_USER)
    encoded = encode_file (json, part, error);
  else
    encoded = refuse_part (part, error);
  if (!encoded || !add_breakpoint (self, json, part->cache, error))
    return NULL;
  return g_steal_pointer (&json);
}

/* ---- items ---- */

static cJSON *
add_message (Input *self, const char *role)
{
  cJSON *message = cJSON_CreateObject ();

  cJSON_AddStringToObject (message, "role", role);
  cJSON_AddItemToArray (self->items, message);
  return message;
}

/* One unmarked text is a string, as all servers read it; a list is for what needs one. */
static void
add_content (cJSON *message, cJSON *take_content)
{
  g_autoptr (cJSON) content = take_content;
  const cJSON *only = cJSON_GetArraySize (content) == 1 ? content->child : NULL;
  const char *text = tw_json_string (only, "text");

  if (text != NULL && tw_json_object (only, "prompt_cache_breakpoint") == NULL)
    cJSON_AddStringToObject (message, "content", text);
  else
    cJSON_AddItemToObject (message, "content", g_steal_pointer (&content));
}

static gboolean
add_tool_result (Input *self, const TwPart *part, GError **error)
{
  cJSON *item = add_typed (self->items, "function_call_output");
  cJSON *text;

  cJSON_AddStringToObject (item, "call_id", part->id ?: "");
  if (part->cache == NULL)
    {
      cJSON_AddStringToObject (item, "output", part->text ?: "");
      return TRUE;
    }
  text = cJSON_CreateObject ();
  cJSON_AddItemToArray (cJSON_AddArrayToObject (item, "output"), text);
  add_text (text, part->text);
  return add_breakpoint (self, text, part->cache, error);
}

static gboolean
add_tool_call (Input *self, const TwPart *part, GError **error)
{
  g_autoptr (cJSON) arguments = tw_encode_arguments (part, error);
  g_autofree char *text = NULL;
  cJSON *item;

  if (arguments == NULL)
    return FALSE;
  if (part->signature != NULL)
    return tw_encode_unsupported (error, DIALECT, "a tool call with a signature");
  text = tw_json_print (arguments);
  item = add_typed (self->items, "function_call");
  cJSON_AddStringToObject (item, "call_id", part->id ?: "");
  cJSON_AddStringToObject (item, "name", part->name ?: "");
  cJSON_AddStringToObject (item, "arguments", text);
  return TRUE;
}

/* The signature is the encrypted content, or an object that has the item's id with it. */
static void
add_signature (cJSON *item, const char *signature)
{
  g_autoptr (cJSON) both
      = *signature == '{' ? tw_json_parse (signature, -1, TW_LIMIT_REQUEST_BYTES, NULL) : NULL;
  const char *id = tw_json_string (both, "id");
  const char *encrypted = tw_json_string (both, "encrypted_content");

  if (id != NULL)
    cJSON_AddStringToObject (item, "id", id);
  cJSON_AddStringToObject (item, "encrypted_content", encrypted ?: signature);
}

/* What was thought comes back as its summary, with the whole of it encrypted; servers that show all
 * of it want all of it. */
static gboolean
add_reasoning (Input *self, const TwPart *part, GError **error)
{
  gboolean is_signed = part->signature != NULL && *part->signature != '\0';
  gboolean has_text = part->text != NULL && *part->text != '\0';
  cJSON *item, *list, *text;

  if (!is_signed && tw_openai_responses_is_openai (self->target))
    return tw_encode_unsupported (error, DIALECT, "reasoning without its signature");
  if (is_signed && g_str_has_prefix (part->signature, TW_REDACTED_PREFIX))
    return tw_encode_unsupported (error, DIALECT, "reasoning that another provider hid");
  item = add_typed (self->items, "reasoning");
  if (is_signed)
    add_signature (item, part->signature);
  list = cJSON_AddArrayToObject (item, "summary");
  if (!is_signed)
    list = cJSON_AddArrayToObject (item, "content");
  if (!has_text)
    return TRUE;
  text = add_typed (list, is_signed ? "summary_text" : "reasoning_text");
  cJSON_AddStringToObject (text, "text", part->text);
  return TRUE;
}

/* In the order of the parts: the API wants reasoning right before what came of it. */
static gboolean
add_assistant_part (Input *self, const TwPart *part, GError **error)
{
  if (part->cache != NULL)
    return tw_encode_unsupported (error, DIALECT, "a cache breakpoint in an assistant message");
  if (part->kind == TW_PART_REASONING)
    return add_reasoning (self, part, error);
  if (part->kind == TW_PART_TOOL_CALL)
    return add_tool_call (self, part, error);
  if (part->kind != TW_PART_TEXT)
    return refuse_part (part, error);
  cJSON_AddStringToObject (add_message (self, "assistant"), "content", part->text ?: "");
  return TRUE;
}

static gboolean
add_assistant (Input *self, const TwMessage *message, GError **error)
{
  for (guint i = 0; i < message->parts->len; i++)
    if (!add_assistant_part (self, g_ptr_array_index (message->parts, i), error))
      return FALSE;
  return TRUE;
}

/* Results of tools are items of their own, and follow the calls at once. */
static gboolean
add_other_message (Input *self, const TwMessage *message, const char *role, GError **error)
{
  g_autoptr (cJSON) content = cJSON_CreateArray ();

  for (guint i = 0; i < message->parts->len; i++)
    {
      const TwPart *part = g_ptr_array_index (message->parts, i);
      cJSON *json = NULL;

      if (part->kind == TW_PART_TOOL_RESULT)
        {
          if (!add_tool_result (self, part, error))
            return FALSE;
          continue;
        }
      json = encode_content_part (self, message->role, part, error);
      if (json == NULL)
        return FALSE;
      cJSON_AddItemToArray (content, json);
    }
  if (cJSON_GetArraySize (content) > 0)
    add_content (add_message (self, role), g_steal_pointer (&content));
  return TRUE;
}

/* Instructions are a string, which has no place for a mark. */
static gboolean
add_system (Input *self, cJSON *body, TwRequest *request, const char *role, GError **error)
{
  cJSON *content, *text;

  if (request->system == NULL || *request->system == '\0')
    return TRUE;
  if (request->cache_system == NULL)
    {
      cJSON_AddStringToObject (body, "instructions", request->system);
      return TRUE;
    }
  content = cJSON_AddArrayToObject (add_message (self, role), "content");
  text = cJSON_CreateObject ();
  cJSON_AddItemToArray (content, text);
  add_text (text, request->system);
  return add_breakpoint (self, text, request->cache_system, error);
}

static gboolean
add_items (Input *self, cJSON *body, TwRequest *request, GError **error)
{
  /* OpenAI's reasoning models call instructions "developer"; other servers do not know it. */
  gboolean is_developer = self->target->reasoning && tw_openai_responses_is_openai (self->target);
  const char *system = is_developer ? "developer" : "system";

  if (!add_system (self, body, request, system, error))
    return FALSE;
  for (guint i = 0; i < request->messages->len; i++)
    {
      const TwMessage *message = g_ptr_array_index (request->messages, i);
      const char *role
          = message->role == TW_ROLE_SYSTEM ? system : tw_role_to_string (message->role);

      if (message->role == TW_ROLE_ASSISTANT ? !add_assistant (self, message, error)
                                             : !add_other_message (self, message, role, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
tw_openai_responses_add_input (cJSON *body,
                               TwRequest *request,
                               const TwWireTarget *target,
                               guint *ret_n_breakpoints,
                               GError **error)
{
  g_autoptr (cJSON) items = cJSON_CreateArray ();
  Input input = { .target = target, .items = items };

  if (!add_items (&input, body, request, error))
    return FALSE;
  *ret_n_breakpoints = input.n_breakpoints;
  cJSON_AddItemToObject (body, "input", g_steal_pointer (&items));
  return TRUE;
}
