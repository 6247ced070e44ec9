/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-claude-estimate-private.h"

#include "libtokenwise/tokens/tw-claude-tables-private.h"
#include "libtokenwise/tokens/tw-utf8-private.h"

#include <string.h>

/* The text is cut into runs of one class. A run costs what tools/fit-claude.py found for it: a
 * word the sum of its likeliest pieces, other runs what is known of that very run or else of its
 * characters. Both files have the same rules; the unit test holds them together. */

/* Characters looked at together; a longer run counts as several. */
#define WINDOW 2048
#define FIRST_FOREIGN 0x280u
#define ASCII_RUN 5 /* the longest run of punctuation that is looked up whole */
#define SPACE_RUN 10
/* Bytes that are normalized together. */
#define SLICE 256
#define MAX_SLICE 4096
/* Words that a longer text remembers the costs of. */
#define CACHE_BITS 12
#define CACHE_FROM 4096

typedef struct
{
  guint64 hash;
  gint64 cost;
} Remembered;

typedef struct
{
  Remembered *words; /* (nullable) */
  const TwClaudeWeights *weights;
  guint family;
  const guint8 *next;
  const guint8 *end;
  guint32 text[WINDOW];
  guint8 class[WINDOW];
  guint n;
  guint8 class_before; /* of the run before the window */
  gboolean space_before;
  gint64 cost;
  gint64 characters;
  gint64 foreign;
} Scan;

static guint32
decode (const guint8 **next)
{
  const guint8 *p = *next;
  guint32 c = p[0];

  if (c < 0x80)
    *next += 1;
  else if (c < 0xe0)
    {
      c = (c & 0x1f) << 6 | (p[1] & 0x3fu);
      *next += 2;
    }
  else if (c < 0xf0)
    {
      c = (c & 0x0f) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
      *next += 3;
    }
  else
    {
      c = (c & 0x07) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
      *next += 4;
    }
  return c;
}

static guint8
class_of (guint32 c)
{
  if (c >= 0x10000)
    return TW_CLAUDE_HARD;
  return tw_claude_classes[tw_claude_blocks[c >> 7] * 128u + (c & 127u)];
}

/* As the endpoint does: curly quotes are straight for the older family, odd spaces are spaces. */
static guint32
fold (const Scan *self, guint32 c, guint8 class)
{
  if (class == TW_CLAUDE_SPACE && c != '\n' && c != '\t' && c != 0x3000)
    return ' ';
  if (self->family == TW_CLAUDE_3 && c - 0x2018u <= 0x201du - 0x2018u)
    {
      if (c == 0x2018 || c == 0x2019)
        return '\'';
      if (c == 0x201c || c == 0x201d)
        return '"';
    }
  return c;
}

static gboolean
is_foreign (guint32 c)
{
  return c >= 0xc0 && (c < 0x2000 || c >= 0x2c00);
}

static void
fill (Scan *self)
{
  while (self->n < WINDOW && self->next < self->end)
    {
      guint32 c = decode (&self->next);
      guint8 class = class_of (c);

      if (class == TW_CLAUDE_NOT_SENT)
        continue;
      if (c >= 0x80 || class == TW_CLAUDE_SPACE)
        {
          guint32 folded = fold (self, c, class & TW_CLAUDE_CLASS_MASK);

          if (folded != c)
            class = class_of (folded);
          c = folded;
          self->foreign += is_foreign (c);
          if (is_foreign (c))
            {
              guint block = MIN (c >> 7, TW_CLAUDE_N_BLOCKS - 1);

              /* Nothing is known of it: it says as much as two that something is known of. */
              self->foreign += (tw_claude_seen[block >> 5] >> (block & 31) & 1) == 0;
            }
        }
      self->text[self->n] = c;
      self->class[self->n++] = class;
      self->characters++;
    }
  if (self->next == self->end)
    while (self->n > 0 && self->text[self->n - 1] == '\n')
      self->n--;
}

/* FALSE: no piece begins so. */
static inline gboolean
is_prefix (guint64 hash)
{
  guint bit = (guint) (hash >> (64 - TW_CLAUDE_FILTER_BITS));

  return tw_claude_filter[bit >> 6] >> (bit & 63) & 1;
}

