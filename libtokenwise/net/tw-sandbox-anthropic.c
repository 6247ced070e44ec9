/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

/* Messages, version 2023-06-01, as in Anthropic's published SDK. */

static void
add_input (cJSON *usage, const TwSandboxAnswer *answer)
{
  const TwSandboxCached *cached = &answer->cached;
  gint64 written = cached->written_5m + cached->written_1h;

  tw_json_add_integer (usage, "input_tokens", answer->prompt->tokens - cached->read - written);
  tw_json_add_integer (usage, "cache_creation_input_tokens", written);
  tw_json_add_integer (usage, "cache_read_input_tokens", cached->read);
}

static cJSON *
make_usage (const TwSandboxAnswer *answer, gint64 output_tokens)
{
  cJSON *usage = cJSON_CreateObject ();
  cJSON *creation = NULL;

  add_input (usage, answer);
  creation = cJSON_AddObjectToObject (usage, "cache_creation");
  tw_json_add_integer (creation, "ephemeral_5m_input_tokens", answer->cached.written_5m);
  tw_json_add_integer (creation, "ephemeral_1h_input_tokens", answer->cached.written_1h);
  tw_json_add_integer (usage, "output_tokens", output_tokens);
  tw_json_add_string (usage, "service_tier", "standard");
  return usage;
}

static const char *
get_finish (const TwSandboxAnswer *answer)
{
  return answer->cut ? "max_tokens" : "end_turn";
}

static cJSON *
make_text_block (const char *text)
{
  cJSON *block = cJSON_CreateObject ();

  tw_json_add_string (block, "type", "text");
  tw_json_add_string (block, "text", text);
  return block;
}

/* A message: empty and unfinished without a text. */
static cJSON *
make_message (const TwSandboxAnswer *answer, const char *text)
{
  cJSON *json = cJSON_CreateObject ();
  cJSON *content;

  tw_json_add_string (json, "id", answer->id);
  tw_json_add_string (json, "type", "message");
  tw_json_add_string (json, "role", "assistant");
  tw_json_add_string (json, "model", answer->prompt->model);
  content = cJSON_AddArrayToObject (json, "content");
  if (text != NULL)
    cJSON_AddItemToArray (content, make_text_block (text));
  tw_json_add_string (json, "stop_reason", text != NULL ? get_finish (answer) : NULL);
  cJSON_AddNullToObject (json, "stop_sequence");
  cJSON_AddItemToObject (json, "usage", make_usage (answer, text != NULL ? answer->tokens : 1));
  return json;
}

static void
write_whole (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  tw_sandbox_script_add_json (script, 1.0, make_message (answer, answer->text));
}

static cJSON *
make_event (const char *type)
{
  cJSON *json = cJSON_CreateObject ();

  tw_json_add_string (json, "type", type);
  return json;
}

static void
write_start (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  cJSON *start = make_event ("message_start");
  cJSON *block = make_event ("content_block_start");

  cJSON_AddItemToObject (start, "message", make_message (answer, NULL));
  tw_sandbox_script_add_event (script, 0.0, "message_start", start);
  tw_json_add_integer (block, "index", 0);
  cJSON_AddItemToObject (block, "content_block", make_text_block (""));
  tw_sandbox_script_add_event (script, 0.0, "content_block_start", block);
  tw_sandbox_script_add_event (script, 0.0, "ping", make_event ("ping"));
}

static void
write_delta (const TwSandboxAnswer *answer, TwSandboxScript *script, double due, const char *text)
{
  cJSON *json = make_event ("content_block_delta");
  cJSON *delta;

  tw_json_add_integer (json, "index", 0);
  delta = cJSON_AddObjectToObject (json, "delta");
  tw_json_add_string (delta, "type", "text_delta");
  tw_json_add_string (delta, "text", text);
  tw_sandbox_script_add_event (script, due, "content_block_delta", json);
}

static void
write_end (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  cJSON *stop = make_event ("content_block_stop");
  cJSON *message = make_event ("message_delta");
  cJSON *delta;
  cJSON *usage;

  tw_json_add_integer (stop, "index", 0);
  tw_sandbox_script_add_event (script, 1.0, "content_block_stop", stop);
  delta = cJSON_AddObjectToObject (message, "delta");
  tw_json_add_string (delta, "stop_reason", get_finish (answer));
  cJSON_AddNullToObject (delta, "stop_sequence");
  usage = cJSON_AddObjectToObject (message, "usage");
  add_input (usage, answer);
  tw_json_add_integer (usage, "output_tokens", answer->tokens);
  tw_sandbox_script_add_event (script, 1.0, "message_delta", message);
  tw_sandbox_script_add_event (script, 1.0, "message_stop", make_event ("message_stop"));
}

static void
write_stream (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  write_start (answer, script);
  tw_sandbox_text_write (answer, script, write_delta);
  write_end (answer, script);
}

static const char *
get_error_type (guint status)
{
  static const struct
  {
    guint status;
    const char *type;
  } types[] = {
    { 401, "authentication_error" }, { 402, "billing_error" },  { 403, "permission_error" },
    { 404, "not_found_error" },      { 409, "conflict_error" }, { 413, "request_too_large" },
    { 429, "rate_limit_error" },     { 504, "timeout_error" },  { 529, "overloaded_error" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].status == status)
      return types[i].type;
  return status < 500 ? "invalid_request_error" : "api_error";
}

static cJSON *
make_error (guint status, const char *message)
{
  cJSON *json = make_event ("error");
  cJSON *error = cJSON_AddObjectToObject (json, "error");

  tw_json_add_string (error, "type", get_error_type (status));
  tw_json_add_string (error, "message", message);
  tw_json_add_string (json, "request_id", "req_sandbox");
  return json;
}

static void
write_break (const TwSandboxAnswer *answer, TwSandboxScript *script, const char *message)
{
  tw_sandbox_script_add_event (script, 0.5, "error", make_error (529, message));
}

const TwSandboxDialect tw_sandbox_anthropic = {
  .path = "/messages",
  .messages_key = "messages",
  .caching = TW_SANDBOX_CACHE_MARKS,
  .max_tokens_keys = { "max_tokens", NULL },
  .max_tokens_is_required = TRUE,
  .write_whole = write_whole,
  .write_stream = write_stream,
  .write_break = write_break,
  .make_error = make_error,
};
