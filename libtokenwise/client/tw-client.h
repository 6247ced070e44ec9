/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/catalog/tw-catalog.h>
#include <libtokenwise/client/tw-reply.h>
#include <libtokenwise/ledger/tw-ledger.h>
#include <libtokenwise/message/tw-request.h>
#include <libtokenwise/net/tw-transport.h>
#include <libtokenwise/plan/tw-estimate.h>

G_BEGIN_DECLS

#define TW_TYPE_CLIENT (tw_client_get_type ())

TW_PUBLIC
G_DECLARE_FINAL_TYPE (TwClient, tw_client, TW, CLIENT, GObject)

TW_PUBLIC TwClient *tw_client_new (const char *config_folder, GError **error);
TW_PUBLIC TwCatalog *tw_client_get_catalog (TwClient *self);
TW_PUBLIC TwLedger *tw_client_get_ledger (TwClient *self, GError **error);
TW_PUBLIC void tw_client_set_transport (TwClient *self, TwTransport *transport);
TW_PUBLIC void tw_client_set_sandbox (TwClient *self, gboolean sandbox);
TW_PUBLIC gboolean tw_client_get_sandbox (TwClient *self);
TW_PUBLIC gboolean tw_client_has_key (TwClient *self);
TW_PUBLIC GPtrArray *tw_client_list_choices (TwClient *self);
TW_PUBLIC TwEstimate *tw_client_estimate (TwClient *self, TwRequest *request, GError **error);
TW_PUBLIC TwReply *
tw_client_send (TwClient *self, TwRequest *request, GCancellable *cancellable, GError **error);
TW_PUBLIC void tw_client_send_async (TwClient *self,
                                     TwRequest *request,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
TW_PUBLIC TwReply *tw_client_send_finish (TwClient *self, GAsyncResult *result, GError **error);
TW_PUBLIC char *tw_client_check (TwClient *self);

G_END_DECLS
