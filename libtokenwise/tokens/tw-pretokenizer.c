/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-pretokenizer-private.h"

/* The patterns, from OpenAI's tiktoken (tiktoken_ext/openai_public.py), whose meaning is that of
 * Rust's regex: leftmost match, first alternative that fits, \s is White_Space, (?i:s) is also ſ.
 *
 * o200k_base
 *   1  [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+CONTRACTION?
 *   2  [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*CONTRACTION?
 *   3  \p{N}{1,3}
 *   4  [ ]?[^\s\p{L}\p{N}]+[\r\n/]*
 *   5  \s*[\r\n]+  |  \s+(?!\S)  |  \s+
 * cl100k_base
 *   1  CONTRACTION
 *   2  [^\r\n\p{L}\p{N}]?\p{L}+
 *   3  \p{N}{1,3}
 *   4  [ ]?[^\s\p{L}\p{N}]+[\r\n]*
 *   5  \s+$  |  \s*[\r\n]  |  \s+(?!\S)  |  \s
 * CONTRACTION is (?i:'s|'t|'re|'ve|'m|'ll|'d). */

#define NOT_PREFIX (TW_CLASS_LETTER | TW_CLASS_NUMBER | TW_CLASS_NEWLINE | TW_CLASS_END)
#define NOT_SYMBOL (TW_CLASS_LETTER | TW_CLASS_NUMBER | TW_CLASS_SPACE | TW_CLASS_END)

#define EACH_BYTE(b) (G_GUINT64_CONSTANT (0x0101010101010101) * (b))

