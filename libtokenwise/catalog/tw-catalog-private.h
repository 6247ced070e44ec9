/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/catalog/tw-catalog.h"
#include "libtokenwise/catalog/tw-cost-private.h"
#include "libtokenwise/catalog/tw-price-terms-private.h"

G_BEGIN_DECLS

/* Never fails: what cannot be priced makes the cost bounded or unknown, with the reason in it.
 * terms may be NULL. */
TwCost *
tw_catalog_price (TwCatalog *self, TwModel *model, const TwUsage *usage, const TwPriceTerms *terms);
/* As tw_catalog_price(), but the total alone, without allocating. terms may not be NULL. */
TwMoney tw_catalog_price_total (TwCatalog *self,
                                TwModel *model,
                                const TwUsage *usage,
                                const TwPriceTerms *terms);

/* The provider's usage_profile ("openai", "anthropic", …), or NULL for an unknown provider. */
const char *tw_catalog_get_usage_profile (TwCatalog *self, const char *provider);

G_END_DECLS
