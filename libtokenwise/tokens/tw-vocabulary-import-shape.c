/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-vocabulary-import-private.h"

/* The names that published things have: patterns, files, pre-tokenizers, vocabularies. */

#define CONTRACTIONS "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
#define UPPER "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define LOWER "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"
#define NO_WORD "[^\\r\\n\\p{L}\\p{N}]?"
#define SPACES "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

typedef struct
{
  TwPretokenizer shape;
  const char *patterns[3];
} Shape;

/* As they are in the tokenizer.json files of the models. */
static const Shape shapes[] = {
  { TW_PRETOKENIZER_R50K,
    { "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+" } },
  /* github.com/openai/tiktoken, tiktoken_ext/openai_public.py, cl100k_base */
  { TW_PRETOKENIZER_CL100K,
    { "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| "
      "?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s" } },
  { TW_PRETOKENIZER_LLAMA3,
    { CONTRACTIONS "|" NO_WORD "\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" SPACES } },
  { TW_PRETOKENIZER_QWEN2,
    { CONTRACTIONS "|" NO_WORD "\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" SPACES } },
  { TW_PRETOKENIZER_O200K,
    { NO_WORD UPPER "*" LOWER "+" CONTRACTIONS "?|" NO_WORD UPPER "+" LOWER "*" CONTRACTIONS
                    "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" SPACES } },
  { TW_PRETOKENIZER_TEKKEN,
    { NO_WORD UPPER "*" LOWER "+|" NO_WORD UPPER "+" LOWER
                    "*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" SPACES } },
  { TW_PRETOKENIZER_DEEPSEEK3,
    { "\\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+",
      "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?"
      "[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+" } },
};

typedef struct
{
  const char *name;
  TwPretokenizer shape;
  TwVocabularyFlags flags;
} Named;

/* By the start of the file's name. All of these are encoded by tiktoken, which looks a whole piece
 * up first; Qwen's own code normalises to NFC before (tokenization_qwen.py of Qwen-7B). */
static const Named ranks[] = {
  { "o200k", TW_PRETOKENIZER_O200K, TW_VOCABULARY_WHOLE_PIECES },
  { "cl100k", TW_PRETOKENIZER_CL100K, TW_VOCABULARY_WHOLE_PIECES },
  { "p50k", TW_PRETOKENIZER_R50K, TW_VOCABULARY_WHOLE_PIECES },
  { "r50k", TW_PRETOKENIZER_R50K, TW_VOCABULARY_WHOLE_PIECES },
  { "gpt2", TW_PRETOKENIZER_R50K, TW_VOCABULARY_WHOLE_PIECES },
  { "llama4", TW_PRETOKENIZER_O200K, TW_VOCABULARY_WHOLE_PIECES },
  { "llama3", TW_PRETOKENIZER_LLAMA3, TW_VOCABULARY_WHOLE_PIECES },
  { "qwen", TW_PRETOKENIZER_QWEN2, TW_VOCABULARY_WHOLE_PIECES | TW_VOCABULARY_NFC },
};

/* What llama.cpp calls them (src/llama-vocab.cpp), with its ignore_merges. NFC is from the models'
 * tokenizer.json: llama.cpp does not normalise. */
static const Named gguf_pres[] = {
  { "llama3", TW_PRETOKENIZER_LLAMA3, TW_VOCABULARY_WHOLE_PIECES },
  { "llama-v3", TW_PRETOKENIZER_LLAMA3, TW_VOCABULARY_WHOLE_PIECES },
  { "llama-bpe", TW_PRETOKENIZER_LLAMA3, TW_VOCABULARY_WHOLE_PIECES },
  { "dbrx", TW_PRETOKENIZER_LLAMA3, 0 },
  { "smaug-bpe", TW_PRETOKENIZER_LLAMA3, 0 },
  { "gpt-2", TW_PRETOKENIZER_R50K, 0 },
  { "gpt-4o", TW_PRETOKENIZER_O200K, 0 },
  { "llama4", TW_PRETOKENIZER_O200K, 0 },
  { "qwen2", TW_PRETOKENIZER_QWEN2, TW_VOCABULARY_NFC },
  { "deepseek-r1-qwen", TW_PRETOKENIZER_QWEN2, TW_VOCABULARY_NFC },
  { "deepseek-v3", TW_PRETOKENIZER_DEEPSEEK3, 0 },
  { "tekken", TW_PRETOKENIZER_TEKKEN, TW_VOCABULARY_WHOLE_PIECES },
};

/* SHA-256 of the normal tokens in the order of ids: id and length in four bytes each, lowest first,
 * then the bytes. Of Meta's Llama 3, ranks and tokenizer.json have the same one: the list of merges
 * of the latter is every pair that is a token, in the order of tokens. */
