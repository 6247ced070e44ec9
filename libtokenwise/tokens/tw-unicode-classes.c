/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-unicode-classes-private.h"

#include "libtokenwise/base/tw-error.h"

#define N_CODE_POINTS 0x110000u

/* The letters of unicode-classes.txt; its first line says which categories each stands for. */
static guint8
flags_of_letter (char letter)
{
  switch (letter)
    {
    case 'U':
      return TW_CLASS_LETTER | TW_CLASS_UPPER;
    case 'l':
      return TW_CLASS_LETTER | TW_CLASS_LOWER;
    case 'o':
      return TW_CLASS_LETTER | TW_CLASS_UPPER | TW_CLASS_LOWER;
    case 'm':
      return TW_CLASS_UPPER | TW_CLASS_LOWER;
    case 'n':
      return TW_CLASS_NUMBER;
    case 's':
      return TW_CLASS_SPACE;
    case 'p':
      return TW_CLASS_SYMBOL;
    case 'c':
      return TW_CLASS_NFC;
    default:
      return 0;
    }
}

/* 0 when one of the letters is unknown. */
static guint8
flags_of_letters (const char *letters)
{
  guint8 flags = 0;

  for (const char *letter = letters; *letter != '\0'; letter++)
    {
      if (flags_of_letter (*letter) == 0)
        return 0;
      flags |= flags_of_letter (*letter);
    }
  return flags;
}

static gboolean
read_range (const char *line, guint8 *table)
{
  char *end = NULL;
  guint64 first = g_ascii_strtoull (line, &end, 16);
  guint64 last = g_ascii_strtoull (end, &end, 16);
  guint8 flags = *end == ' ' ? flags_of_letters (end + 1) : 0;

  if (flags == 0 || first > last || last >= N_CODE_POINTS)
    return FALSE;
  memset (table + first, flags, last - first + 1);
  return TRUE;
}

static guint8 *
read_table (const char *text, GError **error)
{
  g_autofree guint8 *table = g_malloc0 (N_CODE_POINTS);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0' && lines[i][0] != '#' && !read_range (lines[i], table))
      {
        g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                     "Line %u of the Unicode classes is not “FIRST LAST CLASSES”; make them again.",
                     i + 1);
        return NULL;
      }
  table['\r'] |= TW_CLASS_NEWLINE;
  table['\n'] |= TW_CLASS_NEWLINE;
  return g_steal_pointer (&table);
}

static guint
find_or_add_block (GByteArray *classes, const guint8 *block)
{
  guint n = classes->len / TW_CLASS_BLOCK;

  for (guint i = 0; i < n; i++)
    if (memcmp (classes->data + i * TW_CLASS_BLOCK, block, TW_CLASS_BLOCK) == 0)
      return i;
  g_byte_array_append (classes, block, TW_CLASS_BLOCK);
  return n;
}

gboolean
tw_unicode_classes_pack (const char *text, GByteArray *blocks, GByteArray *classes, GError **error)
{
  g_autofree guint8 *table = read_table (text, error);
  guint used;

  if (table == NULL)
    return FALSE;
  for (guint i = 0; i < TW_CLASS_N_INDEX; i++)
    {
      guint8 block = (guint8) find_or_add_block (classes, table + i * TW_CLASS_BLOCK);

      g_byte_array_append (blocks, &block, 1);
    }
  used = classes->len;
  if (used > TW_CLASS_N_BLOCKS * TW_CLASS_BLOCK)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The Unicode classes need more than %u blocks; the format has to grow.",
                   TW_CLASS_N_BLOCKS);
      return FALSE;
    }
  g_byte_array_set_size (classes, TW_CLASS_N_BLOCKS * TW_CLASS_BLOCK);
  memset (classes->data + used, 0, classes->len - used);
  return TRUE;
}
