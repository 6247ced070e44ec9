/* SPDX-License-Identifier: MIT */
/* The draft's estimate and a reply from Send to receipt, with the sandbox. */
#include "fixture.h"

#include "models/app-draft.h"
#include "models/app-session.h"

static TwClient *
new_client (void)
{
  g_autoptr (GError) error = NULL;
  TwClient *client = tw_client_new (NULL, &error);

  g_assert_no_error (error);
  tw_client_set_sandbox (client, TRUE);
  return client;
}

static void
count_change (AppDraft *draft, guint *n)
{
  (*n)++;
}

static void
run_until (guint *n, guint target)
{
  while (*n < target)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_draft (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwClient) client = new_client ();
  g_autoptr (AppDraft) draft = app_draft_new (client);
  g_autoptr (AppChat) chat = app_chat_new ();
  guint n_changes = 0;
  gint64 conversation, message, short_tokens;

  app_draft_set_chat (draft, chat);
  g_assert_null (app_draft_get_estimate (draft));
  g_signal_connect (draft, "changed", G_CALLBACK (count_change), &n_changes);
  app_draft_set_text (draft, "H");
  app_draft_set_text (draft, "He");
  app_draft_set_text (draft, "Hello there");
  g_assert_cmpuint (n_changes, ==, 0);
  run_until (&n_changes, 1);
  g_assert_nonnull (app_draft_get_estimate (draft));
  g_assert_null (app_draft_get_problem (draft));
  app_draft_get_tokens (draft, &conversation, &short_tokens);
  g_assert_cmpint (conversation, ==, 0);
  g_assert_cmpint (short_tokens, >, 0);
  app_draft_set_text (draft, "Hello there, and a good deal more of it than before");
  run_until (&n_changes, 2);
  app_draft_get_tokens (draft, &conversation, &message);
  g_assert_cmpint (message, >, short_tokens);
  app_draft_set_text (draft, " \n ");
  run_until (&n_changes, 3);
  g_assert_true (app_draft_get_is_empty (draft));
  g_assert_null (app_draft_get_estimate (draft));
}

static void
test_draft_parts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwClient) client = new_client ();
  g_autoptr (AppDraft) draft = app_draft_new (client);
  g_autoptr (AppChat) chat = fixture_new_chat ("What is a token?", "A piece of a word.");
  gint64 conversation, message;

  app_chat_set_draft (chat, "And a byte?");
  app_draft_set_chat (draft, chat);
  app_draft_get_tokens (draft, &conversation, &message);
  g_assert_cmpint (conversation, >, 8);
  g_assert_cmpint (message, >, 2);
  g_assert_cmpint (conversation + message, ==,
                   tw_estimate_get_input_tokens (app_draft_get_estimate (draft)));
}

static void
test_draft_choices (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwClient) client = new_client ();
  g_autoptr (AppDraft) draft = app_draft_new (client);
  g_autoptr (AppChat) chat = app_chat_new ();
  GListModel *choices = app_draft_get_choices (draft);
  g_autoptr (AppChoice) automatic = NULL;
  g_autoptr (AppChoice) last = NULL;
  g_autofree char *title = NULL;
  g_autofree char *price = NULL;
  g_autofree char *text_price = NULL;

  app_draft_set_chat (draft, chat);
  g_assert_cmpuint (g_list_model_get_n_items (choices), >, 2);
  automatic = g_list_model_get_item (choices, 0);
  last = g_list_model_get_item (choices, g_list_model_get_n_items (choices) - 1);
  g_object_get (automatic, "title", &title, "price", &price, NULL);
  g_assert_true (g_str_has_prefix (title, "Auto → "));
  g_assert_cmpstr (price, ==, ""); /* no message, no price */
  app_draft_set_text (draft, "Hello");
  app_draft_refresh (draft);
  g_object_get (automatic, "price", &text_price, NULL);
  g_assert_cmpstr (text_price, !=, "");
  app_draft_set_model (draft, app_choice_get_id (last));
  g_assert_cmpuint (app_draft_get_selected (draft), ==, g_list_model_get_n_items (choices) - 1);
  g_assert_cmpstr (tw_estimate_get_model (app_draft_get_estimate (draft)), ==,
                   app_choice_get_id (last));
}

static void
test_draft_unknown_model (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwClient) client = new_client ();
  g_autoptr (AppDraft) draft = app_draft_new (client);
  g_autoptr (AppChat) chat = app_chat_new ();

  app_chat_set_model (chat, "nobody/knows-this");
  app_chat_set_draft (chat, "Hello");
  app_draft_set_chat (draft, chat);
  g_assert_null (app_draft_get_estimate (draft));
  g_assert_nonnull (app_draft_get_problem (draft));
  g_assert_cmpuint (g_list_model_get_n_items (app_draft_get_choices (draft)), >, 0);
}

