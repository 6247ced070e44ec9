/* SPDX-License-Identifier: MIT */
#include "update-fixture.h"

#include "libtokenwise/base/tw-money-private.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-catalog-import-private.h"

#include <math.h>

/* A price in USD, × 10^scale: what it is per million, in full. */
static const struct
{
  double number;
  int scale;
  const char *decimal; /* NULL: not a price */
  gboolean is_derived;
} rates[] = {
  { 3, 0, "3", FALSE },
  { 0.075, 0, "0.075", FALSE },
  { 2.5e-06, 6, "2.5", FALSE },
  { 1.5e-07, 6, "0.15", FALSE },
  { 3.625e-9, 6, "0.003625", FALSE },
  { 6e-4, 6, "600", FALSE },
  /* Another way to write the double that 7.5e-05 is; and sums that are not what they should be. */
  { 7.499999999999999e-05, 6, "75", FALSE },
  { 7.49999999999999e-05, 6, "75", TRUE },
  { 0.1 + 0.2, 0, "0.3", TRUE },
  /* A twelfth, as OpenRouter has it; halves go to the even side. */
  { 1.0 / 12, 0, "0.083333333", TRUE },
  { 0.0000000005, 0, "0", TRUE },
  { 0.0000000015, 0, "0.000000002", TRUE },
  { 0.0000000025, 0, "0.000000002", TRUE },
  { 1e-300, 6, "0", TRUE },
  { 0, 6, "0", FALSE },
  { -1, 0, NULL, FALSE },
  { 1e12, 6, NULL, FALSE },
  { 1e300, 0, NULL, FALSE },
  { INFINITY, 0, NULL, FALSE },
  { NAN, 0, NULL, FALSE },
};

static void
test_rates (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      gboolean is_derived = FALSE;
      gint64 rate = 0;
      gboolean valid
          = tw_catalog_import_to_rate (rates[i].number, rates[i].scale, &rate, &is_derived);
      g_autofree char *decimal = valid ? tw_rate_to_decimal (rate) : NULL;

      g_test_message ("%g", rates[i].number);
      g_assert_cmpstr (decimal, ==, rates[i].decimal);
      if (valid)
        g_assert_cmpint (is_derived, ==, rates[i].is_derived);
    }
}

/* Every price of nine digits below ten dollars that a list may write comes back as it was. */
static void
test_rates_round_trip (void)
{
  for (gint64 nano = 1; nano < 10000000000; nano = nano * 13 / 10 + 1)
    {
      g_autofree char *text = tw_rate_to_decimal (nano);
      gboolean is_derived = TRUE;
      gint64 rate = 0;

      g_assert_true (
          tw_catalog_import_to_rate (g_ascii_strtod (text, NULL), 0, &rate, &is_derived));
      g_assert_cmpint (rate, ==, nano);
      g_assert_false (is_derived);
    }
}

#define GENAI                                                                                      \
  "[{\"id\":\"acme\",\"models\":["                                                                 \
  "{\"id\":\"a\",\"prices\":{\"input_mtok\":{\"base\":3,\"tiers\":[{\"start\":1,\"price\":9}]},"   \
  "\"output_mtok\":16,\"web_searches_kcount\":10}},"                                               \
  "{\"id\":\"b\",\"prices\":[{\"prices\":{\"input_mtok\":1}},"                                     \
  "{\"constraint\":{\"start_date\":\"2020-01-01\"},\"prices\":{\"input_mtok\":3}},"                \
  "{\"constraint\":{\"start_date\":\"2099-01-01\"},\"prices\":{\"input_mtok\":5}}]},"              \
  "{\"id\":\"c\",\"prices\":{\"input_mtok\":0,\"output_mtok\":0}},"                                \
  "{\"id\":\"d\",\"prices\":{\"input_mtok\":\"3\",\"output_mtok\":-1}},"                           \
  "{\"id\":\"unheard-of\",\"prices\":{\"input_mtok\":1}}]}]"
/* The same facts, and a price per thousand in the place of one per token. */
#define LITELLM                                                                                    \
  "{\"sample_spec\":{\"litellm_provider\":\"acme\",\"input_cost_per_token\":1},"                   \
  "\"acme/a\":{\"litellm_provider\":\"acme\",\"input_cost_per_token\":3e-06,"                      \
  "\"output_cost_per_token\":1.6e-05,\"mode\":\"chat\"},"                                          \
  "\"b\":{\"litellm_provider\":\"acme\",\"input_cost_per_token\":2.999999999999e-06},"             \
  "\"acme/c\":{\"litellm_provider\":\"acme\",\"input_cost_per_token\":0.0,"                        \
  "\"output_cost_per_token\":0.0},"                                                                \
  "\"acme/d\":{\"litellm_provider\":\"acme\",\"input_cost_per_token\":0.2,"                        \
  "\"output_cost_per_token\":\"free\"},"                                                           \
  "\"unheard-of\":{\"litellm_provider\":\"acme\",\"input_cost_per_token\":1e-06},"                 \
  "\"no provider\":{\"input_cost_per_token\":1e-06}}"
#define MODELS_DEV                                                                                 \
  "{\"acme\":{\"id\":\"acme\",\"models\":{"                                                        \
  "\"a\":{\"id\":\"a\",\"cost\":{\"input\":3,\"output\":16,\"cache_read\":3}},"                    \
  "\"b\":{\"id\":\"b\",\"cost\":{\"input\":2.9999999999999996}},"                                  \
  "\"c\":{\"id\":\"c\",\"cost\":{\"input\":0,\"output\":0}},"                                      \
  "\"d\":{\"id\":\"d\",\"cost\":{\"input\":5001,\"output\":[]}},"                                  \
  "\"e\":{\"id\":\"e\"},"                                                                          \
  "\"unheard-of\":{\"cost\":{\"input\":1}}}}}"

