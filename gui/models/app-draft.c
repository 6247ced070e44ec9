/* SPDX-License-Identifier: MIT */
#include "app-draft.h"

/* Long enough that a typist does not see numbers flicker, short enough to feel immediate. */
#define PAUSE_MS 120

/* Counting a pasted book takes tens of milliseconds, so it is counted less often. */
#define LONG_TEXT_BYTES (256 * 1024)
#define LONG_PAUSE_MS 500

#define AUTO "auto"

struct _AppDraft
{
  GObject parent_instance;

  TwClient *client;
  AppChat *chat;
  char *text;
  guint refresh_id;

  TwRequest *request;
  TwEstimate *estimate;
  char *problem;
  GListStore *choices;
};

G_DEFINE_FINAL_TYPE (AppDraft, app_draft, G_TYPE_OBJECT)

static guint changed_signal;

static void
app_draft_dispose (GObject *object)
{
  AppDraft *self = APP_DRAFT (object);

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_object (&self->client);
  g_clear_object (&self->chat);
  g_clear_object (&self->request);
  g_clear_object (&self->choices);
  g_clear_pointer (&self->estimate, tw_estimate_free);
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->text, g_free);
  G_OBJECT_CLASS (app_draft_parent_class)->dispose (object);
}

static void
app_draft_class_init (AppDraftClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = app_draft_dispose;
  changed_signal = g_signal_new ("changed", APP_TYPE_DRAFT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
app_draft_init (AppDraft *self)
{
  self->text = g_strdup ("");
  self->choices = g_list_store_new (APP_TYPE_CHOICE);
}

AppDraft *
app_draft_new (TwClient *client)
{
  AppDraft *self = g_object_new (APP_TYPE_DRAFT, NULL);

  self->client = g_object_ref (client);
  return self;
}

static AppChoice *
find_choice (AppDraft *self, const char *id)
{
  GListModel *model = G_LIST_MODEL (self->choices);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (AppChoice) choice = g_list_model_get_item (model, i);

      if (strcmp (app_choice_get_id (choice), id) == 0)
        return choice; /* the store keeps it alive */
    }
  return NULL;
}

static AppChoice *
ensure_choice (AppDraft *self, const char *id, const char *title)
{
  AppChoice *choice = find_choice (self, id);

  if (choice == NULL)
    {
      g_autoptr (AppChoice) added = app_choice_new (id, title);

      g_list_store_append (self->choices, added);
      return added; /* the store keeps it alive */
    }
  app_choice_set_title (choice, title);
  return choice;
}

/* The list of models only ever grows while the app runs, so an open list does not jump. */
static void
update_choices (AppDraft *self, const TwEstimate *automatic)
{
  g_autofree char *title = g_strdup_printf ("Auto → %s", tw_estimate_get_model_name (automatic));
  GPtrArray *others = tw_estimate_get_alternatives (automatic);
  gboolean is_empty = app_draft_get_is_empty (self);

  app_choice_set_estimate (ensure_choice (self, AUTO, title), is_empty ? NULL : automatic);
  for (guint i = 0; i < others->len; i++)
    {
      const TwEstimate *other = g_ptr_array_index (others, i);
      AppChoice *choice
          = ensure_choice (self, tw_estimate_get_model (other), tw_estimate_get_model_name (other));

      app_choice_set_estimate (choice, is_empty ? NULL : other);
    }
}

/* What the conversation weighs without the new message; the rest of the input is the message. */
static gint64
count_conversation (AppDraft *self)
{
  g_autoptr (TwRequest) request = NULL;
  g_autoptr (TwEstimate) estimate = NULL;

  if (app_chat_get_n_messages (self->chat) == 0)
    return 0;
  request = app_chat_to_request (self->chat, NULL);
  tw_request_set_model (request, tw_estimate_get_model (self->estimate));
  estimate = tw_client_estimate (self->client, request, NULL);
  return estimate != NULL ? tw_estimate_get_input_tokens (estimate) : 0;
}

/* A model that the chat remembers may have left the catalogue; Auto then still says who could
 * answer. */
static TwEstimate *
estimate_automatic (AppDraft *self)
{
  g_autoptr (TwRequest) request = NULL;

  if (self->estimate != NULL && g_str_equal (app_chat_get_model (self->chat), AUTO))
    return tw_estimate_copy (self->estimate);
  request = app_chat_to_request (self->chat, self->text);
  tw_request_set_model (request, AUTO);
  return tw_client_estimate (self->client, request, NULL);
}

/* A model named in full elsewhere may not be on offer here, and yet be the one that is chosen. */
static void
ensure_selected (AppDraft *self)
{
  const char *model = app_chat_get_model (self->chat);

  if (find_choice (self, model) == NULL)
    app_choice_set_estimate (
        ensure_choice (self, model, tw_estimate_get_model_name (self->estimate)),
        app_draft_get_estimate (self));
}

static void
forget (AppDraft *self)
{
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_object (&self->request);
  g_clear_pointer (&self->estimate, tw_estimate_free);
  g_clear_pointer (&self->problem, g_free);
}

/* Estimates now, without the pause. */
void
app_draft_refresh (AppDraft *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwEstimate) automatic = NULL;

  g_return_if_fail (self->chat != NULL);

  forget (self);
  self->request = app_chat_to_request (self->chat, self->text);
  self->estimate = tw_client_estimate (self->client, self->request, &error);
  automatic = estimate_automatic (self);
  if (automatic != NULL)
    update_choices (self, automatic);
  if (self->estimate != NULL)
    {
      ensure_selected (self);
      self->problem = g_strdup (tw_estimate_get_problem (self->estimate));
    }
  else
    {
      self->problem = g_strdup (error->message);
    }
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
on_pause (gpointer user_data)
{
  AppDraft *self = user_data;

  self->refresh_id = 0;
  app_draft_refresh (self);
  return G_SOURCE_REMOVE;
}

void
app_draft_set_chat (AppDraft *self, AppChat *chat)
{
  if (!g_set_object (&self->chat, chat))
    return;
  app_draft_set_text (self, app_chat_get_draft (chat));
  app_draft_refresh (self);
}

void
app_draft_set_text (AppDraft *self, const char *text)
{
  guint pause = strlen (text) < LONG_TEXT_BYTES ? PAUSE_MS : LONG_PAUSE_MS;

  g_return_if_fail (self->chat != NULL);

  if (g_str_equal (self->text, text))
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  app_chat_set_draft (self->chat, text);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  self->refresh_id = g_timeout_add (pause, on_pause, self);
}

const char *
app_draft_get_text (AppDraft *self)
{
  return self->text;
}

void
app_draft_set_model (AppDraft *self, const char *model)
{
  if (g_str_equal (app_chat_get_model (self->chat), model))
    return;
  app_chat_set_model (self->chat, model);
  app_draft_refresh (self);
}

/* Nothing but white space is nothing to send. */
gboolean
app_draft_get_is_empty (AppDraft *self)
{
  for (const char *p = self->text; *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_isspace (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}

/* (nullable): there is none for an empty message. */
const TwEstimate *
app_draft_get_estimate (AppDraft *self)
{
  return app_draft_get_is_empty (self) ? NULL : self->estimate;
}

/* (nullable): why this cannot be sent as it is. */
const char *
app_draft_get_problem (AppDraft *self)
{
  return self->problem;
}

/* (nullable): what stands against sending it: it cannot be sent, or a budget would refuse it. The
 * second may still be tried, since what else is in flight may be settled by then. */
const char *
app_draft_get_obstacle (AppDraft *self)
{
  if (self->problem != NULL || self->estimate == NULL)
    return self->problem;
  return tw_estimate_get_refusal (self->estimate);
}

/* The input tokens are the conversation's and the message's; the two always sum to the total. */
void
app_draft_get_tokens (AppDraft *self, gint64 *ret_conversation, gint64 *ret_message)
{
  gint64 total = self->estimate != NULL ? tw_estimate_get_input_tokens (self->estimate) : 0;

  *ret_conversation = self->estimate != NULL ? MIN (count_conversation (self), total) : 0;
  *ret_message = total - *ret_conversation;
}

GListModel *
app_draft_get_choices (AppDraft *self)
{
  return G_LIST_MODEL (self->choices);
}

/* The position of the chat's model among the choices; G_MAXUINT if it is not there. */
guint
app_draft_get_selected (AppDraft *self)
{
  AppChoice *choice
      = self->chat != NULL ? find_choice (self, app_chat_get_model (self->chat)) : NULL;
  guint position = G_MAXUINT;

  if (choice != NULL)
    g_list_store_find (self->choices, choice, &position);
  return position;
}

/* (transfer full): the request as it was estimated; an estimate that waits for its pause is made
 * first. */
TwRequest *
app_draft_take_request (AppDraft *self)
{
  if (self->request == NULL || self->refresh_id != 0)
    app_draft_refresh (self);
  return g_steal_pointer (&self->request);
}
