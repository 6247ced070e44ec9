/* SPDX-License-Identifier: MIT */
#pragma once

#include "models/app-chat-store.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define APP_TYPE_SIDEBAR (app_sidebar_get_type ())

/* The chats and the budgets. The signal “chat-selected” carries the AppChat. */
G_DECLARE_FINAL_TYPE (AppSidebar, app_sidebar, APP, SIDEBAR, GtkWidget)

void app_sidebar_set_store (AppSidebar *self, AppChatStore *store);
void app_sidebar_select (AppSidebar *self, AppChat *chat);
void app_sidebar_set_budgets (AppSidebar *self, GPtrArray *budgets);
void app_sidebar_focus_search (AppSidebar *self);

G_END_DECLS
