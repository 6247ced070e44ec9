/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/catalog/tw-catalog-private.h"
#include "libtokenwise/catalog/tw-json-slice-private.h"
#include "libtokenwise/catalog/tw-model-private.h"

G_BEGIN_DECLS

/* A model that is in the file, read when it is first needed. */
typedef struct
{
  TwJsonSlice text;
  const TwCatalogProvider *host;
  const char *key; /* "provider/id" in lower case */
  TwModel *model;  /* (nullable) */
} TwCatalogEntry;

/* An alias of an alias is followed so far. */
#define TW_MAX_ALIAS_HOPS 8u

/* The inside of TwCatalog, for this layer's own files. Keys are in lower case: providers take ids
 * in any case. */
struct _TwCatalog
{
  GObject parent_instance;

  TwDocument *document;
  const char *version;
  GArray *entries;         /* (element-type TwCatalogEntry), developers before resellers */
  GHashTable *providers;   /* id: TwCatalogProvider */
  GHashTable *by_key;      /* "provider/id": TwCatalogEntry */
  GHashTable *by_bare_id;  /* "id", the developer's before a reseller's: TwCatalogEntry */
  GHashTable *aliases;     /* a user's name in lower case: the name it stands for */
  TwAdjustment *discounts; /* of every price, negotiated */
  guint n_discounts;
  GPtrArray *warnings; /* (element-type utf8) which layers of prices were left out, and why */
  GHashTable *matched; /* "provider/id" that a rule has matched: TwModel, not owned */
  GMutex lock;         /* of the entries' models and of matched */
};

/* One catalogue file; with check, all of it is read at once. */
TwCatalog *tw_catalog_load (const char *path, gboolean check, GError **error);
/* Finds every entry's provider, and makes the tables anew. */
gboolean tw_catalog_index (TwCatalog *self, GError **error);
/* The providers of the document's head, again. */
gboolean tw_catalog_read_providers (TwCatalog *self, GError **error);
void tw_catalog_add_alias (TwCatalog *self, const char *name, const char *target);
/* list may be NULL. */
gboolean tw_catalog_add_discounts (TwCatalog *self, const cJSON *list, GError **error);
/* The entry's model, read now if it was not yet. Not owned by the caller. */
TwModel *tw_catalog_read_entry (TwCatalog *self, TwCatalogEntry *entry, GError **error);
/* At most three names for an error message, "a, b or c", or NULL. */
char *tw_catalog_suggest (TwCatalog *self, const char *name);

G_END_DECLS
