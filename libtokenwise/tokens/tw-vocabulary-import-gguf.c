/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-vocabulary-import-private.h"

#include <math.h>

/* The metadata of a GGUF file (github.com/ggml-org/ggml, docs/gguf.md), little-endian, version 2
 * or 3; the tensors after it are not looked at. */

#define PREFIX "tokenizer.ggml."

typedef enum
{
  GGUF_UINT8,
  GGUF_INT8,
  GGUF_UINT16,
  GGUF_INT16,
  GGUF_UINT32,
  GGUF_INT32,
  GGUF_FLOAT32,
  GGUF_BOOL,
  GGUF_STRING,
  GGUF_ARRAY,
  GGUF_UINT64,
  GGUF_INT64,
  GGUF_FLOAT64,
  GGUF_N_TYPES,
} GgufType;

/* 0: of its own length. */
static const guint8 sizes[GGUF_N_TYPES] = { 1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8 };

typedef struct
{
  const guint8 *at;
  const guint8 *end;
} Reader;

typedef struct
{
  const char *bytes;
  gsize length;
} Text;

typedef struct
{
  guint32 type;
  guint64 count;
  Reader items;
} Items;

/* The values of the tokenizer; absent ones are zero. */
typedef struct
{
  Text model;
  Text pre;
  Items tokens;
  Items scores;
  Items types;
  Items merges;
  gboolean no_space_prefix;
  gboolean unknown_normalizer;
} Metadata;

static gboolean
read_bytes (Reader *self, void *out, gsize n)
{
  if (n > (gsize) (self->end - self->at))
    return FALSE;
  memcpy (out, self->at, n);
  self->at += n;
  return TRUE;
}

static gboolean
read_u32 (Reader *self, guint32 *ret)
{
  gboolean ok = read_bytes (self, ret, sizeof *ret);

  *ret = ok ? GUINT32_FROM_LE (*ret) : 0;
  return ok;
}

static gboolean
read_u64 (Reader *self, guint64 *ret)
{
  gboolean ok = read_bytes (self, ret, sizeof *ret);

  *ret = ok ? GUINT64_FROM_LE (*ret) : 0;
  return ok;
}

static gboolean
read_text (Reader *self, Text *ret)
{
  guint64 length;

  if (!read_u64 (self, &length) || length > (guint64) (self->end - self->at))
    return FALSE;
  *ret = (Text){ (const char *) self->at, (gsize) length };
  self->at += length;
  return TRUE;
}

static gboolean
skip_fixed (Reader *self, guint64 count, guint size)
{
  if (count > (guint64) (self->end - self->at) / size)
    return FALSE;
  self->at += count * size;
  return TRUE;
}

/* Past the items; ret holds where they are. */
static gboolean
read_items (Reader *self, Items *ret)
{
  Text text;

  if (!read_u32 (self, &ret->type) || !read_u64 (self, &ret->count) || ret->type >= GGUF_N_TYPES)
    return FALSE;
  ret->items = *self;
  if (sizes[ret->type] > 0)
    return skip_fixed (self, ret->count, sizes[ret->type]);
  if (ret->type != GGUF_STRING)
    return FALSE;
  for (guint64 i = 0; i < ret->count; i++)
    if (!read_text (self, &text))
      return FALSE;
  return TRUE;
}

static gboolean
text_is (Text text, const char *name)
{
  return text.length == strlen (name) && memcmp (text.bytes, name, text.length) == 0;
}

static void
keep_text (Metadata *metadata, Text key, Text value)
{
  if (text_is (key, PREFIX "model"))
    metadata->model = value;
  else if (text_is (key, PREFIX "pre"))
    metadata->pre = value;
}

static void
keep_items (Metadata *metadata, Text key, const Items *value)
{
  if (text_is (key, PREFIX "tokens") && value->type == GGUF_STRING)
    metadata->tokens = *value;
  else if (text_is (key, PREFIX "merges") && value->type == GGUF_STRING)
    metadata->merges = *value;
  else if (text_is (key, PREFIX "scores") && value->type == GGUF_FLOAT32)
    metadata->scores = *value;
  else if (text_is (key, PREFIX "token_type")
           && (value->type == GGUF_INT32 || value->type == GGUF_UINT32))
    metadata->types = *value;
  else if (text_is (key, PREFIX "precompiled_charsmap"))
    metadata->unknown_normalizer |= value->count > 0;
}

static void
keep_boolean (Metadata *metadata, Text key, gboolean value)
{
  if (text_is (key, PREFIX "add_space_prefix"))
    metadata->no_space_prefix = !value;
  else if (text_is (key, PREFIX "remove_extra_whitespaces"))
    metadata->unknown_normalizer |= value;
}

static gboolean
read_entry (Reader *self, Metadata *metadata)
{
  Items items = { 0 };
  guint32 type;
  Text key, text;

  if (!read_text (self, &key) || !read_u32 (self, &type) || type >= GGUF_N_TYPES)
    return FALSE;
  if (type == GGUF_STRING)
    {
      if (!read_text (self, &text))
        return FALSE;
      keep_text (metadata, key, text);
      return TRUE;
    }
  if (type == GGUF_ARRAY)
    {
      if (!read_items (self, &items))
        return FALSE;
      keep_items (metadata, key, &items);
      return TRUE;
    }
  if (!skip_fixed (self, 1, sizes[type]))
    return FALSE;
  if (type == GGUF_BOOL)
    keep_boolean (metadata, key, self->at[-1] != 0);
  return TRUE;
}

