/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-vocabulary-private.h"

#include "libtokenwise/base/tw-error.h"

/* Sections that are arrays have a whole number of elements. */
static const struct
{
  gsize element;
  gsize count; /* 0: any */
  gboolean may_be_empty;
} shapes[TW_N_SECTIONS] = {
  [TW_SECTION_SHORT_SEEDS] = { sizeof (guint16), 0, FALSE },
  [TW_SECTION_SHORT] = { sizeof (TwShortSlot), 0, FALSE },
  [TW_SECTION_LONG_SEEDS] = { sizeof (guint16), 0, FALSE },
  [TW_SECTION_LONG] = { sizeof (TwLongSlot), 0, FALSE },
  [TW_SECTION_PAIR_SEEDS] = { sizeof (guint16), 0, FALSE },
  [TW_SECTION_PAIRS] = { sizeof (guint64), 0, FALSE },
  [TW_SECTION_BYTES] = { sizeof (guint32), 256, FALSE },
  [TW_SECTION_BYTE_PAIRS] = { sizeof (guint32), 65536, FALSE },
  [TW_SECTION_CHARACTERS] = { sizeof (guint32), 65536, FALSE },
  [TW_SECTION_CROSSED] = { 1, 2 * TW_CROSSED_BYTES, FALSE },
  [TW_SECTION_TOKENS] = { 1, 0, FALSE },
  [TW_SECTION_LENGTHS] = { 1, 0, FALSE },
  [TW_SECTION_OFFSETS] = { sizeof (guint32), 0, FALSE },
  [TW_SECTION_IDS] = { sizeof (guint32), 0, TRUE },
  [TW_SECTION_LITERALS] = { sizeof (guint32), 0, TRUE },
  [TW_SECTION_BLOCKS] = { 1, TW_CLASS_N_INDEX, FALSE },
  [TW_SECTION_CLASSES] = { 1, TW_CLASS_N_BLOCKS *TW_CLASS_BLOCK, FALSE },
};

static gsize
count_of (const TwVocabularyHeader *header, TwSection section)
{
  return header->sections[section].size / shapes[section].element;
}

static gboolean
section_is_valid (const TwVocabularyHeader *header, TwSection section)
{
  const TwSectionRange *range = &header->sections[section];
  gsize count = count_of (header, section);

  if (range->offset < sizeof *header || range->offset % TW_VOCABULARY_ALIGN != 0
      || range->offset > header->file_size || range->size > header->file_size - range->offset
      || range->size % shapes[section].element != 0 || count > G_MAXUINT32)
    return FALSE;
  if (shapes[section].count != 0)
    return count == shapes[section].count;
  return count > 0 || shapes[section].may_be_empty;
}

static gboolean
tokens_are_described (const TwVocabularyHeader *header)
{
  gsize n = header->n_tokens;
  gsize n_ids = count_of (header, TW_SECTION_IDS);

  return count_of (header, TW_SECTION_LENGTHS) == n
         && count_of (header, TW_SECTION_OFFSETS) == (n + TW_OFFSET_STRIDE - 1) / TW_OFFSET_STRIDE
         && (n_ids == 0 || n_ids == n);
}

/* NULL, or what is wrong. */
static const char *
find_damage (const TwVocabularyHeader *header, gsize size)
{
  if (size < sizeof *header || memcmp (header->magic, TW_VOCABULARY_MAGIC, 8) != 0)
    return "is not a compiled vocabulary";
  if (header->endian != TW_VOCABULARY_ENDIAN)
    return "was made on a machine with another byte order";
  if (header->version != TW_VOCABULARY_VERSION)
    return "has a format that this version cannot read";
  if (header->header_checksum
      != tw_vocabulary_checksum (header, G_STRUCT_OFFSET (TwVocabularyHeader, header_checksum)))
    return "has a damaged header";
  if (header->file_size != size)
    return "has the wrong size";
  if (header->pretokenizer >= TW_N_PRETOKENIZERS || header->n_tokens > TW_ID_MAX
      || (header->flags & ~(guint32) TW_VOCABULARY_ALL_FLAGS) != 0)
    return "has a damaged header";
  for (guint i = 0; i < TW_N_SECTIONS; i++)
    if (!section_is_valid (header, i))
      return "has a damaged header";
  return tokens_are_described (header) ? NULL : "has a damaged header";
}

static gconstpointer
section (const TwVocabularyHeader *header, TwSection section)
{
  return (const guint8 *) header + header->sections[section].offset;
}

static TwPerfectTable
table (const TwVocabularyHeader *header, TwSection seeds)
{
  return (TwPerfectTable){
    .seeds = section (header, seeds),
    .n_seeds = count_of (header, seeds),
    .n_slots = count_of (header, seeds + 1),
  };
}

