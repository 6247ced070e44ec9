/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-update-private.h"

#include "libtokenwise/base/tw-error.h"

#include <string.h>

/* The objects of the format tokenwise-catalog/1 that describe; where one of their members is an
 * object or a list of objects, inner says what is known in it. Conditions and prices are not
 * here: a part of them that is not known would change what a call costs, so it is an error that
 * nobody can accept. */
typedef struct _KnownObject KnownObject;

typedef struct
{
  const char *key;
  const KnownObject *inner;
} KnownKey;

struct _KnownObject
{
  const char *name; /* in messages */
  const KnownKey *keys;
};

#define OBJECT(object, title, ...)                                                                 \
  static const KnownKey object##_keys[] = { __VA_ARGS__, { NULL, NULL } };                         \
  static const KnownObject object = { title, object##_keys };
#define KEY(key)                                                                                   \
  {                                                                                                \
    key, NULL                                                                                      \
  }

OBJECT (limits, "limits", KEY ("context"), KEY ("input"), KEY ("output"), KEY ("cache_min_tokens"))
OBJECT (modalities, "modalities", KEY ("input"), KEY ("output"))
OBJECT (priors, "priors", KEY ("ttft_ms"), KEY ("output_tokens_per_s"), KEY ("source"))
OBJECT (source,
        "sources",
        KEY ("id"),
        KEY ("url"),
        KEY ("version"),
        KEY ("licence"),
        KEY ("retrieved_at"),
        KEY ("sha256"))
OBJECT (adjustment,
        "adjustments",
        KEY ("id"),
        KEY ("when"),
        KEY ("from"),
        KEY ("to"),
        KEY ("multiply"),
        KEY ("meters"),
        KEY ("source"))
OBJECT (card,
        "rate_cards",
        KEY ("id"),
        KEY ("from"),
        KEY ("to"),
        KEY ("announced"),
        KEY ("priority"),
        KEY ("mode"),
        KEY ("tier_scope"),
        KEY ("when"),
        KEY ("prices"),
        KEY ("source"),
        KEY ("verified_at"),
        KEY ("confidence"),
        KEY ("note"))
OBJECT (provider,
        "providers",
        KEY ("id"),
        KEY ("name"),
        KEY ("otel_provider"),
        KEY ("api_hosts"),
        KEY ("pricing_urls"),
        KEY ("fallback_providers"),
        KEY ("usage_profile"),
        { "adjustments", &adjustment })
OBJECT (model,
        "models",
        KEY ("provider"),
        KEY ("id"),
        KEY ("name"),
        KEY ("developer"),
        KEY ("family"),
        KEY ("alias_of"),
        KEY ("match"),
        KEY ("capabilities"),
        KEY ("reasoning_efforts"),
        KEY ("tokenizer"),
        KEY ("released"),
        KEY ("knowledge_cutoff"),
        KEY ("status"),
        KEY ("deprecated_at"),
        KEY ("retires_at"),
        KEY ("successor"),
        { "limits", &limits },
        { "modalities", &modalities },
        { "priors", &priors },
        { "rate_cards", &card },
        { "adjustments", &adjustment })
OBJECT (catalog,
        "catalogue",
        KEY ("schema"),
        KEY ("catalog_id"),
        KEY ("version"),
        KEY ("generated_at"),
        KEY ("currency"),
        { "sources", &source },
        { "providers", &provider },
        { "models", &model })

#undef OBJECT
#undef KEY

/* Unknown keys of one name in objects of one kind, which are one finding. */
typedef struct
{
  char *first; /* where, for people */
  guint count;
} Unknown;

static void
unknown_free (gpointer data)
{
  g_free (((Unknown *) data)->first);
  g_free (data);
}

static void
note_unknown (GHashTable *unknown, const KnownObject *known, const char *key, const char *place)
{
  g_autofree char *subject = g_strdup_printf ("%s.%.60s", known->name, key);
  Unknown *found = g_hash_table_lookup (unknown, subject);

  if (found == NULL)
    {
      found = g_new0 (Unknown, 1);
      found->first = g_strdup (place);
      g_hash_table_insert (unknown, g_steal_pointer (&subject), found);
    }
  found->count++;
}

static const KnownKey *
find_key (const KnownObject *known, const char *key)
{
  for (const KnownKey *at = known->keys; at->key != NULL; at++)
    if (strcmp (at->key, key) == 0)
      return at;
  return NULL;
}

static char *
make_place (const char *place, const cJSON *object)
{
  const char *provider_id = tw_json_string (object, "provider");
  const char *id = tw_json_string (object, "id");

  if (id == NULL)
    return g_strdup (place);
  if (provider_id != NULL)
    return g_strdup_printf ("%.60s/%.100s", provider_id, id);
  return g_strdup_printf ("%s%s%.100s", place, place[0] != '\0' ? ", " : "", id);
}

/* Takes out what is not known. */
static void
sift (cJSON *object, const KnownObject *known, const char *parent, GHashTable *unknown)
{
  g_autofree char *place = make_place (parent, object);
  cJSON *item = object->child;

  while (item != NULL)
    {
      cJSON *next = item->next;
      const KnownKey *key = find_key (known, item->string);
      cJSON *element;

      if (key == NULL)
        {
          note_unknown (unknown, known, item->string, place);
          cJSON_Delete (cJSON_DetachItemViaPointer (object, item));
        }
      else if (key->inner != NULL && cJSON_IsObject (item))
        sift (item, key->inner, place, unknown);
      else if (key->inner != NULL && cJSON_IsArray (item))
        cJSON_ArrayForEach (element, item)
        {
          if (cJSON_IsObject (element))
            sift (element, key->inner, place, unknown);
        }
      item = next;
    }
}

/* The parser limits the depth. */
static const char *
find_repeated_key (const cJSON *json)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const cJSON *item;

  cJSON_ArrayForEach (item, json)
  {
    const char *repeated;

    if (item->string != NULL && !g_hash_table_add (seen, item->string))
      return item->string;
    repeated = item->child != NULL ? find_repeated_key (item) : NULL;
    if (repeated != NULL)
      return repeated;
  }
  return NULL;
}

gboolean
tw_catalog_check_keys (cJSON *root,
                       TwCatalogFindings *findings,
                       gboolean *ret_sifted,
                       GError **error)
{
  g_autoptr (GHashTable) unknown
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unknown_free);
  const char *repeated = find_repeated_key (root);
  GHashTableIter iter;
  gpointer key, value;

  if (repeated != NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The catalogue has the key “%.60s” twice in one object; get a sound copy.",
                   repeated);
      return FALSE;
    }
  sift (root, &catalog, "", unknown);
  *ret_sifted = g_hash_table_size (unknown) > 0;
  g_hash_table_iter_init (&iter, unknown);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const Unknown *found = value;

      tw_catalog_findings_add (
          findings, TW_CATALOG_FINDING_UNKNOWN_KEYS, key,
          g_strdup_printf (
              "“%s” is not a known key (%u times, the first in “%s”); accepted, it is left "
              "out.",
              strchr (key, '.') + 1, found->count,
              found->first[0] != '\0' ? found->first : "the head"));
    }
  return TRUE;
}
