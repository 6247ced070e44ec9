/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-counter-family-private.h"

#include "libtokenwise/message/tw-request-private.h"
#include "libtokenwise/tokens/tw-encoding-private.h"
#include "libtokenwise/tokens/tw-tool-text-private.h"

#include <string.h>

/* Around a tool call or its result there are tokens that nobody publishes; npm openai-chat-tokens
 * found 3 for a call. */
#define CALL_FRAME 3
/* Tool schemas are rendered as others found out, not as a provider documents. */
#define TOOLS_LOW 800u
#define TOOLS_HIGH 1250u

typedef struct
{
  const TwCounterFamily *family;
  const TwEncoding *encoding;
  GHashTable *counted; /* (nullable) text of the request → its tokens */
  gint64 system;       /* these four in tokens of the encoding */
  gint64 messages;
  gint64 tools;
  gint64 roles;
  gint64 frames; /* in tokens of the model */
  TwCountRange images;
  TwCountRange files;
  gboolean has_estimates;
} Walk;

TwCountMemo *
tw_count_memo_new (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_hash_table_unref);
}

/* Texts are told apart by their address, so one memo may hold only what the request owns. */
static GHashTable *
memo_of_encoding (TwCountMemo *memo, const TwEncoding *encoding)
{
  GHashTable *counted = g_hash_table_lookup (memo, encoding);

  if (counted == NULL)
    {
      counted = g_hash_table_new (NULL, NULL);
      g_hash_table_insert (memo, (gpointer) encoding, counted);
    }
  return counted;
}

static gint64
count (const Walk *self, const char *text)
{
  return text != NULL ? (gint64) tw_encoding_count_text (self->encoding, text, strlen (text)) : 0;
}

/* For texts that the request owns. */
static gint64
count_own (const Walk *self, const char *text)
{
  gpointer known;
  gint64 tokens;

  if (self->counted == NULL || text == NULL)
    return count (self, text);
  if (g_hash_table_lookup_extended (self->counted, text, NULL, &known))
    return (gint64) GPOINTER_TO_SIZE (known);
  tokens = count (self, text);
  g_hash_table_insert (self->counted, (gpointer) text, GSIZE_TO_POINTER ((gsize) tokens));
  return tokens;
}

static void
range_add (TwCountRange *sum, TwCountRange part)
{
  sum->tokens += part.tokens;
  sum->low += part.low;
  sum->high += part.high;
}

static void
walk_image (Walk *self, const TwPart *part)
{
  guint width = 0;
  guint height = 0;

  if (part->data != NULL)
    tw_image_read_size (part->data, &width, &height);
  range_add (&self->images, tw_counter_count_image (self->family->images, width, height));
}

/* Text files are read as text. For the others no provider publishes a rule by which bytes become
 * tokens, so these are guesses with a range wide enough to say so. */
static void
walk_file (Walk *self, const TwPart *part)
{
  gsize size = part->data != NULL ? strlen (part->data) / 4 * 3 : 0;
  g_autofree guchar *text = NULL;

  if (part->data != NULL && part->media_type != NULL
      && g_str_has_prefix (part->media_type, "text/"))
    {
      text = g_base64_decode (part->data, &size);
      self->messages += (gint64) tw_encoding_count_text (self->encoding, (char *) text, size);
    }
  else if (part->data != NULL)
    range_add (&self->files, (TwCountRange){ (gint64) size / 25 + 1500, (gint64) size / 200,
                                             (gint64) size / 4 + 3000 });
  else
    range_add (&self->files, (TwCountRange){ 3000, 0, 100000 });
}

static void
walk_part (Walk *self, const TwPart *part)
{
  self->has_estimates |= part->kind != TW_PART_TEXT;
  switch (part->kind)
    {
    case TW_PART_TEXT:
      self->messages += count_own (self, part->text);
      break;
    case TW_PART_IMAGE:
      walk_image (self, part);
      break;
    case TW_PART_FILE:
      walk_file (self, part);
      break;
    case TW_PART_TOOL_CALL:
      self->messages += count_own (self, part->name) + count_own (self, part->arguments);
      self->frames += CALL_FRAME;
      break;
    case TW_PART_TOOL_RESULT:
      self->messages += count_own (self, part->text);
      self->frames += CALL_FRAME;
      break;
    }
}

