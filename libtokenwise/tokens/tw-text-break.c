/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-text-break-private.h"

#include "libtokenwise/tokens/tw-pretokenizer-text-private.h"
#include "libtokenwise/tokens/tw-utf8-private.h"

/* Why these places and no others. All patterns of tw-split-rules-private.h agree on three things:
 *
 * - White space other than CR and LF is in a piece only at its start or after other white space. So
 *   a piece ends where it follows anything else.
 * - Letters and digits end a piece that they are in, but for more of the same, marks, and the
 *   apostrophe of a contraction. So a piece ends between one of them and anything else.
 * - A pattern looks ahead only over white space and over what it takes in, and never back.
 *
 * Where words are split by case, one also ends between a lower-case and an upper-case letter,
 * except in a contraction.
 *
 * With that, neither part is cut otherwise for want of the other. Normalisation joins characters to
 * the ones before them only if they are letters or marks, and no letter to a digit. And a byte that
 * does not continue a character ends an ill-formed one, so both parts are repaired as in the whole.
 */

#define WORD (TW_CLASS_LETTER | TW_CLASS_NUMBER)
#define WORD_OR_MARK (WORD | TW_CLASS_UPPER | TW_CLASS_LOWER)

static inline guint
class_of (const TwVocabulary *vocabulary, gunichar c)
{
  return vocabulary
      ->classes[vocabulary->blocks[c / TW_CLASS_BLOCK] * TW_CLASS_BLOCK + c % TW_CLASS_BLOCK];
}

guint
tw_text_class (const TwVocabulary *vocabulary, const guint8 *text, gsize length, gsize *ret_size)
{
  gsize size = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;

  *ret_size = 0;
  if (length < size)
    return 0;
  if (size == 1)
    {
      *ret_size = 1;
      return class_of (vocabulary, text[0]);
    }
  if (text[0] < 0xc0 || tw_utf8_valid_prefix (text, size) != size)
    return 0;
  *ret_size = size;
  return class_of (vocabulary, tw_pieces_wide_char (text, &size));
}

/* As tw_text_class(), of the character that ends at `at`. */
static guint
class_before (const TwVocabulary *vocabulary, const guint8 *text, gsize at, gsize *ret_size)
{
  gsize start = at - 1;
  guint class;

  while (start > 0 && at - start < 4 && (text[start] & 0xc0) == 0x80)
    start--;
  class = tw_text_class (vocabulary, text + start, at - start, ret_size);
  if (*ret_size == at - start)
    return class;
  *ret_size = 0;
  return 0;
}

/* next is the class of the character at `at`, previous that of the one before. */
static gboolean
is_word_end (const guint8 *at, guint previous, guint next)
{
  gboolean ascii = at[0] < 0x80;

  if ((next & WORD_OR_MARK) == 0)
    return at[0] != '\'' && (next & TW_CLASS_NFC) == 0;
  if ((previous & TW_CLASS_NUMBER) != 0)
    return ascii && (next & TW_CLASS_LETTER) != 0;
  return ascii && (next & TW_CLASS_NUMBER) != 0;
}

static gboolean
is_case_end (const TwVocabulary *vocabulary, const guint8 *text, gsize at)
{
  return (vocabulary->pretokenizer == TW_PRETOKENIZER_O200K
          || vocabulary->pretokenizer == TW_PRETOKENIZER_TEKKEN)
         && at >= 2 && g_ascii_isupper (text[at]) && g_ascii_islower (text[at - 1])
         && text[at - 2] != '\'';
}

/* U+2581 stands for a space in these vocabularies, so one in the text is like a space. */
static gboolean
is_space_start (const TwVocabulary *vocabulary, const guint8 *text, gsize at)
{
  return (vocabulary->flags & TW_VOCABULARY_SPACE_STARTS) != 0 && text[at] == ' '
         && text[at - 1] != ' ' && (at < 3 || memcmp (text + at - 3, "\xe2\x96\x81", 3) != 0);
}

/* Most bytes of most texts have one of the same kind before them. */
static inline gboolean
are_alike (guint8 previous, guint8 next)
{
  return previous == next || (g_ascii_islower (previous) && g_ascii_islower (next))
         || (g_ascii_isdigit (previous) && g_ascii_isdigit (next));
}

gboolean
tw_text_is_break (const TwVocabulary *vocabulary, const guint8 *text, gsize length, gsize at)
{
  gsize size;
  guint next;
  guint previous;

  if ((text[at] & 0xc0) == 0x80 || are_alike (text[at - 1], text[at]))
    return FALSE;
  next = tw_text_class (vocabulary, text + at, length - at, &size);
  /* Most characters of a text without spaces; the one before need not be looked at. */
  if (size == 0 || (text[at] >= 0x80 && (next & WORD_OR_MARK) != 0))
    return FALSE;
  previous = class_before (vocabulary, text, at, &size);
  if (size == 0)
    return FALSE;
  if (vocabulary->pretokenizer == TW_PRETOKENIZER_NONE)
    return is_space_start (vocabulary, text, at);
  if (text[at] == ' ' || text[at] == '\t')
    return (previous & TW_CLASS_SPACE) == 0;
  return (previous & WORD) != 0
         && (is_word_end (text + at, previous, next) || is_case_end (vocabulary, text, at));
}
