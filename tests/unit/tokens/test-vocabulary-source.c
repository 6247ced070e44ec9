/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/tokens/tw-unicode-classes-private.h"
#include "libtokenwise/tokens/tw-vocabulary-source-private.h"

#include <gio/gio.h>

#define HEAD "tokenwise vocabulary 2\npretokenizer none\n"

static TwVocabularySource *
read_packed (const char *text, gsize length, GError **error)
{
  /* A copy of exactly this size, so that a read past it is seen. */
  g_autoptr (GBytes) packed = g_bytes_new_take (g_memdup2 (text, length), length);

  return tw_vocabulary_source_read_packed (packed, error);
}

static void
assert_token (
    const TwVocabularySource *source, guint place, guint32 id, TwTokenKind kind, const char *bytes)
{
  const TwSourceToken *token = &g_array_index (source->tokens, TwSourceToken, place);

  g_assert_cmpuint (token->id, ==, id);
  g_assert_cmpint (token->kind, ==, kind);
  g_assert_cmpmem (token->bytes, token->length, bytes, strlen (bytes));
}

static void
test_packed (void)
{
  static const char text[] = "tokenwise vocabulary 2\npretokenizer qwen2\nflag nfc\n"
                             "flag whole-pieces\nspecial 9 1\nbyte 0 2\nnormal 4 2\nliteral 7 1\n\n"
                             "\3\1\1\1\2\4<s>abcde<lit";
  g_autoptr (GError) error = NULL;
  g_autoptr (TwVocabularySource) source = read_packed (text, sizeof text - 1, &error);

  g_assert_no_error (error);
  g_assert_cmpint (source->pretokenizer, ==, TW_PRETOKENIZER_QWEN2);
  g_assert_cmpint (source->flags, ==, TW_VOCABULARY_NFC | TW_VOCABULARY_WHOLE_PIECES);
  g_assert_null (source->merges);
  g_assert_cmpuint (source->tokens->len, ==, 6);
  assert_token (source, 0, 9, TW_TOKEN_SPECIAL, "<s>");
  assert_token (source, 1, 0, TW_TOKEN_BYTE, "a");
  assert_token (source, 2, 1, TW_TOKEN_BYTE, "b");
  assert_token (source, 3, 4, TW_TOKEN_NORMAL, "c");
  assert_token (source, 4, 5, TW_TOKEN_NORMAL, "de");
  assert_token (source, 5, 7, TW_TOKEN_LITERAL, "<lit");
}

static void
test_packed_damaged (void)
{
  static const char *const texts[] = {
    "",
    "tokenwise vocabulary 2",
    "tokenwise vocabulary 1\nnormal 0 1\n\n\001a",
    HEAD "\n",
    HEAD "\n\001a",
    HEAD "normal 0 1\n\n",
    HEAD "normal 0 1\n\n\001",
    HEAD "normal 0 1\n\n\002a",
    HEAD "normal 0 1\n\n\001ab",
    HEAD "normal 0 2\n\n\001\001a",
    HEAD "normal 0 0\n\n",
    HEAD "normal 0 -1\n\n\001a",
    HEAD "normal -1 1\n\n\001a",
    HEAD "normal 0 99999999999999999999\n\n\001a",
    HEAD "normal 1048574 2\n\n\001\001ab",
    HEAD "normal 0\n\n\001a",
    HEAD "normal 0 1 1\n\n\001a",
    HEAD "strange 0 1\n\n\001a",
    HEAD "byte 0 1\n\n\002ab",
    HEAD "flag strange\nnormal 0 1\n\n\001a",
    "tokenwise vocabulary 2\npretokenizer strange\nnormal 0 1\n\n\001a",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TwVocabularySource) source = read_packed (texts[i], strlen (texts[i]), &error);

      g_test_message ("%u", i);
      g_assert_null (source);
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
      g_assert_cmpstr (error->message, ==,
                       "The packed vocabulary is damaged or of another version; make it again "
                       "with tools/make-vocabulary.mjs.");
    }
}

