/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>
#include <libtokenwise/message/tw-event.h>

G_BEGIN_DECLS

#define TW_TYPE_REQUEST (tw_request_get_type ())

/**
 * TwRole:
 * @TW_ROLE_SYSTEM: instructions
 * @TW_ROLE_USER: the person
 * @TW_ROLE_ASSISTANT: the model
 * @TW_ROLE_TOOL: the result of a tool call
 *
 * Who says a message.
 *
 * Since: 0.1
 */
typedef enum
{
  TW_ROLE_SYSTEM,
  TW_ROLE_USER,
  TW_ROLE_ASSISTANT,
  TW_ROLE_TOOL,
} TwRole;

TW_PUBLIC
G_DECLARE_FINAL_TYPE (TwRequest, tw_request, TW, REQUEST, GObject)

TW_PUBLIC TwRequest *tw_request_new (const char *model);
TW_PUBLIC TwRequest *tw_request_new_from_json (const char *json, GError **error);
TW_PUBLIC void tw_request_add_text (TwRequest *self, TwRole role, const char *text);
TW_PUBLIC const char *tw_request_get_model (TwRequest *self);
TW_PUBLIC void tw_request_set_model (TwRequest *self, const char *model);
TW_PUBLIC void tw_request_set_tag (TwRequest *self, const char *key, const char *value);
TW_PUBLIC const char *tw_request_get_tag (TwRequest *self, const char *key);
TW_PUBLIC void tw_request_set_max_output_tokens (TwRequest *self, gint64 tokens);
TW_PUBLIC gint64 tw_request_get_max_output_tokens (TwRequest *self);
TW_PUBLIC void tw_request_set_stream (TwRequest *self, gboolean stream);
TW_PUBLIC gboolean tw_request_get_stream (TwRequest *self);
TW_PUBLIC guint tw_request_get_n_messages (TwRequest *self);

TW_PUBLIC void
tw_request_attach (TwRequest *self, GBytes *bytes, const char *media_type, const char *name);
TW_PUBLIC void tw_request_add_event (TwRequest *self, const TwEvent *event);
TW_PUBLIC void tw_request_add_tool_result (TwRequest *self, const char *id, const char *text);
TW_PUBLIC void tw_request_mark_cache (TwRequest *self, const char *lifetime);
TW_PUBLIC void tw_request_set_cache_key (TwRequest *self, const char *key);
TW_PUBLIC void tw_request_set_metadata (TwRequest *self, const char *key, const char *value);

G_END_DECLS
