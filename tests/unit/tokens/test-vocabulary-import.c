/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/tokens/tw-vocabulary-import-private.h"

/* Small files of each format, made here. All have the 256 bytes and then a few tokens. */

#define QWEN_SPLIT                                                                                 \
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}| "                \
  "?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+"
#define TEKKEN_SPLIT                                                                               \
  "[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?[\\\\p{Lu}\\\\p{Lt}\\\\p{Lm}\\\\p{Lo}\\\\p{M}]*[\\\\p{Ll}\\\\p{"  \
  "Lm}"                                                                                            \
  "\\\\p{Lo}\\\\p{M}]+|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?[\\\\p{Lu}\\\\p{Lt}\\\\p{Lm}\\\\p{Lo}\\\\p{"  \
  "M}]+"                                                                                           \
  "[\\\\p{Ll}\\\\p{Lm}\\\\p{Lo}\\\\p{M}]*|\\\\p{N}| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n/]*|"     \
  "\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+"

/* {"type": "BPE", "vocab": {…}} of bytes in GPT-2's alphabet, numbered in its order. */
static char *
byte_level_json (void)
{
  GString *json = g_string_new (
      "{\"added_tokens\":[{\"id\":262,\"content\":\"<end>\",\"special\":true},"
      "{\"id\":261,\"content\":\"<think>\",\"special\":false}],"
      "\"normalizer\":{\"type\":\"NFC\"},"
      "\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":["
      "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"" QWEN_SPLIT
      "\"},\"behavior\":\"Isolated\",\"invert\":false},"
      "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":false}]},"
      "\"model\":{\"type\":\"BPE\",\"dropout\":null,\"ignore_merges\":true,\"vocab\":{");
  gunichar other = 0x100;

  for (guint byte = 0; byte < 256; byte++)
    {
      gboolean printable
          = (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
      gunichar c = printable ? byte : other++;

      g_string_append (json, c == '"' || c == '\\' ? "\"\\" : "\"");
      g_string_append_unichar (json, c);
      g_string_append_printf (json, "\":%u,", byte);
    }
  g_string_append (json, "\"Ġa\":256,\"bc\":257,\"Ġabc\":258,\"ÃŃ\":259,\"zz\":260},"
                         "\"merges\":[\"Ġ a\",[\"b\",\"c\"],\"Ġa bc\",[\"Ã\",\"Ń\"],\"z z\"]}}");
  return g_string_free (json, FALSE);
}

static char *
piece_json (void)
{
  GString *json
      = g_string_new ("{\"added_tokens\":[{\"id\":0,\"content\":\"<unk>\",\"special\":true},"
                      "{\"id\":257,\"content\":\"a b\",\"special\":false}],"
                      "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":["
                      "{\"type\":\"Prepend\",\"prepend\":\"▁\"},"
                      "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"▁\"}]},"
                      "\"pre_tokenizer\":null,"
                      "\"model\":{\"type\":\"BPE\",\"byte_fallback\":true,\"vocab\":{\"<unk>\":0");

  for (guint byte = 0; byte < 256; byte++)
    g_string_append_printf (json, ",\"<0x%02X>\":%u", byte, byte + 1);
  g_string_append (json, ",\"▁\":258,\"a\":259,\"▁a\":260},\"merges\":[[\"▁\",\"a\"]]}}");
  return g_string_free (json, FALSE);
}

static char *
ranks (void)
{
  GString *text = g_string_new (NULL);

  for (guint byte = 0; byte < 256; byte++)
    {
      guint8 single = (guint8) byte;
      g_autofree char *base64 = g_base64_encode (&single, 1);

      g_string_append_printf (text, "%s %u\n", base64, byte);
    }
  g_string_append (text, "YWI= 256\r\nYWJj 300\n");
  return g_string_free (text, FALSE);
}

static char *
tekken_json (void)
{
  GString *json
      = g_string_new ("{\"config\":{\"pattern\":\"" TEKKEN_SPLIT "\",\"default_vocab_size\":260,"
                      "\"default_num_special_tokens\":3},"
                      "\"special_tokens\":[{\"rank\":1,\"token_str\":\"<s>\"}],"
                      "\"vocab\":[");

  for (guint byte = 0; byte < 256; byte++)
    {
      guint8 single = (guint8) byte;
      g_autofree char *base64 = g_base64_encode (&single, 1);

      g_string_append_printf (json, "{\"rank\":%u,\"token_bytes\":\"%s\"},", byte, base64);
    }
  g_string_append (json, "{\"rank\":256,\"token_bytes\":\"YWI=\"},"
                         "{\"rank\":257,\"token_bytes\":\"YWJj\"}]}");
  return g_string_free (json, FALSE);
}

/* A field of bytes whose length is below 128. */
static void
add_field (GByteArray *out, guint8 tag, const void *bytes, gsize length)
{
  guint8 head[] = { (guint8) (tag << 3 | 2), (guint8) length };

  g_assert_cmpuint (length, <, 128);
  g_byte_array_append (out, head, 2);
  g_byte_array_append (out, bytes, (guint) length);
}

static void
add_piece (GByteArray *out, const char *piece, float score, guint8 type)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  guint32 bits;

  memcpy (&bits, &score, sizeof bits);
  bits = GUINT32_TO_LE (bits);
  add_field (message, 1, piece, strlen (piece));
  g_byte_array_append (message, (const guint8 *) "\x15", 1);
  g_byte_array_append (message, (const guint8 *) &bits, sizeof bits);
  g_byte_array_append (message, (guint8[]){ 3 << 3, type }, 2);
  add_field (out, 1, message->data, message->len);
}

