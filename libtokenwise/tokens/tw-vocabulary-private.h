/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-format-private.h"

G_BEGIN_DECLS

typedef struct
{
  const guint16 *seeds;
  gsize n_seeds;
  gsize n_slots;
} TwPerfectTable;

/* A compiled vocabulary in place. Opening checks the header, the file's size and every section's
 * place and size, all in microseconds; it does not read the tables. Damage inside a table can make
 * a count wrong, but no lookup leaves its section. tw_vocabulary_verify reads everything. */
typedef struct
{
  GBytes *file;
  TwPerfectTable short_table;
  const TwShortSlot *short_slots;
  TwPerfectTable long_table;
  const TwLongSlot *long_slots;
  TwPerfectTable pair_table;
  const guint64 *pairs;
  const guint32 *byte_ids;
  const guint32 *byte_pairs;
  const guint32 *characters;
  const guint8 *crossed_into;
  const guint8 *crossed_out;
  const guint8 *tokens;
  gsize tokens_size;
  const guint8 *lengths;
  const guint32 *offsets;
  const guint32 *published; /* (nullable) */
  const guint32 *literals;  /* the section, when n_literals is not 0 */
  gsize n_literals;
  const guint8 *blocks;
  const guint8 *classes;
  guint32 n_tokens;
  TwPretokenizer pretokenizer;
  TwVocabularyFlags flags;
} TwVocabulary;

/* Takes a reference of file, which must stay unchanged. name is for the error message. */
TwVocabulary *tw_vocabulary_open (GBytes *file, const char *name, GError **error);
TwVocabulary *tw_vocabulary_open_path (const char *path, GError **error);
void tw_vocabulary_free (TwVocabulary *self);
/* Whether the whole file is what the compiler wrote; reads all of it. */
gboolean tw_vocabulary_verify (const TwVocabulary *self);
guint32 tw_vocabulary_find_long (const TwVocabulary *self, const guint8 *bytes, gsize length);
/* The bytes of a token, inside the file; length 0 for a number that is no token. */
const guint8 *tw_vocabulary_get_token (const TwVocabulary *self, guint32 token, gsize *ret_length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwVocabulary, tw_vocabulary_free)

static inline gsize
tw_perfect_table_slot (const TwPerfectTable *self, guint64 hash)
{
  return tw_hash_to_slot (hash, self->seeds[tw_hash_to_range ((guint32) hash, self->n_seeds)],
                          self->n_slots);
}

/* slot is that of the key's hash. */
static inline guint32
tw_vocabulary_find_short (const TwVocabulary *self, TwShortSlot key, gsize slot)
{
  const TwShortSlot *found = &self->short_slots[slot];

  return found->low == key.low && ((found->high ^ key.high) << TW_ID_BITS) == 0
             ? (guint32) (found->high >> TW_SHORT_ID_SHIFT)
             : TW_ID_NONE;
}

static inline guint32
tw_vocabulary_find_byte_pair (const TwVocabulary *self, guint8 left, guint8 right)
{
  return self->byte_pairs[(guint) left << 8 | right];
}

/* Whether merges make the character of size bytes at `at` before any reaches over its ends, as the
 * bytes beside it are. */
static inline gboolean
tw_vocabulary_is_closed (
    const TwVocabulary *self, const guint8 *text, gsize length, gsize at, gsize size)
{
  gsize end = at + size;

  if (at > 0 && (self->crossed_into[text[at - 1] << 5 | text[at] >> 3] >> (text[at] & 7) & 1) != 0)
    return FALSE;
  return end == length
         || (self->crossed_out[text[end - 1] << 5 | text[end] >> 3] >> (text[end] & 7) & 1) == 0;
}

/* The token that left and right merge into, which is also the rank of their merge. */
static inline guint32
tw_vocabulary_find_pair (const TwVocabulary *self, guint32 left, guint32 right)
{
  guint64 key = tw_pair_key (left, right);
  guint64 found = self->pairs[tw_perfect_table_slot (&self->pair_table, tw_hash_pair (key))];

  return found >> TW_ID_BITS == key ? (guint32) (found & ((1u << TW_ID_BITS) - 1)) : TW_ID_NONE;
}

G_END_DECLS
