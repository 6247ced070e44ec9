/* SPDX-License-Identifier: MIT */
#include "libtokenwise/message/tw-event-private.h"

#include "libtokenwise/base/tw-json-private.h"

/**
 * TwEvent:
 *
 * One thing that happened in a reply: a piece of text, a tool call, a retry.
 *
 * Since: 0.1
 */

G_DEFINE_BOXED_TYPE (TwEvent, tw_event, tw_event_copy, tw_event_free)

static const char *const kind_names[]
    = { "start", "text", "reasoning", "tool_call", "retry", "end" };

TwEvent *
tw_event_new (TwEventKind kind, const char *text)
{
  TwEvent *self = g_new0 (TwEvent, 1);

  self->kind = kind;
  self->text = g_strdup (text);
  return self;
}

TwEvent *
tw_event_new_tool_call (const char *id, const char *name, const char *arguments)
{
  TwEvent *self = tw_event_new (TW_EVENT_TOOL_CALL, arguments);

  self->tool_id = g_strdup (id);
  self->tool_name = g_strdup (name);
  return self;
}

TwEvent *
tw_event_new_signature (const char *signature)
{
  TwEvent *self = tw_event_new (TW_EVENT_REASONING, "");

  self->signature = g_strdup (signature);
  return self;
}

TwEvent *
tw_event_new_retry (const char *reason, guint delay_ms)
{
  TwEvent *self = tw_event_new (TW_EVENT_RETRY, reason);

  self->delay_ms = delay_ms;
  return self;
}

/**
 * tw_event_copy:
 * @self: an event
 *
 * Copies an event.
 *
 * Returns: (transfer full): a copy
 * Since: 0.1
 */
TwEvent *
tw_event_copy (const TwEvent *self)
{
  TwEvent *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->text = g_strdup (self->text);
  copy->tool_id = g_strdup (self->tool_id);
  copy->tool_name = g_strdup (self->tool_name);
  copy->signature = g_strdup (self->signature);
  return copy;
}

/**
 * tw_event_free:
 * @self: (transfer full): an event
 *
 * Frees an event.
 *
 * Since: 0.1
 */
void
tw_event_free (TwEvent *self)
{
  g_free (self->text);
  g_free (self->tool_id);
  g_free (self->tool_name);
  g_free (self->signature);
  g_free (self);
}

/**
 * tw_event_get_kind:
 * @self: an event
 *
 * Gets what happened.
 *
 * Returns: what happened
 * Since: 0.1
 */
TwEventKind
tw_event_get_kind (const TwEvent *self)
{
  g_return_val_if_fail (self != NULL, TW_EVENT_END);

  return self->kind;
}

/**
 * tw_event_get_text:
 * @self: an event
 *
 * Gets the text, whose meaning depends on the kind.
 *
 * Returns: (nullable): the text, whose meaning depends on the kind
 * Since: 0.1
 */
const char *
tw_event_get_text (const TwEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}

/**
 * tw_event_get_tool_id:
 * @self: an event
 *
 * Gets the call's id, for a tool call.
 *
 * Returns: (nullable): the call's id, for a tool call
 * Since: 0.1
 */
const char *
tw_event_get_tool_id (const TwEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->tool_id;
}

/**
 * tw_event_get_tool_name:
 * @self: an event
 *
 * Gets the tool's name, for a tool call.
 *
 * Returns: (nullable): the tool's name, for a tool call
 * Since: 0.1
 */
const char *
tw_event_get_tool_name (const TwEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->tool_name;
}

/**
 * tw_event_get_signature:
 * @self: an event
 *
 * Gets what the provider wants back, unchanged, with a tool call or with the
 * reasoning it shows: Anthropic's signatures, Gemini's thought signatures, the
 * encrypted reasoning of OpenAI's Responses. It is opaque.
 *
 * A block of reasoning is the texts of %TW_EVENT_REASONING up to one with a
 * signature, whose own text is empty. tw_request_add_event() puts them together
 * for the next request.
 *
 * Returns: (nullable): the signature
 * Since: 0.1
 */
const char *
tw_event_get_signature (const TwEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->signature;
}

/**
 * tw_event_get_delay_ms:
 * @self: an event
 *
 * Gets how long a retry waits.
 *
 * Returns: for a retry, the milliseconds until the next attempt
 * Since: 0.1
 */
guint
tw_event_get_delay_ms (const TwEvent *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->delay_ms;
}

static const char *
text_key (TwEventKind kind)
{
  switch (kind)
    {
    case TW_EVENT_START:
      return "model";
    case TW_EVENT_TOOL_CALL:
      return "arguments";
    case TW_EVENT_RETRY:
      return "reason";
    case TW_EVENT_END:
      return "finish";
    case TW_EVENT_TEXT:
    case TW_EVENT_REASONING:
    default:
      return "text";
    }
}

/**
 * tw_event_to_json:
 * @self: an event
 *
 * Gives one line of `tokenwise send --json`.
 *
 * Returns: (transfer full): one line of `tokenwise send --json`
 * Since: 0.1
 */
char *
tw_event_to_json (const TwEvent *self)
{
  g_autoptr (cJSON) json = cJSON_CreateObject ();

  g_return_val_if_fail (self != NULL, NULL);

  cJSON_AddStringToObject (json, "type", kind_names[self->kind]);
  if (self->kind == TW_EVENT_TOOL_CALL)
    {
      tw_json_add_string (json, "id", self->tool_id);
      tw_json_add_string (json, "name", self->tool_name);
    }
  tw_json_add_string (json, text_key (self->kind), self->text);
  if (self->signature != NULL)
    tw_json_add_string (json, "signature", self->signature);
  if (self->kind == TW_EVENT_RETRY)
    tw_json_add_integer (json, "delay_ms", self->delay_ms);
  return tw_json_print (json);
}
