/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-pretokenizer-text-private.h"

#include "libtokenwise/tokens/tw-split-rules-private.h"

/* Sixty-four bytes are looked at as bits, and the rules of tw-split-rules-private.h become a few
 * dozen operations on words. A window starts where a piece starts, so nothing before it matters.
 * What comes after it does: boundaries are taken up to where they cannot change any more, which is
 * at least the last three bytes short of the first byte that is not simple, or of the window's end.
 * One piece that cannot be cut this way is cut character by character. */

#define FOR_EACH_SHAPE static inline __attribute__ ((always_inline))
#define LOOK_AHEAD 3u

static inline guint
lowest (guint64 bits)
{
  return (guint) __builtin_ctzll (bits);
}

/* Bits below n. */
static inline guint64
below (guint n)
{
  return n >= 64 ? G_MAXUINT64 : ((guint64) 1 << n) - 1;
}

/* The bits of each run that starts at one of starts. */
static inline guint64
runs_from (guint64 bits, guint64 starts)
{
  return bits & ~(bits + starts);
}

/* A line's leading white space is a piece of its own unless another line end follows it. */
static guint64
starts_after_newlines (guint64 blank, guint64 newline, guint64 candidates)
{
  guint64 starts = candidates;

  if (((blank + candidates) & ~blank & newline) == 0)
    return candidates;
  for (guint64 rest = candidates; rest != 0; rest &= rest - 1)
    {
      guint at = lowest (rest);
      guint64 after = ~(blank >> at);
      guint end = after != 0 ? at + lowest (after) : 64;

      if (end < 64 && (newline >> end & 1) != 0)
        starts &= ~((guint64) 1 << at);
    }
  return starts;
}

/* The bytes of a contraction whose apostrophe is at text, or 0. */
static inline guint
contraction_size (const guint8 *text, guint8 fold)
{
  guint8 first = text[1] | fold;
  guint8 second = text[2] | fold;

  if (first == 's' || first == 't' || first == 'm' || first == 'd')
    return 2;
  if (((first == 'r' || first == 'v') && second == 'e') || (first == 'l' && second == 'l'))
    return 3;
  return 0;
}

/* Contractions are rare enough to be taken one by one. candidates: apostrophes before `end`. */
FOR_EACH_SHAPE guint64
apply_contractions (
    const TwSplitRules *rules, const guint8 *text, guint64 starts, guint64 candidates, guint end)
{
  guint8 fold = rules->contraction == TW_CONTRACTION_FIRST_LOWER ? 0 : 0x20;
  guint past = 0;

  for (; candidates != 0; candidates &= candidates - 1)
    {
      guint at = lowest (candidates);
      guint size;

      if (at + LOOK_AHEAD > end)
        break;
      size = contraction_size (text + at, fold);
      if (size == 0)
        continue;
      /* What a contraction ends cannot have another one. */
      if (rules->contraction == TW_CONTRACTION_LAST && at == past && past != 0)
        continue;
      starts &= ~(below (at + size)
                  & ~below (rules->contraction == TW_CONTRACTION_LAST ? at : at + 1));
      past = at + size;
      starts |= below (past + 1) & ~below (past);
    }
  return starts;
}

FOR_EACH_SHAPE guint64
number_starts (const TwSplitRules *rules, guint64 digit, guint64 space)
{
  guint64 starts = digit & ~(digit << 1);
  guint64 groups = starts;
  guint64 third = digit & (digit << 1) & (digit << 2);

  if (rules->max_digits == 1)
    return digit;
  if (rules->space_only)
    return starts & ~(space << 1);
  while ((groups = (groups << 3) & third) != 0)
    starts |= groups;
  return starts;
}

FOR_EACH_SHAPE guint64
space_starts (const TwSplitRules *rules, const TwByteMasks *is, guint64 absorbed)
{
  guint64 blank = is->space | is->tab;
  guint64 white = blank | is->newline;
  guint64 run = white & ~absorbed;
  guint64 starts = run & ~(run << 1);

  if (!rules->newlines_end)
    return starts | (white & ~(white >> 1));
  starts |= blank & ~(white >> 1);
  return starts
         | starts_after_newlines (blank, is->newline, blank & ((is->newline & ~absorbed) << 1));
}

/* The first of candidates that is a slash, or else end. */
static inline guint
first_slash (const guint8 *text, guint64 candidates, guint end)
{
  for (; candidates != 0; candidates &= candidates - 1)
    if (text[lowest (candidates)] == '/')
      return lowest (candidates);
  return end;
}

/* Where pieces start among the window's bytes before *end, which is lowered to where that is sure.
 */