static inline guint
class_of_wide (const TwPieces *self, gsize i, gsize *ret_size)
{
  const guint8 *at = self->text + i;
  gunichar c;

  if (at[0] < 0xe0)
    {
      *ret_size = 2;
      c = (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu);
    }
  else if (at[0] < 0xf0)
    {
      *ret_size = 3;
      c = (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
    }
  else
    {
      *ret_size = 4;
      c = (at[0] & 0x07u) << 18 | (at[1] & 0x3fu) << 12 | (at[2] & 0x3fu) << 6 | (at[3] & 0x3fu);
    }
  return self->classes[self->blocks[c / TW_CLASS_BLOCK] * TW_CLASS_BLOCK + c % TW_CLASS_BLOCK];
}

/* The class of the character at i and its size in bytes. */
static inline guint
class_at (const TwPieces *self, gsize i, gsize *ret_size)
{
  *ret_size = 1;
  if (G_UNLIKELY (i >= self->length))
    return TW_CLASS_END;
  if (G_LIKELY (self->text[i] < 0x80))
    return self->ascii[self->text[i]];
  return class_of_wide (self, i, ret_size);
}

/* Past the ASCII letters a…z from i on, eight at a time. */
static inline gsize
skip_ascii_lower (const TwPieces *self, gsize i)
{
  while (self->length - i >= sizeof (guint64))
    {
      guint64 word;
      guint64 seven;
      guint64 other;

      memcpy (&word, self->text + i, sizeof word);
      word = GUINT64_FROM_LE (word);
      seven = word & EACH_BYTE (0x7f);
      other = ~((seven + EACH_BYTE (0x80 - 'a')) & ~(seven + EACH_BYTE (0x80 - 'z' - 1)) & ~word)
              & EACH_BYTE (0x80);
      if (other != 0)
        return i + (gsize) __builtin_ctzll (other) / 8;
      i += sizeof word;
    }
  return i;
}

/* Past 's 't 're 've 'm 'll 'd in any case, or i itself. */
static gsize
skip_contraction (const TwPieces *self, gsize i)
{
  const guint8 *at = self->text + i;
  gsize left = self->length - i;
  guint8 first;
  guint8 second;

  if (left < 2 || at[0] != '\'')
    return i;
  first = at[1] | 0x20;
  if (first == 's' || first == 't' || first == 'm' || first == 'd')
    return i + 2;
  if (left < 3)
    return i;
  if (at[1] == 0xc5 && at[2] == 0xbf)
    return i + 3;
  second = at[2] | 0x20;
  if (((first == 'r' || first == 'v') && second == 'e') || (first == 'l' && second == 'l'))
    return i + 3;
  return i;
}

/* A word of o200k_base at start, without its prefix: where alternative 1 ends (0 when it does not
 * fit) and where alternative 2 does (0 when it does not). */
static inline gsize
o200k_word_end (const TwPieces *self, gsize start, gsize *ret_second)
{
  gsize i = start;
  gsize both_end = 0;
  gsize size;
  guint class = class_at (self, i, &size);

  for (; (class & TW_CLASS_UPPER) != 0; class = class_at (self, i, &size))
    {
      i += size;
      if ((class & TW_CLASS_LOWER) != 0)
        both_end = i;
    }
  *ret_second = i > start ? i : 0;
  /* Without a lowercase letter after the first run, that run gives back what is only uppercase. */
  if ((class & TW_CLASS_LOWER) == 0)
    return both_end;
  for (; (class & TW_CLASS_LOWER) != 0; class = class_at (self, i, &size))
    i = skip_ascii_lower (self, i + size);
  return i;
}

/* 0 when no word starts at start, whose class is given. */
static inline gsize
o200k_match_word (const TwPieces *self, gsize start, guint class, gsize size)
{
  gsize second = 0;
  gsize ignored;
  gsize end;

  if ((class & TW_CLASS_LETTER) != 0)
    {
      end = o200k_word_end (self, start, &second);
      return skip_contraction (self, end != 0 ? end : second);
    }
  if ((class & NOT_PREFIX) != 0)
    return 0;
  end = o200k_word_end (self, start + size, &second);
  /* A mark is a prefix, and also a letter of either run. */
  if (end == 0 && (class & TW_CLASS_LOWER) != 0)
    end = o200k_word_end (self, start, &ignored);
  if (end == 0)
    end = second;
  return end != 0 ? skip_contraction (self, end) : 0;
}

static inline gsize
cl100k_match_word (const TwPieces *self, gsize start, guint class, gsize size)
{
  gsize i = skip_contraction (self, start);

  if (i != start)
    return i;
  if ((class & TW_CLASS_LETTER) == 0)
    {
      if ((class & NOT_PREFIX) != 0)
        return 0;
      i += size;
      class = class_at (self, i, &size);
      if ((class & TW_CLASS_LETTER) == 0)
        return 0;
    }
  for (; (class & TW_CLASS_LETTER) != 0; class = class_at (self, i, &size))
    i = skip_ascii_lower (self, i + size);
  return i;
}

/* Up to three digits. */
static gsize
match_number (const TwPieces *self, gsize i)
{
  gsize size;

  for (guint n = 0; n < 3 && (class_at (self, i, &size) & TW_CLASS_NUMBER) != 0; n++)
    i += size;
  return i;
}

/* 0 when there is no symbol. */
static gsize
match_symbols (const TwPieces *self, gsize start)
{
  gsize first = start + (self->text[start] == ' ' ? 1 : 0);
  gsize i = first;
  gsize size;

  while ((class_at (self, i, &size) & NOT_SYMBOL) == 0)
    i += size;
  if (i == first)
    return 0;
  while (i < self->length
         && (self->text[i] == '\r' || self->text[i] == '\n'
             || (self->text[i] == '/' && self->kind == TW_PRETOKENIZER_O200K)))
    i++;
  return i;
}

static gsize
match_space (const TwPieces *self, gsize start)
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
  if (i == self->length && self->kind == TW_PRETOKENIZER_CL100K)
    return i;
  if (newline_end != 0)
    return newline_end;
  /* The last space before a word belongs to the word, unless it is the only one. */
  return i < self->length && last > start ? last : i;
}

static inline gsize
match_piece (const TwPieces *self, gsize start)
{
  gsize size;
  guint class = class_at (self, start, &size);
  gsize end = self->kind == TW_PRETOKENIZER_O200K ? o200k_match_word (self, start, class, size)
                                                  : cl100k_match_word (self, start, class, size);

  if (end != 0)
    return end;
  if ((class & TW_CLASS_NUMBER) != 0)
    return match_number (self, start);
  end = match_symbols (self, start);
  if (end == 0 && (class & TW_CLASS_SPACE) != 0)
    end = match_space (self, start);
  /* Every character is matched by something, except under a damaged class table. */
  return end > start ? end : start + size;
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
}

guint
tw_pieces_next (TwPieces *self, gsize *ends, guint n)
{
  guint done = 0;

  while (done < n && self->offset < self->length)
    {
      self->offset = match_piece (self, self->offset);
      ends[done++] = self->offset;
    }
  return done;
}
