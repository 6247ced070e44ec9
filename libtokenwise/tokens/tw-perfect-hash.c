/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-perfect-hash-private.h"

#include "libtokenwise/tokens/tw-vocabulary-format-private.h"

/* More keys per bucket make fewer seeds and a longer search for each of them. */
#define KEYS_PER_BUCKET 4u

typedef struct
{
  const guint64 *hashes;
  guint32 n_slots;
  guint32 n_buckets;
  guint32 *first; /* by bucket: its first place in keys; one more at the end */
  guint32 *keys;  /* grouped by bucket */
  guint8 *taken;  /* by slot */
  guint16 *seeds; /* by bucket */
  guint32 *slots; /* by key */
} Builder;

static guint32
bucket_of (const Builder *self, guint32 key)
{
  return (guint32) tw_hash_to_range ((guint32) self->hashes[key], self->n_buckets);
}

static void
group_keys (Builder *self, guint32 n)
{
  g_autofree guint32 *next = NULL;

  for (guint32 i = 0; i < n; i++)
    self->first[bucket_of (self, i) + 1]++;
  for (guint32 i = 0; i < self->n_buckets; i++)
    self->first[i + 1] += self->first[i];
  next = g_memdup2 (self->first, self->n_buckets * sizeof *next);
  for (guint32 i = 0; i < n; i++)
    self->keys[next[bucket_of (self, i)]++] = i;
}

static gboolean
try_seed (Builder *self, guint32 bucket, guint16 seed)
{
  guint32 at = self->first[bucket];

  for (; at < self->first[bucket + 1]; at++)
    {
      guint32 key = self->keys[at];
      gsize slot = tw_hash_to_slot (self->hashes[key], seed, self->n_slots);

      if (self->taken[slot])
        break;
      self->taken[slot] = TRUE;
      self->slots[key] = (guint32) slot;
    }
  if (at == self->first[bucket + 1])
    return TRUE;
  while (at-- > self->first[bucket])
    self->taken[self->slots[self->keys[at]]] = FALSE;
  return FALSE;
}

static gboolean
place_bucket (Builder *self, guint32 bucket)
{
  for (guint32 seed = 0; seed <= G_MAXUINT16; seed++)
    if (try_seed (self, bucket, (guint16) seed))
      {
        self->seeds[bucket] = (guint16) seed;
        return TRUE;
      }
  return FALSE;
}

static guint32
size_of_bucket (const Builder *self, guint32 bucket)
{
  return self->first[bucket + 1] - self->first[bucket];
}

/* Large buckets first, while there is room for them. */
static gboolean
place_all (Builder *self)
{
  guint32 largest = 0;

  for (guint32 i = 0; i < self->n_buckets; i++)
    largest = MAX (largest, size_of_bucket (self, i));
  for (guint32 size = largest; size > 0; size--)
    for (guint32 i = 0; i < self->n_buckets; i++)
      if (size_of_bucket (self, i) == size && !place_bucket (self, i))
        return FALSE;
  return TRUE;
}

gboolean
tw_perfect_hash_build (
    const guint64 *hashes, guint32 n, guint32 n_slots, GByteArray *seeds, guint32 *ret_slots)
{
  guint32 n_buckets = n / KEYS_PER_BUCKET + 1;
  g_autofree guint32 *first = g_new0 (guint32, n_buckets + 1);
  g_autofree guint32 *keys = g_new (guint32, n + 1);
  g_autofree guint8 *taken = g_new0 (guint8, n_slots);
  g_autofree guint16 *found = g_new0 (guint16, n_buckets);
  Builder self = { hashes, n_slots, n_buckets, first, keys, taken, found, ret_slots };

  group_keys (&self, n);
  if (!place_all (&self))
    return FALSE;
  g_byte_array_append (seeds, (const guint8 *) found, (guint) (n_buckets * sizeof *found));
  return TRUE;
}
