/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/tokenwise.h>

G_BEGIN_DECLS

#define APP_TYPE_MESSAGE (app_message_get_type ())

G_DECLARE_FINAL_TYPE (AppMessage, app_message, APP, MESSAGE, GObject)

/* Streaming: text still arrives. Stopped: the person ended it. Incomplete: something else did. */
typedef enum
{
  APP_MESSAGE_DONE,
  APP_MESSAGE_STREAMING,
  APP_MESSAGE_STOPPED,
  APP_MESSAGE_INCOMPLETE,
} AppMessageState;

/* What is known about a reply once it is settled. The texts are the SDK's, kept as they were shown,
 * so that a chat of last year still says what it said then. */
typedef struct
{
  const char *receipt_id;
  const char *cost;
  const char *estimate;
  const char *model;
  gint64 total_ms;
  gboolean simulated;
} AppFigures;

AppMessage *app_message_new (TwRole role, const char *text);
TwRole app_message_get_role (AppMessage *self);
const char *app_message_get_text (AppMessage *self);
gsize app_message_get_length (AppMessage *self);
void app_message_append (AppMessage *self, const char *text);
AppMessageState app_message_get_state (AppMessage *self);
void app_message_set_state (AppMessage *self, AppMessageState state);
void app_message_set_progress (AppMessage *self, const char *progress);
void app_message_set_figures (AppMessage *self, const AppFigures *figures);
void app_message_get_figures (AppMessage *self, AppFigures *ret_figures);
char *app_message_dup_footer (AppMessage *self);

const char *app_message_state_to_string (AppMessageState state);
gboolean app_message_state_from_string (const char *text, AppMessageState *ret_state);

G_END_DECLS
