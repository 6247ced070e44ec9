/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/catalog/tw-cost.h>

G_BEGIN_DECLS

#define TW_TYPE_ESTIMATE (tw_estimate_get_type ())

TW_PUBLIC GType tw_estimate_get_type (void) G_GNUC_CONST;

TW_PUBLIC TwEstimate *tw_estimate_copy (const TwEstimate *self);
TW_PUBLIC void tw_estimate_free (TwEstimate *self);
TW_PUBLIC const char *tw_estimate_get_id (const TwEstimate *self);
TW_PUBLIC const char *tw_estimate_get_model (const TwEstimate *self);
TW_PUBLIC const char *tw_estimate_get_model_name (const TwEstimate *self);
TW_PUBLIC gboolean tw_estimate_get_is_simulated (const TwEstimate *self);
TW_PUBLIC gint64 tw_estimate_get_input_tokens (const TwEstimate *self);
TW_PUBLIC gboolean tw_estimate_get_is_exact (const TwEstimate *self);
TW_PUBLIC gint64 tw_estimate_get_output_p50 (const TwEstimate *self);
TW_PUBLIC gint64 tw_estimate_get_output_p90 (const TwEstimate *self);
TW_PUBLIC gint64 tw_estimate_get_output_max (const TwEstimate *self);
TW_PUBLIC const char *tw_estimate_get_output_basis (const TwEstimate *self);
TW_PUBLIC const TwCost *tw_estimate_get_cost_low (const TwEstimate *self);
TW_PUBLIC const TwCost *tw_estimate_get_cost_likely (const TwEstimate *self);
TW_PUBLIC const TwCost *tw_estimate_get_cost_high (const TwEstimate *self);
TW_PUBLIC const TwCost *tw_estimate_get_cost_worst (const TwEstimate *self);
TW_PUBLIC gint64 tw_estimate_get_ttft_ms (const TwEstimate *self);
TW_PUBLIC gint64 tw_estimate_get_total_ms (const TwEstimate *self);
TW_PUBLIC gint64 tw_estimate_get_p90_ms (const TwEstimate *self);
TW_PUBLIC char *tw_estimate_get_cost_text (const TwEstimate *self);
TW_PUBLIC char *tw_estimate_get_range_text (const TwEstimate *self);
TW_PUBLIC char *tw_estimate_get_time_text (const TwEstimate *self);
TW_PUBLIC char *tw_estimate_get_sentence (const TwEstimate *self);
TW_PUBLIC const char *tw_estimate_get_problem (const TwEstimate *self);
TW_PUBLIC const char *tw_estimate_get_refusal (const TwEstimate *self);
TW_PUBLIC const char *tw_estimate_get_prices_as_of (const TwEstimate *self);
TW_PUBLIC GPtrArray *tw_estimate_get_alternatives (const TwEstimate *self);
TW_PUBLIC char *tw_estimate_to_text (const TwEstimate *self);
TW_PUBLIC char *tw_estimate_to_json (const TwEstimate *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwEstimate, tw_estimate_free)

G_END_DECLS
