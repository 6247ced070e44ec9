/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-perfect-hash-private.h"

#include "libtokenwise/tokens/tw-vocabulary-private.h"

static guint64
random_hash (GRand *rand)
{
  return (guint64) g_rand_int (rand) << 32 | g_rand_int (rand);
}

/* Each has a slot of its own, and a lookup finds it. */
static void
check (const guint64 *hashes, guint32 n, guint32 n_slots)
{
  g_autoptr (GByteArray) seeds = g_byte_array_new ();
  g_autofree guint32 *slots = g_new (guint32, n + 1);
  g_autofree guint8 *taken = g_new0 (guint8, n_slots);
  TwPerfectTable table = { .n_slots = n_slots };

  g_assert_true (tw_perfect_hash_build (hashes, n, n_slots, seeds, slots));
  table.seeds = (const guint16 *) (gpointer) seeds->data;
  table.n_seeds = seeds->len / sizeof (guint16);
  g_assert_cmpuint (table.n_seeds, >, 0);
  for (guint32 i = 0; i < n; i++)
    {
      g_assert_cmpuint (slots[i], <, n_slots);
      g_assert_cmpuint (taken[slots[i]]++, ==, 0);
      g_assert_cmpuint (tw_perfect_table_slot (&table, hashes[i]), ==, slots[i]);
    }
}

static void
test_sizes (void)
{
  static const guint32 sizes[] = { 0, 1, 2, 3, 5, 17, 1000, 50000 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree guint64 *hashes = g_new (guint64, sizes[i] + 1);

      for (guint32 j = 0; j < sizes[i]; j++)
        hashes[j] = random_hash (rand);
      check (hashes, sizes[i], (guint32) ((guint64) sizes[i] * 112 / 100 + 1));
    }
}

/* What is looked up and is not there has a slot inside the table too. */
static void
test_misses_stay_inside (void)
{
  static const guint16 seeds[3] = { 0, 65535, 7 };
  TwPerfectTable table = { .seeds = seeds, .n_seeds = 3, .n_slots = 11 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);

  g_assert_cmpuint (tw_perfect_table_slot (&table, 0), <, 11);
  g_assert_cmpuint (tw_perfect_table_slot (&table, G_MAXUINT64), <, 11);
  for (guint i = 0; i < 100000; i++)
    g_assert_cmpuint (tw_perfect_table_slot (&table, random_hash (rand)), <, 11);
}

static void
test_no_room (void)
{
  static const guint64 hashes[] = { 1, 2, 3, 4 };
  g_autoptr (GByteArray) seeds = g_byte_array_new ();
  guint32 slots[4];

  g_assert_false (tw_perfect_hash_build (hashes, 4, 3, seeds, slots));
  g_assert_cmpuint (seeds->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokens/perfect-hash/sizes", test_sizes);
  g_test_add_func ("/tokens/perfect-hash/misses-stay-inside", test_misses_stay_inside);
  g_test_add_func ("/tokens/perfect-hash/no-room", test_no_room);
  return g_test_run ();
}
