/* SPDX-License-Identifier: MIT */
#include "update-fixture.h"

typedef struct
{
  const char *label;
  const char *refusal; /* "NAME" or "NAME:SUBJECT"; NULL: it may pass */
  const char *text;    /* with %s for the version */
} Case;

#define PRICE(input) CARD ("base", "\"prices\":{\"input\":\"" input "\",\"output\":\"15\"}")
#define WITH_A(cards) CATALOG_MODELS (MODEL ("a", cards) "," FOUR_MODELS)

static const Case cases[] = {
  { "the same prices", NULL, CATALOG_MODELS (FIVE_MODELS) },
  { "ten times", NULL, WITH_A (PRICE ("30")) },
  { "over ten times", "price-jump:acme/a", WITH_A (PRICE ("30.000000001")) },
  { "a tenth", NULL, WITH_A (PRICE ("0.3")) },
  { "under a tenth", "price-jump:acme/a", WITH_A (PRICE ("0.299999999")) },
  { "becomes 0", "zero-price:acme/a", WITH_A (PRICE ("0")) },
  { "a jump that is over", NULL,
    WITH_A (BASE "," CARD ("old",
                           "\"to\":\"2026-01-01T00:00:00Z\",\"priority\":1,"
                           "\"prices\":{\"input\":\"4000\"}")) },
  { "a jump to come", "price-jump:acme/a",
    WITH_A (BASE "," CARD ("next",
                           "\"from\":\"2099-01-01T00:00:00Z\","
                           "\"prices\":{\"input\":\"4000\",\"output\":\"15\"}")) },
  { "a jump on a new condition", "price-jump:acme/a",
    WITH_A (BASE "," CARD ("eu",
                           "\"when\":{\"region\":[\"eu\"]},"
                           "\"prices\":{\"input\":\"3\",\"output\":\"300\"}")) },
  { "a jump on a condition that is worded otherwise", "price-jump:acme/a",
    WITH_A (BASE "," CARD ("batch",
                           "\"when\":{\"service_tier\":[\"batch\",\"bulk\"]},"
                           "\"prices\":{\"input\":\"15.1\"}")) },
  { "a jump of a meter that was inherited", "price-jump:acme/a",
    WITH_A (
        CARD ("base", "\"prices\":{\"input\":\"3\",\"output\":\"15\",\"reasoning\":\"151\"}")) },
  { "a zero of a meter that was inherited", "zero-price:acme/a",
    WITH_A (CARD ("base", "\"prices\":{\"input\":\"3\",\"output\":\"15\",\"cache_read\":\"0\"}")) },
  { "another unit", "price-jump:acme/a",
    WITH_A (
        CARD ("base", "\"prices\":{\"input\":{\"price\":\"3\",\"per\":1000},\"output\":\"15\"}")) },
  { "the same price in another unit", NULL,
    WITH_A (CARD ("base",
                  "\"prices\":{\"input\":{\"price\":\"0.003\",\"per\":1000},"
                  "\"output\":\"15\"}")) },
  { "an adjustment by ten", NULL,
    CATALOG_MODELS ("{\"provider\":\"acme\",\"id\":\"a\",\"match\":[{\"equals\":\"a\"}],"
                    "\"rate_cards\":[" BASE "],\"adjustments\":[{\"id\":\"x\","
                    "\"multiply\":\"10\"}]}," FOUR_MODELS) },
  { "an adjustment by more", "price-jump:acme/a",
    CATALOG_MODELS ("{\"provider\":\"acme\",\"id\":\"a\",\"match\":[{\"equals\":\"a\"}],"
                    "\"rate_cards\":[" BASE "],\"adjustments\":[{\"id\":\"x\","
                    "\"multiply\":\"10.5\"}]}," FOUR_MODELS) },
  { "an adjustment by 0", "zero-price:acme/a",
    CATALOG_MODELS ("{\"provider\":\"acme\",\"id\":\"a\",\"match\":[{\"equals\":\"a\"}],"
                    "\"rate_cards\":[" BASE "],\"adjustments\":[{\"id\":\"x\","
                    "\"multiply\":\"0\"}]}," FOUR_MODELS) },
  { "an alias of a dear model", "price-jump:acme/a",
    CATALOG_MODELS ("{\"provider\":\"acme\",\"id\":\"a\",\"alias_of\":\"acme/dear\","
                    "\"match\":[{\"equals\":\"a\"}],\"rate_cards\":[" BASE "]}," FOUR_MODELS
                    "," MODEL ("dear", PRICE ("300"))) },
  { "a new model at the limit", NULL,
    CATALOG_MODELS (FIVE_MODELS "," MODEL ("new", PRICE ("5000"))) },
  { "a new model past the limit", "price-limit:acme/new",
    CATALOG_MODELS (FIVE_MODELS "," MODEL ("new", PRICE ("5000.000000001"))) },
  { "a dear search is no dear token", NULL,
    CATALOG_MODELS (FIVE_MODELS "," MODEL (
        "new", CARD ("base", "\"prices\":{\"web_search\":{\"price\":\"10\",\"per\":1000}}"))) },
  { "one of five models less", NULL, CATALOG_MODELS (FOUR_MODELS) },
  { "two of five models less", "model-loss",
    CATALOG_MODELS (MODEL ("b", BASE) "," MODEL ("c", BASE) "," MODEL ("d", BASE)) },
  { "an unknown key of a model", "unknown-keys:models.colour",
    CATALOG_MODELS ("{\"provider\":\"acme\",\"id\":\"a\",\"match\":[{\"equals\":\"a\"}],"
                    "\"colour\":\"red\",\"rate_cards\":[" BASE "]}," FOUR_MODELS) },
  { "an unknown key of a rate card", "unknown-keys:rate_cards.shape",
    WITH_A (CARD ("base", "\"shape\":{},\"prices\":{\"input\":\"3\",\"output\":\"15\"}")) },
};

