/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/catalog/tw-catalog.h"
#include "libtokenwise/catalog/tw-cost-private.h"

G_BEGIN_DECLS

/* Everything that selects a rate card besides the usage itself. Members may be NULL: standard tier,
 * normal speed, no region. at is an instant. */
typedef struct
{
  gint64 at;
  const char *service_tier;
  const char *speed;
  const char *region;
} TwPriceContext;

/* Never fails: what cannot be priced makes the cost bounded or unknown, with the reason in
 * ret_reason (nullable, owned by the caller). */
TwCost *tw_catalog_price (TwCatalog *self,
                          TwModel *model,
                          const TwUsage *usage,
                          const TwPriceContext *context,
                          char **ret_reason);

/* The provider's usage_profile ("openai", "anthropic", …), or NULL for an unknown provider. */
const char *tw_catalog_get_usage_profile (TwCatalog *self, const char *provider);
/* As tw_catalog_find_model(), for a model id as a provider's reply names it: exact, then the
 * model's match rules (equals > dated > prefix > suffix > contains, the longest wins), then the
 * provider's fallback providers. NULL when nothing matches. Not owned by the caller. */
TwModel *tw_catalog_match_model (TwCatalog *self, const char *provider, const char *id);

G_END_DECLS
