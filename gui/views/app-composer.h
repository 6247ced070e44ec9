/* SPDX-License-Identifier: MIT */
#pragma once

#include "models/app-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define APP_TYPE_COMPOSER (app_composer_get_type ())

/* Where a message is written, priced and sent. The signals “send” and “stop” are the buttons. */
G_DECLARE_FINAL_TYPE (AppComposer, app_composer, APP, COMPOSER, GtkWidget)

void app_composer_set_draft (AppComposer *self, AppDraft *draft);
void app_composer_set_text (AppComposer *self, const char *text);
void app_composer_set_busy (AppComposer *self, gboolean busy);
void app_composer_show_breakdown (AppComposer *self);
void app_composer_show_models (AppComposer *self);

G_END_DECLS
