/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-anthropic-private.h"
#include "libtokenwise/wire/tw-openai-chat-private.h"

#include <math.h>
#include <string.h>

static TwRequest *
new_request (void)
{
  TwRequest *request = tw_request_new ("openai/m");

  tw_request_add_text (request, TW_ROLE_USER, "hi");
  return request;
}

static char *
encode (const char *dialect, TwRequest *request, const TwWireTarget *target, GError **error)
{
  g_autoptr (TwWireCall) call = tw_codec_find (dialect, NULL)->encode (request, target, error);

  return call != NULL ? g_steal_pointer (&call->body) : NULL;
}

/* The same request gives the same bytes: providers cache by prefix. */
static void
test_deterministic (void)
{
  static const char json[] = "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"tools\":[{"
                             "\"name\":\"f\",\"parameters\":{\"z\":1,\"a\":{\"y\":2,\"b\":3}}}]}";

  for (guint i = 0; i < 2; i++)
    {
      const char *dialect = tw_codec_list ()[i];
      g_autoptr (TwRequest) one = tw_request_new_from_json (json, NULL);
      g_autoptr (TwRequest) two = tw_request_new_from_json (json, NULL);
      TwWireTarget target = { "openai", "m", 10, TRUE, FALSE, NULL };
      g_autofree char *first = encode (dialect, one, &target, NULL);
      g_autofree char *second = encode (dialect, two, &target, NULL);
      g_autofree char *third = encode (dialect, one, &target, NULL);

      g_assert_cmpstr (first, ==, second);
      g_assert_cmpstr (first, ==, third);
      g_assert_nonnull (strstr (first, "{\"z\":1,\"a\":{\"y\":2,\"b\":3}}"));
    }
}

static void
test_numbers (void)
{
  static const struct
  {
    double temperature;
    const char *text;
  } numbers[] = { { 0, "\"temperature\":0," },
                  { 0.1, "\"temperature\":0.1," },
                  { 1, "\"temperature\":1," },
                  { 1.0 / 3, "\"temperature\":0.33333333333333331," } };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (TwRequest) request = new_request ();
      TwWireTarget target
          = { "openai", "m", G_GINT64_CONSTANT (9007199254740993), TRUE, FALSE, NULL };
      g_autofree char *body = NULL;

      request->temperature = numbers[i].temperature;
      body = encode ("openai-chat", request, &target, NULL);
      g_assert_nonnull (strstr (body, numbers[i].text));
      g_assert_nonnull (strstr (body, "\"max_completion_tokens\":9007199254740993,"));
    }
}

