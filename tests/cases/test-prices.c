/* SPDX-License-Identifier: MIT */
#include "price-case.h"
#include "test-prices.h"

#include <string.h>

/* Every case of tests/cases/prices; README.md there describes the form. */

#define N_CASES_AT_LEAST 175u

static void
add_text (GString *text, const cJSON *item)
{
  g_autofree char *printed = item != NULL ? tw_json_print (item) : g_strdup ("nothing");

  g_string_append (text, printed);
}

static void
compare_member (GString *differences, const char *key, const cJSON *want, const cJSON *got)
{
  g_autofree char *wanted = tw_json_print (want);
  g_autofree char *found = got != NULL ? tw_json_print (got) : NULL;

  if (g_strcmp0 (wanted, found) == 0)
    return;
  g_string_append_printf (differences, "%s is ", key);
  add_text (differences, got);
  g_string_append_printf (differences, " and not %s. ", wanted);
}

/* A line as a case states it: what was billed, how much of it, for how much. */
static char *
line_to_text (const cJSON *line)
{
  gint64 quantity = 0;

  tw_json_integer (line, "quantity", &quantity);
  return g_strdup_printf ("%s %" G_GINT64_FORMAT " %s", tw_json_string (line, "meter"), quantity,
                          tw_json_string (line, "cost"));
}

static char *
lines_to_text (const cJSON *lines)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  const cJSON *line;

  cJSON_ArrayForEach (line, lines)
  {
    g_ptr_array_add (texts, line_to_text (line));
  }
  g_ptr_array_sort (texts, price_case_compare_strings);
  g_ptr_array_add (texts, NULL);
  return g_strjoinv ("; ", (char **) texts->pdata);
}

static void
compare_lines (GString *differences, const cJSON *want, const cJSON *got)
{
  g_autofree char *wanted = lines_to_text (want);
  g_autofree char *found = lines_to_text (got);

  if (!g_str_equal (wanted, found))
    g_string_append_printf (differences, "lines are %s and not %s. ", found, wanted);
}

static void
test_case (gconstpointer data)
{
  const cJSON *price_case = data;
  const cJSON *expect = cJSON_GetObjectItemCaseSensitive (price_case, "expect");
  g_autoptr (cJSON) result = price_case_run (price_case);
  g_autoptr (GString) differences = g_string_new (NULL);
  const cJSON *want;

  cJSON_ArrayForEach (want, expect)
  {
    const cJSON *got = cJSON_GetObjectItemCaseSensitive (result, want->string);

    if (g_str_equal (want->string, "lines"))
      compare_lines (differences, want, got);
    else
      compare_member (differences, want->string, want, got);
  }
  if (differences->len == 0)
    return;
  if (tw_json_string (result, "message") != NULL)
    g_test_message ("%s", tw_json_string (result, "message"));
  g_test_message ("%s(%s)", differences->str, tw_json_string (price_case, "source"));
  g_test_fail ();
}

static guint
add_file (const char *path, GPtrArray *files)
{
  g_autofree char *theme = g_path_get_basename (path);
  cJSON *cases = price_case_read_file (path);
  const cJSON *price_case;

  g_ptr_array_add (files, cases);
  *strstr (theme, ".json") = '\0';
  cJSON_ArrayForEach (price_case, cases)
  {
    g_autofree char *name
        = g_strdup_printf ("/prices/%s/%s", theme, tw_json_string (price_case, "name"));

    g_assert_nonnull (cJSON_GetObjectItemCaseSensitive (price_case, "expect")->child);
    g_test_add_data_func (name, price_case, test_case);
  }
  return (guint) cJSON_GetArraySize (cases);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) cJSON_Delete);
  g_auto (GStrv) paths = NULL;
  guint n = 0;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  paths = price_case_list_files ();
  for (guint i = 0; paths[i] != NULL; i++)
    n += add_file (paths[i], files);
  g_assert_cmpuint (n, >=, N_CASES_AT_LEAST);
  test_prices_add_properties ();
  return g_test_run ();
}
