/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

/* generateContent, as in Google's published SDK. Without alt=sse a stream is a list in pieces. */

static cJSON *
make_chunk (const TwSandboxAnswer *answer, const char *text, const char *finish)
{
  cJSON *json = cJSON_CreateObject ();
  cJSON *candidate = cJSON_CreateObject ();
  cJSON *part = cJSON_CreateObject ();
  cJSON *content;

  cJSON_AddItemToArray (cJSON_AddArrayToObject (json, "candidates"), candidate);
  content = cJSON_AddObjectToObject (candidate, "content");
  cJSON_AddItemToArray (cJSON_AddArrayToObject (content, "parts"), part);
  tw_json_add_string (part, "text", text);
  tw_json_add_string (content, "role", "model");
  if (finish != NULL)
    tw_json_add_string (candidate, "finishReason", finish);
  tw_json_add_integer (candidate, "index", 0);
  return json;
}

/* Totals so far: only the last chunk knows the output. */
static void
add_tail (cJSON *json, const TwSandboxAnswer *answer, gint64 output)
{
  cJSON *usage = cJSON_AddObjectToObject (json, "usageMetadata");

  tw_json_add_integer (usage, "promptTokenCount", answer->prompt->tokens);
  if (output > 0)
    tw_json_add_integer (usage, "candidatesTokenCount", output);
  tw_json_add_integer (usage, "totalTokenCount", answer->prompt->tokens + output);
  if (answer->cached.read > 0)
    tw_json_add_integer (usage, "cachedContentTokenCount", answer->cached.read);
  tw_json_add_string (json, "modelVersion", answer->prompt->model);
  tw_json_add_string (json, "responseId", answer->id);
}

static cJSON *
make_last (const TwSandboxAnswer *answer, const char *text)
{
  cJSON *json = make_chunk (answer, text, answer->cut ? "MAX_TOKENS" : "STOP");

  add_tail (json, answer, answer->tokens);
  return json;
}

static void
write_whole (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  tw_sandbox_script_add_json (script, 1.0, make_last (answer, answer->text));
}

static void
add_chunk (const TwSandboxAnswer *answer,
           TwSandboxScript *script,
           double due,
           const char *before,
           cJSON *take_json)
{
  g_autoptr (cJSON) json = NULL;
  g_autofree char *text = NULL, *both = NULL;

  if (answer->prompt->as_events)
    {
      tw_sandbox_script_add_event (script, due, NULL, take_json);
      return;
    }
  json = take_json;
  text = tw_json_print (json);
  both = g_strconcat (before, text, NULL);
  tw_sandbox_script_add (script, due, both);
}

static void
write_piece (const TwSandboxAnswer *answer, TwSandboxScript *script, double due, const char *piece)
{
  cJSON *json = make_chunk (answer, piece, NULL);

  add_tail (json, answer, 0);
  add_chunk (answer, script, due, due > 0 ? "\n,\r\n" : "[", json);
}

static void
write_stream (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  tw_sandbox_text_write (answer, script, write_piece);
  add_chunk (answer, script, 1.0, *answer->text != '\0' ? "\n,\r\n" : "[", make_last (answer, ""));
  if (!answer->prompt->as_events)
    tw_sandbox_script_add (script, 1.0, "\n]");
}

static const char *
get_status_name (guint status)
{
  static const struct
  {
    guint status;
    const char *name;
  } names[] = {
    { 401, "UNAUTHENTICATED" },   { 403, "PERMISSION_DENIED" },  { 404, "NOT_FOUND" },
    { 408, "DEADLINE_EXCEEDED" }, { 429, "RESOURCE_EXHAUSTED" }, { 504, "DEADLINE_EXCEEDED" },
    { 500, "INTERNAL" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].status == status)
      return names[i].name;
  return status < 500 ? "INVALID_ARGUMENT" : "UNAVAILABLE";
}

static cJSON *
make_error (guint status, const char *message)
{
  cJSON *json = cJSON_CreateObject ();
  cJSON *error = cJSON_AddObjectToObject (json, "error");
  cJSON *retry;

  tw_json_add_integer (error, "code", status);
  tw_json_add_string (error, "message", message);
  tw_json_add_string (error, "status", get_status_name (status));
  if (status != 429)
    return json;
  retry = cJSON_CreateObject ();
  cJSON_AddItemToArray (cJSON_AddArrayToObject (error, "details"), retry);
  tw_json_add_string (retry, "@type", "type.googleapis.com/google.rpc.RetryInfo");
  tw_json_add_string (retry, "retryDelay", "1s");
  return json;
}

static void
write_break (const TwSandboxAnswer *answer, TwSandboxScript *script, const char *message)
{
  add_chunk (answer, script, 0.5, "\n,\r\n", make_error (503, message));
  if (!answer->prompt->as_events)
    tw_sandbox_script_add (script, 0.5, "\n]");
}

const TwSandboxDialect tw_sandbox_gemini = {
  .path = ":generateContent",
  .stream_path = ":streamGenerateContent",
  .model_mark = "/models/",
  .messages_key = "contents",
  .max_tokens_parent = "generationConfig",
  .max_tokens_keys = { "maxOutputTokens", NULL },
  .caching = TW_SANDBOX_CACHE_PREFIX,
  .stream_type = "Content-Type: application/json; charset=UTF-8",
  .write_whole = write_whole,
  .write_stream = write_stream,
  .write_break = write_break,
  .make_error = make_error,
};
