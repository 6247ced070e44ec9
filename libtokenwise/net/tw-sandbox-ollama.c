/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

#include "libtokenwise/base/tw-time-private.h"

/* /api/chat, as on https://docs.ollama.com/api/chat. */

#define NS_PER_TOKEN 12500000

static cJSON *
make_line (const TwSandboxAnswer *answer, const char *content)
{
  cJSON *json = cJSON_CreateObject ();
  g_autofree char *created = tw_instant_to_string (answer->created);
  cJSON *message;

  tw_json_add_string (json, "model", answer->prompt->model);
  tw_json_add_string (json, "created_at", created);
  message = cJSON_AddObjectToObject (json, "message");
  tw_json_add_string (message, "role", "assistant");
  tw_json_add_string (message, "content", content);
  return json;
}

static cJSON *
make_last (const TwSandboxAnswer *answer, const char *content)
{
  cJSON *json = make_line (answer, content);
  gint64 duration = answer->tokens * NS_PER_TOKEN;

  cJSON_AddTrueToObject (json, "done");
  tw_json_add_string (json, "done_reason", answer->cut ? "length" : "stop");
  tw_json_add_integer (json, "total_duration", duration);
  tw_json_add_integer (json, "load_duration", 0);
  tw_json_add_integer (json, "prompt_eval_count", answer->prompt->tokens);
  tw_json_add_integer (json, "prompt_eval_duration", 0);
  tw_json_add_integer (json, "eval_count", answer->tokens);
  tw_json_add_integer (json, "eval_duration", duration);
  return json;
}

static void
write_whole (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  tw_sandbox_script_add_json (script, 1.0, make_last (answer, answer->text));
}

static void
write_piece (const TwSandboxAnswer *answer, TwSandboxScript *script, double due, const char *piece)
{
  cJSON *json = make_line (answer, piece);

  cJSON_AddFalseToObject (json, "done");
  tw_sandbox_script_add_line (script, due, json);
}

static void
write_stream (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  tw_sandbox_text_write (answer, script, write_piece);
  tw_sandbox_script_add_line (script, 1.0, make_last (answer, ""));
}

static cJSON *
make_error (guint status, const char *message)
{
  cJSON *json = cJSON_CreateObject ();

  tw_json_add_string (json, "error", message);
  return json;
}

static void
write_break (const TwSandboxAnswer *answer, TwSandboxScript *script, const char *message)
{
  tw_sandbox_script_add_line (script, 0.5, make_error (500, message));
}

const TwSandboxDialect tw_sandbox_ollama = {
  .path = "/api/chat",
  .messages_key = "messages",
  .max_tokens_parent = "options",
  .max_tokens_keys = { "num_predict", NULL },
  .streams_by_default = TRUE,
  .stream_type = "Content-Type: application/x-ndjson",
  .write_whole = write_whole,
  .write_stream = write_stream,
  .write_break = write_break,
  .make_error = make_error,
};
