/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-counter-family-private.h"

#include <string.h>

/* Enough of a file to find its size: a JPEG may carry a thumbnail before it. */
#define HEAD_BYTES (96u * 1024u)
/* When the size is not known. */
#define ASSUMED_SIDE 1024u

static gint64
ceil_divide (gint64 a, gint64 b)
{
  return (a + b - 1) / b;
}

/* OpenAI: into 2048 × 2048, then the short side to 768, then 85 + 170 per 512-pixel tile (GPT-4o,
 * 4.1; their image guide). gpt-5 is said to have 70 + 140, and low detail only the base. The models
 * that count 32-pixel patches charge up to 1.2 × 2,500. */
static TwCountRange
count_tiles (gint64 width, gint64 height)
{
  gint64 longest = MAX (width, height);
  gint64 shortest;
  gint64 tiles;
  gint64 patches = ceil_divide (width, 32) * ceil_divide (height, 32);

  if (longest > 2048)
    {
      width = MAX (width * 2048 / longest, 1);
      height = MAX (height * 2048 / longest, 1);
    }
  shortest = MIN (width, height);
  if (shortest > 768)
    {
      width = width * 768 / shortest;
      height = height * 768 / shortest;
    }
  tiles = ceil_divide (width, 512) * ceil_divide (height, 512);
  return (TwCountRange){
    .tokens = 85 + 170 * tiles,
    .low = 70,
    .high = MAX (85 + 170 * tiles, ceil_divide (MIN (patches, 2500) * 12, 10)),
  };
}

/* Claude: one token per 28-pixel patch. Measured up to 1,568 patches on Claude 4.5; later models
 * were seen to go to 4,005 tokens. The rule for what is larger is not published. */
static TwCountRange
count_patches (gint64 width, gint64 height)
{
  gint64 patches = ceil_divide (width, 28) * ceil_divide (height, 28);

  return (TwCountRange){
    .tokens = MIN (patches, 1568),
    .low = MIN (patches, 1568) * 8 / 10,
    .high = MIN (patches, 4005) + 77,
  };
}

TwCountRange
tw_counter_count_image (TwImageRule rule, guint width, guint height)
{
  gboolean known = width > 0 && height > 0;
  TwCountRange range;

  switch (rule)
    {
    case TW_IMAGE_TILES:
      range = count_tiles (known ? width : ASSUMED_SIDE, known ? height : ASSUMED_SIDE);
      break;
    case TW_IMAGE_PATCHES:
      range = count_patches (known ? width : ASSUMED_SIDE, known ? height : ASSUMED_SIDE);
      break;
    case TW_IMAGE_FLAT:
      /* Gemini 2 has 258 for a small image or tile, Gemini 3 was measured at 1,065…1,101. */
      return (TwCountRange){ 1090, 258, 1120 };
    default:
      return (TwCountRange){ 1090, 70, 4082 };
    }
  if (!known)
    {
      range.low = MIN (range.low, 70);
      range.high = MAX (range.high, 4082);
    }
  return range;
}

static guint
big_endian_16 (const guint8 *at)
{
  return (guint) at[0] << 8 | at[1];
}

static guint
big_endian_32 (const guint8 *at)
{
  return big_endian_16 (at) << 16 | big_endian_16 (at + 2);
}

static guint
little_endian_16 (const guint8 *at)
{
  return (guint) at[1] << 8 | at[0];
}

static gboolean
read_jpeg (const guint8 *data, gsize size, guint *ret_width, guint *ret_height)
{
  gsize at = 2;

  while (at + 9 < size && data[at] == 0xff)
    {
      guint8 marker = data[at + 1];

      /* A start of frame is C0…CF but for DHT, JPG and DAC. */
      if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
        {
          *ret_height = big_endian_16 (data + at + 5);
          *ret_width = big_endian_16 (data + at + 7);
          return TRUE;
        }
      at += 2 + big_endian_16 (data + at + 2);
    }
  return FALSE;
}

static gboolean
read_webp (const guint8 *data, guint *ret_width, guint *ret_height)
{
  if (memcmp (data + 12, "VP8X", 4) == 0)
    {
      *ret_width = 1 + (little_endian_16 (data + 24) | (guint) data[26] << 16);
      *ret_height = 1 + (little_endian_16 (data + 27) | (guint) data[29] << 16);
      return TRUE;
    }
  if (memcmp (data + 12, "VP8 ", 4) == 0)
    {
      *ret_width = little_endian_16 (data + 26) & 0x3fff;
      *ret_height = little_endian_16 (data + 28) & 0x3fff;
      return TRUE;
    }
  if (memcmp (data + 12, "VP8L", 4) == 0)
    {
      guint32 bits = little_endian_16 (data + 21) | (guint32) little_endian_16 (data + 23) << 16;

      *ret_width = 1 + (bits & 0x3fff);
      *ret_height = 1 + (bits >> 14 & 0x3fff);
      return TRUE;
    }
  return FALSE;
}

static gboolean
read_size (const guint8 *data, gsize size, guint *ret_width, guint *ret_height)
{
  if (size < 30)
    return FALSE;
  if (memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0)
    {
      *ret_width = big_endian_32 (data + 16);
      *ret_height = big_endian_32 (data + 20);
      return TRUE;
    }
  if (memcmp (data, "GIF8", 4) == 0)
    {
      *ret_width = little_endian_16 (data + 6);
      *ret_height = little_endian_16 (data + 8);
      return TRUE;
    }
  if (memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    return read_webp (data, ret_width, ret_height);
  if (data[0] == 0xff && data[1] == 0xd8)
    return read_jpeg (data, size, ret_width, ret_height);
  return FALSE;
}

gboolean
tw_image_read_size (const char *base64, guint *ret_width, guint *ret_height)
{
  gsize length = strnlen (base64, HEAD_BYTES / 3 * 4);
  g_autofree guint8 *head = g_malloc (length / 4 * 3 + 3);
  int state = 0;
  guint save = 0;
  gsize size = g_base64_decode_step (base64, length, head, &state, &save);
  guint width = 0;
  guint height = 0;

  if (!read_size (head, size, &width, &height) || width == 0 || height == 0)
    return FALSE;
  *ret_width = width;
  *ret_height = height;
  return TRUE;
}
