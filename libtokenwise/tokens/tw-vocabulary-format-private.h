/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

#include <string.h>

G_BEGIN_DECLS

/* The compiled vocabulary, NAME.tokbin: a header, then sections at multiples of 64 bytes. It is
 * mapped and used in place, so it is in the byte order of the machine that made it. All tables are
 * open-addressed with linear probing; a reader probes at most max_probe slots, whatever they hold.
 *
 *   SHORT        TwShortSlot, every token of 1…13 bytes, found by its bytes
 *   LONG         TwLongSlot, every longer token, its bytes in LONG_BYTES
 *   LONG_BYTES   bytes
 *   PAIRS        guint64, (left id, right id, id of both together), all ones when empty
 *   BYTES        guint32 × 256, the id of each single byte
 *   BYTE_PAIRS   guint32 × 65536, the id of each two bytes, most of the merges that are looked up
 *   BLOCKS       guint8 × 8704, which block of CLASSES has a code point's class
 *   CLASSES      guint8 × 256 × 128, TwClass flags; 256 blocks so that no index is out of range
 */
#define TW_VOCABULARY_MAGIC "TWTOKBIN"
#define TW_VOCABULARY_VERSION 1u
#define TW_VOCABULARY_ENDIAN 0x01020304u
#define TW_VOCABULARY_ALIGN 64u
#define TW_VOCABULARY_MAX_PROBE 4096u

#define TW_ID_BITS 20u
#define TW_ID_MAX ((1u << TW_ID_BITS) - 2)
#define TW_ID_NONE G_MAXUINT32
#define TW_SHORT_BYTES 13u
#define TW_PAIR_EMPTY G_MAXUINT64
#define TW_CLASS_BLOCK 128u
#define TW_CLASS_N_BLOCKS 256u
#define TW_CLASS_N_INDEX (0x110000u / TW_CLASS_BLOCK)

typedef enum
{
  TW_SECTION_SHORT,
  TW_SECTION_LONG,
  TW_SECTION_LONG_BYTES,
  TW_SECTION_PAIRS,
  TW_SECTION_BYTES,
  TW_SECTION_BYTE_PAIRS,
  TW_SECTION_BLOCKS,
  TW_SECTION_CLASSES,
  TW_N_SECTIONS,
} TwSection;

/* Which hand-written splitter cuts text into pieces before the merges. */
typedef enum
{
  TW_PRETOKENIZER_CL100K,
  TW_PRETOKENIZER_O200K,
  TW_N_PRETOKENIZERS,
} TwPretokenizer;

/* What a splitter asks of a code point; the names are Unicode general categories. */
typedef enum
{
  TW_CLASS_UPPER = 1 << 0,   /* Lu Lt Lm Lo M: the first run of an o200k word */
  TW_CLASS_LOWER = 1 << 1,   /* Ll Lm Lo M: the second run */
  TW_CLASS_LETTER = 1 << 2,  /* L */
  TW_CLASS_NUMBER = 1 << 3,  /* N */
  TW_CLASS_SPACE = 1 << 4,   /* White_Space */
  TW_CLASS_NEWLINE = 1 << 5, /* CR and LF */
  TW_CLASS_END = 1 << 7,     /* past the text; never in a file */
} TwClass;

typedef struct
{
  guint64 offset;
  guint64 size;
} TwSectionRange;

typedef struct
{
  char magic[8];
  guint32 version;
  guint32 endian;
  guint64 file_size;
  guint32 n_tokens;
  guint32 pretokenizer;
  guint32 max_probe;
  guint32 reserved;
  TwSectionRange sections[TW_N_SECTIONS];
  guint64 payload_checksum; /* of all that follows the header */
  guint64 header_checksum;  /* of all that precedes this field */
} TwVocabularyHeader;

/* The bytes of a short token: eight in low, five in the bottom of high, then the length in four
 * bits. In a slot the id takes the top twenty. A length is never 0, so high 0 is an empty slot. */
typedef struct
{
  guint64 low;
  guint64 high;
} TwShortSlot;

#define TW_SHORT_LENGTH_SHIFT 40u
#define TW_SHORT_ID_SHIFT 44u

typedef struct
{
  guint32 hash;
  guint32 offset;
  guint32 length; /* 0: empty */
  guint32 id;
} TwLongSlot;

static inline guint32
tw_hash_mix (guint64 a, guint64 b)
{
  unsigned __int128 product = (unsigned __int128) (a ^ G_GUINT64_CONSTANT (0x9e3779b97f4a7c15))
                              * (b ^ G_GUINT64_CONSTANT (0xd1342543de82ef95));
  guint64 folded = (guint64) product ^ (guint64) (product >> 64);

  return (guint32) (folded >> 32) ^ (guint32) folded;
}

/* 0…n−1 without a division; n is at most 2^32. */
static inline gsize
tw_hash_to_slot (guint32 hash, gsize n)
{
  return (gsize) (((guint64) hash * n) >> 32);
}

static inline guint32
tw_hash_long (const guint8 *bytes, gsize length)
{
  guint64 state = length;

  for (; length > 8; bytes += 8, length -= 8)
    {
      guint64 word;

      memcpy (&word, bytes, 8);
      state = state * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) ^ tw_hash_mix (word, state);
    }
  for (; length > 0; bytes++, length--)
    state = (state << 8 | state >> 56) ^ *bytes;
  return tw_hash_mix (state, state >> 17);
}

static inline guint64
tw_pair_key (guint32 left, guint32 right)
{
  return (guint64) left << TW_ID_BITS | right;
}

static inline guint32
tw_hash_pair (guint64 key)
{
  return (guint32) ((key * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) >> 32);
}

/* The first length ≤ 13 bytes as a slot's key. */
static inline TwShortSlot
tw_short_key (const guint8 *bytes, gsize length)
{
  TwShortSlot key = { 0, 0 };

  memcpy (&key.low, bytes, MIN (length, 8));
  if (length > 8)
    memcpy (&key.high, bytes + 8, length - 8);
  key.low = GUINT64_FROM_LE (key.low);
  key.high = GUINT64_FROM_LE (key.high) | (guint64) length << TW_SHORT_LENGTH_SHIFT;
  return key;
}

guint64 tw_vocabulary_checksum (const void *data, gsize length);

G_END_DECLS
