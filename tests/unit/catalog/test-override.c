/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* Every test has a configuration folder of its own. */
typedef struct
{
  char *folder;
  char *user;
  char *project;
} Place;

#define OVERRIDE(body) "{\"schema\":\"tokenwise-override/1\"," body "}"
#define CARD(id, body)                                                                             \
  "{\"id\":\"" id "\",\"source\":\"contract\",\"verified_at\":\"2026-11-01\"," body "}"
#define MODEL(id, op, body)                                                                        \
  "\"models\":[{\"provider\":\"openai\",\"id\":\"" id "\",\"op\":\"" op "\"" body "}]"

static void
set_up (Place *place, gconstpointer data)
{
  g_autofree char *folder = NULL;

  place->folder = g_dir_make_tmp ("tw-override-XXXXXX", NULL);
  folder = g_build_filename (place->folder, "tokenwise", NULL);
  g_mkdir (folder, 0700);
  place->user = g_build_filename (folder, "prices.json", NULL);
  place->project = g_build_filename (place->folder, "project.json", NULL);
  g_setenv ("XDG_CONFIG_HOME", place->folder, TRUE);
  g_unsetenv ("TOKENWISE_PROJECT_PRICES");
}

static void
tear_down (Place *place, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (place->user);

  g_remove (place->user);
  g_remove (place->project);
  g_rmdir (folder);
  g_rmdir (place->folder);
  g_free (place->folder);
  g_free (place->user);
  g_free (place->project);
}

static TwCatalog *
open_with (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  TwCatalog *catalog;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  catalog = tw_catalog_new (&error);
  g_assert_no_error (error);
  return catalog;
}

static void
assert_price (TwCatalog *catalog, const char *name, const char *tier, const char *cost)
{
  TwUsage usage
      = { .counts = { [TW_METER_INPUT_UNCACHED] = 1000000, [TW_METER_OUTPUT_TEXT] = 1000000 } };
  TwPriceTerms terms = { .at = fixture_instant ("2026-11-22T12:00:00Z"), .service_tier = tier };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwModel) model = tw_catalog_find_model (catalog, name, &error);
  g_autoptr (TwCost) found = NULL;

  g_assert_no_error (error);
  found = tw_catalog_price (catalog, model, &usage, &terms);
  fixture_assert_cost (found, cost, cost != NULL ? "known" : "unknown");
}

static void
assert_no_warning (TwCatalog *catalog)
{
  const char *const *warnings = tw_catalog_get_warnings (catalog);

  g_assert_cmpstr (warnings[0], ==, NULL);
}

static void
test_replace (Place *place, gconstpointer data)
{
  g_autoptr (TwCatalog) catalog = open_with (
      place->user, OVERRIDE (MODEL ("gpt-4o", "patch",
                                    ",\"rate_cards\":[" CARD ("mine", "\"prices\":{\"input\":\"1\","
                                                                      "\"output\":\"2\"}") "]")));

  assert_no_warning (catalog);
  assert_price (catalog, "openai/gpt-4o", NULL, "3");
  /* The user's card says nothing of the tier, and nothing is inherited in silence. */
  assert_price (catalog, "openai/gpt-4o", "priority", NULL);
  assert_price (catalog, "openai/gpt-4o-mini", NULL, "0.75");
}

static void
test_patch_keeps_the_rest (Place *place, gconstpointer data)
{
  g_autoptr (TwCatalog) catalog = open_with (
      place->user,
      OVERRIDE (MODEL ("gpt-4o", "patch",
                       ",\"rate_cards\":[" CARD (
                           "mine", "\"mode\":\"patch\",\"prices\":{\"input\":\"1\"}") "]")));

  assert_price (catalog, "openai/gpt-4o", NULL, "11");
}

