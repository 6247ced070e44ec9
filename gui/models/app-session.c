/* SPDX-License-Identifier: MIT */
#include "app-session.h"

/* How much of a long reply a crash may cost. */
#define KEEP_INTERVAL_US (3 * G_USEC_PER_SEC)

struct _AppSession
{
  GObject parent_instance;

  TwClient *client;
  AppChat *chat;
  AppMessage *question;
  AppMessage *answer;
  char *expected;
  TwReply *reply;
  GCancellable *cancellable;
  GCancellable *outer;
  gulong outer_id;
  gint64 kept_at;
};

G_DEFINE_FINAL_TYPE (AppSession, app_session, G_TYPE_OBJECT)

static guint finished_signal;

static void pull (AppSession *self);

static void
app_session_dispose (GObject *object)
{
  AppSession *self = APP_SESSION (object);

  if (self->outer != NULL)
    g_cancellable_disconnect (self->outer, self->outer_id);
  g_clear_object (&self->outer);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->reply);
  g_clear_object (&self->answer);
  g_clear_object (&self->question);
  g_clear_object (&self->chat);
  g_clear_object (&self->client);
  g_clear_pointer (&self->expected, g_free);
  G_OBJECT_CLASS (app_session_parent_class)->dispose (object);
}

static void
app_session_class_init (AppSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = app_session_dispose;
  finished_signal = g_signal_new ("finished", APP_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 2, G_TYPE_ERROR, G_TYPE_STRING);
}

static void
app_session_init (AppSession *self)
{
  self->cancellable = g_cancellable_new ();
}

AppSession *
app_session_new (TwClient *client, AppChat *chat)
{
  AppSession *self = g_object_new (APP_TYPE_SESSION, NULL);

  self->client = g_object_ref (client);
  self->chat = g_object_ref (chat);
  return self;
}

AppChat *
app_session_get_chat (AppSession *self)
{
  return self->chat;
}

/* (nullable): what an attempt came to that left no reply to stand under; a time-out may be billed.
 */
char *
app_session_dup_lost_cost (AppSession *self)
{
  const TwReceipt *receipt = self->reply != NULL ? tw_reply_get_receipt (self->reply) : NULL;
  g_autofree char *exact = NULL;

  if (receipt == NULL || app_message_get_length (self->answer) > 0)
    return NULL;
  exact = tw_receipt_get_cost_decimal (receipt);
  return g_strcmp0 (exact, "0") != 0 ? tw_receipt_get_cost_text (receipt) : NULL;
}

static void
take_figures (AppSession *self)
{
  const TwReceipt *receipt = self->reply != NULL ? tw_reply_get_receipt (self->reply) : NULL;
  g_autofree char *cost = NULL;
  g_autofree char *estimate = NULL;
  const TwEstimate *expected;
  AppFigures figures = { 0 };

  if (receipt == NULL)
    return;
  cost = tw_receipt_get_cost_text (receipt);
  estimate = tw_receipt_get_estimate_text (receipt);
  expected = tw_reply_get_estimate (self->reply);
  figures.receipt_id = tw_receipt_get_id (receipt);
  figures.cost = cost;
  figures.estimate = estimate;
  figures.model
      = expected != NULL ? tw_estimate_get_model_name (expected) : tw_receipt_get_model (receipt);
  figures.total_ms = tw_receipt_get_total_ms (receipt);
  figures.simulated = tw_receipt_get_is_simulated (receipt);
  app_message_set_figures (self->answer, &figures);
}

static AppMessageState
state_after (AppSession *self, const GError *error)
{
  const TwReceipt *receipt = self->reply != NULL ? tw_reply_get_receipt (self->reply) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return APP_MESSAGE_STOPPED;
  if (error != NULL || (receipt != NULL && tw_receipt_get_is_incomplete (receipt)))
    return APP_MESSAGE_INCOMPLETE;
  return APP_MESSAGE_DONE;
}

