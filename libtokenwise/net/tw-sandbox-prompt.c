/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

#include <string.h>

#define FAULT_MARK "sandbox:"

typedef struct
{
  TwSandboxCount count;
  gpointer user_data;
  gint64 tokens;
} Counter;

static void
count_text (Counter *self, const char *text)
{
  if (text != NULL && *text != '\0')
    self->tokens += self->count (text, strlen (text), self->user_data);
}

static void
count_json (Counter *self, const cJSON *json)
{
  g_autofree char *text = json != NULL ? tw_json_print (json) : NULL;

  count_text (self, text);
}

/* A string, or parts of which the texts count; results of tools have parts of their own. */
static void
count_content (Counter *self, const cJSON *content)
{
  const cJSON *part;

  if (cJSON_IsString (content))
    count_text (self, cJSON_GetStringValue (content));
  if (!cJSON_IsArray (content))
    return;
  cJSON_ArrayForEach (part, content)
  {
    count_text (self, tw_json_string (part, "text"));
    count_json (self, tw_json_object (part, "input"));
    count_content (self, cJSON_GetObjectItemCaseSensitive (part, "content"));
  }
}

static void
add_text (GString *text, const cJSON *content)
{
  const cJSON *part;

  if (cJSON_IsString (content))
    g_string_append (text, cJSON_GetStringValue (content));
  if (!cJSON_IsArray (content))
    return;
  cJSON_ArrayForEach (part, content)
  {
    const char *one = tw_json_string (part, "text");

    if (one != NULL && text->len > 0)
      g_string_append_c (text, '\n');
    g_string_append (text, one != NULL ? one : "");
  }
}

static char *
find_last_user (const cJSON *messages)
{
  g_autoptr (GString) last = g_string_new (NULL);
  const cJSON *message;

  cJSON_ArrayForEach (message, messages)
  {
    g_autoptr (GString) text = g_string_new (NULL);

    if (g_strcmp0 (tw_json_string (message, "role"), "user") != 0)
      continue;
    add_text (text, cJSON_GetObjectItemCaseSensitive (message, "content"));
    if (text->len > 0)
      g_string_assign (last, text->str);
  }
  return g_string_free (g_steal_pointer (&last), FALSE);
}

static void
find_fault (TwSandboxPrompt *self)
{
  const char *word = strstr (self->last_user, FAULT_MARK);
  guint64 status;

  if (word == NULL)
    return;
  word += strlen (FAULT_MARK);
  status = g_ascii_strtoull (word, NULL, 10);
  if (g_str_has_prefix (word, "down"))
    self->fault = TW_SANDBOX_DOWN;
  else if (g_str_has_prefix (word, "truncate"))
    self->fault = TW_SANDBOX_TRUNCATE;
  else if (g_str_has_prefix (word, "slow"))
    self->fault = TW_SANDBOX_SLOW;
  else if (status >= 400 && status <= 599)
    {
      self->fault = TW_SANDBOX_STATUS;
      self->fault_status = (guint) status;
    }
}

static gboolean
read_max_tokens (TwSandboxPrompt *self,
                 const TwSandboxDialect *dialect,
                 const cJSON *json,
                 GError **error)
{
  gboolean said = FALSE;

  self->max_tokens = G_MAXINT64;
  for (guint i = 0; dialect->max_tokens_keys[i] != NULL && !said; i++)
    said = tw_json_integer (json, dialect->max_tokens_keys[i], &self->max_tokens);
  if ((!said && dialect->max_tokens_is_required) || self->max_tokens < 1)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_BAD_REQUEST, "%s: must be an integer of at least 1.",
                   dialect->max_tokens_keys[0]);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_members (TwSandboxPrompt *self,
              const TwSandboxDialect *dialect,
              const cJSON *json,
              GError **error)
{
  const cJSON *messages = tw_json_array (json, "messages");

  self->model = g_strdup (tw_json_string (json, "model"));
  tw_json_boolean (json, "stream", &self->stream);
  tw_json_boolean (tw_json_object (json, "stream_options"), "include_usage", &self->include_usage);
  if (self->model == NULL || *self->model == '\0')
    g_set_error (error, TW_ERROR, TW_ERROR_BAD_REQUEST, "model: must be a string.");
  else if (messages == NULL || cJSON_GetArraySize (messages) == 0)
    g_set_error (error, TW_ERROR, TW_ERROR_BAD_REQUEST, "messages: must be a list, not empty.");
  else if (read_max_tokens (self, dialect, json, error))
    {
      self->last_user = find_last_user (messages);
      find_fault (self);
      return TRUE;
    }
  return FALSE;
}

static gint64
count_request (const cJSON *json, TwSandboxCount count, gpointer user_data)
{
  Counter counter = { count, user_data, 0 };
  const cJSON *message;

  count_content (&counter, cJSON_GetObjectItemCaseSensitive (json, "system"));
  count_json (&counter, tw_json_array (json, "tools"));
  cJSON_ArrayForEach (message, tw_json_array (json, "messages"))
  {
    count_content (&counter, cJSON_GetObjectItemCaseSensitive (message, "content"));
    count_json (&counter, tw_json_array (message, "tool_calls"));
  }
  return counter.tokens;
}

TwSandboxPrompt *
tw_sandbox_prompt_new (const TwSandboxDialect *dialect,
                       GBytes *body,
                       TwSandboxCount count,
                       gpointer user_data,
                       GError **error)
{
  g_autoptr (TwSandboxPrompt) self = g_new0 (TwSandboxPrompt, 1);
  g_autoptr (cJSON) json = NULL;
  gsize size = 0;
  const char *text = body != NULL ? g_bytes_get_data (body, &size) : NULL;

  json = tw_json_parse (text != NULL ? text : "", (gssize) size, TW_LIMIT_REQUEST_BYTES, error);
  if (json == NULL || !read_members (self, dialect, json, error))
    return NULL;
  self->tokens = count_request (json, count, user_data);
  return g_steal_pointer (&self);
}

void
tw_sandbox_prompt_free (TwSandboxPrompt *self)
{
  g_free (self->model);
  g_free (self->last_user);
  g_free (self);
}
