/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/message/tw-event-private.h"

G_BEGIN_DECLS

/* Puts the pieces of tool calls together. A call is named by a key, which is its index on the wire
 * or what the dialect makes up. */
typedef struct _TwToolCalls TwToolCalls;

TwToolCalls *tw_tool_calls_new (void);
void tw_tool_calls_free (TwToolCalls *self);

typedef struct
{
  gint64 key;
  char *id;        /* (nullable) */
  char *name;      /* (nullable) */
  char *signature; /* (nullable) what is to be sent back with the call */
  GString *arguments;
  gboolean closed; /* no more pieces come */
  gboolean broken; /* the arguments are no JSON object */
  gboolean taken;
} TwToolCall;

/* (nullable): the latest call of that key, or the latest of all. */
TwToolCall *tw_tool_calls_find (TwToolCalls *self, gint64 key);
TwToolCall *tw_tool_calls_last (TwToolCalls *self);
/* A new call; NULL when the reply has TW_LIMIT_TOOL_CALLS already. */
TwToolCall *tw_tool_calls_open (TwToolCalls *self, gint64 key);
/* Sets id and name where they are not set yet. */
void tw_tool_call_name (TwToolCall *call, const char *id, const char *name);

/* (nullable) (transfer full): the next closed call whose arguments are whole, in order. */
TwEvent *tw_tool_calls_take_closed (TwToolCalls *self);
/* (nullable) (transfer full): the next call of any kind. Of a reply that was cut off, only a call
 * whose arguments are a whole object: half a call must never be carried out. */
TwEvent *tw_tool_calls_take_rest (TwToolCalls *self, gboolean cut_off);

G_END_DECLS