/* A reply of which not one word arrived leaves no trace in the chat: the prompt goes back to where
 * it was written. */
static void
finish (AppSession *self, const GError *error)
{
  g_autofree char *prompt = NULL;

  if (error != NULL && app_message_get_length (self->answer) == 0)
    {
      prompt = g_strdup (app_message_get_text (self->question));
      app_chat_remove (self->chat, self->answer);
      app_chat_remove (self->chat, self->question);
    }
  take_figures (self);
  app_message_set_progress (self->answer, NULL);
  app_message_set_state (self->answer, state_after (self, error));
  app_chat_set_busy (self->chat, FALSE);
  app_chat_touch (self->chat);
  g_signal_emit (self, finished_signal, 0, error, prompt);
}

static void
show_retry (AppSession *self, const TwEvent *event)
{
  g_autofree char *text = g_strdup_printf ("Trying again: %s", tw_event_get_text (event));

  app_message_set_progress (self->answer, text);
}

static void
take_event (AppSession *self, const TwEvent *event)
{
  gint64 now = g_get_monotonic_time ();

  if (tw_event_get_kind (event) == TW_EVENT_RETRY)
    show_retry (self, event);
  if (tw_event_get_kind (event) != TW_EVENT_TEXT)
    return;
  if (app_message_get_length (self->answer) == 0)
    app_message_set_progress (self->answer, self->expected);
  app_message_append (self->answer, tw_event_get_text (event));
  if (now - self->kept_at > KEEP_INTERVAL_US)
    {
      self->kept_at = now;
      app_chat_touch (self->chat);
    }
}

static void
on_next (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwEvent) event = tw_reply_next_finish (self->reply, result, &error);

  if (event == NULL)
    {
      finish (self, error);
      return;
    }
  take_event (self, event);
  pull (self);
}

static void
pull (AppSession *self)
{
  tw_reply_next_async (self->reply, self->cancellable, on_next, g_object_ref (self));
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppSession) self = user_data;
  g_autoptr (GError) error = NULL;

  self->reply = tw_client_send_finish (self->client, result, &error);
  if (self->reply == NULL)
    finish (self, error);
  else
    pull (self);
}

static void
set_expectation (AppSession *self, const TwEstimate *estimate)
{
  g_autofree char *waiting = NULL;
  g_autofree char *cost = NULL;

  if (estimate == NULL)
    return;
  cost = tw_estimate_get_cost_text (estimate);
  waiting = g_strdup_printf ("Waiting for %s…", tw_estimate_get_model_name (estimate));
  self->expected = g_strdup_printf ("Writing… · %s expected · %s", cost,
                                    tw_estimate_get_model_name (estimate));
  app_message_set_progress (self->answer, waiting);
}

static void
on_outer_cancelled (GCancellable *outer, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

/* Adds the question and an empty answer to the chat, and sends. Cancelling @cancellable stops this
 * reply like app_session_stop() does. */
void
app_session_start (AppSession *self,
                   TwRequest *request,
                   const char *prompt,
                   const TwEstimate *estimate,
                   GCancellable *cancellable)
{
  self->question = app_message_new (TW_ROLE_USER, prompt);
  self->answer = app_message_new (TW_ROLE_ASSISTANT, NULL);
  set_expectation (self, estimate);
  app_message_set_state (self->answer, APP_MESSAGE_STREAMING);
  app_chat_add (self->chat, self->question);
  app_chat_add (self->chat, self->answer);
  app_chat_set_busy (self->chat, TRUE);
  app_chat_touch (self->chat);
  self->kept_at = g_get_monotonic_time ();
  self->outer = g_object_ref (cancellable);
  self->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (on_outer_cancelled),
                                          g_object_ref (self->cancellable), g_object_unref);
  tw_client_send_async (self->client, request, self->cancellable, on_sent, g_object_ref (self));
}

void
app_session_stop (AppSession *self)
{
  g_cancellable_cancel (self->cancellable);
}
