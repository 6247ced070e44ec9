/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/catalog/tw-model.h"
#include "libtokenwise/catalog/tw-rate-card-private.h"

G_BEGIN_DECLS

/* What all models of a catalogue share; they keep it alive. Atomically reference-counted. */
typedef struct
{
  cJSON *root;       /* the file without its models */
  GMappedFile *file; /* (nullable) the text that entries are slices of */
  GStringChunk *strings;
  GPtrArray *providers; /* (element-type TwCatalogProvider), in the file's order */
  GPtrArray *overrides; /* (element-type cJSON) price files laid over it */
} TwDocument;

typedef struct
{
  const char *id;
  const char *name;
  const char *usage_profile;
  const cJSON *fallback_providers; /* (nullable) */
  TwAdjustment *adjustments;
  guint n_adjustments;
  guint rank;         /* the position in the file: developers before resellers */
  GPtrArray *entries; /* (element-type TwCatalogEntry) not owned */
} TwCatalogProvider;

struct _TwModel
{
  GObject parent_instance;

  cJSON *json;                   /* every string below is of it */
  TwDocument *document;          /* NULL for a model of no catalogue */
  const TwCatalogProvider *host; /* (nullable) */
  char *qualified_id;
  const char *provider;
  const char *id;
  const char *name;     /* (nullable) */
  const char *alias_of; /* (nullable) */
  const char *tokenizer;
  const char *status;
  const char *released;         /* (nullable) */
  const char *knowledge_cutoff; /* (nullable) */
  const char *deprecated_at;    /* (nullable) */
  const char *retires_at;       /* (nullable) */
  const char *successor;        /* (nullable) */
  const cJSON *match;
  const cJSON *capabilities;
  const cJSON *modalities;        /* (nullable) */
  const cJSON *reasoning_efforts; /* (nullable) */
  gint64 context_limit;
  gint64 input_limit;
  gint64 output_limit;
  gint64 cache_min_tokens;
  TwRateCard *cards;
  guint n_cards;
  gboolean has_marginal_cards;
  TwAdjustment *adjustments;
  guint n_adjustments;
};

/* Takes file. */
TwDocument *tw_document_new (GMappedFile *file);
TwDocument *tw_document_ref (TwDocument *self);
void tw_document_unref (TwDocument *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwDocument, tw_document_unref)

/* One member of the catalogue's "models", as text. The error names the model and the card. */
TwModel *tw_model_new_from_text (TwDocument *document,
                                 const TwCatalogProvider *host,
                                 const char *text,
                                 gsize length,
                                 GError **error);
/* A model of a configured provider that the catalogue does not list: every price is unknown. */
TwModel *tw_model_new_unpriced (const char *provider, const char *id);

/* The cards that price a call, the strongest first; the last replaces everything below it. A
 * marginal card prices only the tokens within its range. */
typedef struct
{
  const TwRateCard *cards[TW_MAX_PATCH_CARDS + 2];
  guint n;
  gboolean is_ambiguous;
  const TwRateCard *marginals[TW_MAX_MARGINAL_CARDS];
  guint n_marginals;
} TwSelection;

void tw_model_select_cards (TwModel *self, const TwPriceCall *call, TwSelection *ret_selection);
/* Puts a patch card before all others. */
void tw_selection_prepend (TwSelection *self, const TwRateCard *card);
/* The price that counts for a meter, with inheritance, or NULL. */
const TwPrice *
tw_selection_find_price (const TwSelection *self, TwPriceMeter meter, const TwRateCard **ret_card);
/* The meter's own price, or NULL. */
const TwPrice *tw_selection_get_own_price (const TwSelection *self,
                                           TwPriceMeter meter,
                                           const TwRateCard **ret_card);
/* Whether a card or an adjustment that applies names the tier, or the speed (the other is NULL):
 * neither ever inherits the standard price in silence. */
gboolean tw_selection_names (const TwSelection *self,
                             const TwModel *model,
                             const TwPriceCall *call,
                             const char *tier,
                             const char *speed);

G_END_DECLS
