/* SPDX-License-Identifier: MIT */
#pragma once

#include "app-chat.h"

G_BEGIN_DECLS

/* One chat as the JSON of its file. Parsing takes anything: a file that is not a chat, or was
 * written by a newer app, is an error and never half a chat. */
char *app_chat_to_json (AppChat *chat);
AppChat *app_chat_new_from_json (const char *id, const char *json, gsize length, GError **error);

G_END_DECLS
