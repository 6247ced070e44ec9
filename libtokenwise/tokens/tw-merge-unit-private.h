/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-private.h"

G_BEGIN_DECLS

/* The token of a character, TW_ID_NONE where there is none. */
static inline guint32
tw_merge_find_character (const TwVocabulary *self, const guint8 *text, gsize size)
{
  TwShortSlot key;

  if (size == 2)
    return self->characters[(text[0] & 0x1fu) << 6 | (text[1] & 0x3fu)];
  if (size == 3)
    return self->characters[(text[0] & 0x0fu) << 12 | (text[1] & 0x3fu) << 6 | (text[2] & 0x3fu)];
  if ((self->flags & TW_VOCABULARY_BYTE_FALLBACK) == 0)
    return TW_ID_NONE;
  key = tw_short_key (text, size);
  return tw_vocabulary_find_short (
      self, key, tw_perfect_table_slot (&self->short_table, tw_hash_mix (key.low, key.high)));
}

/* What merging can start from at `at`: a character that is a token before merges reach over its
 * ends, or else a byte. */
static inline guint32
tw_merge_unit (
    const TwVocabulary *self, const guint8 *text, gsize length, gsize at, gsize *ret_size)
{
  guint8 lead = text[at];
  gsize size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  guint32 id;

  *ret_size = 1;
  if (lead < 0x80)
    {
      id = self->characters[lead];
      return id != TW_ID_NONE ? id : self->byte_ids[lead];
    }
  if (lead >= 0xc0 && size <= length - at && tw_vocabulary_is_closed (self, text, length, at, size))
    {
      id = tw_merge_find_character (self, text + at, size);
      if (id != TW_ID_NONE)
        {
          *ret_size = size;
          return id;
        }
    }
  return self->byte_ids[lead];
}

G_END_DECLS
