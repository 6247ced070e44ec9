/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-utf8-private.h"

#include <string.h>

#define R "\xef\xbf\xbd"

/* Expected forms: the Unicode Standard 3.9, tables 3-8 to 3-11, and WHATWG's decoder. */
static const struct
{
  const char *name;
  const char *text;
  const char *repaired;
} cases[] = {
  { "valid", "aé中😀", "aé中😀" },
  { "lone-continuation", "a\x80z", "a" R "z" },
  { "overlong-2", "\xc0\xaf", R R },
  { "overlong-3", "\xe0\x80\xbf", R R R },
  { "overlong-4", "\xf0\x81\x82\x41", R R R "A" },
  { "surrogate", "\xed\xa0\x80", R R R },
  { "surrogate-then-valid", "\xed\xa0\x80\xed\x9f\xbf", R R R "\xed\x9f\xbf" },
  { "past-the-last", "\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", R R R R R "A" R R "B" },
  { "truncated", "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", R R R R "A" },
  { "truncated-at-end", "x\xf0\x9f\x98", "x" R },
  { "truncated-2-at-end", "x\xc3", "x" R },
  { "never-lead", "\xf5\xf8\xfe", R R R },
  { "long-ascii-then-broken", "0123456789abcdef0123\xff", "0123456789abcdef0123" R },
};

static void
test_repair (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  gsize length = strlen (cases[i].text);
  /* A copy without a terminator, so that a sanitizer sees a read past the end. */
  g_autofree guint8 *text = g_memdup2 (cases[i].text, length);
  gsize size;
  g_autofree guint8 *repaired = tw_utf8_repair (text, length, &size);
  gboolean same = g_str_equal (cases[i].text, cases[i].repaired);

  g_assert_cmpmem (repaired, size, cases[i].repaired, strlen (cases[i].repaired));
  g_assert_cmpint (tw_utf8_valid_prefix (text, length) == length, ==, same);
  g_assert_cmpuint (tw_utf8_valid_prefix (repaired, size), ==, size);
}

static void
test_nul_is_a_character (void)
{
  g_assert_cmpuint (tw_utf8_valid_prefix ((const guint8 *) "a\0b", 3), ==, 3);
}

static void
test_prefix_against_glib (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  static const guint8 bytes[]
      = { 0x41, 0x80, 0x90, 0xa0, 0xbf, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4 };

  for (guint round = 0; round < 20000; round++)
    {
      guint8 text[12];
      const char *end;

      for (guint i = 0; i < sizeof text; i++)
        text[i] = bytes[g_rand_int_range (rand, 0, G_N_ELEMENTS (bytes))];
      g_utf8_validate_len ((const char *) text, sizeof text, &end);
      g_assert_cmpuint (tw_utf8_valid_prefix (text, sizeof text), ==,
                        (gsize) ((const guint8 *) end - text));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/tokens/utf8/repair/", cases[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_repair);
    }
  g_test_add_func ("/tokens/utf8/nul", test_nul_is_a_character);
  g_test_add_func ("/tokens/utf8/prefix-against-glib", test_prefix_against_glib);
  return g_test_run ();
}
