/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-literals-private.h"

static gboolean
has_bit (const guint32 *words, guint32 bit)
{
  return (words[bit / 32] >> bit % 32 & 1) != 0;
}

static gboolean
may_start (const TwVocabulary *vocabulary, const guint8 *text, gsize left)
{
  return has_bit (vocabulary->literals, text[0])
         || (left >= 4
             && has_bit (vocabulary->literals + TW_LITERAL_BYTE_WORDS, tw_hash_literal (text)));
}

/* The first literal from low on, of those below high that begin with the same `at` bytes, whose
 * next byte is `byte` or more. */
static gsize
lower_bound (const TwVocabulary *vocabulary, gsize low, gsize high, gsize at, guint byte)
{
  const guint32 *literals = vocabulary->literals + TW_LITERAL_HEAD_WORDS;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;
      gsize size;
      const guint8 *token = tw_vocabulary_get_token (vocabulary, literals[middle], &size);

      if (size <= at || token[at] < byte)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* The size of the longest literal at text, or 0. Literals are in the order of their bytes, so those
 * that begin as the text does are neighbours, the shortest first. */
static gsize
match (const TwVocabulary *vocabulary, const guint8 *text, gsize left, guint32 *ret_token)
{
  const guint32 *literals = vocabulary->literals + TW_LITERAL_HEAD_WORDS;
  gsize low = 0;
  gsize high = vocabulary->n_literals;
  gsize found = 0;

  for (gsize at = 0; at < left && low < high; at++)
    {
      gsize size;

      low = lower_bound (vocabulary, low, high, at, text[at]);
      high = lower_bound (vocabulary, low, high, at, text[at] + 1u);
      if (low == high)
        break;
      tw_vocabulary_get_token (vocabulary, literals[low], &size);
      if (size == at + 1)
        {
          found = size;
          *ret_token = literals[low];
        }
    }
  return found;
}

gsize
tw_literals_find (const TwVocabulary *vocabulary,
                  const guint8 *text,
                  gsize length,
                  gsize from,
                  gsize *ret_size,
                  guint32 *ret_token)
{
  for (gsize i = from; i < length; i++)
    if (may_start (vocabulary, text + i, length - i))
      {
        *ret_size = match (vocabulary, text + i, length - i, ret_token);
        if (*ret_size > 0)
          return i;
      }
  return length;
}