/* options: what follows the pieces, trainer and normalizer. */
static GBytes *
sentencepiece (const char *trainer, gsize trainer_length, const char *normalizer, gsize n_length)
{
  GByteArray *out = g_byte_array_new ();

  add_piece (out, "<unk>", 0, TW_PIECE_UNKNOWN);
  add_piece (out, "<s>", 0, TW_PIECE_CONTROL);
  for (guint byte = 0; byte < 256; byte++)
    {
      g_autofree char *piece = g_strdup_printf ("<0x%02X>", byte);

      add_piece (out, piece, 0, TW_PIECE_BYTE);
    }
  add_piece (out, "<b>", 0, TW_PIECE_USER_DEFINED);
  add_piece (out, "ab", -2, TW_PIECE_NORMAL);
  add_piece (out, "▁a", -1, TW_PIECE_NORMAL);
  add_piece (out, "a", -3, TW_PIECE_NORMAL);
  add_field (out, 2, trainer, trainer_length);
  add_field (out, 3, normalizer, n_length);
  return g_byte_array_free_to_bytes (out);
}

#define BPE_TRAINER "\x18\x02\x98\x02\x01" /* model_type 2, byte_fallback */
#define PLAIN_NORMALIZER "\x20\x00"        /* no remove_extra_whitespaces */

static void
add_u32 (GByteArray *out, guint32 value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (out, (const guint8 *) &value, sizeof value);
}

static void
add_u64 (GByteArray *out, guint64 value)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (out, (const guint8 *) &value, sizeof value);
}

static void
add_text (GByteArray *out, const char *text)
{
  add_u64 (out, strlen (text));
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
}

static void
add_pair (GByteArray *out, const char *key, const char *value)
{
  add_text (out, key);
  add_u32 (out, 8);
  add_text (out, value);
}

static void
add_array (GByteArray *out, const char *key, guint32 type, guint64 count)
{
  add_text (out, key);
  add_u32 (out, 9);
  add_u32 (out, type);
  add_u64 (out, count);
}

