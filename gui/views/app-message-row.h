/* SPDX-License-Identifier: MIT */
#pragma once

#include "models/app-message.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define APP_TYPE_MESSAGE_ROW (app_message_row_get_type ())

/* One message of the transcript: a bubble for the person's, a card with figures for a reply. */
G_DECLARE_FINAL_TYPE (AppMessageRow, app_message_row, APP, MESSAGE_ROW, GtkBox)

GtkWidget *app_message_row_new (AppMessage *message);
AppMessage *app_message_row_get_message (AppMessageRow *self);

G_END_DECLS
