/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-encoding-private.h"
#include "libtokenwise/tokens/tw-merge-private.h"
#include "libtokenwise/tokens/tw-vocabulary-compiler-private.h"

#include <string.h>

/* Merging against the definition of it, a table of ranks and a loop over all neighbours, with
 * vocabularies of chance and with the real ones. */

#define SEED 20261122u
#define N_VOCABULARIES 150u
#define N_PIECES 60u
#define N_REAL_PIECES 200u
#define MAX_TOKEN 20u
#define NO_RANK G_MAXUINT32

/* What joins whom: (left, right) → rank, and the rank of a token is its bytes' place in an array.
 */
typedef struct
{
  GPtrArray *tokens; /* GBytes */
  GHashTable *places;
  GHashTable *merges; /* (nullable) pair of places → place in the list + 1 */
} Naive;

static void
naive_init (Naive *self)
{
  self->tokens = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->places = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  self->merges = NULL;
}

static void
naive_clear (Naive *self)
{
  g_hash_table_unref (self->places);
  g_ptr_array_unref (self->tokens);
  g_clear_pointer (&self->merges, g_hash_table_unref);
}

/* FALSE if it is there already. */
static gboolean
naive_add (Naive *self, const guint8 *bytes, gsize length)
{
  GBytes *token = g_bytes_new (bytes, length);

  if (g_hash_table_contains (self->places, token))
    {
      g_bytes_unref (token);
      return FALSE;
    }
  g_hash_table_insert (self->places, token, GUINT_TO_POINTER (self->tokens->len));
  g_ptr_array_add (self->tokens, token);
  return TRUE;
}

static guint32
naive_find (const Naive *self, const guint8 *bytes, gsize length)
{
  g_autoptr (GBytes) key = g_bytes_new_static (bytes, length);
  gpointer place;

  return g_hash_table_lookup_extended (self->places, key, NULL, &place) ? GPOINTER_TO_UINT (place)
                                                                        : NO_RANK;
}

static gpointer
pair_key (guint32 left, guint32 right)
{
  return GSIZE_TO_POINTER ((gsize) left << 32 | right);
}

/* Of the tokens that end at ends[i] and ends[i + 1]. */
static guint32
naive_rank (const Naive *self, const guint8 *piece, const GArray *ends, guint i)
{
  const gsize *end = &g_array_index (ends, gsize, i);
  gsize start = i > 0 ? end[-1] : 0;
  guint32 left, right;

  if (i + 1 >= ends->len)
    return NO_RANK;
  if (self->merges == NULL)
    return naive_find (self, piece + start, end[1] - start);
  left = naive_find (self, piece + start, end[0] - start);
  right = naive_find (self, piece + end[0], end[1] - end[0]);
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->merges, pair_key (left, right))) - 1;
}

/* Where each token of the piece ends, by the definition: of all neighbours that merge the best rank
 * first, of equals the leftmost, until none is left. */
static GArray *
naive_merge (const Naive *self, const guint8 *piece, gsize length)
{
  GArray *ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autofree guint32 *rank = g_new (guint32, length + 1);

  for (gsize i = 1; i <= length; i++)
    g_array_append_val (ends, i);
  for (guint i = 0; i < ends->len; i++)
    rank[i] = naive_rank (self, piece, ends, i);
  for (;;)
    {
      guint best = 0;

      for (guint i = 1; i < ends->len; i++)
        if (rank[i] < rank[best])
          best = i;
      if (rank[best] == NO_RANK)
        return ends;
      g_array_remove_index (ends, best);
      memmove (rank + best, rank + best + 1, (ends->len - best) * sizeof *rank);
      rank[best] = naive_rank (self, piece, ends, best);
      if (best > 0)
        rank[best - 1] = naive_rank (self, piece, ends, best - 1);
    }
}

static void
assert_merge (const Naive *naive, const TwVocabulary *vocabulary, const guint8 *piece, gsize length)
{
  /* Exactly as long as the piece, so that a sanitizer sees a read past it. */
  g_autofree guint8 *copy = g_memdup2 (piece, length);
  g_autoptr (GArray) ends = naive_merge (naive, piece, length);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  gsize start = 0;

  g_assert_cmpuint (tw_merge_piece (vocabulary, copy, length, NULL), ==, ends->len);
  g_assert_cmpuint (tw_merge_piece (vocabulary, copy, length, ids), ==, ends->len);
  g_assert_cmpuint (ids->len, ==, ends->len);
  for (guint i = 0; i < ends->len; i++)
    {
      gsize end = g_array_index (ends, gsize, i);
      gsize size;
      const guint8 *token
          = tw_vocabulary_get_token (vocabulary, g_array_index (ids, guint32, i), &size);

      g_assert_cmpmem (token, size, piece + start, end - start);
      start = end;
    }
}

