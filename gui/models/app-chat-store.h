/* SPDX-License-Identifier: MIT */
#pragma once

#include "app-chat.h"

G_BEGIN_DECLS

#define APP_TYPE_CHAT_STORE (app_chat_store_get_type ())

/* The chats on disk, one file each, newest first. A file that cannot be read is counted and left
 * alone. Chats save themselves a moment after they change. The signal “failed” carries the sentence
 * of a save that did not work. */
G_DECLARE_FINAL_TYPE (AppChatStore, app_chat_store, APP, CHAT_STORE, GObject)

AppChatStore *app_chat_store_new (const char *folder);
char *app_chat_store_dup_default_folder (void);
void app_chat_store_load (AppChatStore *self);
GListModel *app_chat_store_get_chats (AppChatStore *self);
guint app_chat_store_get_n_unreadable (AppChatStore *self);
void app_chat_store_add (AppChatStore *self, AppChat *chat);
gboolean app_chat_store_delete (AppChatStore *self, AppChat *chat, GError **error);
void app_chat_store_flush (AppChatStore *self);

G_END_DECLS
