/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-claude-pieces-source-private.h"

/* What a code point is to the rule: Unicode's properties, and where Claude's tokenizer was measured
 * to differ from them (ctok/normalize.py, ctok/constants.py). */

typedef struct
{
  gunichar first;
  gunichar last;
} Range;

/* Unicode 17: marks that are not Alphabetic, below U+10000 and without variation selectors. They
 * stand outside the word. */
static const Range separators[] = {
  { 0x0300, 0x0344 }, { 0x0346, 0x0362 }, { 0x0483, 0x0489 }, { 0x0591, 0x05af },
  { 0x0658, 0x0658 }, { 0x06df, 0x06e0 }, { 0x06ea, 0x06ec }, { 0x0740, 0x074a },
  { 0x07eb, 0x07f3 }, { 0x07fd, 0x07fd }, { 0x0818, 0x0819 }, { 0x082d, 0x082d },
  { 0x0859, 0x085b }, { 0x0898, 0x089f }, { 0x08ca, 0x08d3 }, { 0x08e0, 0x08e1 },
  { 0x08ea, 0x08ef }, { 0x093c, 0x093c }, { 0x094d, 0x094d }, { 0x0951, 0x0954 },
  { 0x09bc, 0x09bc }, { 0x09cd, 0x09cd }, { 0x09fe, 0x09fe }, { 0x0a3c, 0x0a3c },
  { 0x0a4d, 0x0a4d }, { 0x0abc, 0x0abc }, { 0x0acd, 0x0acd }, { 0x0afd, 0x0aff },
  { 0x0b3c, 0x0b3c }, { 0x0b4d, 0x0b4d }, { 0x0b55, 0x0b55 }, { 0x0bcd, 0x0bcd },
  { 0x0c3c, 0x0c3c }, { 0x0c4d, 0x0c4d }, { 0x0cbc, 0x0cbc }, { 0x0ccd, 0x0ccd },
  { 0x0d3b, 0x0d3c }, { 0x0d4d, 0x0d4d }, { 0x0dca, 0x0dca }, { 0x0e47, 0x0e4c },
  { 0x0e4e, 0x0e4e }, { 0x0eba, 0x0eba }, { 0x0ec8, 0x0ecc }, { 0x0ece, 0x0ece },
  { 0x0f18, 0x0f19 }, { 0x0f35, 0x0f35 }, { 0x0f37, 0x0f37 }, { 0x0f39, 0x0f39 },
  { 0x0f3e, 0x0f3f }, { 0x0f84, 0x0f84 }, { 0x0f86, 0x0f87 }, { 0x0fc6, 0x0fc6 },
  { 0x1037, 0x1037 }, { 0x1039, 0x103a }, { 0x135d, 0x135f }, { 0x1714, 0x1715 },
  { 0x1734, 0x1734 }, { 0x17b4, 0x17b5 }, { 0x17c9, 0x17d3 }, { 0x17dd, 0x17dd },
  { 0x180b, 0x180d }, { 0x180f, 0x180f }, { 0x1939, 0x193b }, { 0x1a60, 0x1a60 },
  { 0x1a75, 0x1a7c }, { 0x1a7f, 0x1a7f }, { 0x1ab0, 0x1abe }, { 0x1ac1, 0x1acb },
  { 0x1acf, 0x1add }, { 0x1ae0, 0x1aeb }, { 0x1b34, 0x1b34 }, { 0x1b44, 0x1b44 },
  { 0x1b6b, 0x1b73 }, { 0x1baa, 0x1bab }, { 0x1be6, 0x1be6 }, { 0x1bf2, 0x1bf3 },
  { 0x1c37, 0x1c37 }, { 0x1cd0, 0x1cd2 }, { 0x1cd4, 0x1ce8 }, { 0x1ced, 0x1ced },
  { 0x1cf4, 0x1cf4 }, { 0x1cf7, 0x1cf9 }, { 0x1dc0, 0x1dd2 }, { 0x1df5, 0x1dff },
  { 0x20d0, 0x20f0 }, { 0x2cef, 0x2cf1 }, { 0x2d7f, 0x2d7f }, { 0x302a, 0x302f },
  { 0x3099, 0x309a }, { 0xa66f, 0xa672 }, { 0xa67c, 0xa67d }, { 0xa6f0, 0xa6f1 },
  { 0xa806, 0xa806 }, { 0xa82c, 0xa82c }, { 0xa8c4, 0xa8c4 }, { 0xa8e0, 0xa8f1 },
  { 0xa92b, 0xa92d }, { 0xa953, 0xa953 }, { 0xa9b3, 0xa9b3 }, { 0xa9c0, 0xa9c0 },
  { 0xaabf, 0xaabf }, { 0xaac1, 0xaac1 }, { 0xaaf6, 0xaaf6 }, { 0xabec, 0xabed },
  { 0xfe20, 0xfe2f },
};

