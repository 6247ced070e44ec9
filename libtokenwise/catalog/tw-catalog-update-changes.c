/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-update-private.h"

#define MAX_LOSS_PERCENT 20
#define MAX_ALIASES 8

/* A name that moved has its own dated cards until it became an alias. */
static gboolean
has_dated_card (const cJSON *model, gint64 now)
{
  const cJSON *card;

  cJSON_ArrayForEach (card, tw_json_array (model, "rate_cards"))
  {
    if (tw_json_string (card, "to") != NULL && tw_catalog_card_is_in_force (card, now))
      return TRUE;
  }
  return FALSE;
}

/* The model whose prices are charged. */
static const cJSON *
resolve (GHashTable *models, const cJSON *model, gint64 now)
{
  for (guint i = 0; i < MAX_ALIASES; i++)
    {
      const char *alias = tw_json_string (model, "alias_of");
      g_autofree char *key = alias != NULL ? g_ascii_strdown (alias, -1) : NULL;
      const cJSON *target = key != NULL ? g_hash_table_lookup (models, key) : NULL;

      if (target == NULL || has_dated_card (model, now))
        break;
      model = target;
    }
  return model;
}

static void
compare_models (GHashTable *before, GHashTable *after, const cJSON *root, TwCatalogComparison *self)
{
  const cJSON *model;

  cJSON_ArrayForEach (model, tw_json_array (root, "models"))
  {
    g_autofree char *key = tw_catalog_model_key (model);
    const cJSON *old_model = key != NULL ? g_hash_table_lookup (before, key) : NULL;
    const cJSON *new_model = resolve (after, model, self->now);

    if (old_model == NULL)
      continue;
    old_model = resolve (before, old_model, self->now);
    self->subject = key;
    tw_catalog_compare_cards (self, tw_json_array (old_model, "rate_cards"),
                              tw_json_array (new_model, "rate_cards"));
    tw_catalog_compare_adjustments (self, tw_json_array (old_model, "adjustments"),
                                    tw_json_array (new_model, "adjustments"));
  }
}

static void
count_losses (GHashTable *before, GHashTable *after, TwCatalogFindings *findings)
{
  guint n = g_hash_table_size (before), lost = 0;
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    lost += g_hash_table_contains (after, key) ? 0 : 1;
  if ((guint64) lost * 100 > (guint64) n * MAX_LOSS_PERCENT)
    tw_catalog_findings_add (findings, TW_CATALOG_FINDING_MODEL_LOSS, NULL,
                             g_strdup_printf ("%u of %u models would be gone.", lost, n));
}

static const cJSON *
find_provider (const cJSON *root, const char *id)
{
  const cJSON *item;

  cJSON_ArrayForEach (item, tw_json_array (root, "providers"))
  {
    if (g_strcmp0 (tw_json_string (item, "id"), id) == 0)
      return item;
  }
  return NULL;
}

/* The profile says which of a provider's counts include which others. */
static void
compare_profiles (const cJSON *before, const cJSON *after, const TwCatalogComparison *self)
{
  const char *old_profile = tw_json_string (before, "usage_profile");
  const char *new_profile = tw_json_string (after, "usage_profile");

  if (g_strcmp0 (old_profile, new_profile) != 0)
    tw_catalog_findings_add (self->findings, TW_CATALOG_FINDING_USAGE_PROFILE, self->subject,
                             g_strdup_printf ("Its usage would be read as “%.60s”, which was "
                                              "“%.60s”.",
                                              new_profile, old_profile));
}

static void
compare_providers (const cJSON *before, const cJSON *after, TwCatalogComparison *self)
{
  const cJSON *provider;

  cJSON_ArrayForEach (provider, tw_json_array (after, "providers"))
  {
    const cJSON *old_provider = find_provider (before, tw_json_string (provider, "id"));

    if (old_provider == NULL)
      continue;
    self->subject = tw_json_string (provider, "id");
    compare_profiles (old_provider, provider, self);
    tw_catalog_compare_adjustments (self, tw_json_array (old_provider, "adjustments"),
                                    tw_json_array (provider, "adjustments"));
  }
}

void
tw_catalog_check_changes (const cJSON *before,
                          const cJSON *after,
                          gint64 now,
                          TwCatalogFindings *findings)
{
  g_autoptr (GHashTable) old_models = tw_catalog_index_models (before);
  g_autoptr (GHashTable) new_models = tw_catalog_index_models (after);
  TwCatalogComparison comparison = { findings, NULL, now };

  count_losses (old_models, new_models, findings);
  compare_providers (before, after, &comparison);
  compare_models (old_models, new_models, after, &comparison);
}
