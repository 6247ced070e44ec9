/* SPDX-License-Identifier: MIT */
#include "libtokenwise/message/tw-request-reader-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

#include <string.h>

/* Reads a picture or document so that what is counted is what is sent. */
static gboolean
load_path (TwPart *part, const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *content_type = NULL;

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL,
                            NULL);
  if (info != NULL && g_file_info_get_size (info) > TW_LIMIT_REQUEST_BYTES)
    return tw_request_refuse (error, "The file %s is larger than 32 MiB; attach a smaller one.",
                              path);
  bytes = info != NULL ? g_file_load_bytes (file, NULL, NULL, NULL) : NULL;
  if (bytes == NULL)
    return tw_request_refuse (error, "The file %s cannot be read; check its name.", path);
  if (part->media_type == NULL)
    {
      content_type = g_content_type_guess (path, g_bytes_get_data (bytes, NULL),
                                           g_bytes_get_size (bytes), NULL);
      part->media_type = g_content_type_get_mime_type (content_type);
    }
  if (part->name == NULL)
    part->name = g_file_get_basename (file);
  part->data = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return TRUE;
}

static gboolean
read_media (TwPart *part, const cJSON *json, GError **error)
{
  g_autofree char *path = NULL;

  if (!tw_request_read_string (json, "path", &path, error)
      || !tw_request_read_string (json, "url", &part->url, error)
      || !tw_request_read_string (json, "data", &part->data, error)
      || !tw_request_read_string (json, "media_type", &part->media_type, error)
      || !tw_request_read_string (json, "name", &part->name, error))
    return FALSE;
  if ((path != NULL) + (part->url != NULL) + (part->data != NULL) != 1)
    return tw_request_refuse (error,
                              "An image or file part needs one of “path”, “url” and “data”.");
  if (part->data != NULL && part->media_type == NULL)
    return tw_request_refuse (error, "A part with “data” needs a “media_type”, such as image/png.");
  return path == NULL || load_path (part, path, error);
}

static gboolean
read_image (TwPart *part, const cJSON *json, GError **error)
{
  static const char *const keys[]
      = { "type", "path", "url", "data", "media_type", "name", "detail", "cache", NULL };
  static const char *const details[] = { "auto", "low", "high", "original", NULL };

  return tw_request_check_keys (json, keys, "An image part", error)
         && read_media (part, json, error)
         && tw_request_read_word (json, "detail", details, &part->detail, error);
}

static gboolean
read_file (TwPart *part, const cJSON *json, GError **error)
{
  static const char *const keys[]
      = { "type", "path", "url", "data", "media_type", "name", "cache", NULL };

  return tw_request_check_keys (json, keys, "A file part", error) && read_media (part, json, error);
}

static gboolean
read_tool_call (TwPart *part, const cJSON *json, GError **error)
{
  static const char *const keys[]
      = { "type", "id", "name", "arguments", "signature", "cache", NULL };
  const cJSON *arguments = cJSON_GetObjectItemCaseSensitive (json, "arguments");

  if (!tw_request_check_keys (json, keys, "A tool call", error)
      || !tw_request_read_string (json, "id", &part->id, error)
      || !tw_request_read_string (json, "name", &part->name, error)
      || !tw_request_read_string (json, "signature", &part->signature, error))
    return FALSE;
  if (part->id == NULL || part->name == NULL)
    return tw_request_refuse (error, "A tool call needs “id” and “name”.");
  if (cJSON_IsString (arguments))
    part->arguments = g_strdup (arguments->valuestring);
  else if (cJSON_IsObject (arguments))
    part->arguments = tw_json_print (arguments);
  else
    part->arguments = g_strdup ("{}");
  return TRUE;
}

static gboolean
read_tool_result (TwPart *part, const cJSON *json, GError **error)
{
  static const char *const keys[] = { "type", "id", "content", "cache", NULL };

  if (!tw_request_check_keys (json, keys, "A tool result", error)
      || !tw_request_read_string (json, "id", &part->id, error)
      || !tw_request_read_string (json, "content", &part->text, error))
    return FALSE;
  if (part->id == NULL || part->text == NULL)
    return tw_request_refuse (error, "A tool result needs “id” and “content”.");
  return TRUE;
}

static gboolean
read_text_part (TwPart *part, const cJSON *json, GError **error)
{
  static const char *const keys[] = { "type", "text", "cache", NULL };

  if (!tw_request_check_keys (json, keys, "A text part", error)
      || !tw_request_read_string (json, "text", &part->text, error))
    return FALSE;
  return part->text != NULL || tw_request_refuse (error, "A text part needs “text”.");
}

/* A signature without text is reasoning that its provider does not show. */
static gboolean
read_reasoning (TwPart *part, const cJSON *json, GError **error)
{
  static const char *const keys[] = { "type", "text", "signature", "cache", NULL };

  if (!tw_request_check_keys (json, keys, "A reasoning part", error)
      || !tw_request_read_string (json, "text", &part->text, error)
      || !tw_request_read_string (json, "signature", &part->signature, error))
    return FALSE;
  if (part->text == NULL && part->signature == NULL)
    return tw_request_refuse (error, "A reasoning part needs “text”, “signature” or both.");
  part->text = part->text ?: g_strdup ("");
  return TRUE;
}

typedef gboolean (*PartReader) (TwPart *part, const cJSON *json, GError **error);

static const struct
{
  const char *type;
  TwPartKind kind;
  PartReader read;
} part_readers[] = {
  { "text", TW_PART_TEXT, read_text_part },
  { "image", TW_PART_IMAGE, read_image },
  { "file", TW_PART_FILE, read_file },
  { "tool_call", TW_PART_TOOL_CALL, read_tool_call },
  { "tool_result", TW_PART_TOOL_RESULT, read_tool_result },
  { "reasoning", TW_PART_REASONING, read_reasoning },
};

gboolean
tw_request_read_part (TwMessage *message, const cJSON *json, GError **error)
{
  const char *type = tw_json_string (json, "type");

  for (guint i = 0; type != NULL && i < G_N_ELEMENTS (part_readers); i++)
    if (strcmp (type, part_readers[i].type) == 0)
      {
        TwPart *part = tw_part_new (part_readers[i].kind);

        g_ptr_array_add (message->parts, part);
        return part_readers[i].read (part, json, error)
               && tw_request_read_lifetime (json, "cache", &part->cache, error);
      }
  return tw_request_refuse (
      error,
      "A part has the unknown type “%.60s”; use text, image, file, tool_call, "
      "tool_result or reasoning.",
      type != NULL ? type : "");
}
