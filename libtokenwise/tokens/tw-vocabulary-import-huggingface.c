/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-vocabulary-import-private.h"

/* Hugging Face's tokenizer.json (github.com/huggingface/tokenizers), model BPE.
 *
 * Two things are read as SentencePiece has them, whose models such files were converted from. A
 * literal token is looked for when spaces are ▁ already, so that runs of spaces are matched like
 * Gemma's other literals; Hugging Face's library merges them, to the same tokens. And the dummy
 * prefix is one for the text, also for a text that begins with a space. */

#define GPT2_PATTERN                                                                               \
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

/* What is done to text before the merges. */
typedef struct
{
  GPtrArray *patterns; /* (element-type utf8), one split after the other */
  gboolean byte_level;
  gboolean nfc;
  gboolean metaspace;
  gboolean dummy_prefix;
} Pipeline;

typedef gboolean (*ReadStage) (TwImport *self, const cJSON *stage, Pipeline *pipeline);

static gboolean
is_set (const cJSON *parent, const char *key, gboolean absent)
{
  gboolean value = absent;

  tw_json_boolean (parent, key, &value);
  return value;
}

/* A stage, or the stages of a sequence: read is called for each. */
static gboolean
read_stages (
    TwImport *self, const cJSON *stage, const char *members, ReadStage read, Pipeline *pipeline)
{
  const cJSON *item = NULL;

  if (stage == NULL || cJSON_IsNull (stage))
    return TRUE;
  if (g_strcmp0 (tw_json_string (stage, "type"), "Sequence") != 0)
    return read (self, stage, pipeline);
  cJSON_ArrayForEach (item, tw_json_array (stage, members))
  {
    if (!read_stages (self, item, members, read, pipeline))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_normalizer (TwImport *self, const cJSON *stage, Pipeline *pipeline)
{
  const char *type = tw_json_string (stage, "type");
  const char *pattern = tw_json_string (tw_json_object (stage, "pattern"), "String");

  if (g_strcmp0 (type, "NFC") == 0)
    pipeline->nfc = TRUE;
  else if (g_strcmp0 (type, "Prepend") == 0
           && g_strcmp0 (tw_json_string (stage, "prepend"), TW_METASPACE) == 0)
    pipeline->dummy_prefix = TRUE;
  else if (g_strcmp0 (type, "Replace") == 0 && g_strcmp0 (pattern, " ") == 0
           && g_strcmp0 (tw_json_string (stage, "content"), TW_METASPACE) == 0)
    pipeline->metaspace = TRUE;
  else
    return tw_import_fail (self, "its normalizer has a “%.40s” that is not known here.",
                           type != NULL ? type : "?");
  return TRUE;
}

static gboolean
read_split (TwImport *self, const cJSON *stage, Pipeline *pipeline)
{
  const cJSON *pattern = tw_json_object (stage, "pattern");
  const char *regex = tw_json_string (pattern, "Regex");
  const char *text = tw_json_string (pattern, "String");
  const char *behavior = tw_json_string (stage, "behavior");
  gboolean invert = is_set (stage, "invert", FALSE);

  /* Gemma's: no space is left by then. */
  if (pipeline->metaspace && g_strcmp0 (text, " ") == 0)
    return TRUE;
  /* To keep the matches and to remove what is between them is the same: they leave nothing out. */
  if (regex == NULL
      || !((g_strcmp0 (behavior, "Isolated") == 0 && !invert)
           || (g_strcmp0 (behavior, "Removed") == 0 && invert)))
    return tw_import_fail (self, "its pre_tokenizer has a Split that is not known here.");
  g_ptr_array_add (pipeline->patterns, (gpointer) regex);
  return TRUE;
}

static gboolean
read_metaspace (TwImport *self, const cJSON *stage, Pipeline *pipeline)
{
  const char *replacement = tw_json_string (stage, "replacement");
  const char *scheme = tw_json_string (stage, "prepend_scheme");

  if (g_strcmp0 (replacement, TW_METASPACE) != 0 || is_set (stage, "split", TRUE))
    return tw_import_fail (self,
                           "its pre_tokenizer has a Metaspace that splits, which is not known "
                           "here.");
  pipeline->metaspace = TRUE;
  pipeline->dummy_prefix
      |= scheme != NULL ? strcmp (scheme, "never") != 0 : is_set (stage, "add_prefix_space", TRUE);
  return TRUE;
}

static gboolean
read_pre_tokenizer (TwImport *self, const cJSON *stage, Pipeline *pipeline)
{
  const char *type = tw_json_string (stage, "type");

  if (g_strcmp0 (type, "Split") == 0)
    return read_split (self, stage, pipeline);
  if (g_strcmp0 (type, "Metaspace") == 0)
    return read_metaspace (self, stage, pipeline);
  if (g_strcmp0 (type, "ByteLevel") != 0)
    return tw_import_fail (self, "its pre_tokenizer has a “%.40s” that is not known here.",
                           type != NULL ? type : "?");
  if (is_set (stage, "add_prefix_space", FALSE))
    return tw_import_fail (self, "its pre_tokenizer has add_prefix_space set, which is not known "
                                 "here.");
  if (is_set (stage, "use_regex", TRUE))
    g_ptr_array_add (pipeline->patterns, (gpointer) GPT2_PATTERN);
  pipeline->byte_level = TRUE;
  return TRUE;
}

static gboolean
read_pipeline (TwImport *self, const cJSON *root, Pipeline *pipeline)
{
  const cJSON *normalizer = cJSON_GetObjectItemCaseSensitive (root, "normalizer");
  const cJSON *pre_tokenizer = cJSON_GetObjectItemCaseSensitive (root, "pre_tokenizer");
  guint n;

  if (!read_stages (self, normalizer, "normalizers", read_normalizer, pipeline)
      || !read_stages (self, pre_tokenizer, "pretokenizers", read_pre_tokenizer, pipeline))
    return FALSE;
  n = pipeline->patterns->len;
  self->source->pretokenizer = TW_PRETOKENIZER_NONE;
  if (n > 0
      && (!pipeline->byte_level
          || !tw_import_find_patterns ((const char *const *) pipeline->patterns->pdata, n,
                                       &self->source->pretokenizer)))
    return tw_import_fail (self, "the pattern of its pre_tokenizer is not one of the splits that "
                                 "are known.");
  self->source->flags |= (pipeline->nfc ? TW_VOCABULARY_NFC : 0)
                         | (pipeline->metaspace ? TW_VOCABULARY_METASPACE : 0)
                         | (pipeline->dummy_prefix ? TW_VOCABULARY_DUMMY_PREFIX : 0);
  return TRUE;
}

static gboolean
check_model (TwImport *self, const cJSON *model, const Pipeline *pipeline)
{
  static const char *const affixes[] = { "continuing_subword_prefix", "end_of_word_suffix" };
  const char *type = tw_json_string (model, "type");
  const cJSON *dropout = cJSON_GetObjectItemCaseSensitive (model, "dropout");

  if (type != NULL && strcmp (type, "BPE") != 0)
    return tw_import_fail (self, "its model.type is “%.40s”; only BPE can be counted.", type);
  for (guint i = 0; i < G_N_ELEMENTS (affixes); i++)
    {
      const char *affix = tw_json_string (model, affixes[i]);

      if (affix != NULL && *affix != '\0')
        return tw_import_fail (self, "its model.%s is set, which is not known here.", affixes[i]);
    }
  if (cJSON_IsNumber (dropout) && dropout->valuedouble != 0)
    return tw_import_fail (self, "its model.dropout is set, so it has no one count.");
  if (tw_json_object (model, "vocab") == NULL || tw_json_array (model, "merges") == NULL)
    return tw_import_fail (self, "it has no model.vocab or no model.merges.");
  if (!pipeline->byte_level && !is_set (model, "byte_fallback", FALSE))
    return tw_import_fail (self,
                           "it has neither a ByteLevel pre_tokenizer nor model.byte_fallback, "
                           "so it cannot encode any text.");
  if (is_set (model, "ignore_merges", FALSE))
    self->source->flags |= TW_VOCABULARY_WHOLE_PIECES;
  if (!pipeline->byte_level)
    self->source->flags |= TW_VOCABULARY_BYTE_FALLBACK;
  return TRUE;
}

static gboolean
check_added (TwImport *self, const cJSON *added)
{
  const char *content = tw_json_string (added, "content");

  if (content == NULL || *content == '\0')
    return tw_import_fail (self, "it has one of added_tokens without “content”.");
  if (!is_set (added, "special", FALSE)
      && (is_set (added, "lstrip", FALSE) || is_set (added, "rstrip", FALSE)
          || is_set (added, "single_word", FALSE)))
    return tw_import_fail (self,
                           "its added token “%.40s” has lstrip, rstrip or single_word set, which "
                           "is not known here.",
                           content);
  return TRUE;
}

static gboolean
add_added (TwImport *self, const cJSON *added, guint64 id, const Pipeline *pipeline)
{
  /* Byte-level models have no such tokens in what a user may send: those in the file are for the
   * provider's own use. */
  gboolean special = pipeline->byte_level || is_set (added, "special", FALSE);
  g_autoptr (GString) text = g_string_new (tw_json_string (added, "content"));

  if (pipeline->metaspace && !special)
    g_string_replace (text, " ", TW_METASPACE, 0);
  return tw_import_add_token (self, text->str, text->len, id,
                              special ? TW_TOKEN_SPECIAL : TW_TOKEN_LITERAL);
}

static gboolean
add_token (TwImport *self, const char *text, guint64 id, const Pipeline *pipeline)
{
  gsize length = strlen (text);

  if (pipeline->byte_level)
    return tw_import_add_byte_level (self, text, id);
  return tw_import_add_piece (self, text, length, id,
                              tw_import_byte_of_piece (text, length) >= 0 ? TW_PIECE_BYTE
                                                                          : TW_PIECE_NORMAL);
}

static gboolean
read_id (TwImport *self, const cJSON *item, const char *text, guint64 *ret_id)
{
  double number = cJSON_IsNumber (item) ? item->valuedouble : -1;

  if (!(number >= 0 && number <= TW_ID_MAX) || number != (double) (guint64) number)
    return tw_import_fail (self, "its token “%.40s” has no number from 0 to %u.", text, TW_ID_MAX);
  *ret_id = (guint64) number;
  return TRUE;
}

/* added: those that are not in the vocabulary are left in it. */
static gboolean
read_vocab (TwImport *self, const cJSON *vocab, GHashTable *added, const Pipeline *pipeline)
{
  const cJSON *item = NULL;

  cJSON_ArrayForEach (item, vocab)
  {
    const cJSON *also = g_hash_table_lookup (added, item->string);
    guint64 id = 0;

    if (!read_id (self, item, item->string, &id)
        || !(also != NULL ? add_added (self, also, id, pipeline)
                          : add_token (self, item->string, id, pipeline)))
      return FALSE;
    if (also != NULL)
      g_hash_table_remove (added, item->string);
  }
  return TRUE;
}

static gboolean
read_tokens (TwImport *self, const cJSON *root, const cJSON *vocab, const Pipeline *pipeline)
{
  g_autoptr (GHashTable) added = g_hash_table_new (g_str_hash, g_str_equal);
  const cJSON *list = tw_json_array (root, "added_tokens");
  const cJSON *item = NULL;

  cJSON_ArrayForEach (item, list)
  {
    if (!check_added (self, item))
      return FALSE;
    g_hash_table_insert (added, (gpointer) tw_json_string (item, "content"), (gpointer) item);
  }
  if (!read_vocab (self, vocab, added, pipeline))
    return FALSE;
  cJSON_ArrayForEach (item, list)
  {
    const char *content = tw_json_string (item, "content");
    guint64 id = 0;

    if (g_hash_table_lookup (added, content) == item
        && (!read_id (self, cJSON_GetObjectItemCaseSensitive (item, "id"), content, &id)
            || !add_added (self, item, id, pipeline)))
      return FALSE;
  }
  return tw_import_index (self, FALSE);
}

/* "left right" in older files, ["left", "right"] since tokenizers 0.20. */
static gboolean
read_merge (TwImport *self, const cJSON *merge, gboolean byte_level)
{
  const char *left = cJSON_GetStringValue (merge);
  const char *right;

  if (left != NULL)
    return tw_import_add_merge_line (self, left, strlen (left), byte_level);
  left = cJSON_GetStringValue (cJSON_GetArrayItem (merge, 0));
  right = cJSON_GetStringValue (cJSON_GetArrayItem (merge, 1));
  if (!cJSON_IsArray (merge) || cJSON_GetArraySize (merge) != 2 || left == NULL || right == NULL)
    return tw_import_fail (self, "merge %u is not of two tokens.", self->source->merges->len + 1);
  return tw_import_add_merge (self, left, strlen (left), right, strlen (right), byte_level);
}

gboolean
tw_import_huggingface (TwImport *self, const cJSON *root)
{
  g_autoptr (GPtrArray) patterns = g_ptr_array_new ();
  Pipeline pipeline = { .patterns = patterns };
  const cJSON *model = tw_json_object (root, "model");
  const cJSON *merge = NULL;

  if (!read_pipeline (self, root, &pipeline) || !check_model (self, model, &pipeline)
      || !read_tokens (self, root, tw_json_object (model, "vocab"), &pipeline))
    return FALSE;
  self->source->merges = g_array_new (FALSE, FALSE, sizeof (TwSourceMerge));
  cJSON_ArrayForEach (merge, tw_json_array (model, "merges"))
  {
    if (!read_merge (self, merge, pipeline.byte_level))
      return FALSE;
  }
  return TRUE;
}