typedef struct
{
  const char *format;
  const char *text;
  guint agree;
  guint missing;
  const char *unit_problem; /* of the model d's input */
} Source;

static const Source sources[] = {
  { "genai-prices", GENAI, 2, 1, "not-a-price" },
  { "litellm", LITELLM, 2, 0, "unit-error" },
  { "models-dev", MODELS_DEV, 3, 0, "unit-error" },
};

static gint64
get_integer (const cJSON *json, const char *key)
{
  gint64 value = -1;

  g_assert_true (tw_json_integer (json, key, &value));
  return value;
}

static const cJSON *
find_row (const cJSON *list, const char *theirs, const char *meter)
{
  const cJSON *item;

  cJSON_ArrayForEach (item, list)
  {
    if (g_strcmp0 (tw_json_string (item, "theirs"), theirs) == 0
        && g_strcmp0 (tw_json_string (item, "meter"), meter) == 0)
      return item;
  }
  return NULL;
}

static void
test_source (Machine *machine, gconstpointer data)
{
  const Source *source = data;
  g_autofree char *path = machine_write (machine, "theirs.json", source->text, -1);
  g_autoptr (GError) error = NULL;
  char *answer = tw_catalog_cross_check (path, source->format, &error);
  g_autoptr (cJSON) report = NULL;
  const cJSON *rows, *problems, *row;

  g_assert_no_error (error);
  report = parse_answer (answer);
  rows = tw_json_array (report, "rows");
  problems = tw_json_array (report, "problems");
  g_assert_cmpint (get_integer (report, "agree"), ==, source->agree);
  g_assert_cmpint (get_integer (report, "disagree"), ==, 1);
  g_assert_cmpint (get_integer (report, "missing"), ==, source->missing);
  g_assert_cmpint (get_integer (report, "unmatched_models"), ==, 1);

  row = find_row (rows, "acme/a", "output");
  g_assert_cmpstr (tw_json_string (row, "verdict"), ==, "disagree");
  g_assert_cmpstr (tw_json_string (row, "our_price"), ==, "15");
  g_assert_cmpstr (tw_json_string (row, "their_price"), ==, "16");
  row = find_row (rows, "acme/b", "input");
  g_assert_cmpstr (tw_json_string (row, "verdict"), ==, "agree");
  g_assert_cmpint (cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (row, "derived")), ==,
                   strcmp (source->format, "genai-prices") != 0);

  g_assert_cmpint (cJSON_GetArraySize (problems), ==, 3);
  g_assert_cmpstr (tw_json_string (find_row (problems, "acme/c", NULL), "problem"), ==,
                   "placeholder");
  g_assert_cmpstr (tw_json_string (find_row (problems, "acme/d", "input"), "problem"), ==,
                   source->unit_problem);
  g_assert_cmpstr (tw_json_string (find_row (problems, "acme/d", "output"), "problem"), ==,
                   "not-a-price");
}

static void
test_other_forms (Machine *machine, gconstpointer data)
{
  static const char *const texts[] = { "{}", "[]", "[{}]", "3", "{\"a\":{}}", "[{\"models\":3}]" };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sources); j++)
      {
        g_autofree char *file = machine_write (machine, "theirs.json", texts[i], -1);

        g_assert_null (tw_catalog_cross_check (file, sources[j].format, &error));
        g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
        g_clear_error (&error);
      }
  path = machine_write (machine, "theirs.json", GENAI, -1);
  g_assert_null (tw_catalog_cross_check (path, "morse", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

/* The hour decides where a list has prices for parts of the day. */
static void
test_hours (void)
{
  static const struct
  {
    const char *at;
    gint64 usd;
  } hours[] = {
    { "2026-11-20T00:29:59Z", 2 }, { "2026-11-20T00:30:00Z", 1 }, { "2026-11-20T16:29:59Z", 1 },
    { "2026-11-20T16:30:00Z", 2 }, { "2026-11-20T22:00:00Z", 3 }, { "2026-11-20T00:10:00Z", 3 },
  };
  g_autoptr (cJSON) root = tw_json_parse (
      "[{\"id\":\"acme\",\"models\":[{\"id\":\"a\",\"prices\":[{\"prices\":{\"input_mtok\":2}},"
      "{\"constraint\":{\"start_time\":\"00:30:00Z\",\"end_time\":\"16:30:00Z\"},"
      "\"prices\":{\"input_mtok\":1}},"
      "{\"constraint\":{\"start_time\":\"22:00:00Z\",\"end_time\":\"00:20:00Z\"},"
      "\"prices\":{\"input_mtok\":3}}]}]}]",
      -1, 10000, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (hours); i++)
    {
      g_auto (TwCatalogImport) import = { 0 };
      gint64 at = 0;

      g_assert_true (tw_instant_parse (hours[i].at, &at, NULL));
      tw_catalog_import_init (&import);
      g_assert_true (tw_catalog_import_genai_prices (&import, root, at));
      g_assert_cmpuint (import.prices->len, ==, 1);
      g_assert_cmpint (g_array_index (import.prices, TwImportedPrice, 0).rate, ==,
                       hours[i].usd * 1000000000);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/import/rates", test_rates);
  g_test_add_func ("/import/rates-round-trip", test_rates_round_trip);
  g_test_add_func ("/import/hours", test_hours);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autofree char *path = g_strdup_printf ("/import/%s", sources[i].format);

      g_test_add (path, Machine, &sources[i], machine_set_up, test_source, machine_tear_down);
    }
  g_test_add ("/import/other-forms", Machine, NULL, machine_set_up, test_other_forms,
              machine_tear_down);
  return g_test_run ();
}
