/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-claude-estimate-word-private.h"

#include "libtokenwise/tokens/tw-claude-tables-private.h"

#define FIRST_FOREIGN 0x280u
/* Words that a text remembers the costs of, from so many bytes on. */
#define CACHE_BITS 12u
#define CACHE_FROM 4096u
#define LARGE_CACHE_BITS 15u
#define LARGE_CACHE_FROM (256u << 10)

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
cost_pieces (const TwClaudeWords *self, const Step *steps, guint n, gboolean shifted)
{
  const TwClaudeWeights *w = &tw_claude_weights[self->family];
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
cost_tiles (const TwClaudeWords *self, const guint32 *word, guint n, gboolean shifted)
{
  Step steps[TW_CLAUDE_MAX_WORD + 1];

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
cost_word (const TwClaudeWords *self, guint32 *word, const guint8 *class, guint n)
{
  const TwClaudeWeights *w = &tw_claude_weights[self->family];
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

void
tw_claude_words_init (TwClaudeWords *self, TwClaudeFamily family, gsize length)
{
  guint bits = length >= LARGE_CACHE_FROM ? LARGE_CACHE_BITS : CACHE_BITS;

  self->family = family;
  self->costs = length >= CACHE_FROM ? g_new0 (TwClaudeWordCost, (gsize) 1 << bits) : NULL;
  self->shift = 64 - bits;
}

void
tw_claude_words_clear (TwClaudeWords *self)
{
  g_free (self->costs);
}

/* A word's cost depends on nothing but its characters. */
gint64
tw_claude_words_cost (const TwClaudeWords *self, guint32 *word, const guint8 *class, guint n)
{
  guint64 hash = TW_CLAUDE_HASH_SEED;
  TwClaudeWordCost *at;

  if (self->costs == NULL)
    return cost_word (self, word, class, n);
  for (guint i = 0; i < n; i++)
    hash = tw_claude_hash (hash, word[i]);
  at = &self->costs[hash >> self->shift];
  if (at->hash != hash)
    *at = (TwClaudeWordCost){ hash, cost_word (self, word, class, n) };
  return at->cost;
}
