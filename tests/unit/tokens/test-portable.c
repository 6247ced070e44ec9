/* SPDX-License-Identifier: MIT */
/* What is written for this processor against what is written for any. */
#include "libtokenwise/tokens/tw-byte-masks-private.h"
#include "libtokenwise/tokens/tw-encoding-private.h"
#include "libtokenwise/tokens/tw-merge-window-private.h"
#include "libtokenwise/tokens/tw-utf8-simd-private.h"

#include <string.h>

#define ROUNDS 20000

static void
test_byte_masks (void)
{
  TwByteMasksFunc fast = tw_byte_masks_get ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (guint round = 0; round < ROUNDS; round++)
    {
      guint8 bytes[TW_MASK_BYTES];
      TwByteMasks expected;
      TwByteMasks masks;

      for (guint i = 0; i < sizeof bytes; i++)
        bytes[i] = (guint8) (round < 256 ? round : (guint) g_rand_int_range (rand, 0, 256));
      tw_byte_masks_portable (bytes, &expected);
      fast (bytes, &masks);
      g_assert_cmpmem (&masks, sizeof masks, &expected, sizeof expected);
    }
}

/* Each byte's bit by its definition. */
static void
test_byte_masks_by_definition (void)
{
  for (guint byte = 0; byte < 256; byte++)
    {
      guint8 bytes[TW_MASK_BYTES];
      TwByteMasks masks;
      guint64 all = G_MAXUINT64;

      memset (bytes, (int) byte, sizeof bytes);
      tw_byte_masks_portable (bytes, &masks);
      g_assert_cmphex (masks.upper, ==, g_ascii_isupper ((char) byte) ? all : 0);
      g_assert_cmphex (masks.lower, ==, g_ascii_islower ((char) byte) ? all : 0);
      g_assert_cmphex (masks.digit, ==, g_ascii_isdigit ((char) byte) ? all : 0);
      g_assert_cmphex (masks.space, ==, byte == ' ' ? all : 0);
      g_assert_cmphex (masks.newline, ==, byte == '\n' || byte == '\r' ? all : 0);
      g_assert_cmphex (masks.tab, ==, byte == '\t' || byte == '\v' || byte == '\f' ? all : 0);
      g_assert_cmphex (masks.apostrophe, ==, byte == '\'' ? all : 0);
      g_assert_cmphex (masks.high, ==, byte >= 0x80 ? all : 0);
    }
}

static void
append_random (GString *text, GRand *rand)
{
  static const gunichar limits[] = { 0x80, 0x800, 0xd800, 0x10000, 0x110000 };
  gunichar c = (gunichar) g_rand_int_range (rand, 0, (int) limits[g_rand_int_range (rand, 0, 5)]);

  g_string_append_unichar (text, c >= 0xd800 && c < 0xe000 ? 'x' : c);
}

/* GLib's own answer, but for NUL, which it does not take for a character. */
static gboolean
is_valid (const GString *text)
{
  return g_utf8_validate_len (text->str, text->len, NULL);
}

static void
test_utf8 (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      guint n = (guint) g_rand_int_range (rand, 1, 90);

      while (text->len < n)
        append_random (text, rand);
      if (round % 2 == 1)
        text->str[g_rand_int_range (rand, 0, (int) text->len)] = (char) g_rand_int (rand);
      if (round % 3 == 1)
        g_string_truncate (text, text->len - 1);
      for (gsize i = 0; i < text->len; i++)
        if (text->str[i] == '\0')
          text->str[i] = '0';
      if (tw_utf8_is_valid_simd ((const guint8 *) "x", 1))
        g_assert_cmpint (tw_utf8_is_valid_simd ((const guint8 *) text->str, text->len), ==,
                         is_valid (text));
    }
}

static void
test_merge_windows (void)
{
  const TwVocabulary *vocabulary
      = tw_encoding_get_vocabulary (tw_encoding_get ("o200k_base", NULL));
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint round = 0; round < ROUNDS / 10; round++)
    {
      TwMergeWindow fast;
      TwMergeWindow portable;
      TwMergeWindow *windows[] = { &fast };
      TwMergeWindow *others[] = { &portable };
      guint8 bytes[TW_MERGE_WINDOW];
      gsize length = (gsize) g_rand_int_range (rand, 1, TW_MERGE_WINDOW + 1);

      for (gsize i = 0; i < length; i++)
        bytes[i] = (guint8) g_rand_int_range (rand, 'a', 'a' + 4 + (int) round % 22);
      tw_merge_window_fill (&fast, vocabulary, bytes, length);
      tw_merge_window_fill (&portable, vocabulary, bytes, length);
      tw_merge_windows (windows, 1, vocabulary);
      tw_merge_windows_portable (others, 1, vocabulary);
      g_assert_cmpuint (fast.n_tokens, ==, portable.n_tokens);
      for (guint at = 0; at < fast.n_units; at = fast.next[at])
        {
          g_assert_cmpuint (fast.next[at], ==, portable.next[at]);
          g_assert_cmpuint (fast.ids[at], ==, portable.ids[at]);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokens/portable/byte-masks", test_byte_masks);
  g_test_add_func ("/tokens/portable/byte-masks/by-definition", test_byte_masks_by_definition);
  g_test_add_func ("/tokens/portable/utf8", test_utf8);
  g_test_add_func ("/tokens/portable/merge-windows", test_merge_windows);
  return g_test_run ();
}
