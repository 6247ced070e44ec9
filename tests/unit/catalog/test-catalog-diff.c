/* SPDX-License-Identifier: MIT */
#include "update-fixture.h"

#define OTHER_A                                                                                    \
  "{\"provider\":\"acme\",\"id\":\"a\",\"match\":[{\"equals\":\"a\"},{\"prefix\":\"a-\"}],"        \
  "\"limits\":{\"context\":1000},\"rate_cards\":[" CARD (                                          \
      "night", "\"when\":{\"schedule\":{\"tz\":\"UTC\",\"windows\":[\"22:00-06:00\"]}},"           \
               "\"prices\":{\"input\":\"2\"}") "," CARD ("base", "\"prices\":{\"output\":"         \
                                                                 "\"16\",\"input\":\"3\"}") "]}"

#define OVER                                                                                       \
  CARD ("old", "\"to\":\"2026-01-01T00:00:00Z\",\"priority\":1,\"prices\":{\"input\":\"4\"}")
#define LATER CARD ("next", "\"from\":\"2099-01-01T00:00:00Z\",\"prices\":{\"input\":\"4\"}")

static char *
write_catalog (Machine *machine, const char *name, const char *text)
{
  return machine_write (machine, name, text, -1);
}

static const cJSON *
find_change (const cJSON *report, const char *path)
{
  const cJSON *item;

  cJSON_ArrayForEach (item, tw_json_array (report, "changes"))
  {
    if (g_strcmp0 (tw_json_string (item, "path"), path) == 0)
      return item;
  }
  return NULL;
}

static cJSON *
diff (const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;
  char *answer = tw_catalog_diff (from, to, &error);

  g_assert_no_error (error);
  return parse_answer (answer);
}

static void
test_changes (Machine *machine, gconstpointer data)
{
  g_autofree char *text
      = catalog_text (CATALOG_MODELS (OTHER_A "," MODEL ("f", BASE) "," FOUR_MODELS), NEXT_VERSION);
  g_autofree char *path = write_catalog (machine, "other.json", text);
  g_autoptr (cJSON) report = diff (NULL, path);
  const cJSON *change = find_change (report, "rate_cards.base.prices.output");

  g_assert_nonnull (change);
  g_assert_cmpstr (tw_json_string (change, "change"), ==, "changed");
  g_assert_cmpstr (tw_json_string (change, "model"), ==, "acme/a");
  g_assert_cmpstr (tw_json_string (change, "old"), ==, "15");
  g_assert_cmpstr (tw_json_string (change, "new"), ==, "16");
  g_assert_true (cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (change, "price")));

  change = find_change (report, "rate_cards.night");
  g_assert_cmpstr (tw_json_string (change, "change"), ==, "added");
  g_assert_true (cJSON_IsNull (cJSON_GetObjectItemCaseSensitive (change, "old")));
  change = find_change (report, "rate_cards.batch");
  g_assert_cmpstr (tw_json_string (change, "change"), ==, "removed");
  g_assert_nonnull (find_change (report, "limits"));
  g_assert_nonnull (find_change (report, "match"));
  g_assert_nonnull (find_change (report, "version"));
  /* The order of cards and of prices means nothing. */
  g_assert_null (find_change (report, "rate_cards.base.prices.input"));
  g_assert_cmpint (cJSON_GetArraySize (tw_json_array (report, "changes")), ==, 6);
  g_assert_cmpint (cJSON_GetArraySize (tw_json_array (report, "models_added")), ==, 1);
  g_assert_cmpint (cJSON_GetArraySize (tw_json_array (report, "models_removed")), ==, 0);
}