static void
walk_frame (Walk *self, TwRole role)
{
  self->frames += self->family->frame_per_message;
  if (self->family->role_is_text)
    self->roles += count (self, tw_role_to_string (role));
}

static void
walk_messages (Walk *self, TwRequest *request)
{
  self->frames += self->family->frame;
  if (request->system != NULL)
    {
      walk_frame (self, TW_ROLE_SYSTEM);
      self->system += count_own (self, request->system);
    }
  for (guint i = 0; i < request->messages->len; i++)
    {
      const TwMessage *message = g_ptr_array_index (request->messages, i);

      walk_frame (self, message->role);
      for (guint j = 0; j < message->parts->len; j++)
        walk_part (self, g_ptr_array_index (message->parts, j));
    }
}

/* The framing of OpenAI's tools as npm openai-chat-tokens 0.2.8 has it: 4 less beside a system
 * prompt, 1 more for “none”, 4 and the name for a chosen tool. */
static void
walk_tool_choice (Walk *self, TwRequest *request)
{
  const char *choice = request->tool_choice;

  if (!self->family->tools_are_typescript)
    return;
  if (request->system != NULL)
    self->frames -= 4;
  if (g_strcmp0 (choice, "none") == 0)
    self->frames += 1;
  else if (choice != NULL && !g_str_equal (choice, "auto") && !g_str_equal (choice, "required"))
    {
      self->frames += 4;
      self->tools += count (self, choice);
    }
}

static void
walk_tools (Walk *self, TwRequest *request)
{
  g_autofree char *text = NULL;
  g_autofree char *schema = NULL;

  if (request->tools->len > 0)
    {
      text = self->family->tools_are_typescript ? tw_tools_to_typescript (request->tools)
                                                : tw_tools_to_json (request->tools);
      self->tools += count (self, text);
      self->frames += self->family->tools_frame;
      walk_tool_choice (self, request);
      self->has_estimates = TRUE;
    }
  if (request->schema != NULL)
    {
      schema = tw_json_print (request->schema);
      self->tools += count (self, schema) + count (self, request->schema_name);
      self->has_estimates = TRUE;
    }
}

static void
finish (const Walk *self, TwRequestCount *ret)
{
  TwCountRange system = tw_counter_family_range (self->family, self->system);
  TwCountRange messages = tw_counter_family_range (self->family, self->messages);
  TwCountRange tools = tw_counter_family_range (self->family, self->tools);
  gint64 framing = self->frames + self->roles;

  ret->system = system.tokens;
  ret->messages = messages.tokens + self->files.tokens;
  ret->tools = tools.tokens;
  ret->images = self->images.tokens;
  ret->framing = framing;
  ret->total.tokens = ret->system + ret->messages + ret->tools + ret->images + framing;
  ret->total.low = system.low + messages.low + self->files.low + self->images.low + framing
                   + tools.low * TOOLS_LOW / 1000;
  ret->total.high = system.high + messages.high + self->files.high + self->images.high + framing
                    + (tools.high * TOOLS_HIGH + 999) / 1000;
  ret->total.exact = ret->total.low == ret->total.high && !self->has_estimates;
  ret->total.encoding = self->family->encoding;
}

gboolean
tw_count_request (const char *tokenizer,
                  TwRequest *request,
                  TwCountMemo *memo,
                  TwRequestCount *ret_count,
                  GError **error)
{
  Walk walk = { .family = tw_counter_family_find (tokenizer) };

  walk.encoding = tw_encoding_get (walk.family->encoding, error);
  if (walk.encoding == NULL)
    return FALSE;
  if (memo != NULL)
    walk.counted = memo_of_encoding (memo, walk.encoding);
  walk_messages (&walk, request);
  walk_tools (&walk, request);
  finish (&walk, ret_count);
  return TRUE;
}
