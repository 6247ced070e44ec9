/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/catalog/tw-price-meter-private.h"

G_BEGIN_DECLS

/* Prices of other catalogues, to check ours with. They are data of others: nothing here reaches a
 * cost. */

/* One price; nano-USD per so many units. */
typedef struct
{
  char *provider; /* our id, or theirs where we have none */
  char *model;    /* as they call it */
  TwPriceMeter meter;
  gint64 rate;
  gint64 per;
  gboolean is_derived; /* rounded to nine digits */
} TwImportedPrice;

typedef struct
{
  GArray *prices;  /* of TwImportedPrice */
  cJSON *problems; /* {"theirs", "meter", "problem", "message"} */
  gsize row;       /* where the prices of the model that is being read begin */
  guint n_zeros;   /* of that model, left out */
} TwCatalogImport;

void tw_catalog_import_init (TwCatalogImport *self);
void tw_catalog_import_clear (TwCatalogImport *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwCatalogImport, tw_catalog_import_clear)

/* Reads a file of that format; those that follow are the formats. At now, because prices may depend
 * on the day and the hour. */
gboolean tw_catalog_import_read (
    TwCatalogImport *self, const cJSON *root, const char *format, gint64 now, GError **error);
gboolean tw_catalog_import_genai_prices (TwCatalogImport *self, const cJSON *root, gint64 now);
gboolean tw_catalog_import_litellm (TwCatalogImport *self, const cJSON *root, gint64 now);
gboolean tw_catalog_import_models_dev (TwCatalogImport *self, const cJSON *root, gint64 now);

/* For the formats. Between begin and end come the prices of one model. */
void tw_catalog_import_begin (TwCatalogImport *self);
/* number × 10^scale USD per so many units. What cannot be a price is noted as a problem; a zero is
 * left out. */
void tw_catalog_import_add (TwCatalogImport *self,
                            const char *provider,
                            const char *model,
                            TwPriceMeter meter,
                            const cJSON *number,
                            int scale,
                            gint64 per);
/* A model that has zeros and nothing else is a placeholder, not free. */
void tw_catalog_import_end (TwCatalogImport *self, const char *provider, const char *model);

/* The decimal that a double was written as, × 10^scale, in billionths; half to even where that does
 * not end, which ret_derived says. FALSE if it is negative, not finite or too large. */
gboolean
tw_catalog_import_to_rate (double number, int scale, gint64 *ret_rate, gboolean *ret_derived);

/* What we call a provider of theirs: by this table, or the same. The table ends with NULL. */
typedef struct
{
  const char *theirs;
  const char *ours;
} TwImportName;

const char *tw_catalog_import_provider (const TwImportName *names, const char *theirs);

G_END_DECLS
