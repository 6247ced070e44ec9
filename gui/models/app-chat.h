/* SPDX-License-Identifier: MIT */
#pragma once

#include "app-message.h"

G_BEGIN_DECLS

#define APP_TYPE_CHAT (app_chat_get_type ())

/* A conversation: a GListModel of AppMessage. The signal “changed” says that there is something to
 * save. */
G_DECLARE_FINAL_TYPE (AppChat, app_chat, APP, CHAT, GObject)

AppChat *app_chat_new (void);
AppChat *app_chat_new_with_id (const char *id);
const char *app_chat_get_id (AppChat *self);
const char *app_chat_get_title (AppChat *self);
void app_chat_set_title (AppChat *self, const char *title);
gint64 app_chat_get_updated (AppChat *self);
void app_chat_set_updated (AppChat *self, gint64 updated);
const char *app_chat_get_model (AppChat *self);
void app_chat_set_model (AppChat *self, const char *model);
const char *app_chat_get_draft (AppChat *self);
void app_chat_set_draft (AppChat *self, const char *draft);
gboolean app_chat_get_busy (AppChat *self);
void app_chat_set_busy (AppChat *self, gboolean busy);
guint app_chat_get_n_messages (AppChat *self);
AppMessage *app_chat_get_message (AppChat *self, guint position);
void app_chat_add (AppChat *self, AppMessage *message);
void app_chat_remove (AppChat *self, AppMessage *message);
void app_chat_touch (AppChat *self);
char *app_chat_dup_summary (AppChat *self);
gboolean app_chat_matches (AppChat *self, const char *needle);
TwRequest *app_chat_to_request (AppChat *self, const char *draft);

G_END_DECLS