FOR_EACH_SHAPE guint64
find_starts (const TwSplitRules *rules, const guint8 *text, const TwByteMasks *is, guint *end)
{
  guint64 letter = is->upper | is->lower;
  guint64 white = is->space | is->tab | is->newline;
  guint64 symbol = ~(letter | is->digit | white | is->high);
  guint64 absorbed = 0;
  guint64 first_letter = letter & ~(letter << 1);
  guint64 first_symbol = symbol & ~(symbol << 1) & ~(is->space << 1);
  guint64 starts;
  guint64 other;

  if (rules->after_symbols != TW_AFTER_SYMBOLS_NOTHING)
    {
      guint64 seeds = (symbol << 1) & is->newline;
      guint64 after = (is->newline + seeds) & ~is->newline;

      absorbed = runs_from (is->newline, seeds);
      if (rules->after_symbols == TW_AFTER_SYMBOLS_NEWLINES_SLASHES)
        *end = first_slash (text, after & below (*end), *end);
    }
  starts = space_starts (rules, is, absorbed) | number_starts (rules, is->digit, is->space)
           | first_symbol;
  if (rules->case_splits)
    starts |= is->upper & (is->lower << 1);
  if (rules->space_only)
    starts |= first_letter & ~(is->space << 1);
  else
    starts |= first_letter & ~((is->space | is->tab | first_symbol) << 1);
  if (rules->contraction == TW_CONTRACTION_LAST)
    starts = apply_contractions (rules, text, starts, is->apostrophe & (letter << 1), *end);
  else if (rules->contraction != TW_CONTRACTION_NONE)
    starts = apply_contractions (rules, text, starts, is->apostrophe & first_symbol, *end);
  /* White space that reaches the end of what is known waits for what follows it. */
  other = ~white & below (*end);
  *end = MIN (*end < LOOK_AHEAD ? 0 : *end - LOOK_AHEAD,
              other != 0 ? 64 - (guint) __builtin_clzll (other) : 0);
  return starts;
}

FOR_EACH_SHAPE guint64
find_starts_at (const TwPieces *self, const TwSplitRules *rules, gsize offset)
{
  guint8 padded[TW_MASK_BYTES];
  const guint8 *text = self->text + offset;
  gsize left = self->length - offset;
  TwByteMasks is;
  guint end;
  guint64 starts;

  if (G_UNLIKELY (left < TW_MASK_BYTES))
    {
      memset (padded, 0xff, sizeof padded);
      memcpy (padded, text, left);
      text = padded;
    }
  self->masks (text, &is);
  end = is.high != 0 ? lowest (is.high) : TW_MASK_BYTES;
  starts = find_starts (rules, text, &is, &end);
  return starts & below (end + 1) & ~(guint64) 1;
}

/* Whether a window is worth its while. */
static inline gboolean
begins_simple (const TwPieces *self, gsize offset)
{
  guint64 first;

  if (self->length - offset < sizeof first)
    return FALSE;
  memcpy (&first, self->text + offset, sizeof first);
  return (first & G_GUINT64_CONSTANT (0x8080808080808080)) == 0;
}

FOR_EACH_SHAPE guint
next (TwPieces *self, const TwSplitRules *rules, gsize *ends, guint n)
{
  guint done = 0;
  gsize offset = self->offset;

  while (offset < self->length && done + TW_MASK_BYTES <= n)
    {
      guint64 starts = begins_simple (self, offset) ? find_starts_at (self, rules, offset) : 0;

      if (starts == 0)
        {
          offset = tw_pieces_match (self, offset);
          ends[done++] = offset;
          continue;
        }
      for (gsize window = offset; starts != 0; starts &= starts - 1)
        {
          offset = window + lowest (starts);
          ends[done++] = offset;
        }
    }
  self->offset = offset;
  return done;
}

guint
tw_pieces_next_fast (TwPieces *self, gsize *ends, guint n)
{
  if (n < TW_MASK_BYTES)
    return tw_pieces_next_plain (self, ends, n);
  switch (self->kind)
    {
    case TW_PRETOKENIZER_CL100K:
      return next (self, &tw_split_rules_cl100k, ends, n);
    case TW_PRETOKENIZER_R50K:
      return next (self, &tw_split_rules_r50k, ends, n);
    case TW_PRETOKENIZER_LLAMA3:
      return next (self, &tw_split_rules_llama3, ends, n);
    case TW_PRETOKENIZER_QWEN2:
      return next (self, &tw_split_rules_qwen2, ends, n);
    case TW_PRETOKENIZER_TEKKEN:
      return next (self, &tw_split_rules_tekken, ends, n);
    default:
      return next (self, &tw_split_rules_o200k, ends, n);
    }
}