static gboolean
read_metadata (TwImport *self, Reader *reader, Metadata *metadata)
{
  guint32 magic, version;
  guint64 n_tensors, n_entries;

  if (!read_u32 (reader, &magic) || !read_u32 (reader, &version) || !read_u64 (reader, &n_tensors)
      || !read_u64 (reader, &n_entries))
    return tw_import_fail (self, "the GGUF file ends too early.");
  if (version != 2 && version != 3)
    return tw_import_fail (self, "it is of GGUF version %u; only 2 and 3 are known.", version);
  for (guint64 i = 0; i < n_entries; i++)
    if (!read_entry (reader, metadata))
      return tw_import_fail (self, "the metadata of the GGUF file is damaged.");
  return TRUE;
}

/* Checks the counts; then every item is there to be read. */
static gboolean
check_metadata (TwImport *self, const Metadata *metadata)
{
  guint64 n = metadata->tokens.count;

  if (n == 0 || n > TW_IMPORT_MAX_TOKENS)
    return tw_import_fail (self,
                           "tokenizer.ggml.tokens has %" G_GUINT64_FORMAT " tokens; it must "
                           "have 1 to %u.",
                           n, TW_IMPORT_MAX_TOKENS);
  if (metadata->types.count != n)
    return tw_import_fail (self, "tokenizer.ggml.token_type is not there for every token.");
  if (metadata->unknown_normalizer)
    return tw_import_fail (self, "it has a precompiled_charsmap or remove_extra_whitespaces, which "
                                 "are not known here.");
  return TRUE;
}

static gboolean
add_tokens (TwImport *self, const Metadata *metadata, gboolean byte_level)
{
  Reader tokens = metadata->tokens.items;
  Reader types = metadata->types.items;

  for (guint64 id = 0; id < metadata->tokens.count; id++)
    {
      Text text;
      guint32 type;

      if (!read_text (&tokens, &text) || !read_u32 (&types, &type))
        return tw_import_fail (self, "the metadata of the GGUF file is damaged.");
      if (byte_level && type == TW_PIECE_NORMAL)
        {
          g_autofree char *copy = g_strndup (text.bytes, text.length);

          if (!tw_import_add_byte_level (self, copy, id))
            return FALSE;
        }
      else if (!tw_import_add_piece (self, text.bytes, text.length, id,
                                     (TwPieceType) MIN (type, G_MAXINT)))
        return FALSE;
    }
  /* Gemma 4's has three tokens twice; llama.cpp finds the later one. */
  return tw_import_index (self, TRUE);
}

static gboolean
add_merges (TwImport *self, const Metadata *metadata, gboolean byte_level)
{
  Reader merges = metadata->merges.items;

  self->source->merges = g_array_new (FALSE, FALSE, sizeof (TwSourceMerge));
  for (guint64 i = 0; i < metadata->merges.count; i++)
    {
      Text text;

      if (!read_text (&merges, &text)
          || !tw_import_add_merge_line (self, text.bytes, text.length, byte_level))
        return tw_import_fail (self, "the metadata of the GGUF file is damaged.");
    }
  return TRUE;
}

static gboolean
add_scores (TwImport *self, const Metadata *metadata)
{
  Reader scores = metadata->scores.items;

  if (metadata->scores.count != metadata->tokens.count)
    return tw_import_fail (self, "tokenizer.ggml.scores is not there for every token.");
  self->scores = g_array_new (FALSE, FALSE, sizeof (float));
  for (guint64 i = 0; i < metadata->scores.count; i++)
    {
      guint32 bits;
      float score;

      read_u32 (&scores, &bits);
      memcpy (&score, &bits, sizeof score);
      if (isnan (score))
        return tw_import_fail (self, "the score of token %" G_GUINT64_FORMAT " is not a number.",
                               i);
      g_array_append_val (self->scores, score);
    }
  tw_import_sort_by_score (self);
  return TRUE;
}

static gboolean
read_byte_level (TwImport *self, const Metadata *metadata)
{
  TwVocabularySource *source = self->source;
  g_autofree char *pre = g_strndup (metadata->pre.bytes, metadata->pre.length);

  if (pre == NULL || !tw_import_find_gguf_pre (pre, &source->pretokenizer, &source->flags))
    return tw_import_fail (self, "its tokenizer.ggml.pre “%.40s” is not known here.",
                           pre != NULL ? pre : "");
  return add_tokens (self, metadata, TRUE) && add_merges (self, metadata, TRUE);
}

gboolean
tw_import_gguf (TwImport *self, const guint8 *data, gsize length)
{
  Reader reader = { data, data + length };
  Metadata metadata = { 0 };
  TwVocabularyFlags prefix;

  if (!read_metadata (self, &reader, &metadata) || !check_metadata (self, &metadata))
    return FALSE;
  if (text_is (metadata.model, "gpt2"))
    return read_byte_level (self, &metadata);
  prefix = metadata.no_space_prefix ? 0 : TW_VOCABULARY_DUMMY_PREFIX;
  self->source->flags = TW_VOCABULARY_BYTE_FALLBACK | TW_VOCABULARY_METASPACE;
  if (text_is (metadata.model, "llama"))
    {
      self->source->flags |= prefix;
      return add_tokens (self, &metadata, FALSE) && add_scores (self, &metadata);
    }
  /* Merges of characters. llama.cpp splits at runs of newlines; no token goes over their ends. */
  if (text_is (metadata.model, "gemma4"))
    return add_tokens (self, &metadata, FALSE) && add_merges (self, &metadata, FALSE);
  return tw_import_fail (self, "its tokenizer.ggml.model is none of gpt2, llama and gemma4.");
}