/* Pieces of characters: <unk>, the bytes, ▁, a, ▁a, a literal. With merges it is Gemma 4's. */
static GBytes *
gguf (const char *model, guint version, gboolean with_merges)
{
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, (const guint8 *) "GGUF", 4);
  add_u32 (out, version);
  add_u64 (out, 0);
  add_u64 (out, 6);
  add_pair (out, "tokenizer.ggml.model", model);
  add_text (out, "tokenizer.ggml.add_space_prefix");
  add_u32 (out, 7);
  g_byte_array_append (out, (const guint8 *) "\1", 1);
  add_array (out, "tokenizer.ggml.tokens", 8, 261);
  add_text (out, "<unk>");
  for (guint byte = 0; byte < 256; byte++)
    {
      g_autofree char *piece = g_strdup_printf ("<0x%02X>", byte);

      add_text (out, piece);
    }
  for (guint i = 0; i < 4; i++)
    add_text (out, (const char *const[]){ "▁", "a", "▁a", "<b>" }[i]);
  add_array (out, "tokenizer.ggml.token_type", 5, 261);
  add_u32 (out, TW_PIECE_UNKNOWN);
  for (guint i = 0; i < 256; i++)
    add_u32 (out, TW_PIECE_BYTE);
  for (guint i = 0; i < 4; i++)
    add_u32 (out, i < 3 ? TW_PIECE_NORMAL : TW_PIECE_USER_DEFINED);
  add_array (out, "tokenizer.ggml.scores", 6, 261);
  for (guint i = 0; i < 261; i++)
    add_u32 (out, i == 258 ? 0x3f800000 /* 1.0 */ : 0);
  add_array (out, "tokenizer.ggml.merges", 8, with_merges ? 1 : 0);
  if (with_merges)
    add_text (out, "▁ a");
  return g_byte_array_free_to_bytes (out);
}

/* The metadata that a byte-level model has, up to its tokens; they are added by the caller. */
static GByteArray *
gguf_byte_level (const char *pre, guint n_tokens)
{
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, (const guint8 *) "GGUF", 4);
  add_u32 (out, 2);
  add_u64 (out, 0);
  add_u64 (out, 5);
  add_pair (out, "tokenizer.ggml.model", "gpt2");
  add_pair (out, "tokenizer.ggml.pre", pre);
  add_array (out, "tokenizer.ggml.token_type", 5, n_tokens);
  for (guint i = 0; i < n_tokens; i++)
    add_u32 (out, i == 257 ? TW_PIECE_CONTROL : TW_PIECE_NORMAL);
  add_array (out, "tokenizer.ggml.merges", 8, 1);
  add_text (out, "Ġ a");
  add_array (out, "tokenizer.ggml.tokens", 8, n_tokens);
  return out;
}

static TwVocabularySource *
import (const void *data, gsize length, const char *name, GError **error)
{
  /* A copy of exactly this size, so that a read past it is seen. */
  g_autoptr (GBytes) file = g_bytes_new_take (g_memdup2 (data, length), length);
  const char *known = "";
  TwVocabularySource *source = tw_vocabulary_source_import (file, name, &known, error);

  if (source != NULL)
    g_assert_null (known);
  return source;
}

static void
append_token (GString *out, const TwVocabularySource *source, guint place)
{
  const TwSourceToken *token = &g_array_index (source->tokens, TwSourceToken, place);

  g_string_append_len (out, (const char *) token->bytes, token->length);
}

/* "PRE FLAGS|ID KIND TOKEN|…|LEFT+RIGHT=MERGED|…" without the single bytes. */
static char *
describe (const TwVocabularySource *source)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "%d %x", source->pretokenizer, source->flags);
  for (guint i = 0; i < source->tokens->len; i++)
    {
      const TwSourceToken *token = &g_array_index (source->tokens, TwSourceToken, i);

      if (token->length == 1
          && (token->kind == TW_TOKEN_BYTE || (source->flags & TW_VOCABULARY_BYTE_FALLBACK) == 0))
        continue;
      g_string_append_printf (out, "|%u %c ", token->id, "NBSL"[token->kind]);
      append_token (out, source, i);
    }
  for (guint i = 0; source->merges != NULL && i < source->merges->len; i++)
    {
      const TwSourceMerge *merge = &g_array_index (source->merges, TwSourceMerge, i);

      g_string_append_c (out, '|');
      append_token (out, source, merge->left);
      g_string_append_c (out, '+');
      append_token (out, source, merge->right);
      g_string_append_c (out, '=');
      append_token (out, source, merge->merged);
    }
  return g_string_free (out, FALSE);
}