static void
test_sides (Machine *machine, gconstpointer data)
{
  g_autofree char *text = catalog_text (CATALOG_MODELS (FOUR_MODELS), NEXT_VERSION);
  g_autofree char *path = write_catalog (machine, "other.json", text);
  g_autoptr (cJSON) none = diff (NULL, NULL);
  g_autoptr (cJSON) self = diff (path, path);
  g_autoptr (cJSON) installed = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (cJSON_GetArraySize (tw_json_array (none, "changes")), ==, 0);
  g_assert_cmpint (cJSON_GetArraySize (tw_json_array (self, "changes")), ==, 0);
  install_text (machine, text);
  installed = diff (NULL, NULL);
  g_assert_cmpstr (tw_json_string (tw_json_object (installed, "from"), "version"), ==,
                   BUILT_IN_VERSION);
  g_assert_cmpstr (tw_json_string (tw_json_object (installed, "to"), "version"), ==, NEXT_VERSION);
  g_assert_cmpint (cJSON_GetArraySize (tw_json_array (installed, "models_removed")), ==, 1);
  g_assert_null (tw_catalog_diff (NULL, "nowhere.json", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

static cJSON *
describe (const char *model)
{
  g_autoptr (GError) error = NULL;
  char *answer = tw_catalog_describe (model, &error);

  g_assert_no_error (error);
  return parse_answer (answer);
}

static void
test_describe (Machine *machine, gconstpointer data)
{
  g_autofree char *text = catalog_text (
      CATALOG_MODELS (MODEL ("a", BASE "," OVER "," LATER) "," FOUR_MODELS), NEXT_VERSION);
  g_autoptr (cJSON) built_in = describe (NULL);
  g_autoptr (cJSON) report = NULL;
  g_autofree char *path = tw_catalog_store_get_path ();
  const cJSON *cards;
  g_autoptr (GError) error = NULL;

  g_assert_true (cJSON_IsFalse (cJSON_GetObjectItemCaseSensitive (built_in, "updated")));
  g_assert_true (cJSON_IsNull (cJSON_GetObjectItemCaseSensitive (built_in, "origin")));
  install_text (machine, text);
  report = describe ("acme/a");
  g_assert_true (cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (report, "updated")));
  g_assert_cmpstr (tw_json_string (report, "path"), ==, path);
  g_assert_cmpstr (tw_json_string (report, "version"), ==, NEXT_VERSION);
  g_assert_cmpstr (tw_json_string (report, "built_in_version"), ==, BUILT_IN_VERSION);
  g_assert_cmpstr (tw_json_string (tw_json_object (report, "origin"), "source"), ==, "test");
  cards = tw_json_array (tw_json_object (report, "model"), "rate_cards");
  g_assert_cmpint (cJSON_GetArraySize (cards), ==, 3);
  g_assert_cmpstr (tw_json_string (cJSON_GetArrayItem (cards, 0), "state"), ==, "in force");
  g_assert_cmpstr (tw_json_string (cJSON_GetArrayItem (cards, 1), "state"), ==, "over");
  g_assert_cmpstr (tw_json_string (cJSON_GetArrayItem (cards, 2), "state"), ==, "later");
  g_assert_null (tw_catalog_describe ("acme/nothing", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_UNKNOWN_MODEL);
}

static gboolean
is_ok (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (cJSON) report = parse_answer (tw_catalog_verify (path, &error));

  g_assert_no_error (error);
  return cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (report, "ok"));
}

static void
test_verify (Machine *machine, gconstpointer data)
{
  g_autofree char *text = catalog_text (CATALOG_MODELS (FIVE_MODELS), NEXT_VERSION);
  g_autofree char *path = write_catalog (machine, "other.json", text);
  g_autofree char *stored = tw_catalog_store_get_path ();
  g_autoptr (GBytes) signature = machine_sign (machine, text);
  g_autofree char *signature_path = NULL, *changed = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (is_ok (NULL));
  g_assert_false (is_ok (path));
  signature_path
      = machine_write (machine, "other.json.sig", g_bytes_get_data (signature, NULL), 64);
  machine_trust (machine);
  g_assert_true (is_ok (path));

  /* What is in force must be what was installed. */
  install_text (machine, text);
  g_assert_true (is_ok (NULL));
  changed = g_strconcat (text, "\n", NULL);
  g_assert_true (g_file_set_contents (stored, changed, -1, NULL));
  g_assert_false (is_ok (NULL));

  g_assert_null (tw_catalog_verify ("nowhere.json", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

static void
add (const char *path, void (*test) (Machine *, gconstpointer))
{
  g_test_add (path, Machine, NULL, machine_set_up, test, machine_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/diff/changes", test_changes);
  add ("/diff/sides", test_sides);
  add ("/diff/describe", test_describe);
  add ("/diff/verify", test_verify);
  return g_test_run ();
}
