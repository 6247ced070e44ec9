/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-utf8-private.h"

#include <string.h>

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

gsize
tw_utf8_valid_prefix (const guint8 *text, gsize length)
{
  gsize i = 0;

  while (i < length)
    {
      gboolean valid;
      gsize n;

      while (length - i >= sizeof (guint64))
        {
          guint64 word;

          memcpy (&word, text + i, sizeof word);
          if ((word & G_GUINT64_CONSTANT (0x8080808080808080)) != 0)
            break;
          i += sizeof word;
        }
      if (i == length)
        break;
      n = scan_character (text + i, length - i, &valid);
      if (!valid)
        return i;
      i += n;
    }
  return length;
}

guint8 *
tw_utf8_repair (const guint8 *text, gsize length, gsize *ret_length)
{
  GByteArray *repaired = g_byte_array_sized_new ((guint) MIN (length, G_MAXUINT / 4));

  for (gsize i = 0; i < length;)
    {
      gsize valid = tw_utf8_valid_prefix (text + i, length - i);
      gboolean ignored;

      g_byte_array_append (repaired, text + i, (guint) valid);
      i += valid;
      if (i < length)
        {
          g_byte_array_append (repaired, (const guint8 *) "\xef\xbf\xbd", 3);
          i += scan_character (text + i, length - i, &ignored);
        }
    }
  *ret_length = repaired->len;
  return g_byte_array_free (repaired, FALSE);
}
