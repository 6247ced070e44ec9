/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-object-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-match-private.h"

#include <string.h>

/* Longer than any model's name; bounds the work of a lookup. */
#define MAX_NAME_BYTES 256u

typedef guint (*Strength) (const cJSON *rules, const char *id);

/* One model of the catalogue that comes with the library being damaged must not hide the others:
 * it is passed over, and named when it is asked for by its id. */
static TwModel *
read_quietly (TwCatalog *self, TwCatalogEntry *entry)
{
  return entry != NULL ? tw_catalog_read_entry (self, entry, NULL) : NULL;
}

/* A name that moved has its own dated cards until it became an alias. */
static gboolean
is_alias_at (const TwModel *self, gint64 at)
{
  if (self->alias_of == NULL)
    return FALSE;
  for (guint i = 0; i < self->n_cards; i++)
    if (self->cards[i].to != G_MAXINT64 && at >= self->cards[i].from && at < self->cards[i].to)
      return FALSE;
  return TRUE;
}

static TwModel *
resolve_alias (TwCatalog *self, TwModel *model, gint64 at)
{
  for (guint hops = 0; model != NULL && is_alias_at (model, at); hops++)
    {
      g_autofree char *key = g_ascii_strdown (model->alias_of, -1);

      model = hops < TW_MAX_ALIAS_HOPS
                  ? read_quietly (self, g_hash_table_lookup (self->by_key, key))
                  : NULL;
    }
  return model;
}

/* The name that a user's own name stands for; NULL if following it does not end. */
static const char *
resolve_name (TwCatalog *self, const char *name)
{
  if (g_hash_table_size (self->aliases) == 0)
    return name;
  for (guint hops = 0; hops <= TW_MAX_ALIAS_HOPS; hops++)
    {
      g_autofree char *key = g_ascii_strdown (name, -1);
      const char *target = g_hash_table_lookup (self->aliases, key);

      if (target == NULL)
        return name;
      name = target;
    }
  return NULL;
}

/* The provider's model with the strongest rule. Two that are equally strong, the first. */
static TwModel *
match_within (TwCatalog *self, const TwCatalogProvider *provider, const char *id, Strength strength)
{
  TwModel *best = NULL;
  guint best_strength = 0;

  for (guint i = 0; i < provider->entries->len; i++)
    {
      TwModel *model = read_quietly (self, g_ptr_array_index (provider->entries, i));
      guint found = model != NULL ? strength (model->match, id) : 0;

      if (found > best_strength)
        {
          best_strength = found;
          best = model;
        }
    }
  return best;
}

static TwModel *
find_within (TwCatalog *self,
             const TwCatalogProvider *provider,
             const char *id,
             Strength strength,
             GError **error)
{
  g_autofree char *qualified = g_strconcat (provider->id, "/", id, NULL);
  g_autofree char *key = g_ascii_strdown (qualified, -1);
  TwCatalogEntry *entry = g_hash_table_lookup (self->by_key, key);

  if (entry != NULL)
    return tw_catalog_read_entry (self, entry, error);
  return match_within (self, provider, id, strength);
}

/* An alias at a developer comes before the same id at a reseller. */
static TwModel *
find_bare (TwCatalog *self, const char *id, GError **error)
{
  g_autofree char *key = g_ascii_strdown (id, -1);
  TwCatalogEntry *exact = g_hash_table_lookup (self->by_bare_id, key);
  guint n = exact != NULL ? exact->host->rank : self->document->providers->len;

  for (guint i = 0; i < n; i++)
    {
      TwModel *model = match_within (self, g_ptr_array_index (self->document->providers, i), id,
                                     tw_match_strict_strength);

      if (model != NULL)
        return model;
    }
  return exact != NULL ? tw_catalog_read_entry (self, exact, error) : NULL;
}

