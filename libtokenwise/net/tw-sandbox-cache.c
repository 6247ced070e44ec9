/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

#include <string.h>

/* https://docs.claude.com/en/docs/build-with-claude/prompt-caching and
 * https://platform.openai.com/docs/guides/prompt-caching, November 2026. */
#define LOOK_BACK_BLOCKS 20
#define PREFIX_MINIMUM 1024
#define PREFIX_STEP 128
/* https://ai.google.dev/gemini-api/docs/caching */
#define GEMINI_PRO_MINIMUM 4096
/* https://api-docs.deepseek.com/guides/kv_cache: units of 64 tokens */
#define DEEPSEEK_STEP 64
#define PREFIX_TTL_SECONDS 300
#define PREFIX_TTL_SECONDS_GPT_5_6 1800

/* What is kept for all prompts together. */
#define MAX_ENTRIES 128
#define MAX_BYTES (64u << 20)

typedef struct
{
  char *key;
  GPtrArray *blocks; /* of a prompt, of which the first n_blocks are kept */
  guint n_blocks;
  gsize n_bytes;
  gint64 ttl_us;
  gint64 expires_us;
} Entry;

struct _TwSandboxCache
{
  GMutex mutex;
  TwSandboxCount count;
  gpointer user_data;
  GQueue entries; /* oldest first */
  gsize n_bytes;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_ptr_array_unref (entry->blocks);
  g_free (entry->key);
  g_free (entry);
}

TwSandboxCache *
tw_sandbox_cache_new (TwSandboxCount count, gpointer user_data)
{
  TwSandboxCache *self = g_new0 (TwSandboxCache, 1);

  g_mutex_init (&self->mutex);
  self->count = count;
  self->user_data = user_data;
  return self;
}

