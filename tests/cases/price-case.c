/* SPDX-License-Identifier: MIT */
#include "price-case.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-catalog.h"
#include "libtokenwise/wire/tw-wire.h"

#include <glib/gstdio.h>
#include <string.h>

#define MAX_FILE_BYTES (4u << 20)

/* The catalogue of the last case that brought one. */
static struct
{
  char *text;
  TwCatalog *catalog;
} brought;

static void
add_default (cJSON *object, const char *key, const char *value)
{
  if (!cJSON_HasObjectItem (object, key))
    cJSON_AddItemToObject (object, key, tw_json_parse (value, -1, MAX_FILE_BYTES, NULL));
}

static void
complete_cards (cJSON *model)
{
  cJSON *card;

  cJSON_ArrayForEach (card, cJSON_GetObjectItemCaseSensitive (model, "rate_cards"))
  {
    add_default (card, "source", "\"case\"");
    add_default (card, "verified_at", "\"2026-01-01\"");
  }
}

/* What a catalogue must have and no price depends on. */
static char *
complete_catalog (const cJSON *fragment)
{
  g_autoptr (cJSON) whole = cJSON_Duplicate (fragment, TRUE);
  cJSON *model;

  add_default (whole, "schema", "\"tokenwise-catalog/1\"");
  add_default (whole, "catalog_id", "\"case\"");
  add_default (whole, "version", "\"2026.01.01\"");
  add_default (whole, "generated_at", "\"2026-01-01T00:00:00Z\"");
  add_default (whole, "currency", "\"USD\"");
  add_default (whole, "sources", "[]");
  add_default (whole, "providers",
               "[{\"id\":\"acme\",\"name\":\"Acme\",\"usage_profile\":\"openai\"}]");
  cJSON_ArrayForEach (model, cJSON_GetObjectItemCaseSensitive (whole, "models"))
  {
    g_autoptr (cJSON) match = cJSON_CreateArray ();
    g_autofree char *text = NULL;
    cJSON *rule = cJSON_CreateObject ();

    cJSON_AddStringToObject (rule, "equals", tw_json_string (model, "id"));
    cJSON_AddItemToArray (match, rule);
    text = tw_json_print (match);
    add_default (model, "match", text);
    complete_cards (model);
  }
  return tw_json_print (whole);
}

static TwCatalog *
read_fragment (const cJSON *fragment, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *text = complete_catalog (fragment);
  gint file = g_file_open_tmp ("tw-prices-XXXXXX.json", &path, error);
  TwCatalog *catalog = NULL;

  if (file < 0)
    return NULL;
  g_close (file, NULL);
  if (g_file_set_contents (path, text, -1, error))
    catalog = tw_catalog_new_from_file (path, error);
  g_unlink (path);
  return catalog;
}

TwCatalog *
price_case_get_catalog (const cJSON *price_case, GError **error)
{
  static TwCatalog *built_in = NULL;
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (price_case, "catalog");
  g_autofree char *text = NULL;

  if (item == NULL)
    {
      if (built_in == NULL)
        built_in = tw_catalog_new (error);
      return built_in;
    }
  text = tw_json_print (item);
  if (g_strcmp0 (text, brought.text) == 0)
    return brought.catalog;
  g_clear_pointer (&brought.text, g_free);
  g_clear_object (&brought.catalog);
  brought.catalog = cJSON_IsString (item) ? tw_catalog_new_from_file (item->valuestring, error)
                                          : read_fragment (item, error);
  if (brought.catalog != NULL)
    brought.text = g_steal_pointer (&text);
  return brought.catalog;
}

static gint64
instant_of (const cJSON *price_case)
{
  const char *at = tw_json_string (price_case, "at");
  gint64 instant = 0;

  g_assert_true (at != NULL && tw_instant_parse (at, &instant, NULL));
  return instant;
}

static TwModel *
find_model (TwCatalog *catalog, const cJSON *price_case, GError **error)
{
  const char *provider = tw_json_string (price_case, "provider");
  const char *model = tw_json_string (price_case, "model");
  g_autofree char *name
      = provider != NULL ? g_strconcat (provider, "/", model, NULL) : g_strdup (model);

  return tw_catalog_find_model_at (catalog, name, instant_of (price_case), error);
}

