/* SPDX-License-Identifier: MIT */
#pragma once

#include "app-chat.h"

G_BEGIN_DECLS

#define APP_TYPE_SESSION (app_session_get_type ())

/* One reply, from Send to its receipt. The signal “finished” comes exactly once; its arguments are
 * the error (boxed, nullable) and the prompt to give back (nullable) when nothing was answered. */
G_DECLARE_FINAL_TYPE (AppSession, app_session, APP, SESSION, GObject)

AppSession *app_session_new (TwClient *client, AppChat *chat);
AppChat *app_session_get_chat (AppSession *self);
char *app_session_dup_lost_cost (AppSession *self);
void app_session_start (AppSession *self,
                        TwRequest *request,
                        const char *prompt,
                        const TwEstimate *estimate,
                        GCancellable *cancellable);
void app_session_stop (AppSession *self);

G_END_DECLS