/* Unicode 17, Other_Lowercase and Other_Uppercase below U+10000: cased, but no letters Ll or Lu. */
static const Range other_lower[] = {
  { 0x00aa, 0x00aa }, { 0x00ba, 0x00ba }, { 0x02b0, 0x02b8 }, { 0x02c0, 0x02c1 },
  { 0x02e0, 0x02e4 }, { 0x0345, 0x0345 }, { 0x037a, 0x037a }, { 0x10fc, 0x10fc },
  { 0x1d2c, 0x1d6a }, { 0x1d78, 0x1d78 }, { 0x1d9b, 0x1dbf }, { 0x2071, 0x2071 },
  { 0x207f, 0x207f }, { 0x2090, 0x209c }, { 0x2170, 0x217f }, { 0x24d0, 0x24e9 },
  { 0x2c7c, 0x2c7d }, { 0xa69c, 0xa69d }, { 0xa770, 0xa770 }, { 0xa7f1, 0xa7f4 },
  { 0xa7f8, 0xa7f9 }, { 0xab5c, 0xab5f }, { 0xab69, 0xab69 },
};
static const Range other_upper[] = { { 0x2160, 0x216f }, { 0x24b6, 0x24cf } };

/* Numbers and symbols that make words: runic, Roman, circled and Bamum ones. */
static const Range symbol_letters[]
    = { { 0x16ee, 0x16f0 }, { 0x2160, 0x2188 }, { 0x24b6, 0x24e9 }, { 0xa6e6, 0xa6ef } };

/* Letters that stand for themselves: Han, Hangul, marks that repeat them, Koranic signs. */
static const Range hard_letters[] = {
  { 0x06dd, 0x06e0 }, { 0x06e9, 0x06ec },    { 0x3005, 0x3006 }, { 0x3031, 0x3035 },
  { 0x303b, 0x303c }, { 0x3400, 0x4dbf },    { 0x4e00, 0x9fff }, { 0xac00, 0xd7a3 },
  { 0xf900, 0xfaff }, { 0x10000, 0x10ffff },
};

/* Arabic-Indic digits are in runs with ASCII ones; no others are. */
static const Range digits[] = { { '0', '9' }, { 0x0660, 0x0669 }, { 0x06f0, 0x06f9 } };

/* Spaces that are counted as U+0020, and so is NUL. U+3000 is not among them. */
static const Range spaces[] = {
  { 0x0000, 0x0000 }, { 0x00a0, 0x00a0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200a },
  { 0x2028, 0x2029 }, { 0x202f, 0x202f }, { 0x205f, 0x205f },
};

/* Controls but TAB and LF, surrogates and the private use area: not counted at all. */
static const Range dropped[] = {
  { 0x0001, 0x0008 },
  { 0x000b, 0x001f },
  { 0x007f, 0x009f },
  { 0xd800, 0xf8ff },
};

static const gunichar punctuation[] = {
  0x00a3, 0x00a7, 0x00ab, 0x00b0, 0x00b7, 0x00bb, 0x2013, 0x2014, 0x2020, 0x2022, 0x201e, 0x2026,
  0x20ac, 0x2116, 0x2192, 0x2212, 0x221a, 0x2500, 0x2502, 0x2514, 0x251c, 0x2550, 0x2588, 0xff08,
};

/* Symbols of the block of ideographic punctuation, which has no marks. */
static const gunichar ideographic_symbols[]
    = { 0x3004, 0x3012, 0x3013, 0x3020, 0x3036, 0x3037, 0x303e, 0x303f };

/* Case pairs of Unicode 16, which GLib 2.74 does not know. */
static const struct
{
  gunichar upper;
  gunichar lower;
} new_cases[] = { { 0x1c89, 0x1c8a }, { 0xa7cb, 0x0264 } };

typedef struct
{
  gunichar point;
  GUnicodeType type;
  gboolean separator;
  gboolean is_letter;
  gboolean is_mark;
} Character;

#define IN(ranges, point) is_in (ranges, G_N_ELEMENTS (ranges), point)
#define AMONG(points, point) is_among (points, G_N_ELEMENTS (points), point)

static gboolean
is_in (const Range *ranges, gsize n, gunichar point)
{
  for (gsize i = 0; i < n; i++)
    if (point >= ranges[i].first && point <= ranges[i].last)
      return TRUE;
  return FALSE;
}

