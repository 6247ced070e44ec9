/* SPDX-License-Identifier: MIT */
#pragma once

#include "models/app-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define APP_TYPE_ESTIMATE_BUTTON (app_estimate_button_get_type ())

/* What this message costs, at a glance; and of what that is made, one click away. */
G_DECLARE_FINAL_TYPE (AppEstimateButton, app_estimate_button, APP, ESTIMATE_BUTTON, GtkWidget)

void app_estimate_button_set_draft (AppEstimateButton *self, AppDraft *draft);
void app_estimate_button_popup (AppEstimateButton *self);

G_END_DECLS
