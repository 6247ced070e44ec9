/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "libtokenwise/base/tw-paths-private.h"
#include "libtokenwise/catalog/tw-json-slice-private.h"
#include "libtokenwise/catalog/tw-price-meter-private.h"

#define PRICES "\"prices\":{\"input\":\"1\"}"

/* Each must be refused, with a message that holds all of the words. */
static const struct
{
  const char *cards;
  const char *words[3];
} bad_cards[] = {
  { "", { "acme/m", "rate_cards" } },
  { FIXTURE_CARD ("c", "\"prices\":{\"input\":0.25}"), { "acme/m", "“c”", "not a string" } },
  { FIXTURE_CARD ("c", "\"prices\":{\"input\":\"0.0000000001\"}"), { "“c”", "amount" } },
  { FIXTURE_CARD ("c", "\"prices\":{\"input\":\"-1\"}"), { "“c”", "amount" } },
  { FIXTURE_CARD ("c", "\"prices\":{\"input\":\"1e3\"}"), { "“c”", "amount" } },
  { FIXTURE_CARD ("c", "\"prices\":{\"input\":\"1000000000\"}"), { "“c”", "too large" } },
  { FIXTURE_CARD ("c", "\"prices\":{\"tokens\":\"1\"}"), { "“c”", "tokens", "meter" } },
  { FIXTURE_CARD ("c", "\"prices\":{\"input\":\"1\",\"input\":\"2\"}"), { "“c”", "twice" } },
  { FIXTURE_CARD ("c", "\"prices\":{\"request\":{\"price\":1,\"per\":1000}}"), { "not a string" } },
  { FIXTURE_CARD ("c", "\"prices\":{\"request\":{\"price\":\"1\",\"per\":0}}"), { "request" } },
  { FIXTURE_CARD ("c", "\"prices\":{\"request\":{\"price\":\"1\",\"pr\":9}}"), { "request" } },
  { FIXTURE_CARD ("c", PRICES ",\"colour\":\"red\""), { "acme/m", "“c”", "colour" } },
  { "{\"id\":\"c\"," PRICES "}", { "“c”", "source", "missing" } },
  { FIXTURE_CARD ("c", PRICES ",\"from\":\"2026-01-01\""), { "“c”", "instant" } },
  { FIXTURE_CARD ("c", PRICES ",\"mode\":\"mix\""), { "“c”", "mode" } },
  { FIXTURE_CARD ("c", PRICES ",\"when\":{\"moon\":[\"full\"]}"), { "“c”", "moon" } },
  { FIXTURE_CARD ("c", PRICES ",\"when\":{\"total_input_tokens\":{\"above\":1}}"), { "range" } },
  { FIXTURE_CARD ("c", PRICES ",\"when\":{\"total_input_tokens\":{}}"), { "range" } },
  { FIXTURE_CARD ("c", PRICES ",\"when\":{\"service_tier\":\"flex\"}"), { "list of strings" } },
  { FIXTURE_CARD ("c", PRICES ",\"when\":{\"schedule\":{\"tz\":\"Mars/One\",\"windows\":[]}}"),
    { "time zone" } },
  { FIXTURE_CARD ("c", PRICES ",\"when\":{\"schedule\":{\"tz\":\"UTC\",\"windows\":[\"9-17\"]}}"),
    { "windows" } },
  { FIXTURE_CARD ("c",
                  PRICES ",\"when\":{\"schedule\":{\"tz\":\"UTC\",\"windows\":[\"09:00-25:00\"]}}"),
    { "windows" } },
  { FIXTURE_CARD ("c", PRICES) "," FIXTURE_CARD ("c", PRICES ",\"priority\":1"), { "same key" } },
  { FIXTURE_CARD ("c", PRICES) "," FIXTURE_CARD ("d", PRICES), { "“c”", "“d”", "same key" } },
  { FIXTURE_CARD ("c", PRICES ",\"when\":{\"speed\":[\"fast\"]}") "," FIXTURE_CARD (
        "d", PRICES ",\"when\":{\"speed\":[\"fast\"]}"),
    { "same key" } },
  { FIXTURE_CARD (
        "c",
        PRICES
        ",\"when\":{\"speed\":[\"fast\"],\"region\":[\"us\"]}") "," FIXTURE_CARD ("d",
                                                                                  PRICES
                                                                                  ",\"when\":{"
                                                                                  "\"region\":["
                                                                                  "\"us\"],"
                                                                                  "\"speed\":["
                                                                                  "\"fast\"]}"),
    { "same key" } },
};

