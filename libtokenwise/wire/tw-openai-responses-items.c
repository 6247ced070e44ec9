/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-openai-responses-items-private.h"

#include "libtokenwise/wire/tw-wire-json-private.h"

/* Of older items no more is to come. */
#define MAX_ITEMS 256
#define MAX_HOSTED 4096
/* Between the paragraphs that a summary of reasoning comes in. */
#define PARAGRAPH "\n\n"

typedef struct
{
  gboolean has_index;
  gint64 index;
  char *id; /* (nullable) */
  gboolean has_text;
  gboolean has_reasoning;
  gboolean between; /* the next reasoning begins a paragraph */
  gboolean closed;
  TwToolCall *call; /* (nullable) (unowned) */
} Item;

static void
item_free (gpointer data)
{
  Item *item = data;

  g_free (item->id);
  g_free (item);
}

void
tw_response_items_clear (TwResponseItems *self)
{
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->hosted, cJSON_Delete);
}

/* ---- which item an event is of ---- */

static const char *
read_item_id (const cJSON *event)
{
  return tw_wire_json_text (event, "item_id")
             ?: tw_wire_json_text (tw_json_object (event, "item"), "id");
}

static Item *
new_item (TwResponseItems *self, const cJSON *event)
{
  Item *item = g_new0 (Item, 1);

  if (self->items == NULL)
    self->items = g_ptr_array_new_with_free_func (item_free);
  if (self->items->len == MAX_ITEMS)
    g_ptr_array_remove_index (self->items, 0);
  g_ptr_array_add (self->items, item);
  item->has_index = tw_json_integer (event, "output_index", &item->index);
  item->id = g_strdup (read_item_id (event));
  self->seen = TRUE;
  return item;
}

/* By the index, for some servers change an item's id from event to event; by the id where there is
 * no index, as llama.cpp leaves it out. */
static gboolean
is_of (const Item *item, gboolean has_index, gint64 index, const char *id)
{
  if (has_index && item->has_index)
    return item->index == index;
  return id != NULL ? g_strcmp0 (item->id, id) == 0 : !item->closed;
}

static Item *
find_item (TwResponseItems *self, const cJSON *event)
{
  const char *id = read_item_id (event);
  gint64 index = 0;
  gboolean has_index = tw_json_integer (event, "output_index", &index);

  for (guint i = self->items != NULL ? self->items->len : 0; i > 0; i--)
    {
      Item *item = g_ptr_array_index (self->items, i - 1);

      if (is_of (item, has_index, index, id))
        return item;
    }
  return new_item (self, event);
}

/* ---- pieces ---- */

static void
open_call (Item *item, TwDecoder *decoder, const cJSON *json)
{
  if (item->call == NULL)
    item->call = tw_decoder_open_tool_call (decoder, 0);
  if (item->call != NULL)
    tw_tool_call_name (item->call,
                       tw_wire_json_text (json, "call_id") ?: tw_wire_json_text (json, "id"),
                       tw_json_string (json, "name"));
}

static gboolean
is_function_call (const cJSON *json)
{
  return g_strcmp0 (tw_json_string (json, "type"), "function_call") == 0;
}

void
tw_response_items_open (TwResponseItems *self, TwDecoder *decoder, const cJSON *event)
{
  const cJSON *json = tw_json_object (event, "item");
  Item *item = new_item (self, event);

  if (is_function_call (json))
    open_call (item, decoder, json);
}

static void
add_reasoning (Item *item, TwDecoder *decoder, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  if (item->between && item->has_reasoning)
    tw_decoder_add_text (decoder, TW_EVENT_REASONING, PARAGRAPH);
  item->between = FALSE;
  item->has_reasoning = TRUE;
  tw_decoder_add_text (decoder, TW_EVENT_REASONING, text);
}

void
tw_response_items_add_text (TwResponseItems *self,
                            TwDecoder *decoder,
                            TwResponseTextKind kind,
                            const cJSON *event)
{
  const char *text = tw_wire_json_text (event, "delta");
  Item *item = find_item (self, event);

  if (kind == TW_RESPONSE_REASONING)
    {
      add_reasoning (item, decoder, text);
      return;
    }
  tw_decoder_add_text (decoder, TW_EVENT_TEXT, text);
  item->has_text = item->has_text || text != NULL;
  self->refused = self->refused || (kind == TW_RESPONSE_REFUSAL && text != NULL);
}

void
tw_response_items_begin_summary (TwResponseItems *self, const cJSON *event)
{
  find_item (self, event)->between = TRUE;
}

void
tw_response_items_add_arguments (TwResponseItems *self, const cJSON *event)
{
  Item *item = find_item (self, event);
  const char *piece = tw_wire_json_text (event, "delta");

  if (item->call != NULL && !item->call->closed && piece != NULL)
    g_string_append (item->call->arguments, piece);
}

