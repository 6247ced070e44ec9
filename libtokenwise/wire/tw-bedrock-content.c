/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-bedrock-private.h"
#include "libtokenwise/wire/tw-encode-private.h"

#include <string.h>

#define DIALECT TW_BEDROCK_DIALECT

/* https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html */

/* The API takes 200; room for what makes a name another. */
#define MAX_NAME_BYTES 190

/* While the messages are written. */
typedef struct
{
  cJSON *messages;
  GHashTable *document_names; /* (element-type utf8): no two documents may have one name */
} Writer;

void
tw_bedrock_add_text (cJSON *blocks, const char *text)
{
  cJSON *block = cJSON_CreateObject ();

  cJSON_AddStringToObject (block, "text", text);
  cJSON_AddItemToArray (blocks, block);
}

/* Five minutes is what a point without ttl means, and not all models take a ttl. */
gboolean
tw_bedrock_add_cache_point (cJSON *blocks, const char *ttl, GError **error)
{
  cJSON *block, *point;

  if (ttl == NULL)
    return TRUE;
  if (!g_str_equal (ttl, "5m") && !g_str_equal (ttl, "1h"))
    return tw_encode_unsupported (error, DIALECT, "a cache lifetime but 5m and 1h");
  block = cJSON_CreateObject ();
  cJSON_AddItemToArray (blocks, block);
  point = cJSON_AddObjectToObject (block, "cachePoint");
  cJSON_AddStringToObject (point, "type", "default");
  if (g_str_equal (ttl, "1h"))
    cJSON_AddStringToObject (point, "ttl", ttl);
  return TRUE;
}

/* ---- images and documents ---- */

static gboolean
read_bytes (const TwPart *part, TwEncodedMedia *media, GError **error)
{
  if (!tw_encode_media (part, media, error))
    return FALSE;
  if (media->url == NULL)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_UNSUPPORTED,
               "The %s dialect cannot carry an image or file by URL; download it and give its "
               "bytes as “path” or “data”.",
               DIALECT);
  return FALSE;
}

static void
add_source (cJSON *json, const char *base64)
{
  cJSON_AddStringToObject (cJSON_AddObjectToObject (json, "source"), "bytes", base64);
}

static gboolean
add_image (cJSON *block, const TwPart *part, GError **error)
{
  g_auto (TwEncodedMedia) media = { 0 };
  cJSON *image;

  if (!read_bytes (part, &media, error) || !tw_encode_check_image (&media, DIALECT, error))
    return FALSE;
  if (part->detail != NULL && !g_str_equal (part->detail, "auto"))
    return tw_encode_unsupported (error, DIALECT, "an image's level of detail");
  image = cJSON_AddObjectToObject (block, "image");
  cJSON_AddStringToObject (image, "format", media.media_type + strlen ("image/"));
  add_source (image, media.data);
  return TRUE;
}

