/* SPDX-License-Identifier: MIT */
#include "libtokenwise/message/tw-request-private.h"

#include <math.h>
#include <string.h>

/**
 * TwRequest:
 *
 * What is asked of a model: instructions, messages, tools and limits. The same
 * object is estimated and sent, so what is counted is what is sent.
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (TwRequest, tw_request, G_TYPE_OBJECT)

static const char *const role_names[] = { "system", "user", "assistant", "tool" };

const char *
tw_role_to_string (TwRole role)
{
  return role_names[role];
}

TwPart *
tw_part_new (TwPartKind kind)
{
  TwPart *self = g_new0 (TwPart, 1);

  self->kind = kind;
  return self;
}

void
tw_part_free (TwPart *self)
{
  g_free (self->text);
  g_free (self->url);
  g_free (self->data);
  g_free (self->media_type);
  g_free (self->name);
  g_free (self->id);
  g_free (self->arguments);
  g_free (self->detail);
  g_free (self->signature);
  g_free (self->cache);
  g_free (self);
}

static void
message_free (gpointer data)
{
  TwMessage *message = data;

  g_ptr_array_unref (message->parts);
  g_free (message);
}

static void
tool_free (gpointer data)
{
  TwTool *tool = data;

  g_free (tool->name);
  g_free (tool->description);
  cJSON_Delete (tool->parameters);
  g_free (tool);
}

static void
tw_request_finalize (GObject *object)
{
  TwRequest *self = TW_REQUEST (object);

  g_free (self->model);
  g_free (self->system);
  g_ptr_array_unref (self->messages);
  g_ptr_array_unref (self->tools);
  g_free (self->tool_choice);
  g_strfreev (self->stop);
  g_free (self->reasoning_effort);
  g_free (self->schema_name);
  cJSON_Delete (self->schema);
  g_free (self->service_tier);
  g_free (self->data_class);
  g_free (self->cache_key);
  g_free (self->cache_system);
  g_free (self->cache_tools);
  g_clear_pointer (&self->metadata, g_hash_table_unref);
  g_hash_table_unref (self->tags);
  G_OBJECT_CLASS (tw_request_parent_class)->finalize (object);
}

static void
tw_request_class_init (TwRequestClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_request_finalize;
}

static void
tw_request_init (TwRequest *self)
{
  self->messages = g_ptr_array_new_with_free_func (message_free);
  self->tools = g_ptr_array_new_with_free_func (tool_free);
  self->tags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->temperature = NAN;
  self->stream = TRUE;
}

/**
 * tw_request_new:
 * @model: (nullable): `"provider/model"`, a model's bare name, or `"auto"`;
 *   %NULL is `"auto"`
 *
 * Makes an empty request.
 *
 * Returns: (transfer full): the request
 * Since: 0.1
 */
TwRequest *
tw_request_new (const char *model)
{
  TwRequest *self = g_object_new (TW_TYPE_REQUEST, NULL);

  self->model = g_strdup (model != NULL ? model : "auto");
  return self;
}

TwMessage *
tw_request_add_message (TwRequest *self, TwRole role)
{
  TwMessage *message = g_new0 (TwMessage, 1);

  message->role = role;
  message->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_part_free);
  g_ptr_array_add (self->messages, message);
  return message;
}

TwTool *
tw_request_add_tool (TwRequest *self, const char *name)
{
  TwTool *tool = g_new0 (TwTool, 1);

  tool->name = g_strdup (name);
  g_ptr_array_add (self->tools, tool);
  return tool;
}

static void
add_system (TwRequest *self, const char *text)
{
  char *joined
      = self->system == NULL ? g_strdup (text) : g_strconcat (self->system, "\n\n", text, NULL);

  g_free (self->system);
  self->system = joined;
}

/**
 * tw_request_add_text:
 * @self: a request
 * @role: who says it
 * @text: the text, UTF-8
 *
 * Adds a message of one text. System texts come first on the wire wherever
 * they are added, joined by a blank line.
 *
 * Since: 0.1
 */