static const struct
{
  const char *sha256;
  const char *name;
} vocabularies[] = {
  { "3494aad2103f500f737237788f1e4c5237da95faba58dec1c2327e5b20024443", "cl100k_base" },
  { "225f92b3b76513caa0180b39016742e6f00db74eb192669ef81664cdb4521b57", "deepseek" },
  { "2f4c04b9e25cf7ee25939f88ca7b6ac299b7342f019e23401dd7dd3b1519fe9a", "gemma3" },
  { "a0353bd671a1cf77b3ada7f3ec0f4b776eab285567f32db10965b0b73f41f21d", "llama3" },
  { "5d494bc5f75aee9028f3ad4f5f3a24942c30a3ab447636a7b871bb73524aca7f", "mistral-v3" },
  { "bb5386e3399c28cc69b4bee4fa8bce4bfcabfd77b77eedfa5e0dec6a16f8568a", "o200k_base" },
  { "a9bae7f8ca57fbc18a7b22034d07785bdc144fde995c283d20f7d651fe845789", "p50k_base" },
  { "2fcefb56f07ebf27d6d4d89db448b4750abc6ef4ef9b236789f2cda8b4e65a30", "qwen" },
  { "b91f3c8b678e78163bcd3d79e0a3ff685a414fe810e36c4d308255dc030e95db", "r50k_base" },
  { "c678f9f41b33d4a6285dc20431b3ed9bf05c6e8d24601d49b3b5b4aa3b53b05c", "tekken" },
};

static gboolean
has_patterns (const Shape *shape, const char *const *patterns, guint n)
{
  for (guint i = 0; i < G_N_ELEMENTS (shape->patterns); i++)
    if (g_strcmp0 (shape->patterns[i], i < n ? patterns[i] : NULL) != 0)
      return FALSE;
  return n <= G_N_ELEMENTS (shape->patterns);
}

gboolean
tw_import_find_patterns (const char *const *patterns, guint n, TwPretokenizer *ret_shape)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    if (has_patterns (&shapes[i], patterns, n))
      {
        *ret_shape = shapes[i].shape;
        return TRUE;
      }
  return FALSE;
}

gboolean
tw_import_find_ranks (const char *name, TwPretokenizer *ret_shape, TwVocabularyFlags *ret_flags)
{
  g_autofree char *base = g_path_get_basename (name);

  for (guint i = 0; i < G_N_ELEMENTS (ranks); i++)
    if (g_ascii_strncasecmp (base, ranks[i].name, strlen (ranks[i].name)) == 0)
      {
        *ret_shape = ranks[i].shape;
        *ret_flags = ranks[i].flags;
        return TRUE;
      }
  return FALSE;
}

gboolean
tw_import_find_gguf_pre (const char *pre, TwPretokenizer *ret_shape, TwVocabularyFlags *ret_flags)
{
  for (guint i = 0; i < G_N_ELEMENTS (gguf_pres); i++)
    if (strcmp (gguf_pres[i].name, pre) == 0)
      {
        *ret_shape = gguf_pres[i].shape;
        *ret_flags = gguf_pres[i].flags;
        return TRUE;
      }
  return FALSE;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const TwSourceToken *const *left = a;
  const TwSourceToken *const *right = b;

  return (*left)->id < (*right)->id ? -1 : (*left)->id > (*right)->id;
}

static char *
digest (const TwVocabularySource *source)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GPtrArray) tokens = g_ptr_array_new ();

  for (guint i = 0; i < source->tokens->len; i++)
    if (g_array_index (source->tokens, TwSourceToken, i).kind == TW_TOKEN_NORMAL)
      g_ptr_array_add (tokens, &g_array_index (source->tokens, TwSourceToken, i));
  g_ptr_array_sort (tokens, compare_ids);
  for (guint i = 0; i < tokens->len; i++)
    {
      const TwSourceToken *token = g_ptr_array_index (tokens, i);
      guint32 head[] = { GUINT32_TO_LE (token->id), GUINT32_TO_LE (token->length) };

      g_checksum_update (sum, (const guchar *) head, sizeof head);
      g_checksum_update (sum, token->bytes, token->length);
    }
  return g_strdup (g_checksum_get_string (sum));
}

const char *
tw_import_recognise (const TwVocabularySource *source)
{
  g_autofree char *sha256 = digest (source);

  for (guint i = 0; i < G_N_ELEMENTS (vocabularies); i++)
    if (strcmp (vocabularies[i].sha256, sha256) == 0)
      return vocabularies[i].name;
  return NULL;
}