static const char *
find_format (const char *media_type)
{
  static const struct
  {
    const char *media_type;
    const char *format;
  } formats[] = {
    { "application/pdf", "pdf" },
    { "text/csv", "csv" },
    { "text/html", "html" },
    { "text/markdown", "md" },
    { "application/msword", "doc" },
    { "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx" },
    { "application/vnd.ms-excel", "xls" },
    { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_equal (media_type, formats[i].media_type))
      return formats[i].format;
  return g_str_has_prefix (media_type, "text/") ? "txt" : NULL;
}

/* A name is wanted, of letters, digits, hyphens, brackets and single spaces, and another for each
 * document. */
static char *
make_document_name (Writer *writer, const char *name)
{
  g_autofree char *clean
      = g_strndup (name != NULL && *name != '\0' ? name : "document", MAX_NAME_BYTES);
  char *unique;

  for (char *c = clean; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("()[]", *c) == NULL
        && (*c != ' ' || c == clean || c[-1] == ' '))
      *c = '-';
  unique = g_strdup (clean);
  for (guint n = 2; g_hash_table_contains (writer->document_names, unique); n++)
    {
      g_free (unique);
      unique = g_strdup_printf ("%s-%u", clean, n);
    }
  g_hash_table_add (writer->document_names, g_strdup (unique));
  return unique;
}

static gboolean
add_document (Writer *writer, cJSON *block, const TwPart *part, GError **error)
{
  g_auto (TwEncodedMedia) media = { 0 };
  g_autofree char *name = NULL;
  const char *format;
  cJSON *document;

  if (!read_bytes (part, &media, error))
    return FALSE;
  format = find_format (media.media_type);
  if (format == NULL)
    return tw_encode_unsupported (
        error, DIALECT, "a file that is none of PDF, text, HTML, CSV, Markdown, Word and Excel");
  name = make_document_name (writer, part->name);
  document = cJSON_AddObjectToObject (block, "document");
  cJSON_AddStringToObject (document, "format", format);
  cJSON_AddStringToObject (document, "name", name);
  add_source (document, media.data);
  return TRUE;
}

/* ---- tools and reasoning ---- */

static gboolean
add_tool_use (cJSON *block, const TwPart *part, GError **error)
{
  cJSON *arguments, *json;

  if (part->signature != NULL)
    return tw_encode_unsupported (error, DIALECT, "a tool call's signature");
  arguments = tw_encode_arguments (part, error);
  if (arguments == NULL)
    return FALSE;
  json = cJSON_AddObjectToObject (block, "toolUse");
  cJSON_AddStringToObject (json, "toolUseId", part->id ?: "");
  cJSON_AddStringToObject (json, "name", part->name ?: "");
  cJSON_AddItemToObject (json, "input", arguments);
  return TRUE;
}

static gboolean
add_tool_result (cJSON *block, const TwPart *part)
{
  cJSON *json = cJSON_AddObjectToObject (block, "toolResult");

  cJSON_AddStringToObject (json, "toolUseId", part->id ?: "");
  tw_bedrock_add_text (cJSON_AddArrayToObject (json, "content"), part->text ?: "");
  return TRUE;
}

/* Models that sign their reasoning want it back as it was; others have no signature. */
static gboolean
add_reasoning (cJSON *block, const TwPart *part)
{
  cJSON *reasoning = cJSON_AddObjectToObject (block, "reasoningContent");
  cJSON *json;

  if (part->signature != NULL && g_str_has_prefix (part->signature, TW_REDACTED_PREFIX))
    return cJSON_AddStringToObject (reasoning, "redactedContent",
                                    part->signature + strlen (TW_REDACTED_PREFIX))
           != NULL;
  json = cJSON_AddObjectToObject (reasoning, "reasoningText");
  cJSON_AddStringToObject (json, "text", part->text ?: "");
  if (part->signature != NULL)
    cJSON_AddStringToObject (json, "signature", part->signature);
  return TRUE;
}

/* ---- messages ---- */

static gboolean
refuse_part (TwPartKind kind, GError **error)
{
  static const char *const whats[] = {
    [TW_PART_IMAGE] = "an image in an assistant message",
    [TW_PART_FILE] = "a file in an assistant message",
    [TW_PART_TOOL_CALL] = "a tool call outside an assistant message",
    [TW_PART_TOOL_RESULT] = "a tool result in an assistant message",
    [TW_PART_REASONING] = "reasoning outside an assistant message",
  };

  return tw_encode_unsupported (error, DIALECT, whats[kind]);
}

static gboolean
fill_block (Writer *writer, cJSON *block, TwRole role, const TwPart *part, GError **error)
{
  gboolean is_answer = part->kind == TW_PART_TOOL_CALL || part->kind == TW_PART_REASONING;

  if (part->kind == TW_PART_TEXT)
    return cJSON_AddStringToObject (block, "text", part->text) != NULL;
  if (is_answer != (role == TW_ROLE_ASSISTANT))
    return refuse_part (part->kind, error);
  switch (part->kind)
    {
    case TW_PART_IMAGE:
      return add_image (block, part, error);
    case TW_PART_FILE:
      return add_document (writer, block, part, error);
    case TW_PART_TOOL_CALL:
      return add_tool_use (block, part, error);
    case TW_PART_TOOL_RESULT:
      return add_tool_result (block, part);
    default:
      return add_reasoning (block, part);
    }
}

/* The API refuses a text that is empty or all space, which models do write before a tool call. */
static gboolean
is_blank (const TwPart *part)
{
  return part->kind == TW_PART_TEXT
         && (part->text == NULL || part->text[strspn (part->text, " \t\r\n")] == '\0');
}

/* The content of the last message if it has that role, else of a new one: turns must alternate,
 * and the results of parallel calls must stand together. */
static cJSON *
content_for (Writer *writer, const char *role)
{
  cJSON *last = cJSON_GetArrayItem (writer->messages, cJSON_GetArraySize (writer->messages) - 1);
  cJSON *message;

  if (last != NULL && g_strcmp0 (tw_json_string (last, "role"), role) == 0)
    return tw_json_array (last, "content");
  message = cJSON_CreateObject ();
  cJSON_AddItemToArray (writer->messages, message);
  cJSON_AddStringToObject (message, "role", role);
  return cJSON_AddArrayToObject (message, "content");
}

static gboolean
add_part (Writer *writer, TwRole role, const TwPart *part, GError **error)
{
  g_autoptr (cJSON) block = NULL;
  cJSON *content;

  if (is_blank (part))
    return part->cache == NULL
           || tw_encode_unsupported (error, DIALECT, "a cache breakpoint on an empty text");
  block = cJSON_CreateObject ();
  if (!fill_block (writer, block, role, part, error))
    return FALSE;
  content = content_for (writer, role == TW_ROLE_ASSISTANT ? "assistant" : "user");
  cJSON_AddItemToArray (content, g_steal_pointer (&block));
  return tw_bedrock_add_cache_point (content, part->cache, error);
}

static gboolean
add_message (Writer *writer, const TwMessage *message, GError **error)
{
  if (message->role == TW_ROLE_SYSTEM)
    return tw_encode_unsupported (error, DIALECT, "instructions among the messages");
  for (guint i = 0; i < message->parts->len; i++)
    if (!add_part (writer, message->role, g_ptr_array_index (message->parts, i), error))
      return FALSE;
  return TRUE;
}

gboolean
tw_bedrock_add_messages (cJSON *body, TwRequest *request, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Writer writer = { cJSON_AddArrayToObject (body, "messages"), names };

  for (guint i = 0; i < request->messages->len; i++)
    if (!add_message (&writer, g_ptr_array_index (request->messages, i), error))
      return FALSE;
  if (cJSON_GetArraySize (writer.messages) > 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The request's messages are empty; add a text.");
  return FALSE;
}