static const TwClaudePiece *
find_piece (guint64 hash)
{
  guint slot = (guint) (hash >> (64 - TW_CLAUDE_PIECE_BITS));
  guint32 tag = tw_claude_tag (hash);

  while (tw_claude_pieces[slot].tag != 0)
    {
      if (tw_claude_pieces[slot].tag == tag)
        return &tw_claude_pieces[slot];
      slot = (slot + 1) & ((1u << TW_CLAUDE_PIECE_BITS) - 1);
    }
  return NULL;
}

static const TwClaudeRun *
find_run (guint32 kind, const guint32 *text, guint n)
{
  guint64 hash = tw_claude_hash (TW_CLAUDE_HASH_SEED, kind);
  guint slot;

  for (guint i = 0; i < n; i++)
    hash = tw_claude_hash (hash, text[i]);
  slot = (guint) (hash >> (64 - TW_CLAUDE_RUN_BITS));
  while (tw_claude_runs[slot].tag != 0)
    {
      if (tw_claude_runs[slot].tag == tw_claude_tag (hash))
        return &tw_claude_runs[slot];
      slot = (slot + 1) & ((1u << TW_CLAUDE_RUN_BITS) - 1);
    }
  return NULL;
}

static guint
bucket_of_character (guint32 c)
{
  if (c < 0x80)
    return c >= 'a' ? TW_CLAUDE_N_BUCKETS - 5 : TW_CLAUDE_N_BUCKETS - 4;
  if (c < FIRST_FOREIGN)
    return TW_CLAUDE_N_BUCKETS - 3;
  return c < 0x800 ? TW_CLAUDE_N_BUCKETS - 2 : TW_CLAUDE_N_BUCKETS - 1;
}

/* The cheapest way to the character after a piece. */
typedef struct
{
  gint32 prior;
  guint16 from;
  guint16 own;
  guint8 bucket;
} Step;

static void
offer (Step *step, gint32 before, guint from, guint own, guint bucket)
{
  gint32 prior = before + tw_claude_prior[bucket];

  if (prior < step->prior || (prior == step->prior && from < step->from))
    *step = (Step){ prior, (guint16) from, (guint16) own, (guint8) bucket };
}

/* Relaxes every piece that begins at from. */
static void
step_from (Step *steps, const guint32 *word, guint n, guint from)
{
  guint64 hash = TW_CLAUDE_HASH_SEED;
  guint most = MIN (n - from, TW_CLAUDE_MAX_PIECE);

  for (guint i = 0; i < most; i++)
    {
      const TwClaudePiece *piece;
      guint bucket;

      hash = tw_claude_hash (hash, word[from + i]);
      if (i > 0 && !is_prefix (hash))
        break;
      piece = is_prefix (hash) ? find_piece (hash) : NULL;
      if (i == 0)
        bucket = bucket_of_character (word[from]);
      else if (piece == NULL)
        continue;
      else
        bucket = from == 0 ? piece->start : piece->inside;
      if (bucket != TW_CLAUDE_NO_BUCKET)
        offer (&steps[from + i + 1], steps[from].prior, from, piece != NULL ? piece->own : 0,
               bucket);
    }
}

static gint64
cost_pieces (const Scan *self, const Step *steps, guint n, gboolean shifted)
{
  const TwClaudeWeights *w = self->weights;
  gint64 cost = steps[n].from > 0 ? w->several : 0;

  for (guint i = n; i > 0; i = steps[i].from)
    {
      TwClaudePlace place = steps[i].from == 0 ? (i == n ? TW_CLAUDE_WHOLE : TW_CLAUDE_FIRST)
                                               : (i == n ? TW_CLAUDE_LAST : TW_CLAUDE_MIDDLE);

      cost += w->pieces[place][steps[i].bucket];
      cost += tw_claude_own[steps[i].own][self->family][place];
      if (shifted && place == TW_CLAUDE_WHOLE)
        cost += w->shifted[steps[i].bucket];
    }
  return cost;
}

/* A piece that is the whole word is cheaper than any two. */
static gboolean
find_whole (Step *steps, const guint32 *word, guint n)
{
  guint64 hash = TW_CLAUDE_HASH_SEED;
  const TwClaudePiece *piece;

  if (n == 1 || n > TW_CLAUDE_MAX_PIECE)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      hash = tw_claude_hash (hash, word[i]);
      if (!is_prefix (hash))
        return FALSE;
    }
  piece = find_piece (hash);
  if (piece == NULL || piece->start == TW_CLAUDE_NO_BUCKET)
    return FALSE;
  steps[n] = (Step){ 0, 0, piece->own, piece->start };
  return TRUE;
}

