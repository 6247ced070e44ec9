/* SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define APP_TYPE_REPLY_BUFFER (app_reply_buffer_get_type ())

/* The text of a reply, appended to as it streams. Headings, code, bold and italic are shown as
 * such; their marks are hidden, not removed, so the text stays what was received. */
G_DECLARE_FINAL_TYPE (AppReplyBuffer, app_reply_buffer, APP, REPLY_BUFFER, GtkTextBuffer)

void app_reply_buffer_append (AppReplyBuffer *self, const char *text, gsize length);

G_END_DECLS