static void
test_invalid (void)
{
  static const struct
  {
    TwWireTarget target;
    double temperature;
    gboolean no_messages;
  } invalid[] = {
    { { "openai", NULL, 10, TRUE, FALSE, NULL }, NAN, FALSE },
    { { "openai", "", 10, TRUE, FALSE, NULL }, NAN, FALSE },
    { { "openai", "m", 0, TRUE, FALSE, NULL }, NAN, FALSE },
    { { "openai", "m", -1, TRUE, FALSE, NULL }, NAN, FALSE },
    { { "openai", "m", 10, TRUE, FALSE, NULL }, INFINITY, FALSE },
    { { "openai", "m", 10, TRUE, FALSE, NULL }, -0.5, FALSE },
    { { "openai", "m", 10, TRUE, FALSE, NULL }, NAN, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (invalid) * 2; i++)
    {
      g_autoptr (TwRequest) request
          = invalid[i / 2].no_messages ? tw_request_new (NULL) : new_request ();
      g_autoptr (GError) error = NULL;

      request->temperature = invalid[i / 2].temperature;
      g_assert_null (encode (tw_codec_list ()[i % 2], request, &invalid[i / 2].target, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
    }
}

static void
add_part (TwRequest *request, TwRole role, TwPartKind kind)
{
  TwMessage *message = tw_request_add_message (request, role);
  TwPart *part = tw_part_new (kind);

  part->id = g_strdup ("i");
  part->name = g_strdup ("n");
  part->text = g_strdup ("t");
  part->url = g_strdup ("https://example.org/x");
  g_ptr_array_add (message->parts, part);
}

/* What a dialect cannot carry is refused by name, never dropped. */
static void
test_unsupported (void)
{
  static const struct
  {
    const char *dialect;
    TwRole role;
    TwPartKind kind;
    const char *names;
  } parts[] = {
    { "openai-chat", TW_ROLE_USER, TW_PART_TOOL_CALL, "tool call" },
    { "openai-chat", TW_ROLE_USER, TW_PART_FILE, "file by its URL" },
    { "openai-chat", TW_ROLE_ASSISTANT, TW_PART_FILE, "image or file" },
    { "openai-chat", TW_ROLE_TOOL, TW_PART_TEXT, "text outside a tool result" },
    { "openai-chat", TW_ROLE_TOOL, TW_PART_IMAGE, "image or file" },
    { "anthropic", TW_ROLE_USER, TW_PART_TOOL_CALL, "tool call" },
    { "anthropic", TW_ROLE_ASSISTANT, TW_PART_TOOL_RESULT, "tool result" },
    { "anthropic", TW_ROLE_ASSISTANT, TW_PART_IMAGE, "image or file" },
    { "anthropic", TW_ROLE_SYSTEM, TW_PART_TEXT, "instructions after" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (TwRequest) request = new_request ();
      TwWireTarget target = { "openai", "m", 10, TRUE, FALSE, NULL };
      g_autoptr (GError) error = NULL;

      add_part (request, parts[i].role, parts[i].kind);
      g_assert_null (encode (parts[i].dialect, request, &target, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, parts[i].names));
    }
}

static void
test_instructions (void)
{
  g_autoptr (TwRequest) request = tw_request_new (NULL);
  TwWireTarget target = { "openai", "m", 10, FALSE, TRUE, NULL };
  TwWireTarget other = { "groq", "m", 10, FALSE, TRUE, NULL };
  g_autofree char *developer = NULL, *system = NULL, *anthropic = NULL;

  request->system = g_strdup ("one");
  add_part (request, TW_ROLE_SYSTEM, TW_PART_TEXT);
  add_part (request, TW_ROLE_USER, TW_PART_TEXT);
  developer = encode ("openai-chat", request, &target, NULL);
  g_assert_nonnull (strstr (developer, "{\"role\":\"developer\",\"content\":\"one\"},"
                                       "{\"role\":\"developer\",\"content\":\"t\"}"));
  system = encode ("openai-chat", request, &other, NULL);
  g_assert_nonnull (strstr (system, "{\"role\":\"system\",\"content\":\"one\"}"));
  anthropic = encode ("anthropic", request, &target, NULL);
  g_assert_nonnull (strstr (anthropic, "\"system\":\"one\\n\\nt\""));
}

static char *
encode_version (const char *api_version, double temperature)
{
  g_autoptr (TwRequest) request = new_request ();
  TwWireTarget target = { "anthropic", "claude-sonnet-4-6", 10, TRUE, FALSE, api_version };
  g_autoptr (TwWireCall) call = NULL;

  request->temperature = temperature;
  call = tw_codec_find ("anthropic", NULL)->encode (request, &target, NULL);
  return g_strdup (g_array_index (call->headers, TwWireHeader, 1).value);
}

/* The later version answers a temperature with HTTP 400, so that the earlier one is spoken then. */
static void
test_anthropic_version (void)
{
  g_autofree char *by_default = encode_version (NULL, NAN);
  g_autofree char *chosen = encode_version ("2026-10-21", NAN);
  g_autofree char *sampling = encode_version ("2026-10-21", 0.5);

  g_assert_cmpstr (by_default, ==, "2023-06-01");
  g_assert_cmpstr (chosen, ==, "2026-10-21");
  g_assert_cmpstr (sampling, ==, "2023-06-01");
}

static void
test_anthropic_models (void)
{
  static const TwAnthropicWays newest = TW_ANTHROPIC_ADAPTIVE | TW_ANTHROPIC_NO_SAMPLING;
  static const struct
  {
    const char *model;
    TwAnthropicWays ways;
  } models[] = {
    { "claude-opus-4-5-20251101", TW_ANTHROPIC_BUDGET },
    { "claude-opus-4-20250514", TW_ANTHROPIC_BUDGET },
    { "claude-3-7-sonnet-latest", TW_ANTHROPIC_BUDGET },
    { "claude-opus-4-6", TW_ANTHROPIC_ADAPTIVE },
    { "anthropic.claude-opus-4-6-v1:0", TW_ANTHROPIC_ADAPTIVE },
    { "claude-sonnet-4-6@20260101", TW_ANTHROPIC_ADAPTIVE },
    { "claude-opus-4.7", newest },
    { "claude-opus-5-5", newest },
    { "claude-sonnet-5", newest },
    { "claude-fable-5-20260601", newest },
    { "claude-haiku-5", TW_ANTHROPIC_ADAPTIVE },
    { "claude-haiku-4-5", TW_ANTHROPIC_BUDGET },
    { "claude-x", 0 },
    { "llama-3", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    g_assert_cmpint (tw_anthropic_model_ways (models[i].model), ==, models[i].ways);
}

static void
test_breakpoint_models (void)
{
  static const char *const takes[] = { "gpt-5.6", "gpt-5.6-mini-2026-09-01", "gpt-5.10", "gpt-6" };
  static const char *const refuses[] = { "gpt-5", "gpt-5.4", "gpt-4.1", "gpt-4o", "o3", "my-gpt" };

  for (guint i = 0; i < G_N_ELEMENTS (takes); i++)
    g_assert_true (tw_chat_model_takes_breakpoints (takes[i]));
  for (guint i = 0; i < G_N_ELEMENTS (refuses); i++)
    g_assert_false (tw_chat_model_takes_breakpoints (refuses[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/encode/deterministic", test_deterministic);
  g_test_add_func ("/wire/encode/numbers", test_numbers);
  g_test_add_func ("/wire/encode/invalid", test_invalid);
  g_test_add_func ("/wire/encode/unsupported", test_unsupported);
  g_test_add_func ("/wire/encode/instructions", test_instructions);
  g_test_add_func ("/wire/encode/anthropic-version", test_anthropic_version);
  g_test_add_func ("/wire/encode/anthropic-models", test_anthropic_models);
  g_test_add_func ("/wire/encode/breakpoint-models", test_breakpoint_models);
  return g_test_run ();
}
