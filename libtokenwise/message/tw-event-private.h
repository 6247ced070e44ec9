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
  char *signature; /* (nullable) reasoning, tool call: to be sent back unchanged */
  guint delay_ms;
};

TwEvent *tw_event_new (TwEventKind kind, const char *text);
TwEvent *tw_event_new_tool_call (const char *id, const char *name, const char *arguments);
/* The end of a block of reasoning, whose pieces were the events before: no text, and the mark that
 * its provider wants back with it. */
TwEvent *tw_event_new_signature (const char *signature);
TwEvent *tw_event_new_retry (const char *reason, guint delay_ms);

G_END_DECLS