static TwVocabularySource *
read_committed (const char *name)
{
  g_autofree char *base = g_strconcat (name, ".vocab.gz", NULL);
  g_autofree char *path = g_build_filename (g_getenv ("TOKENWISE_SOURCE"),
                                            "libtokenwise/tokens/vocabularies", base, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GConverter) inflate
      = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GOutputStream) plain = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) packed = g_file_read (file, NULL, &error);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes) bytes = NULL;
  TwVocabularySource *source;

  g_assert_no_error (error);
  stream = g_converter_input_stream_new (G_INPUT_STREAM (packed), inflate);
  g_output_stream_splice (plain, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (plain));
  source = tw_vocabulary_source_read_packed (bytes, &error);
  g_assert_no_error (error);
  return source;
}

/* One token of each family, as the provider numbers it. */
static const struct
{
  const char *name;
  TwPretokenizer pretokenizer;
  TwVocabularyFlags flags;
  guint n_tokens;
  guint32 id;
  const char *token;
} families[] = {
  { "cl100k_base", TW_PRETOKENIZER_CL100K, TW_VOCABULARY_WHOLE_PIECES, 100264, 15339, "hello" },
  { "o200k_base", TW_PRETOKENIZER_O200K, TW_VOCABULARY_WHOLE_PIECES, 201088, 200006, "<|start|>" },
  { "p50k_base", TW_PRETOKENIZER_R50K, TW_VOCABULARY_WHOLE_PIECES, 50281, 50257, "  " },
  { "r50k_base", TW_PRETOKENIZER_R50K, TW_VOCABULARY_WHOLE_PIECES, 50257, 31373, "hello" },
  { "qwen", TW_PRETOKENIZER_QWEN2, TW_VOCABULARY_NFC, 151669, 151667, "<think>" },
  { "deepseek", TW_PRETOKENIZER_DEEPSEEK3, 0, 128815, 128803, "<｜User｜>" },
  { "tekken", TW_PRETOKENIZER_TEKKEN, TW_VOCABULARY_WHOLE_PIECES, 131072, 3, "[INST]" },
  { "mistral-v3", TW_PRETOKENIZER_NONE,
    TW_VOCABULARY_BYTE_FALLBACK | TW_VOCABULARY_METASPACE | TW_VOCABULARY_DUMMY_PREFIX, 32768, 1040,
    "▁the" },
};

static void
test_committed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autoptr (TwVocabularySource) source = read_committed (families[i].name);
      g_autofree guint8 *ids = g_malloc0 (TW_ID_MAX + 1);
      const TwSourceToken *found = NULL;

      g_test_message ("%s", families[i].name);
      g_assert_cmpint (source->pretokenizer, ==, families[i].pretokenizer);
      g_assert_cmpint (source->flags, ==, families[i].flags);
      g_assert_cmpuint (source->tokens->len, ==, families[i].n_tokens);
      for (guint n = 0; n < source->tokens->len; n++)
        {
          const TwSourceToken *token = &g_array_index (source->tokens, TwSourceToken, n);

          g_assert_cmpuint (ids[token->id]++, ==, 0);
          if (token->id == families[i].id)
            found = token;
        }
      g_assert_nonnull (found);
      g_assert_cmpmem (found->bytes, found->length, families[i].token, strlen (families[i].token));
    }
}

static guint8
class_of (const GByteArray *blocks, const GByteArray *classes, gunichar c)
{
  return classes->data[blocks->data[c / TW_CLASS_BLOCK] * TW_CLASS_BLOCK + c % TW_CLASS_BLOCK];
}

