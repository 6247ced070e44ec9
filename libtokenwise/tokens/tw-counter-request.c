/* SPDX-License-Identifier: MIT */
#include "libtokenwise/message/tw-request-private.h"
#include "libtokenwise/tokens/tw-chat-frame-private.h"
#include "libtokenwise/tokens/tw-counter-image-private.h"
#include "libtokenwise/tokens/tw-counter-media-private.h"
#include "libtokenwise/tokens/tw-media-probe-private.h"
#include "libtokenwise/tokens/tw-tool-text-private.h"

#include <string.h>

/* How far the rendering of tools may be off, in thousandths: TypeScript was reverse-engineered on
 * OpenAI's models of 2023, JSON is each template's own affair, strings are Google's rule. */
typedef struct
{
  guint low;
  guint high;
} Slack;

static const Slack tool_slack[] = {
  [TW_TOOLS_TYPESCRIPT] = { 900, 1150 },
  [TW_TOOLS_JSON] = { 800, 1250 },
  [TW_TOOLS_STRINGS] = { 1000, 1000 },
};

typedef struct
{
  TwFamilyCounter text;
  const TwChatFrame *frame;
  const TwImageRule *image;
  const char *model; /* (nullable) */
  TwTextSum system;
  TwTextSum messages;
  TwTextSum tools;
  TwCountRange frames;
  TwCountRange tool_frames;
  TwCountRange images;
  TwCountRange files;
  TwRequestCount *count; /* the bases are noted on the way */
} Walk;

static void
note (TwCountBasis *basis, TwCountBasis part)
{
  *basis = MAX (*basis, part);
}

static void
count (const Walk *self, const char *text, TwTextSum *sum)
{
  if (text != NULL)
    tw_family_counter_count (&self->text, text, strlen (text), sum);
}

static void
count_all (const Walk *self, GPtrArray *strings, TwTextSum *sum)
{
  for (guint i = 0; i < strings->len; i++)
    count (self, g_ptr_array_index (strings, i), sum);
}

static void
walk_image (Walk *self, const TwPart *part)
{
  guint width = 0;
  guint height = 0;

  if (part->data != NULL)
    tw_media_read_image_size (part->data, &width, &height);
  tw_count_range_add (&self->images,
                      tw_counter_count_image (self->image, TW_DETAIL_AUTO, width, height));
  note (&self->count->basis.images, width > 0 ? self->image->basis : TW_BASIS_GUESSED);
}

static gboolean
is_text (const TwPart *part)
{
  return part->data != NULL && part->media_type != NULL
         && (g_str_has_prefix (part->media_type, "text/")
             || g_str_equal (part->media_type, "application/json"));
}

static void
walk_file (Walk *self, const TwPart *part)
{
  TwCountBasis basis;

  if (is_text (part))
    {
      gsize size;
      g_autofree guchar *text = g_base64_decode (part->data, &size);

      tw_family_counter_count (&self->text, (const char *) text, size, &self->messages);
      return;
    }
  tw_count_range_add (&self->files,
                      tw_counter_count_media (self->text.family->name, self->model, part, &basis));
  note (&self->count->basis.messages, basis);
}

static void
walk_call (Walk *self, const TwPart *part)
{
  g_autoptr (GPtrArray) strings = NULL;

  count (self, part->name, &self->messages);
  if (self->frame->style == TW_TOOLS_STRINGS && part->arguments != NULL)
    {
      strings = tw_arguments_to_strings (part->arguments);
      count_all (self, strings, &self->messages);
    }
  else
    count (self, part->arguments, &self->messages);
}

static void
walk_part (Walk *self, const TwPart *part)
{
  switch (part->kind)
    {
    case TW_PART_TEXT:
    case TW_PART_REASONING:
      count (self, part->text, &self->messages);
      return;
    case TW_PART_IMAGE:
      walk_image (self, part);
      return;
    case TW_PART_FILE:
      walk_file (self, part);
      return;
    case TW_PART_TOOL_CALL:
      walk_call (self, part);
      break;
    case TW_PART_TOOL_RESULT:
      count (self, part->text, &self->messages);
      break;
    }
  tw_count_range_add (&self->frames, self->frame->call);
  note (&self->count->basis.framing,
        self->frame->style == TW_TOOLS_STRINGS ? self->frame->basis : TW_BASIS_GUESSED);
}

