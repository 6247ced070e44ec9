/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

#include <string.h>

G_BEGIN_DECLS

/* The compiled vocabulary, NAME.tokbin: a header, then sections at multiples of 64 bytes. It is
 * mapped and used in place, so it is in the byte order of the machine that made it.
 *
 * Tables are perfect hashes (hash and displace): a key's hash picks a bucket, the bucket's seed and
 * the hash pick the only slot where the key can be. A miss costs as much as a hit, and no content
 * can make a lookup loop or leave its table.
 *
 *   SHORT_SEEDS  guint16, one per bucket
 *   SHORT        TwShortSlot, every piece of 1…13 bytes that is a token, found by its bytes
 *   LONG_SEEDS   guint16
 *   LONG         TwLongSlot, every longer piece that is a token
 *   PAIR_SEEDS   guint16
 *   PAIRS        guint64, (left, right, what they merge into), all ones when empty
 *   BYTES        guint32 × 256, the token of each single byte
 *   BYTE_PAIRS   guint32 × 65536, what each two bytes merge into
 *   CHARACTERS   guint32 × 65536, the token of each character below U+10000, where merges make it
 *   CROSSED      guint8 × 8192 twice, a bit for each two bytes: whether a merge reaches over the
 *                first into a character that begins with the second; and whether one reaches over
 *                the second from inside a character that ends with the first
 *   TOKENS       bytes of all tokens, in order
 *   LENGTHS      guint8 per token, 0 for a number that is no token
 *   OFFSETS      guint32 per 16 tokens, into TOKENS
 *   IDS          guint32 per token, its published id; empty when they are the same
 *   LITERALS     empty, or 8 guint32: a bit for each first byte of a literal of less than four
 *                bytes; 256 guint32: a bit for the hash of each other one's first four; then
 *                guint32, the literals: tokens that a text has wherever it has their bytes, in the
 *                order of their bytes
 *   BLOCKS       guint8 × 8704, which block of CLASSES has a code point's class
 *   CLASSES      guint8 × 256 × 128, TwClass flags; 256 blocks so that no index is out of range
 *
 * Tokens are numbered so that of two merges the one into the lower number comes first.
 */
#define TW_VOCABULARY_MAGIC "TWTOKBIN"
#define TW_VOCABULARY_VERSION 3u
#define TW_VOCABULARY_ENDIAN 0x01020304u
#define TW_VOCABULARY_ALIGN 64u

#define TW_ID_BITS 20u
#define TW_ID_MAX ((1u << TW_ID_BITS) - 2)
#define TW_ID_NONE G_MAXUINT32
#define TW_SHORT_BYTES 13u
#define TW_TOKEN_MAX_BYTES 255u
/* U+2581, how SentencePiece writes a space. */
#define TW_METASPACE "\xe2\x96\x81"
#define TW_PAIR_EMPTY G_MAXUINT64
#define TW_OFFSET_STRIDE 16u
#define TW_LITERAL_BYTE_WORDS 8u
#define TW_LITERAL_HASH_WORDS 256u
#define TW_LITERAL_HEAD_WORDS (TW_LITERAL_BYTE_WORDS + TW_LITERAL_HASH_WORDS)
#define TW_CROSSED_BYTES 8192u
#define TW_CLASS_BLOCK 128u
#define TW_CLASS_N_BLOCKS 256u
#define TW_CLASS_N_INDEX (0x110000u / TW_CLASS_BLOCK)

typedef enum
{
  TW_SECTION_SHORT_SEEDS,
  TW_SECTION_SHORT,
  TW_SECTION_LONG_SEEDS,
  TW_SECTION_LONG,
  TW_SECTION_PAIR_SEEDS,
  TW_SECTION_PAIRS,
  TW_SECTION_BYTES,
  TW_SECTION_BYTE_PAIRS,
  TW_SECTION_CHARACTERS,
  TW_SECTION_CROSSED,
  TW_SECTION_TOKENS,
  TW_SECTION_LENGTHS,
  TW_SECTION_OFFSETS,
  TW_SECTION_IDS,
  TW_SECTION_LITERALS,
  TW_SECTION_BLOCKS,
  TW_SECTION_CLASSES,
  TW_N_SECTIONS,
} TwSection;

/* Which hand-written splitter cuts text into pieces before the merges. */
typedef enum
{
  TW_PRETOKENIZER_CL100K,
  TW_PRETOKENIZER_O200K,
  TW_PRETOKENIZER_R50K,      /* GPT-2: r50k_base and p50k_base */
  TW_PRETOKENIZER_LLAMA3,    /* cl100k, but for white space at the end */
  TW_PRETOKENIZER_QWEN2,     /* as Llama 3, each digit alone */
  TW_PRETOKENIZER_TEKKEN,    /* o200k without contractions, each digit alone */
  TW_PRETOKENIZER_DEEPSEEK3, /* three splits, one after the other */
  TW_PRETOKENIZER_NONE,      /* SentencePiece: merges may reach anywhere */
  TW_N_PRETOKENIZERS,
} TwPretokenizer;

