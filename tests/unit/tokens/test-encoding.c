/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/tokens/tw-encoding-private.h"
#include "libtokenwise/tokens/tw-merge-private.h"

#include <string.h>

#define N_THREADS 4
#define N_VECTORS_AT_LEAST 300u

static GBytes *
bytes_from_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; hex[0] != '\0'; hex += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (hex[0]) * 16 + g_ascii_xdigit_value (hex[1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return g_byte_array_free_to_bytes (bytes);
}

static void
check_vector (const char *name, const cJSON *vector)
{
  const char *text = tw_json_string (vector, "text");
  g_autoptr (GBytes) bytes = text != NULL ? g_bytes_new (text, strlen (text))
                                          : bytes_from_hex (tw_json_string (vector, "hex"));
  const cJSON *want = tw_json_array (vector, name);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = tw_encoding_encode (name, data != NULL ? data : "", size, &error);
  guint i = 0;
  const cJSON *id;

  g_assert_no_error (error);
  g_test_message ("%s", text != NULL ? text : tw_json_string (vector, "hex"));
  g_assert_cmpuint (ids->len, ==, cJSON_GetArraySize (want));
  cJSON_ArrayForEach (id, want)
  {
    g_assert_cmpuint (g_array_index (ids, guint32, i++), ==, (guint) id->valueint);
  }
  g_assert_cmpint (tw_encoding_count (name, data != NULL ? data : "", size, NULL), ==, ids->len);
}

static void
test_vectors (gconstpointer name)
{
  g_autofree char *path = g_build_filename (g_getenv ("TOKENWISE_SOURCE"), "tests", "unit",
                                            "tokens", "vectors.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (cJSON) vectors = NULL;
  const cJSON *vector;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  vectors = tw_json_parse (text, -1, 8u << 20, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cJSON_GetArraySize (vectors), >=, N_VECTORS_AT_LEAST);
  cJSON_ArrayForEach (vector, vectors)
  {
    check_vector (name, vector);
  }
}

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

  g_assert_cmpint (tw_encoding_count ("p50k_base", "x", -1, &error), ==, -1);
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_assert_nonnull (strstr (error->message, "o200k_base"));
  g_clear_error (&error);
  g_assert_null (tw_encoding_encode ("", "x", -1, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

static void
test_list (void)
{
  const char *const *names = tw_encoding_list ();

  g_assert_true (g_strv_contains (names, "o200k_base"));
  g_assert_true (g_strv_contains (names, "cl100k_base"));
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
  g_test_add_data_func ("/tokens/encoding/vectors/o200k_base", "o200k_base", test_vectors);
  g_test_add_data_func ("/tokens/encoding/vectors/cl100k_base", "cl100k_base", test_vectors);
  g_test_add_func ("/tokens/encoding/long-pieces", test_long_pieces);
  g_test_add_func ("/tokens/encoding/grows-by-one", test_long_word_is_word_by_word);
  g_test_add_func ("/tokens/encoding/special-tokens-are-text", test_special_tokens_are_text);
  g_test_add_func ("/tokens/encoding/length", test_length);
  g_test_add_func ("/tokens/encoding/too-long", test_too_long);
  g_test_add_func ("/tokens/encoding/unknown", test_unknown);
  g_test_add_func ("/tokens/encoding/list", test_list);
  return g_test_run ();
}