void
tw_sandbox_cache_free (TwSandboxCache *self)
{
  g_queue_clear_full (&self->entries, entry_free);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* ---- what models do ---- */

static gboolean
names (const TwSandboxPrompt *prompt, const char *part)
{
  return strstr (prompt->model, part) != NULL;
}

/* gpt-5.6 and later charge for what they write, and keep it longer. */
static gboolean
charges_for_writes (const TwSandboxPrompt *prompt)
{
  const char *version = strstr (prompt->model, "gpt-");
  char *end = NULL;
  guint64 major = version != NULL ? g_ascii_strtoull (version + 4, &end, 10) : 0;
  guint64 minor = end != NULL && *end == '.' ? g_ascii_strtoull (end + 1, NULL, 10) : 0;

  return major > 5 || (major == 5 && minor >= 6);
}

/* The shortest prefix that Anthropic keeps, by its page on prompt caching; the least where its
 * pages say nothing of a model. */
static gint64
get_mark_minimum (const TwSandboxPrompt *prompt)
{
  static const struct
  {
    const char *name;
    gint64 minimum;
  } minimums[] = {
    { "opus-4-7", 2048 }, { "opus-4-6", 4096 }, { "opus-4-5", 4096 },  { "haiku-4-5", 4096 },
    { "haiku-3", 2048 },  { "3-haiku", 2048 },  { "3-5-haiku", 2048 }, { "opus-5", 512 },
    { "fable-5", 512 },   { "mythos-5", 512 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (minimums); i++)
    if (names (prompt, minimums[i].name))
      return minimums[i].minimum;
  return PREFIX_MINIMUM;
}

static gint64
round_to_step (const TwSandboxPrompt *prompt, gint64 tokens)
{
  gint64 step = prompt->is_deepseek ? DEEPSEEK_STEP : PREFIX_STEP;
  gint64 minimum = PREFIX_MINIMUM;

  if (prompt->is_deepseek)
    minimum = DEEPSEEK_STEP;
  else if (names (prompt, "gemini") && names (prompt, "pro"))
    minimum = GEMINI_PRO_MINIMUM;
  return tokens >= minimum ? tokens - tokens % step : 0;
}

/* ---- entries ---- */

static const TwSandboxBlock *
get_block (GPtrArray *blocks, guint i)
{
  return g_ptr_array_index (blocks, i);
}

static gboolean
is_same (const TwSandboxBlock *a, const TwSandboxBlock *b)
{
  return a == b || (strcmp (a->frame, b->frame) == 0 && strcmp (a->text, b->text) == 0);
}

/* How many blocks are the same from the start on. */
static guint
count_common (const Entry *entry, GPtrArray *blocks)
{
  guint n = 0;

  while (n < entry->n_blocks && n < blocks->len
         && is_same (get_block (entry->blocks, n), get_block (blocks, n)))
    n++;
  return n;
}

static gint64
sum_tokens (GPtrArray *blocks, guint from, guint to)
{
  gint64 tokens = 0;

  for (guint i = from; i < to; i++)
    tokens += get_block (blocks, i)->tokens;
  return tokens;
}

static void
drop (TwSandboxCache *self, GList *link)
{
  Entry *entry = link->data;

  self->n_bytes -= entry->n_bytes;
  entry_free (entry);
  g_queue_delete_link (&self->entries, link);
}

static void
drop_expired (TwSandboxCache *self, gint64 now_us)
{
  GList *next;

  for (GList *l = self->entries.head; l != NULL; l = next)
    {
      next = l->next;
      if (((Entry *) l->data)->expires_us <= now_us)
        drop (self, l);
    }
}

/* Keeps the first blocks of the prompt, or keeps them longer. */
static void
keep (
    TwSandboxCache *self, const TwSandboxPrompt *prompt, guint n, guint ttl_seconds, gint64 now_us)
{
  gint64 ttl_us = (gint64) ttl_seconds * G_USEC_PER_SEC;
  Entry *entry;

  for (GList *l = self->entries.head; l != NULL; l = l->next)
    {
      entry = l->data;
      if (entry->n_blocks == n && entry->ttl_us == ttl_us
          && strcmp (entry->key, prompt->cache_key) == 0
          && count_common (entry, prompt->blocks) == n)
        {
          entry->expires_us = now_us + ttl_us;
          return;
        }
    }
  entry = g_new0 (Entry, 1);
  entry->key = g_strdup (prompt->cache_key);
  entry->blocks = g_ptr_array_ref (prompt->blocks);
  entry->n_blocks = n;
  entry->ttl_us = ttl_us;
  entry->expires_us = now_us + ttl_us;
  for (guint i = 0; i < prompt->blocks->len; i++)
    entry->n_bytes += strlen (get_block (prompt->blocks, i)->text);
  g_queue_push_tail (&self->entries, entry);
  self->n_bytes += entry->n_bytes;
  while (self->entries.length > MAX_ENTRIES
         || (self->n_bytes > MAX_BYTES && self->entries.length > 1))
    drop (self, self->entries.head);
}

/* ---- whatever is long enough ---- */

/* The bytes that two texts begin with, cut between characters. */
static gsize
common_bytes (const char *a, const char *b)
{
  gsize n = 0;

  while (a[n] != '\0' && a[n] == b[n])
    n++;
  while (n > 0 && ((guchar) a[n] & 0xc0) == 0x80)
    n--;
  return n;
}

static gint64
count_common_tokens (TwSandboxCache *self, const Entry *entry, GPtrArray *blocks)
{
  guint n = count_common (entry, blocks);
  gint64 tokens = sum_tokens (blocks, 0, n);
  const TwSandboxBlock *ours, *theirs;
  gsize bytes;

  if (n == entry->n_blocks || n == blocks->len)
    return tokens;
  ours = get_block (blocks, n);
  theirs = get_block (entry->blocks, n);
  bytes = strcmp (ours->frame, theirs->frame) == 0 ? common_bytes (ours->text, theirs->text) : 0;
  return bytes > 0 ? tokens + self->count (ours->text, bytes, self->user_data) : tokens;
}

static void
use_prefix (TwSandboxCache *self,
            const TwSandboxPrompt *prompt,
            gint64 now_us,
            TwSandboxCached *ret_cached)
{
  gboolean charges = charges_for_writes (prompt);
  gint64 best = 0;

  for (GList *l = self->entries.head; l != NULL; l = l->next)
    {
      const Entry *entry = l->data;

      if (strcmp (entry->key, prompt->cache_key) == 0)
        best = MAX (best, count_common_tokens (self, entry, prompt->blocks));
    }
  ret_cached->read = round_to_step (prompt, MIN (best, prompt->tokens));
  if (round_to_step (prompt, prompt->tokens) == 0)
    return;
  if (charges)
    ret_cached->written_30m = round_to_step (prompt, prompt->tokens) - ret_cached->read;
  keep (self, prompt, prompt->blocks->len,
        charges ? PREFIX_TTL_SECONDS_GPT_5_6 : PREFIX_TTL_SECONDS, now_us);
}

/* ---- what is marked ---- */

/* TRUE if a breakpoint sees what ends after n blocks. */
static gboolean
is_seen (GPtrArray *blocks, guint n)
{
  for (guint i = n; i <= blocks->len && i <= n + LOOK_BACK_BLOCKS; i++)
    if (i > 0 && get_block (blocks, i - 1)->ttl_seconds != 0)
      return TRUE;
  return FALSE;
}

/* The longest that is kept, in blocks; being read, it is kept anew. */
static guint
find_longest (TwSandboxCache *self, const TwSandboxPrompt *prompt, gint64 now_us)
{
  Entry *best = NULL;

  for (GList *l = self->entries.head; l != NULL; l = l->next)
    {
      Entry *entry = l->data;

      if (strcmp (entry->key, prompt->cache_key) == 0
          && (best == NULL || entry->n_blocks > best->n_blocks)
          && count_common (entry, prompt->blocks) == entry->n_blocks
          && is_seen (prompt->blocks, entry->n_blocks))
        best = entry;
    }
  if (best == NULL)
    return 0;
  best->expires_us = now_us + best->ttl_us;
  return best->n_blocks;
}

static gint64 *
get_written (TwSandboxCached *cached, guint ttl_seconds)
{
  if (ttl_seconds == 3600)
    return &cached->written_1h;
  return ttl_seconds == 1800 ? &cached->written_30m : &cached->written_5m;
}

static void
use_marks (TwSandboxCache *self,
           const TwSandboxPrompt *prompt,
           gint64 now_us,
           TwSandboxCached *ret_cached)
{
  guint position = find_longest (self, prompt, now_us);

  ret_cached->read = sum_tokens (prompt->blocks, 0, position);
  for (guint n = 1; n <= prompt->blocks->len; n++)
    {
      guint ttl_seconds = get_block (prompt->blocks, n - 1)->ttl_seconds;

      if (ttl_seconds == 0 || sum_tokens (prompt->blocks, 0, n) < get_mark_minimum (prompt))
        continue;
      if (n > position)
        {
          *get_written (ret_cached, ttl_seconds) += sum_tokens (prompt->blocks, position, n);
          position = n;
        }
      keep (self, prompt, n, ttl_seconds, now_us);
    }
}

void
tw_sandbox_cache_use (TwSandboxCache *self,
                      TwSandboxCaching caching,
                      const TwSandboxPrompt *prompt,
                      gint64 now_us,
                      TwSandboxCached *ret_cached)
{
  memset (ret_cached, 0, sizeof *ret_cached);
  if (caching == TW_SANDBOX_CACHE_NONE)
    return;
  g_mutex_lock (&self->mutex);
  drop_expired (self, now_us);
  if (caching == TW_SANDBOX_CACHE_MARKS || prompt->by_marks)
    use_marks (self, prompt, now_us, ret_cached);
  else
    use_prefix (self, prompt, now_us, ret_cached);
  g_mutex_unlock (&self->mutex);
}