static char *
with_version (const char *text, const char *version)
{
  g_autoptr (GString) whole = g_string_new (text);

  g_string_replace (whole, "%s", version, 1);
  return g_strdup (whole->str);
}

static void
assert_refused (TwCatalogUpdate *update, const char *refusal)
{
  g_autoptr (cJSON) report = check_update (update);
  const cJSON *finding
      = cJSON_GetArrayItem (cJSON_GetObjectItemCaseSensitive (report, "findings"), 0);
  const char *subject = tw_json_string (finding, "subject");
  g_autofree char *found
      = subject != NULL ? g_strdup_printf ("%s:%s", tw_json_string (finding, "name"), subject)
                        : g_strdup (tw_json_string (finding, "name"));
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (tw_json_string (report, "state"), ==, refusal != NULL ? "refused" : "ready");
  g_assert_cmpstr (found, ==, refusal);
  if (refusal == NULL)
    return;
  g_assert_null (tw_catalog_update_install (update, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_assert_nonnull (strstr (error->message, refusal));
}

static void
assert_installs (TwCatalogUpdate *update, const char *accept, const char *version)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = NULL;

  if (accept != NULL)
    g_assert_true (tw_catalog_update_accept (update, accept, &error));
  g_assert_no_error (error);
  answer = tw_catalog_update_install (update, &error);
  g_assert_no_error (error);
  g_assert_nonnull (answer);
  assert_in_force (version);
}

/* Refused by its name and no other, and let pass by that name, alone or with its subject. */
static void
test_case (Machine *machine, gconstpointer data)
{
  const Case *one = data;
  g_autofree char *text = with_version (one->text, NEXT_VERSION);
  g_autoptr (TwCatalogUpdate) update = machine_make_update (machine, text);
  g_autofree char *bare
      = one->refusal != NULL ? g_strndup (one->refusal, strcspn (one->refusal, ":")) : NULL;
  g_autoptr (GError) error = NULL;

  assert_refused (update, one->refusal);
  assert_in_force (BUILT_IN_VERSION);
  if (one->refusal != NULL)
    {
      g_autofree char *other = g_strconcat (bare, ":someone/else", NULL);
      g_autofree char *reverted = NULL;

      g_assert_true (tw_catalog_update_accept (update, other, &error));
      assert_refused (update, one->refusal);
      assert_installs (update, one->refusal, NEXT_VERSION);
      reverted = tw_catalog_update_revert (NULL);
      g_assert_nonnull (reverted);
    }
  assert_installs (update, bare, NEXT_VERSION);
}

/* What nobody can accept. */
static const struct
{
  const char *message; /* a part of it */
  const char *text;
} errors[] = {
  { "not a string", WITH_A (CARD ("base", "\"prices\":{\"input\":3}")) },
  { "is not a meter", WITH_A (CARD ("base", "\"prices\":{\"tea\":\"3\"}")) },
  { "not a known key", WITH_A (CARD ("base",
                                     "\"when\":{\"moon\":[\"full\"]},"
                                     "\"prices\":{\"input\":\"3\"}")) },
  { "same key", WITH_A (CARD ("x", "\"prices\":{\"input\":\"3\"}") "," CARD (
                    "y", "\"prices\":{\"input\":\"3\"}")) },
  { "twice in one object", WITH_A (CARD ("base",
                                         "\"prices\":{\"input\":\"3\"},"
                                         "\"prices\":{\"input\":\"4\"}")) },
  { "is an alias of", CATALOG_MODELS ("{\"provider\":\"acme\",\"id\":\"a\","
                                      "\"alias_of\":\"acme/none\",\"match\":[{\"equals\":\"a\"}],"
                                      "\"rate_cards\":[" BASE "]}") },
  { "cannot be used", "{\"schema\":\"tokenwise-catalog/9\",\"version\":\"%s\"}" },
  { "not valid", "{\"version\":\"%s\"" },
  { "", "" },
};

static void
test_errors (Machine *machine, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autofree char *text = with_version (errors[i].text, NEXT_VERSION);
      g_autoptr (TwCatalogUpdate) update = machine_make_update (machine, text);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", errors[i].message);
      g_assert_true (tw_catalog_update_accept (update, "unknown-keys", NULL));
      g_assert_null (tw_catalog_update_install (update, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, errors[i].message));
      g_assert_null (strstr (error->message, "/proc/"));
      assert_in_force (BUILT_IN_VERSION);
    }
}