void
tw_request_add_text (TwRequest *self, TwRole role, const char *text)
{
  TwPart *part;

  g_return_if_fail (TW_IS_REQUEST (self));
  g_return_if_fail (text != NULL);

  if (role == TW_ROLE_SYSTEM)
    {
      add_system (self, text);
      return;
    }
  part = tw_part_new (TW_PART_TEXT);
  part->text = g_strdup (text);
  g_ptr_array_add (tw_request_add_message (self, role)->parts, part);
}

/**
 * tw_request_get_model:
 * @self: a request
 *
 * Gets the model asked for.
 *
 * Returns: the model asked for
 * Since: 0.1
 */
const char *
tw_request_get_model (TwRequest *self)
{
  g_return_val_if_fail (TW_IS_REQUEST (self), NULL);

  return self->model;
}

/**
 * tw_request_set_model:
 * @self: a request
 * @model: (nullable): as in tw_request_new()
 *
 * Asks for another model.
 *
 * Since: 0.1
 */
void
tw_request_set_model (TwRequest *self, const char *model)
{
  char *copy;

  g_return_if_fail (TW_IS_REQUEST (self));

  copy = g_strdup (model != NULL ? model : "auto");
  g_free (self->model);
  self->model = copy;
}

/**
 * tw_request_set_tag:
 * @self: a request
 * @key: the tag's name, such as `"workflow"` or `"project"`
 * @value: (nullable): its value; %NULL removes the tag
 *
 * Says what the call is for. Tags are kept in the ledger and choose the budgets
 * that apply; they are not sent to the provider.
 *
 * Since: 0.1
 */
void
tw_request_set_tag (TwRequest *self, const char *key, const char *value)
{
  g_return_if_fail (TW_IS_REQUEST (self));
  g_return_if_fail (key != NULL);

  if (value != NULL)
    g_hash_table_replace (self->tags, g_strdup (key), g_strdup (value));
  else
    g_hash_table_remove (self->tags, key);
}

/**
 * tw_request_get_tag:
 * @self: a request
 * @key: the tag's name
 *
 * Gets the tag's value.
 *
 * Returns: (nullable): the tag's value
 * Since: 0.1
 */
const char *
tw_request_get_tag (TwRequest *self, const char *key)
{
  g_return_val_if_fail (TW_IS_REQUEST (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  return g_hash_table_lookup (self->tags, key);
}

/**
 * tw_request_set_max_output_tokens:
 * @self: a request
 * @tokens: the most completion tokens, reasoning included; 0 leaves the choice
 *   to the client
 *
 * Caps the answer. Every request that is sent has a cap, since a budget must be
 * able to hold the worst case.
 *
 * Since: 0.1
 */
void
tw_request_set_max_output_tokens (TwRequest *self, gint64 tokens)
{
  g_return_if_fail (TW_IS_REQUEST (self));
  g_return_if_fail (tokens >= 0);

  self->max_output_tokens = tokens;
}

/**
 * tw_request_get_max_output_tokens:
 * @self: a request
 *
 * Gets the cap in tokens.
 *
 * Returns: the cap in tokens; 0 if none was set
 * Since: 0.1
 */
gint64
tw_request_get_max_output_tokens (TwRequest *self)
{
  g_return_val_if_fail (TW_IS_REQUEST (self), 0);

  return self->max_output_tokens;
}

/**
 * tw_request_set_stream:
 * @self: a request
 * @stream: whether the reply comes in pieces; %TRUE unless said otherwise
 *
 * Chooses between a streamed reply and a whole one.
 *
 * Since: 0.1
 */
void
tw_request_set_stream (TwRequest *self, gboolean stream)
{
  g_return_if_fail (TW_IS_REQUEST (self));

  self->stream = stream;
}

/**
 * tw_request_get_stream:
 * @self: a request
 *
 * Says whether the reply comes in pieces.
 *
 * Returns: whether the reply comes in pieces
 * Since: 0.1
 */
gboolean
tw_request_get_stream (TwRequest *self)
{
  g_return_val_if_fail (TW_IS_REQUEST (self), FALSE);

  return self->stream;
}

/**
 * tw_request_get_n_messages:
 * @self: a request
 *
 * Gets the number of messages, the system text not counted.
 *
 * Returns: the number of messages, the system text not counted
 * Since: 0.1
 */
guint
tw_request_get_n_messages (TwRequest *self)
{
  g_return_val_if_fail (TW_IS_REQUEST (self), 0);

  return self->messages->len;
}
