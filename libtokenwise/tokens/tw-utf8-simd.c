/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-utf8-simd-private.h"

#if defined(__x86_64__)

#  include <immintrin.h>
#  include <string.h>

/* John Keiser, Daniel Lemire, “Validating UTF-8 in less than one instruction per byte”, Software:
 * Practice and Experience 51 (2021). What can be wrong with two bytes in a row is looked up by the
 * first one's halves and the second one's upper half, a bit for each kind of error; an error is
 * there if all three agree. */
#  define TOO_SHORT (1 << 0)
#  define TOO_LONG (1 << 1)
#  define OVERLONG_3 (1 << 2)
#  define TOO_LARGE (1 << 3)
#  define SURROGATE (1 << 4)
#  define OVERLONG_2 (1 << 5)
#  define TOO_LARGE_1000 (1 << 6)
#  define OVERLONG_4 (1 << 6)
#  define TWO_CONTINUED (1 << 7)
#  define CARRY (TOO_SHORT | TOO_LONG | TWO_CONTINUED)
#  define LARGE (CARRY | TOO_LARGE | TOO_LARGE_1000)
#  define CONTINUED (TOO_LONG | OVERLONG_2 | TWO_CONTINUED)

#  define BLOCK 32u
#  define AVX2 __attribute__ ((target ("avx2")))

static const guint8 first_high[16] = {
  TOO_LONG,
  TOO_LONG,
  TOO_LONG,
  TOO_LONG,
  TOO_LONG,
  TOO_LONG,
  TOO_LONG,
  TOO_LONG,
  TWO_CONTINUED,
  TWO_CONTINUED,
  TWO_CONTINUED,
  TWO_CONTINUED,
  TOO_SHORT | OVERLONG_2,
  TOO_SHORT,
  TOO_SHORT | OVERLONG_3 | SURROGATE,
  TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4,
};
static const guint8 first_low[16] = {
  CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4,
  CARRY | OVERLONG_2,
  CARRY,
  CARRY,
  CARRY | TOO_LARGE,
  LARGE,
  LARGE,
  LARGE,
  LARGE,
  LARGE,
  LARGE,
  LARGE,
  LARGE,
  LARGE | SURROGATE,
  LARGE,
  LARGE,
};
static const guint8 second_high[16] = {
  TOO_SHORT,
  TOO_SHORT,
  TOO_SHORT,
  TOO_SHORT,
  TOO_SHORT,
  TOO_SHORT,
  TOO_SHORT,
  TOO_SHORT,
  CONTINUED | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
  CONTINUED | OVERLONG_3 | TOO_LARGE,
  CONTINUED | SURROGATE | TOO_LARGE,
  CONTINUED | SURROGATE | TOO_LARGE,
  TOO_SHORT,
  TOO_SHORT,
  TOO_SHORT,
  TOO_SHORT,
};

AVX2 static inline __m256i
look_up (const guint8 *table, __m256i index)
{
  __m128i half = _mm_loadu_si128 ((gconstpointer) table);

  return _mm256_shuffle_epi8 (_mm256_broadcastsi128_si256 (half), index);
}

AVX2 static inline __m256i
high_halves (__m256i bytes)
{
  return _mm256_and_si256 (_mm256_srli_epi16 (bytes, 4), _mm256_set1_epi8 (0x0f));
}

/* Not zero where something is wrong. before is the block before. */
AVX2 static inline __m256i
errors_of (__m256i bytes, __m256i before)
{
  __m256i across = _mm256_permute2x128_si256 (before, bytes, 0x21);
  __m256i previous = _mm256_alignr_epi8 (bytes, across, 15);
  __m256i second_last = _mm256_alignr_epi8 (bytes, across, 14);
  __m256i third_last = _mm256_alignr_epi8 (bytes, across, 13);
  __m256i low = _mm256_and_si256 (previous, _mm256_set1_epi8 (0x0f));
  __m256i pair = _mm256_and_si256 (
      _mm256_and_si256 (look_up (first_high, high_halves (previous)), look_up (first_low, low)),
      look_up (second_high, high_halves (bytes)));
  /* The third byte of three and the last two of four are the only ones to continue a character
   * after another that does. */
  __m256i third = _mm256_subs_epu8 (second_last, _mm256_set1_epi8 (0xe0 - 0x80));
  __m256i fourth = _mm256_subs_epu8 (third_last, _mm256_set1_epi8 ((char) (0xf0 - 0x80)));
  __m256i must_continue
      = _mm256_and_si256 (_mm256_or_si256 (third, fourth), _mm256_set1_epi8 ((char) 0x80));

  return _mm256_xor_si256 (must_continue, pair);
}

AVX2 static gboolean
is_valid_avx2 (const guint8 *text, gsize length)
{
  guint8 rest[BLOCK] = { 0 };
  __m256i before = _mm256_setzero_si256 ();
  __m256i errors = _mm256_setzero_si256 ();
  gsize i = 0;

  for (; i + BLOCK <= length; i += BLOCK)
    {
      __m256i bytes = _mm256_loadu_si256 ((gconstpointer) (text + i));

      if (_mm256_movemask_epi8 (_mm256_or_si256 (bytes, before)) != 0)
        errors = _mm256_or_si256 (errors, errors_of (bytes, before));
      before = bytes;
    }
  /* What follows the text is zeros, so that a character that it cuts is found. */
  memcpy (rest, text + i, length - i);
  errors = _mm256_or_si256 (errors, errors_of (_mm256_loadu_si256 ((gconstpointer) rest), before));
  before = _mm256_loadu_si256 ((gconstpointer) rest);
  errors = _mm256_or_si256 (errors, errors_of (_mm256_setzero_si256 (), before));
  return _mm256_testz_si256 (errors, errors) != 0;
}

gboolean
tw_utf8_is_valid_simd (const guint8 *text, gsize length)
{
  return __builtin_cpu_supports ("avx2") && is_valid_avx2 (text, length);
}

#else

gboolean
tw_utf8_is_valid_simd (const guint8 *text, gsize length)
{
  return FALSE;
}

#endif