static void
test_versions (Machine *machine, gconstpointer data)
{
  static const char *const rising[]
      = { "2025.12.31",    "2026.01.01", "2026.01.01.1", "2026.01.01.2",
          "2026.01.01.10", "2026.02.01", "2026.10.01" };
  static const char *const bad[] = {
    "",           "2026",         "2026.1.1",  "2026.13.01",  "2026.02.30",           "2026.01.01.",
    "2026-01-01", "2026.01.01.x", "v2026.1.1", " 2026.01.01", "2026.01.01.1234567890"
  };

  for (guint i = 0; i < G_N_ELEMENTS (rising); i++)
    for (guint j = 0; j < G_N_ELEMENTS (rising); j++)
      {
        int order = tw_catalog_version_compare (rising[i], rising[j]);

        g_assert_true (i < j ? order < 0 : i > j ? order > 0 : order == 0);
      }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = g_strdup_printf (CATALOG_MODELS (FIVE_MODELS), bad[i]);
      g_autoptr (TwCatalogUpdate) update = machine_make_update (machine, text);
      g_autoptr (GError) error = NULL;

      g_assert_false (tw_catalog_version_is_valid (bad[i]));
      g_assert_null (tw_catalog_update_check (update, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
    }
  g_assert_cmpint (tw_catalog_version_get_age_days ("2026.01.01.3", 1767225600), ==, 0);
  g_assert_cmpint (tw_catalog_version_get_age_days ("2026.01.01", 1767225600 + 45 * 86400), ==, 45);
}

static void
test_older (Machine *machine, gconstpointer data)
{
  g_autofree char *old_text = catalog_text (WITH_A (PRICE ("4")), "2026.02.01");
  g_autofree char *same_text = catalog_text (WITH_A (PRICE ("5")), BUILT_IN_VERSION);
  g_autoptr (TwCatalogUpdate) older = machine_make_update (machine, old_text);
  g_autoptr (TwCatalogUpdate) same = machine_make_update (machine, same_text);

  assert_refused (older, "older-version");
  assert_refused (same, "older-version");
  assert_installs (older, "older-version", "2026.02.01");
  /* It was accepted over one built-in catalogue, and not over any to come. */
  machine_set_built_in (machine, "2026.03.02");
  assert_in_force ("2026.03.02");
}

static void
test_same_again (Machine *machine, gconstpointer data)
{
  g_autofree char *text = catalog_text (WITH_A (PRICE ("4")), NEXT_VERSION);
  g_autoptr (TwCatalogUpdate) update = machine_make_update (machine, text);
  g_autoptr (cJSON) report = NULL;
  g_autofree char *previous = tw_catalog_store_get_previous_path ();

  install_text (machine, text);
  report = check_update (update);
  g_assert_cmpstr (tw_json_string (report, "state"), ==, "current");
  install_text (machine, text);
  g_assert_false (g_file_test (previous, G_FILE_TEST_EXISTS));
}

/* --- signatures --------------------------------------------------------------------------------
 */

static void
assert_signature (GBytes *bytes, GBytes *signature, const char *state, const char *refusal)
{
  g_autoptr (TwCatalogUpdate) update = tw_catalog_update_new (bytes, signature, "test");
  g_autoptr (cJSON) report = check_update (update);

  g_assert_cmpstr (tw_json_string (tw_json_object (report, "signature"), "state"), ==, state);
  assert_refused (update, refusal);
}

static void
test_signature_forms (Machine *machine, gconstpointer data)
{
  g_autofree char *text = catalog_text (CATALOG_MODELS (FIVE_MODELS), NEXT_VERSION);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) raw = machine_sign (machine, text);
  g_autofree char *base64 = g_base64_encode (g_bytes_get_data (raw, NULL), 64);
  g_autofree char *lines = g_strdup_printf ("%.40s\n%s\r\n", base64, base64 + 40);
  g_autoptr (GBytes) wrapped = g_bytes_new (lines, strlen (lines));
  g_autoptr (GBytes) empty = g_bytes_new ("", 0);
  g_autoptr (GBytes) prose = g_bytes_new ("not a signature at all", 22);

  assert_signature (bytes, raw, "unchecked", "unsigned");
  machine_trust (machine);
  assert_signature (bytes, raw, "valid", NULL);
  assert_signature (bytes, wrapped, "valid", NULL);
  assert_signature (bytes, NULL, "missing", "unsigned");
  assert_signature (bytes, empty, "bad", "bad-signature");
  assert_signature (bytes, prose, "bad", "bad-signature");
}

