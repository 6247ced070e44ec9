/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-pretokenizer-private.h"
#include "libtokenwise/tokens/tw-vocabulary-compiler-private.h"

#include <string.h>

/* The splitters against the published patterns run by a regular-expression engine (GRegex), and the
 * fast one against the plain one. */

#define SEED 20261122u
#define N_PATTERN_TEXTS 60000u
#define N_FAST_TEXTS 3000u
#define MAX_CHARS 24
#define MAX_PATTERNS 3

/* PCRE2 has U+180E in \s and Unicode has not, so White_Space is spelt out. */
#define SPACE_SET "\\t-\\r\\x{85}\\p{Z}"
#define SPACE "[" SPACE_SET "]"
#define NOT_SPACE "[^" SPACE_SET "]"
#define SYMBOLS " ?[^" SPACE_SET "\\p{L}\\p{N}]+"
#define SPACES SPACE "+(?!" NOT_SPACE ")|" SPACE "+"
#define LINES SPACE "*[\\r\\n]+|" SPACES
#define CONTRACTION "'s|'t|'re|'ve|'m|'ll|'d"
#define PREFIX "[^\\r\\n\\p{L}\\p{N}]?"
#define UPPER "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define LOWER "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"

static const struct
{
  const char *name;
  const char *patterns[MAX_PATTERNS];
} shapes[TW_N_PRETOKENIZERS] = {
  [TW_PRETOKENIZER_R50K] = { "r50k", { CONTRACTION "| ?\\p{L}+| ?\\p{N}+|" SYMBOLS "|" SPACES } },
  [TW_PRETOKENIZER_CL100K]
  = { "cl100k",
      { "(?i:" CONTRACTION ")|" PREFIX "\\p{L}+|\\p{N}{1,3}|" SYMBOLS "[\\r\\n]*|" SPACE
        "+\\z|" SPACE "*[\\r\\n]|" SPACE "+(?!" NOT_SPACE ")|" SPACE } },
  [TW_PRETOKENIZER_LLAMA3]
  = { "llama3",
      { "(?i:" CONTRACTION ")|" PREFIX "\\p{L}+|\\p{N}{1,3}|" SYMBOLS "[\\r\\n]*|" LINES } },
  [TW_PRETOKENIZER_QWEN2]
  = { "qwen2", { "(?i:" CONTRACTION ")|" PREFIX "\\p{L}+|\\p{N}|" SYMBOLS "[\\r\\n]*|" LINES } },
  [TW_PRETOKENIZER_O200K]
  = { "o200k",
      { PREFIX UPPER "*" LOWER "+(?i:" CONTRACTION ")?|" PREFIX UPPER "+" LOWER "*(?i:" CONTRACTION
                     ")?|\\p{N}{1,3}|" SYMBOLS "[\\r\\n/]*|" LINES } },
  [TW_PRETOKENIZER_TEKKEN] = { "tekken",
                               { PREFIX UPPER "*" LOWER "+|" PREFIX UPPER "+" LOWER
                                              "*|\\p{N}|" SYMBOLS "[\\r\\n/]*|" LINES } },
  [TW_PRETOKENIZER_DEEPSEEK3]
  = { "deepseek3",
      { "\\p{N}{1,3}", "[\\x{4e00}-\\x{9fa5}\\x{3040}-\\x{309f}\\x{30a0}-\\x{30ff}]+",
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
        "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|" LINES } },
  [TW_PRETOKENIZER_NONE] = { "none", { NULL } },
};

typedef struct
{
  TwVocabulary *vocabulary;
  GRegex *patterns[MAX_PATTERNS + 1]; /* NULL after the last */
} Shape;

/* Bytes alone: a splitter asks a vocabulary for nothing but its shape and its Unicode classes. */
static TwVocabulary *
make_vocabulary (TwPretokenizer pretokenizer)
{
  g_autoptr (TwVocabularySource) source = tw_vocabulary_source_new ();
  g_autofree char *path = g_build_filename (g_getenv ("TOKENWISE_SOURCE"), "libtokenwise", "tokens",
                                            "vocabularies", "unicode-classes.txt", NULL);
  g_autofree char *classes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = NULL;
  TwVocabulary *vocabulary;
  static guint8 bytes[256];

  for (guint32 i = 0; i < 256; i++)
    {
      TwSourceToken token = { &bytes[i], 1, i, TW_TOKEN_NORMAL };

      bytes[i] = (guint8) i;
      g_array_append_val (source->tokens, token);
    }
  source->pretokenizer = pretokenizer;
  g_file_get_contents (path, &classes, NULL, &error);
  g_assert_no_error (error);
  file = tw_vocabulary_compile (source, classes, &error);
  g_assert_no_error (error);
  vocabulary = tw_vocabulary_open (file, "test", &error);
  g_assert_no_error (error);
  return vocabulary;
}