static void
test_draft_too_long (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwClient) client = new_client ();
  g_autoptr (AppDraft) draft = app_draft_new (client);
  g_autoptr (AppChat) chat = app_chat_new ();
  g_autofree char *text = g_strnfill (60000, 'x');

  for (guint i = 1; i < 60000; i += 2)
    text[i] = ' ';
  app_chat_set_model (chat, "openai/gpt-4"); /* 8,192 tokens of context */
  app_chat_set_draft (chat, text);
  app_draft_set_chat (draft, chat);
  g_assert_nonnull (app_draft_get_estimate (draft));
  g_assert_nonnull (app_draft_get_problem (draft));
}

typedef struct
{
  guint n;
  char *prompt;
  GError *error;
} Outcome;

static void
on_finished (AppSession *session, GError *error, const char *prompt, Outcome *outcome)
{
  outcome->n++;
  outcome->prompt = g_strdup (prompt);
  outcome->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
clear_outcome (Outcome *outcome)
{
  g_free (outcome->prompt);
  g_clear_error (&outcome->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, clear_outcome)

static void
send (TwClient *client, AppChat *chat, const char *prompt, gboolean stop, Outcome *outcome)
{
  g_autoptr (AppDraft) draft = app_draft_new (client);
  g_autoptr (AppSession) session = app_session_new (client, chat);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TwRequest) request = NULL;

  app_chat_set_draft (chat, prompt);
  app_draft_set_chat (draft, chat);
  request = app_draft_take_request (draft);
  g_signal_connect (session, "finished", G_CALLBACK (on_finished), outcome);
  app_session_start (session, request, prompt, app_draft_get_estimate (draft), cancellable);
  g_assert_true (app_chat_get_busy (chat));
  if (stop)
    app_session_stop (session);
  run_until (&outcome->n, 1);
  g_assert_false (app_chat_get_busy (chat));
}

static void
test_session (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwClient) client = new_client ();
  g_autoptr (AppChat) chat = app_chat_new ();
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *footer = NULL;
  AppMessage *answer;
  AppFigures figures;

  send (client, chat, "Name three rivers.", FALSE, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_null (outcome.prompt);
  g_assert_cmpuint (app_chat_get_n_messages (chat), ==, 2);
  answer = app_chat_get_message (chat, 1);
  g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_DONE);
  g_assert_cmpuint (app_message_get_length (answer), >, 20);
  app_message_get_figures (answer, &figures);
  g_assert_nonnull (figures.receipt_id);
  g_assert_true (figures.simulated);
  footer = app_message_dup_footer (answer);
  g_assert_nonnull (strstr (footer, " · estimated "));
  g_assert_true (g_str_has_suffix (footer, " · simulated"));
}

static void
test_session_stopped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwClient) client = new_client ();
  g_autoptr (AppChat) chat = app_chat_new ();
  g_auto (Outcome) outcome = { 0 };

  send (client, chat, "Name three rivers.", TRUE, &outcome);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (outcome.prompt, ==, "Name three rivers.");
  g_assert_cmpuint (app_chat_get_n_messages (chat), ==, 0);
}

static void
test_session_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwClient) client = new_client ();
  g_autoptr (AppChat) chat = app_chat_new ();
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (GError) error = NULL;
  TwLedger *ledger = tw_client_get_ledger (client, &error);

  g_assert_no_error (error);
  tw_ledger_add_budget (ledger, "tiny", "user", "month", "UTC", "0.000001", "block", &error);
  g_assert_no_error (error);
  send (client, chat, "Name three rivers.", FALSE, &outcome);
  g_assert_error (outcome.error, TW_ERROR, TW_ERROR_BUDGET_EXCEEDED);
  g_assert_cmpstr (outcome.prompt, ==, "Name three rivers.");
  g_assert_cmpuint (app_chat_get_n_messages (chat), ==, 0);
  g_assert_cmpstr (app_chat_get_title (chat), ==, "New chat");
}

int
main (int argc, char *argv[])
{
  fixture_init ();
  g_test_init (&argc, &argv, NULL);
  ADD ("/gui/draft/follows-text", test_draft);
  ADD ("/gui/draft/parts-sum", test_draft_parts);
  ADD ("/gui/draft/choices", test_draft_choices);
  ADD ("/gui/draft/unknown-model", test_draft_unknown_model);
  ADD ("/gui/draft/too-long", test_draft_too_long);
  ADD ("/gui/session/answered", test_session);
  ADD ("/gui/session/stopped", test_session_stopped);
  ADD ("/gui/session/refused", test_session_refused);
  return g_test_run ();
}
