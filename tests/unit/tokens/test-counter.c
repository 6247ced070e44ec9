/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/message/tw-request-private.h"
#include "libtokenwise/tokens/tw-counter-family-private.h"

#include <string.h>

static const char sentence[] = "The quick brown fox jumps over the lazy dog."; /* 10 tokens */

static void
test_text (void)
{
  static const struct
  {
    const char *tokenizer;
    gint64 tokens;
    gboolean exact;
    const char *encoding;
  } cases[] = {
    { "o200k_base", 10, TRUE, "o200k_base" },
    { "cl100k_base", 10, TRUE, "cl100k_base" },
    { "o200k_harmony", 10, TRUE, "o200k_harmony" },
    { "qwen", 10, TRUE, "qwen" },
    { "mistral", 10, TRUE, "tekken" },
    { "claude-3", 11, FALSE, "claude-3" },
    { "claude-4.7", 17, FALSE, "claude-4.7" },
    { "claude-5", 17, FALSE, "claude-5" },
    { "gemma3", 11, FALSE, "o200k_base" },
    { "llama3", 10, FALSE, "o200k_base" },
    { "grok", 10, FALSE, "o200k_base" },
    { "no-such", 10, FALSE, "o200k_base" },
    { NULL, 10, FALSE, "o200k_base" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TwTokenCount count;

      g_assert_true (tw_count_text (cases[i].tokenizer, sentence, strlen (sentence), &count, NULL));
      g_assert_cmpint (count.tokens, ==, cases[i].tokens);
      g_assert_cmpint (count.exact, ==, cases[i].exact);
      g_assert_cmpstr (count.encoding, ==, cases[i].encoding);
      if (count.exact)
        g_assert_true (count.low == count.tokens && count.high == count.tokens);
      else
        g_assert_true (count.low < count.tokens && count.high > count.tokens);
    }
}

static void
test_text_json (void)
{
  g_autofree char *exact = tw_counter_count_text_json ("cl100k_base", "hello world", -1, NULL);
  g_autofree char *rough = tw_counter_count_text_json ("claude-3", sentence, -1, NULL);
  g_autofree char *empty = tw_counter_count_text_json (NULL, "", 0, NULL);

  g_assert_cmpstr (exact, ==, "{\"tokens\":2,\"encoding\":\"cl100k_base\",\"exact\":true}");
  g_assert_cmpstr (rough, ==,
                   "{\"tokens\":11,\"encoding\":\"claude-3\",\"exact\":false,"
                   "\"low\":5,\"high\":17,\"basis\":\"measured\"}");
  g_assert_nonnull (strstr (empty, "\"tokens\":0,"));
}

static gboolean
count_request (const char *tokenizer, TwRequest *request, TwRequestCount *ret_count)
{
  TwCountTarget target = { .tokenizer = tokenizer };

  return tw_count_request (&target, request, NULL, ret_count, NULL);
}

static void
assert_sum (const TwRequestCount *count)
{
  g_assert_cmpint (count->total.tokens, ==,
                   count->system + count->messages + count->tools + count->images + count->framing);
  g_assert_cmpint (count->total.low, <=, count->total.tokens);
  g_assert_cmpint (count->total.high, >=, count->total.tokens);
}

/* OpenAI's cookbook: 3 per message and its role, 3 for the reply. */
static void
test_request_framing (void)
{
  g_autoptr (TwRequest) request = tw_request_new ("gpt-4o");
  TwRequestCount count;

  tw_request_add_text (request, TW_ROLE_USER, sentence);
  g_assert_true (count_request ("o200k_base", request, &count));
  assert_sum (&count);
  g_assert_cmpint (count.messages, ==, 10);
  g_assert_cmpint (count.framing, ==, 3 + 3 + 1);
  g_assert_true (count.total.exact);
  g_assert_cmpint (count.total.low, ==, count.total.high);

  request->system = g_strdup ("Be brief.");
  tw_request_add_text (request, TW_ROLE_ASSISTANT, "Yes.");
  g_assert_true (count_request ("o200k_base", request, &count));
  assert_sum (&count);
  g_assert_cmpint (count.system, ==, 3);
  g_assert_cmpint (count.messages, ==, 12);
  g_assert_cmpint (count.framing, ==, 3 + 3 * 4);
}

/* One user message costs 7 and 11 tokens of framing, as the count endpoint answers. */
static void
test_request_claude (void)
{
  static const struct
  {
    const char *tokenizer;
    gint64 framing;
  } cases[] = { { "claude-3", 7 }, { "claude-4.7", 11 }, { "gemma3", 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TwRequest) request = tw_request_new ("x");
      TwRequestCount count;

      tw_request_add_text (request, TW_ROLE_USER, sentence);
      g_assert_true (count_request (cases[i].tokenizer, request, &count));
      assert_sum (&count);
      g_assert_cmpint (count.framing, ==, cases[i].framing);
      g_assert_false (count.total.exact);
    }
}

static void
test_request_tools (void)
{
  static const char *const tokenizers[] = { "o200k_base", "claude-3", "gemma3", "unknown" };
  g_autoptr (TwRequest) request = tw_request_new ("x");
  TwTool *tool;

  tw_request_add_text (request, TW_ROLE_USER, "Weather in Paris?");
  tool = tw_request_add_tool (request, "get_weather");
  tool->description = g_strdup ("Get the current weather in a given location");
  tool->parameters = tw_json_parse (
      "{\"type\":\"object\",\"required\":[\"location\"],\"properties\":{\"location\":{\"type\":"
      "\"string\",\"description\":\"The city\"},\"unit\":{\"enum\":[\"c\",\"f\"]},\"days\":{"
      "\"type\":\"array\",\"items\":{\"type\":\"integer\"}}}}",
      -1, 4096, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tokenizers); i++)
    {
      TwRequestCount count;

      g_assert_true (count_request (tokenizers[i], request, &count));
      assert_sum (&count);
      g_assert_cmpint (count.tools, >=, 15);
      g_assert_cmpint (count.tools, <, 120 + 496 + 22); /* Claude's own prompt */
      g_assert_false (count.total.exact);
      g_assert_cmpint (count.total.low, <, count.total.high);
    }
}