/* By GLib's tables, which are of an older Unicode: for code points that it knows. */
static guint8
expected_class (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_UPPERCASE_LETTER:
    case G_UNICODE_TITLECASE_LETTER:
      return TW_CLASS_LETTER | TW_CLASS_UPPER;
    case G_UNICODE_LOWERCASE_LETTER:
      return TW_CLASS_LETTER | TW_CLASS_LOWER;
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_OTHER_LETTER:
      return TW_CLASS_LETTER | TW_CLASS_UPPER | TW_CLASS_LOWER;
    case G_UNICODE_NON_SPACING_MARK:
    case G_UNICODE_SPACING_MARK:
    case G_UNICODE_ENCLOSING_MARK:
      return TW_CLASS_UPPER | TW_CLASS_LOWER;
    case G_UNICODE_DECIMAL_NUMBER:
    case G_UNICODE_LETTER_NUMBER:
    case G_UNICODE_OTHER_NUMBER:
      return TW_CLASS_NUMBER;
    case G_UNICODE_SPACE_SEPARATOR:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return TW_CLASS_SPACE;
    case G_UNICODE_CONTROL:
      return (c >= 9 && c <= 13) || c == 0x85 ? TW_CLASS_SPACE : 0;
    case G_UNICODE_FORMAT:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
      return 0;
    default:
      return TW_CLASS_SYMBOL;
    }
}

/* Whether c is changed by NFC, alone or between letters and marks that it may join. */
static gboolean
changes (gunichar c)
{
  static const gunichar neighbours[]
      = { 'x', 'a', 0x345, 0x334, 0x1100, 0xac00, 0x9c7, 0xbc6, 0x1025, 0x11131, 0x1b05 };
  gunichar text[3];

  for (guint i = 0; i < G_N_ELEMENTS (neighbours); i++)
    {
      g_autofree char *given = NULL, *normal = NULL;

      text[0] = neighbours[i];
      text[1] = c;
      text[2] = 0;
      given = g_ucs4_to_utf8 (text, -1, NULL, NULL, NULL);
      normal = g_utf8_normalize (given, -1, G_NORMALIZE_NFC);
      if (strcmp (given, normal) != 0)
        return TRUE;
    }
  return FALSE;
}

static void
test_classes (void)
{
  g_autofree char *path = g_build_filename (
      g_getenv ("TOKENWISE_SOURCE"), "libtokenwise/tokens/vocabularies/unicode-classes.txt", NULL);
  g_autoptr (GByteArray) blocks = g_byte_array_new ();
  g_autoptr (GByteArray) classes = g_byte_array_new ();
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  guint n_other = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_assert_true (tw_unicode_classes_pack (text, blocks, classes, &error));
  for (gunichar c = 0; c < 0x110000; c++)
    {
      guint8 class = class_of (blocks, classes, c);

      if (g_unichar_type (c) == G_UNICODE_UNASSIGNED || (c >= 0xd800 && c <= 0xdfff))
        continue;
      n_other += (class & ~(TW_CLASS_NFC | TW_CLASS_NEWLINE)) != expected_class (c);
      if (changes (c))
        g_assert_cmpuint (class & TW_CLASS_NFC, !=, 0);
    }
  g_test_message ("%u code points of another category in GLib's Unicode", n_other);
  /* Categories of assigned characters hardly ever change. */
  g_assert_cmpuint (n_other, <=, 16);
  g_assert_cmpuint (class_of (blocks, classes, '\n'), ==, TW_CLASS_SPACE | TW_CLASS_NEWLINE);
  g_assert_cmpuint (class_of (blocks, classes, 'a'), ==, TW_CLASS_LETTER | TW_CLASS_LOWER);
  g_assert_cmpuint (class_of (blocks, classes, 0xac00) & TW_CLASS_NFC, ==, 0);
}

static void
test_classes_damaged (void)
{
  static const char *const texts[]
      = { "0041", "0041 0040 U", "0041 110000 U", "0041 005A x", "0041 005A Ux", "0041 005A " };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GByteArray) blocks = g_byte_array_new ();
      g_autoptr (GByteArray) classes = g_byte_array_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (tw_unicode_classes_pack (texts[i], blocks, classes, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vocabulary-source/packed", test_packed);
  g_test_add_func ("/vocabulary-source/packed-damaged", test_packed_damaged);
  g_test_add_func ("/vocabulary-source/committed", test_committed);
  g_test_add_func ("/vocabulary-source/classes", test_classes);
  g_test_add_func ("/vocabulary-source/classes-damaged", test_classes_damaged);
  return g_test_run ();
}
