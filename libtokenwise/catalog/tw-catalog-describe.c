/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-diff.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-catalog-store-file-private.h"
#include "libtokenwise/catalog/tw-catalog-store-private.h"
#include "libtokenwise/catalog/tw-catalog-update-private.h"
#include "libtokenwise/catalog/tw-cost-private.h"

static guint
count_cards (const cJSON *root)
{
  const cJSON *model;
  guint n = 0;

  cJSON_ArrayForEach (model, tw_json_array (root, "models"))
  {
    n += (guint) cJSON_GetArraySize (tw_json_array (model, "rate_cards"));
  }
  return n;
}

/* What every answer about one catalogue has. */
static void
add_head (cJSON *json, const char *path, const char *sha256, const cJSON *root)
{
  const char *version = tw_json_string (root, "version");
  gint64 age = tw_catalog_version_get_age_days (version, tw_instant_now ());
  g_autofree char *stored = tw_catalog_store_get_path ();
  cJSON *origin = tw_catalog_store_find_origin (sha256);

  cJSON_AddStringToObject (json, "path", path);
  cJSON_AddStringToObject (json, "version", version);
  cJSON_AddBoolToObject (json, "updated", g_str_equal (path, stored));
  cJSON_AddStringToObject (json, "sha256", sha256);
  tw_json_add_integer (json, "age_days", age);
  cJSON_AddBoolToObject (json, "stale", age > TW_STALE_PRICE_DAYS);
  tw_json_add_integer (json, "models", cJSON_GetArraySize (tw_json_array (root, "models")));
  tw_json_add_integer (json, "rate_cards", count_cards (root));
  cJSON_AddItemToObject (json, "origin", origin != NULL ? origin : cJSON_CreateNull ());
}

static cJSON *
describe_card (const cJSON *card, gint64 now)
{
  cJSON *json = cJSON_Duplicate (card, TRUE);
  gint64 from = G_MININT64, to = G_MAXINT64;
  const char *text = tw_json_string (card, "from");

  if (text != NULL)
    tw_instant_parse (text, &from, NULL);
  text = tw_json_string (card, "to");
  if (text != NULL)
    tw_instant_parse (text, &to, NULL);
  cJSON_AddStringToObject (json, "state", now < from ? "later" : now >= to ? "over" : "in force");
  return json;
}

static gboolean
add_model (cJSON *json, TwCatalog *catalog, const cJSON *root, const char *name, GError **error)
{
  g_autoptr (GHashTable) models = tw_catalog_index_models (root);
  g_autoptr (TwModel) model = tw_catalog_find_model (catalog, name, error);
  g_autofree char *key = NULL;
  const cJSON *found, *card;
  cJSON *member, *cards;

  if (model == NULL)
    return FALSE;
  key = g_ascii_strdown (tw_model_get_qualified_id (model), -1);
  found = g_hash_table_lookup (models, key);
  member = cJSON_AddObjectToObject (json, "model");
  cJSON_AddStringToObject (member, "id", tw_model_get_qualified_id (model));
  cJSON_AddStringToObject (member, "name", tw_model_get_name (model));
  cJSON_AddStringToObject (member, "status",
                           found != NULL && tw_json_string (found, "status") != NULL
                               ? tw_json_string (found, "status")
                               : "active");
  cards = cJSON_AddArrayToObject (member, "rate_cards");
  cJSON_ArrayForEach (card, tw_json_array (found, "rate_cards"))
  {
    cJSON_AddItemToArray (cards, describe_card (card, tw_instant_now ()));
  }
  return TRUE;
}

static void
add_surroundings (cJSON *json, const cJSON *root, const char *fallback)
{
  g_autofree char *built_in = tw_catalog_store_read_built_in_version (NULL);
  g_autofree char *previous_path = tw_catalog_store_get_previous_path ();
  g_autofree char *previous = NULL;
  const cJSON *sources = tw_json_array (root, "sources");

  if (g_file_test (previous_path, G_FILE_TEST_EXISTS))
    previous = tw_catalog_store_read_version (previous_path, NULL);
  tw_json_add_string (json, "generated_at", tw_json_string (root, "generated_at"));
  tw_json_add_string (json, "built_in_version", built_in);
  tw_json_add_string (json, "previous_version", previous);
  tw_json_add_string (json, "fallback", fallback);
  cJSON_AddItemToObject (json, "sources",
                         sources != NULL ? cJSON_Duplicate (sources, TRUE) : cJSON_CreateArray ());
}

