/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/tokens/tw-counter-private.h"

/* tests/cases/requests/: a request file, a tokenizer and a model in; what they count out. "inside"
 * is a true count that the range has to hold. The make-*.mjs beside the cases say what made them.
 */

static const char *const files[] = { "chats.json", "documented.json", "tools.json" };

static gint64
integer (const cJSON *object, const char *key, gint64 fallback)
{
  tw_json_integer (object, key, &fallback);
  return fallback;
}

static void
check_count (const cJSON *expect, const TwRequestCount *count)
{
  const cJSON *exact = cJSON_GetObjectItemCaseSensitive (expect, "exact");
  const char *basis = tw_json_string (expect, "basis");
  gint64 inside = integer (expect, "inside", count->total.tokens);

  g_assert_cmpint (count->total.tokens, ==, integer (expect, "tokens", count->total.tokens));
  g_assert_cmpint (count->framing, ==, integer (expect, "framing", count->framing));
  g_assert_cmpint (count->total.low, <=, inside);
  g_assert_cmpint (count->total.high, >=, inside);
  g_assert_cmpint (count->total.low, <=, count->total.tokens);
  g_assert_cmpint (count->total.high, >=, count->total.tokens);
  g_assert_cmpint (count->total.tokens, ==,
                   count->system + count->messages + count->tools + count->images + count->framing);
  if (exact != NULL)
    g_assert_cmpint (count->total.exact, ==, cJSON_IsTrue (exact));
  if (basis != NULL)
    g_assert_cmpstr (tw_count_basis_to_string (count->total.basis), ==, basis);
}

static void
check_case (const cJSON *json, TwCountMemo *memo)
{
  g_autofree char *text = tw_json_print (cJSON_GetObjectItemCaseSensitive (json, "request"));
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRequest) request = tw_request_new_from_json (text, &error);
  TwCountTarget target = { .tokenizer = tw_json_string (json, "tokenizer"),
                           .model = tw_json_string (json, "model") };
  const cJSON *expect = tw_json_object (json, "expect");
  TwRequestCount count;

  g_test_message ("%s", tw_json_string (json, "name"));
  g_assert_no_error (error);
  g_assert_nonnull (expect);
  g_assert_true (tw_count_request (&target, request, NULL, &count, &error));
  check_count (expect, &count);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (tw_count_request (&target, request, memo, &count, &error));
      check_count (expect, &count);
    }
}

static void
test_file (gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_getenv ("TOKENWISE_SOURCE"), "tests", "cases",
                                            "requests", (const char *) data, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (cJSON) cases = NULL;
  g_autoptr (TwCountMemo) memo = tw_count_memo_new ();
  const cJSON *item;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  cases = cJSON_Parse (text);
  g_assert_cmpint (cJSON_GetArraySize (cases), >=, 10);
  cJSON_ArrayForEach (item, cases)
  {
    check_case (item, memo);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *name = g_strconcat ("/tokens/counter-cases/", files[i], NULL);

      g_test_add_data_func (name, files[i], test_file);
    }
  return g_test_run ();
}
