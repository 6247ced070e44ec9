/* SPDX-License-Identifier: MIT */
#include "libtokenwise/message/tw-request-reader-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

#include <string.h>

/* The request file: one JSON shape for a request, everywhere. Unknown keys are errors that name the
 * key, because a misspelt limit that is silently ignored costs money. */

gboolean
tw_request_refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (TW_ERROR, TW_ERROR_INVALID_INPUT, format, args);
  va_end (args);
  return FALSE;
}

gboolean
tw_request_check_keys (const cJSON *object,
                       const char *const *allowed,
                       const char *where,
                       GError **error)
{
  const char *unknown = tw_json_unknown_key (object, allowed);

  if (unknown == NULL)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "%s has an unknown key “%.60s”; correct or remove it.", where, unknown);
  return FALSE;
}

gboolean
tw_request_read_string (const cJSON *object, const char *key, char **ret_text, GError **error)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (object, key);

  if (item == NULL || cJSON_IsNull (item))
    return TRUE;
  if (!cJSON_IsString (item))
    return tw_request_refuse (error, "The request's “%s” is not a string.", key);
  g_free (*ret_text);
  *ret_text = g_strdup (item->valuestring);
  return TRUE;
}

gboolean
tw_request_read_word (
    const cJSON *object, const char *key, const char *const *words, char **ret_word, GError **error)
{
  g_autofree char *word = NULL;
  g_autofree char *list = NULL;

  if (!tw_request_read_string (object, key, &word, error))
    return FALSE;
  if (word != NULL && !g_strv_contains (words, word))
    {
      list = g_strjoinv (", ", (GStrv) words);
      return tw_request_refuse (error, "The request's “%s” is “%.60s”; use one of %s.", key, word,
                                list);
    }
  if (word != NULL)
    *ret_word = g_steal_pointer (&word);
  return TRUE;
}

gboolean
tw_request_read_lifetime (const cJSON *object, const char *key, char **ret_text, GError **error)
{
  return tw_request_read_word (object, key, tw_cache_lifetimes, ret_text, error);
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
  return tw_request_refuse (
      error, "A message has the unknown role “%.60s”; use user, assistant or tool.", name ?: "");
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
    return tw_request_refuse (error, "A message is a JSON object.");
  if (!tw_request_check_keys (json, keys, "A message", error) || !read_role (json, &role, error))
    return FALSE;
  if (cJSON_IsString (content))
    {
      tw_request_add_text (self, role, content->valuestring);
      return TRUE;
    }
  if (!cJSON_IsArray (content) || cJSON_GetArraySize (content) == 0 || role == TW_ROLE_SYSTEM)
    return tw_request_refuse (error, "A message needs “content”: a text or a list of parts.");
  message = tw_request_add_message (self, role);
  cJSON_ArrayForEach (part, content)
  {
    if (!tw_request_read_part (message, part, error))
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
    return tw_request_refuse (error,
                              "The request needs “messages”: a list with at least one message.");
  cJSON_ArrayForEach (item, messages)
  {
    if (!read_message (self, item, error))
      return FALSE;
  }
  return self->messages->len > 0
         || tw_request_refuse (error, "The request has only instructions; add a user message.");
}

static gboolean
read_strict (const cJSON *json, TwTool *tool, GError **error)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (json, "strict");

  if (item == NULL || cJSON_IsNull (item))
    return TRUE;
  if (!cJSON_IsBool (item))
    return tw_request_refuse (error, "A tool's “strict” is neither true nor false.");
  tool->strict = cJSON_IsTrue (item);
  return TRUE;
}

static gboolean
read_tools (TwRequest *self, const cJSON *root, GError **error)
{
  static const char *const keys[] = { "name", "description", "parameters", "strict", NULL };
  const cJSON *tools = cJSON_GetObjectItemCaseSensitive (root, "tools");
  const cJSON *item;

  if (tools != NULL && !cJSON_IsArray (tools))
    return tw_request_refuse (error, "The request's “tools” is not a list.");
  cJSON_ArrayForEach (item, tools)
  {
    const char *name = tw_json_string (item, "name");
    TwTool *tool;

    if (name == NULL)
      return tw_request_refuse (error, "A tool needs a “name”.");
    tool = tw_request_add_tool (self, name);
    if (!tw_request_check_keys (item, keys, "A tool", error)
        || !tw_request_read_string (item, "description", &tool->description, error)
        || !read_strict (item, tool, error))
      return FALSE;
    tool->parameters = cJSON_Duplicate (tw_json_object (item, "parameters"), TRUE);
  }
  return TRUE;
}

typedef void (*PairSetter) (TwRequest *self, const char *key, const char *value);

