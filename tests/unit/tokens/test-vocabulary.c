/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/tokens/tw-merge-private.h"
#include "libtokenwise/tokens/tw-pretokenizer-private.h"
#include "libtokenwise/tokens/tw-vocabulary-compiler-private.h"

static const char classes[] = "# letters\n0041 005A U\n0061 007A l\n0030 0039 n\n0020 0020 s\n";

/* All bytes, then words; "ab" has a better rank than "bc". */
static const char *const words[]
    = { "ab", "bc", "abc", "the", "he", "th", "caution", "a-long-token-of-more-than-thirteen" };

static GBytes *
pack_tokens (guint n_bytes, gboolean with_duplicate)
{
  GByteArray *packed = g_byte_array_new ();

  for (guint i = 0; i < n_bytes; i++)
    g_byte_array_append (packed, (guint8[]){ 1, (guint8) i }, 2);
  for (guint i = 0; i < G_N_ELEMENTS (words) + (with_duplicate ? 1 : 0); i++)
    {
      const char *word = words[i % G_N_ELEMENTS (words)];
      guint8 length = (guint8) strlen (word);

      g_byte_array_append (packed, &length, 1);
      g_byte_array_append (packed, (const guint8 *) word, length);
    }
  return g_byte_array_free_to_bytes (packed);
}

static GBytes *
compile_small (void)
{
  g_autoptr (GBytes) tokens = pack_tokens (256, FALSE);
  g_autoptr (GError) error = NULL;
  GBytes *file = tw_vocabulary_compile (tokens, classes, TW_PRETOKENIZER_O200K, &error);

  g_assert_no_error (error);
  return file;
}

static void
test_lookups (void)
{
  g_autoptr (GBytes) file = compile_small ();
  g_autoptr (TwVocabulary) self = tw_vocabulary_open (file, "small", NULL);
  const guint8 *longest = (const guint8 *) words[7];

  g_assert_cmpuint (self->n_tokens, ==, 256 + G_N_ELEMENTS (words));
  g_assert_true (tw_vocabulary_verify (self));
  for (guint i = 0; i < 7; i++)
    {
      TwShortSlot key = tw_short_key ((const guint8 *) words[i], strlen (words[i]));
      gsize slot = tw_hash_to_slot (tw_hash_mix (key.low, key.high), self->n_short);

      g_assert_cmpuint (tw_vocabulary_find_short (self, key, slot), ==, 256 + i);
    }
  g_assert_cmpuint (tw_vocabulary_find_long (self, longest, strlen (words[7])), ==, 263);
  g_assert_cmpuint (tw_vocabulary_find_long (self, longest, strlen (words[7]) - 1), ==, TW_ID_NONE);
  g_assert_cmpuint (tw_vocabulary_find_pair (self, 'a', 'b'), ==, 256);
  g_assert_cmpuint (tw_vocabulary_find_pair (self, 'a', 257), ==, 258);
  g_assert_cmpuint (tw_vocabulary_find_pair (self, 256, 'c'), ==, 258);
  g_assert_cmpuint (tw_vocabulary_find_pair (self, 'b', 'a'), ==, TW_ID_NONE);
}

/* Both merge loops, on a vocabulary small enough to merge by hand. */
static void
test_merges (void)
{
  static const struct
  {
    const char *piece;
    guint32 ids[6];
    guint n;
  } cases[] = {
    { "x", { 'x' }, 1 },
    { "ab", { 256 }, 1 },
    { "abc", { 258 }, 1 },
    { "xbcab", { 'x', 257, 256 }, 3 },
    { "abab", { 256, 256 }, 2 },
    /* "he" outranks "th", so "the" is t + he. */
    { "the", { 259 }, 1 },
    { "tth", { 't', 261 }, 2 },
    /* "caution" cannot be reached by merges. */
    { "caution", { 'c', 'a', 'u', 't', 'i', 'o' }, 6 },
  };
  g_autoptr (GBytes) file = compile_small ();
  g_autoptr (TwVocabulary) self = tw_vocabulary_open (file, "small", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) text = g_string_new (cases[i].piece);
      g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_autoptr (GArray) more = g_array_new (FALSE, FALSE, sizeof (guint32));

      tw_merge_piece (self, (const guint8 *) text->str, text->len, ids);
      g_assert_cmpmem (ids->data, cases[i].n * sizeof (guint32), cases[i].ids,
                       cases[i].n * sizeof (guint32));
      /* A hundred separators make it a long piece with the same beginning. */
      for (guint j = 0; j < 100; j++)
        g_string_append_c (text, '-');
      tw_merge_piece (self, (const guint8 *) text->str, text->len, more);
      g_assert_cmpuint (more->len, ==, ids->len + 100);
      g_assert_cmpmem (more->data, ids->len * sizeof (guint32), ids->data,
                       ids->len * sizeof (guint32));
    }
}