static TwUsage *
read_usage (const cJSON *price_case, TwModel *model, GError **error)
{
  const cJSON *block = cJSON_GetObjectItemCaseSensitive (price_case, "usage");
  const char *provider = tw_model_get_provider (model);
  g_autofree char *text = tw_json_print (block);

  return tw_wire_usage_from_json (tw_json_string (price_case, "dialect"), provider, text, error);
}

static gboolean
add_parameters (TwPriceTerms *terms, const cJSON *price_case, GError **error)
{
  const cJSON *item;

  cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive (price_case, "params"))
  {
    if (!tw_price_terms_set_parameter (terms, item->string, item->valuestring, error))
      return FALSE;
  }
  cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive (price_case, "rates"))
  {
    if (!tw_price_terms_set_rate (terms, item->string, item->valuestring, error))
      return FALSE;
  }
  return TRUE;
}

static TwPriceTerms *
read_terms (const cJSON *price_case, GError **error)
{
  g_autoptr (TwPriceTerms) terms = tw_price_terms_new ();

  tw_price_terms_set_instant (terms, instant_of (price_case));
  tw_price_terms_set_service_tier (terms, tw_json_string (price_case, "service_tier"));
  tw_price_terms_set_speed (terms, tw_json_string (price_case, "speed"));
  tw_price_terms_set_region (terms, tw_json_string (price_case, "region"));
  tw_price_terms_set_endpoint (terms, tw_json_string (price_case, "endpoint"));
  return add_parameters (terms, price_case, error) ? g_steal_pointer (&terms) : NULL;
}

static TwCost *
price (const cJSON *price_case, cJSON *result, GError **error)
{
  TwCatalog *catalog = price_case_get_catalog (price_case, error);
  g_autoptr (TwPriceTerms) terms = NULL;
  g_autoptr (TwModel) model = NULL;
  g_autoptr (TwUsage) usage = NULL;

  if (catalog != NULL)
    terms = read_terms (price_case, error);
  if (terms != NULL)
    model = find_model (catalog, price_case, error);
  if (model == NULL)
    return NULL;
  cJSON_AddStringToObject (result, "model", tw_model_get_qualified_id (model));
  usage = read_usage (price_case, model, error);
  return usage != NULL ? tw_catalog_price_usage (catalog, model, usage, terms, error) : NULL;
}

cJSON *
price_case_run (const cJSON *price_case)
{
  cJSON *result = cJSON_CreateObject ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCost) cost = price (price_case, result, &error);
  g_autofree char *text = cost != NULL ? tw_cost_to_json (cost) : NULL;
  g_autoptr (cJSON) parsed = NULL;

  if (cost == NULL)
    {
      cJSON_AddStringToObject (result, "error", tw_error_to_code (error));
      cJSON_AddStringToObject (result, "message", error->message);
      return result;
    }
  parsed = tw_json_parse (text, -1, MAX_FILE_BYTES, NULL);
  while (parsed->child != NULL)
    {
      cJSON *item = cJSON_DetachItemViaPointer (parsed, parsed->child);

      cJSON_AddItemToObject (result, item->string, item);
    }
  return result;
}

gint
price_case_compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GStrv
price_case_list_files (void)
{
  g_autofree char *folder
      = g_build_filename (g_getenv ("TOKENWISE_SOURCE"), "tests", "cases", "prices", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *paths = g_ptr_array_new ();
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".json"))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, price_case_compare_strings);
  g_ptr_array_add (paths, NULL);
  return (GStrv) g_ptr_array_free (paths, FALSE);
}

cJSON *
price_case_read_file (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  cJSON *cases = NULL;

  if (g_file_get_contents (path, &text, NULL, &error))
    cases = tw_json_parse (text, -1, MAX_FILE_BYTES, &error);
  if (error != NULL)
    g_prefix_error (&error, "%s: ", path);
  g_assert_no_error (error);
  return cases;
}
