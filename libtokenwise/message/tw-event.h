/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>

G_BEGIN_DECLS

#define TW_TYPE_EVENT (tw_event_get_type ())

/**
 * TwEventKind:
 * @TW_EVENT_START: the reply has begun; the text is the served model's id
 * @TW_EVENT_TEXT: a piece of the answer
 * @TW_EVENT_REASONING: a piece of the reasoning the provider shows
 * @TW_EVENT_TOOL_CALL: a whole tool call; the text is its arguments as JSON
 * @TW_EVENT_RETRY: an attempt failed and another follows; the text says why
 * @TW_EVENT_END: the reply is over; the text is the finish reason
 *
 * What a reply is made of.
 *
 * Since: 0.1
 */
typedef enum
{
  TW_EVENT_START,
  TW_EVENT_TEXT,
  TW_EVENT_REASONING,
  TW_EVENT_TOOL_CALL,
  TW_EVENT_RETRY,
  TW_EVENT_END,
} TwEventKind;

TW_PUBLIC GType tw_event_get_type (void) G_GNUC_CONST;

TW_PUBLIC TwEvent *tw_event_copy (const TwEvent *self);
TW_PUBLIC void tw_event_free (TwEvent *self);
TW_PUBLIC TwEventKind tw_event_get_kind (const TwEvent *self);
TW_PUBLIC const char *tw_event_get_text (const TwEvent *self);
TW_PUBLIC const char *tw_event_get_tool_id (const TwEvent *self);
TW_PUBLIC const char *tw_event_get_tool_name (const TwEvent *self);
TW_PUBLIC const char *tw_event_get_signature (const TwEvent *self);
TW_PUBLIC guint tw_event_get_delay_ms (const TwEvent *self);
TW_PUBLIC char *tw_event_to_json (const TwEvent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwEvent, tw_event_free)

G_END_DECLS