static gint64
cost_tiles (const Scan *self, const guint32 *word, guint n, gboolean shifted)
{
  Step steps[WINDOW + 1];

  if (!find_whole (steps, word, n))
    {
      steps[0].prior = 0;
      for (guint i = 1; i <= n; i++)
        steps[i] = (Step){ G_MAXINT32, 0, 0, 0 };
      for (guint i = 0; i < n; i++)
        step_from (steps, word, n, i);
    }
  return cost_pieces (self, steps, n, shifted);
}

static guint32
lower (guint32 c)
{
  if (c < 0x80)
    return c - 'A' < 26 ? c + 32 : c;
  return g_unichar_tolower (c);
}

/* What the characters beyond ASCII add. */
static gint64
cost_blocks (const TwClaudeWeights *w, const guint32 *word, const guint8 *class, guint n)
{
  gint64 cost = 0;

  for (guint i = 0; i < n; i++)
    if (word[i] >= 0x80)
      {
        cost += w->word_block[word[i] >> 7];
        cost += (class[i] & TW_CLAUDE_COMBINING) != 0 ? w->combining : 0;
      }
  return word[0] >= FIRST_FOREIGN ? cost + w->first_block[word[0] >> 7] : cost;
}

static gint64
cost_word (const Scan *self, guint32 *word, const guint8 *class, guint n)
{
  const TwClaudeWeights *w = self->weights;
  guint n_upper = 0;
  gboolean shifted;
  gboolean caps;
  gint64 cost = w->length[MIN (n, G_N_ELEMENTS (w->length) - 1)];

  for (guint i = 0; i < n; i++)
    n_upper += (class[i] & TW_CLAUDE_UPPER) != 0;
  cost += cost_blocks (w, word, class, n);
  caps = self->family == TW_CLAUDE_3 && n >= 4 && n_upper == n;
  shifted = !caps && n_upper == 1 && (class[0] & TW_CLAUDE_UPPER) != 0;
  if (caps || shifted)
    for (guint i = 0; i < n; i++)
      word[i] = lower (word[i]);
  if (n_upper > 0)
    cost += caps ? w->caps : shifted ? w->shift : w->mixed;
  return cost + cost_tiles (self, word, n, shifted);
}

/* A word's cost depends on nothing but its characters. */
static gint64
cost_word_again (const Scan *self, guint32 *word, const guint8 *class, guint n)
{
  guint64 hash = TW_CLAUDE_HASH_SEED;
  Remembered *at;

  if (self->words == NULL)
    return cost_word (self, word, class, n);
  for (guint i = 0; i < n; i++)
    hash = tw_claude_hash (hash, word[i]);
  at = &self->words[hash >> (64 - CACHE_BITS)];
  if (at->hash != hash)
    *at = (Remembered){ hash, cost_word (self, word, class, n) };
  return at->cost;
}

static gint64
cost_punctuation (const Scan *self, const guint32 *run, guint n, gboolean left, gboolean right)
{
  const TwClaudeWeights *w = self->weights;
  const TwClaudeRun *known
      = n > ASCII_RUN ? NULL : find_run ('p' + 256u * left + 512u * right, run, n);
  gint64 cost = w->punctuation + (gint64) n * w->punctuation_one;

  if (known != NULL)
    return known->cost[self->family];
  cost += (left ? w->punctuation_left : 0) + (right ? w->punctuation_right : 0);
  if (n > ASCII_RUN)
    cost += w->punctuation_long + (gint64) n * w->punctuation_long_one;
  for (guint i = 0; i < n; i++)
    {
      known = find_run ('P', run + i, 1);
      cost += known != NULL ? known->cost[self->family] : 0;
      known = i + 1 < n ? find_run ('P', run + i, 2) : NULL;
      cost += known != NULL ? known->cost[self->family] : 0;
      cost += i + 1 < n && run[i] == run[i + 1] ? w->punctuation_same : 0;
    }
  return cost;
}

