/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-tool-calls-private.h"

#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"

struct _TwToolCalls
{
  GPtrArray *calls; /* (element-type TwToolCall) in order of appearance */
};

static void
call_free (gpointer data)
{
  TwToolCall *call = data;

  g_free (call->id);
  g_free (call->name);
  g_free (call->signature);
  g_string_free (call->arguments, TRUE);
  g_free (call);
}

TwToolCalls *
tw_tool_calls_new (void)
{
  TwToolCalls *self = g_new0 (TwToolCalls, 1);

  self->calls = g_ptr_array_new_with_free_func (call_free);
  return self;
}

void
tw_tool_calls_free (TwToolCalls *self)
{
  g_ptr_array_unref (self->calls);
  g_free (self);
}

TwToolCall *
tw_tool_calls_find (TwToolCalls *self, gint64 key)
{
  for (guint i = self->calls->len; i > 0; i--)
    {
      TwToolCall *call = g_ptr_array_index (self->calls, i - 1);

      if (call->key == key)
        return call;
    }
  return NULL;
}

TwToolCall *
tw_tool_calls_last (TwToolCalls *self)
{
  guint n = self->calls->len;

  return n > 0 ? g_ptr_array_index (self->calls, n - 1) : NULL;
}

TwToolCall *
tw_tool_calls_open (TwToolCalls *self, gint64 key)
{
  TwToolCall *call;

  if (self->calls->len >= TW_LIMIT_TOOL_CALLS)
    return NULL;
  call = g_new0 (TwToolCall, 1);
  call->key = key;
  call->arguments = g_string_new (NULL);
  g_ptr_array_add (self->calls, call);
  return call;
}

void
tw_tool_call_name (TwToolCall *call, const char *id, const char *name)
{
  if (call->id == NULL && id != NULL && *id != '\0')
    call->id = g_strdup (id);
  if (call->name == NULL && name != NULL && *name != '\0')
    call->name = g_strdup (name);
}

static TwEvent *
take (TwToolCall *call, guint ordinal)
{
  /* Some servers give no id, and the result that is sent back needs one. */
  g_autofree char *made_up = g_strdup_printf ("call_%u", ordinal);
  TwEvent *event;

  call->taken = TRUE;
  event = tw_event_new_tool_call (call->id ?: made_up, call->name ?: "",
                                  call->arguments->len > 0 ? call->arguments->str : "{}");
  event->signature = g_strdup (call->signature);
  return event;
}

/* Asks once: a hostile reply would have a long argument read again for each call after it. */
static gboolean
is_whole (TwToolCall *call)
{
  call->broken = call->broken || !tw_wire_json_is_object (call->arguments->str);
  return !call->broken;
}

TwEvent *
tw_tool_calls_take_closed (TwToolCalls *self)
{
  for (guint i = 0; i < self->calls->len; i++)
    {
      TwToolCall *call = g_ptr_array_index (self->calls, i);

      if (!call->taken && call->closed && (call->arguments->len == 0 || is_whole (call)))
        return take (call, i + 1);
    }
  return NULL;
}

TwEvent *
tw_tool_calls_take_rest (TwToolCalls *self, gboolean cut_off)
{
  for (guint i = 0; i < self->calls->len; i++)
    {
      TwToolCall *call = g_ptr_array_index (self->calls, i);

      if (call->taken || (cut_off && !is_whole (call)))
        continue;
      return take (call, i + 1);
    }
  return NULL;
}
