/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/message/tw-event.h"

G_BEGIN_DECLS

struct _TwEvent
{
  TwEventKind kind;
  char *text;
  char *tool_id;
  char *tool_name;
  guint delay_ms;
};

TwEvent *tw_event_new (TwEventKind kind, const char *text);
TwEvent *tw_event_new_tool_call (const char *id, const char *name, const char *arguments);
TwEvent *tw_event_new_retry (const char *reason, guint delay_ms);

G_END_DECLS
