/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

/* Responses, as in OpenAI's published OpenAPI file. */

#define ITEM_ID "msg_sandbox"

static cJSON *
make_usage (const TwSandboxAnswer *answer)
{
  cJSON *usage = cJSON_CreateObject ();
  cJSON *details;

  tw_json_add_integer (usage, "input_tokens", answer->prompt->tokens);
  details = cJSON_AddObjectToObject (usage, "input_tokens_details");
  tw_json_add_integer (details, "cached_tokens", answer->cached.read);
  if (answer->cached.written_30m > 0)
    tw_json_add_integer (details, "cache_write_tokens", answer->cached.written_30m);
  tw_json_add_integer (usage, "output_tokens", answer->tokens);
  details = cJSON_AddObjectToObject (usage, "output_tokens_details");
  tw_json_add_integer (details, "reasoning_tokens", 0);
  tw_json_add_integer (usage, "total_tokens", answer->prompt->tokens + answer->tokens);
  return usage;
}

static cJSON *
make_part (const char *text)
{
  cJSON *part = cJSON_CreateObject ();

  tw_json_add_string (part, "type", "output_text");
  tw_json_add_string (part, "text", text);
  cJSON_AddArrayToObject (part, "annotations");
  return part;
}

/* The message: without a text, as it begins. */
static cJSON *
make_item (const TwSandboxAnswer *answer, const char *text)
{
  cJSON *item = cJSON_CreateObject ();
  cJSON *content;

  tw_json_add_string (item, "id", ITEM_ID);
  tw_json_add_string (item, "type", "message");
  tw_json_add_string (item, "status",
                      text == NULL  ? "in_progress"
                      : answer->cut ? "incomplete"
                                    : "completed");
  tw_json_add_string (item, "role", "assistant");
  content = cJSON_AddArrayToObject (item, "content");
  if (text != NULL)
    cJSON_AddItemToArray (content, make_part (text));
  return item;
}

static cJSON *
make_response (const TwSandboxAnswer *answer, const char *status)
{
  cJSON *json = cJSON_CreateObject ();

  tw_json_add_string (json, "id", answer->id);
  tw_json_add_string (json, "object", "response");
  tw_json_add_integer (json, "created_at", answer->created);
  tw_json_add_string (json, "status", status);
  cJSON_AddNullToObject (json, "error");
  tw_json_add_string (json, "model", answer->prompt->model);
  tw_json_add_string (json, "service_tier", "default");
  return json;
}

static cJSON *
make_finished (const TwSandboxAnswer *answer)
{
  cJSON *json = make_response (answer, answer->cut ? "incomplete" : "completed");

  if (answer->cut)
    tw_json_add_string (cJSON_AddObjectToObject (json, "incomplete_details"), "reason",
                        "max_output_tokens");
  else
    cJSON_AddNullToObject (json, "incomplete_details");
  cJSON_AddItemToArray (cJSON_AddArrayToObject (json, "output"), make_item (answer, answer->text));
  cJSON_AddItemToObject (json, "usage", make_usage (answer));
  return json;
}

static void
write_whole (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  tw_sandbox_script_add_json (script, 1.0, make_finished (answer));
}

static cJSON *
make_event (const char *type)
{
  cJSON *json = cJSON_CreateObject ();

  tw_json_add_string (json, "type", type);
  return json;
}

/* The event's name is its type. */
static void
add_event (TwSandboxScript *script, double due, cJSON *take_json)
{
  g_autofree char *name = g_strdup (tw_json_string (take_json, "type"));

  tw_sandbox_script_add_event (script, due, name, take_json);
}

static cJSON *
make_text_event (const char *type)
{
  cJSON *json = make_event (type);

  tw_json_add_string (json, "item_id", ITEM_ID);
  tw_json_add_integer (json, "output_index", 0);
  tw_json_add_integer (json, "content_index", 0);
  return json;
}

static void
write_start (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  static const char *const types[] = { "response.created", "response.in_progress" };
  cJSON *item = make_event ("response.output_item.added");
  cJSON *part = make_text_event ("response.content_part.added");

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      cJSON *json = make_event (types[i]);
      cJSON *response = make_response (answer, "in_progress");

      cJSON_AddArrayToObject (response, "output");
      cJSON_AddNullToObject (response, "usage");
      cJSON_AddItemToObject (json, "response", response);
      add_event (script, 0.0, json);
    }
  tw_json_add_integer (item, "output_index", 0);
  cJSON_AddItemToObject (item, "item", make_item (answer, NULL));
  add_event (script, 0.0, item);
  cJSON_AddItemToObject (part, "part", make_part (""));
  add_event (script, 0.0, part);
}

static void
write_piece (const TwSandboxAnswer *answer, TwSandboxScript *script, double due, const char *piece)
{
  cJSON *json = make_text_event ("response.output_text.delta");

  tw_json_add_string (json, "delta", piece);
  add_event (script, due, json);
}

static void
write_end (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  cJSON *text = make_text_event ("response.output_text.done");
  cJSON *part = make_text_event ("response.content_part.done");
  cJSON *item = make_event ("response.output_item.done");
  cJSON *end = make_event (answer->cut ? "response.incomplete" : "response.completed");

  tw_json_add_string (text, "text", answer->text);
  add_event (script, 1.0, text);
  cJSON_AddItemToObject (part, "part", make_part (answer->text));
  add_event (script, 1.0, part);
  tw_json_add_integer (item, "output_index", 0);
  cJSON_AddItemToObject (item, "item", make_item (answer, answer->text));
  add_event (script, 1.0, item);
  cJSON_AddItemToObject (end, "response", make_finished (answer));
  add_event (script, 1.0, end);
}

static void
write_stream (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  write_start (answer, script);
  tw_sandbox_text_write (answer, script, write_piece);
  write_end (answer, script);
}

/* An error event and a response that says that it failed, as OpenAI really sends them. */
static void
write_break (const TwSandboxAnswer *answer, TwSandboxScript *script, const char *message)
{
  cJSON *json = make_event ("error");
  cJSON *failed = make_event ("response.failed");
  cJSON *response = make_response (answer, "failed");
  cJSON *error;

  error = cJSON_AddObjectToObject (json, "error");
  tw_json_add_string (error, "type", "server_error");
  tw_json_add_string (error, "code", "server_error");
  tw_json_add_string (error, "message", message);
  cJSON_AddNullToObject (error, "param");
  cJSON_ReplaceItemInObjectCaseSensitive (response, "error", cJSON_Duplicate (error, TRUE));
  add_event (script, 0.5, json);
  cJSON_AddItemToObject (failed, "response", response);
  add_event (script, 0.5, failed);
}

const TwSandboxDialect tw_sandbox_openai_responses = {
  .path = "/responses",
  .messages_key = "input",
  .max_tokens_keys = { "max_output_tokens", NULL },
  .caching = TW_SANDBOX_CACHE_PREFIX,
  .write_whole = write_whole,
  .write_stream = write_stream,
  .write_break = write_break,
  .make_error = tw_sandbox_openai_make_error,
};