static void
test_bad_cards (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_cards); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fixture_read_cards (bad_cards[i].cards, &error));
      g_test_message ("%s", error->message);
      for (guint j = 0; j < G_N_ELEMENTS (bad_cards[i].words) && bad_cards[i].words[j]; j++)
        g_assert_nonnull (strstr (error->message, bad_cards[i].words[j]));
    }
}

#define GOOD_CARDS "\"rate_cards\":[" FIXTURE_CARD ("c", PRICES) "]"
#define GOOD_MODEL                                                                                 \
  "{\"provider\":\"acme\",\"id\":\"m\",\"match\":[{\"equals\":\"m\"}]," GOOD_CARDS "}"

static const struct
{
  const char *models;
  const char *word;
} bad_models[] = {
  { GOOD_MODEL "," GOOD_MODEL, "twice" },
  { "{\"provider\":\"other\",\"id\":\"m\",\"match\":[{\"equals\":\"m\"}]," GOOD_CARDS "}",
    "provider" },
  { "{\"provider\":\"acme\",\"id\":\"m\",\"match\":[]," GOOD_CARDS "}", "match" },
  { "{\"provider\":\"acme\",\"id\":\"m\",\"match\":[{\"regex\":\"m\"}]," GOOD_CARDS "}", "match" },
  { "{\"provider\":\"acme\",\"id\":\"m\",\"match\":[{\"equals\":\"\"}]," GOOD_CARDS "}", "match" },
  { "{\"provider\":\"acme\",\"id\":\"m\",\"alias_of\":\"acme/"
    "n\",\"match\":[{\"equals\":\"m\"}]," GOOD_CARDS "}",
    "alias" },
  { "{\"provider\":\"acme\",\"id\":\"m\",\"limits\":{\"context\":-1},\"match\":[{\"equals\":\"m\"}]"
    "," GOOD_CARDS "}",
    "limits" },
  { "{\"provider\":\"acme\",\"id\":7,\"match\":[{\"equals\":\"m\"}]," GOOD_CARDS "}", "id" },
  { "7", "id" },
  { GOOD_MODEL " " GOOD_MODEL, "not one list" },
  { GOOD_MODEL ",", "not one list" },
  { "{", "not one list" },
  { "\"", "not one list" },
  { "{]", "provider" },
};

static void
test_bad_models (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_models); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fixture_read_models (bad_models[i].models, &error));
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, bad_models[i].word));
    }
}

static void
test_not_a_catalog (void)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) broken = NULL;
  g_autofree char *path = NULL;
  gint file = g_file_open_tmp ("tw-catalog-XXXXXX", &path, NULL);

  g_assert_true (g_close (file, NULL));
  g_assert_null (tw_catalog_new_from_file ("/nowhere/catalog.json", &missing));
  g_assert_nonnull (strstr (missing->message, "/nowhere/catalog.json"));
  g_assert_true (g_file_set_contents (path, "{\"schema\":\"tokenwise-catalog/2\"}", -1, NULL));
  g_assert_null (tw_catalog_new_from_file (path, &broken));
  g_assert_error (broken, TW_ERROR, TW_ERROR_UNSUPPORTED);
  g_clear_error (&broken);
  g_assert_true (g_file_set_contents (path, "", -1, NULL));
  g_assert_null (tw_catalog_new_from_file (path, &broken));
  g_assert_nonnull (broken);
  g_unlink (path);
}

