/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/tokenwise.h>

G_BEGIN_DECLS

#define APP_TYPE_CHOICE (app_choice_get_type ())

/* One line of the model list: who could answer this message, for how much, and how soon. */
G_DECLARE_FINAL_TYPE (AppChoice, app_choice, APP, CHOICE, GObject)

AppChoice *app_choice_new (const char *id, const char *title);
const char *app_choice_get_id (AppChoice *self);
void app_choice_set_title (AppChoice *self, const char *title);
void app_choice_set_estimate (AppChoice *self, const TwEstimate *estimate);

G_END_DECLS