static void
test_every_bit_counts (Machine *machine, gconstpointer data)
{
  g_autofree char *text = catalog_text (CATALOG_MODELS (FIVE_MODELS), NEXT_VERSION);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) good = machine_sign (machine, text);
  g_autofree char *space = g_strdup_printf ("%s\n", text);
  g_autoptr (GBytes) longer = g_bytes_new (space, strlen (space));

  machine_trust (machine);
  for (guint bit = 0; bit < 512; bit++)
    {
      guint8 flipped[64];
      g_autoptr (GBytes) signature = NULL;

      memcpy (flipped, g_bytes_get_data (good, NULL), sizeof flipped);
      flipped[bit / 8] ^= (guint8) (1u << (bit % 8));
      signature = g_bytes_new (flipped, sizeof flipped);
      assert_signature (bytes, signature, "bad", "bad-signature");
    }
  assert_signature (longer, good, "bad", "bad-signature");
}

static void
test_keys (Machine *machine, gconstpointer data)
{
  g_autofree char *text = catalog_text (CATALOG_MODELS (FIVE_MODELS), NEXT_VERSION);
  g_autoptr (TwCatalogUpdate) update = machine_make_update (machine, text);
  Machine stranger = { .folder = machine->folder };
  g_autofree char *broken
      = machine_write (machine, "config/tokenwise/catalog-keys/broken.pub", "hello", -1);
  g_autofree char *other = NULL;
  g_autoptr (cJSON) report = check_update (update);
  g_autoptr (GError) error = NULL;
  const cJSON *problems = tw_json_array (report, "key_problems");

  /* A file that is no key is said, and does not hide the others. */
  g_assert_cmpstr (tw_json_string (report, "state"), ==, "ready");
  g_assert_cmpint (cJSON_GetArraySize (problems), ==, 1);
  g_assert_nonnull (strstr (cJSON_GetArrayItem (problems, 0)->valuestring, "broken.pub"));
  g_assert_false (tw_catalog_update_add_key (update, broken, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);

  /* A key that is given is the only one. */
  g_assert_cmpint (sodium ()->keypair (stranger.public_key, stranger.secret_key), ==, 0);
  other = machine_write (machine, "other.pub", stranger.public_key, 32);
  g_assert_true (tw_catalog_update_add_key (update, other, NULL));
  assert_refused (update, "bad-signature");
}

static void
test_accept_unsigned (Machine *machine, gconstpointer data)
{
  g_autofree char *text = catalog_text (CATALOG_MODELS (FIVE_MODELS), NEXT_VERSION);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (TwCatalogUpdate) update = tw_catalog_update_new (bytes, NULL, "test");
  g_autoptr (GBytes) wrong = machine_sign (machine, "something else");
  g_autoptr (TwCatalogUpdate) forged = tw_catalog_update_new (bytes, wrong, "test");
  g_autoptr (GError) error = NULL;

  machine_trust (machine);
  /* No signature is one thing, a wrong one another. */
  g_assert_true (tw_catalog_update_accept (forged, "unsigned", NULL));
  assert_refused (forged, "bad-signature");
  assert_installs (update, "unsigned", NEXT_VERSION);
  g_assert_false (tw_catalog_update_accept (update, "everything", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

static void
test_sha256 (Machine *machine, gconstpointer data)
{
  g_autofree char *text = catalog_text (CATALOG_MODELS (FIVE_MODELS), NEXT_VERSION);
  g_autofree char *right = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autofree char *wrong = g_strdup (right);
  g_autoptr (TwCatalogUpdate) update = machine_make_update (machine, text);
  g_autoptr (GError) error = NULL;

  wrong[0] = wrong[0] == '0' ? '1' : '0';
  g_assert_true (tw_catalog_update_expect_sha256 (update, wrong, NULL));
  g_assert_null (tw_catalog_update_check (update, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_clear_error (&error);
  for (char *p = right; *p != '\0'; p++)
    *p = g_ascii_toupper (*p);
  g_assert_true (tw_catalog_update_expect_sha256 (update, right, NULL));
  assert_installs (update, NULL, NEXT_VERSION);
  right[63] = '\0';
  g_assert_false (tw_catalog_update_expect_sha256 (update, right, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

static void
add (const char *path, void (*test) (Machine *, gconstpointer), gconstpointer data)
{
  g_test_add (path, Machine, data, machine_set_up, test, machine_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/update/case/%s", cases[i].label);

      add (path, test_case, &cases[i]);
    }
  add ("/update/errors", test_errors, NULL);
  add ("/update/versions", test_versions, NULL);
  add ("/update/older", test_older, NULL);
  add ("/update/same-again", test_same_again, NULL);
  add ("/update/signature/forms", test_signature_forms, NULL);
  add ("/update/signature/every-bit-counts", test_every_bit_counts, NULL);
  add ("/update/signature/keys", test_keys, NULL);
  add ("/update/signature/accept-unsigned", test_accept_unsigned, NULL);
  add ("/update/sha256", test_sha256, NULL);
  return g_test_run ();
}
