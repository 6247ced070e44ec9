/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-utf8-private.h"

#include "libtokenwise/tokens/tw-utf8-simd-private.h"

#include <string.h>

#define SIMD_MIN_BYTES 64u

/* What may follow a lead byte: the Unicode Standard, table 3-7. The first continuation byte has a
 * range of its own; the others are 80…BF. size 0: not a lead byte. */
typedef struct
{
  guint8 size;
  guint8 low;
  guint8 high;
} Lead;

static Lead
lead_of (guint8 byte)
{
  if (byte < 0x80)
    return (Lead){ 1, 0, 0 };
  if (byte < 0xc2 || byte > 0xf4)
    return (Lead){ 0, 0, 0 };
  if (byte < 0xe0)
    return (Lead){ 2, 0x80, 0xbf };
  if (byte < 0xf0)
    return (Lead){ 3, byte == 0xe0 ? 0xa0 : 0x80, byte == 0xed ? 0x9f : 0xbf };
  return (Lead){ 4, byte == 0xf0 ? 0x90 : 0x80, byte == 0xf4 ? 0x8f : 0xbf };
}

/* The length of the character at text, or of the ill-formed part there, which is never 0. */
static gsize
scan_character (const guint8 *text, gsize length, gboolean *ret_valid)
{
  Lead lead = lead_of (text[0]);
  gsize n = 1;

  *ret_valid = lead.size == 1;
  if (lead.size < 2 || length < 2 || text[1] < lead.low || text[1] > lead.high)
    return 1;
  for (n = 2; n < lead.size; n++)
    if (n == length || (text[n] & 0xc0) != 0x80)
      return n;
  *ret_valid = TRUE;
  return n;
}

/* The size of a character of two or three bytes at text that needs no closer look, or 0. Four bytes
 * must be readable. */
static inline gsize
simple_size (const guint8 *text)
{
  guint32 word = (guint32) text[0] | (guint32) text[1] << 8 | (guint32) text[2] << 16;

  if ((word & 0xc0e0) == 0x80c0)
    return text[0] >= 0xc2 ? 2 : 0;
  /* E0 and ED restrict what follows. */
  return (word & 0xc0c0f0) == 0x8080e0 && text[0] != 0xe0 && text[0] != 0xed ? 3 : 0;
}

static inline gsize
skip_ascii (const guint8 *text, gsize length, gsize i)
{
  while (length - i >= sizeof (guint64))
    {
      guint64 word;

      memcpy (&word, text + i, sizeof word);
      word &= G_GUINT64_CONSTANT (0x8080808080808080);
      if (word != 0)
        return i + (gsize) __builtin_ctzll (GUINT64_FROM_LE (word)) / 8;
      i += sizeof word;
    }
  return i;
}

/* The first place from i on where text is ill-formed, or length. */
static gsize
skip_valid (const guint8 *text, gsize length, gsize i)
{
  while (i < length)
    {
      gboolean valid;
      gsize n;

      if (text[i] < 0x80)
        {
          n = skip_ascii (text, length, i);
          i = n > i ? n : i + 1;
          continue;
        }
      n = length - i >= 4 ? simple_size (text + i) : 0;
      if (n == 0)
        {
          n = scan_character (text + i, length - i, &valid);
          if (!valid)
            return i;
        }
      i += n;
    }
  return length;
}

gsize
tw_utf8_valid_prefix (const guint8 *text, gsize length)
{
  if (length >= SIMD_MIN_BYTES && tw_utf8_is_valid_simd (text, length))
    return length;
  return skip_valid (text, length, 0);
}

/* Room for one more replacement and for size bytes after it. */
static guint8 *
make_room (guint8 *bytes, gsize used, gsize size, gsize *room)
{
  if (used + size + 3 <= *room)
    return bytes;
  *room = used + size + 3 + *room / 2;
  return g_realloc (bytes, *room);
}

guint8 *
tw_utf8_repair (const guint8 *text, gsize length, gsize *ret_length)
{
  gsize room = length + length / 2 + 16;
  guint8 *repaired = g_malloc (room);
  gsize used = 0;
  gsize i = 0;

  for (;;)
    {
      gsize valid = skip_valid (text, length, i) - i;
      gboolean ignored;

      repaired = make_room (repaired, used, valid, &room);
      memcpy (repaired + used, text + i, valid);
      used += valid;
      i += valid;
      if (i == length)
        break;
      memcpy (repaired + used, "\xef\xbf\xbd", 3);
      used += 3;
      i += scan_character (text + i, length - i, &ignored);
    }
  *ret_length = used;
  return repaired;
}
