/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

#include <string.h>

#define FAULT_MARK "sandbox:"
#define OVERLOADED_STATUS 529
/* Anthropic's, and Bedrock's for its models. */
#define MAX_BREAKPOINTS 4

static void
find_fault (TwSandboxPrompt *self)
{
  static const struct
  {
    const char *word;
    TwSandboxFault fault;
  } faults[] = {
    { "down", TW_SANDBOX_DOWN },         { "truncate", TW_SANDBOX_TRUNCATE },
    { "slow", TW_SANDBOX_SLOW },         { "malformed", TW_SANDBOX_MALFORMED },
    { "overloaded", TW_SANDBOX_STATUS }, { "error", TW_SANDBOX_BREAK },
  };
  const char *word = strstr (self->last_user, FAULT_MARK);
  guint64 status;

  if (word == NULL)
    return;
  word += strlen (FAULT_MARK);
  status = g_ascii_strtoull (word, NULL, 10);
  self->fault_status = status >= 400 && status <= 599 ? (guint) status : OVERLOADED_STATUS;
  if (self->fault_status == status)
    self->fault = TW_SANDBOX_STATUS;
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    if (g_str_has_prefix (word, faults[i].word))
      self->fault = faults[i].fault;
}

/* Ollama's -1 is no limit. */
static gboolean
read_max_tokens (TwSandboxPrompt *self,
                 const TwSandboxDialect *dialect,
                 const cJSON *json,
                 GError **error)
{
  const cJSON *parent = dialect->max_tokens_parent != NULL
                            ? tw_json_object (json, dialect->max_tokens_parent)
                            : json;
  gboolean said = FALSE;

  self->max_tokens = G_MAXINT64;
  for (guint i = 0; dialect->max_tokens_keys[i] != NULL && !said; i++)
    said = tw_json_integer (parent, dialect->max_tokens_keys[i], &self->max_tokens);
  if (self->max_tokens == -1 && dialect == &tw_sandbox_ollama)
    self->max_tokens = G_MAXINT64;
  if ((!said && dialect->max_tokens_is_required) || self->max_tokens < 1)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_BAD_REQUEST, "%s: must be an integer of at least 1.",
                   dialect->max_tokens_keys[0]);
      return FALSE;
    }
  return TRUE;
}

/* …/models/NAME:generateContent and …/model/NAME/converse */
static void
read_path (TwSandboxPrompt *self, const TwSandboxDialect *dialect, const char *url)
{
  g_autofree char *path = g_strndup (url, strcspn (url, "?#"));
  const char *name = g_strrstr (path, dialect->model_mark);
  const char *end;
  g_autofree char *raw = NULL;

  self->stream = g_str_has_suffix (path, dialect->stream_path);
  self->as_events = strstr (url, "alt=sse") != NULL;
  if (name == NULL)
    return;
  name += strlen (dialect->model_mark);
  end = g_strrstr (name, self->stream ? dialect->stream_path : dialect->path);
  raw = end != NULL ? g_strndup (name, (gsize) (end - name)) : NULL;
  self->model = raw != NULL ? g_uri_unescape_string (raw, NULL) : NULL;
}

static void
read_body (TwSandboxPrompt *self, const TwSandboxDialect *dialect, const cJSON *json)
{
  const cJSON *options = tw_json_object (json, "prompt_cache_options");

  if (dialect->stream_path == NULL)
    {
      self->model = g_strdup (tw_json_string (json, "model"));
      self->stream = dialect->streams_by_default;
      tw_json_boolean (json, "stream", &self->stream);
    }
  tw_json_boolean (tw_json_object (json, "stream_options"), "include_usage", &self->include_usage);
  self->by_marks = g_strcmp0 (tw_json_string (options, "mode"), "explicit") == 0;
}

static gboolean
has_messages (const cJSON *json, const char *key)
{
  const cJSON *messages = cJSON_GetObjectItemCaseSensitive (json, key);

  /* Responses takes a text as well. */
  return (cJSON_IsString (messages) && g_str_equal (key, "input"))
         || (cJSON_IsArray (messages) && messages->child != NULL);
}

static gboolean
read_members (TwSandboxPrompt *self,
              const TwSandboxDialect *dialect,
              const char *url,
              const cJSON *json,
              GError **error)
{
  if (dialect->stream_path != NULL)
    read_path (self, dialect, url);
  read_body (self, dialect, json);
  if (self->model == NULL || *self->model == '\0')
    g_set_error (error, TW_ERROR, TW_ERROR_BAD_REQUEST, "model: must be a string.");
  else if (!has_messages (json, dialect->messages_key))
    g_set_error (error, TW_ERROR, TW_ERROR_BAD_REQUEST, "%s: must be a list, not empty.",
                 dialect->messages_key);
  else if (read_max_tokens (self, dialect, json, error))
    {
      self->last_user = tw_sandbox_blocks_find_last_user (
          cJSON_GetObjectItemCaseSensitive (json, dialect->messages_key));
      find_fault (self);
      return TRUE;
    }
  return FALSE;
}

/* At most four, and those that last longer first. */
static gboolean
check_breakpoints (const TwSandboxPrompt *self, GError **error)
{
  guint n = 0;
  guint last = G_MAXUINT;

  for (guint i = 0; i < self->blocks->len; i++)
    {
      const TwSandboxBlock *block = g_ptr_array_index (self->blocks, i);

      if (block->ttl_seconds == 0)
        continue;
      if (++n > MAX_BREAKPOINTS || block->ttl_seconds > last)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_BAD_REQUEST,
                       n > MAX_BREAKPOINTS
                           ? "A maximum of 4 blocks with cache_control may be provided."
                           : "A cache_control block with ttl 1h must not come after one with 5m.");
          return FALSE;
        }
      last = block->ttl_seconds;
    }
  return TRUE;
}

static gboolean
read_blocks (TwSandboxPrompt *self,
             const TwSandboxDialect *dialect,
             const cJSON *json,
             TwSandboxCount count,
             gpointer user_data,
             GError **error)
{
  const char *key = tw_json_string (json, "prompt_cache_key");

  self->blocks = tw_sandbox_blocks_new (json, count, user_data);
  for (guint i = 0; i < self->blocks->len; i++)
    self->tokens += ((TwSandboxBlock *) g_ptr_array_index (self->blocks, i))->tokens;
  self->cache_key
      = g_strdup_printf ("%s\n%s\n%s", dialect->path, self->model, key != NULL ? key : "");
  return dialect->caching != TW_SANDBOX_CACHE_MARKS || check_breakpoints (self, error);
}

TwSandboxPrompt *
tw_sandbox_prompt_new (const TwSandboxDialect *dialect,
                       const char *url,
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
  if (json == NULL || !read_members (self, dialect, url, json, error)
      || !read_blocks (self, dialect, json, count, user_data, error))
    return NULL;
  self->is_deepseek = strstr (url, "deepseek.com/") != NULL;
  return g_steal_pointer (&self);
}

void
tw_sandbox_prompt_free (TwSandboxPrompt *self)
{
  g_clear_pointer (&self->blocks, g_ptr_array_unref);
  g_free (self->cache_key);
  g_free (self->model);
  g_free (self->last_user);
  g_free (self);
}
