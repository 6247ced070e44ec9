/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/ledger/tw-receipt.h>
#include <libtokenwise/message/tw-event.h>
#include <libtokenwise/plan/tw-estimate.h>

G_BEGIN_DECLS

#define TW_TYPE_REPLY (tw_reply_get_type ())

TW_PUBLIC
G_DECLARE_FINAL_TYPE (TwReply, tw_reply, TW, REPLY, GObject)

TW_PUBLIC TwEvent *tw_reply_next (TwReply *self, GCancellable *cancellable, GError **error);
TW_PUBLIC void tw_reply_next_async (TwReply *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
TW_PUBLIC TwEvent *tw_reply_next_finish (TwReply *self, GAsyncResult *result, GError **error);
TW_PUBLIC const char *tw_reply_get_id (TwReply *self);
TW_PUBLIC const char *tw_reply_get_text (TwReply *self);
TW_PUBLIC gboolean tw_reply_get_is_simulated (TwReply *self);
TW_PUBLIC const TwEstimate *tw_reply_get_estimate (TwReply *self);
TW_PUBLIC char *tw_reply_get_stop_text (TwReply *self);
TW_PUBLIC const TwReceipt *tw_reply_get_receipt (TwReply *self);

G_END_DECLS