/* Beside tools OpenAI ends the system prompt with a line break (openai-chat-tokens). */
static void
walk_system (Walk *self, TwRequest *request)
{
  g_autofree char *longer = NULL;

  if (request->system == NULL)
    {
      tw_count_range_add (&self->frames, (TwCountRange){ self->frame->default_prompt, 0,
                                                         self->frame->default_prompt });
      return;
    }
  tw_count_range_add (&self->frames, tw_chat_frame_message (self->frame, TW_ROLE_SYSTEM));
  if (request->tools->len > 0 && self->frame->style == TW_TOOLS_TYPESCRIPT)
    longer = g_strconcat (request->system, "\n", NULL);
  count (self, longer != NULL ? longer : request->system, &self->system);
}

static gboolean
is_one_text (TwRequest *request)
{
  const TwMessage *message = request->messages->len == 1 ? request->messages->pdata[0] : NULL;

  return message != NULL && message->role == TW_ROLE_USER && message->parts->len == 1
         && ((const TwPart *) message->parts->pdata[0])->kind == TW_PART_TEXT
         && request->system == NULL && request->tools->len == 0 && request->schema == NULL;
}

/* Pieces were found with such requests, so nothing is open about what stands around the text,
 * unless the model's template is not known to be that of its tokenizer. */
static gboolean
walk_one_text (Walk *self, TwRequest *request)
{
  const TwMessage *message;
  guint overhead;

  if (self->frame->basis == TW_BASIS_GUESSED || !is_one_text (request)
      || !tw_family_counter_get_overhead (&self->text, &overhead))
    return FALSE;
  message = request->messages->pdata[0];
  tw_count_range_add (&self->frames, (TwCountRange){ overhead, overhead, overhead });
  note (&self->count->basis.framing, self->text.basis);
  walk_part (self, message->parts->pdata[0]);
  return TRUE;
}

static void
walk_messages (Walk *self, TwRequest *request)
{
  tw_count_range_add (&self->frames, self->frame->open);
  note (&self->count->basis.framing, self->frame->basis);
  walk_system (self, request);
  for (guint i = 0; i < request->messages->len; i++)
    {
      const TwMessage *message = g_ptr_array_index (request->messages, i);

      tw_count_range_add (&self->frames, tw_chat_frame_message (self->frame, message->role));
      for (guint j = 0; j < message->parts->len; j++)
        walk_part (self, g_ptr_array_index (message->parts, j));
    }
}

static gboolean
is_forced (const char *choice)
{
  return choice != NULL && !g_str_equal (choice, "auto") && !g_str_equal (choice, "none");
}

/* OpenAI's, as npm openai-chat-tokens 0.2.8 has it: 4 less beside a system prompt, 1 more for
 * “none”, 4 and the name for a chosen tool. */
static void
walk_tool_choice (Walk *self, TwRequest *request)
{
  const char *choice = request->tool_choice;
  gint64 more = request->system != NULL ? -4 : 0;

  if (self->frame->style != TW_TOOLS_TYPESCRIPT)
    return;
  if (g_strcmp0 (choice, "none") == 0)
    more += 1;
  else if (is_forced (choice) && !g_str_equal (choice, "required"))
    {
      more += 4;
      count (self, choice, &self->tools);
    }
  tw_count_range_add (&self->tool_frames, (TwCountRange){ more, more, more });
}

static void
count_tools (Walk *self, GPtrArray *tools)
{
  g_autoptr (GPtrArray) strings = NULL;
  g_autofree char *text = NULL;

  if (self->frame->style == TW_TOOLS_STRINGS)
    {
      strings = tw_tools_to_strings (tools);
      count_all (self, strings, &self->tools);
      return;
    }
  text = self->frame->style == TW_TOOLS_TYPESCRIPT ? tw_tools_to_typescript (tools)
                                                   : tw_tools_to_json (tools);
  count (self, text, &self->tools);
}

static void
walk_tools (Walk *self, TwRequest *request)
{
  gint64 each = (gint64) self->frame->each * request->tools->len;

  if (request->tools->len == 0)
    return;
  count_tools (self, request->tools);
  tw_count_range_add (&self->tool_frames, tw_chat_frame_tools (self->frame, self->model,
                                                               is_forced (request->tool_choice)));
  tw_count_range_add (&self->tool_frames, (TwCountRange){ each, each / 2, each * 3 / 2 });
  walk_tool_choice (self, request);
  note (&self->count->basis.tools, self->frame->tools_basis);
}

