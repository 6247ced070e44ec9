/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/catalog/tw-price-meter-private.h"
#include "libtokenwise/catalog/tw-price-terms.h"

G_BEGIN_DECLS

/* More than any price depends on. */
#define TW_MAX_PRICE_PARAMETERS 8u
#define TW_MAX_CALL_RATES 8u

typedef struct
{
  const char *name;
  const char *value;
} TwPriceParameter;

typedef struct
{
  TwPriceMeter meter;
  gint64 rate; /* nano-USD per million units */
} TwCallRate;

/* Everything that selects a rate card besides the usage itself, as it was asked for: what the usage
 * says of the call that was served counts more. Strings may be NULL: standard tier, normal speed,
 * no region, the usual endpoint. This library's own code keeps one on the stack. */
struct _TwPriceTerms
{
  gint64 at; /* an instant; TW_INSTANT_NONE for now */
  const char *service_tier;
  const char *speed;
  const char *region;
  const char *endpoint;
  TwPriceParameter parameters[TW_MAX_PRICE_PARAMETERS];
  guint n_parameters;
  TwCallRate rates[TW_MAX_CALL_RATES]; /* this call's own prices */
  guint n_rates;
  GStringChunk *strings; /* (nullable): keeps the strings of terms that were made */
};

G_END_DECLS