/* The whole arguments, which count more than the pieces. */
static void
set_arguments (Item *item, const cJSON *json)
{
  const cJSON *arguments = cJSON_GetObjectItemCaseSensitive (json, "arguments");

  if (item->call == NULL || item->call->closed)
    return;
  if (cJSON_IsObject (arguments))
    {
      g_autofree char *text = tw_json_print (arguments);

      g_string_assign (item->call->arguments, text);
    }
  else if (cJSON_IsString (arguments) && *arguments->valuestring != '\0')
    g_string_assign (item->call->arguments, arguments->valuestring);
}

void
tw_response_items_set_arguments (TwResponseItems *self, const cJSON *event)
{
  set_arguments (find_item (self, event), event);
}

/* ---- whole items ---- */

static void
read_message (TwResponseItems *self, Item *item, TwDecoder *decoder, const cJSON *json)
{
  const cJSON *part;

  if (item->has_text)
    return;
  cJSON_ArrayForEach (part, tw_json_array (json, "content"))
  {
    const char *refusal = tw_wire_json_text (part, "refusal");

    tw_decoder_add_text (decoder, TW_EVENT_TEXT, tw_json_string (part, "text"));
    tw_decoder_add_text (decoder, TW_EVENT_TEXT, refusal);
    self->refused = self->refused || refusal != NULL;
  }
  item->has_text = TRUE;
}

/* The next request has to name the item, and give back what the server encrypted. */
static void
sign_reasoning (TwDecoder *decoder, const cJSON *json)
{
  const char *id = tw_wire_json_text (json, "id");
  const char *encrypted = tw_wire_json_text (json, "encrypted_content");
  g_autoptr (cJSON) signature = NULL;
  g_autofree char *text = NULL;

  if (encrypted == NULL)
    return;
  signature = cJSON_CreateObject ();
  if (id != NULL)
    cJSON_AddStringToObject (signature, "id", id);
  cJSON_AddStringToObject (signature, "encrypted_content", encrypted);
  text = tw_json_print (signature);
  tw_decoder_sign_reasoning (decoder, text);
}

static void
read_paragraphs (Item *item, TwDecoder *decoder, const cJSON *list)
{
  const cJSON *part;

  cJSON_ArrayForEach (part, list)
  {
    item->between = TRUE;
    add_reasoning (item, decoder, tw_json_string (part, "text"));
  }
}

/* The summary, and the whole text where the server shows it. */
static void
read_reasoning (Item *item, TwDecoder *decoder, const cJSON *json)
{
  if (!item->has_reasoning)
    {
      read_paragraphs (item, decoder, tw_json_array (json, "summary"));
      read_paragraphs (item, decoder, tw_json_array (json, "content"));
    }
  sign_reasoning (decoder, json);
}

static void
read_function_call (Item *item, TwDecoder *decoder, const cJSON *json)
{
  open_call (item, decoder, json);
  set_arguments (item, json);
  if (item->call != NULL && !item->call->closed)
    tw_decoder_close_tool_call (decoder, item->call);
}

/* Only what the fees go by: a picture is some megabytes. */
static void
keep_hosted (TwResponseItems *self, const char *type, const cJSON *json)
{
  const char *action = tw_json_string (tw_json_object (json, "action"), "type");
  cJSON *kept;

  if (self->hosted == NULL)
    self->hosted = cJSON_CreateArray ();
  if (++self->n_hosted > MAX_HOSTED)
    return;
  kept = cJSON_CreateObject ();
  cJSON_AddItemToArray (self->hosted, kept);
  cJSON_AddStringToObject (kept, "type", type);
  tw_json_add_string (kept, "container_id", tw_json_string (json, "container_id"));
  if (action != NULL)
    cJSON_AddStringToObject (cJSON_AddObjectToObject (kept, "action"), "type", action);
}

static void
read_item (TwResponseItems *self, Item *item, TwDecoder *decoder, const cJSON *json)
{
  const char *type = tw_json_string (json, "type") ?: "";

  if (item->closed)
    return;
  item->closed = TRUE;
  if (g_str_equal (type, "message"))
    read_message (self, item, decoder, json);
  else if (g_str_equal (type, "reasoning"))
    read_reasoning (item, decoder, json);
  else if (g_str_equal (type, "function_call"))
    read_function_call (item, decoder, json);
  else if (g_str_has_suffix (type, "_call"))
    keep_hosted (self, type, json);
}

void
tw_response_items_close (TwResponseItems *self, TwDecoder *decoder, const cJSON *event)
{
  read_item (self, find_item (self, event), decoder, tw_json_object (event, "item"));
}

void
tw_response_items_read_all (TwResponseItems *self, TwDecoder *decoder, const cJSON *output)
{
  const cJSON *json;

  cJSON_ArrayForEach (json, output)
  {
    read_item (self, new_item (self, NULL), decoder, json);
  }
}
