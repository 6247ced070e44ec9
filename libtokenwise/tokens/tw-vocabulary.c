/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-vocabulary-private.h"

#include "libtokenwise/base/tw-error.h"

/* Sections that are arrays have a whole number of elements, at least one. */
static const struct
{
  gsize element;
  gsize count; /* 0: any */
} shapes[TW_N_SECTIONS] = {
  [TW_SECTION_SHORT] = { sizeof (TwShortSlot), 0 },
  [TW_SECTION_LONG] = { sizeof (TwLongSlot), 0 },
  [TW_SECTION_LONG_BYTES] = { 1, 0 },
  [TW_SECTION_PAIRS] = { sizeof (guint64), 0 },
  [TW_SECTION_BYTES] = { sizeof (guint32), 256 },
  [TW_SECTION_BYTE_PAIRS] = { sizeof (guint32), 65536 },
  [TW_SECTION_BLOCKS] = { 1, TW_CLASS_N_INDEX },
  [TW_SECTION_CLASSES] = { 1, TW_CLASS_N_BLOCKS *TW_CLASS_BLOCK },
};

static gboolean
section_is_valid (const TwVocabularyHeader *header, TwSection section)
{
  const TwSectionRange *range = &header->sections[section];
  gsize count = range->size / shapes[section].element;

  if (range->offset < sizeof *header || range->offset % TW_VOCABULARY_ALIGN != 0
      || range->offset > header->file_size || range->size > header->file_size - range->offset
      || range->size % shapes[section].element != 0 || count > G_MAXUINT32)
    return FALSE;
  if (shapes[section].count != 0)
    return count == shapes[section].count;
  return count > 0 || section == TW_SECTION_LONG_BYTES;
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
      || header->max_probe < 1 || header->max_probe > TW_VOCABULARY_MAX_PROBE)
    return "has a damaged header";
  for (guint i = 0; i < TW_N_SECTIONS; i++)
    if (!section_is_valid (header, i))
      return "has a damaged header";
  return NULL;
}

TwVocabulary *
tw_vocabulary_open (GBytes *file, const char *name, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);
  const TwVocabularyHeader *header = (gconstpointer) data;
  const char *damage = find_damage (header, size);
  const TwSectionRange *at;
  TwVocabulary *self;

  if (damage != NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_FAILED,
                   "The vocabulary file %s %s; install tokenwise again or rebuild it.", name,
                   damage);
      return NULL;
    }
  at = header->sections;
  self = g_new0 (TwVocabulary, 1);
  self->file = g_bytes_ref (file);
  self->short_slots = (gconstpointer) (data + at[TW_SECTION_SHORT].offset);
  self->n_short = at[TW_SECTION_SHORT].size / sizeof (TwShortSlot);
  self->long_slots = (gconstpointer) (data + at[TW_SECTION_LONG].offset);
  self->n_long = at[TW_SECTION_LONG].size / sizeof (TwLongSlot);
  self->long_bytes = data + at[TW_SECTION_LONG_BYTES].offset;
  self->long_bytes_size = at[TW_SECTION_LONG_BYTES].size;
  self->pairs = (gconstpointer) (data + at[TW_SECTION_PAIRS].offset);
  self->n_pairs = at[TW_SECTION_PAIRS].size / sizeof (guint64);
  self->byte_ids = (gconstpointer) (data + at[TW_SECTION_BYTES].offset);
  self->byte_pairs = (gconstpointer) (data + at[TW_SECTION_BYTE_PAIRS].offset);
  self->blocks = data + at[TW_SECTION_BLOCKS].offset;
  self->classes = data + at[TW_SECTION_CLASSES].offset;
  self->max_probe = header->max_probe;
  self->n_tokens = header->n_tokens;
  self->pretokenizer = (TwPretokenizer) header->pretokenizer;
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

guint32
tw_vocabulary_find_long (const TwVocabulary *self, const guint8 *bytes, gsize length)
{
  guint32 hash = tw_hash_long (bytes, length);
  gsize slot = tw_hash_to_slot (hash, self->n_long);

  for (guint32 probe = 0; probe < self->max_probe; probe++)
    {
      const TwLongSlot *found = &self->long_slots[slot];

      if (found->length == 0)
        break;
      if (found->hash == hash && found->length == length && length <= self->long_bytes_size
          && found->offset <= self->long_bytes_size - length
          && memcmp (self->long_bytes + found->offset, bytes, length) == 0)
        return found->id;
      slot = slot + 1 == self->n_long ? 0 : slot + 1;
    }
  return TW_ID_NONE;
}
