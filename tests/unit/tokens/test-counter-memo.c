/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-counter-family-private.h"

#include <string.h>

static const int counter = 0;

static TwCountKey
key_of (TwCountMemo *memo, const char *text)
{
  return tw_count_memo_key (memo, &counter, text, strlen (text));
}

static void
test_by_content (void)
{
  g_autoptr (TwCountMemo) memo = tw_count_memo_new ();
  g_autofree char *copy = g_strdup ("the same text at another address");
  TwCountKey key = key_of (memo, "the same text at another address");
  TwCountKey other;
  TwTextSum sum = { .tokens = 1, .claude = { .foreign = 3 } };

  g_assert_false (tw_count_memo_find (memo, &key, &sum));
  tw_count_memo_add (memo, &key, &sum);
  key = key_of (memo, copy);
  sum = (TwTextSum){ 0 };
  g_assert_true (tw_count_memo_find (memo, &key, &sum));
  g_assert_cmpint (sum.tokens, ==, 1);
  g_assert_cmpint (sum.claude.foreign, ==, 3);
  copy[0] = 'T';
  other = key_of (memo, copy);
  g_assert_false (tw_count_memo_find (memo, &other, &sum));
  other = key;
  other.counter = memo;
  g_assert_false (tw_count_memo_find (memo, &other, &sum));
}

/* Lengths around a block, and zeros at the end, make other keys. */
static void
test_keys_differ (void)
{
  static const char zeros[64] = { 0 };
  g_autoptr (TwCountMemo) memo = tw_count_memo_new ();
  TwCountKey keys[64];

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      keys[i] = tw_count_memo_key (memo, &counter, zeros, i);
      for (gsize j = 0; j < i; j++)
        g_assert_true (keys[i].hash[0] != keys[j].hash[0] || keys[i].hash[1] != keys[j].hash[1]);
    }
}

static void
test_bounded (void)
{
  g_autoptr (TwCountMemo) memo = tw_count_memo_new ();
  TwCountKey first = key_of (memo, "first");
  TwCountKey used = key_of (memo, "used");
  TwTextSum sum = { .tokens = 7 };

  tw_count_memo_add (memo, &first, &sum);
  tw_count_memo_add (memo, &used, &sum);
  for (guint i = 0; i < 50000; i++)
    {
      g_autofree char *text = g_strdup_printf ("text %u", i);
      TwCountKey key = key_of (memo, text);

      tw_count_memo_add (memo, &key, &sum);
      g_assert_true (tw_count_memo_find (memo, &key, &sum));
      g_assert_true (tw_count_memo_find (memo, &used, &sum));
    }
  g_assert_false (tw_count_memo_find (memo, &first, &sum));
}

static gpointer
use (gpointer data)
{
  TwCountMemo *memo = data;

  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *text = g_strdup_printf ("text %u", i % 6000);
      TwCountKey key = key_of (memo, text);
      TwTextSum sum;

      if (tw_count_memo_find (memo, &key, &sum))
        g_assert_cmpint (sum.tokens, ==, i % 6000);
      sum = (TwTextSum){ .tokens = i % 6000 };
      tw_count_memo_add (memo, &key, &sum);
    }
  tw_count_memo_unref (memo);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (TwCountMemo) memo = tw_count_memo_new ();
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("memo", use, tw_count_memo_ref (memo));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* A text that was counted is not counted again: what the memo says is believed. */
static void
test_counter_asks (void)
{
  g_autoptr (TwCountMemo) memo = tw_count_memo_new ();
  g_autofree char *text = g_strnfill (1000, 'x');
  TwFamilyCounter text_counter;
  TwTextSum sum = { 0 };
  TwTextSum told = { .tokens = 12345 };
  TwCountKey key;

  g_assert_true (tw_family_counter_init (&text_counter, "o200k_base", NULL, memo, NULL));
  key = tw_count_memo_key (memo, text_counter.encoding, text, 1000);
  tw_count_memo_add (memo, &key, &told);
  tw_family_counter_count (&text_counter, text, 1000, &sum);
  tw_family_counter_count (&text_counter, text, 1000, &sum);
  g_assert_cmpint (sum.tokens, ==, 24690);
}

static void
test_claude_sums (void)
{
  g_autoptr (TwCountMemo) memo = tw_count_memo_new ();
  g_autofree char *text = g_strnfill (1000, 'x');
  TwFamilyCounter with;
  TwFamilyCounter without;
  TwTextSum remembered = { 0 };
  TwTextSum counted = { 0 };

  g_assert_true (tw_family_counter_init (&with, "claude-4.7", NULL, memo, NULL));
  g_assert_true (tw_family_counter_init (&without, "claude-4.7", NULL, NULL, NULL));
  for (guint i = 0; i < 3; i++)
    {
      tw_family_counter_count (&with, text, 1000, &remembered);
      tw_family_counter_count (&without, text, 1000, &counted);
    }
  g_assert_cmpint (counted.claude.milli_tokens, >, 0);
  g_assert_cmpmem (&remembered, sizeof remembered, &counted, sizeof counted);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokens/counter-memo/by-content", test_by_content);
  g_test_add_func ("/tokens/counter-memo/keys-differ", test_keys_differ);
  g_test_add_func ("/tokens/counter-memo/bounded", test_bounded);
  g_test_add_func ("/tokens/counter-memo/threads", test_threads);
  g_test_add_func ("/tokens/counter-memo/counter-asks", test_counter_asks);
  g_test_add_func ("/tokens/counter-memo/claude-sums", test_claude_sums);
  return g_test_run ();
}
