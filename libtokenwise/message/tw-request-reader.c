/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/message/tw-request-private.h"

#include <string.h>

/* The request file: one JSON shape for a request, everywhere. Unknown keys are errors that name the
 * key, because a misspelt limit that is silently ignored costs money. */

static gboolean fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (TW_ERROR, TW_ERROR_INVALID_INPUT, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
check_keys (const cJSON *object, const char *const *allowed, const char *where, GError **error)
{
  const char *unknown = tw_json_unknown_key (object, allowed);

  if (unknown == NULL)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "%s has an unknown key “%.60s”; correct or remove it.", where, unknown);
  return FALSE;
}

/* An absent or null member leaves ret_text alone; anything but a string is an error. */
static gboolean
read_string (const cJSON *object, const char *key, char **ret_text, GError **error)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (object, key);

  if (item == NULL || cJSON_IsNull (item))
    return TRUE;
  if (!cJSON_IsString (item))
    return fail (error, "The request's “%s” is not a string.", key);
  g_free (*ret_text);
  *ret_text = g_strdup (item->valuestring);
  return TRUE;
}

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
    return fail (error, "The file %s is larger than 32 MiB; attach a smaller one.", path);
  bytes = info != NULL ? g_file_load_bytes (file, NULL, NULL, NULL) : NULL;
  if (bytes == NULL)
    return fail (error, "The file %s cannot be read; check its name.", path);
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
  static const char *const keys[] = { "type", "path", "url", "data", "media_type", "name", NULL };
  g_autofree char *path = NULL;

  if (!check_keys (json, keys, "An image or file part", error)
      || !read_string (json, "path", &path, error) || !read_string (json, "url", &part->url, error)
      || !read_string (json, "data", &part->data, error)
      || !read_string (json, "media_type", &part->media_type, error)
      || !read_string (json, "name", &part->name, error))
    return FALSE;
  if ((path != NULL) + (part->url != NULL) + (part->data != NULL) != 1)
    return fail (error, "An image or file part needs one of “path”, “url” and “data”.");
  if (part->data != NULL && part->media_type == NULL)
    return fail (error, "A part with “data” needs a “media_type”, such as image/png.");
  return path == NULL || load_path (part, path, error);
}

static gboolean
read_tool_call (TwPart *part, const cJSON *json, GError **error)
{
  static const char *const keys[] = { "type", "id", "name", "arguments", NULL };
  const cJSON *arguments = cJSON_GetObjectItemCaseSensitive (json, "arguments");

  if (!check_keys (json, keys, "A tool call", error) || !read_string (json, "id", &part->id, error)
      || !read_string (json, "name", &part->name, error))
    return FALSE;
  if (part->id == NULL || part->name == NULL)
    return fail (error, "A tool call needs “id” and “name”.");
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
  static const char *const keys[] = { "type", "id", "content", NULL };

  if (!check_keys (json, keys, "A tool result", error)
      || !read_string (json, "id", &part->id, error)
      || !read_string (json, "content", &part->text, error))
    return FALSE;
  if (part->id == NULL || part->text == NULL)
    return fail (error, "A tool result needs “id” and “content”.");
  return TRUE;
}

static gboolean
read_text_part (TwPart *part, const cJSON *json, GError **error)
{
  static const char *const keys[] = { "type", "text", NULL };

  if (!check_keys (json, keys, "A text part", error)
      || !read_string (json, "text", &part->text, error))
    return FALSE;
  return part->text != NULL || fail (error, "A text part needs “text”.");
}

typedef gboolean (*PartReader) (TwPart *part, const cJSON *json, GError **error);

static const struct
{
  const char *type;
  TwPartKind kind;
  PartReader read;
} part_readers[] = {
  { "text", TW_PART_TEXT, read_text_part },
  { "image", TW_PART_IMAGE, read_media },
  { "file", TW_PART_FILE, read_media },
  { "tool_call", TW_PART_TOOL_CALL, read_tool_call },
  { "tool_result", TW_PART_TOOL_RESULT, read_tool_result },
};

static gboolean
read_part (TwMessage *message, const cJSON *json, GError **error)
{
  const char *type = tw_json_string (json, "type");

  for (guint i = 0; type != NULL && i < G_N_ELEMENTS (part_readers); i++)
    if (strcmp (type, part_readers[i].type) == 0)
      {
        TwPart *part = tw_part_new (part_readers[i].kind);

        g_ptr_array_add (message->parts, part);
        return part_readers[i].read (part, json, error);
      }
  return fail (error,
               "A part has the unknown type “%.60s”; use text, image, file, tool_call or "
               "tool_result.",
               type != NULL ? type : "");
}