/* An object of strings: tags, metadata. */
static gboolean
read_pairs (TwRequest *self, const cJSON *root, const char *name, PairSetter set, GError **error)
{
  const cJSON *pairs = cJSON_GetObjectItemCaseSensitive (root, name);
  const cJSON *item;

  if (pairs == NULL || cJSON_IsNull (pairs))
    return TRUE;
  if (!cJSON_IsObject (pairs))
    return tw_request_refuse (error, "The request's “%s” is not an object.", name);
  cJSON_ArrayForEach (item, pairs)
  {
    if (!cJSON_IsString (item))
      return tw_request_refuse (error, "In “%s”, “%.60s” is not a string.", name, item->string);
    set (self, item->string, item->valuestring);
  }
  return TRUE;
}

static gboolean
read_cache (TwRequest *self, const cJSON *root, GError **error)
{
  static const char *const keys[] = { "key", "system", "tools", NULL };
  const cJSON *cache = cJSON_GetObjectItemCaseSensitive (root, "cache");

  if (cache == NULL || cJSON_IsNull (cache))
    return TRUE;
  if (!cJSON_IsObject (cache))
    return tw_request_refuse (error, "The request's “cache” is not an object.");
  return tw_request_check_keys (cache, keys, "The request's “cache”", error)
         && tw_request_read_string (cache, "key", &self->cache_key, error)
         && tw_request_read_lifetime (cache, "system", &self->cache_system, error)
         && tw_request_read_lifetime (cache, "tools", &self->cache_tools, error);
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
    return tw_request_refuse (error, "The request's “stop” is not a list of strings.");
  cJSON_ArrayForEach (item, stop)
  {
    if (!cJSON_IsString (item))
      return tw_request_refuse (error, "The request's “stop” is not a list of strings.");
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
  if (!tw_request_check_keys (format, keys, "The response format", error))
    return FALSE;
  if (g_strcmp0 (tw_json_string (format, "type"), "json_schema") != 0
      || tw_json_object (format, "schema") == NULL || tw_json_string (format, "name") == NULL)
    return tw_request_refuse (error,
                              "The response format needs type “json_schema”, “name” and “schema”.");
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
    return tw_request_refuse (error,
                              "The request's “max_output_tokens” is not a whole number above 0.");
  if (cJSON_IsNumber (temperature))
    self->temperature = temperature->valuedouble;
  else if (temperature != NULL && !cJSON_IsNull (temperature))
    return tw_request_refuse (error, "The request's “temperature” is not a number.");
  return TRUE;
}

static gboolean
read_strings (TwRequest *self, const cJSON *root, GError **error)
{
  return tw_request_read_string (root, "model", &self->model, error)
         && tw_request_read_string (root, "system", &self->system, error)
         && tw_request_read_string (root, "tool_choice", &self->tool_choice, error)
         && tw_request_read_string (root, "reasoning_effort", &self->reasoning_effort, error)
         && tw_request_read_string (root, "service_tier", &self->service_tier, error)
         && tw_request_read_string (root, "data_class", &self->data_class, error);
}

/**
 * tw_request_new_from_json:
 * @json: a request file: an object with `"messages"` and, if wanted, `"model"`,
 *   `"system"`, `"tools"`, `"tool_choice"`, `"max_output_tokens"`,
 *   `"temperature"`, `"stop"`, `"reasoning_effort"`, `"response_format"`,
 *   `"service_tier"`, `"cache"`, `"metadata"`, `"tags"` and `"data_class"`;
 *   docs/wire.md shows them all
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
                                      "cache",
                                      "metadata",
                                      NULL };
  g_autoptr (TwRequest) self = NULL;
  g_autoptr (GError) cause = NULL;
  g_autoptr (cJSON) root = NULL;

  g_return_val_if_fail (json != NULL, NULL);

  root = tw_json_parse (json, -1, TW_LIMIT_REQUEST_BYTES, &cause);
  if (root == NULL)
    {
      tw_request_refuse (error, "The request cannot be read: %s", cause->message);
      return NULL;
    }
  if (!cJSON_IsObject (root))
    {
      tw_request_refuse (error, "A request is a JSON object.");
      return NULL;
    }
  self = tw_request_new (NULL);
  if (!tw_request_check_keys (root, keys, "The request", error) || !read_strings (self, root, error)
      || !read_numbers (self, root, error) || !read_messages (self, root, error)
      || !read_tools (self, root, error) || !read_stop (self, root, error)
      || !read_schema (self, root, error)
      || !read_pairs (self, root, "tags", tw_request_set_tag, error)
      || !read_pairs (self, root, "metadata", tw_request_set_metadata, error)
      || !read_cache (self, root, error))
    return NULL;
  return g_steal_pointer (&self);
}