static void
shape_init (Shape *self, TwPretokenizer pretokenizer)
{
  g_autoptr (GError) error = NULL;

  *self = (Shape){ .vocabulary = make_vocabulary (pretokenizer) };
  for (guint i = 0; i < MAX_PATTERNS && shapes[pretokenizer].patterns[i] != NULL; i++)
    {
      self->patterns[i]
          = g_regex_new (shapes[pretokenizer].patterns[i], G_REGEX_OPTIMIZE, 0, &error);
      g_assert_no_error (error);
    }
}

static void
shape_clear (Shape *self)
{
  tw_vocabulary_free (self->vocabulary);
  for (guint i = 0; i < MAX_PATTERNS; i++)
    g_clear_pointer (&self->patterns[i], g_regex_unref);
}

/* The next of a chain cuts what the one before left, and sees no further; what no match covers is a
 * piece too. Appends the ends of the pieces, counted from base on. */
static void
split_by_patterns (
    GRegex *const *patterns, const char *text, gsize length, gsize base, GArray *ends)
{
  g_autoptr (GMatchInfo) match = NULL;
  gsize done = 0;
  int start, end;

  if (length > 0 && patterns[0] == NULL)
    {
      gsize all = base + length;

      g_array_append_val (ends, all);
    }
  if (length == 0 || patterns[0] == NULL)
    return;
  g_regex_match_full (patterns[0], text, (gssize) length, 0, G_REGEX_MATCH_NOTEMPTY, &match, NULL);
  for (; g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      g_match_info_fetch_pos (match, 0, &start, &end);
      split_by_patterns (patterns + 1, text + done, (gsize) start - done, base + done, ends);
      split_by_patterns (patterns + 1, text + start, (gsize) (end - start), base + (gsize) start,
                         ends);
      done = (gsize) end;
    }
  split_by_patterns (patterns + 1, text + done, length - done, base + done, ends);
}

typedef guint (*NextFunc) (TwPieces *self, gsize *ends, guint n);

static GArray *
split (const TwVocabulary *vocabulary, const char *text, gsize length, NextFunc next, guint batch)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize ends[TW_PIECES_BATCH];
  TwPieces pieces;
  guint n;

  tw_pieces_init (&pieces, vocabulary, text, length);
  while ((n = next (&pieces, ends, batch)) > 0)
    g_array_append_vals (all, ends, n);
  return all;
}

static void
assert_same (const char *text, gsize length, const GArray *want, const GArray *got)
{
  guint i = 0;

  while (i < MIN (want->len, got->len)
         && g_array_index (want, gsize, i) == g_array_index (got, gsize, i))
    i++;
  if (i == want->len && i == got->len)
    return;
  {
    gsize from = i > 0 ? g_array_index (want, gsize, i - 1) : 0;
    g_autofree char *before = g_strndup (text, from);
    g_autofree char *after = g_strndup (text + from, MIN (length - from, 80));
    g_autofree char *left = g_strescape (before, NULL);
    g_autofree char *right = g_strescape (after, NULL);

    g_error ("“%s” ends at %" G_GSIZE_FORMAT ", expected %" G_GSIZE_FORMAT ", after “%s”", right,
             i < got->len ? g_array_index (got, gsize, i) - from : 0,
             i < want->len ? g_array_index (want, gsize, i) - from : 0,
             strlen (left) > 200 ? left + strlen (left) - 200 : left);
  }
}

/* --- texts --------------------------------------------------------------------------------- */