static gboolean
read_role (const cJSON *json, TwRole *ret_role, GError **error)
{
  const char *name = tw_json_string (json, "role");

  for (TwRole role = TW_ROLE_SYSTEM; name != NULL && role <= TW_ROLE_TOOL; role++)
    if (strcmp (name, tw_role_to_string (role)) == 0)
      {
        *ret_role = role;
        return TRUE;
      }
  return fail (error, "A message has the unknown role “%.60s”; use user, assistant or tool.",
               name ?: "");
}

static gboolean
read_message (TwRequest *self, const cJSON *json, GError **error)
{
  static const char *const keys[] = { "role", "content", NULL };
  const cJSON *content = cJSON_GetObjectItemCaseSensitive (json, "content");
  const cJSON *part;
  TwMessage *message;
  TwRole role = TW_ROLE_USER;

  if (!cJSON_IsObject (json))
    return fail (error, "A message is a JSON object.");
  if (!check_keys (json, keys, "A message", error) || !read_role (json, &role, error))
    return FALSE;
  if (cJSON_IsString (content))
    {
      tw_request_add_text (self, role, content->valuestring);
      return TRUE;
    }
  if (!cJSON_IsArray (content) || cJSON_GetArraySize (content) == 0 || role == TW_ROLE_SYSTEM)
    return fail (error, "A message needs “content”: a text or a list of parts.");
  message = tw_request_add_message (self, role);
  cJSON_ArrayForEach (part, content)
  {
    if (!read_part (message, part, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_messages (TwRequest *self, const cJSON *root, GError **error)
{
  const cJSON *messages = cJSON_GetObjectItemCaseSensitive (root, "messages");
  const cJSON *item;

  if (!cJSON_IsArray (messages) || cJSON_GetArraySize (messages) == 0)
    return fail (error, "The request needs “messages”: a list with at least one message.");
  cJSON_ArrayForEach (item, messages)
  {
    if (!read_message (self, item, error))
      return FALSE;
  }
  return self->messages->len > 0
         || fail (error, "The request has only instructions; add a user message.");
}

static gboolean
read_tools (TwRequest *self, const cJSON *root, GError **error)
{
  static const char *const keys[] = { "name", "description", "parameters", NULL };
  const cJSON *tools = cJSON_GetObjectItemCaseSensitive (root, "tools");
  const cJSON *item;

  if (tools != NULL && !cJSON_IsArray (tools))
    return fail (error, "The request's “tools” is not a list.");
  cJSON_ArrayForEach (item, tools)
  {
    const char *name = tw_json_string (item, "name");
    TwTool *tool;

    if (name == NULL)
      return fail (error, "A tool needs a “name”.");
    tool = tw_request_add_tool (self, name);
    if (!check_keys (item, keys, "A tool", error)
        || !read_string (item, "description", &tool->description, error))
      return FALSE;
    tool->parameters = cJSON_Duplicate (tw_json_object (item, "parameters"), TRUE);
  }
  return TRUE;
}

static gboolean
read_tags (TwRequest *self, const cJSON *root, GError **error)
{
  const cJSON *tags = cJSON_GetObjectItemCaseSensitive (root, "tags");
  const cJSON *item;

  if (tags != NULL && !cJSON_IsObject (tags))
    return fail (error, "The request's “tags” is not an object.");
  cJSON_ArrayForEach (item, tags)
  {
    if (!cJSON_IsString (item))
      return fail (error, "The tag “%.60s” is not a string.", item->string);
    tw_request_set_tag (self, item->string, item->valuestring);
  }
  return TRUE;
}

static gboolean
read_stop (TwRequest *self, const cJSON *root, GError **error)
{
  const cJSON *stop = cJSON_GetObjectItemCaseSensitive (root, "stop");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const cJSON *item;

  if (stop == NULL || cJSON_IsNull (stop))
    return TRUE;
  if (!cJSON_IsArray (stop))
    return fail (error, "The request's “stop” is not a list of strings.");
  cJSON_ArrayForEach (item, stop)
  {
    if (!cJSON_IsString (item))
      return fail (error, "The request's “stop” is not a list of strings.");
    g_strv_builder_add (builder, item->valuestring);
  }
  if (cJSON_GetArraySize (stop) > 0)
    self->stop = g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
read_schema (TwRequest *self, const cJSON *root, GError **error)
{
  static const char *const keys[] = { "type", "name", "schema", NULL };
  const cJSON *format = cJSON_GetObjectItemCaseSensitive (root, "response_format");

  if (format == NULL || cJSON_IsNull (format))
    return TRUE;
  if (!check_keys (format, keys, "The response format", error))
    return FALSE;
  if (g_strcmp0 (tw_json_string (format, "type"), "json_schema") != 0
      || tw_json_object (format, "schema") == NULL || tw_json_string (format, "name") == NULL)
    return fail (error, "The response format needs type “json_schema”, “name” and “schema”.");
  self->schema_name = g_strdup (tw_json_string (format, "name"));
  self->schema = cJSON_Duplicate (tw_json_object (format, "schema"), TRUE);
  return TRUE;
}

static gboolean
read_numbers (TwRequest *self, const cJSON *root, GError **error)
{
  const cJSON *max = cJSON_GetObjectItemCaseSensitive (root, "max_output_tokens");
  const cJSON *temperature = cJSON_GetObjectItemCaseSensitive (root, "temperature");

  if (max != NULL && !cJSON_IsNull (max)
      && (!tw_json_integer (root, "max_output_tokens", &self->max_output_tokens)
          || self->max_output_tokens < 1))
    return fail (error, "The request's “max_output_tokens” is not a whole number above 0.");
  if (cJSON_IsNumber (temperature))
    self->temperature = temperature->valuedouble;
  else if (temperature != NULL && !cJSON_IsNull (temperature))
    return fail (error, "The request's “temperature” is not a number.");
  return TRUE;
}

static gboolean
read_strings (TwRequest *self, const cJSON *root, GError **error)
{
  return read_string (root, "model", &self->model, error)
         && read_string (root, "system", &self->system, error)
         && read_string (root, "tool_choice", &self->tool_choice, error)
         && read_string (root, "reasoning_effort", &self->reasoning_effort, error)
         && read_string (root, "service_tier", &self->service_tier, error)
         && read_string (root, "data_class", &self->data_class, error);
}

/**
 * tw_request_new_from_json:
 * @json: a request file: an object with `"messages"` and, if wanted, `"model"`,
 *   `"system"`, `"tools"`, `"tool_choice"`, `"max_output_tokens"`,
 *   `"temperature"`, `"stop"`, `"reasoning_effort"`, `"response_format"`,
 *   `"service_tier"`, `"tags"` and `"data_class"`
 * @error: return location for an error
 *
 * Reads a request. Files that its parts name by `"path"` are read now. An
 * unknown key is a %TW_ERROR_INVALID_INPUT that names it.
 *
 * Returns: (transfer full): the request
 * Since: 0.1
 */
TwRequest *
tw_request_new_from_json (const char *json, GError **error)
{
  static const char *const keys[] = { "model",
                                      "system",
                                      "messages",
                                      "tools",
                                      "tool_choice",
                                      "max_output_tokens",
                                      "temperature",
                                      "stop",
                                      "reasoning_effort",
                                      "response_format",
                                      "service_tier",
                                      "tags",
                                      "data_class",
                                      NULL };
  g_autoptr (TwRequest) self = NULL;
  g_autoptr (GError) cause = NULL;
  g_autoptr (cJSON) root = NULL;

  g_return_val_if_fail (json != NULL, NULL);

  root = tw_json_parse (json, -1, TW_LIMIT_REQUEST_BYTES, &cause);
  if (root == NULL)
    {
      fail (error, "The request cannot be read: %s", cause->message);
      return NULL;
    }
  if (!cJSON_IsObject (root))
    {
      fail (error, "A request is a JSON object.");
      return NULL;
    }
  self = tw_request_new (NULL);
  if (!check_keys (root, keys, "The request", error) || !read_strings (self, root, error)
      || !read_numbers (self, root, error) || !read_messages (self, root, error)
      || !read_tools (self, root, error) || !read_stop (self, root, error)
      || !read_schema (self, root, error) || !read_tags (self, root, error))
    return NULL;
  return g_steal_pointer (&self);
}
