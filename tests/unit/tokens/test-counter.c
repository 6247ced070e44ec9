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
    { "o200k_base", 10, TRUE, "o200k_base" }, { "cl100k_base", 10, TRUE, "cl100k_base" },
    { "claude-3", 12, FALSE, "o200k_base" },  { "claude-4.7", 14, FALSE, "o200k_base" },
    { "gemma3", 11, FALSE, "o200k_base" },    { "llama3", 10, FALSE, "o200k_base" },
    { "grok", 10, FALSE, "o200k_base" },      { "no-such", 10, FALSE, "o200k_base" },
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
                   "{\"tokens\":12,\"encoding\":\"o200k_base\",\"exact\":false,"
                   "\"low\":10,\"high\":17}");
  g_assert_nonnull (strstr (empty, "\"tokens\":0,"));
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
  g_assert_true (tw_count_request ("o200k_base", request, NULL, &count, NULL));
  assert_sum (&count);
  g_assert_cmpint (count.messages, ==, 10);
  g_assert_cmpint (count.framing, ==, 3 + 3 + 1);
  g_assert_true (count.total.exact);
  g_assert_cmpint (count.total.low, ==, count.total.high);

  request->system = g_strdup ("Be brief.");
  tw_request_add_text (request, TW_ROLE_ASSISTANT, "Yes.");
  g_assert_true (tw_count_request ("o200k_base", request, NULL, &count, NULL));
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
      g_assert_true (tw_count_request (cases[i].tokenizer, request, NULL, &count, NULL));
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

      g_assert_true (tw_count_request (tokenizers[i], request, NULL, &count, NULL));
      assert_sum (&count);
      g_assert_cmpint (count.tools, >, 20);
      g_assert_cmpint (count.tools, <, 120);
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
  g_assert_true (tw_count_request ("cl100k_base", request, NULL, &automatic, NULL));
  request->tool_choice = g_strdup ("none");
  g_assert_true (tw_count_request ("cl100k_base", request, NULL, &none, NULL));
  g_assert_cmpint (none.total.tokens, ==, automatic.total.tokens + 1);
}

static void
test_images (void)
{
  static const struct
  {
    TwImageRule rule;
    guint width;
    guint height;
    gint64 tokens;
  } cases[] = {
    { TW_IMAGE_TILES, 512, 512, 255 },
    { TW_IMAGE_TILES, 1024, 1024, 765 },
    { TW_IMAGE_TILES, 2048, 4096, 1105 },
    { TW_IMAGE_TILES, 1, 1, 255 },
    { TW_IMAGE_TILES, G_MAXUINT, 1, 765 },
    { TW_IMAGE_PATCHES, 1920, 1080, 1568 }, /* 69 × 39 is past the cap */
    { TW_IMAGE_PATCHES, 256, 256, 100 },
    { TW_IMAGE_FLAT, 10, 10, 1090 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TwCountRange range = tw_counter_count_image (cases[i].rule, cases[i].width, cases[i].height);

      g_assert_cmpint (range.tokens, ==, cases[i].tokens);
      g_assert_cmpint (range.low, <=, range.tokens);
      g_assert_cmpint (range.high, >=, range.tokens);
    }
  for (guint rule = TW_IMAGE_TILES; rule <= TW_IMAGE_UNKNOWN; rule++)
    g_assert_cmpint (tw_counter_count_image (rule, 0, 0).tokens, >, 0);
}

static void
test_image_sizes (void)
{
  static const struct
  {
    const char *head;
    gsize length;
    guint width;
    guint height;
  } cases[] = {
    { "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x06\0\0\0\0\0\0", 32, 640, 480 },
    { "GIF89a\x40\x01\xf0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32, 320, 240 },
    { "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x11\x08\x04\x38\x07\x80\3\1\1", 34,
      1920, 1080 },
    { "RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0\0\0", 32, 640, 480 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *base64 = g_base64_encode ((const guchar *) cases[i].head, cases[i].length);
      guint width = 0;
      guint height = 0;

      g_assert_true (tw_image_read_size (base64, &width, &height));
      g_assert_cmpuint (width, ==, cases[i].width);
      g_assert_cmpuint (height, ==, cases[i].height);
      for (gsize cut = 0; cut < strlen (base64); cut++)
        {
          g_autofree char *shorter = g_strndup (base64, cut);

          tw_image_read_size (shorter, &width, &height);
        }
    }
  g_assert_false (tw_image_read_size (
      "bm90IGFuIGltYWdlLCBqdXN0IHNvbWUgdGV4dCBvZiBlbm91Z2ggYnl0ZXM=", &(guint){ 0 },
      &(guint){ 0 }));
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
  g_assert_true (tw_count_request ("o200k_base", request, NULL, &count, NULL));
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
  g_test_add_func ("/tokens/counter/images", test_images);
  g_test_add_func ("/tokens/counter/image-sizes", test_image_sizes);
  g_test_add_func ("/tokens/counter/request-image", test_request_image);
  return g_test_run ();
}
