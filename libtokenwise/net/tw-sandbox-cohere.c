/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

/* /v2/chat, as in Cohere's published SDK. */

static void
add_counts (cJSON *usage, const char *key, const TwSandboxAnswer *answer)
{
  cJSON *counts = cJSON_AddObjectToObject (usage, key);

  tw_json_add_integer (counts, "input_tokens", answer->prompt->tokens);
  tw_json_add_integer (counts, "output_tokens", answer->tokens);
}

static void
add_end (cJSON *json, const TwSandboxAnswer *answer, const char *finish)
{
  cJSON *usage;

  tw_json_add_string (json, "finish_reason", finish);
  usage = cJSON_AddObjectToObject (json, "usage");
  add_counts (usage, "billed_units", answer);
  add_counts (usage, "tokens", answer);
  tw_json_add_integer (usage, "cached_tokens", 0);
}

static const char *
get_finish (const TwSandboxAnswer *answer)
{
  return answer->cut ? "MAX_TOKENS" : "COMPLETE";
}

static void
write_whole (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  cJSON *json = cJSON_CreateObject ();
  cJSON *block = cJSON_CreateObject ();
  cJSON *message;

  tw_json_add_string (json, "id", answer->id);
  message = cJSON_AddObjectToObject (json, "message");
  tw_json_add_string (message, "role", "assistant");
  cJSON_AddItemToArray (cJSON_AddArrayToObject (message, "content"), block);
  tw_json_add_string (block, "type", "text");
  tw_json_add_string (block, "text", answer->text);
  add_end (json, answer, get_finish (answer));
  tw_sandbox_script_add_json (script, 1.0, json);
}

static cJSON *
make_event (const char *type)
{
  cJSON *json = cJSON_CreateObject ();

  tw_json_add_string (json, "type", type);
  return json;
}

static cJSON *
add_delta_message (cJSON *json)
{
  return cJSON_AddObjectToObject (cJSON_AddObjectToObject (json, "delta"), "message");
}

static void
write_start (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  cJSON *start = make_event ("message-start");
  cJSON *content = make_event ("content-start");
  cJSON *message, *block;

  tw_json_add_string (start, "id", answer->id);
  message = add_delta_message (start);
  tw_json_add_string (message, "role", "assistant");
  cJSON_AddArrayToObject (message, "content");
  tw_sandbox_script_add_event (script, 0.0, "message-start", start);
  tw_json_add_integer (content, "index", 0);
  block = cJSON_AddObjectToObject (add_delta_message (content), "content");
  tw_json_add_string (block, "type", "text");
  tw_json_add_string (block, "text", "");
  tw_sandbox_script_add_event (script, 0.0, "content-start", content);
}

static void
write_piece (const TwSandboxAnswer *answer, TwSandboxScript *script, double due, const char *piece)
{
  cJSON *json = make_event ("content-delta");

  tw_json_add_integer (json, "index", 0);
  tw_json_add_string (cJSON_AddObjectToObject (add_delta_message (json), "content"), "text", piece);
  tw_sandbox_script_add_event (script, due, "content-delta", json);
}

static void
write_end (const TwSandboxAnswer *answer,
           TwSandboxScript *script,
           const char *finish,
           const char *error)
{
  cJSON *json = make_event ("message-end");
  cJSON *delta = cJSON_AddObjectToObject (json, "delta");

  tw_json_add_string (json, "id", answer->id);
  if (error != NULL)
    tw_json_add_string (delta, "error", error);
  add_end (delta, answer, finish);
  tw_sandbox_script_add_event (script, 1.0, "message-end", json);
}

static void
write_stream (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  cJSON *end = make_event ("content-end");

  write_start (answer, script);
  tw_sandbox_text_write (answer, script, write_piece);
  tw_json_add_integer (end, "index", 0);
  tw_sandbox_script_add_event (script, 1.0, "content-end", end);
  write_end (answer, script, get_finish (answer), NULL);
}

static void
write_break (const TwSandboxAnswer *answer, TwSandboxScript *script, const char *message)
{
  write_end (answer, script, "ERROR", message);
}

static cJSON *
make_error (guint status, const char *message)
{
  cJSON *json = cJSON_CreateObject ();

  tw_json_add_string (json, "id", "sandbox");
  tw_json_add_string (json, "message", message);
  return json;
}

const TwSandboxDialect tw_sandbox_cohere = {
  .path = "/chat",
  .messages_key = "messages",
  .max_tokens_keys = { "max_tokens", NULL },
  .write_whole = write_whole,
  .write_stream = write_stream,
  .write_break = write_break,
  .make_error = make_error,
};