static void
use_sections (TwVocabulary *self, const TwVocabularyHeader *header)
{
  self->short_table = table (header, TW_SECTION_SHORT_SEEDS);
  self->short_slots = section (header, TW_SECTION_SHORT);
  self->long_table = table (header, TW_SECTION_LONG_SEEDS);
  self->long_slots = section (header, TW_SECTION_LONG);
  self->pair_table = table (header, TW_SECTION_PAIR_SEEDS);
  self->pairs = section (header, TW_SECTION_PAIRS);
  self->byte_ids = section (header, TW_SECTION_BYTES);
  self->byte_pairs = section (header, TW_SECTION_BYTE_PAIRS);
  self->characters = section (header, TW_SECTION_CHARACTERS);
  self->crossed_into = section (header, TW_SECTION_CROSSED);
  self->crossed_out = self->crossed_into + TW_CROSSED_BYTES;
  self->tokens = section (header, TW_SECTION_TOKENS);
  self->tokens_size = header->sections[TW_SECTION_TOKENS].size;
  self->lengths = section (header, TW_SECTION_LENGTHS);
  self->offsets = section (header, TW_SECTION_OFFSETS);
  if (count_of (header, TW_SECTION_IDS) > 0)
    self->published = section (header, TW_SECTION_IDS);
  if (count_of (header, TW_SECTION_LITERALS) > TW_LITERAL_HEAD_WORDS)
    {
      self->literals = section (header, TW_SECTION_LITERALS);
      self->n_literals = count_of (header, TW_SECTION_LITERALS) - TW_LITERAL_HEAD_WORDS;
    }
  self->blocks = section (header, TW_SECTION_BLOCKS);
  self->classes = section (header, TW_SECTION_CLASSES);
}

TwVocabulary *
tw_vocabulary_open (GBytes *file, const char *name, GError **error)
{
  gsize size;
  const TwVocabularyHeader *header = g_bytes_get_data (file, &size);
  const char *damage = find_damage (header, size);
  TwVocabulary *self;

  if (damage != NULL)
    {
      g_set_error (
          error, TW_ERROR, TW_ERROR_FAILED,
          "The vocabulary file %s %s; install tokenwise again, or add the vocabulary again "
          "with “tokenwise vocab add”.",
          name, damage);
      return NULL;
    }
  self = g_new0 (TwVocabulary, 1);
  self->file = g_bytes_ref (file);
  self->n_tokens = header->n_tokens;
  self->pretokenizer = (TwPretokenizer) header->pretokenizer;
  self->flags = (TwVocabularyFlags) header->flags;
  use_sections (self, header);
  return self;
}

TwVocabulary *
tw_vocabulary_open_path (const char *path, GError **error)
{
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (path, FALSE, error);
  g_autoptr (GBytes) file = NULL;

  if (mapped == NULL)
    return NULL;
  file = g_mapped_file_get_bytes (mapped);
  return tw_vocabulary_open (file, path, error);
}

void
tw_vocabulary_free (TwVocabulary *self)
{
  g_bytes_unref (self->file);
  g_free (self);
}

gboolean
tw_vocabulary_verify (const TwVocabulary *self)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->file, &size);
  const TwVocabularyHeader *header = (gconstpointer) data;
  gsize start = header->sections[0].offset;

  return header->payload_checksum == tw_vocabulary_checksum (data + start, size - start);
}

const guint8 *
tw_vocabulary_get_token (const TwVocabulary *self, guint32 token, gsize *ret_length)
{
  guint32 i = token / TW_OFFSET_STRIDE * TW_OFFSET_STRIDE;
  gsize offset;

  *ret_length = 0;
  if (token >= self->n_tokens)
    return self->tokens;
  for (offset = self->offsets[token / TW_OFFSET_STRIDE]; i < token; i++)
    offset += self->lengths[i];
  if (offset > self->tokens_size || self->lengths[token] > self->tokens_size - offset)
    return self->tokens;
  *ret_length = self->lengths[token];
  return self->tokens + offset;
}

guint32
tw_vocabulary_find_long (const TwVocabulary *self, const guint8 *bytes, gsize length)
{
  guint64 hash;
  const TwLongSlot *found;
  const guint8 *token;
  gsize token_length;

  if (length > TW_TOKEN_MAX_BYTES)
    return TW_ID_NONE;
  hash = tw_hash_long (bytes, length);
  found = &self->long_slots[tw_perfect_table_slot (&self->long_table, hash)];
  if (found->hash != (guint32) (hash >> 32))
    return TW_ID_NONE;
  token = tw_vocabulary_get_token (self, found->id, &token_length);
  return token_length == length && memcmp (token, bytes, length) == 0 ? found->id : TW_ID_NONE;
}