static gint64
cost_spaces (const Scan *self, const guint32 *run, guint n)
{
  const TwClaudeWeights *w = self->weights;
  const TwClaudeRun *known = n > SPACE_RUN ? NULL : find_run ('S', run, n);
  gint64 cost = w->spaces;
  guint size;

  if (known != NULL)
    return known->cost[self->family];
  for (guint i = 0; i < n; i += size)
    {
      guint kind = run[i] == '\n' ? 0 : run[i] == '\t' ? 1 : run[i] == ' ' ? 2 : 3;

      for (size = 1; i + size < n && run[i + size] == run[i]; size++)
        ;
      cost += w->space_run[kind] + (gint64) size * w->space_one[kind];
      cost += w->space_size[kind][MIN (size, G_N_ELEMENTS (w->space_size[kind]) - 1)];
    }
  return cost;
}

static gint64
cost_digits (const TwClaudeWeights *w, guint n)
{
  return w->digits[MIN (n, G_N_ELEMENTS (w->digits) - 1)] + (gint64) n * w->digit
         + (gint64) ((n + 2) / 3) * w->digits_3;
}

static guint
hard_kind (guint32 c, guint8 class)
{
  if (c >= 0x3400 && c < 0xa000)
    return 0;
  if (c >= 0xac00 && c <= 0xd7a3)
    return 1;
  if (c >= 0x10000)
    return 2;
  return (c < 0x800 ? 3 : 9) + (class >> TW_CLAUDE_CATEGORY_SHIFT);
}

static gint64
cost_hard (const TwClaudeWeights *w, const guint32 *run, const guint8 *class, guint n)
{
  gint64 cost = 0;

  for (guint i = 0; i < n; i++)
    cost += w->hard[hard_kind (run[i], class[i])]
            + w->hard_block[MIN (run[i] >> 7, TW_CLAUDE_N_BLOCKS - 1)];
  return cost;
}

static guint8
class_at (const Scan *self, guint i)
{
  return i < self->n ? self->class[i] & TW_CLAUDE_CLASS_MASK : TW_CLAUDE_END;
}

/* The run from i to end, between what is before and after it. */
static gint64
cost_run (Scan *self, guint i, guint end)
{
  const TwClaudeWeights *w = self->weights;
  guint32 *run = self->text + i;
  guint n = end - i;
  gboolean right = end < self->n && self->text[end] == ' '
                   && (end + 1 >= self->n || self->text[end + 1] != ' ');

  switch (class_at (self, i))
    {
    case TW_CLAUDE_WORD:
      return cost_word_again (self, run, self->class + i, n);
    case TW_CLAUDE_DIGITS:
      return cost_digits (w, n);
    case TW_CLAUDE_PUNCTUATION:
      return cost_punctuation (self, run, n, self->space_before, right);
    case TW_CLAUDE_SPACE:
      if (n == 1 && run[0] == ' ')
        return w->space[self->class_before][class_at (self, end)];
      return cost_spaces (self, run, n);
    case TW_CLAUDE_MARK:
      return w->mark_run + cost_hard (w, run, self->class + i, n);
    default:
      return w->hard_run + cost_hard (w, run, self->class + i, n);
    }
}

/* Costs the runs of the window; one that may go on, or whose neighbours are not seen yet, stays. */
static void
take_runs (Scan *self)
{
  gboolean last = self->next == self->end;
  guint i = 0;

  while (i < self->n)
    {
      guint8 class = class_at (self, i);
      guint end = i + 1;

      while (end < self->n && class_at (self, end) == class)
        end++;
      if (end + 2 > self->n && !last && i > 0)
        break;
      self->cost += cost_run (self, i, end);
      self->space_before = self->text[end - 1] == ' ';
      self->class_before = class;
      i = end;
    }
  self->n -= i;
  memmove (self->text, self->text + i, self->n * sizeof *self->text);
  memmove (self->class, self->class + i, self->n);
}

static void
add_valid (TwClaudeTally *tally, TwClaudeFamily family, const char *text, gsize length)
{
  Scan scan = { .weights = &tw_claude_weights[family],
                .family = family,
                .next = (const guint8 *) text,
                .end = (const guint8 *) text + length,
                .class_before = TW_CLAUDE_SPACE,
                .space_before = TRUE };
  g_autofree Remembered *words
      = length >= CACHE_FROM ? g_new0 (Remembered, 1u << CACHE_BITS) : NULL;

  scan.words = words;
  while (scan.next < scan.end || scan.n > 0)
    {
      fill (&scan);
      take_runs (&scan);
    }
  tally->milli_tokens += MAX (scan.cost + scan.weights->text, 1000);
  tally->characters += scan.characters;
  tally->foreign += scan.foreign;
}