static void
test_bad_sources (void)
{
  g_autoptr (GBytes) few_bytes = pack_tokens (255, FALSE);
  g_autoptr (GBytes) duplicate = pack_tokens (256, TRUE);
  g_autoptr (GBytes) good = pack_tokens (256, FALSE);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (good, 0, g_bytes_get_size (good) - 1);
  g_autoptr (GBytes) zero = g_bytes_new_static ("\0", 1);
  const struct
  {
    GBytes *tokens;
    const char *classes;
  } cases[] = {
    { few_bytes, classes },     { duplicate, classes },
    { cut, classes },           { zero, classes },
    { good, "0041" },           { good, "0041 005A x\n" },
    { good, "5 4 l\n" },        { good, "0041 0FFFFFFFFFF l\n" },
    { good, "0041 005A ll\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          tw_vocabulary_compile (cases[i].tokens, cases[i].classes, TW_PRETOKENIZER_O200K, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
    }
}

/* At most this many bytes of a truncated file; every header length and some of the rest. */
static void
test_truncated (void)
{
  g_autoptr (GBytes) file = compile_small ();
  gsize size = g_bytes_get_size (file);

  for (gsize length = 0; length < size; length += length < 300 ? 1 : 997)
    {
      /* A copy, so that a sanitizer sees a read past the end. */
      g_autoptr (GBytes) cut = g_bytes_new (g_bytes_get_data (file, NULL), length);
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_vocabulary_open (cut, "cut", &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_FAILED);
    }
}

static void
use (const TwVocabulary *self)
{
  static const char text[]
      = "The abc caution abcabc the  \n a-long-token-of-more-than-thirteen 中文 é "
        "12345 ''' abababababababababababababababababababababababababababababab";
  TwPieces pieces;
  gsize ends[sizeof text];
  gsize start = 0;
  guint n;

  tw_pieces_init (&pieces, self, text, sizeof text - 1);
  n = tw_pieces_next (&pieces, ends, G_N_ELEMENTS (ends));
  for (guint i = 0; i < n; start = ends[i++])
    {
      gsize length = ends[i] - start;

      g_assert_cmpuint (ends[i], >, start);
      if (length > TW_SHORT_BYTES)
        tw_vocabulary_find_long (self, (const guint8 *) text + start, length);
      g_assert_cmpuint (tw_merge_piece (self, (const guint8 *) text + start, length, NULL), <=,
                        length);
    }
  g_assert_cmpuint (start, ==, sizeof text - 1);
}

/* Damage anywhere: a bad header is refused; a bad table may count wrong, but stays in bounds and
 * is found by tw_vocabulary_verify. Run under a sanitizer to see the bounds. */
static void
test_mutated (void)
{
  g_autoptr (GBytes) file = compile_small ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  gsize size = g_bytes_get_size (file);

  for (guint round = 0; round < 3000; round++)
    {
      guint8 *copy = g_memdup2 (g_bytes_get_data (file, NULL), size);
      gboolean in_header = round % 3 == 0;
      gsize limit = in_header ? sizeof (TwVocabularyHeader) : size;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (TwVocabulary) self = NULL;

      for (guint i = 0; i < (in_header ? 1u : 64u); i++)
        copy[(guint) g_rand_int_range (rand, 0, (int) limit)] ^= (guint8) (1 << (i % 8));
      bytes = g_bytes_new_take (copy, size);
      self = tw_vocabulary_open (bytes, "mutated", NULL);
      if (in_header)
        g_assert_null (self);
      if (self != NULL)
        {
          g_assert_false (tw_vocabulary_verify (self));
          use (self);
        }
    }
}

/* A header whose checksum is right, but whose claims are not. */
static void
test_lying_header (void)
{
  g_autoptr (GBytes) file = compile_small ();
  gsize size = g_bytes_get_size (file);
  TwVocabularyHeader lies[9];
  guint n = G_N_ELEMENTS (lies);

  for (guint i = 0; i < n; i++)
    memcpy (&lies[i], g_bytes_get_data (file, NULL), sizeof lies[i]);
  lies[0].sections[TW_SECTION_SHORT].offset = G_MAXUINT64 - 63;
  lies[1].sections[TW_SECTION_PAIRS].size = G_MAXUINT64 - 7;
  lies[2].sections[TW_SECTION_LONG].offset += 8;
  lies[3].sections[TW_SECTION_SHORT].size = 0;
  lies[4].sections[TW_SECTION_BYTES].size -= 4;
  lies[5].sections[TW_SECTION_BLOCKS].offset = 0;
  lies[6].max_probe = G_MAXUINT32;
  lies[7].pretokenizer = TW_N_PRETOKENIZERS;
  lies[8].file_size += 64;
  for (guint i = 0; i < n; i++)
    {
      guint8 *copy = g_memdup2 (g_bytes_get_data (file, NULL), size);
      g_autoptr (GBytes) bytes = NULL;

      lies[i].header_checksum = tw_vocabulary_checksum (
          &lies[i], G_STRUCT_OFFSET (TwVocabularyHeader, header_checksum));
      memcpy (copy, &lies[i], sizeof lies[i]);
      bytes = g_bytes_new_take (copy, size);
      g_assert_null (tw_vocabulary_open (bytes, "lying", NULL));
    }
}

static void
test_missing_file (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_vocabulary_open_path ("/nonexistent/x.tokbin", &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokens/vocabulary/lookups", test_lookups);
  g_test_add_func ("/tokens/vocabulary/merges", test_merges);
  g_test_add_func ("/tokens/vocabulary/bad-sources", test_bad_sources);
  g_test_add_func ("/tokens/vocabulary/truncated", test_truncated);
  g_test_add_func ("/tokens/vocabulary/mutated", test_mutated);
  g_test_add_func ("/tokens/vocabulary/lying-header", test_lying_header);
  g_test_add_func ("/tokens/vocabulary/missing-file", test_missing_file);
  return g_test_run ();
}