static gboolean
is_among (const gunichar *points, gsize n, gunichar point)
{
  for (gsize i = 0; i < n; i++)
    if (points[i] == point)
      return TRUE;
  return FALSE;
}

static gboolean
is_selector (gunichar point)
{
  return point >= 0xfe00 && point <= 0xfe0f;
}

static gboolean
is_newly_cased (gunichar point)
{
  for (guint i = 0; i < G_N_ELEMENTS (new_cases); i++)
    if (point == new_cases[i].upper || point == new_cases[i].lower)
      return TRUE;
  return FALSE;
}

static gboolean
is_punctuation_type (GUnicodeType type)
{
  return type >= G_UNICODE_CONNECT_PUNCTUATION && type <= G_UNICODE_OPEN_PUNCTUATION;
}

static gboolean
is_symbol_type (GUnicodeType type)
{
  return type >= G_UNICODE_CURRENCY_SYMBOL && type <= G_UNICODE_OTHER_SYMBOL;
}

static Character
describe (gunichar point)
{
  GUnicodeType type = g_unichar_type (point);

  return (Character){
    .point = point,
    .type = type,
    .separator = IN (separators, point),
    .is_letter = (type >= G_UNICODE_LOWERCASE_LETTER && type <= G_UNICODE_UPPERCASE_LETTER)
                 || is_newly_cased (point),
    .is_mark = (type >= G_UNICODE_SPACING_MARK && type <= G_UNICODE_NON_SPACING_MARK)
               || point == 0x0cf3, /* Unicode 15 */
  };
}

static TwPieceKind
kind_of (const Character *c)
{
  if (is_newly_cased (c->point))
    return TW_KIND_WORD;
  if (c->type >= G_UNICODE_LINE_SEPARATOR || c->point == '\t' || c->point == '\n')
    return TW_KIND_SPACE;
  if (IN (symbol_letters, c->point))
    return TW_KIND_WORD;
  if (IN (digits, c->point))
    return TW_KIND_DIGIT;
  if ((c->point < 0x80 && (is_punctuation_type (c->type) || is_symbol_type (c->type)))
      || AMONG (punctuation, c->point))
    return TW_KIND_PUNCTUATION;
  if (c->is_mark)
    return c->point < 0x10000 && !c->separator && !is_selector (c->point) ? TW_KIND_WORD
                                                                          : TW_KIND_HARD;
  return c->is_letter && !IN (hard_letters, c->point) ? TW_KIND_WORD : TW_KIND_HARD;
}

/* Syriac vowels are letters where nothing stands before them. */
static gboolean
is_stray (const Character *c, TwPieceKind kind)
{
  return kind == TW_KIND_WORD && g_unichar_combining_class (c->point) != 0 && c->point != 0x0711
         && (c->point < 0x0730 || c->point > 0x073f);
}

static gboolean
has_borders (const Character *c)
{
  gboolean is_sign = is_punctuation_type (c->type);

  if (c->point >= 0x10000 || c->separator)
    return c->separator;
  if (c->point >= 0x3001 && c->point <= 0x303f
      && (is_sign || AMONG (ideographic_symbols, c->point)))
    return FALSE;
  return is_sign || is_symbol_type (c->type) || c->type == G_UNICODE_FORMAT
         || c->type == G_UNICODE_UNASSIGNED;
}

static gunichar
lower_of (gunichar point)
{
  for (guint i = 0; i < G_N_ELEMENTS (new_cases); i++)
    if (point == new_cases[i].upper)
      return new_cases[i].lower;
  /* ϴ was measured to have no small letter; that of İ is two characters. */
  if (point == 0x03f4 || point == 0x0130)
    return point;
  if (IN (other_upper, point))
    return point + (point < 0x24b6 ? 0x10 : 0x1a);
  return g_unichar_tolower (point);
}

static guint32
case_of (const Character *c)
{
  gunichar lower = lower_of (c->point);
  gboolean is_upper = c->type == G_UNICODE_UPPERCASE_LETTER || IN (other_upper, c->point)
                      || is_newly_cased (c->point);
  guint32 target = lower != c->point && lower < 0x10000 ? lower << TW_RECORD_TARGET_SHIFT : 0;

  if ((is_upper && lower != c->point) || c->point == 0x0130)
    return TW_RECORD_UPPER | target;
  if (c->type == G_UNICODE_LOWERCASE_LETTER || IN (other_lower, c->point)
      || is_newly_cased (c->point))
    return TW_RECORD_LOWER;
  return (c->is_letter || c->is_mark ? TW_RECORD_CASELESS : 0) | target;
}