static void
test_user_before_project (Place *place, gconstpointer data)
{
  g_autoptr (TwCatalog) catalog = NULL;

  g_setenv ("TOKENWISE_PROJECT_PRICES", place->project, TRUE);
  g_assert_true (g_file_set_contents (
      place->project,
      OVERRIDE (MODEL ("gpt-4o", "patch",
                       ",\"rate_cards\":[" CARD ("project", "\"priority\":5,\"mode\":\"patch\","
                                                            "\"prices\":{\"input\":\"1\","
                                                            "\"output\":\"4\"}") "]")),
      -1, NULL));
  catalog = open_with (
      place->user,
      OVERRIDE (MODEL ("gpt-4o", "patch",
                       ",\"rate_cards\":[" CARD (
                           "user", "\"mode\":\"patch\",\"prices\":{\"input\":\"2\"}") "]")));
  assert_no_warning (catalog);
  assert_price (catalog, "openai/gpt-4o", NULL, "6");
}

static void
test_add_and_remove (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwModel) gone = NULL;
  g_autoptr (TwCatalog) catalog = open_with (
      place->user,
      OVERRIDE (
          "\"models\":["
          "{\"provider\":\"openai\",\"id\":\"in-house\",\"op\":\"add\",\"match\":[{\"equals\":"
          "\"in-house\"}],\"rate_cards\":[" CARD (
              "c", "\"prices\":{\"input\":\"0.1\","
                   "\"output\":\"0.2\"}") "]},"
                                          "{\"provider\":\"openai\",\"id\":\"gpt-4o\",\"op\":"
                                          "\"remove\"}]"));

  assert_no_warning (catalog);
  assert_price (catalog, "openai/in-house", NULL, "0.3");
  gone = tw_catalog_find_model (catalog, "openai/gpt-4o", &error);
  g_assert_error (error, TW_ERROR, TW_ERROR_UNKNOWN_MODEL);
}

static void
test_providers (Place *place, gconstpointer data)
{
  g_autoptr (TwCatalog) catalog = open_with (
      place->user,
      OVERRIDE ("\"providers\":[{\"id\":\"lab\",\"op\":\"add\",\"name\":\"Lab\",\"usage_profile\":"
                "\"openai\",\"adjustments\":[{\"id\":\"half\",\"multiply\":\"0.5\"}]},"
                "{\"id\":\"cohere\",\"op\":\"remove\"}],"
                "\"models\":[{\"provider\":\"lab\",\"id\":\"x\",\"op\":\"add\",\"match\":[{"
                "\"equals\":\"x\"}],\"rate_cards\":[" CARD ("c", "\"prices\":{\"input\":\"1\","
                                                                 "\"output\":\"1\"}") "]}]"));

  assert_no_warning (catalog);
  assert_price (catalog, "lab/x", NULL, "1");
  g_assert_null (tw_catalog_get_usage_profile (catalog, "cohere"));
}

static void
test_alias_and_discount (Place *place, gconstpointer data)
{
  g_autoptr (TwCatalog) catalog = open_with (
      place->user,
      OVERRIDE ("\"model_aliases\":{\"Fast\":\"house\",\"house\":\"openai/gpt-4o-mini\"},"
                "\"discounts\":[{\"id\":\"contract\",\"multiply\":\"0.9\",\"source\":\"c\"}]"));

  assert_no_warning (catalog);
  assert_price (catalog, "fast", NULL, "0.675");
}

typedef struct
{
  const char *name;
  const char *text;
  const char *says;
} Bad;

