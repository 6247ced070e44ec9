/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-redact-private.h"

#include <string.h>

static void
test_keys (void)
{
  static const char *const cases[][2] = {
    { "Incorrect API key provided: sk-proj-abcdefgh1234.",
      "Incorrect API key provided: [redacted]" },
    { "key sk-abc***************xyz!", "key [redacted]!" },
    { "x-api-key: sk-ant-api03-AAAA_bbbb-cccc", "x-api-key: [redacted]" },
    { "Authorization: Bearer abcdefgh", "Authorization: Bearer [redacted]" },
    { "authorization=BEARER abcdefgh.ijkl", "authorization=BEARER [redacted]" },
    { "token gsk_0123456789 and xai-0123456789", "token [redacted] and [redacted]" },
    { "AIzaSyA1234567890", "[redacted]" },
    { "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "[redacted]" },
    { "0123456789abcdef0123456789abcdef", "[redacted]" },
    { "(AbCdEfGhIjKlMnOpQrStUvWx1)", "([redacted])" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = tw_redact_text (cases[i][0], strlen (cases[i][0]), 500, NULL);

      g_assert_cmpstr (text, ==, cases[i][1]);
    }
}

/* What an error needs to say stays. */
static void
test_kept (void)
{
  static const char *const texts[] = {
    "model: claude-sonet-4-5",
    "The model `us.anthropic.claude-sonnet-4-5-20250929-v1:0` does not exist",
    "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8 is down",
    "prompt is too long: 3333404 tokens > 200000 maximum",
    "request 39b6f0a2-6a4f-4f2c-9f3e-1b2c3d4e5f60 failed",
    "see https://openrouter.ai/settings/integrations",
    "web_search_tool_result_20250305_error",
    "sk-",
    "Bearer token missing",
    "Zeichen: äöü €",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = tw_redact_text (texts[i], strlen (texts[i]), 500, NULL);

      g_assert_cmpstr (text, ==, texts[i]);
    }
}

static void
test_controls (void)
{
  static const char bytes[] = "  a\nb\tc\x1b[31m\0d\xff ";
  g_autofree char *text = tw_redact_text (bytes, sizeof bytes - 1, 500, NULL);

  g_assert_cmpstr (text, ==,
                   "a b c [31m\xef\xbf\xbd"
                   "d\xef\xbf\xbd");
}

static void
test_length (void)
{
  g_autofree char *exact = g_strnfill (500, ' ');
  g_autofree char *kept = NULL, *cut = NULL, *wide = NULL;
  g_autoptr (GString) euros = g_string_new (NULL);

  memset (exact, '.', 500);
  kept = tw_redact_text (exact, 500, 500, NULL);
  g_assert_cmpstr (kept, ==, exact);
  cut = tw_redact_text (exact, 500, 499, NULL);
  g_assert_cmpuint (strlen (cut), ==, 499);
  g_assert_true (g_str_has_suffix (cut, "…"));
  for (guint i = 0; i < 400; i++)
    g_string_append (euros, "€");
  for (gsize max = 4; max < 20; max++)
    {
      g_free (wide);
      wide = tw_redact_text (euros->str, euros->len, max, NULL);
      g_assert_cmpuint (strlen (wide), <=, max);
      g_assert_true (g_utf8_validate (wide, -1, NULL));
    }
}

/* A key is not saved by being cut in half. */
static void
test_key_at_the_end (void)
{
  g_autofree char *filler = g_strnfill (490, '!');
  g_autofree char *text = g_strconcat (filler, " sk-abcdefghijklmnopqrstuvwxyz", NULL);
  g_autofree char *redacted = tw_redact_text (text, strlen (text), 500, NULL);

  g_assert_null (strstr (redacted, "sk-"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/redact/keys", test_keys);
  g_test_add_func ("/wire/redact/kept", test_kept);
  g_test_add_func ("/wire/redact/controls", test_controls);
  g_test_add_func ("/wire/redact/length", test_length);
  g_test_add_func ("/wire/redact/key-at-the-end", test_key_at_the_end);
  return g_test_run ();
}
