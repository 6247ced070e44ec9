/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-pretokenizer-text-private.h"

#include "libtokenwise/tokens/tw-split-rules-private.h"

#define NOT_PREFIX (TW_CLASS_LETTER | TW_CLASS_NUMBER | TW_CLASS_NEWLINE | TW_CLASS_END)
#define NOT_SYMBOL (TW_CLASS_LETTER | TW_CLASS_NUMBER | TW_CLASS_SPACE | TW_CLASS_END)

/* The rules are known where these are compiled, which leaves of each function what a shape needs.
 */
#define FOR_EACH_SHAPE static inline __attribute__ ((always_inline))

/* Past a contraction, or i itself. */
FOR_EACH_SHAPE gsize
skip_contraction (const TwPieces *self, const TwSplitRules *rules, gsize i)
{
  guint8 fold = rules->contraction == TW_CONTRACTION_FIRST_LOWER ? 0 : 0x20;
  const guint8 *at = self->text + i;
  gsize left = self->length - i;
  guint8 first;
  guint8 second;

  if (rules->contraction == TW_CONTRACTION_NONE || left < 2 || at[0] != '\'')
    return i;
  first = at[1] | fold;
  if (first == 's' || first == 't' || first == 'm' || first == 'd')
    return i + 2;
  if (left < 3)
    return i;
  if (fold != 0 && at[1] == 0xc5 && at[2] == 0xbf)
    return i + 3;
  second = at[2] | fold;
  if (((first == 'r' || first == 'v') && second == 'e') || (first == 'l' && second == 'l'))
    return i + 3;
  return i;
}

/* A word that is split by case, without its prefix: where the alternative with a lower-case end
 * ends (0 when it does not fit) and where the other does (0 when it does not). */
FOR_EACH_SHAPE gsize
cased_word_end (const TwPieces *self, gsize start, gsize *ret_second)
{
  gsize i = start;
  gsize both_end = 0;
  gsize size;
  guint class = tw_pieces_class_at (self, i, &size);

  for (; (class & TW_CLASS_UPPER) != 0; class = tw_pieces_class_at (self, i, &size))
    {
      i += size;
      if ((class & TW_CLASS_LOWER) != 0)
        both_end = i;
    }
  *ret_second = i > start ? i : 0;
  /* Without a lowercase letter after the first run, that run gives back what is only uppercase. */
  if ((class & TW_CLASS_LOWER) == 0)
    return both_end;
  for (; (class & TW_CLASS_LOWER) != 0; class = tw_pieces_class_at (self, i, &size))
    i += size;
  return i;
}

/* 0 when no word starts at start, whose class is given. */
FOR_EACH_SHAPE gsize
match_cased_word (
    const TwPieces *self, const TwSplitRules *rules, gsize start, guint class, gsize size)
{
  gsize second = 0;
  gsize ignored;
  gsize end;

  if ((class & TW_CLASS_LETTER) != 0)
    {
      end = cased_word_end (self, start, &second);
      return skip_contraction (self, rules, end != 0 ? end : second);
    }
  if ((class & NOT_PREFIX) != 0)
    return 0;
  end = cased_word_end (self, start + size, &second);
  /* A mark is a prefix, and also a letter of either run. */
  if (end == 0 && (class & TW_CLASS_LOWER) != 0)
    end = cased_word_end (self, start, &ignored);
  if (end == 0)
    end = second;
  return end != 0 ? skip_contraction (self, rules, end) : 0;
}

FOR_EACH_SHAPE gsize
match_plain_word (
    const TwPieces *self, const TwSplitRules *rules, gsize start, guint class, gsize size)
{
  gsize i = skip_contraction (self, rules, start);

  if (i != start)
    return i;
  if ((class & TW_CLASS_LETTER) == 0)
    {
      if (rules->space_only ? self->text[i] != ' ' : (class & NOT_PREFIX) != 0)
        return 0;
      i += size;
      class = tw_pieces_class_at (self, i, &size);
      if ((class & TW_CLASS_LETTER) == 0)
        return 0;
    }
  for (; (class & TW_CLASS_LETTER) != 0; class = tw_pieces_class_at (self, i, &size))
    i += size;
  return i;
}

/* 0 when there is no number. */
FOR_EACH_SHAPE gsize
match_number (const TwPieces *self, const TwSplitRules *rules, gsize start)
{
  gsize first = start + (rules->space_only && self->text[start] == ' ' ? 1 : 0);
  gsize i = first;
  gsize size;

  for (guint n = 0; (rules->max_digits == 0 || n < rules->max_digits)
                    && (tw_pieces_class_at (self, i, &size) & TW_CLASS_NUMBER) != 0;
       n++)
    i += size;
  return i > first ? i : 0;
}

