/* SPDX-License-Identifier: MIT */
#include "app-chat.h"

#define MAX_TITLE_CHARS 60

struct _AppChat
{
  GObject parent_instance;

  char *id;
  char *title;
  char *model;
  char *draft;
  gint64 updated;
  gboolean busy;
  GPtrArray *messages;
};

enum
{
  PROP_TITLE = 1,
  PROP_SUMMARY,
  PROP_BUSY,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];
static guint changed_signal;

static GType
app_chat_get_item_type (GListModel *model)
{
  return APP_TYPE_MESSAGE;
}

static guint
app_chat_get_n_items (GListModel *model)
{
  return APP_CHAT (model)->messages->len;
}

static gpointer
app_chat_get_item (GListModel *model, guint position)
{
  AppChat *self = APP_CHAT (model);

  if (position >= self->messages->len)
    return NULL;
  return g_object_ref (g_ptr_array_index (self->messages, position));
}

static void
app_chat_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = app_chat_get_item_type;
  iface->get_n_items = app_chat_get_n_items;
  iface->get_item = app_chat_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AppChat,
                               app_chat,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, app_chat_list_model_init))

static void
app_chat_finalize (GObject *object)
{
  AppChat *self = APP_CHAT (object);

  g_free (self->id);
  g_free (self->title);
  g_free (self->model);
  g_free (self->draft);
  g_ptr_array_unref (self->messages);
  G_OBJECT_CLASS (app_chat_parent_class)->finalize (object);
}

static void
app_chat_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppChat *self = APP_CHAT (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, app_chat_get_title (self));
      break;
    case PROP_SUMMARY:
      g_value_take_string (value, app_chat_dup_summary (self));
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
app_chat_class_init (AppChatClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = app_chat_finalize;
  object_class->get_property = app_chat_get_property;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_SUMMARY] = g_param_spec_string ("summary", NULL, NULL, NULL, flags);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  changed_signal = g_signal_new ("changed", APP_TYPE_CHAT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
app_chat_init (AppChat *self)
{
  self->model = g_strdup ("auto");
  self->draft = g_strdup ("");
  self->updated = g_get_real_time () / G_USEC_PER_SEC;
  self->messages = g_ptr_array_new_with_free_func (g_object_unref);
}

AppChat *
app_chat_new_with_id (const char *id)
{
  AppChat *self = g_object_new (APP_TYPE_CHAT, NULL);

  self->id = g_strdup (id);
  return self;
}

AppChat *
app_chat_new (void)
{
  g_autofree char *id = g_uuid_string_random ();

  return app_chat_new_with_id (id);
}

const char *
app_chat_get_id (AppChat *self)
{
  return self->id;
}

static void
replace (char **text, const char *value)
{
  char *old = *text;

  *text = g_strdup (value);
  g_free (old);
}

const char *
app_chat_get_title (AppChat *self)
{
  return self->title != NULL ? self->title : "New chat";
}

void
app_chat_set_title (AppChat *self, const char *title)
{
  replace (&self->title, title);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

gint64
app_chat_get_updated (AppChat *self)
{
  return self->updated;
}

void
app_chat_set_updated (AppChat *self, gint64 updated)
{
  self->updated = updated;
}

const char *
app_chat_get_model (AppChat *self)
{
  return self->model;
}

void
app_chat_set_model (AppChat *self, const char *model)
{
  replace (&self->model, model);
}

const char *
app_chat_get_draft (AppChat *self)
{
  return self->draft;
}

void
app_chat_set_draft (AppChat *self, const char *draft)
{
  replace (&self->draft, draft);
}

gboolean
app_chat_get_busy (AppChat *self)
{
  return self->busy;
}

void
app_chat_set_busy (AppChat *self, gboolean busy)
{
  self->busy = busy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUMMARY]);
}

guint
app_chat_get_n_messages (AppChat *self)
{
  return self->messages->len;
}

/* (transfer none) */
AppMessage *
app_chat_get_message (AppChat *self, guint position)
{
  return g_ptr_array_index (self->messages, position);
}

static char *
title_from_text (const char *text)
{
  g_autofree char *line = g_strdup (text);
  char *end;

  g_strstrip (line);
  end = strpbrk (line, "\r\n");
  if (end != NULL)
    *end = '\0';
  if (g_utf8_strlen (line, -1) > MAX_TITLE_CHARS)
    {
      g_autofree char *start = g_utf8_substring (line, 0, MAX_TITLE_CHARS - 1);

      return g_strconcat (g_strchomp (start), "…", NULL);
    }
  return g_steal_pointer (&line);
}

void
app_chat_add (AppChat *self, AppMessage *message)
{
  guint position = self->messages->len;

  g_ptr_array_add (self->messages, g_object_ref (message));
  if (self->title == NULL && app_message_get_role (message) == TW_ROLE_USER)
    {
      g_autofree char *title = title_from_text (app_message_get_text (message));

      app_chat_set_title (self, title);
    }
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

void
app_chat_remove (AppChat *self, AppMessage *message)
{
  guint position;

  if (!g_ptr_array_find (self->messages, message, &position))
    return;
  g_ptr_array_remove_index (self->messages, position);
  if (self->messages->len == 0)
    app_chat_set_title (self, NULL);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

/* Something worth keeping happened now. */
void
app_chat_touch (AppChat *self)
{
  self->updated = g_get_real_time () / G_USEC_PER_SEC;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUMMARY]);
  g_signal_emit (self, changed_signal, 0);
}

/* The second line in the list of chats: what the replies cost. */
char *
app_chat_dup_summary (AppChat *self)
{
  AppFigures last = { 0 };
  guint n_replies = 0;

  if (self->busy)
    return g_strdup ("Writing…");
  for (guint i = 0; i < self->messages->len; i++)
    {
      AppFigures figures;

      app_message_get_figures (app_chat_get_message (self, i), &figures);
      if (figures.cost == NULL)
        continue;
      last = figures;
      n_replies++;
    }
  if (n_replies == 0)
    return g_strdup ("No reply yet");
  if (n_replies == 1)
    return g_strconcat (last.cost, last.simulated ? " · simulated" : NULL, NULL);
  return g_strdup_printf ("%u replies · last %s%s", n_replies, last.cost,
                          last.simulated ? " · simulated" : "");
}

static gboolean
contains_folded (const char *text, const char *folded_needle)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return strstr (folded, folded_needle) != NULL;
}

gboolean
app_chat_matches (AppChat *self, const char *needle)
{
  g_autofree char *folded = NULL;

  if (needle == NULL || *needle == '\0')
    return TRUE;
  folded = g_utf8_casefold (needle, -1);
  if (contains_folded (app_chat_get_title (self), folded))
    return TRUE;
  for (guint i = 0; i < self->messages->len; i++)
    if (contains_folded (app_message_get_text (app_chat_get_message (self, i)), folded))
      return TRUE;
  return FALSE;
}

/* The whole conversation, and @draft as the next message of the person unless it is %NULL. */
TwRequest *
app_chat_to_request (AppChat *self, const char *draft)
{
  TwRequest *request = tw_request_new (self->model);

  for (guint i = 0; i < self->messages->len; i++)
    {
      AppMessage *message = app_chat_get_message (self, i);

      if (app_message_get_length (message) > 0)
        tw_request_add_text (request, app_message_get_role (message),
                             app_message_get_text (message));
    }
  if (draft != NULL)
    tw_request_add_text (request, TW_ROLE_USER, draft);
  tw_request_set_stream (request, TRUE);
  tw_request_set_tag (request, "chat", self->id);
  return request;
}
