/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "libtokenwise/catalog/tw-match-private.h"

#define BOTH 3u
#define LENIENT 1u
#define NEITHER 0u

/* Which of the two matchers take the id. */
static const struct
{
  const char *rule;
  const char *id;
  guint takes;
} rules[] = {
  { "{\"equals\":\"a-1\"}", "A-1", BOTH },        { "{\"equals\":\"a-1\"}", "a-1x", NEITHER },
  { "{\"dated\":\"a\"}", "a-20250807", BOTH },    { "{\"dated\":\"a\"}", "a-2025-08-07", BOTH },
  { "{\"dated\":\"a\"}", "a-2025-8-7", NEITHER }, { "{\"dated\":\"a\"}", "a-202508070", NEITHER },
  { "{\"dated\":\"a\"}", "a", NEITHER },          { "{\"prefix\":\"a\"}", "a-20250807-v1:0", BOTH },
  { "{\"prefix\":\"a\"}", "a-latest", BOTH },     { "{\"prefix\":\"a\"}", "a-preview-05-06", BOTH },
  { "{\"prefix\":\"a\"}", "abc", NEITHER },       { "{\"prefix\":\"a\"}", "ba", NEITHER },
  { "{\"suffix\":\"a\"}", "xa", LENIENT },        { "{\"suffix\":\"abc\"}", "bc", NEITHER },
  { "{\"contains\":\"b\"}", "abc", LENIENT },     { "{\"contains\":\"abc\"}", "ab", NEITHER },
};

static void
test_rules (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autofree char *text = g_strconcat ("[", rules[i].rule, "]", NULL);
      g_autoptr (cJSON) list = tw_json_parse (text, -1, 1024, NULL);

      g_test_message ("%s %s", rules[i].rule, rules[i].id);
      g_assert_true (tw_match_check (list, NULL));
      g_assert_cmpint (tw_match_strength (list, rules[i].id) > 0, ==,
                       (rules[i].takes & LENIENT) != 0);
      g_assert_cmpint (tw_match_strict_strength (list, rules[i].id) > 0, ==,
                       rules[i].takes == BOTH);
    }
}

/* Each is stronger than the next for the id "abc-20250101". */
static const char *const order[] = {
  "[{\"equals\":\"abc-20250101\"}]", "[{\"dated\":\"abc\"}]",
  "[{\"prefix\":\"abc-\"}]",         "[{\"prefix\":\"abc\"}]",
  "[{\"suffix\":\"0101\"}]",         "[{\"contains\":\"bc-2025010\"}]",
  "[{\"contains\":\"bc\"}]",         "[{\"equals\":\"another\"}]",
};

static void
test_order (void)
{
  guint last = G_MAXUINT;

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      g_autoptr (cJSON) list = tw_json_parse (order[i], -1, 1024, NULL);
      guint strength = tw_match_strength (list, "abc-20250101");

      g_assert_cmpuint (strength, <, last);
      last = strength;
    }
  g_assert_cmpuint (last, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalog/match/rules", test_rules);
  g_test_add_func ("/catalog/match/order", test_order);
  return g_test_run ();
}
