/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-piece-cache-private.h"

#include <string.h>

static void
cache_clear (TwPieceCache **self)
{
  tw_piece_cache_free (*self);
}

#define AUTO_CACHE __attribute__ ((cleanup (cache_clear))) TwPieceCache *

static TwShortSlot
key_of (const TwPieceCacheView *view, const char *piece)
{
  gsize length = strlen (piece);

  return length > TW_SHORT_BYTES ? tw_piece_cache_long_key (view, (const guint8 *) piece, length)
                                 : tw_short_key ((const guint8 *) piece, length);
}

static TwShortSlot *
line_of (const TwPieceCacheView *view, TwShortSlot key)
{
  return tw_piece_cache_line (view->slots, view->shift, key.low, key.high);
}

static gsize
find (const TwPieceCacheView *view, const char *piece)
{
  TwShortSlot key = key_of (view, piece);

  return tw_piece_cache_find (line_of (view, key), key.low, key.high);
}

static void
add (const TwPieceCacheView *view, const char *piece, gsize count)
{
  TwShortSlot key = key_of (view, piece);

  tw_piece_cache_add (line_of (view, key), key.low, key.high, count);
}

static void
test_found_again (gconstpointer text_length)
{
  static const char *const pieces[] = { "a", "ab", "thirteen chrs", "more than thirteen" };
  AUTO_CACHE cache = tw_piece_cache_new ();
  TwPieceCacheView view = tw_piece_cache_view (cache, GPOINTER_TO_SIZE (text_length));

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_assert_cmpuint (find (&view, pieces[i]), ==, 0);
      add (&view, pieces[i], i + 1);
      g_assert_cmpuint (find (&view, pieces[i]), ==, i + 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    g_assert_cmpuint (find (&view, pieces[i]), ==, i + 1);
  g_assert_cmpuint (find (&view, "b"), ==, 0);
}

/* Far more pieces than there is room for: each that is found has its own count. */
static void
test_never_wrong (void)
{
  AUTO_CACHE cache = tw_piece_cache_new ();
  TwPieceCacheView view = tw_piece_cache_view (cache, 0);
  guint n_found = 0;

  for (guint i = 0; i < 200000; i++)
    {
      g_autofree char *piece = g_strdup_printf (i % 2 == 0 ? "%u" : "a long piece, %u", i % 30000);
      gsize count = find (&view, piece);

      if (count != 0)
        g_assert_cmpuint (count, ==, i % 30000 + 1);
      n_found += count != 0;
      add (&view, piece, i % 30000 + 1);
      g_assert_cmpuint (find (&view, piece), ==, i % 30000 + 1);
    }
  g_assert_cmpuint (n_found, <, 200000);
}

/* Of the pieces of one line, the one that is used stays. */
static void
test_used_ones_stay (void)
{
  AUTO_CACHE cache = tw_piece_cache_new ();
  TwPieceCacheView view = tw_piece_cache_view (cache, 0);
  TwShortSlot used = key_of (&view, "used");
  TwShortSlot *line = line_of (&view, used);

  tw_piece_cache_add (line, used.low, used.high, 7);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *piece = g_strdup_printf ("%u", i);
      TwShortSlot key = key_of (&view, piece);

      tw_piece_cache_add (line, key.low, key.high, i + 1);
      g_assert_cmpuint (tw_piece_cache_find (line, used.low, used.high), ==, 7);
    }
}

/* A count with no room in the entry is left out, not cut. */
static void
test_large_counts (void)
{
  AUTO_CACHE cache = tw_piece_cache_new ();
  TwPieceCacheView view = tw_piece_cache_view (cache, 0);

  add (&view, "large", TW_ID_MAX);
  g_assert_cmpuint (find (&view, "large"), ==, TW_ID_MAX);
  add (&view, "larger", (gsize) TW_ID_MAX + 2);
  g_assert_cmpuint (find (&view, "larger"), ==, 0);
}

static void
test_long_keys (void)
{
  AUTO_CACHE cache = tw_piece_cache_new ();
  AUTO_CACHE other = tw_piece_cache_new ();
  TwPieceCacheView view = tw_piece_cache_view (cache, 0);
  TwPieceCacheView other_view = tw_piece_cache_view (other, 0);
  guint8 zeros[64] = { 0 };
  TwShortSlot keys[64];

  for (gsize i = 14; i < G_N_ELEMENTS (keys); i++)
    {
      keys[i] = tw_piece_cache_long_key (&view, zeros, i);
      g_assert_cmpuint (keys[i].high >> TW_SHORT_LENGTH_SHIFT, ==, 15);
      for (gsize j = 14; j < i; j++)
        g_assert_true (keys[i].low != keys[j].low || keys[i].high != keys[j].high);
    }
  g_assert_true (tw_piece_cache_long_key (&other_view, zeros, 20).low != keys[20].low);
}

static gpointer
use (gpointer data)
{
  TwPieceCacheView view = tw_piece_cache_view (data, 0);

  for (guint i = 0; i < 300000; i++)
    {
      guint8 piece[4] = { (guint8) (i % 251), (guint8) (i % 61), 'x', 'y' };
      TwShortSlot key = tw_short_key (piece, sizeof piece);
      TwShortSlot *line = line_of (&view, key);
      gsize want = (gsize) piece[0] * 61 + piece[1] + 1;
      gsize count = tw_piece_cache_find (line, key.low, key.high);

      if (count != 0)
        g_assert_cmpuint (count, ==, want);
      tw_piece_cache_add (line, key.low, key.high, want);
    }
  return NULL;
}

static void
test_threads (void)
{
  AUTO_CACHE cache = tw_piece_cache_new ();
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("pieces", use, cache);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/tokens/piece-cache/found-again/short", GSIZE_TO_POINTER (1),
                        test_found_again);
  g_test_add_data_func ("/tokens/piece-cache/found-again/long", GSIZE_TO_POINTER (1 << 20),
                        test_found_again);
  g_test_add_func ("/tokens/piece-cache/never-wrong", test_never_wrong);
  g_test_add_func ("/tokens/piece-cache/used-ones-stay", test_used_ones_stay);
  g_test_add_func ("/tokens/piece-cache/large-counts", test_large_counts);
  g_test_add_func ("/tokens/piece-cache/long-keys", test_long_keys);
  g_test_add_func ("/tokens/piece-cache/threads", test_threads);
  return g_test_run ();
}