static guint32
edit_of (gunichar point, gboolean fold_quotes)
{
  gunichar target = 0;

  if (IN (dropped, point))
    return TW_RECORD_EDIT;
  if (IN (spaces, point))
    target = ' ';
  else if (fold_quotes && (point == 0x2018 || point == 0x2019))
    target = '\'';
  else if (fold_quotes && (point == 0x201c || point == 0x201d))
    target = '"';
  else if (point == 0x0e4d) /* joins U+0E32 after it */
    target = point;
  return target != 0 ? TW_RECORD_EDIT | target << TW_RECORD_TARGET_SHIFT : 0;
}

static guint32
record_of (gunichar point, gboolean fold_quotes)
{
  Character c = describe (point);
  TwPieceKind kind = kind_of (&c);
  guint32 edit = edit_of (point, fold_quotes);
  guint32 own = case_of (&c);
  guint32 record = kind | edit | (edit != 0 ? own & G_MAXUINT16 : own);

  if (is_stray (&c, kind))
    record |= TW_RECORD_STRAY;
  if (has_borders (&c))
    record |= TW_RECORD_BORDERS;
  if (point >= 0x80 && point < 0x10000
      && (c.type == G_UNICODE_DECIMAL_NUMBER || c.type == G_UNICODE_OTHER_NUMBER))
    record |= TW_RECORD_NUMBER;
  if (is_selector (point))
    record |= TW_RECORD_SELECTOR;
  if (c.type == G_UNICODE_DECIMAL_NUMBER)
    record |= TW_RECORD_DECIMAL;
  if (c.type == G_UNICODE_OTHER_NUMBER)
    record |= TW_RECORD_OTHER;
  return g_unichar_combining_class (point) != 0 ? record | TW_RECORD_NFC : record;
}

/* Both what is not its own NFC and what may join the character before it. */
static void
note_composition (guint32 *records, gunichar point)
{
  gunichar first, second, composed;

  if (!g_unichar_decompose (point, &first, &second))
    return;
  if (second != 0)
    records[second] |= TW_RECORD_NFC;
  if (second == 0 || !g_unichar_compose (first, second, &composed) || composed != point)
    records[point] |= TW_RECORD_NFC;
}

/* The fewest tokens of a character's bytes: single ones, and the parts that the file has. */
static guint
cost_of (const TwPiecesSource *source, gunichar point)
{
  guint8 bytes[6];
  guint length = (guint) g_unichar_to_utf8 (point, (char *) bytes);
  guint best[7] = { 0 };

  for (guint end = 1; end <= length; end++)
    {
      guint32 part = 0;

      best[end] = best[end - 1] + 1;
      for (guint start = end; start-- > 0;)
        {
          part |= (guint32) bytes[start] << 8 * (end - 1 - start);
          if (best[start] + 1 < best[end]
              && g_hash_table_contains (source->prefixes, GUINT_TO_POINTER (part)))
            best[end] = best[start] + 1;
        }
    }
  return best[length];
}

static guint16
find_block (GHashTable *known, const guint32 *block, GByteArray *records)
{
  gsize size = TW_PIECES_BLOCK * sizeof *block;
  GBytes *key = g_bytes_new (block, size);
  gpointer found;

  if (g_hash_table_lookup_extended (known, key, NULL, &found))
    {
      g_bytes_unref (key);
      return (guint16) GPOINTER_TO_UINT (found);
    }
  found = GUINT_TO_POINTER ((guint) (records->len / size));
  g_hash_table_insert (known, key, found);
  g_byte_array_append (records, (const guint8 *) block, (guint) size);
  return (guint16) GPOINTER_TO_UINT (found);
}

void
tw_pieces_characters_pack (const TwPiecesSource *source, GByteArray *index, GByteArray *records)
{
  g_autofree guint32 *all = g_new (guint32, 0x110000);
  g_autoptr (GHashTable) known
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);

  for (gunichar point = 0; point < 0x110000; point++)
    all[point] = record_of (point, source->fold_quotes)
                 | (cost_of (source, point) - 1) << TW_RECORD_COST_SHIFT;
  for (gunichar point = 0; point < 0x110000; point++)
    note_composition (all, point);
  for (guint i = 0; i < TW_PIECES_N_INDEX; i++)
    {
      guint16 block = find_block (known, all + i * TW_PIECES_BLOCK, records);

      g_byte_array_append (index, (const guint8 *) &block, sizeof block);
    }
}