/* Whether text may have characters that NFC would join: combining marks of Latin, Greek, Cyrillic
 * and Arabic, jamo, kana marks. */
static gboolean
may_compose (const guint8 *text, gsize length)
{
  for (gsize i = 0; i + 1 < length; i++)
    {
      guint64 word;

      while (i + sizeof word <= length)
        {
          memcpy (&word, text + i, sizeof word);
          if ((word & G_GUINT64_CONSTANT (0x8080808080808080)) != 0)
            break;
          i += sizeof word;
        }
      if (i + 1 >= length)
        break;
      if (text[i] == 0xcc || (text[i] == 0xcd && text[i + 1] <= 0x85)
          || (text[i] == 0xd9 && text[i + 1] >= 0x93 && text[i + 1] <= 0x95)
          || (text[i] == 0xe1 && text[i + 1] >= 0x84 && text[i + 1] <= 0x87)
          || (text[i] == 0xe3 && text[i + 1] == 0x82))
        return TRUE;
    }
  return FALSE;
}

/* Where a slice from start may end: before an ASCII character, which joins nothing before it. */
static gsize
slice_end (const guint8 *text, gsize length, gsize start)
{
  gsize end = start + SLICE;

  while (end < length && text[end] >= 0x80 && end < start + MAX_SLICE)
    end++;
  while (end < length && (text[end] & 0xc0) == 0x80)
    end++;
  return MIN (end, length);
}

/* NFC, in slices: GLib moves all that follows for each pair that it joins. */
static GString *
compose (const char *text, gsize length)
{
  GString *composed = g_string_sized_new (length);

  for (gsize i = 0; i < length;)
    {
      gsize end = slice_end ((const guint8 *) text, length, i);
      g_autofree char *part = NULL;

      if (may_compose ((const guint8 *) text + i, end - i)
          && memchr (text + i, '\0', end - i) == NULL)
        part = g_utf8_normalize (text + i, (gssize) (end - i), G_NORMALIZE_NFC);
      if (part != NULL)
        g_string_append (composed, part);
      else
        g_string_append_len (composed, text + i, (gssize) (end - i));
      i = end;
    }
  return composed;
}

void
tw_claude_tally_add (TwClaudeTally *tally, TwClaudeFamily family, const char *text, gsize length)
{
  g_autofree guint8 *repaired = NULL;
  g_autoptr (GString) composed = NULL;

  if (length == 0)
    return;
  if (tw_utf8_valid_prefix ((const guint8 *) text, length) < length)
    {
      repaired = tw_utf8_repair ((const guint8 *) text, length, &length);
      text = (const char *) repaired;
    }
  if (may_compose ((const guint8 *) text, length))
    {
      composed = compose (text, length);
      text = composed->str;
      length = composed->len;
    }
  add_valid (tally, family, text, length);
}

void
tw_claude_tally_merge (TwClaudeTally *tally, const TwClaudeTally *other, gint64 times)
{
  tally->milli_tokens += other->milli_tokens * times;
  tally->characters += other->characters * times;
  tally->foreign += other->foreign * times;
}

/* The band is relative, √(a²/tokens + (common + foreign × share)²), in thousandths. */
void
tw_claude_tally_range (const TwClaudeTally *tally, TwClaudeFamily family, TwCountRange *ret)
{
  const gint16 *band = tw_claude_weights[family].band;
  gint64 tokens = (tally->milli_tokens + 500) / 1000;
  gint64 share = tally->foreign * 1000 / MAX (tally->characters, 1);
  gint64 wide = band[1] + band[2] * share / 1000;
  gint64 square = band[0] * band[0] / MAX (tokens, 1) + wide * wide;
  gint64 width = 0;

  while ((width + 1) * (width + 1) <= square)
    width++;
  ret->tokens = tokens;
  ret->low = MAX (tokens - (tokens * width + 999) / 1000, MIN (tokens, 1));
  ret->high = tokens + (tokens * width + 999) / 1000;
}

void
tw_claude_estimate_text (TwClaudeFamily family, const char *text, gsize length, TwCountRange *ret)
{
  TwClaudeTally tally = { 0 };

  tw_claude_tally_add (&tally, family, text, length);
  tw_claude_tally_range (&tally, family, ret);
}