static const TwCatalogProvider *
provider_of (TwCatalog *self, const char *name)
{
  const char *slash = strchr (name, '/');
  g_autofree char *id = slash != NULL ? g_ascii_strdown (name, slash - name) : NULL;

  return id != NULL ? g_hash_table_lookup (self->providers, id) : NULL;
}

/* What a rule matched once is found again without trying them all. The names are not a peer's to
 * multiply: beyond so many they are looked for anew. */
#define MAX_MATCHED 1024u

static void
remember_match (TwCatalog *self, const char *name, TwModel *model)
{
  g_mutex_lock (&self->lock);
  if (g_hash_table_size (self->matched) < MAX_MATCHED)
    g_hash_table_replace (self->matched, g_ascii_strdown (name, -1), model);
  g_mutex_unlock (&self->lock);
}

/* The name as most are given, "provider/model": a look or two, and nothing allocated. */
static TwModel *
find_quickly (TwCatalog *self, const char *name)
{
  char key[MAX_NAME_BYTES + 1];
  TwCatalogEntry *entry;
  TwModel *model;
  gsize i = 0;

  for (; name[i] != '\0'; i++)
    key[i] = g_ascii_tolower (name[i]);
  key[i] = '\0';
  entry = g_hash_table_lookup (self->by_key, key);
  if (entry != NULL)
    return read_quietly (self, entry);
  g_mutex_lock (&self->lock);
  model = g_hash_table_lookup (self->matched, key);
  g_mutex_unlock (&self->lock);
  return model;
}

static TwModel *
find_model (TwCatalog *self, const char *name, gint64 at, GError **error)
{
  const TwCatalogProvider *provider;
  TwModel *model;

  if (strlen (name) > MAX_NAME_BYTES)
    return NULL;
  model = find_quickly (self, name);
  if (model != NULL)
    return resolve_alias (self, model, at);
  provider = provider_of (self, name);
  if (provider != NULL)
    model = find_within (self, provider, strchr (name, '/') + 1, tw_match_strict_strength, error);
  else
    model = find_bare (self, name, error);
  if (model != NULL)
    remember_match (self, name, model);
  return resolve_alias (self, model, at);
}

/**
 * tw_catalog_find_model:
 * @self: a catalogue
 * @name: `"provider/model"`, or a model's id alone
 * @error: return location for an error
 *
 * Finds the model that a person named. An id alone is the developer's own model
 * before a reseller's. Aliases and dated ids (`"gpt-4o-2024-08-06"`) are
 * understood; a name that merely resembles one is not, since its price would be
 * a guess: the error is %TW_ERROR_UNKNOWN_MODEL and names the nearest.
 *
 * Returns: (transfer full): the model
 * Since: 0.1
 */
TwModel *
tw_catalog_find_model (TwCatalog *self, const char *name, GError **error)
{
  return tw_catalog_find_model_at (self, name, tw_instant_now (), error);
}

/**
 * tw_catalog_find_model_at:
 * @self: a catalogue
 * @name: `"provider/model"`, or a model's id alone
 * @at: an instant in seconds since 1970 UTC
 * @error: return location for an error
 *
 * As tw_catalog_find_model(), with what the name stood for at an instant: names
 * such as `"mistral-large-latest"` move.
 *
 * Returns: (transfer full): the model
 * Since: 0.1
 */
TwModel *
tw_catalog_find_model_at (TwCatalog *self, const char *name, gint64 at, GError **error)
{
  g_autoptr (GError) damaged = NULL;
  g_autofree char *nearest = NULL;
  TwModel *model;

  g_return_val_if_fail (TW_IS_CATALOG (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  name = resolve_name (self, name);
  if (name == NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                           "The name is in the end an alias of itself; give it a model's name.");
      return NULL;
    }
  model = find_model (self, name, at, &damaged);
  if (model != NULL)
    return g_object_ref (model);
  if (damaged != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&damaged));
      return NULL;
    }
  nearest = tw_catalog_suggest (self, name);
  if (nearest != NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_UNKNOWN_MODEL,
                 "No model is named “%.100s”; did you mean %s?", name, nearest);
  else
    g_set_error (error, TW_ERROR, TW_ERROR_UNKNOWN_MODEL,
                 "No model is named “%.100s”; check its name.", name);
  return NULL;
}

