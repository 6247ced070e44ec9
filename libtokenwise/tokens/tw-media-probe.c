/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-media-probe-private.h"

#include <string.h>

/* Enough of a file to find its size: a JPEG may carry a thumbnail before it. */
#define HEAD_BYTES (96u * 1024u)

typedef struct
{
  const guint8 *data;
  gsize size;
} Bytes;

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

static guint
little_endian_32 (const guint8 *at)
{
  return little_endian_16 (at) | little_endian_16 (at + 2) << 16;
}

/* size bytes of the file from offset on, fewer at its end. */
static guint8 *
decode (const char *base64, gsize offset, gsize size, gsize *ret_size)
{
  gsize first = offset / 3;
  gsize length = strlen (base64);
  g_autofree guint8 *data = NULL;
  int state = 0;
  guint save = 0;
  gsize skip = offset - first * 3;

  *ret_size = 0;
  if (first * 4 >= length)
    return NULL;
  length = MIN (length - first * 4, (size + skip + 2) / 3 * 4);
  data = g_malloc (length / 4 * 3 + 3);
  size = g_base64_decode_step (base64 + first * 4, length, data, &state, &save);
  if (size <= skip)
    return NULL;
  memmove (data, data + skip, size - skip);
  *ret_size = size - skip;
  return g_steal_pointer (&data);
}

static gboolean
read_jpeg (Bytes file, guint *ret_width, guint *ret_height)
{
  gsize at = 2;

  while (at + 9 < file.size && file.data[at] == 0xff)
    {
      guint8 marker = file.data[at + 1];

      /* A start of frame is C0…CF but for DHT, JPG and DAC. */
      if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
        {
          *ret_height = big_endian_16 (file.data + at + 5);
          *ret_width = big_endian_16 (file.data + at + 7);
          return TRUE;
        }
      at += 2 + big_endian_16 (file.data + at + 2);
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
      guint bits = little_endian_32 (data + 21);

      *ret_width = 1 + (bits & 0x3fff);
      *ret_height = 1 + (bits >> 14 & 0x3fff);
      return TRUE;
    }
  return FALSE;
}

static gboolean
read_image (Bytes file, guint *ret_width, guint *ret_height)
{
  const guint8 *data = file.data;

  if (file.size < 30)
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
    return read_jpeg (file, ret_width, ret_height);
  return FALSE;
}

gboolean
tw_media_read_image_size (const char *base64, guint *ret_width, guint *ret_height)
{
  gsize size;
  g_autofree guint8 *head = decode (base64, 0, HEAD_BYTES, &size);
  guint width = 0;
  guint height = 0;

  if (!read_image ((Bytes){ head, size }, &width, &height) || width == 0 || height == 0)
    return FALSE;
  *ret_width = width;
  *ret_height = height;
  return TRUE;
}

/* The chunks fmt, for its bytes per second, and data, for its size. A recorder that was cut off
 * leaves a size of zero or of four gigabytes; then what is there counts. */
static gboolean
read_wav (Bytes file, gsize whole, gint64 *ret_milliseconds)
{
  gsize at = 12;
  guint rate = 0;

  while (at + 8 <= file.size)
    {
      gsize size = little_endian_32 (file.data + at + 4);

      if (memcmp (file.data + at, "fmt ", 4) == 0 && at + 20 <= file.size)
        rate = little_endian_32 (file.data + at + 16);
      if (memcmp (file.data + at, "data", 4) == 0 && rate > 0)
        {
          gsize there = whole > at + 8 ? whole - at - 8 : 0;

          *ret_milliseconds
              = (gint64) (size > 0 && size < there ? size : there) * 1000 / (gint64) rate;
          return TRUE;
        }
      at += 8 + size + (size & 1);
    }
  return FALSE;
}

typedef struct
{
  guint bit_rate; /* per second */
  guint sample_rate;
  guint samples; /* per frame */
  guint side_bytes;
} Mp3Frame;

/* A frame's header, ISO/IEC 11172-3 and 13818-3, layer III alone. */
static gboolean
read_mp3_frame (const guint8 *at, Mp3Frame *ret)
{
  static const guint16 rates_1[]
      = { 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0 };
  static const guint16 rates_2[]
      = { 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0 };
  static const guint samples[] = { 44100, 48000, 32000, 0 };
  guint version = at[1] >> 3 & 3; /* 0: 2.5, 2: 2, 3: 1 */
  gboolean mono = at[3] >> 6 == 3;

  if (at[0] != 0xff || (at[1] & 0xe6) != 0xe2 || version == 1)
    return FALSE;
  ret->bit_rate = 1000u * (version == 3 ? rates_1 : rates_2)[at[2] >> 4];
  ret->sample_rate = samples[at[2] >> 2 & 3] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
  ret->samples = version == 3 ? 1152 : 576;
  ret->side_bytes = version == 3 ? (mono ? 17 : 32) : (mono ? 9 : 17);
  return ret->bit_rate > 0 && ret->sample_rate > 0;
}

/* With a Xing or Info header the number of frames, otherwise the first frame's bit rate for all. */
static gboolean
read_mp3 (Bytes file, gsize rest, gint64 *ret_milliseconds)
{
  Mp3Frame frame;
  gsize tag;

  if (file.size < 4 || !read_mp3_frame (file.data, &frame))
    return FALSE;
  tag = 4 + frame.side_bytes;
  if (tag + 12 <= file.size
      && (memcmp (file.data + tag, "Xing", 4) == 0 || memcmp (file.data + tag, "Info", 4) == 0)
      && (file.data[tag + 7] & 1) != 0)
    *ret_milliseconds
        = (gint64) big_endian_32 (file.data + tag + 8) * frame.samples * 1000 / frame.sample_rate;
  else
    *ret_milliseconds = (gint64) rest * 8 * 1000 / frame.bit_rate;
  return TRUE;
}

/* ID3v2: seven bits per byte of size. */
static gsize
tag_size (Bytes file)
{
  const guint8 *at = file.data;

  if (file.size < 10 || memcmp (at, "ID3", 3) != 0)
    return 0;
  return 10
         + ((gsize) (at[6] & 0x7f) << 21 | (gsize) (at[7] & 0x7f) << 14
            | (gsize) (at[8] & 0x7f) << 7 | (at[9] & 0x7f));
}

gboolean
tw_media_read_duration (const char *base64, gint64 *ret_milliseconds)
{
  gsize whole = strlen (base64) / 4 * 3;
  gsize size;
  g_autofree guint8 *head = decode (base64, 0, HEAD_BYTES, &size);
  g_autofree guint8 *frame = NULL;
  gsize skip;

  if (head == NULL || size < 12)
    return FALSE;
  if (memcmp (head, "RIFF", 4) == 0 && memcmp (head + 8, "WAVE", 4) == 0)
    return read_wav ((Bytes){ head, size }, whole, ret_milliseconds);
  skip = tag_size ((Bytes){ head, size });
  frame = decode (base64, skip, 256, &size);
  return frame != NULL && skip < whole
         && read_mp3 ((Bytes){ frame, size }, whole - skip, ret_milliseconds);
}