/* How a schema for the answer is shown to the model is nowhere said. */
static void
walk_schema (Walk *self, TwRequest *request)
{
  g_autofree char *schema = NULL;

  if (request->schema == NULL)
    return;
  schema = tw_json_print (request->schema);
  count (self, schema, &self->tools);
  count (self, request->schema_name, &self->tools);
  note (&self->count->basis.tools, TW_BASIS_GUESSED);
}

static gint64
finish_part (const Walk *self, const TwTextSum *sum, TwCountBasis *basis, TwCountRange *total)
{
  gint64 tokens = tw_family_counter_range (&self->text, sum).tokens;

  if (tokens > 0)
    note (basis, self->text.basis);
  total->tokens += tokens;
  return tokens;
}

/* How the tools are written is one more thing that is not known of them. */
static void
loosen_tools (const Walk *self, TwCountBasis basis, TwCountRange *total)
{
  TwCountRange tools = tw_family_counter_range (&self->text, &self->tools);
  Slack slack = tool_slack[basis == TW_BASIS_GUESSED ? TW_TOOLS_JSON : self->frame->style];

  total->low -= (tools.low * (1000 - slack.low) + 999) / 1000;
  total->high += (tools.high * (slack.high - 1000) + 999) / 1000;
}

/* All texts have one range: what is off in one part makes up for what is off in another, and more
 * text is surer than less. The parts' tokens are rounded, so their sum may leave it by one. */
static TwCountRange
finish_texts (const Walk *self)
{
  TwRequestCount *ret = self->count;
  TwCountBasis tools_basis = ret->basis.tools;
  TwTextSum all = self->system;
  TwCountRange total;

  tw_text_sum_add (&all, &self->messages);
  tw_text_sum_add (&all, &self->tools);
  total = tw_family_counter_range (&self->text, &all);
  total.tokens = 0;
  ret->system = finish_part (self, &self->system, &ret->basis.system, &total);
  ret->messages = finish_part (self, &self->messages, &ret->basis.messages, &total);
  ret->tools = finish_part (self, &self->tools, &ret->basis.tools, &total);
  loosen_tools (self, tools_basis, &total);
  total.low = MIN (total.low, total.tokens);
  total.high = MAX (total.high, total.tokens);
  return total;
}

static void
finish_bases (const Walk *self)
{
  TwRequestCount *ret = self->count;

  ret->total.basis = MAX (MAX (ret->basis.system, ret->basis.messages),
                          MAX (MAX (ret->basis.tools, ret->basis.images), ret->basis.framing));
}

static void
finish (const Walk *self)
{
  TwRequestCount *ret = self->count;
  TwCountRange total = finish_texts (self);

  tw_count_range_add (&total, self->files);
  tw_count_range_add (&total, self->tool_frames);
  tw_count_range_add (&total, self->images);
  tw_count_range_add (&total, self->frames);
  ret->messages += self->files.tokens;
  ret->tools += self->tool_frames.tokens;
  ret->images = self->images.tokens;
  ret->framing = self->frames.tokens;
  ret->total.tokens = total.tokens;
  ret->total.low = MAX (total.low, 0);
  ret->total.high = total.high;
  ret->total.exact = total.low == total.high;
  ret->total.encoding = tw_family_counter_get_name (&self->text);
  ret->total.missing = self->text.missing;
  finish_bases (self);
}

gboolean
tw_count_request (const TwCountTarget *target,
                  TwRequest *request,
                  TwCountMemo *memo,
                  TwRequestCount *ret_count,
                  GError **error)
{
  Walk walk = { .model = target->model, .count = ret_count };
  const char *family;

  *ret_count = (TwRequestCount){ 0 };
  if (!tw_family_counter_init (&walk.text, target->tokenizer, &target->learned, memo, error))
    return FALSE;
  family = walk.text.family->name;
  walk.frame = tw_chat_frame_find (family, target->model);
  walk.image = tw_image_rule_find (family, target->model);
  if (!walk_one_text (&walk, request))
    walk_messages (&walk, request);
  walk_tools (&walk, request);
  walk_schema (&walk, request);
  finish (&walk);
  return TRUE;
}
