/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/message/tw-usage-private.h"
#include "libtokenwise/wire/tw-wire.h"

#include <string.h>

/* tests/cases/usage: a provider's usage block in ("usage", of "provider" and "dialect", either of
 * which may be missing); the normalised block out ("expect.normalised": what is not named there is
 * 0, null or absent), or an error whose message has all the "names" ("expect.error"). "source" is
 * the report, the page or the recording that a case is from, or the rule that it breaks. */

#define N_CASES_AT_LEAST 120u

static cJSON *
load_cases (const char *name)
{
  g_autofree char *path
      = g_build_filename (g_getenv ("TOKENWISE_SOURCE"), "tests", "cases", "usage", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  cJSON *cases;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  cases = cJSON_Parse (text);
  if (!cJSON_IsArray (cases))
    g_error ("%s is not a list of cases", path);
  return cases;
}

/* What says nothing: sums of other members, and members that are 0, false or null. */
static gboolean
is_nothing (const cJSON *item)
{
  return strcmp (item->string, "input_total") == 0 || strcmp (item->string, "output_total") == 0
         || cJSON_IsNull (item) || cJSON_IsFalse (item)
         || (cJSON_IsNumber (item) && item->valuedouble == 0);
}

static void
prune (cJSON *usage)
{
  cJSON *item = usage->child;
  cJSON *other;

  while (item != NULL)
    {
      cJSON *next = item->next;

      if (is_nothing (item))
        cJSON_Delete (cJSON_DetachItemViaPointer (usage, item));
      item = next;
    }
  cJSON_ArrayForEach (other, tw_json_array (usage, "other_model_iterations"))
  {
    prune (tw_json_object (other, "usage"));
  }
}

static gboolean
is_same (const cJSON *a, const cJSON *b)
{
  g_autofree char *text = NULL, *other = NULL;
  const cJSON *item;
  int i = 0;

  if (cJSON_IsObject (a) || cJSON_IsArray (a))
    {
      if (a->type != (b != NULL ? b->type : cJSON_Invalid)
          || cJSON_GetArraySize (a) != cJSON_GetArraySize (b))
        return FALSE;
      cJSON_ArrayForEach (item, a)
      {
        if (!is_same (item, item->string != NULL
                                ? cJSON_GetObjectItemCaseSensitive (b, item->string)
                                : cJSON_GetArrayItem (b, i++)))
          return FALSE;
      }
      return TRUE;
    }
  text = tw_json_print (a);
  other = b != NULL ? tw_json_print (b) : NULL;
  return g_strcmp0 (text, other) == 0;
}

/* The block that is written is the block that is read. */
static void
check_round_trip (const TwUsage *usage)
{
  g_autofree char *json = tw_usage_to_json (usage);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwUsage) back = tw_usage_new_from_json (json, &error);
  g_autoptr (TwUsage) copy = NULL;
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  copy = tw_usage_copy (back);
  again = tw_usage_to_json (copy);
  g_assert_cmpstr (again, ==, json);
}

static void
check_usage (const char *name, const TwUsage *usage, const GError *error, const cJSON *want)
{
  g_autoptr (cJSON) got = NULL;
  g_autofree char *json = NULL;

  if (usage == NULL)
    g_error ("%s: %s", name, error->message);
  json = tw_usage_to_json (usage);
  got = cJSON_Parse (json);
  prune (got);
  if (!is_same (got, want))
    {
      g_autofree char *have = tw_json_print (got);
      g_autofree char *wanted = tw_json_print (want);

      g_error ("%s: the usage is\n%s\nexpected\n%s", name, have, wanted);
    }
  check_round_trip (usage);
}

static void
check_error (const char *name, const TwUsage *usage, const GError *error, const cJSON *want)
{
  const cJSON *word;

  if (usage != NULL)
    g_error ("%s: accepted", name);
  g_assert_cmpstr (tw_error_to_code (error), ==, tw_json_string (want, "code"));
  cJSON_ArrayForEach (word, tw_json_array (want, "names"))
  {
    if (strstr (error->message, word->valuestring) == NULL)
      g_error ("%s: “%s” does not name %s", name, error->message, word->valuestring);
  }
}

static void
check_case (const cJSON *item)
{
  const char *name = tw_json_string (item, "name");
  const cJSON *expect = tw_json_object (item, "expect");
  const cJSON *normalised = tw_json_object (expect, "normalised");
  g_autofree char *json = tw_json_print (tw_json_object (item, "usage"));
  g_autoptr (GError) error = NULL;
  g_autoptr (TwUsage) usage = tw_wire_usage_from_json (
      tw_json_string (item, "dialect"), tw_json_string (item, "provider"), json, &error);

  g_assert_nonnull (name);
  g_assert_nonnull (tw_json_string (item, "source"));
  if (normalised != NULL)
    check_usage (name, usage, error, normalised);
  else
    check_error (name, usage, error, tw_json_object (expect, "error"));
}

static void
test_file (gconstpointer data)
{
  g_autoptr (cJSON) cases = load_cases (data);
  const cJSON *item;

  cJSON_ArrayForEach (item, cases)
  {
    check_case (item);
  }
}

/* No two cases are the same by mistake, and none was lost. */
static void
test_names (gconstpointer data)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const GPtrArray *files = data;

  for (guint i = 0; i < files->len; i++)
    {
      const char *file = g_ptr_array_index (files, i);
      g_autoptr (cJSON) cases = load_cases (file);
      const cJSON *item;

      cJSON_ArrayForEach (item, cases)
      {
        char *name = g_strdup_printf ("%s: %s", file, tw_json_string (item, "name"));

        if (!g_hash_table_add (names, name))
          g_error ("two cases are “%s”", name);
      }
    }
  g_test_message ("%u cases in %u files", g_hash_table_size (names), files->len);
  g_assert_cmpuint (g_hash_table_size (names), >=, N_CASES_AT_LEAST);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_test_init (&argc, &argv, NULL);
  folder = g_build_filename (g_getenv ("TOKENWISE_SOURCE"), "tests", "cases", "usage", NULL);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".json"))
      {
        g_autofree char *path = g_strdup_printf ("/usage/%s", name);

        g_ptr_array_add (files, g_strdup (name));
        g_test_add_data_func (path, files->pdata[files->len - 1], test_file);
      }
  g_test_add_data_func ("/usage/names", files, test_names);
  return g_test_run ();
}
