/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

/* The dialects differ in the names of their members and hardly in their shape, so that one reader
 * that knows all the names does for all. */

#define TTL_5M 300
#define TTL_30M 1800
#define TTL_1H 3600

typedef struct
{
  TwSandboxCount count;
  gpointer user_data;
  GPtrArray *blocks;
} Reader;

static void
block_free (gpointer data)
{
  TwSandboxBlock *block = data;

  g_free (block->frame);
  g_free (block->text);
  g_free (block);
}

/* NULL, which has no items, for anything else: the members of an object are no list. */
static const cJSON *
as_list (const cJSON *json)
{
  return cJSON_IsArray (json) ? json : NULL;
}

static void
append (GString *text, const char *more)
{
  if (more == NULL || *more == '\0')
    return;
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, more);
}

/* Arguments of a call and the like: read by the model as JSON. */
static void
append_json (GString *text, const cJSON *json)
{
  g_autofree char *printed = json == NULL || cJSON_IsString (json) ? NULL : tw_json_print (json);

  append (text, printed != NULL ? printed : cJSON_GetStringValue (json));
}

/* All that a model reads of a part; the parser has limited the depth. */
static void
collect_text (GString *text, const cJSON *json)
{
  static const char *const nested[]
      = { "text",       "thinking",         "content",       "parts",  "summary",
          "toolResult", "reasoningContent", "reasoningText", "output", "tool_plan" };
  static const char *const printed[]
      = { "input",        "arguments",        "args",      "response", "json", "toolUse",
          "functionCall", "functionResponse", "tool_calls" };
  const cJSON *item;

  if (cJSON_IsString (json))
    append (text, json->valuestring);
  else if (cJSON_IsArray (json))
    cJSON_ArrayForEach (item, json)
    {
      collect_text (text, item);
    }
  for (guint i = 0; cJSON_IsObject (json) && i < G_N_ELEMENTS (nested); i++)
    collect_text (text, cJSON_GetObjectItemCaseSensitive (json, nested[i]));
  for (guint i = 0; cJSON_IsObject (json) && i < G_N_ELEMENTS (printed); i++)
    append_json (text, cJSON_GetObjectItemCaseSensitive (json, printed[i]));
}

static guint
read_ttl (const cJSON *mark)
{
  return g_strcmp0 (tw_json_string (mark, "ttl"), "1h") == 0 ? TTL_1H : TTL_5M;
}

/* The breakpoint on a part, under the names of Anthropic and of OpenAI. */
static guint
find_ttl (const cJSON *part)
{
  const cJSON *mark = tw_json_object (part, "cache_control");

  if (mark != NULL)
    return read_ttl (mark);
  return tw_json_object (part, "prompt_cache_breakpoint") != NULL ? TTL_30M : 0;
}

/* Whatever the part holds besides its text, as a digest: images are long. A mark may be moved from
 * turn to turn and changes nothing. */
static char *
make_frame (const char *role, const cJSON *part)
{
  g_autoptr (cJSON) copy = cJSON_Duplicate (part, TRUE);
  g_autofree char *json = NULL, *digest = NULL;

  cJSON_DeleteItemFromObjectCaseSensitive (copy, "cache_control");
  cJSON_DeleteItemFromObjectCaseSensitive (copy, "prompt_cache_breakpoint");
  cJSON_DeleteItemFromObjectCaseSensitive (copy, "text");
  json = tw_json_print (copy);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, json, -1);
  return g_strconcat (role, " ", digest, NULL);
}

static void
add_block (Reader *self, const char *role, const cJSON *part, GString *take_text)
{
  TwSandboxBlock *block = g_new0 (TwSandboxBlock, 1);

  block->frame = cJSON_IsObject (part) ? make_frame (role, part) : g_strdup (role);
  block->tokens
      = take_text->len > 0 ? self->count (take_text->str, take_text->len, self->user_data) : 0;
  block->ttl_seconds = find_ttl (part);
  block->text = g_string_free (take_text, FALSE);
  g_ptr_array_add (self->blocks, block);
}

/* A part, or the cache point of Bedrock, which marks the part before it. */
static void
add_part (Reader *self, const char *role, const cJSON *part)
{
  const cJSON *point = tw_json_object (part, "cachePoint");
  GString *text;

  if (point != NULL && self->blocks->len > 0)
    {
      TwSandboxBlock *last = g_ptr_array_index (self->blocks, self->blocks->len - 1);

      last->ttl_seconds = read_ttl (point);
    }
  if (point != NULL)
    return;
  text = g_string_new (NULL);
  collect_text (text, part);
  add_block (self, role, part, text);
}