typedef enum
{
  /* Text is normalised first. */
  TW_VOCABULARY_NFC = 1 << 0,
  /* A piece that is a token is that token, also when merges would not get there. */
  TW_VOCABULARY_WHOLE_PIECES = 1 << 1,
  /* Merges start from characters; one that is no token becomes its bytes' tokens. */
  TW_VOCABULARY_BYTE_FALLBACK = 1 << 2,
  /* Each space is U+2581… */
  TW_VOCABULARY_METASPACE = 1 << 3,
  /* …and there is one more before the text. */
  TW_VOCABULARY_DUMMY_PREFIX = 1 << 4,
  /* No token has U+2581 after anything else, so text may be cut there. Found by the compiler. */
  TW_VOCABULARY_SPACE_STARTS = 1 << 5,
  TW_VOCABULARY_ALL_FLAGS = (1 << 6) - 1,
} TwVocabularyFlags;

/* What a splitter asks of a code point; the names are Unicode general categories. */
typedef enum
{
  TW_CLASS_UPPER = 1 << 0,   /* Lu Lt Lm Lo M: the first run of an o200k word */
  TW_CLASS_LOWER = 1 << 1,   /* Ll Lm Lo M: the second run */
  TW_CLASS_LETTER = 1 << 2,  /* L */
  TW_CLASS_NUMBER = 1 << 3,  /* N */
  TW_CLASS_SPACE = 1 << 4,   /* White_Space */
  TW_CLASS_NEWLINE = 1 << 5, /* CR and LF */
  TW_CLASS_SYMBOL = 1 << 6,  /* P S */
  TW_CLASS_NFC = 1 << 7,     /* NFC may change it, or what stands before it */
  TW_CLASS_END = 1 << 8,     /* past the text; never in a file */
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
  guint32 flags;
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
  guint32 id; /* TW_ID_NONE: empty */
} TwLongSlot;

static inline guint64
tw_hash_mix (guint64 a, guint64 b)
{
  unsigned __int128 product = (unsigned __int128) (a ^ G_GUINT64_CONSTANT (0x9e3779b97f4a7c15))
                              * (b ^ G_GUINT64_CONSTANT (0xd1342543de82ef95));

  return (guint64) product ^ (guint64) (product >> 64);
}

/* 0…n−1 without a division; n is at most 2^32. */
static inline gsize
tw_hash_to_range (guint32 hash, gsize n)
{
  return (gsize) (((guint64) hash * n) >> 32);
}

/* A bucket is picked by the low half of a hash. Its seed says which of the other bits pick the
 * slot, and by how much that is displaced. */
static inline gsize
tw_hash_to_slot (guint64 hash, guint16 seed, gsize n)
{
  guint32 bits = (guint32) (hash >> (17 + seed % 16u));

  return tw_hash_to_range (bits ^ seed * 0x9e3779b1u, n);
}

static inline guint64
tw_load_8 (const guint8 *bytes)
{
  guint64 word;

  memcpy (&word, bytes, sizeof word);
  return GUINT64_FROM_LE (word);
}

/* Up to eight bytes, the first one lowest. Calls to copy so few of them would take longer. */
static inline guint64
tw_load_bytes (const guint8 *bytes, gsize length)
{
  guint32 first;
  guint32 last;

  if (length >= 8)
    return tw_load_8 (bytes);
  if (length >= 4)
    {
      memcpy (&first, bytes, sizeof first);
      memcpy (&last, bytes + length - 4, sizeof last);
      return GUINT32_FROM_LE (first) | (guint64) GUINT32_FROM_LE (last) << (length - 4) * 8;
    }
  if (length == 0)
    return 0;
  return bytes[0] | (guint64) bytes[length / 2] << length / 2 * 8
         | (guint64) bytes[length - 1] << (length - 1) * 8;
}

static inline guint64
tw_hash_long (const guint8 *bytes, gsize length)
{
  guint64 state = length;

  for (; length > 8; bytes += 8, length -= 8)
    state = tw_hash_mix (tw_load_8 (bytes), state);
  return tw_hash_mix (tw_load_bytes (bytes, length), state);
}

/* The bit of LITERALS for four bytes. */
static inline guint32
tw_hash_literal (const guint8 *bytes)
{
  guint32 first;

  memcpy (&first, bytes, sizeof first);
  return GUINT32_FROM_LE (first) * 0x9e3779b1u >> (32 - 13);
}

static inline guint64
tw_pair_key (guint32 left, guint32 right)
{
  return (guint64) left << TW_ID_BITS | right;
}

static inline guint64
tw_hash_pair (guint64 key)
{
  unsigned __int128 product = (unsigned __int128) key * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  return (guint64) product ^ (guint64) (product >> 64);
}

/* The first length ≤ 13 bytes as a slot's key. */
static inline TwShortSlot
tw_short_key (const guint8 *bytes, gsize length)
{
  guint64 rest = length > 8 ? tw_load_8 (bytes + length - 8) >> (16 - length) * 8 : 0;

  return (TwShortSlot){ tw_load_bytes (bytes, length),
                        rest | (guint64) length << TW_SHORT_LENGTH_SHIFT };
}

guint64 tw_vocabulary_checksum (const void *data, gsize length);

G_END_DECLS
