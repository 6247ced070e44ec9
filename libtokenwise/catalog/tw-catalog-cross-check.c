/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-diff.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-money-private.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-catalog-import-private.h"
#include "libtokenwise/catalog/tw-catalog-private.h"
#include "libtokenwise/catalog/tw-catalog-store-file-private.h"
#include "libtokenwise/catalog/tw-catalog-update-private.h"

#include <string.h>

#define MILLION G_GINT64_CONSTANT (1000000)

typedef struct
{
  TwCatalog *catalog;
  GHashTable *ours; /* "provider/model" of theirs: what tw_model_to_json() says of ours, or NULL */
  cJSON *rows;
  gint64 n_agree;
  gint64 n_disagree;
  gint64 n_missing;
  GHashTable *unmatched; /* models of theirs that we do not have */
} CrossCheck;

static void
delete_json (gpointer json)
{
  cJSON_Delete (json);
}

static const cJSON *
find_ours (CrossCheck *self, const TwImportedPrice *price)
{
  g_autofree char *name = g_strconcat (price->provider, "/", price->model, NULL);
  g_autoptr (TwModel) model = NULL;
  g_autofree char *text = NULL;
  cJSON *json = NULL;

  if (g_hash_table_contains (self->unmatched, name))
    return NULL;
  json = g_hash_table_lookup (self->ours, name);
  if (json != NULL)
    return json;
  model = tw_catalog_find_model (self->catalog, name, NULL);
  text = model != NULL ? tw_model_to_json (model) : NULL;
  json = text != NULL ? tw_json_parse (text, -1, strlen (text), NULL) : NULL;
  if (json != NULL)
    g_hash_table_insert (self->ours, g_steal_pointer (&name), json);
  else
    g_hash_table_add (self->unmatched, g_steal_pointer (&name));
  return json;
}

static const cJSON *
get_price (const cJSON *model, TwPriceMeter meter)
{
  return cJSON_GetObjectItemCaseSensitive (tw_json_object (model, "prices"),
                                           tw_price_meter_to_string (meter));
}

/* What a call is charged for the meter, inherited where it has no price of its own. Others call the
 * five-minute write just a write. */
static const cJSON *
find_price (const cJSON *model, TwPriceMeter meter)
{
  const cJSON *price = get_price (model, meter);

  if (price == NULL && meter == TW_PRICE_METER_CACHE_WRITE)
    price = get_price (model, TW_PRICE_METER_CACHE_WRITE_5M);
  for (; price == NULL && meter != TW_PRICE_METER_NONE; meter = tw_price_meter_parent (meter))
    price = get_price (model, meter);
  return price;
}

static gboolean
read_ours (const cJSON *price, gint64 *ret_rate, gint64 *ret_per)
{
  const char *text
      = cJSON_IsObject (price) ? tw_json_string (price, "price") : cJSON_GetStringValue (price);

  *ret_per = MILLION;
  if (cJSON_IsObject (price))
    tw_json_integer (price, "per", ret_per);
  return text != NULL && tw_rate_parse (text, ret_rate, NULL);
}

static char *
rate_to_text (gint64 rate, gint64 per)
{
  g_autofree char *decimal = tw_rate_to_decimal (rate);

  if (per == MILLION)
    return g_steal_pointer (&decimal);
  return g_strdup_printf ("%s per %" G_GINT64_FORMAT, decimal, per);
}

