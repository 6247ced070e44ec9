/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-format-private.h"

G_BEGIN_DECLS

/* A compiled vocabulary in place. Opening checks the header, the file's size and every section's
 * place and size, all in microseconds; it does not read the tables. Damage inside a table can make
 * a count wrong, but no lookup leaves its section or probes more than max_probe slots.
 * tw_vocabulary_verify reads everything. */
typedef struct
{
  GBytes *file;
  const TwShortSlot *short_slots;
  gsize n_short;
  const TwLongSlot *long_slots;
  gsize n_long;
  const guint8 *long_bytes;
  gsize long_bytes_size;
  const guint64 *pairs;
  gsize n_pairs;
  const guint32 *byte_ids;
  const guint32 *byte_pairs;
  const guint8 *blocks;
  const guint8 *classes;
  guint32 max_probe;
  guint32 n_tokens;
  TwPretokenizer pretokenizer;
} TwVocabulary;

/* Takes a reference of file, which must stay unchanged. name is for the error message. */
TwVocabulary *tw_vocabulary_open (GBytes *file, const char *name, GError **error);
TwVocabulary *tw_vocabulary_open_path (const char *path, GError **error);
void tw_vocabulary_free (TwVocabulary *self);
/* Whether the whole file is what the compiler wrote; reads all of it. */
gboolean tw_vocabulary_verify (const TwVocabulary *self);
guint32 tw_vocabulary_find_long (const TwVocabulary *self, const guint8 *bytes, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwVocabulary, tw_vocabulary_free)

/* slot is where the key's hash leads. */
static inline guint32
tw_vocabulary_find_short (const TwVocabulary *self, TwShortSlot key, gsize slot)
{
  for (guint32 probe = 0; probe < self->max_probe; probe++)
    {
      const TwShortSlot *found = &self->short_slots[slot];

      if (found->low == key.low && ((found->high ^ key.high) << TW_ID_BITS) == 0)
        return (guint32) (found->high >> TW_SHORT_ID_SHIFT);
      if (found->high == 0)
        break;
      slot = slot + 1 == self->n_short ? 0 : slot + 1;
    }
  return TW_ID_NONE;
}

static inline guint32
tw_vocabulary_find_byte_pair (const TwVocabulary *self, guint8 left, guint8 right)
{
  return self->byte_pairs[(guint) left << 8 | right];
}

/* The token that left and right make together, which is also the rank of their merge. */
static inline guint32
tw_vocabulary_find_pair (const TwVocabulary *self, guint32 left, guint32 right)
{
  guint64 key = tw_pair_key (left, right);
  gsize slot = tw_hash_to_slot (tw_hash_pair (key), self->n_pairs);

  for (guint32 probe = 0; probe < self->max_probe; probe++)
    {
      guint64 found = self->pairs[slot];

      if (found >> TW_ID_BITS == key)
        return (guint32) (found & ((1u << TW_ID_BITS) - 1));
      if (found == TW_PAIR_EMPTY)
        break;
      slot = slot + 1 == self->n_pairs ? 0 : slot + 1;
    }
  return TW_ID_NONE;
}

G_END_DECLS