static const struct
{
  gunichar first;
  gunichar last;
} ranges[] = {
  { 'a', 'z' },         { 'A', 'Z' },         { '0', '9' },         { ' ', '/' },
  { ':', '@' },         { '[', '`' },         { '{', '~' },         { 0x1, 0x1f },
  { 0x7f, 0xa0 },       { 0xa1, 0x24f },      { 0x1c0, 0x1cf },     { 0x2b0, 0x36f },
  { 0x370, 0x52f },     { 0x531, 0x5f4 },     { 0x600, 0x6ff },     { 0x900, 0x97f },
  { 0xe01, 0xe5b },     { 0x1680, 0x1680 },   { 0x180b, 0x180f },   { 0x1f80, 0x1fff },
  { 0x2000, 0x206f },   { 0x2070, 0x218b },   { 0x2190, 0x27bf },   { 0x3000, 0x30ff },
  { 0x3400, 0x3500 },   { 0x4e00, 0x9fff },   { 0xa000, 0xa4cf },   { 0xac00, 0xd7a3 },
  { 0xe000, 0xe100 },   { 0xfe00, 0xffff },   { 0x10000, 0x1044f }, { 0x1d400, 0x1d7ff },
  { 0x1f300, 0x1f64f }, { 0x20000, 0x20100 }, { 0xe0001, 0xe01ef },
};

static const char *const words[] = {
  " ",         "  ",
  "\n",        "\r\n",
  "\r",        "\t",
  "   ",       " \n",
  "\n\n",      "'s",
  "'S",        "'t",
  "'re",       "'VE",
  "'ll",       "'lL",
  "'d",        "'m",
  "'ſ",        "'",
  "’s",        "//",
  "/\n",       "123",
  "4567",      "the",
  "The",       "THE",
  "abcDef",    " and",
  ".",         "...",
  "!\n",       "é",
  "e\xcc\x81", "中",
  "中文",      "かな・",
  "゛",        "カナ",
  "한국",      "ǅ",
  "ʰ",         "ª",
  "\xc2\xa0",  "\xe3\x80\x80",
  "\xc2\x85",  "😀",
  "👍🏽",  "\xef\xbb\xbf",
  "١٢",        "Ⅷ",
  "²",         "$x",
  "_a",        "-A",
  "#1",        "@ ",
};

/* Characters that are newer than the Unicode of the engine are nothing there and letters here. */
static gboolean
is_settled (GRegex *unassigned, gunichar c)
{
  char text[8] = "";

  text[g_unichar_to_utf8 (c, text)] = '\0';
  return !g_regex_match (unassigned, text, 0, NULL);
}

static void
append_character (GString *text, GRand *rand, GRegex *unassigned)
{
  guint at = (guint) g_rand_int_range (rand, 0, G_N_ELEMENTS (ranges));
  gunichar c
      = (gunichar) g_rand_int_range (rand, (gint32) ranges[at].first, (gint32) ranges[at].last + 1);

  if (is_settled (unassigned, c))
    g_string_append_unichar (text, c);
}