static void
assert_import (const void *data, gsize length, const char *name, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwVocabularySource) source = import (data, length, name, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = describe (source);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_refused (const void *data, gsize length, const char *name, const char *reason)
{
  g_autofree char *message = g_strconcat (name, " cannot be used as a vocabulary: ", reason, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwVocabularySource) source = import (data, length, name, &error);

  g_assert_null (source);
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_assert_cmpstr (error->message, ==, message);
}

/* A change to a good file, and what is said of it. */
typedef struct
{
  const char *from;
  const char *to;
  const char *reason;
} Change;

static void
assert_changes (const char *good, const char *name, const Change *changes, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GString) text = g_string_new (good);

      g_test_message ("%s", changes[i].reason);
      g_assert_cmpuint (g_string_replace (text, changes[i].from, changes[i].to, 1), ==, 1);
      assert_refused (text->str, text->len, name, changes[i].reason);
    }
}

static void
test_huggingface (void)
{
  g_autofree char *byte_level = byte_level_json ();
  g_autofree char *pieces = piece_json ();

  assert_import (
      byte_level, strlen (byte_level), "tokenizer.json",
      "4 3|256 N  a|257 N bc|258 N  abc|259 N \xc3\xad|260 N zz|261 S <think>|262 S <end>"
      "| +a= a|b+c=bc| a+bc= abc|\xc3+\xad=\xc3\xad|z+z=zz");
  assert_import (pieces, strlen (pieces), "tokenizer.json",
                 "7 1c|0 S <unk>|257 L a▁b|258 N ▁|259 N a|260 N ▁a|▁+a=▁a");
}

static void
test_huggingface_broken (void)
{
  static const Change changes[] = {
    { "\"type\":\"BPE\"", "\"type\":\"Unigram\"",
      "its model.type is “Unigram”; only BPE can be counted." },
    { "\"dropout\":null", "\"dropout\":0.1", "its model.dropout is set, so it has no one count." },
    { "\"dropout\":null", "\"end_of_word_suffix\":\"</w>\"",
      "its model.end_of_word_suffix is set, which is not known here." },
    { "\"merges\"", "\"merge\"", "it has no model.vocab or no model.merges." },
    { "\"Ġ a\"", "\"Ġ\"", "merge 1 is not of two tokens." },
    { "\"Ġ a\"", "7", "merge 1 is not of two tokens." },
    { "\"Ġ a\"", "\"Ġ 漢\"", "merge 1 is not in GPT-2's alphabet of bytes." },
    { "[\"b\",\"c\"]", "[\"b\"]", "merge 2 is not of two tokens." },
    { "[\"b\",\"c\"]", "[\"b\",\"\"]", "merge 2 is not of two tokens." },
    { "[\"b\",\"c\"]", "[\"b\",\"d\"]", "merge 2 is of or into a token that it does not have." },
    { "\"bc\":257", "\"Ġa\":257", "tokens 256 and 257 are the same." },
    { "\"bc\":257", "\"bc\":256", "two tokens have the number 256." },
    { "\"bc\":257", "\"bc\":-1", "its token “bc” has no number from 0 to 1048574." },
    { "\"bc\":257", "\"bc\":1.5", "its token “bc” has no number from 0 to 1048574." },
    { "\"bc\":257", "\"bc\":\"x\"", "its token “bc” has no number from 0 to 1048574." },
    { "\"bc\":257", "\"bc\":1e300", "its token “bc” has no number from 0 to 1048574." },
    { "\"a\":97,", "", "merge 1 is of or into a token that it does not have." },
    { "\"~\":126,", "", "it has no token for the byte 0x7E, so it cannot encode any text." },
    { "\"id\":261,", "", "its token “<think>” has no number from 0 to 1048574." },
    { "\"content\":\"<think>\",", "", "it has one of added_tokens without “content”." },
    { "\"special\":false", "\"lstrip\":true",
      "its added token “<think>” has lstrip, rstrip or single_word set, which is not known here." },
    { "\"NFC\"", "\"NFKC\"", "its normalizer has a “NFKC” that is not known here." },
    { "\"type\":\"NFC\"", "\"kind\":\"NFC\"", "its normalizer has a “?” that is not known here." },
    { "\"Isolated\"", "\"Removed\"", "its pre_tokenizer has a Split that is not known here." },
    { "(?i:'s", "(?i:'z",
      "the pattern of its pre_tokenizer is not one of the splits that are known." },
    { "\"use_regex\":false", "\"use_regex\":true",
      "the pattern of its pre_tokenizer is not one of the splits that are known." },
    { "\"add_prefix_space\":false", "\"add_prefix_space\":true",
      "its pre_tokenizer has add_prefix_space set, which is not known here." },
    { "\"ByteLevel\"", "\"Digits\"", "its pre_tokenizer has a “Digits” that is not known here." },
    { "{\"added_tokens\"", "{x", "The JSON document is not valid at byte 2." },
    { "\"model\":", "\"mode\":",
      "it is JSON, but neither a tokenizer.json with “model” nor a tekken.json with “config” and "
      "“vocab”." },
  };
  g_autofree char *good = byte_level_json ();

  assert_changes (good, "tokenizer.json", changes, G_N_ELEMENTS (changes));
}

