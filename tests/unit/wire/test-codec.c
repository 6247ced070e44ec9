/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-codec-private.h"

#include <string.h>

static void
test_find (void)
{
  const char *const *names = tw_codec_list ();

  g_assert_true (g_strv_contains (names, "openai-chat"));
  g_assert_true (g_strv_contains (names, "anthropic"));
  for (guint i = 0; names[i] != NULL; i++)
    {
      const TwCodec *codec = tw_codec_find (names[i], NULL);

      g_assert_cmpstr (codec->name, ==, names[i]);
      g_assert_true (codec->encode != NULL && codec->stream_event != NULL && codec->end != NULL
                     && codec->whole_reply != NULL && codec->read_usage != NULL);
      g_assert_nonnull (codec->key_header);
      g_assert_nonnull (codec->key_prefix);
    }
}

/* The error names what is known. */
static void
test_unknown (void)
{
  static const char *const names[] = { "smoke-signals", "", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_codec_find (names[i], &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
      g_assert_nonnull (strstr (error->message, "openai-chat"));
    }
}

static void
test_finish_names (void)
{
  static const char *const names[] = { "unknown",        "stop",    "length", "tool_calls",
                                       "content_filter", "refusal", "pause",  "error" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpstr (tw_finish_to_string (i), ==, names[i]);
  g_assert_cmpuint (G_N_ELEMENTS (names), ==, TW_FINISH_ERROR + 1);
}

static void
test_call (void)
{
  g_autoptr (TwWireCall) call = tw_wire_call_new ("POST", "/x", g_strdup ("{}"));

  tw_wire_call_add_header (call, "A", "1");
  tw_wire_call_add_header (call, "B", "2");
  g_assert_cmpuint (call->headers->len, ==, 2);
  g_assert_cmpstr (g_array_index (call->headers, TwWireHeader, 1).name, ==, "B");
  g_assert_cmpstr (g_array_index (call->headers, TwWireHeader, 1).value, ==, "2");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/codec/find", test_find);
  g_test_add_func ("/wire/codec/unknown", test_unknown);
  g_test_add_func ("/wire/codec/finish-names", test_finish_names);
  g_test_add_func ("/wire/codec/call", test_call);
  return g_test_run ();
}
