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
/* As tw_catalog_find_model(), for a model id as a provider's reply names it: exact, then the
 * model's match rules (equals > dated > prefix > suffix > contains, the longest wins), then the
 * provider's fallback providers. NULL when nothing matches. Not owned by the caller. */
TwModel *tw_catalog_match_model (TwCatalog *self, const char *provider, const char *id);

G_END_DECLS