static void
test_pieces_broken (void)
{
  static const Change changes[] = {
    { "\"byte_fallback\":true", "\"byte_fallback\":false",
      "it has neither a ByteLevel pre_tokenizer nor model.byte_fallback, so it cannot encode any "
      "text." },
    { "\"<0xFF>\"", "\"<0xFG>\"",
      "it has no token for the byte 0xFF, so it cannot encode any text." },
    { "\"pre_tokenizer\":null", "\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":\"▁\"}",
      "its pre_tokenizer has a Metaspace that splits, which is not known here." },
    { "\"prepend\":\"▁\"", "\"prepend\":\"_\"",
      "its normalizer has a “Prepend” that is not known here." },
  };
  g_autofree char *good = piece_json ();

  assert_changes (good, "tokenizer.json", changes, G_N_ELEMENTS (changes));
}

static void
test_long_token (void)
{
  g_autofree char *good = byte_level_json ();
  g_autofree char *word = g_strnfill (256, 'x');
  g_autofree char *entries = g_strconcat ("\"zz\":260,\"", word, "\":263", NULL);
  g_autoptr (GString) text = g_string_new (good);

  g_string_replace (text, "\"zz\":260", entries, 1);
  assert_refused (text->str, text->len, "tokenizer.json",
                  "token 263 has 256 bytes; it must have 1 to 255.");
}

static void
test_tekken (void)
{
  static const Change changes[] = {
    { "\"default_vocab_size\":260", "\"default_vocab_size\":3",
      "config.default_vocab_size and config.default_num_special_tokens are not the sizes of a "
      "vocabulary." },
    { "\"default_vocab_size\":260", "\"default_vocab_size\":1e9",
      "config.default_vocab_size and config.default_num_special_tokens are not the sizes of a "
      "vocabulary." },
    { "\"default_vocab_size\":260", "\"default_vocab_size\":262",
      "vocab has 258 tokens, fewer than config says." },
    { "|\\\\p{N}|", "|\\\\p{N}{1,3}|", "config.pattern is not one of the splits that are known." },
    { "\"YWI=\"", "\"YW\"", "token 259 is not in base64." },
    { "\"rank\":256", "\"rank\":-1", "vocab has a token without “rank” and “token_bytes”." },
    { "\"rank\":256", "\"rank\":255", "two tokens have the number 258." },
    { "\"rank\":1,\"token_str\"", "\"rank\":3,\"token_str\"",
      "special_tokens has one without “rank” and “token_str”." },
  };
  g_autofree char *good = tekken_json ();

  /* The last of the vocabulary is beyond the default size. */
  assert_import (good, strlen (good), "tekken.json",
                 "5 2|0 S <SPECIAL_0>|1 S <s>|2 S <SPECIAL_2>|259 N ab");
  assert_changes (good, "tekken.json", changes, G_N_ELEMENTS (changes));
}