/* --- pieces ---------------------------------------------------------------------------------- */

/* aaaa, abab, the Fibonacci word, and what has no order. Merging starts from characters, so a piece
 * is always whole ones. */
static GByteArray *
make_piece (GRand *rand, const gunichar *letters, guint n_letters, guint max_length)
{
  guint length = (guint) g_rand_int_range (rand, 1, (gint32) max_length + 1);
  guint period = (guint) g_rand_int_range (rand, 1, 9);
  GByteArray *piece = g_byte_array_sized_new (length);
  guint kind = (guint) g_rand_int_range (rand, 0, 4);
  gunichar unit[8];

  for (guint i = 0; i < G_N_ELEMENTS (unit); i++)
    unit[i] = letters[(guint) g_rand_int_range (rand, 0, (gint32) n_letters)];
  while (piece->len < length)
    {
      static const double golden = 1.6180339887498949;
      guint i = piece->len;
      gunichar c = unit[i % period];
      char bytes[6];

      if (kind == 0)
        c = letters[(guint) g_rand_int_range (rand, 0, (gint32) n_letters)];
      else if (kind == 1)
        c = unit[(guint) ((i + 2) * golden) - (guint) ((i + 1) * golden) - 1];
      g_byte_array_append (piece, (const guint8 *) bytes, (guint) g_unichar_to_utf8 (c, bytes));
    }
  return piece;
}

/* --- vocabularies of chance --------------------------------------------------------------------
 */

static void
add_random_tokens (Naive *naive, GRand *rand, guint n_letters, guint n_tokens)
{
  guint8 bytes[2 * MAX_TOKEN];

  for (guint i = 0; i < 256; i++)
    {
      guint8 byte = (guint8) i;

      naive_add (naive, &byte, 1);
    }
  for (guint tries = 0; naive->tokens->len < 256 + n_tokens && tries < 20 * n_tokens; tries++)
    {
      gsize length = 0;

      /* Two tokens of before, of which one may never come to be. */
      for (guint half = 0; half < 2; half++)
        {
          guint n_longer = naive->tokens->len - 256;
          guint32 at = n_longer > 0 && g_rand_boolean (rand)
                           ? 256 + (guint32) g_rand_int_range (rand, 0, (gint32) n_longer)
                           : 'a' + (guint32) g_rand_int_range (rand, 0, (gint32) n_letters);
          gsize size;
          const guint8 *part = g_bytes_get_data (g_ptr_array_index (naive->tokens, at), &size);

          if (length + size > MAX_TOKEN)
            break;
          memcpy (bytes + length, part, size);
          length += size;
        }
      naive_add (naive, bytes, length);
    }
}

/* Of each token's ways to be two tokens some, in an order of its own. */
static void
add_random_merges (Naive *naive, GRand *rand, GArray *list)
{
  for (guint i = 256; i < naive->tokens->len; i++)
    {
      gsize size;
      const guint8 *bytes = g_bytes_get_data (g_ptr_array_index (naive->tokens, i), &size);

      for (gsize cut = 1; cut < size; cut++)
        {
          TwSourceMerge merge
              = { naive_find (naive, bytes, cut), naive_find (naive, bytes + cut, size - cut), i };

          if (merge.left == NO_RANK || merge.right == NO_RANK || g_rand_int_range (rand, 0, 4) == 0)
            continue;
          g_array_insert_val (list, (guint) g_rand_int_range (rand, 0, (gint32) list->len + 1),
                              merge);
        }
    }
  naive->merges = g_hash_table_new (g_direct_hash, g_direct_equal);
  for (guint i = 0; i < list->len; i++)
    {
      const TwSourceMerge *merge = &g_array_index (list, TwSourceMerge, i);

      g_hash_table_insert (naive->merges, pair_key (merge->left, merge->right),
                           GUINT_TO_POINTER (i + 1));
    }
}

