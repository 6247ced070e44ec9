/* SPDX-License-Identifier: MIT */
#include "libtokenwise/message/tw-event-private.h"
#include "libtokenwise/message/tw-request-private.h"

/* What a program adds to a request besides plain texts. */

const char *const tw_cache_lifetimes[] = { "5m", "30m", "1h", NULL };

static TwMessage *
last_message (TwRequest *self)
{
  guint n = self->messages->len;

  return n > 0 ? g_ptr_array_index (self->messages, n - 1) : NULL;
}

/* The last message if that role says it, else a new one. */
static TwMessage *
message_of (TwRequest *self, TwRole role)
{
  TwMessage *last = last_message (self);

  return last != NULL && last->role == role ? last : tw_request_add_message (self, role);
}

static TwPart *
last_part (const TwMessage *message)
{
  guint n = message != NULL ? message->parts->len : 0;

  return n > 0 ? g_ptr_array_index (message->parts, n - 1) : NULL;
}

static TwPart *
add_part (TwMessage *message, TwPartKind kind)
{
  TwPart *part = tw_part_new (kind);

  g_ptr_array_add (message->parts, part);
  return part;
}

/**
 * tw_request_attach:
 * @self: a request
 * @bytes: a picture's or document's bytes
 * @media_type: what they are, such as `"image/png"` or `"application/pdf"`
 * @name: (nullable): the file's name, which some providers show the model
 *
 * Adds a picture or document to the user's last message, or to a new one. What
 * a provider cannot take is an error of sending.
 *
 * Since: 0.1
 */
void
tw_request_attach (TwRequest *self, GBytes *bytes, const char *media_type, const char *name)
{
  gboolean is_image;
  TwPart *part;

  g_return_if_fail (TW_IS_REQUEST (self));
  g_return_if_fail (bytes != NULL);
  g_return_if_fail (media_type != NULL);

  is_image = g_str_has_prefix (media_type, "image/");
  part = add_part (message_of (self, TW_ROLE_USER), is_image ? TW_PART_IMAGE : TW_PART_FILE);
  part->data = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  part->media_type = g_strdup (media_type);
  part->name = g_strdup (name);
}

static void
append (char **text, const char *more)
{
  char *joined = g_strconcat (*text != NULL ? *text : "", more, NULL);

  g_free (*text);
  *text = joined;
}

/* A piece of a text, or of reasoning that no signature has ended. */
static void
add_piece (TwMessage *message, TwPartKind kind, const char *text)
{
  TwPart *part = last_part (message);

  if (part == NULL || part->kind != kind || part->signature != NULL)
    part = add_part (message, kind);
  append (&part->text, text);
}

/* Hidden reasoning is a block of its own, never the end of the one before. */
static void
add_signature (TwMessage *message, const char *signature)
{
  TwPart *part = last_part (message);
  gboolean ends_it = part != NULL && part->kind == TW_PART_REASONING && part->signature == NULL
                     && !g_str_has_prefix (signature, TW_REDACTED_PREFIX);

  if (!ends_it)
    {
      part = add_part (message, TW_PART_REASONING);
      part->text = g_strdup ("");
    }
  part->signature = g_strdup (signature);
}

static void
add_call (TwMessage *message, const TwEvent *event)
{
  TwPart *part = add_part (message, TW_PART_TOOL_CALL);

  part->id = g_strdup (event->tool_id);
  part->name = g_strdup (event->tool_name);
  part->arguments = g_strdup (event->text);
  part->signature = g_strdup (event->signature);
}

/**
 * tw_request_add_event:
 * @self: a request
 * @event: an event of a reply
 *
 * Adds what the model said, so that the conversation can go on: texts, tool
 * calls and reasoning are put together into the assistant's last message, or
 * into a new one; other events are ignored. Reasoning keeps the signature that
 * its provider wants back; see tw_event_get_signature().
 *
 * Add every event of a reply, then the results of its tool calls with
 * tw_request_add_tool_result() or the person's next text.
 *
 * Since: 0.1
 */
void
tw_request_add_event (TwRequest *self, const TwEvent *event)
{
  g_return_if_fail (TW_IS_REQUEST (self));
  g_return_if_fail (event != NULL);

  if (event->kind == TW_EVENT_TOOL_CALL)
    add_call (message_of (self, TW_ROLE_ASSISTANT), event);
  else if (event->kind == TW_EVENT_REASONING && event->signature != NULL)
    add_signature (message_of (self, TW_ROLE_ASSISTANT), event->signature);
  else if (event->kind == TW_EVENT_REASONING)
    add_piece (message_of (self, TW_ROLE_ASSISTANT), TW_PART_REASONING, event->text);
  else if (event->kind == TW_EVENT_TEXT)
    add_piece (message_of (self, TW_ROLE_ASSISTANT), TW_PART_TEXT, event->text);
}

/**
 * tw_request_add_tool_result:
 * @self: a request
 * @id: the call's id, from tw_event_get_tool_id()
 * @text: what the tool gave
 *
 * Adds the result of a tool call.
 *
 * Since: 0.1
 */
void
tw_request_add_tool_result (TwRequest *self, const char *id, const char *text)
{
  TwPart *part;

  g_return_if_fail (TW_IS_REQUEST (self));
  g_return_if_fail (id != NULL);
  g_return_if_fail (text != NULL);

  part = add_part (message_of (self, TW_ROLE_TOOL), TW_PART_TOOL_RESULT);
  part->id = g_strdup (id);
  part->text = g_strdup (text);
}

static void
replace (char **target, const char *text)
{
  char *copy = g_strdup (text);

  g_free (*target);
  *target = copy;
}

/**
 * tw_request_mark_cache:
 * @self: a request
 * @lifetime: how long it is worth keeping: `"5m"`, `"30m"` or `"1h"`
 *
 * Ends a prefix that the provider shall cache: all up to what was added last,
 * or up to the system text if there are no messages yet. Where a provider has
 * no such marks, or not that lifetime, sending is an error.
 *
 * Since: 0.1
 */
void
tw_request_mark_cache (TwRequest *self, const char *lifetime)
{
  TwPart *part;

  g_return_if_fail (TW_IS_REQUEST (self));
  g_return_if_fail (lifetime != NULL && g_strv_contains (tw_cache_lifetimes, lifetime));

  part = last_part (last_message (self));
  replace (part != NULL ? &part->cache : &self->cache_system, lifetime);
}

/**
 * tw_request_set_cache_key:
 * @self: a request
 * @key: (nullable): one key for all requests that share a prefix
 *
 * Says which requests share a prefix, so that they reach the same cache:
 * `prompt_cache_key` of OpenAI's APIs. Not every provider has it; sending to one
 * that has not is an error.
 *
 * Since: 0.1
 */
void
tw_request_set_cache_key (TwRequest *self, const char *key)
{
  g_return_if_fail (TW_IS_REQUEST (self));

  replace (&self->cache_key, key);
}

/**
 * tw_request_set_metadata:
 * @self: a request
 * @key: the name; Anthropic takes only `"user_id"`
 * @value: (nullable): its value; %NULL removes it
 *
 * Sets what the provider keeps beside the call. Unlike tags, metadata leave the
 * machine.
 *
 * Since: 0.1
 */
void
tw_request_set_metadata (TwRequest *self, const char *key, const char *value)
{
  g_return_if_fail (TW_IS_REQUEST (self));
  g_return_if_fail (key != NULL);

  if (self->metadata == NULL)
    self->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (value != NULL)
    g_hash_table_replace (self->metadata, g_strdup (key), g_strdup (value));
  else
    g_hash_table_remove (self->metadata, key);
}