static void
test_tiktoken (void)
{
  static const Change changes[] = {
    { "YWI= 256", "YWI=256", "line 257 is not “BASE64 RANK”." },
    { "YWI= 256", "YWI= -1", "line 257 is not “BASE64 RANK”." },
    { "YWI= 256", "YWI= 9999999999999999999999", "line 257 is not “BASE64 RANK”." },
    { "YWI= 256", "Y!I= 256", "token 256 is not in base64." },
    { "YWI= 256", "YWI= 255", "two tokens have the number 255." },
    { "YWI= 256", "YWJj 256", "tokens 256 and 300 are the same." },
    { "/w== 255\n", "", "it has no token for the byte 0xFF, so it cannot encode any text." },
  };
  g_autofree char *good = ranks ();

  assert_import (good, strlen (good), "/home/me/O200k_base.tiktoken", "1 2|256 N ab|300 N abc");
  assert_import (good, strlen (good), "cl100k_base.tiktoken", "0 2|256 N ab|300 N abc");
  assert_import (good, strlen (good), "qwen.tiktoken", "4 3|256 N ab|300 N abc");
  assert_refused (good, strlen (good), "tokenizer.model",
                  "a file of ranks does not say how text is split. Name it after its encoding: "
                  "o200k…, cl100k…, p50k…, r50k…, llama3…, llama4… or qwen….");
  assert_changes (good, "llama3.model", changes, G_N_ELEMENTS (changes));
}

static void
test_sentencepiece (void)
{
  static const struct
  {
    const char *trainer;
    gsize trainer_length;
    const char *normalizer;
    gsize normalizer_length;
    const char *reason;
  } broken[] = {
    { "", 0, PLAIN_NORMALIZER, 2, "trainer_spec.model_type is 1; only 2, BPE, can be counted." },
    { "\x18\x02", 2, PLAIN_NORMALIZER, 2,
      "trainer_spec.byte_fallback is not set, so it cannot encode any text." },
    { BPE_TRAINER, 5, "", 0,
      "normalizer_spec.remove_extra_whitespaces is set, which is not known here." },
    { BPE_TRAINER, 5, PLAIN_NORMALIZER "\x12\x01x", 5,
      "normalizer_spec.precompiled_charsmap changes characters, which is not known here." },
    { BPE_TRAINER "\xc0\x01\x01", 8, PLAIN_NORMALIZER, 2,
      "trainer_spec.treat_whitespace_as_suffix is set, which is not known here." },
    { "\x18", 1, PLAIN_NORMALIZER, 2, "the trainer_spec of the model is damaged." },
    { BPE_TRAINER, 5, "\x12\x7fx", 3, "the normalizer_spec of the model is damaged." },
  };
  g_autoptr (GBytes) good = sentencepiece (BPE_TRAINER, 5, PLAIN_NORMALIZER, 2);
  g_autoptr (GBytes) bare = sentencepiece (BPE_TRAINER, 5, PLAIN_NORMALIZER "\x18\x00", 4);

  assert_import (g_bytes_get_data (good, NULL), g_bytes_get_size (good), "x.model",
                 "7 1c|0 S <unk>|1 S <s>|258 L <b>|260 N ▁a|259 N ab|261 N a");
  assert_import (g_bytes_get_data (bare, NULL), g_bytes_get_size (bare), "x.model",
                 "7 c|0 S <unk>|1 S <s>|258 L <b>|260 N ▁a|259 N ab|261 N a");
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GBytes) file = sentencepiece (broken[i].trainer, broken[i].trainer_length,
                                               broken[i].normalizer, broken[i].normalizer_length);

      assert_refused (g_bytes_get_data (file, NULL), g_bytes_get_size (file), "x.model",
                      broken[i].reason);
    }
}

static void
test_gguf (void)
{
  g_autoptr (GBytes) llama = gguf ("llama", 3, FALSE);
  g_autoptr (GBytes) gemma = gguf ("gemma4", 3, TRUE);
  g_autoptr (GBytes) other = gguf ("bert", 3, FALSE);
  g_autoptr (GBytes) plain = gguf ("gpt2", 3, FALSE);
  g_autoptr (GBytes) old = gguf ("llama", 1, FALSE);
  gsize size = g_bytes_get_size (gemma);

  assert_import (g_bytes_get_data (llama, NULL), g_bytes_get_size (llama), "m.gguf",
                 "7 1c|258 N a|0 S <unk>|257 N ▁|259 N ▁a|260 L <b>");
  assert_import (g_bytes_get_data (gemma, NULL), size, "m.gguf",
                 "7 c|0 S <unk>|257 N ▁|258 N a|259 N ▁a|260 L <b>|▁+a=▁a");
  assert_refused (g_bytes_get_data (other, NULL), g_bytes_get_size (other), "m.gguf",
                  "its tokenizer.ggml.model is none of gpt2, llama and gemma4.");
  assert_refused (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), "m.gguf",
                  "its tokenizer.ggml.pre “” is not known here.");
  assert_refused (g_bytes_get_data (old, NULL), g_bytes_get_size (old), "m.gguf",
                  "it is of GGUF version 1; only 2 and 3 are known.");
  assert_refused ("GGUF\3", 5, "m.gguf", "the GGUF file ends too early.");
  /* The number of entries says that more is to come, wherever the file ends. */
  for (gsize length = 24; length < size; length++)
    assert_refused (g_bytes_get_data (gemma, NULL), length, "m.gguf",
                    "the metadata of the GGUF file is damaged.");
}