static void
fill_text (GString *text, GRand *rand, GRegex *unassigned, guint max)
{
  guint n = (guint) g_rand_int_range (rand, 1, (gint32) max + 1);
  gboolean is_wordy = g_rand_boolean (rand);

  g_string_truncate (text, 0);
  for (guint i = 0; i < n; i++)
    if (is_wordy ? g_rand_int_range (rand, 0, 8) == 0 : g_rand_boolean (rand))
      append_character (text, rand, unassigned);
    else
      g_string_append (text, words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
}

static void
test_patterns (gconstpointer data)
{
  Shape shape;
  g_autoptr (GRegex) unassigned = g_regex_new ("\\p{Cn}", G_REGEX_OPTIMIZE, 0, NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);
  g_autoptr (GString) text = g_string_new (NULL);

  shape_init (&shape, (TwPretokenizer) GPOINTER_TO_UINT (data));
  for (guint i = 0; i < N_PATTERN_TEXTS; i++)
    {
      g_autoptr (GArray) want = g_array_new (FALSE, FALSE, sizeof (gsize));
      g_autoptr (GArray) plain = NULL;
      g_autoptr (GArray) fast = NULL;

      fill_text (text, rand, unassigned, MAX_CHARS);
      split_by_patterns (shape.patterns, text->str, text->len, 0, want);
      plain = split (shape.vocabulary, text->str, text->len, tw_pieces_next_plain, 7);
      fast = split (shape.vocabulary, text->str, text->len, tw_pieces_next, TW_PIECES_BATCH);
      assert_same (text->str, text->len, want, plain);
      assert_same (text->str, text->len, want, fast);
    }
  shape_clear (&shape);
}

/* --- the fast one against the plain one ------------------------------------------------------ */

static void
assert_fast_is_plain (const TwVocabulary *vocabulary, const char *text, gsize length, guint batch)
{
  /* Exactly as long as the text, so that a sanitizer sees a read past it. */
  g_autofree char *copy = g_memdup2 (text, length);
  g_autoptr (GArray) plain
      = split (vocabulary, copy, length, tw_pieces_next_plain, TW_PIECES_BATCH);
  g_autoptr (GArray) fast = split (vocabulary, copy, length, tw_pieces_next, batch);

  assert_same (text, length, plain, fast);
}

static void
test_fast_random (gconstpointer data)
{
  g_autoptr (TwVocabulary) vocabulary = make_vocabulary ((TwPretokenizer) GPOINTER_TO_UINT (data));
  g_autoptr (GRegex) unassigned = g_regex_new ("(?!)", 0, 0, NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED + 1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < N_FAST_TEXTS; i++)
    {
      guint batch = (guint) g_rand_int_range (rand, 1, TW_PIECES_BATCH + 1);

      fill_text (text, rand, unassigned, 400);
      assert_fast_is_plain (vocabulary, text->str, text->len, i % 2 == 0 ? TW_PIECES_BATCH : batch);
    }
}

/* Runs of one thing, of every length around a block of 64 bytes, at every place in it. */
static void
test_fast_runs (gconstpointer data)
{
  g_autoptr (TwVocabulary) vocabulary = make_vocabulary ((TwPretokenizer) GPOINTER_TO_UINT (data));
  static const guint lengths[] = { 1, 2, 3, 31, 63, 64, 65, 127, 128, 200 };
  static const char *const tails[] = { "", "x", " x", "\n", "'s x", "1", "中a", "!" };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    for (guint j = 0; j < G_N_ELEMENTS (lengths) * G_N_ELEMENTS (tails); j++)
      for (guint offset = 0; offset < 64; offset += 1 + (i + j) % 11)
        {
          g_string_truncate (text, 0);
          for (guint k = 0; k < offset; k++)
            g_string_append_c (text, "ab c"[k % 4]);
          for (guint k = 0; k < lengths[j / G_N_ELEMENTS (tails)]; k++)
            g_string_append (text, words[i]);
          g_string_append (text, tails[j % G_N_ELEMENTS (tails)]);
          assert_fast_is_plain (vocabulary, text->str, text->len, TW_PIECES_BATCH);
        }
}

/* Every word beside every other one, at every place in a block of 64 bytes. */
static void
test_fast_pairs (gconstpointer data)
{
  g_autoptr (TwVocabulary) vocabulary = make_vocabulary ((TwPretokenizer) GPOINTER_TO_UINT (data));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint offset = 0; offset < 64; offset++)
    for (guint i = 0; i < G_N_ELEMENTS (words); i++)
      {
        g_string_truncate (text, 0);
        for (guint k = 0; k < offset; k++)
          g_string_append_c (text, "Ab1 "[k % 4]);
        for (guint j = 0; j < G_N_ELEMENTS (words); j++)
          g_string_append_printf (text, "%s%s", words[i], words[j]);
        assert_fast_is_plain (vocabulary, text->str, text->len, TW_PIECES_BATCH);
      }
}

static void
add (const char *test, TwPretokenizer pretokenizer, GTestDataFunc func)
{
  g_autofree char *path = g_strdup_printf ("/pretokenizer/%s/%s", shapes[pretokenizer].name, test);

  g_test_add_data_func (path, GUINT_TO_POINTER (pretokenizer), func);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (TwPretokenizer i = 0; i < TW_N_PRETOKENIZERS; i++)
    {
      if (shapes[i].patterns[0] != NULL)
        add ("patterns", i, test_patterns);
      add ("fast/random", i, test_fast_random);
      add ("fast/runs", i, test_fast_runs);
      add ("fast/pairs", i, test_fast_pairs);
    }
  return g_test_run ();
}
