/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>

G_BEGIN_DECLS

#define TW_TYPE_PRICE_TERMS (tw_price_terms_get_type ())

TW_PUBLIC GType tw_price_terms_get_type (void) G_GNUC_CONST;

TW_PUBLIC TwPriceTerms *tw_price_terms_new (void);
TW_PUBLIC TwPriceTerms *tw_price_terms_copy (const TwPriceTerms *self);
TW_PUBLIC void tw_price_terms_free (TwPriceTerms *self);
TW_PUBLIC void tw_price_terms_set_instant (TwPriceTerms *self, gint64 at);
TW_PUBLIC void tw_price_terms_set_service_tier (TwPriceTerms *self, const char *service_tier);
TW_PUBLIC void tw_price_terms_set_speed (TwPriceTerms *self, const char *speed);
TW_PUBLIC void tw_price_terms_set_region (TwPriceTerms *self, const char *region);
TW_PUBLIC void tw_price_terms_set_endpoint (TwPriceTerms *self, const char *endpoint);
TW_PUBLIC gboolean tw_price_terms_set_parameter (TwPriceTerms *self,
                                                 const char *name,
                                                 const char *value,
                                                 GError **error);
TW_PUBLIC gboolean tw_price_terms_set_rate (TwPriceTerms *self,
                                            const char *meter,
                                            const char *rate,
                                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwPriceTerms, tw_price_terms_free)

G_END_DECLS
