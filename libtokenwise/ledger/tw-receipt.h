/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>
#include <libtokenwise/message/tw-usage.h>

G_BEGIN_DECLS

#define TW_TYPE_RECEIPT (tw_receipt_get_type ())

TW_PUBLIC GType tw_receipt_get_type (void) G_GNUC_CONST;

TW_PUBLIC TwReceipt *tw_receipt_copy (const TwReceipt *self);
TW_PUBLIC void tw_receipt_free (TwReceipt *self);
TW_PUBLIC const char *tw_receipt_get_id (const TwReceipt *self);
TW_PUBLIC const char *tw_receipt_get_model (const TwReceipt *self);
TW_PUBLIC const char *tw_receipt_get_status (const TwReceipt *self);
TW_PUBLIC gboolean tw_receipt_get_is_simulated (const TwReceipt *self);
TW_PUBLIC gboolean tw_receipt_get_is_incomplete (const TwReceipt *self);
TW_PUBLIC char *tw_receipt_get_cost_decimal (const TwReceipt *self);
TW_PUBLIC char *tw_receipt_get_cost_text (const TwReceipt *self);
TW_PUBLIC char *tw_receipt_get_estimate_text (const TwReceipt *self);
TW_PUBLIC gint64 tw_receipt_get_total_ms (const TwReceipt *self);
TW_PUBLIC const TwUsage *tw_receipt_get_usage (const TwReceipt *self);
TW_PUBLIC char *tw_receipt_to_text (const TwReceipt *self);
TW_PUBLIC char *tw_receipt_to_json (const TwReceipt *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwReceipt, tw_receipt_free)

G_END_DECLS