static void
add_content (Reader *self, const char *role, const cJSON *content)
{
  const cJSON *part;

  if (cJSON_IsString (content))
    add_part (self, role, content);
  cJSON_ArrayForEach (part, as_list (content))
  {
    add_part (self, role, part);
  }
}

static void
add_message (Reader *self, const cJSON *message)
{
  const char *role = tw_json_string (message, "role");
  const cJSON *content = cJSON_GetObjectItemCaseSensitive (message, "content")
                             ?: cJSON_GetObjectItemCaseSensitive (message, "parts");
  const cJSON *calls = tw_json_array (message, "tool_calls");

  if (content == NULL && calls == NULL)
    {
      /* An item of Responses that is no message. */
      add_part (self, role != NULL ? role : "item", message);
      return;
    }
  add_content (self, role != NULL ? role : "user", content);
  if (calls != NULL)
    {
      GString *text = g_string_new (NULL);

      append_json (text, calls);
      add_block (self, "calls", NULL, text);
    }
}

static void
add_tools (Reader *self, const cJSON *tools)
{
  const cJSON *tool;

  cJSON_ArrayForEach (tool, tools)
  {
    g_autoptr (cJSON) copy = cJSON_Duplicate (tool, TRUE);
    GString *text = g_string_new (NULL);

    if (tw_json_object (tool, "cachePoint") != NULL)
      {
        g_string_free (text, TRUE);
        add_part (self, "tool", tool);
        continue;
      }
    cJSON_DeleteItemFromObjectCaseSensitive (copy, "cache_control");
    append_json (text, copy);
    add_block (self, "tool", NULL, text);
    ((TwSandboxBlock *) g_ptr_array_index (self->blocks, self->blocks->len - 1))->ttl_seconds
        = find_ttl (tool);
  }
}

static void
add_system (Reader *self, const cJSON *json)
{
  const cJSON *gemini = tw_json_object (json, "systemInstruction");

  add_content (self, "system", cJSON_GetObjectItemCaseSensitive (json, "system"));
  add_content (self, "system", cJSON_GetObjectItemCaseSensitive (json, "instructions"));
  add_content (self, "system", cJSON_GetObjectItemCaseSensitive (gemini, "parts"));
}

static const cJSON *
find_messages (const cJSON *json)
{
  return cJSON_GetObjectItemCaseSensitive (json, "messages")
             ?: cJSON_GetObjectItemCaseSensitive (json, "contents")
             ?: cJSON_GetObjectItemCaseSensitive (json, "input");
}

GPtrArray *
tw_sandbox_blocks_new (const cJSON *json, TwSandboxCount count, gpointer user_data)
{
  Reader reader = { count, user_data, g_ptr_array_new_with_free_func (block_free) };
  const cJSON *messages = find_messages (json);
  const cJSON *message;

  add_tools (&reader, tw_json_array (json, "tools"));
  add_tools (&reader, tw_json_array (tw_json_object (json, "toolConfig"), "tools"));
  add_tools (&reader, tw_json_array (json, "documents"));
  add_system (&reader, json);
  if (cJSON_IsString (messages))
    add_content (&reader, "user", messages);
  cJSON_ArrayForEach (message, as_list (messages))
  {
    add_message (&reader, message);
  }
  /* Anthropic's automatic caching: the mark is on the request, and means its last block. */
  if (find_ttl (json) != 0 && reader.blocks->len > 0)
    ((TwSandboxBlock *) g_ptr_array_index (reader.blocks, reader.blocks->len - 1))->ttl_seconds
        = find_ttl (json);
  return reader.blocks;
}

static void
add_user_text (GString *text, const cJSON *content)
{
  const cJSON *part;

  append (text, cJSON_GetStringValue (content));
  cJSON_ArrayForEach (part, as_list (content))
  {
    append (text, tw_json_string (part, "text"));
  }
}

char *
tw_sandbox_blocks_find_last_user (const cJSON *messages)
{
  g_autoptr (GString) last = g_string_new (cJSON_GetStringValue (messages));
  const cJSON *message;

  cJSON_ArrayForEach (message, as_list (messages))
  {
    g_autoptr (GString) text = g_string_new (NULL);
    const char *role = tw_json_string (message, "role");

    /* Gemini takes a message without a role for the user's. */
    if (g_strcmp0 (role, "user") != 0
        && !(role == NULL && tw_json_array (message, "parts") != NULL))
      continue;
    add_user_text (text, cJSON_GetObjectItemCaseSensitive (message, "content"));
    add_user_text (text, cJSON_GetObjectItemCaseSensitive (message, "parts"));
    if (text->len > 0)
      g_string_assign (last, text->str);
  }
  return g_string_free (g_steal_pointer (&last), FALSE);
}
