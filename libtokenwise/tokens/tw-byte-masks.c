/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-byte-masks-private.h"

#include <string.h>

#if defined(__x86_64__)
#  include <immintrin.h>
#endif

#define EACH_BYTE(b) (G_GUINT64_CONSTANT (0x0101010101010101) * (b))
#define HIGH_BITS EACH_BYTE (0x80)

/* The high bit of each byte, gathered into eight bits. */
static inline guint64
gather (guint64 bits)
{
  return ((bits & HIGH_BITS) >> 7) * G_GUINT64_CONSTANT (0x0102040810204080) >> 56;
}

/* The high bit of each ASCII byte that is first…last; what it is for others does not matter. */
static inline guint64
in_range (guint64 seven, guint8 first, guint8 last)
{
  return (seven + EACH_BYTE (0x80u - first)) & ~(seven + EACH_BYTE (0x7fu - last));
}

void
tw_byte_masks_portable (const guint8 *bytes, TwByteMasks *ret)
{
  memset (ret, 0, sizeof *ret);
  for (guint at = 0; at < TW_MASK_BYTES; at += 8)
    {
      guint64 word;
      guint64 ascii;
      guint64 seven;
      guint64 newline;

      memcpy (&word, bytes + at, sizeof word);
      word = GUINT64_FROM_LE (word);
      ascii = ~word & HIGH_BITS;
      seven = word & ~HIGH_BITS;
      newline = in_range (seven, '\n', '\n') | in_range (seven, '\r', '\r');
      ret->upper |= gather (in_range (seven, 'A', 'Z') & ascii) << at;
      ret->lower |= gather (in_range (seven, 'a', 'z') & ascii) << at;
      ret->digit |= gather (in_range (seven, '0', '9') & ascii) << at;
      ret->space |= gather (in_range (seven, ' ', ' ') & ascii) << at;
      ret->tab |= gather (in_range (seven, '\t', '\r') & ~newline & ascii) << at;
      ret->newline |= gather (newline & ascii) << at;
      ret->apostrophe |= gather (in_range (seven, '\'', '\'') & ascii) << at;
      ret->high |= gather (word) << at;
    }
}

#if defined(__x86_64__)

/* SSE2 is a part of x86-64; sixteen bytes at a time. */
static inline guint64
equals_16 (__m128i bytes, char c)
{
  return (guint64) (guint) _mm_movemask_epi8 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 (c)));
}

/* Bytes are compared as signed numbers, so those that are not ASCII are below every range. */
static inline guint64
range_16 (__m128i bytes, char first, char last)
{
  __m128i above = _mm_cmpgt_epi8 (bytes, _mm_set1_epi8 ((char) (first - 1)));
  __m128i below = _mm_cmplt_epi8 (bytes, _mm_set1_epi8 ((char) (last + 1)));

  return (guint64) (guint) _mm_movemask_epi8 (_mm_and_si128 (above, below));
}

static void
byte_masks_sse2 (const guint8 *bytes, TwByteMasks *ret)
{
  memset (ret, 0, sizeof *ret);
  for (guint at = 0; at < TW_MASK_BYTES; at += 16)
    {
      __m128i v = _mm_loadu_si128 ((gconstpointer) (bytes + at));
      guint64 newline = equals_16 (v, '\n') | equals_16 (v, '\r');

      ret->upper |= range_16 (v, 'A', 'Z') << at;
      ret->lower |= range_16 (v, 'a', 'z') << at;
      ret->digit |= range_16 (v, '0', '9') << at;
      ret->space |= equals_16 (v, ' ') << at;
      ret->tab |= (range_16 (v, '\t', '\r') & ~newline) << at;
      ret->newline |= newline << at;
      ret->apostrophe |= equals_16 (v, '\'') << at;
      ret->high |= (guint64) (guint) _mm_movemask_epi8 (v) << at;
    }
}

__attribute__ ((target ("avx2"))) static inline guint64
equals_32 (__m256i bytes, char c)
{
  return (guint32) _mm256_movemask_epi8 (_mm256_cmpeq_epi8 (bytes, _mm256_set1_epi8 (c)));
}

__attribute__ ((target ("avx2"))) static inline guint64
range_32 (__m256i bytes, char first, char last)
{
  __m256i above = _mm256_cmpgt_epi8 (bytes, _mm256_set1_epi8 ((char) (first - 1)));
  __m256i below = _mm256_cmpgt_epi8 (_mm256_set1_epi8 ((char) (last + 1)), bytes);

  return (guint32) _mm256_movemask_epi8 (_mm256_and_si256 (above, below));
}

__attribute__ ((target ("avx2"))) static inline guint64
high_bits_32 (__m256i a, __m256i b)
{
  return (guint32) _mm256_movemask_epi8 (a) | (guint64) (guint32) _mm256_movemask_epi8 (b) << 32;
}

__attribute__ ((target ("avx2"))) static void
byte_masks_avx2 (const guint8 *bytes, TwByteMasks *ret)
{
  __m256i a = _mm256_loadu_si256 ((gconstpointer) bytes);
  __m256i b = _mm256_loadu_si256 ((gconstpointer) (bytes + 32));
  /* A letter is lower case when it has the bit of 0x20. */
  __m256i bit = _mm256_set1_epi8 (0x20);
  guint64 letter = range_32 (_mm256_or_si256 (a, bit), 'a', 'z')
                   | range_32 (_mm256_or_si256 (b, bit), 'a', 'z') << 32;
  guint64 newline = equals_32 (a, '\n') | equals_32 (a, '\r')
                    | (equals_32 (b, '\n') | equals_32 (b, '\r')) << 32;

  ret->lower = letter & high_bits_32 (_mm256_slli_epi16 (a, 2), _mm256_slli_epi16 (b, 2));
  ret->upper = letter & ~ret->lower;
  ret->digit = range_32 (a, '0', '9') | range_32 (b, '0', '9') << 32;
  ret->space = equals_32 (a, ' ') | equals_32 (b, ' ') << 32;
  ret->tab = (range_32 (a, '\t', '\r') | range_32 (b, '\t', '\r') << 32) & ~newline;
  ret->newline = newline;
  ret->apostrophe = equals_32 (a, '\'') | equals_32 (b, '\'') << 32;
  ret->high
      = (guint32) _mm256_movemask_epi8 (a) | (guint64) (guint32) _mm256_movemask_epi8 (b) << 32;
}

TwByteMasksFunc
tw_byte_masks_get (void)
{
  return __builtin_cpu_supports ("avx2") ? byte_masks_avx2 : byte_masks_sse2;
}

#else

TwByteMasksFunc
tw_byte_masks_get (void)
{
  return tw_byte_masks_portable;
}

#endif
