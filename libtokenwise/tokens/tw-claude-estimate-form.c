/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-claude-estimate-form-private.h"

#include <string.h>

/* Bytes that are normalized together. */
#define SLICE 256
#define MAX_SLICE 4096

/* Whether NFC may join the character that begins here to the one before, or replace it: combining
 * marks of Latin, Greek, Cyrillic and Arabic, jamo, kana marks, compatibility ideographs. */
static gboolean
is_composed (const guint8 *text, gsize length)
{
  switch (text[0])
    {
    case 0xcc:
      return TRUE;
    case 0xcd:
      return text[1] <= 0x85;
    case 0xd9:
      return text[1] >= 0x93 && text[1] <= 0x95;
    case 0xe1:
      return text[1] >= 0x84 && text[1] <= 0x87;
    case 0xe3:
      return text[1] == 0x82 && length > 2 && (text[2] == 0x99 || text[2] == 0x9a);
    case 0xef:
      return text[1] >= 0xa4 && text[1] <= 0xab;
    default:
      return FALSE;
    }
}

gboolean
tw_claude_may_compose (const guint8 *text, gsize length)
{
  for (gsize i = 0; i + 1 < length; i++)
    {
      guint64 word;

      while (i + sizeof word <= length)
        {
          memcpy (&word, text + i, sizeof word);
          if ((word & G_GUINT64_CONSTANT (0x8080808080808080)) != 0)
            break;
          i += sizeof word;
        }
      if (i + 1 >= length)
        break;
      if (is_composed (text + i, length - i))
        return TRUE;
    }
  return FALSE;
}

/* Where a slice from start may end: before an ASCII character, which joins nothing before it. */
static gsize
slice_end (const guint8 *text, gsize length, gsize start)
{
  gsize end = start + SLICE;

  while (end < length && text[end] >= 0x80 && end < start + MAX_SLICE)
    end++;
  while (end < length && (text[end] & 0xc0) == 0x80)
    end++;
  return MIN (end, length);
}

/* NFC, in slices: GLib moves all that follows for each pair that it joins. */
GString *
tw_claude_compose (const char *text, gsize length)
{
  GString *composed = g_string_sized_new (length);

  for (gsize i = 0; i < length;)
    {
      gsize end = slice_end ((const guint8 *) text, length, i);
      g_autofree char *part = NULL;

      if (tw_claude_may_compose ((const guint8 *) text + i, end - i)
          && memchr (text + i, '\0', end - i) == NULL)
        part = g_utf8_normalize (text + i, (gssize) (end - i), G_NORMALIZE_NFC);
      if (part != NULL)
        g_string_append (composed, part);
      else
        g_string_append_len (composed, text + i, (gssize) (end - i));
      i = end;
    }
  return composed;
}