static const Bad bads[] = {
  { "not-json", "{", "prices.json" },
  { "schema", "{\"schema\":\"x\"}", "tokenwise-override/1" },
  { "key", OVERRIDE ("\"model\":[]"), "“model” is not a known key" },
  { "extends", OVERRIDE ("\"extends\":\"other\""), "“other”" },
  { "op", OVERRIDE (MODEL ("gpt-4o", "replace", "")), "“op” is" },
  { "no-such-model", OVERRIDE (MODEL ("gpt-nine", "patch", "")), "openai/gpt-nine" },
  { "twice", OVERRIDE (MODEL ("gpt-4o", "add", "")), "openai/gpt-4o" },
  { "number",
    OVERRIDE (MODEL (
        "gpt-4o", "patch", ",\"rate_cards\":[" CARD ("mine", "\"prices\":{\"input\":1.5}") "]")),
    "“openai/gpt-4o”: Rate card “mine”: The price of “input” is not a string" },
  { "meter",
    OVERRIDE (MODEL (
        "gpt-4o", "patch", ",\"rate_cards\":[" CARD ("mine", "\"prices\":{\"inputs\":\"1\"}") "]")),
    "“inputs” is not a meter" },
  { "dates",
    OVERRIDE (MODEL ("gpt-4o",
                     "patch",
                     ",\"rate_cards\":[" CARD (
                         "mine",
                         "\"from\":\"2026-02-01T00:00:00Z\",\"to\":\"2026-01-01T00:00:00Z\","
                         "\"prices\":{\"input\":\"1\"}") "]")),
    "“to” is not after “from”" },
  { "same-key",
    OVERRIDE (MODEL ("gpt-4o",
                     "patch",
                     ",\"rate_cards\":[" CARD ("a", "\"prices\":{\"input\":\"1\"}") "," CARD (
                         "b", "\"prices\":{\"input\":\"2\"}") "]")),
    "have the same key" },
  { "cycle", OVERRIDE ("\"model_aliases\":{\"a\":\"b\",\"b\":\"a\"}"), "an alias of itself" },
  { "alias-of-nothing", OVERRIDE ("\"model_aliases\":{\"a\":\"openai/gpt-nine\"}"), "gpt-nine" },
  { "discount", OVERRIDE ("\"discounts\":[{\"id\":\"x\",\"multiply\":0.9}]"), "multiply" },
  { "discount-negative", OVERRIDE ("\"discounts\":[{\"id\":\"x\",\"multiply\":\"-1\"}]"), "-1" },
};

/* The catalogue stays in force, and says what was left out. */
static void
test_bad (Place *place, gconstpointer data)
{
  const Bad *bad = data;
  g_autoptr (TwCatalog) catalog = open_with (place->user, bad->text);
  const char *const *warnings = tw_catalog_get_warnings (catalog);

  assert_price (catalog, "openai/gpt-4o", NULL, "12.5");
  g_assert_cmpuint (g_strv_length ((char **) warnings), ==, 1);
  g_test_message ("%s", warnings[0]);
  g_assert_nonnull (strstr (warnings[0], place->user));
  g_assert_nonnull (strstr (warnings[0], bad->says));
}

static void
test_bad_layer_keeps_the_good (Place *place, gconstpointer data)
{
  g_autoptr (TwCatalog) catalog = NULL;

  g_setenv ("TOKENWISE_PROJECT_PRICES", place->project, TRUE);
  g_assert_true (g_file_set_contents (place->project, "[]", -1, NULL));
  catalog = open_with (place->user, OVERRIDE ("\"discounts\":[{\"id\":\"x\",\"multiply\":\"0\"}]"));
  g_assert_cmpuint (g_strv_length ((char **) tw_catalog_get_warnings (catalog)), ==, 1);
  assert_price (catalog, "openai/gpt-4o", NULL, "0");
}

static void
add (const char *name, gconstpointer data, void (*test) (Place *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/catalog/override/", name, NULL);

  g_test_add (path, Place, data, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("replace", NULL, test_replace);
  add ("patch-keeps-the-rest", NULL, test_patch_keeps_the_rest);
  add ("user-before-project", NULL, test_user_before_project);
  add ("add-and-remove", NULL, test_add_and_remove);
  add ("providers", NULL, test_providers);
  add ("alias-and-discount", NULL, test_alias_and_discount);
  for (guint i = 0; i < G_N_ELEMENTS (bads); i++)
    {
      g_autofree char *name = g_strconcat ("bad/", bads[i].name, NULL);

      add (name, &bads[i], test_bad);
    }
  add ("bad-layer-keeps-the-good", NULL, test_bad_layer_keeps_the_good);
  return g_test_run ();
}