/* Gemini's replies and lists name models by resource. */
static const char *
skip_resource (const char *id)
{
  static const char *const prefixes[] = { "models/", "publishers/google/models/" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (id, prefixes[i]))
      return id + strlen (prefixes[i]);
  return id;
}

/**
 * tw_catalog_match_model:
 * @self: a catalogue
 * @provider: the id of the provider that answered
 * @id: the model's id as the provider's reply names it
 * @at: the instant of the call in seconds since 1970 UTC
 *
 * Finds the model that served a call, by the catalogue's rules for the
 * provider's ids (versions, dates, Bedrock's regions), then by those of the
 * developers whose models it resells. Nothing that merely resembles a model is
 * taken for it.
 *
 * Returns: (transfer none) (nullable): the model, which the catalogue keeps, or
 *   %NULL if nothing matches
 * Since: 0.1
 */
TwModel *
tw_catalog_match_model (TwCatalog *self, const char *provider, const char *id, gint64 at)
{
  const TwCatalogProvider *host;
  const cJSON *fallback;
  TwModel *model;

  g_return_val_if_fail (TW_IS_CATALOG (self), NULL);
  g_return_val_if_fail (provider != NULL, NULL);
  g_return_val_if_fail (id != NULL, NULL);

  host = g_hash_table_lookup (self->providers, provider);
  if (host == NULL || strlen (id) > MAX_NAME_BYTES)
    return NULL;
  id = skip_resource (id);
  model = find_within (self, host, id, tw_match_strength, NULL);
  cJSON_ArrayForEach (fallback, host->fallback_providers)
  {
    const char *name = cJSON_GetStringValue (fallback);
    const TwCatalogProvider *other
        = name != NULL ? g_hash_table_lookup (self->providers, name) : NULL;

    if (model == NULL && other != NULL)
      model = find_within (self, other, id, tw_match_strength, NULL);
  }
  return resolve_alias (self, model, at);
}

static gboolean
fits (const TwModel *model, const char *pattern, gboolean is_glob)
{
  g_autofree char *id = g_utf8_strdown (model->qualified_id, -1);
  g_autofree char *name = model->name != NULL ? g_utf8_strdown (model->name, -1) : g_strdup ("");

  if (is_glob)
    return g_pattern_match_simple (pattern, id)
           || g_pattern_match_simple (pattern, strchr (id, '/') + 1);
  return strstr (id, pattern) != NULL || strstr (name, pattern) != NULL;
}

/**
 * tw_catalog_list_models:
 * @self: a catalogue
 * @pattern: (nullable): a part of an id or a name, or a pattern with `*` and
 *   `?` for a whole id; in either case
 *
 * Lists the models, those of developers before those of resellers, always in
 * the same order.
 *
 * Returns: (transfer container) (element-type TwModel): the models; empty if
 *   none fits
 * Since: 0.1
 */
GPtrArray *
tw_catalog_list_models (TwCatalog *self, const char *pattern)
{
  GPtrArray *models = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *folded = NULL;
  gboolean is_glob;

  g_return_val_if_fail (TW_IS_CATALOG (self), models);
  g_return_val_if_fail (pattern == NULL || g_utf8_validate (pattern, -1, NULL), models);

  folded = g_utf8_strdown (pattern != NULL ? pattern : "", -1);
  is_glob = strpbrk (folded, "*?") != NULL;
  for (guint i = 0; i < self->entries->len; i++)
    {
      TwModel *model = read_quietly (self, &g_array_index (self->entries, TwCatalogEntry, i));

      if (model != NULL && (folded[0] == '\0' || fits (model, folded, is_glob)))
        g_ptr_array_add (models, g_object_ref (model));
    }
  return models;
}