/* “none” costs one token more than letting the model choose. */
static void
test_request_tool_choice (void)
{
  g_autoptr (TwRequest) request = tw_request_new ("x");
  TwRequestCount automatic;
  TwRequestCount none;

  tw_request_add_text (request, TW_ROLE_USER, "hello");
  tw_request_add_tool (request, "bing_bong");
  g_assert_true (count_request ("cl100k_base", request, &automatic));
  request->tool_choice = g_strdup ("none");
  g_assert_true (count_request ("cl100k_base", request, &none));
  g_assert_cmpint (none.total.tokens, ==, automatic.total.tokens + 1);
}

static void
test_request_image (void)
{
  g_autoptr (TwRequest) request = tw_request_new ("x");
  TwMessage *message = tw_request_add_message (request, TW_ROLE_USER);
  TwPart *part = tw_part_new (TW_PART_IMAGE);
  TwRequestCount count;
  g_autofree char *json = NULL;

  part->url = g_strdup ("https://example.org/x.png");
  g_ptr_array_add (message->parts, part);
  g_assert_true (count_request ("o200k_base", request, &count));
  assert_sum (&count);
  g_assert_cmpint (count.images, ==, 765);
  g_assert_false (count.total.exact);
  g_assert_cmpint (count.total.high, >=, 4082);
  json = tw_counter_count_request_json ("o200k_base", request, NULL);
  g_assert_nonnull (strstr (json, "\"parts\":{\"system\":0,\"messages\":0,\"tools\":0,"
                                  "\"images\":765,\"framing\":7}"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokens/counter/text", test_text);
  g_test_add_func ("/tokens/counter/text-json", test_text_json);
  g_test_add_func ("/tokens/counter/request-framing", test_request_framing);
  g_test_add_func ("/tokens/counter/request-claude", test_request_claude);
  g_test_add_func ("/tokens/counter/request-tools", test_request_tools);
  g_test_add_func ("/tokens/counter/request-tool-choice", test_request_tool_choice);
  g_test_add_func ("/tokens/counter/request-image", test_request_image);
  return g_test_run ();
}