/**
 * tw_catalog_describe:
 * @model: (nullable): a model whose rate cards are wanted, as
 *   tw_catalog_find_model() takes it
 * @error: return location for an error
 *
 * Describes the catalogue in force: which file it is, how old, where it came
 * from. A user's own prices are not part of it.
 *
 * The answer has `"path"`, `"version"`, `"updated"` (it is not the one that
 * comes with the library), `"sha256"`, `"age_days"` since the day of its prices,
 * `"stale"` (more than 45 days), `"models"`, `"rate_cards"`, `"origin"` (what was
 * noted when it was installed, or null), `"generated_at"`,
 * `"built_in_version"`, `"previous_version"`, `"fallback"` (why an update is
 * not in force, or null), `"sources"`, and with @model `"model"`: id, name,
 * status and rate cards, each with its `"state"` now: `"in force"`, `"later"` or
 * `"over"`.
 *
 * Returns: (transfer full): a JSON object
 * Since: 0.1
 */
char *
tw_catalog_describe (const char *model, GError **error)
{
  g_autofree char *fallback = NULL, *sha256 = NULL;
  g_autofree char *path = tw_catalog_find_in_force (&fallback, error);
  g_autoptr (GBytes) bytes
      = path != NULL ? tw_catalog_file_read (path, TW_CATALOG_MAX_BYTES, error) : NULL;
  g_autoptr (TwCatalog) catalog = bytes != NULL ? tw_catalog_load_bytes (bytes, path, error) : NULL;
  g_autoptr (cJSON) root = catalog != NULL ? tw_catalog_parse (bytes, path, error) : NULL;
  g_autoptr (cJSON) json = NULL;

  if (root == NULL)
    return NULL;
  json = cJSON_CreateObject ();
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  add_head (json, path, sha256, root);
  add_surroundings (json, root, fallback);
  if (model != NULL && !add_model (json, catalog, root, model, error))
    return NULL;
  return tw_json_print (json);
}

/* --- verify ------------------------------------------------------------------------------------
 */

static char *
verify_update (TwCatalogUpdate *update, gboolean is_in_force, GError **error)
{
  g_auto (TwCatalogOutcome) outcome = { 0 };
  g_autoptr (cJSON) root = NULL;
  g_autoptr (cJSON) json = cJSON_CreateObject ();
  g_autofree char *stored = tw_catalog_store_get_path ();

  root = tw_catalog_update_run_own_checks (update, &outcome, !is_in_force, error);
  if (root == NULL)
    return NULL;
  add_head (json, update->source, update->sha256, root);
  if (g_str_equal (update->source, stored)
      && cJSON_IsNull (cJSON_GetObjectItemCaseSensitive (json, "origin")))
    tw_catalog_findings_add (&outcome.findings, "changed", NULL,
                             g_strdup ("It is not what was installed; update again or go back."));
  cJSON_AddBoolToObject (json, "ok", outcome.findings.n_refused == 0);
  if (!is_in_force)
    tw_catalog_add_signature (json, &outcome.signature);
  cJSON_AddItemToObject (json, "findings",
                         outcome.findings.list != NULL
                             ? cJSON_Duplicate (outcome.findings.list, TRUE)
                             : cJSON_CreateArray ());
  return tw_json_print (json);
}

/**
 * tw_catalog_verify:
 * @path: (nullable) (type filename): a catalogue, with its signature in the
 *   file of the same name and `.sig`; %NULL for the one in force
 * @error: return location for an error
 *
 * Reads a whole catalogue as strictly as an update is read, without comparing
 * it with the one in force. One that is in force was signed or accepted when it
 * was installed; it must still be what it was then.
 *
 * The answer has `"ok"`, `"findings"` as tw_catalog_update_check() lists them,
 * for a file `"signature"`, and the members of tw_catalog_describe() up to
 * `"origin"`. What cannot be read as a catalogue is an error.
 *
 * Returns: (transfer full): a JSON object
 * Since: 0.1
 */
char *
tw_catalog_verify (const char *path, GError **error)
{
  g_autofree char *in_force = path == NULL ? tw_catalog_find_in_force (NULL, error) : NULL;
  g_autoptr (TwCatalogUpdate) update = NULL;

  if (path == NULL && in_force == NULL)
    return NULL;
  update = tw_catalog_update_new_from_file (path != NULL ? path : in_force, error);
  return update != NULL ? verify_update (update, path == NULL, error) : NULL;
}
