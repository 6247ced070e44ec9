/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* What tools/pack-claude.py makes of claude-weights.txt.gz. Costs are thousandths of a token, one
 * for each family. */

#define TW_CLAUDE_FAMILIES 2
#define TW_CLAUDE_N_BUCKETS 15
#define TW_CLAUDE_NO_BUCKET 0xff
#define TW_CLAUDE_MAX_PIECE 14
#define TW_CLAUDE_N_BLOCKS 1024 /* of 128 characters; the last stands for all above */

/* What a run of characters is: bits 0 to 2 of a character's class. */
typedef enum
{
  TW_CLAUDE_WORD,
  TW_CLAUDE_DIGITS,
  TW_CLAUDE_PUNCTUATION,
  TW_CLAUDE_SPACE,
  TW_CLAUDE_MARK, /* a mark that ends the word before it */
  TW_CLAUDE_HARD, /* ideographs, symbols, emoji: no words */
  TW_CLAUDE_END,
  TW_CLAUDE_NOT_SENT,
} TwClaudeClass;

#define TW_CLAUDE_CLASS_MASK 0x07u
#define TW_CLAUDE_UPPER 0x08u
#define TW_CLAUDE_COMBINING 0x10u
#define TW_CLAUDE_CATEGORY_SHIFT 5 /* the general category of what is hard: L M N P S C */
#define TW_CLAUDE_N_HARD 15        /* Han, Hangul, astral, six of two bytes, six of three */

/* Where in a word a piece stands. */
typedef enum
{
  TW_CLAUDE_WHOLE,
  TW_CLAUDE_FIRST,
  TW_CLAUDE_LAST,
  TW_CLAUDE_MIDDLE,
  TW_CLAUDE_N_PLACES,
} TwClaudePlace;

/* An open hash table; tag 0 is an empty slot. */
typedef struct
{
  guint32 tag;
  guint16 own;   /* into own: what this piece adds to the costs of its bucket */
  guint8 start;  /* bucket at the start of a word, or TW_CLAUDE_NO_BUCKET */
  guint8 inside; /* and within one */
} TwClaudePiece;

typedef struct
{
  guint32 tag;
  gint16 cost[TW_CLAUDE_FAMILIES];
} TwClaudeRun;

#define TW_CLAUDE_PIECE_BITS 16
#define TW_CLAUDE_RUN_BITS 13
#define TW_CLAUDE_FILTER_BITS 19

typedef struct
{
  gint16 band[3]; /* of the estimate: a²/tokens, Latin and common, what foreign writing adds */
  gint16 pieces[TW_CLAUDE_N_PLACES][TW_CLAUDE_N_BUCKETS];
  gint16 shifted[TW_CLAUDE_N_BUCKETS]; /* a whole word with a capital, by its bucket */
  gint16 length[13];                   /* a word of so many characters, 12 standing for more */
  gint16 several;                      /* a word of several pieces */
  gint16 shift;                        /* a capital first */
  gint16 caps;                         /* all capitals */
  gint16 mixed;
  gint16 digits[8];                                   /* a run of digits, 7 standing for more */
  gint16 digit;                                       /* one digit */
  gint16 digits_3;                                    /* a group of three */
  gint16 space[TW_CLAUDE_END + 1][TW_CLAUDE_END + 1]; /* one space between two runs */
  gint16 spaces;                                      /* any other space */
  gint16 space_run[4];                                /* of line feeds, tabs, spaces, others */
  gint16 space_one[4];                                /* each of them */
  gint16 space_size[4][21]; /* and so many of them, 20 standing for more */
  gint16 punctuation;
  gint16 punctuation_left; /* after a space */
  gint16 punctuation_right;
  gint16 punctuation_one;  /* each character */
  gint16 punctuation_same; /* as the one before */
  gint16 punctuation_long; /* a run of six or more */
  gint16 punctuation_long_one;
  gint16 mark_run;
  gint16 hard_run;
  gint16 hard[TW_CLAUDE_N_HARD];
  gint16 text;
  gint16 word_block[TW_CLAUDE_N_BLOCKS];  /* each character of a word, beside its piece */
  gint16 first_block[TW_CLAUDE_N_BLOCKS]; /* a word, by its first character */
  gint16 hard_block[TW_CLAUDE_N_BLOCKS];  /* each character of another run */
  gint16 combining;
} TwClaudeWeights;

extern const TwClaudeWeights tw_claude_weights[TW_CLAUDE_FAMILIES];
extern const gint32 tw_claude_prior[TW_CLAUDE_N_BUCKETS];
extern const TwClaudePiece tw_claude_pieces[1 << TW_CLAUDE_PIECE_BITS];
extern const gint16 tw_claude_own[][TW_CLAUDE_FAMILIES][TW_CLAUDE_N_PLACES];
extern const TwClaudeRun tw_claude_runs[1 << TW_CLAUDE_RUN_BITS];
/* A bit for each beginning of a piece: most lookups end here, near the processor. */
extern const guint64 tw_claude_filter[1 << (TW_CLAUDE_FILTER_BITS - 6)];
/* Of a character below U+10000: classes[blocks[c / 128] * 128 + c % 128]. */
extern const guint8 tw_claude_blocks[512];
extern const guint8 tw_claude_classes[];
/* A bit for each block that the recorded texts have. */
extern const guint32 tw_claude_seen[TW_CLAUDE_N_BLOCKS / 32];

#define TW_CLAUDE_HASH_SEED G_GUINT64_CONSTANT (0x243f6a8885a308d3)

static inline guint64
tw_claude_hash (guint64 hash, guint32 character)
{
  return (hash ^ character) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
}

static inline guint32
tw_claude_tag (guint64 hash)
{
  return MAX ((guint32) (hash >> 16), 1);
}

G_END_DECLS