/* Models of the library's own catalogue are read when they are asked for; here all are. */
static void
test_own_catalog (void)
{
  g_autofree char *path = tw_path_find_data ("catalog", "catalog.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCatalog) catalog = tw_catalog_new_from_file (path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (catalog);
}

/* A catalogue may have 16 MiB, and not a byte more. */
static void
test_size_limit (void)
{
  const gsize limit = 16u << 20;

  for (gsize over = 0; over <= 1; over++)
    {
      g_autofree char *models = g_strnfill (limit, ' ');
      g_autoptr (GError) error = NULL;
      g_autoptr (TwCatalog) catalog = NULL;
      gsize frame = fixture_frame_length ();

      memcpy (models, GOOD_MODEL, strlen (GOOD_MODEL));
      models[limit - frame + over] = '\0';
      catalog = fixture_read_models (models, &error);
      if (over == 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
    }
}

static const struct
{
  const char *text;
  const char *parts; /* NULL: not JSON */
} slices[] = {
  { "[]", "" },
  { " [1, \"a]\" ,{\"b\":[2]}, true ] ", "1|\"a]\"|{\"b\":[2]}|true|" },
  { "[\"\\\"\",\"\\\\\"]", "\"\\\"\"|\"\\\\\"|" },
  { "[1 2]", NULL },
  { "[1,]", NULL },
  { "[,1]", NULL },
  { "[\"a", NULL },
  { "[\"a\\", NULL },
  { "[[1]", NULL },
  { "[", NULL },
};

static void
test_slices (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (slices); i++)
    {
      g_autoptr (GString) parts = g_string_new (NULL);
      TwJsonSlicer slicer;
      TwJsonSlice value;
      gboolean whole;

      g_assert_true (
          tw_json_slicer_init (&slicer, (TwJsonSlice){ slices[i].text, strlen (slices[i].text) }));
      while (tw_json_slicer_next (&slicer, NULL, &value))
        g_string_append_printf (parts, "%.*s|", (int) value.length, value.start);
      whole = tw_json_slicer_is_at_end (&slicer);
      g_test_message ("%s", slices[i].text);
      g_assert_cmpint (whole, ==, slices[i].parts != NULL);
      if (whole)
        g_assert_cmpstr (parts->str, ==, slices[i].parts);
    }
}

static void
test_schedule (void)
{
  static const struct
  {
    const char *at;
    const char *cost;
  } cases[] = {
    /* 22:00 to 06:00 in Berlin from a Friday: until Saturday morning, in summer time. */
    { "2026-07-03T19:59:59Z", "1" }, { "2026-07-03T20:00:00Z", "2" },
    { "2026-07-04T03:59:59Z", "2" }, { "2026-07-04T04:00:00Z", "1" },
    { "2026-07-04T21:00:00Z", "1" }, { "2026-12-04T20:59:59Z", "1" },
    { "2026-12-04T21:00:00Z", "2" },
  };
  TwUsage usage = { .counts = { 1000000 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCatalog) catalog = fixture_read_cards (
      FIXTURE_CARD ("c", PRICES) "," FIXTURE_CARD (
          "night", "\"when\":{\"schedule\":{\"tz\":\"Europe/Berlin\",\"days\":[\"fri\"],"
                   "\"windows\":[\"22:00-06:00\"]}},\"prices\":{\"input\":\"2\"}"),
      &error);
  g_autoptr (TwModel) model = NULL;

  g_assert_no_error (error);
  model = tw_catalog_find_model (catalog, "m", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TwCost) cost = tw_catalog_price_usage (
          catalog, model, &usage, &(TwPriceTerms){ .at = fixture_instant (cases[i].at) }, NULL);

      g_test_message ("%s", cases[i].at);
      fixture_assert_cost (cost, cases[i].cost, "known");
    }
}

static void
test_meters (void)
{
  for (guint i = 0; i < TW_N_PRICE_METERS; i++)
    {
      TwPriceMeter meter = TW_PRICE_METER_NONE, up = i;
      guint steps = 0;

      g_assert_true (tw_price_meter_from_string (tw_price_meter_to_string (i), &meter));
      g_assert_cmpuint (meter, ==, i);
      while ((up = tw_price_meter_parent (up)) != TW_PRICE_METER_NONE)
        g_assert_cmpuint (++steps, <, 4);
    }
}

/* The meters of the schema, none more and none less. */
static void
test_schema_meters (void)
{
  const char *shared = g_getenv ("TOKENWISE_SHARED");
  g_autofree char *path
      = g_build_filename (shared != NULL ? shared : ".", "design", "catalog.schema.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (cJSON) schema = NULL;
  const cJSON *names, *name;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL))
    {
      g_test_skip ("the catalogue's schema is not here");
      return;
    }
  schema = tw_json_parse (text, (gssize) length, 1u << 20, NULL);
  names = tw_json_array (tw_json_object (tw_json_object (schema, "$defs"), "meter"), "enum");
  g_assert_cmpint (cJSON_GetArraySize (names), ==, TW_N_PRICE_METERS);
  cJSON_ArrayForEach (name, names)
  {
    TwPriceMeter meter;

    g_assert_true (tw_price_meter_from_string (name->valuestring, &meter));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalog/format/bad-cards", test_bad_cards);
  g_test_add_func ("/catalog/format/bad-models", test_bad_models);
  g_test_add_func ("/catalog/format/not-a-catalog", test_not_a_catalog);
  g_test_add_func ("/catalog/format/own-catalog", test_own_catalog);
  g_test_add_func ("/catalog/format/size-limit", test_size_limit);
  g_test_add_func ("/catalog/format/slices", test_slices);
  g_test_add_func ("/catalog/format/schedule", test_schedule);
  g_test_add_func ("/catalog/format/meters", test_meters);
  g_test_add_func ("/catalog/format/schema-meters", test_schema_meters);
  return g_test_run ();
}