static TwVocabulary *
compile (const Naive *naive, GArray *merges, const char *classes)
{
  g_autoptr (TwVocabularySource) source = tw_vocabulary_source_new ();
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GError) error = NULL;
  TwVocabulary *vocabulary;

  for (guint i = 0; i < naive->tokens->len; i++)
    {
      gsize size;
      const guint8 *bytes = g_bytes_get_data (g_ptr_array_index (naive->tokens, i), &size);
      TwSourceToken token = { bytes, (guint32) size, i, TW_TOKEN_NORMAL };

      g_array_append_val (source->tokens, token);
    }
  source->pretokenizer = TW_PRETOKENIZER_O200K;
  source->merges = merges != NULL ? g_array_ref (merges) : NULL;
  file = tw_vocabulary_compile (source, classes, &error);
  g_assert_no_error (error);
  vocabulary = tw_vocabulary_open (file, "test", &error);
  g_assert_no_error (error);
  return vocabulary;
}

static const gunichar abcd[] = { 'a', 'b', 'c', 'd' };

static void
check_random_vocabulary (GRand *rand, const char *classes, gboolean has_list)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (TwSourceMerge));
  guint n_letters = (guint) g_rand_int_range (rand, 1, 5);
  guint n_tokens = (guint) g_rand_int_range (rand, 1, 120);
  g_autoptr (TwVocabulary) vocabulary = NULL;
  Naive naive;

  naive_init (&naive);
  add_random_tokens (&naive, rand, n_letters, n_tokens);
  if (has_list)
    add_random_merges (&naive, rand, list);
  vocabulary = compile (&naive, has_list ? list : NULL, classes);
  for (guint i = 0; i < N_PIECES; i++)
    {
      g_autoptr (GByteArray) piece = make_piece (rand, abcd, n_letters, i % 10 == 0 ? 600 : 90);

      assert_merge (&naive, vocabulary, piece->data, piece->len);
    }
  naive_clear (&naive);
}

static void
test_random_vocabularies (gconstpointer has_list)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);
  g_autofree char *path = g_build_filename (g_getenv ("TOKENWISE_SOURCE"), "libtokenwise", "tokens",
                                            "vocabularies", "unicode-classes.txt", NULL);
  g_autofree char *classes = NULL;

  g_assert_true (g_file_get_contents (path, &classes, NULL, NULL));
  for (guint i = 0; i < N_VOCABULARIES; i++)
    check_random_vocabulary (rand, classes, has_list != NULL);
}

/* --- the real ones ------------------------------------------------------------------------------
 */

static const char letters[] = "etaoinshrdlucmfwypvbgkqjxz";
static const char all[]
    = "etaoin "
      "\n\t.,;:(){}[]<>=-_/"
      "\\\"'"
      "0123456789ABCXYZéüß中文的一어가かナатиعلमान\u0301\ufe0f😀👍🏽"
      "𠀀";

static void
test_real (gconstpointer name)
{
  g_autoptr (GError) error = NULL;
  const TwEncoding *encoding = tw_encoding_get (name, &error);
  const TwVocabulary *vocabulary;
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);
  glong n_word, n_any;
  g_autofree gunichar *word = g_utf8_to_ucs4_fast (letters, -1, &n_word);
  g_autofree gunichar *any = g_utf8_to_ucs4_fast (all, -1, &n_any);
  Naive naive;

  g_assert_no_error (error);
  vocabulary = tw_encoding_get_vocabulary (encoding);
  naive_init (&naive);
  for (guint32 i = 0; i < vocabulary->n_tokens; i++)
    {
      gsize size;
      const guint8 *bytes = tw_vocabulary_get_token (vocabulary, i, &size);

      g_autofree char *gap = g_strdup_printf ("\xff no token %u", i);

      g_assert_true (size > 0 ? naive_add (&naive, bytes, size)
                              : naive_add (&naive, (const guint8 *) gap, strlen (gap)));
    }
  for (guint i = 0; i < N_REAL_PIECES; i++)
    {
      gboolean is_word = i % 2 == 0;
      g_autoptr (GByteArray) piece = make_piece (
          rand, is_word ? word : any, (guint) (is_word ? n_word : n_any), i % 20 == 0 ? 3000 : 200);

      assert_merge (&naive, vocabulary, piece->data, piece->len);
    }
  naive_clear (&naive);
}

int
main (int argc, char **argv)
{
  static const char *const names[]
      = { "o200k_base", "cl100k_base", "p50k_base", "r50k_base", "qwen", "deepseek", "tekken" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/merge/ranks", NULL, test_random_vocabularies);
  g_test_add_data_func ("/merge/list", "list", test_random_vocabularies);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_strdup_printf ("/merge/%s", names[i]);

      g_test_add_data_func (path, names[i], test_real);
    }
  return g_test_run ();
}
