/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/tokens/tw-encoder-private.h"
#include "libtokenwise/tokens/tw-merge-private.h"
#include "libtokenwise/tokens/tw-pretokenizer-private.h"
#include "libtokenwise/tokens/tw-vocabulary-compiler-private.h"

static const char classes[] = "# letters\n0041 005A U\n0061 007A l\n0030 0039 n\n0020 0020 s\n";

/* All bytes, then words; "ab" has a better rank than "bc". */
static const char *const words[]
    = { "ab", "bc", "abc", "the", "he", "th", "caution", "a-long-token-of-more-than-thirteen" };

static guint8 all_bytes[256];

static void
add_token (TwVocabularySource *source, gconstpointer bytes, gsize length, TwTokenKind kind)
{
  TwSourceToken token = { bytes, (guint32) length, source->tokens->len, kind };

  g_array_append_val (source->tokens, token);
}

static TwVocabularySource *
make_source (void)
{
  TwVocabularySource *source = tw_vocabulary_source_new ();

  source->pretokenizer = TW_PRETOKENIZER_O200K;
  source->flags = TW_VOCABULARY_WHOLE_PIECES;
  for (guint i = 0; i < 256; i++)
    {
      all_bytes[i] = (guint8) i;
      add_token (source, &all_bytes[i], 1, TW_TOKEN_NORMAL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    add_token (source, words[i], strlen (words[i]), TW_TOKEN_NORMAL);
  return source;
}

static TwSourceToken *
last_token (TwVocabularySource *source)
{
  return &g_array_index (source->tokens, TwSourceToken, source->tokens->len - 1);
}

static GBytes *
compile (const TwVocabularySource *source)
{
  g_autoptr (GError) error = NULL;
  GBytes *file = tw_vocabulary_compile (source, classes, &error);

  g_assert_no_error (error);
  return file;
}

static GBytes *
compile_small (void)
{
  g_autoptr (TwVocabularySource) source = make_source ();

  return compile (source);
}

/* With every section: literals and published ids that are not in the order of merging. */
static GBytes *
compile_full (void)
{
  g_autoptr (TwVocabularySource) source = make_source ();
  g_autoptr (GArray) merges = g_array_new (FALSE, FALSE, sizeof (TwSourceMerge));
  TwSourceMerge list[] = { { 't', 260, 259 }, { 'h', 'e', 260 }, { 'b', 'c', 257 } };

  add_token (source, "<think>", 7, TW_TOKEN_LITERAL);
  add_token (source, "<t", 2, TW_TOKEN_LITERAL);
  add_token (source, "<|end|>", 7, TW_TOKEN_SPECIAL);
  g_array_append_vals (merges, list, G_N_ELEMENTS (list));
  source->merges = g_array_ref (merges);
  return compile (source);
}

static guint32
find_short (const TwVocabulary *self, const char *token)
{
  TwShortSlot key = tw_short_key ((const guint8 *) token, strlen (token));

  return tw_vocabulary_find_short (
      self, key, tw_perfect_table_slot (&self->short_table, tw_hash_mix (key.low, key.high)));
}

static void
test_lookups (void)
{
  g_autoptr (GBytes) file = compile_small ();
  g_autoptr (TwVocabulary) self = tw_vocabulary_open (file, "small", NULL);
  const guint8 *longest = (const guint8 *) words[7];

  g_assert_cmpuint (self->n_tokens, ==, 256 + G_N_ELEMENTS (words));
  g_assert_true (tw_vocabulary_verify (self));
  g_assert_null (self->published);
  for (guint i = 0; i < 7; i++)
    g_assert_cmpuint (find_short (self, words[i]), ==, 256 + i);
  g_assert_cmpuint (find_short (self, "a"), ==, 'a');
  g_assert_cmpuint (find_short (self, "abcd"), ==, TW_ID_NONE);
  g_assert_cmpuint (find_short (self, "cautio"), ==, TW_ID_NONE);
  g_assert_cmpuint (tw_vocabulary_find_long (self, longest, strlen (words[7])), ==, 263);
  g_assert_cmpuint (tw_vocabulary_find_long (self, longest, strlen (words[7]) - 1), ==, TW_ID_NONE);
  g_assert_cmpuint (tw_vocabulary_find_pair (self, 'a', 'b'), ==, 256);
  g_assert_cmpuint (tw_vocabulary_find_pair (self, 256, 'c'), ==, 258);
  g_assert_cmpuint (tw_vocabulary_find_pair (self, 'b', 'a'), ==, TW_ID_NONE);
  /* Merges never have "a" before "bc": "ab" comes first. */
  g_assert_cmpuint (tw_vocabulary_find_pair (self, 'a', 257), ==, TW_ID_NONE);
  g_assert_cmpuint (tw_vocabulary_find_byte_pair (self, 'h', 'e'), ==, 260);
  g_assert_cmpuint (tw_vocabulary_find_byte_pair (self, 'e', 'h'), ==, TW_ID_NONE);
}

static void
test_tokens_are_kept (void)
{
  g_autoptr (GBytes) file = compile_small ();
  g_autoptr (TwVocabulary) self = tw_vocabulary_open (file, "small", NULL);
  gsize length;

  for (guint i = 0; i < self->n_tokens; i++)
    {
      const guint8 *token = tw_vocabulary_get_token (self, i, &length);
      const char *word = i < 256 ? (const char *) &all_bytes[i] : words[i - 256];

      g_assert_cmpmem (token, length, word, i < 256 ? 1 : strlen (word));
    }
  tw_vocabulary_get_token (self, self->n_tokens, &length);
  g_assert_cmpuint (length, ==, 0);
  tw_vocabulary_get_token (self, TW_ID_NONE, &length);
  g_assert_cmpuint (length, ==, 0);
}

/* A list of merges says what comes first, and ids that are not in that order are translated. */
static void
test_full (void)
{
  g_autoptr (GBytes) file = compile_full ();
  g_autoptr (TwVocabulary) self = tw_vocabulary_open (file, "full", NULL);
  guint32 id;

  g_assert_true (tw_vocabulary_verify (self));
  g_assert_nonnull (self->published);
  g_assert_cmpuint (self->n_literals, ==, 2);
  id = find_short (self, "the");
  g_assert_cmpuint (self->published[id], ==, 259);
  id = tw_vocabulary_find_pair (self, self->byte_ids['h'], self->byte_ids['e']);
  g_assert_cmpuint (self->published[id], ==, 260);
  g_assert_cmpuint (tw_vocabulary_find_pair (self, self->byte_ids['a'], self->byte_ids['b']), ==,
                    TW_ID_NONE);
  g_assert_cmpuint (find_short (self, "<|end|>"), ==, TW_ID_NONE);
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
assert_refused (const TwVocabularySource *source, const char *with_classes)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_vocabulary_compile (source, with_classes, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

static void
test_bad_sources (void)
{
  g_autoptr (TwVocabularySource) empty = tw_vocabulary_source_new ();
  g_autoptr (TwVocabularySource) source = make_source ();
  g_autofree char *too_long = g_strnfill (TW_TOKEN_MAX_BYTES + 1, 'x');

  assert_refused (source, "5 4 l\n");
  assert_refused (empty, classes);
  last_token (source)->id = 7;
  assert_refused (source, classes);
  last_token (source)->id = TW_ID_MAX + 1;
  assert_refused (source, classes);
  last_token (source)->id = 300;
  last_token (source)->bytes = (const guint8 *) too_long;
  last_token (source)->length = TW_TOKEN_MAX_BYTES + 1;
  assert_refused (source, classes);
  last_token (source)->length = TW_TOKEN_MAX_BYTES;
  g_bytes_unref (compile (source));
  last_token (source)->bytes = (const guint8 *) words[0];
  last_token (source)->length = 2;
  assert_refused (source, classes);
  g_array_remove_index (source->tokens, source->tokens->len - 1);
  g_bytes_unref (compile (source));
  g_array_remove_index (source->tokens, 'q');
  assert_refused (source, classes);
}

/* At most this many bytes of a truncated file; every header length and some of the rest. */
static void
test_truncated (void)
{
  g_autoptr (GBytes) file = compile_full ();
  gsize size = g_bytes_get_size (file);

  for (gsize length = 0; length < size; length += length < 500 ? 1 : 997)
    {
      /* A copy, so that a sanitizer sees a read past the end. */
      g_autoptr (GBytes) cut = g_bytes_new (g_bytes_get_data (file, NULL), length);
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_vocabulary_open (cut, "cut", &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_FAILED);
    }
}

static void
use_pieces (const TwVocabulary *self, const char *text, gsize size)
{
  TwPieces pieces;
  gsize ends[256];
  gsize start = 0;
  guint n;

  tw_pieces_init (&pieces, self, text, size);
  n = tw_pieces_next (&pieces, ends, G_N_ELEMENTS (ends));
  for (guint i = 0; i < n; start = ends[i++])
    {
      gsize length = ends[i] - start;

      g_assert_cmpuint (ends[i], >, start);
      g_assert_cmpuint (tw_merge_piece (self, (const guint8 *) text + start, length, NULL), <=,
                        length);
    }
  g_assert_cmpuint (start, ==, size);
}

static void
use (TwVocabulary *self)
{
  static const char text[]
      = "The abc caution abcabc the  \n a-long-token-of-more-than-thirteen 中文 é <think><t "
        "12345 ''' ababababababababababababababababababababababababababababababababababab";
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  TwEncoder encoder = { .vocabulary = self, .cache = tw_piece_cache_new () };

  use_pieces (self, text, sizeof text - 1);
  g_assert_cmpuint (tw_encoder_run (&encoder, text, sizeof text - 1, TRUE, ids), <, sizeof text);
  for (guint i = 0; i < ids->len; i++)
    {
      gsize length;

      tw_vocabulary_get_token (self, g_array_index (ids, guint32, i), &length);
    }
  tw_piece_cache_free (encoder.cache);
}

/* Damage anywhere: a bad header is refused; a bad table may count wrong, but stays in bounds and
 * is found by tw_vocabulary_verify. Run under a sanitizer to see the bounds. */
static void
test_mutated (void)
{
  g_autoptr (GBytes) file = compile_full ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  const TwVocabularyHeader *header = g_bytes_get_data (file, NULL);
  gsize size = g_bytes_get_size (file);

  for (guint round = 0; round < 3000; round++)
    {
      guint8 *copy = g_memdup2 (header, size);
      gboolean in_header = round % 3 == 0;
      /* A section for each round, as some are a thousand times the size of others. */
      const TwSectionRange *section = &header->sections[round % TW_N_SECTIONS];
      gsize first = in_header ? 0 : section->offset;
      gsize limit = in_header ? sizeof *header : first + section->size;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (TwVocabulary) self = NULL;

      for (guint i = 0; i < (in_header ? 1u : 64u); i++)
        copy[g_rand_int_range (rand, (gint32) first, (gint32) limit)]
            ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
      bytes = g_bytes_new_take (copy, size);
      self = tw_vocabulary_open (bytes, "mutated", NULL);
      if (in_header)
        g_assert_null (self);
      if (self != NULL)
        {
          if (memcmp (copy, header, size) != 0)
            g_assert_false (tw_vocabulary_verify (self));
          use (self);
        }
    }
}

static void
lie_about_tables (TwVocabularyHeader *lies)
{
  lies[0].sections[TW_SECTION_SHORT].offset = G_MAXUINT64 - 63;
  lies[1].sections[TW_SECTION_PAIRS].size = G_MAXUINT64 - 7;
  lies[2].sections[TW_SECTION_LONG].offset += 8;
  lies[3].sections[TW_SECTION_SHORT].size = 0;
  lies[4].sections[TW_SECTION_BYTES].size -= 4;
  lies[5].sections[TW_SECTION_BLOCKS].offset = 0;
  lies[6].sections[TW_SECTION_SHORT_SEEDS].size = 0;
  lies[7].sections[TW_SECTION_LONG_SEEDS].size += 1;
  lies[8].sections[TW_SECTION_PAIR_SEEDS].size = 0;
  lies[9].sections[TW_SECTION_BYTE_PAIRS].size -= 4;
  lies[10].sections[TW_SECTION_CHARACTERS].size += 4;
  lies[11].sections[TW_SECTION_CROSSED].size -= 1;
}

static void
lie_about_tokens (TwVocabularyHeader *lies)
{
  lies[0].pretokenizer = TW_N_PRETOKENIZERS;
  lies[1].file_size += 64;
  lies[2].n_tokens += 1;
  lies[3].sections[TW_SECTION_LENGTHS].size -= 1;
  lies[4].sections[TW_SECTION_OFFSETS].size -= 4;
  lies[5].sections[TW_SECTION_IDS].size -= 4;
  lies[6].sections[TW_SECTION_LITERALS].size += 2;
  lies[7].flags = TW_VOCABULARY_ALL_FLAGS + 1;
  lies[8].n_tokens = TW_ID_MAX + 1;
  lies[9].sections[TW_SECTION_CLASSES].size -= 1;
}

/* A header whose checksum is right, but whose claims are not. */
static void
test_lying_header (void)
{
  g_autoptr (GBytes) file = compile_full ();
  gsize size = g_bytes_get_size (file);
  TwVocabularyHeader lies[22];
  guint n = G_N_ELEMENTS (lies);

  for (guint i = 0; i < n; i++)
    memcpy (&lies[i], g_bytes_get_data (file, NULL), sizeof lies[i]);
  lie_about_tables (lies);
  lie_about_tokens (lies + 12);
  for (guint i = 0; i < n; i++)
    {
      guint8 *copy = g_memdup2 (g_bytes_get_data (file, NULL), size);
      g_autoptr (GBytes) bytes = NULL;

      g_assert_cmpint (memcmp (&lies[i], copy, sizeof lies[i]), !=, 0);
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
  g_test_add_func ("/tokens/vocabulary/tokens-are-kept", test_tokens_are_kept);
  g_test_add_func ("/tokens/vocabulary/full", test_full);
  g_test_add_func ("/tokens/vocabulary/merges", test_merges);
  g_test_add_func ("/tokens/vocabulary/bad-sources", test_bad_sources);
  g_test_add_func ("/tokens/vocabulary/truncated", test_truncated);
  g_test_add_func ("/tokens/vocabulary/mutated", test_mutated);
  g_test_add_func ("/tokens/vocabulary/lying-header", test_lying_header);
  g_test_add_func ("/tokens/vocabulary/missing-file", test_missing_file);
  return g_test_run ();
}
