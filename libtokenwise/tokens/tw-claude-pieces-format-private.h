/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* Compiled pieces, NAME.tokpieces: a header, then sections at multiples of 64 bytes, in the byte
 * order of the machine that made it.
 *
 *   INDEX    guint16 per 128 code points, which block of RECORDS has theirs
 *   RECORDS  guint32 × 128 per block, TwPieceRecord of a code point
 *   NODES    TwPieceNode, a double-array trie of the pieces' bytes (Aoe, “An efficient digital
 *            search algorithm by using a double-array structure”, IEEE TSE 1989): the child of node
 *            n by byte b is n's base + b, where that one's parent is n. The root is 0.
 */
#define TW_PIECES_MAGIC "TWPIECES"
#define TW_PIECES_VERSION 1u
#define TW_PIECES_ENDIAN 0x01020304u
#define TW_PIECES_ALIGN 64u
#define TW_PIECES_BLOCK 128u
#define TW_PIECES_N_INDEX (0x110000u / TW_PIECES_BLOCK)
#define TW_PIECES_MAX_BYTES 255u

typedef enum
{
  TW_PIECES_INDEX,
  TW_PIECES_RECORDS,
  TW_PIECES_NODES,
  TW_PIECES_N_SECTIONS,
} TwPiecesSection;

typedef enum
{
  /* The frame ends with the mark of a word's begin. */
  TW_PIECES_FRAME_BEGINS_WORD = 1 << 0,
  /* A token reaches from the text's last line feeds into the frame; else white space is free. */
  TW_PIECES_FRAME_ENDS_LINES = 1 << 1,
  /* No piece goes on after a word's end, or begins before a word does: found by the compiler. */
  TW_PIECES_CLOSED_AT_END = 1 << 2,
  TW_PIECES_CLOSED_AT_BEGIN = 1 << 3,
  TW_PIECES_ALL_FLAGS = (1 << 4) - 1,
} TwPiecesFlags;

/* Marks of the stream, each one byte that UTF-8 never has. */
#define TW_MARK_BEGIN ((guint8) 0xf8) /* a word begins, or stands beside a space */
#define TW_MARK_END ((guint8) 0xf9)
#define TW_MARK_SHIFT ((guint8) 0xfa) /* the next word's first letter is a capital */
#define TW_MARK_CAPS ((guint8) 0xfb)  /* all of its letters are */

typedef enum
{
  TW_KIND_HARD, /* ideographs, syllables, most symbols, all beyond U+FFFF */
  TW_KIND_WORD,
  TW_KIND_PUNCTUATION,
  TW_KIND_DIGIT,
  TW_KIND_SPACE,
  TW_KIND_STRAY, /* only of runs: marks without a letter to stand on */
} TwPieceKind;

/* What the rule asks of a code point. The top 16 bits are what it becomes: its small letter, or,
 * with EDIT, what stands for it in the stream, 0 for nothing. */
typedef enum
{
  TW_RECORD_KIND = 7,
  TW_RECORD_STRAY = 1 << 3,    /* is TW_KIND_STRAY where no letter stands before it */
  TW_RECORD_BORDERS = 1 << 4,  /* has marks beside a space, as punctuation */
  TW_RECORD_NUMBER = 1 << 5,   /* a digit that has them */
  TW_RECORD_SELECTOR = 1 << 6, /* a variation selector */
  TW_RECORD_UPPER = 1 << 7,
  TW_RECORD_LOWER = 1 << 8,
  TW_RECORD_CASELESS = 1 << 9, /* a letter or mark of neither case */
  TW_RECORD_DECIMAL = 1 << 10, /* general category Nd */
  TW_RECORD_OTHER = 1 << 11,   /* No */
  TW_RECORD_NFC = 1 << 12,     /* NFC may change it, or what stands before it */
  TW_RECORD_EDIT = 1 << 13,
  TW_RECORD_COST = 3 << 14, /* tokens that it costs where no piece has it, less one */
} TwPieceRecord;

#define TW_RECORD_COST_SHIFT 14u
#define TW_RECORD_TARGET_SHIFT 16u

typedef struct
{
  guint32 base; /* 0: no children */
  guint32 link; /* (parent + 1) << 1, and 1 when a piece ends here; 0: free */
} TwPieceNode;

typedef struct
{
  guint64 offset;
  guint64 size;
} TwPiecesRange;

typedef struct
{
  char magic[8];
  guint32 version;
  guint32 endian;
  guint64 file_size;
  guint32 n_pieces;
  guint32 flags;
  guint32 overhead;
  guint32 caps_min; /* letters that a word in capitals needs for its mark; 0: there is none */
  TwPiecesRange sections[TW_PIECES_N_SECTIONS];
  guint64 payload_checksum; /* of all that follows the header */
  guint64 header_checksum;  /* of all that precedes this field */
} TwPiecesHeader;

G_END_DECLS
