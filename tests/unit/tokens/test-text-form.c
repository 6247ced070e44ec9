/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-text-form-private.h"

#include "libtokenwise/tokens/tw-encoding-private.h"

#include <string.h>

static void
assert_form (const char *encoding,
             const char *text,
             gsize length,
             gboolean at_start,
             const char *want,
             gsize want_length)
{
  const TwVocabulary *vocabulary = tw_encoding_get_vocabulary (tw_encoding_get (encoding, NULL));
  g_auto (TwTextForm) form;

  tw_text_form_init (&form, vocabulary, text, length, at_start);
  g_assert_cmpmem (form.text, form.length, want, want_length);
}

static void
assert_text (const char *encoding, const char *text, const char *want)
{
  assert_form (encoding, text, strlen (text), TRUE, want, strlen (want));
}

static void
test_as_it_is (void)
{
  const TwVocabulary *vocabulary
      = tw_encoding_get_vocabulary (tw_encoding_get ("o200k_base", NULL));
  g_auto (TwTextForm) form;
  const char *text = "e\xcc\x81 stays";

  tw_text_form_init (&form, vocabulary, text, strlen (text), TRUE);
  g_assert_true (form.text == text);
  assert_text ("o200k_base",
               "a\xff"
               "b",
               "a\xef\xbf\xbd"
               "b");
}

static void
test_nfc (void)
{
  assert_text ("qwen", "plain", "plain");
  assert_text ("qwen", "e\xcc\x81", "\xc3\xa9");
  assert_text ("qwen", "xe\xcc\x81y e\xcc\x81", "x\xc3\xa9y \xc3\xa9");
  assert_text ("qwen", "\xe2\x84\xab", "\xc3\x85");                 /* the ångström sign */
  assert_text ("qwen", "\xe1\x84\x80\xe1\x85\xa1", "\xea\xb0\x80"); /* two jamo */
  assert_text ("qwen", "e\xcc\x81\xff", "\xc3\xa9\xef\xbf\xbd");
  assert_form ("qwen", "e\xcc\x81\0e\xcc\x81", 7, TRUE, "\xc3\xa9\0\xc3\xa9", 5);
}

/* Normalised in parts, wherever they end, a text is what GLib makes of it whole. */
static void
test_nfc_in_parts (void)
{
  static const char *const units[]
      = { "a", "e\xcc\x81", "\xe1\x84\x80\xe1\x85\xa1", "a\xcc\xa3\xcc\x82", " ", "\xe4\xb8\xad" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (guint round = 0; round < 300; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *want = NULL;

      while (text->len < 1500)
        g_string_append (text, units[g_rand_int_range (rand, 0, G_N_ELEMENTS (units))]);
      want = g_utf8_normalize (text->str, -1, G_NORMALIZE_NFC);
      assert_text ("qwen", text->str, want);
    }
}

/* As many marks as anyone likes on one letter cost time in proportion. */
static void
test_many_marks (void)
{
  g_autoptr (GString) text = g_string_new ("e");
  const TwVocabulary *vocabulary = tw_encoding_get_vocabulary (tw_encoding_get ("qwen", NULL));
  g_auto (TwTextForm) form;

  for (guint i = 0; i < 200000; i++)
    g_string_append (text, "\xcc\x81");
  tw_text_form_init (&form, vocabulary, text->str, text->len, TRUE);
  g_assert_cmpuint (form.length, >, text->len - 200);
}

static void
test_metaspace (void)
{
  assert_text ("mistral-v3", "", "");
  assert_text ("mistral-v3", "a", "▁a");
  assert_text ("mistral-v3", " a  b ", "▁▁a▁▁b▁");
  assert_form ("mistral-v3", "a b", 3, FALSE, "a▁b", strlen ("a▁b"));
}

static void
test_undo (void)
{
  const TwVocabulary *mistral = tw_encoding_get_vocabulary (tw_encoding_get ("mistral-v3", NULL));
  const TwVocabulary *plain = tw_encoding_get_vocabulary (tw_encoding_get ("o200k_base", NULL));
  static const char marked[] = "▁▁a▁▁b▁";
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) marked, sizeof marked - 1);
  tw_text_form_undo (plain, bytes);
  g_assert_cmpmem (bytes->data, bytes->len, marked, sizeof marked - 1);
  tw_text_form_undo (mistral, bytes);
  g_assert_cmpmem (bytes->data, bytes->len, " a  b ", 6);
  g_byte_array_set_size (bytes, 0);
  tw_text_form_undo (mistral, bytes);
  g_assert_cmpuint (bytes->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokens/text-form/as-it-is", test_as_it_is);
  g_test_add_func ("/tokens/text-form/nfc", test_nfc);
  g_test_add_func ("/tokens/text-form/nfc-in-parts", test_nfc_in_parts);
  g_test_add_func ("/tokens/text-form/many-marks", test_many_marks);
  g_test_add_func ("/tokens/text-form/metaspace", test_metaspace);
  g_test_add_func ("/tokens/text-form/undo", test_undo);
  return g_test_run ();
}
