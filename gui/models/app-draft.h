/* SPDX-License-Identifier: MIT */
#pragma once

#include "app-chat.h"
#include "app-choice.h"

G_BEGIN_DECLS

#define APP_TYPE_DRAFT (app_draft_get_type ())

/* The message being written, and what it would cost. Estimates follow the text after a short pause;
 * the signal “changed” says that they did. What is sent is the request that was estimated. */
G_DECLARE_FINAL_TYPE (AppDraft, app_draft, APP, DRAFT, GObject)

AppDraft *app_draft_new (TwClient *client);
void app_draft_set_chat (AppDraft *self, AppChat *chat);
void app_draft_set_text (AppDraft *self, const char *text);
const char *app_draft_get_text (AppDraft *self);
void app_draft_set_model (AppDraft *self, const char *model);
void app_draft_refresh (AppDraft *self);
gboolean app_draft_get_is_empty (AppDraft *self);
const TwEstimate *app_draft_get_estimate (AppDraft *self);
const char *app_draft_get_problem (AppDraft *self);
const char *app_draft_get_obstacle (AppDraft *self);
void app_draft_get_tokens (AppDraft *self, gint64 *ret_conversation, gint64 *ret_message);
GListModel *app_draft_get_choices (AppDraft *self);
guint app_draft_get_selected (AppDraft *self);
TwRequest *app_draft_take_request (AppDraft *self);

G_END_DECLS
