/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-pretokenizer-text-private.h"

/* DeepSeek V3's tokenizer.json splits three times, and each split sees only its own part:
 *   1  \p{N}{1,3}
 *   2  [一-龥぀-ゟ゠-ヿ]+
 *   3  [!-/:-@\[-`{-~][A-Za-z]+ | [^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+ | ?[\p{P}\p{S}]+[\r\n]*
 *      | \s*[\r\n]+ | \s+(?!\S) | \s+
 * What the third leaves between its matches is a piece, too. */

#define WORD (TW_CLASS_LETTER | TW_CLASS_UPPER | TW_CLASS_LOWER)

/* What the third split sees: a match of the second, or what is between two. The rest is as the end
 * of the text. */
typedef struct
{
  const TwPieces *pieces;
  gboolean of_second;
} Part;

static gboolean
is_han_or_kana_at (const TwPieces *self, gsize i)
{
  gsize ignored;
  gunichar c;

  if (i >= self->length || self->text[i] < 0xe3 || self->text[i] > 0xe9)
    return FALSE;
  c = tw_pieces_wide_char (self->text + i, &ignored);
  return (c >= 0x4e00 && c <= 0x9fa5) || (c >= 0x3040 && c <= 0x30ff);
}

static guint
class_at (const Part *self, gsize i, gsize *ret_size)
{
  guint class = tw_pieces_class_at (self->pieces, i, ret_size);

  return (class & TW_CLASS_NUMBER) != 0 || is_han_or_kana_at (self->pieces, i) != self->of_second
             ? TW_CLASS_END
             : class;
}

static gsize
skip_class (const Part *self, gsize i, guint classes)
{
  gsize size;

  while ((class_at (self, i, &size) & classes) != 0)
    i += size;
  return i;
}

static gsize
match_word (const Part *self, gsize start)
{
  const guint8 *text = self->pieces->text;
  gsize size;
  guint class = class_at (self, start, &size);
  gsize i = start + 1;

  if (text[start] < 0x80 && g_ascii_ispunct (text[start]))
    {
      while (i < self->pieces->length && g_ascii_isalpha (text[i]))
        i++;
      return i > start + 1 ? i : 0;
    }
  if ((class & WORD) != 0)
    return skip_class (self, start, WORD);
  if ((class & (TW_CLASS_NEWLINE | TW_CLASS_SYMBOL | TW_CLASS_END)) != 0)
    return 0;
  i = skip_class (self, start + size, WORD);
  return i > start + size ? i : 0;
}

static gsize
match_symbols (const Part *self, gsize start)
{
  gsize first = start + (self->pieces->text[start] == ' ' ? 1 : 0);
  gsize i = skip_class (self, first, TW_CLASS_SYMBOL);

  return i > first ? skip_class (self, i, TW_CLASS_NEWLINE) : 0;
}

static gsize
match_space (const Part *self, gsize start)
{
  gsize i = start;
  gsize last = start;
  gsize newline_end = 0;
  gsize size;
  guint class;

  for (; ((class = class_at (self, i, &size)) & TW_CLASS_SPACE) != 0; i += size)
    {
      last = i;
      if ((class & TW_CLASS_NEWLINE) != 0)
        newline_end = i + size;
    }
  if (newline_end != 0)
    return newline_end;
  return (class & TW_CLASS_END) == 0 && last > start ? last : i;
}

/* 0 when nothing of the third split starts here. */
static gsize
match_third (const Part *self, gsize start)
{
  gsize end = match_word (self, start);
  gsize ignored;

  if (end == 0)
    end = match_symbols (self, start);
  if (end == 0 && (class_at (self, start, &ignored) & TW_CLASS_SPACE) != 0)
    end = match_space (self, start);
  return end;
}

gsize
tw_pieces_match_deepseek3 (const TwPieces *self, gsize start)
{
  Part part = { self, is_han_or_kana_at (self, start) };
  gsize i = start;
  gsize end;
  gsize size;

  if ((tw_pieces_class_at (self, start, &size) & TW_CLASS_NUMBER) != 0)
    {
      for (guint n = 0; n < 3 && (tw_pieces_class_at (self, i, &size) & TW_CLASS_NUMBER) != 0; n++)
        i += size;
      return i;
    }
  end = match_third (&part, start);
  if (end != 0)
    return end;
  do
    {
      class_at (&part, i, &size);
      i += size;
    }
  while ((class_at (&part, i, &size) & TW_CLASS_END) == 0 && match_third (&part, i) == 0);
  return i;
}

/* SentencePiece: merges may reach anywhere, but none reaches back over the start of a space. */
gsize
tw_pieces_match_none (const TwPieces *self, gsize start)
{
  gboolean seen_other = FALSE;
  gsize i = start;

  if (!self->spaces_start)
    return self->length;
  while (i < self->length)
    {
      gboolean is_space = self->length - i >= 3 && memcmp (self->text + i, "\xe2\x96\x81", 3) == 0;

      if (is_space && seen_other)
        break;
      seen_other = seen_other || !is_space;
      i += is_space ? 3 : 1;
    }
  return i;
}
