/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-count-memo-private.h"

#include <string.h>

/* A conversation of a few hundred messages counted for a few vocabularies: about half a megabyte
 * when full. */
#define GENERATION_ENTRIES 4096u
#define PRIME ((G_GUINT64_CONSTANT (1) << 61) - 1)
#define BLOCK_BYTES 7u

typedef struct
{
  TwCountKey key;
  TwTextSum sum;
} Entry;

struct _TwCountMemo
{
  guint64 keys[2];
  GMutex mutex;
  /* Two generations: what is used moves to the young one, and when that is full the old one, which
   * nobody asked for since, goes. */
  GHashTable *young; /* (element-type Entry) */
  GHashTable *old;
};

void
tw_text_sum_add (TwTextSum *sum, const TwTextSum *part)
{
  sum->tokens += part->tokens;
  tw_claude_tally_merge (&sum->claude, &part->claude, 1);
}

static guint
entry_hash (gconstpointer entry)
{
  const TwCountKey *key = entry;

  return (guint) key->hash[0] ^ GPOINTER_TO_UINT (key->counter);
}

static gboolean
entry_equal (gconstpointer a, gconstpointer b)
{
  const TwCountKey *left = a;
  const TwCountKey *right = b;

  return left->hash[0] == right->hash[0] && left->hash[1] == right->hash[1]
         && left->counter == right->counter;
}

static GHashTable *
generation_new (void)
{
  return g_hash_table_new_full (entry_hash, entry_equal, g_free, NULL);
}

static guint64
random_key (void)
{
  guint64 key = (guint64) g_random_int () << 32 | g_random_int ();

  return 2 + key % (PRIME - 2);
}

TwCountMemo *
tw_count_memo_new (void)
{
  TwCountMemo *self = g_atomic_rc_box_new0 (TwCountMemo);

  g_mutex_init (&self->mutex);
  self->keys[0] = random_key ();
  self->keys[1] = random_key ();
  self->young = generation_new ();
  self->old = generation_new ();
  return self;
}

TwCountMemo *
tw_count_memo_ref (TwCountMemo *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  TwCountMemo *self = data;

  g_mutex_clear (&self->mutex);
  g_hash_table_unref (self->young);
  g_hash_table_unref (self->old);
}

void
tw_count_memo_unref (TwCountMemo *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

static guint64
multiply (guint64 a, guint64 b)
{
  __uint128_t product = (__uint128_t) a * b;
  guint64 sum = ((guint64) product & PRIME) + (guint64) (product >> 61);

  return sum >= PRIME ? sum - PRIME : sum;
}

/* Polynomials over the blocks modulo 2^61 − 1 at two secret points: two texts of n blocks agree in
 * one with a chance of at most n / 2^61, whatever they are. */
TwCountKey
tw_count_memo_key (TwCountMemo *self, gconstpointer counter, const char *text, gsize length)
{
  TwCountKey key = {
    .hash = { multiply (length, self->keys[0]), multiply (length, self->keys[1]) },
    .counter = counter,
  };

  while (length > 0)
    {
      gsize size = MIN (length, BLOCK_BYTES);
      guint64 block = 0;

      memcpy (&block, text, size);
      block = GUINT64_FROM_LE (block);
      key.hash[0] = multiply (key.hash[0] + block, self->keys[0]);
      key.hash[1] = multiply (key.hash[1] + block, self->keys[1]);
      text += size;
      length -= size;
    }
  return key;
}

static void
insert (TwCountMemo *self, Entry *entry)
{
  if (g_hash_table_size (self->young) >= GENERATION_ENTRIES)
    {
      g_hash_table_unref (self->old);
      self->old = g_steal_pointer (&self->young);
      self->young = generation_new ();
    }
  g_hash_table_add (self->young, entry);
}

static const Entry *
find (TwCountMemo *self, const TwCountKey *key)
{
  Entry *entry = g_hash_table_lookup (self->young, key);

  if (entry != NULL)
    return entry;
  entry = g_hash_table_lookup (self->old, key);
  if (entry == NULL)
    return NULL;
  g_hash_table_steal (self->old, key);
  insert (self, entry);
  return entry;
}

gboolean
tw_count_memo_find (TwCountMemo *self, const TwCountKey *key, TwTextSum *ret_sum)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const Entry *entry = find (self, key);

  if (entry == NULL)
    return FALSE;
  *ret_sum = entry->sum;
  return TRUE;
}

void
tw_count_memo_add (TwCountMemo *self, const TwCountKey *key, const TwTextSum *sum)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Entry *entry = g_new (Entry, 1);

  *entry = (Entry){ .key = *key, .sum = *sum };
  insert (self, entry);
}