/* 0 when there is no symbol. */
FOR_EACH_SHAPE gsize
match_symbols (const TwPieces *self, const TwSplitRules *rules, gsize start)
{
  gsize first = start + (self->text[start] == ' ' ? 1 : 0);
  gsize i = first;
  gsize size;

  while ((tw_pieces_class_at (self, i, &size) & NOT_SYMBOL) == 0)
    i += size;
  if (i == first)
    return 0;
  while (
      rules->after_symbols != TW_AFTER_SYMBOLS_NOTHING && i < self->length
      && (self->text[i] == '\r' || self->text[i] == '\n'
          || (self->text[i] == '/' && rules->after_symbols == TW_AFTER_SYMBOLS_NEWLINES_SLASHES)))
    i++;
  return i;
}

FOR_EACH_SHAPE gsize
match_space (const TwPieces *self, const TwSplitRules *rules, gsize start)
{
  gsize i = start;
  gsize last = start;
  gsize newline_end = 0;
  gsize size;
  guint class;

  for (; ((class = tw_pieces_class_at (self, i, &size)) & TW_CLASS_SPACE) != 0; i += size)
    {
      last = i;
      if ((class & TW_CLASS_NEWLINE) != 0)
        newline_end = i + size;
    }
  if (i == self->length && rules->takes_end)
    return i;
  if (newline_end != 0 && rules->newlines_end)
    return newline_end;
  /* The last space before a word belongs to the word, unless it is the only one. */
  return i < self->length && last > start ? last : i;
}

FOR_EACH_SHAPE gsize
match (const TwPieces *self, const TwSplitRules *rules, gsize start)
{
  gsize size;
  guint class = tw_pieces_class_at (self, start, &size);
  gsize end = rules->case_splits ? match_cased_word (self, rules, start, class, size)
                                 : match_plain_word (self, rules, start, class, size);

  if (end == 0)
    end = match_number (self, rules, start);
  if (end == 0)
    end = match_symbols (self, rules, start);
  if (end == 0 && (class & TW_CLASS_SPACE) != 0)
    end = match_space (self, rules, start);
  /* Every character is matched by something, except under a damaged class table. */
  return end > start ? end : start + size;
}

gsize
tw_pieces_match (const TwPieces *self, gsize start)
{
  switch (self->kind)
    {
    case TW_PRETOKENIZER_CL100K:
      return match (self, &tw_split_rules_cl100k, start);
    case TW_PRETOKENIZER_O200K:
      return match (self, &tw_split_rules_o200k, start);
    case TW_PRETOKENIZER_R50K:
      return match (self, &tw_split_rules_r50k, start);
    case TW_PRETOKENIZER_LLAMA3:
      return match (self, &tw_split_rules_llama3, start);
    case TW_PRETOKENIZER_QWEN2:
      return match (self, &tw_split_rules_qwen2, start);
    case TW_PRETOKENIZER_TEKKEN:
      return match (self, &tw_split_rules_tekken, start);
    case TW_PRETOKENIZER_DEEPSEEK3:
      return tw_pieces_match_deepseek3 (self, start);
    default:
      return tw_pieces_match_none (self, start);
    }
}

void
tw_pieces_init (TwPieces *self, const TwVocabulary *vocabulary, const char *text, gsize length)
{
  self->text = (const guint8 *) text;
  self->length = length;
  self->offset = 0;
  self->blocks = vocabulary->blocks;
  self->classes = vocabulary->classes;
  self->ascii = vocabulary->classes + vocabulary->blocks[0] * TW_CLASS_BLOCK;
  self->kind = vocabulary->pretokenizer;
  self->spaces_start = (vocabulary->flags & TW_VOCABULARY_SPACE_STARTS) != 0;
  self->masks = tw_byte_masks_get ();
}

guint
tw_pieces_next_plain (TwPieces *self, gsize *ends, guint n)
{
  guint done = 0;

  while (done < n && self->offset < self->length)
    {
      self->offset = tw_pieces_match (self, self->offset);
      ends[done++] = self->offset;
    }
  return done;
}

guint
tw_pieces_next (TwPieces *self, gsize *ends, guint n)
{
  if (self->kind == TW_PRETOKENIZER_DEEPSEEK3 || self->kind == TW_PRETOKENIZER_NONE)
    return tw_pieces_next_plain (self, ends, n);
  return tw_pieces_next_fast (self, ends, n);
}
