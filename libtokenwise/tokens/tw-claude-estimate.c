/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-claude-estimate-private.h"

#include "libtokenwise/tokens/tw-claude-estimate-form-private.h"
#include "libtokenwise/tokens/tw-claude-estimate-word-private.h"
#include "libtokenwise/tokens/tw-claude-tables-private.h"
#include "libtokenwise/tokens/tw-utf8-private.h"

#include <string.h>

/* The text is cut into runs of one class. A run costs what tools/fit-claude.py found for it: a
 * word the sum of its likeliest pieces, other runs what is known of that very run or else of its
 * characters. Both files have the same rules; the unit test holds them together. */

/* Characters looked at together; a longer run counts as several. */
#define WINDOW TW_CLAUDE_MAX_WORD
#define ASCII_RUN 5 /* the longest run of punctuation that is looked up whole */
#define SPACE_RUN 10

typedef struct
{
  TwClaudeWords words;
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

/* As fill() does, the plain ASCII that comes next: what is sent, and as it is. */
static void
fill_plain (Scan *self)
{
  const guint8 *classes = tw_claude_classes + tw_claude_blocks[0] * 128u;
  const guint8 *from = self->next;
  guint most = (guint) MIN (WINDOW - self->n, (gsize) (self->end - from));
  guint32 *text = self->text + self->n;
  guint8 *class = self->class + self->n;
  guint i;

  for (i = 0; i < most; i++)
    {
      guint8 c = from[i];

      if (c < ' ' ? c != '\n' && c != '\t' : c >= 0x7f)
        break;
      text[i] = c;
      class[i] = classes[c];
    }
  self->next += i;
  self->n += i;
  self->characters += i;
}

static void
fill (Scan *self)
{
  while (self->n < WINDOW && self->next < self->end)
    {
      guint32 c;
      guint8 class;

      fill_plain (self);
      if (self->n == WINDOW || self->next == self->end)
        break;
      c = decode (&self->next);
      class = class_of (c);
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
      return tw_claude_words_cost (&self->words, run, self->class + i, n);
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

  tw_claude_words_init (&scan.words, family, length);
  while (scan.next < scan.end || scan.n > 0)
    {
      fill (&scan);
      take_runs (&scan);
    }
  tw_claude_words_clear (&scan.words);
  tally->milli_tokens += MAX (scan.cost + scan.weights->text, 1000);
  tally->characters += scan.characters;
  tally->foreign += scan.foreign;
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
  if (tw_claude_may_compose ((const guint8 *) text, length))
    {
      composed = tw_claude_compose (text, length);
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
