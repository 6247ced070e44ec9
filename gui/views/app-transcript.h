/* SPDX-License-Identifier: MIT */
#pragma once

#include "models/app-chat.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define APP_TYPE_TRANSCRIPT (app_transcript_get_type ())

/* The messages of a chat. It follows the end of the text while the reader is there, and stays put
 * when they scroll up. */
G_DECLARE_FINAL_TYPE (AppTranscript, app_transcript, APP, TRANSCRIPT, GtkWidget)

void app_transcript_set_chat (AppTranscript *self, AppChat *chat);
void app_transcript_scroll_to_end (AppTranscript *self);

G_END_DECLS