static void
test_gguf_byte_level (void)
{
  g_autoptr (GByteArray) file = gguf_byte_level ("llama-bpe", 259);
  g_autoptr (GByteArray) other = gguf_byte_level ("llama-bpe", 0);
  gunichar next = 0x100;

  for (guint byte = 0; byte < 256; byte++)
    {
      gboolean printable
          = (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
      char text[7] = "";

      g_unichar_to_utf8 (printable ? byte : next++, text);
      add_text (file, text);
    }
  /* The same text twice: the later one is the token. */
  add_text (file, "Ġa");
  add_text (file, "<end>");
  add_text (file, "Ġa");
  assert_import (file->data, file->len, "m.gguf", "3 2|256 S  a|257 S <end>|258 N  a| +a= a");
  assert_refused (other->data, other->len, "m.gguf",
                  "tokenizer.ggml.tokens has 0 tokens; it must have 1 to 1000000.");
}

static void
test_gguf_pre (void)
{
  /* Forty bytes are quoted, and the character that this cuts is replaced. */
  g_autoptr (GByteArray) file = gguf_byte_level ("漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢", 1);

  add_text (file, "!");
  assert_refused (
      file->data, file->len, "m.gguf",
      "its tokenizer.ggml.pre “漢漢漢漢漢漢漢漢漢漢漢漢漢\xef\xbf\xbd” is not known here.");
}

static void
test_limits (void)
{
  g_autofree char *values = g_strnfill (6000001, ',');
  g_autofree char *line = g_strnfill (600, 'A');
  g_autofree char *long_line = g_strconcat ("AA== 0\n", line, " 1\n", NULL);

  values[0] = '{';
  assert_refused (values, 6000001, "x", "it has more than 6000000 values.");
  assert_refused (long_line, strlen (long_line), "llama3", "line 2 is not “BASE64 RANK”.");
  assert_refused ("AA== 1048575\n", 13, "llama3", "line 1 is not “BASE64 RANK”.");
}

static void
test_no_format (void)
{
  static const char *const reason = "its format is not known; give a tokenizer.json, tekken.json, "
                                    "tiktoken ranks, a SentencePiece model or a GGUF file.";

  assert_refused ("\xff\xff\xff", 3, "x", reason);
  assert_refused ("hello", 5, "x", reason);
  assert_refused ("", 0, "x", reason);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vocabulary-import/huggingface", test_huggingface);
  g_test_add_func ("/vocabulary-import/huggingface-broken", test_huggingface_broken);
  g_test_add_func ("/vocabulary-import/pieces-broken", test_pieces_broken);
  g_test_add_func ("/vocabulary-import/long-token", test_long_token);
  g_test_add_func ("/vocabulary-import/tekken", test_tekken);
  g_test_add_func ("/vocabulary-import/tiktoken", test_tiktoken);
  g_test_add_func ("/vocabulary-import/sentencepiece", test_sentencepiece);
  g_test_add_func ("/vocabulary-import/gguf", test_gguf);
  g_test_add_func ("/vocabulary-import/gguf-byte-level", test_gguf_byte_level);
  g_test_add_func ("/vocabulary-import/gguf-pre", test_gguf_pre);
  g_test_add_func ("/vocabulary-import/limits", test_limits);
  g_test_add_func ("/vocabulary-import/no-format", test_no_format);
  return g_test_run ();
}
