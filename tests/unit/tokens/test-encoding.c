/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/tokens/tw-encoding-private.h"
#include "libtokenwise/tokens/tw-merge-private.h"

#include <string.h>

#define N_THREADS 4

/* One of each splitter and kind of text. */
static const char *const encodings[] = { "o200k_base", "cl100k_base", "p50k_base", "r50k_base",
                                         "qwen",       "deepseek",    "tekken",    "mistral-v3" };

/* A megabyte without a break; o200k_base counts by tiktoken (rust-gems bpe where that gives up). */
static void
test_long_pieces (void)
{
  static const struct
  {
    const char *unit;
    gint64 tokens;
  } cases[] = { { "a", 125000 }, { " ", 7813 }, { "\n", 62500 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_malloc (1000000);

      memset (text, cases[i].unit[0], 1000000);
      g_assert_cmpint (tw_encoding_count ("o200k_base", text, 1000000, NULL), ==, cases[i].tokens);
    }
}

/* What is left of a piece must spell the piece, whichever of the two merge loops ran. */
static void
test_long_word_is_word_by_word (void)
{
  const TwEncoding *encoding = tw_encoding_get ("o200k_base", NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  char word[400];

  for (guint i = 0; i < sizeof word; i++)
    word[i] = (char) g_rand_int_range (rand, 'a', 'z' + 1);
  for (gsize length = 1; length < sizeof word; length++)
    {
      gsize shorter = tw_encoding_count_text (encoding, word, length - 1);
      gsize longer = tw_encoding_count_text (encoding, word, length);

      g_assert_cmpuint (longer, <=, shorter + 1);
      g_assert_cmpuint (longer, >=, length / 16);
    }
}

static void
test_special_tokens_are_text (void)
{
  g_autoptr (GArray) ids = tw_encoding_encode ("cl100k_base", "<|endoftext|>", -1, NULL);

  g_assert_cmpuint (ids->len, >, 1);
  for (guint i = 0; i < ids->len; i++)
    g_assert_cmpuint (g_array_index (ids, guint32, i), <, 100256);
}

static void
test_length (void)
{
  g_assert_cmpint (tw_encoding_count ("o200k_base", "", -1, NULL), ==, 0);
  g_assert_cmpint (tw_encoding_count ("o200k_base", "one two three", -1, NULL), ==, 3);
  g_assert_cmpint (tw_encoding_count ("o200k_base", "one two three", 7, NULL), ==, 2);
  g_assert_cmpint (tw_encoding_count ("o200k_base", "one", 0, NULL), ==, 0);
}

static void
test_too_long (void)
{
  g_autoptr (GError) error = NULL;

  /* The limit is checked before a byte is read. */
  g_assert_cmpint (tw_encoding_count ("o200k_base", "x", (gssize) TW_TEXT_MAX_BYTES + 1, &error),
                   ==, -1);
  g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
}

static void
test_unknown (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (tw_encoding_count ("no-such", "x", -1, &error), ==, -1);
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_assert_nonnull (strstr (error->message, "no-such"));
  g_assert_nonnull (strstr (error->message, "tokenwise encodings"));
  g_clear_error (&error);
  g_assert_null (tw_encoding_encode ("", "x", -1, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

static void
test_decode (gconstpointer data)
{
  static const char *const texts[] = {
    "",
    "hello world",
    " a  b\n\n\tc ",
    "naïve Übergröße",
    "中文，日本語 한국어",
    "👩‍👩‍👧 ok",
    "<|endoftext|>",
    "\xe2\x96\x81 already \xe2\x96\x81",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GArray) ids = tw_encoding_encode (data, texts[i], -1, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes
          = tw_encoding_decode (data, (const guint32 *) (gpointer) ids->data, ids->len, &error);
      /* Mistral's mark for a space and a space are the same tokens. */
      const char *want = i == 7 && g_str_equal (data, "mistral-v3") ? "  already  " : texts[i];
      gsize size;
      const char *got;

      g_assert_no_error (error);
      got = g_bytes_get_data (bytes, &size);
      g_assert_cmpmem (got, size, want, strlen (want));
    }
}

static void
test_decode_special (void)
{
  static const guint32 ids[] = { 24912, 199999, 200006, 4000000000u };
  g_autoptr (GBytes) bytes = tw_encoding_decode ("o200k_base", ids, 2, NULL);
  g_autoptr (GBytes) harmony = tw_encoding_decode ("o200k_harmony", ids + 2, 1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "hello<|endoftext|>",
                   18);
  g_assert_cmpmem (g_bytes_get_data (harmony, NULL), g_bytes_get_size (harmony), "<|start|>", 9);
  g_assert_null (tw_encoding_decode ("o200k_base", ids, 4, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

/* What is kept has at most so many tokens, ends at a character, and no longer part would do. */
static void
test_truncate (gconstpointer data)
{
  static const char text[]
      = "Größere Zahlen: 1234567 中文字符 👩‍👩‍👧 and the end, in the end.";
  gint64 whole = tw_encoding_count (data, text, -1, NULL);

  for (gint64 most = 0; most <= whole + 1; most++)
    {
      gint64 tokens;
      gssize kept = tw_encoding_truncate (data, text, -1, most, &tokens, NULL);
      gsize longer = 0;

      g_assert_cmpint (kept, >=, 0);
      g_assert_true (g_utf8_validate (text, kept, NULL));
      g_assert_cmpint (tw_encoding_count (data, text, kept, NULL), ==, tokens);
      g_assert_cmpint (tokens, <=, most);
      for (gsize end = (gsize) kept + 1; end < sizeof text; end++)
        if (g_utf8_validate (text, (gssize) end, NULL)
            && tw_encoding_count (data, text, (gssize) end, NULL) <= most)
          longer = end;
      g_assert_cmpuint (longer, ==, 0);
    }
}

static void
check_many (gsize n, gsize length)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree gsize *lengths = g_new (gsize, n);
  g_autofree gint64 *counts = g_new (gint64, n);

  for (gsize i = 0; i < n; i++)
    {
      char *text = g_malloc (length + i);

      lengths[i] = length + i;
      for (gsize at = 0; at < lengths[i]; at++)
        text[at] = "etaoin  shrdlu\n.,12"[g_rand_int_range (rand, 0, 19)];
      g_ptr_array_add (texts, text);
    }
  g_assert_true (tw_encoding_count_many ("o200k_base", (const char *const *) texts->pdata, lengths,
                                         n, counts, NULL));
  for (gsize i = 0; i < n; i++)
    g_assert_cmpint (counts[i], ==,
                     tw_encoding_count ("o200k_base", texts->pdata[i], (gssize) lengths[i], NULL));
}

static void
test_count_many (void)
{
  static const char *const texts[] = { "one two", "", "three" };
  gint64 counts[3] = { -1, -1, -1 };
  g_autoptr (GError) error = NULL;

  check_many (1, 10);
  check_many (40, 100);
  /* Two MiB, so that there are threads. */
  check_many (64, 32768);
  check_many (2, 1u << 20);
  g_assert_true (tw_encoding_count_many ("o200k_base", texts, NULL, 3, counts, NULL));
  g_assert_cmpint (counts[0], ==, 2);
  g_assert_cmpint (counts[1], ==, 0);
  g_assert_cmpint (counts[2], ==, 1);
  g_assert_true (tw_encoding_count_many ("o200k_base", NULL, NULL, 0, NULL, NULL));
  g_assert_false (tw_encoding_count_many ("no-such", texts, NULL, 3, counts, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_assert_cmpint (counts[0], ==, 2);
}

static void
test_list (void)
{
  g_auto (GStrv) names = tw_encoding_list ();

  g_assert_true (g_strv_contains ((const char *const *) names, "o200k_base"));
  g_assert_true (g_strv_contains ((const char *const *) names, "cl100k_base"));
  for (guint i = 0; names[i] != NULL; i++)
    g_assert_cmpstr (tw_encoding_get_name (tw_encoding_get (names[i], NULL)), ==, names[i]);
}

static gpointer
count_in_thread (gpointer text)
{
  gint64 sum = 0;

  for (guint i = 0; i < 200; i++)
    sum += tw_encoding_count ("cl100k_base", text, -1, NULL);
  return GINT_TO_POINTER ((int) sum);
}

static void
test_threads (void)
{
  GThread *threads[N_THREADS];
  char *text = (char *) "Two threads open one vocabulary; Donaudampfschifffahrt.";
  gint64 want;

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("count", count_in_thread, text);
  want = 200 * tw_encoding_count ("cl100k_base", text, -1, NULL);
  for (guint i = 0; i < N_THREADS; i++)
    g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (threads[i])), ==, want);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokens/encoding/threads", test_threads);
  g_test_add_func ("/tokens/encoding/long-pieces", test_long_pieces);
  g_test_add_func ("/tokens/encoding/grows-by-one", test_long_word_is_word_by_word);
  g_test_add_func ("/tokens/encoding/special-tokens-are-text", test_special_tokens_are_text);
  g_test_add_func ("/tokens/encoding/length", test_length);
  g_test_add_func ("/tokens/encoding/too-long", test_too_long);
  g_test_add_func ("/tokens/encoding/unknown", test_unknown);
  g_test_add_func ("/tokens/encoding/list", test_list);
  g_test_add_func ("/tokens/encoding/decode-special", test_decode_special);
  g_test_add_func ("/tokens/encoding/count-many", test_count_many);
  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++)
    {
      g_autofree char *decode = g_strconcat ("/tokens/encoding/decode/", encodings[i], NULL);
      g_autofree char *truncate = g_strconcat ("/tokens/encoding/truncate/", encodings[i], NULL);

      g_test_add_data_func (decode, encodings[i], test_decode);
      g_test_add_data_func (truncate, encodings[i], test_truncate);
    }
  return g_test_run ();
}