static void
check_price (CrossCheck *self, const TwImportedPrice *price)
{
  const cJSON *model = find_ours (self, price);
  const cJSON *found = model != NULL ? find_price (model, price->meter) : NULL;
  g_autofree char *theirs = rate_to_text (price->rate, price->per);
  g_autofree char *their_name = g_strconcat (price->provider, "/", price->model, NULL);
  g_autofree char *ours = NULL;
  const char *verdict = "missing";
  gint64 rate = 0, per = MILLION;
  cJSON *row;

  if (model == NULL)
    return;
  if (found != NULL && read_ours (found, &rate, &per))
    {
      ours = rate_to_text (rate, per);
      verdict = (__int128) rate * price->per == (__int128) price->rate * per ? "agree" : "disagree";
    }
  self->n_agree += strcmp (verdict, "agree") == 0 ? 1 : 0;
  self->n_disagree += strcmp (verdict, "disagree") == 0 ? 1 : 0;
  self->n_missing += ours == NULL ? 1 : 0;
  row = cJSON_CreateObject ();
  cJSON_AddStringToObject (row, "model", tw_json_string (model, "id"));
  cJSON_AddStringToObject (row, "theirs", their_name);
  cJSON_AddStringToObject (row, "meter", tw_price_meter_to_string (price->meter));
  tw_json_add_string (row, "our_price", ours);
  cJSON_AddStringToObject (row, "their_price", theirs);
  cJSON_AddBoolToObject (row, "derived", price->is_derived);
  cJSON_AddStringToObject (row, "verdict", verdict);
  cJSON_AddItemToArray (self->rows, row);
}

static char *
report (CrossCheck *self, TwCatalogImport *import, const char *path, const char *format)
{
  g_autoptr (cJSON) json = cJSON_CreateObject ();

  cJSON_AddStringToObject (json, "against", path);
  cJSON_AddStringToObject (json, "format", format);
  cJSON_AddStringToObject (json, "version", tw_catalog_get_version (self->catalog));
  tw_json_add_integer (json, "agree", self->n_agree);
  tw_json_add_integer (json, "disagree", self->n_disagree);
  tw_json_add_integer (json, "missing", self->n_missing);
  tw_json_add_integer (json, "unmatched_models", g_hash_table_size (self->unmatched));
  cJSON_AddItemToObject (json, "rows", g_steal_pointer (&self->rows));
  cJSON_AddItemToObject (json, "problems", g_steal_pointer (&import->problems));
  return tw_json_print (json);
}

static char *
cross_check (TwCatalog *catalog, TwCatalogImport *import, const char *path, const char *format)
{
  g_autoptr (GHashTable) ours
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, delete_json);
  g_autoptr (GHashTable) unmatched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  CrossCheck self = { .catalog = catalog, .ours = ours, .unmatched = unmatched };

  self.rows = cJSON_CreateArray ();
  for (guint i = 0; i < import->prices->len; i++)
    check_price (&self, &g_array_index (import->prices, TwImportedPrice, i));
  return report (&self, import, path, format);
}

/**
 * tw_catalog_cross_check:
 * @path: (type filename): a price list of another project
 * @format: its form: `"genai-prices"` (`data.json`), `"litellm"`
 *   (`model_prices_and_context_window.json`) or `"models-dev"` (`api.json`)
 * @error: return location for an error
 *
 * Compares the prices in force now for an ordinary call with those of another
 * list. Prices above $5,000 per million tokens are reported as errors of unit,
 * models whose prices are all zero as placeholders; neither is compared, nor is
 * a single zero. A price that is not a decimal of nine digits is rounded half to
 * even, and `"derived"`.
 *
 * The answer has `"against"`, `"format"`, `"version"` (of ours), how many prices
 * `"agree"`, `"disagree"` or are `"missing"` here, `"unmatched_models"` that the
 * catalogue does not have, `"rows"` with model, theirs, meter, our_price,
 * their_price, derived and verdict, and `"problems"`.
 *
 * Returns: (transfer full): a JSON object
 * Since: 0.1
 */
char *
tw_catalog_cross_check (const char *path, const char *format, GError **error)
{
  g_auto (TwCatalogImport) import = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (cJSON) root = NULL;
  g_autoptr (TwCatalog) catalog = NULL;
  g_autofree char *in_force = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (format != NULL, NULL);

  bytes = tw_catalog_file_read (path, TW_CATALOG_MAX_BYTES, error);
  root = bytes != NULL ? tw_catalog_parse (bytes, path, error) : NULL;
  if (root == NULL)
    return NULL;
  tw_catalog_import_init (&import);
  if (!tw_catalog_import_read (&import, root, format, tw_instant_now (), error))
    return NULL;
  in_force = tw_catalog_find_in_force (NULL, error);
  catalog = in_force != NULL ? tw_catalog_new_from_file (in_force, error) : NULL;
  return catalog != NULL ? cross_check (catalog, &import, path, format) : NULL;
}
