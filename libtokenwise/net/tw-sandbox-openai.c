/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

/* Chat Completions, as in OpenAI's published OpenAPI file. */

/* DeepSeek's names stand at the top, beside OpenAI's. */
static void
add_deepseek (cJSON *usage, const TwSandboxAnswer *answer)
{
  tw_json_add_integer (usage, "prompt_cache_hit_tokens", answer->cached.read);
  tw_json_add_integer (usage, "prompt_cache_miss_tokens",
                       answer->prompt->tokens - answer->cached.read);
}

static cJSON *
make_usage (const TwSandboxAnswer *answer)
{
  cJSON *usage = cJSON_CreateObject ();
  cJSON *prompt = NULL;
  cJSON *completion = NULL;

  tw_json_add_integer (usage, "prompt_tokens", answer->prompt->tokens);
  tw_json_add_integer (usage, "completion_tokens", answer->tokens);
  tw_json_add_integer (usage, "total_tokens", answer->prompt->tokens + answer->tokens);
  prompt = cJSON_AddObjectToObject (usage, "prompt_tokens_details");
  tw_json_add_integer (prompt, "cached_tokens", answer->cached.read);
  if (answer->cached.written_30m > 0)
    tw_json_add_integer (prompt, "cache_write_tokens", answer->cached.written_30m);
  completion = cJSON_AddObjectToObject (usage, "completion_tokens_details");
  tw_json_add_integer (completion, "reasoning_tokens", 0);
  if (answer->prompt->is_deepseek)
    add_deepseek (usage, answer);
  return usage;
}

static cJSON *
make_head (const TwSandboxAnswer *answer, const char *object)
{
  cJSON *json = cJSON_CreateObject ();

  tw_json_add_string (json, "id", answer->id);
  tw_json_add_string (json, "object", object);
  tw_json_add_integer (json, "created", answer->created);
  tw_json_add_string (json, "model", answer->prompt->model);
  tw_json_add_string (json, "service_tier", "default");
  tw_json_add_string (json, "system_fingerprint", "tokenwise-sandbox");
  return json;
}

/* One choice with a member that the caller fills. */
static cJSON *
add_choice (cJSON *json, const char *member, const char *finish)
{
  cJSON *choices = cJSON_AddArrayToObject (json, "choices");
  cJSON *choice = cJSON_CreateObject ();
  cJSON *content;

  cJSON_AddItemToArray (choices, choice);
  tw_json_add_integer (choice, "index", 0);
  content = cJSON_AddObjectToObject (choice, member);
  tw_json_add_string (choice, "finish_reason", finish);
  return content;
}

static const char *
get_finish (const TwSandboxAnswer *answer)
{
  return answer->cut ? "length" : "stop";
}

static void
write_whole (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  cJSON *json = make_head (answer, "chat.completion");
  cJSON *message = add_choice (json, "message", get_finish (answer));

  tw_json_add_string (message, "role", "assistant");
  tw_json_add_string (message, "content", answer->text);
  cJSON_AddItemToObject (json, "usage", make_usage (answer));
  tw_sandbox_script_add_json (script, 1.0, json);
}

/* Who is not asked for usage puts it on the last delta, as Mistral does: a rehearsal without it
 * would show an estimated receipt. */
static void
write_chunk (const TwSandboxAnswer *answer,
             TwSandboxScript *script,
             double due,
             const char *role,
             const char *content,
             const char *finish)
{
  cJSON *json = make_head (answer, "chat.completion.chunk");
  cJSON *delta = add_choice (json, "delta", finish);

  if (role != NULL)
    tw_json_add_string (delta, "role", role);
  if (content != NULL)
    tw_json_add_string (delta, "content", content);
  if (answer->prompt->include_usage)
    cJSON_AddNullToObject (json, "usage");
  else if (finish != NULL)
    cJSON_AddItemToObject (json, "usage", make_usage (answer));
  tw_sandbox_script_add_event (script, due, NULL, json);
}

static void
write_usage (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  cJSON *json = make_head (answer, "chat.completion.chunk");

  cJSON_AddArrayToObject (json, "choices");
  cJSON_AddItemToObject (json, "usage", make_usage (answer));
  tw_sandbox_script_add_event (script, 1.0, NULL, json);
}

static void
write_delta (const TwSandboxAnswer *answer, TwSandboxScript *script, double due, const char *text)
{
  write_chunk (answer, script, due, NULL, text, NULL);
}

static void
write_stream (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  write_chunk (answer, script, 0.0, "assistant", "", NULL);
  tw_sandbox_text_write (answer, script, write_delta);
  write_chunk (answer, script, 1.0, NULL, NULL, get_finish (answer));
  if (answer->prompt->include_usage)
    write_usage (answer, script);
  tw_sandbox_script_add (script, 1.0, "data: [DONE]\n\n");
}

cJSON *
tw_sandbox_openai_make_error (guint status, const char *message)
{
  cJSON *json = cJSON_CreateObject ();
  cJSON *error = cJSON_AddObjectToObject (json, "error");
  const char *code = NULL;

  if (status == 401)
    code = "invalid_api_key";
  else if (status == 429)
    code = "rate_limit_exceeded";
  tw_json_add_string (error, "message", message);
  tw_json_add_string (error, "type",
                      status >= 400 && status < 500 ? "invalid_request_error" : "server_error");
  cJSON_AddNullToObject (error, "param");
  tw_json_add_string (error, "code", code);
  return json;
}

static void
write_break (const TwSandboxAnswer *answer, TwSandboxScript *script, const char *message)
{
  tw_sandbox_script_add_event (script, 0.5, NULL, tw_sandbox_openai_make_error (503, message));
}

const TwSandboxDialect tw_sandbox_openai_chat = {
  .path = "/chat/completions",
  .messages_key = "messages",
  .caching = TW_SANDBOX_CACHE_PREFIX,
  .max_tokens_keys = { "max_completion_tokens", "max_tokens", NULL },
  .max_tokens_is_required = FALSE,
  .write_whole = write_whole,
  .write_stream = write_stream,
  .write_break = write_break,
  .make_error = tw_sandbox_openai_make_error,
};
