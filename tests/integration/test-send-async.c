/* SPDX-License-Identifier: MIT */
/* The same call blocking and in a main loop, against the providers' stand-in: URL in argv. */
#include <libtokenwise/tokenwise.h>

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  GMainLoop *loop;
  GCancellable *cancellable;
  TwReply *reply;
  GString *text;
  GError *error;
  guint n_events;
  guint cancel_after; /* 0: never */
} AsyncRun;

static TwClient *client;

static TwRequest *
ask (const char *model, const char *text)
{
  TwRequest *request = tw_request_new (model);

  tw_request_add_text (request, TW_ROLE_USER, text);
  return request;
}

static char *
send_blocking (const char *model, const char *text, GError **error)
{
  g_autoptr (TwRequest) request = ask (model, text);
  g_autoptr (TwReply) reply = tw_client_send (client, request, NULL, error);
  TwEvent *event;

  if (reply == NULL)
    return NULL;
  while ((event = tw_reply_next (reply, NULL, error)) != NULL)
    tw_event_free (event);
  g_assert_nonnull (tw_reply_get_receipt (reply));
  return g_strdup (tw_reply_get_text (reply));
}

static void pull (AsyncRun *run);

static void
on_next (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AsyncRun *run = user_data;
  g_autoptr (TwEvent) event = tw_reply_next_finish (TW_REPLY (source), result, &run->error);

  if (event == NULL)
    {
      g_main_loop_quit (run->loop);
      return;
    }
  run->n_events++;
  if (tw_event_get_kind (event) == TW_EVENT_TEXT)
    g_string_append (run->text, tw_event_get_text (event));
  if (run->n_events == run->cancel_after)
    g_cancellable_cancel (run->cancellable);
  pull (run);
}

static void
pull (AsyncRun *run)
{
  tw_reply_next_async (run->reply, run->cancellable, on_next, run);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AsyncRun *run = user_data;

  run->reply = tw_client_send_finish (TW_CLIENT (source), result, &run->error);
  if (run->reply == NULL)
    g_main_loop_quit (run->loop);
  else
    pull (run);
}

static void
run_async (AsyncRun *run, const char *model, const char *text)
{
  g_autoptr (TwRequest) request = ask (model, text);

  run->loop = g_main_loop_new (NULL, FALSE);
  run->cancellable = g_cancellable_new ();
  run->text = g_string_new (NULL);
  tw_client_send_async (client, request, run->cancellable, on_sent, run);
  g_main_loop_run (run->loop);
}

static void
clear_run (AsyncRun *run)
{
  g_main_loop_unref (run->loop);
  g_object_unref (run->cancellable);
  g_clear_object (&run->reply);
  g_string_free (run->text, TRUE);
  g_clear_error (&run->error);
}

static const char *const models[] = { "openai/gpt-4o-mini", "anthropic/claude-haiku-4-5" };

static void
test_same_text (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *blocking = send_blocking (models[i], "long", &error);
      AsyncRun run = { 0 };

      g_assert_no_error (error);
      run_async (&run, models[i], "long");
      g_assert_no_error (run.error);
      g_assert_cmpstr (run.text->str, ==, blocking);
      g_assert_cmpstr (tw_receipt_get_status (tw_reply_get_receipt (run.reply)), ==, "complete");
      clear_run (&run);
    }
}

static void
test_same_error (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *blocking = send_blocking (models[0], "401", &error);
  AsyncRun run = { 0 };

  g_assert_cmpstr (blocking, ==, "");
  g_assert_error (error, TW_ERROR, TW_ERROR_AUTHENTICATION);
  run_async (&run, models[0], "401");
  g_assert_error (run.error, TW_ERROR, TW_ERROR_AUTHENTICATION);
  clear_run (&run);
}

static void
test_retry (void)
{
  AsyncRun run = { 0 };

  run_async (&run, models[0], "flaky");
  g_assert_no_error (run.error);
  g_assert_cmpstr (run.text->str, ==, "Hello from the mock.");
  clear_run (&run);
}

static void
test_cancel (void)
{
  AsyncRun run = { .cancel_after = 3 };
  const TwReceipt *receipt;

  run_async (&run, models[0], "slow");
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  receipt = tw_reply_get_receipt (run.reply);
  g_assert_cmpstr (tw_receipt_get_status (receipt), ==, "cancelled");
  g_assert_true (tw_usage_get_is_estimated (tw_receipt_get_usage (receipt)));
  clear_run (&run);
}

static void
test_dropped_reply_is_settled (void)
{
  g_autoptr (TwRequest) request = ask (models[0], "slow");
  TwReply *reply = tw_client_send (client, request, NULL, NULL);
  g_autofree char *id = g_strdup (tw_reply_get_id (reply));
  g_autoptr (TwReceipt) receipt = NULL;

  for (guint i = 0; i < 3; i++)
    tw_event_free (tw_reply_next (reply, NULL, NULL));
  g_object_unref (reply);
  receipt = tw_ledger_get_receipt (tw_client_get_ledger (client, NULL), id, NULL);
  g_assert_cmpstr (tw_receipt_get_status (receipt), ==, "cancelled");
}

static char *
write_config (const char *folder, const char *url)
{
  g_autofree char *path = g_build_filename (folder, "config.ini", NULL);
  g_autofree char *text = g_strdup_printf ("[provider openai]\nbase-url=%s/v1\n"
                                           "[provider anthropic]\nbase-url=%s/v1\n",
                                           url, url);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return g_steal_pointer (&path);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("tokenwise-async-XXXXXX", NULL);
  g_autofree char *config = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  config = write_config (folder, argv[1]);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_setenv ("OPENAI_API_KEY", "sk-test", TRUE);
  g_setenv ("ANTHROPIC_API_KEY", "sk-test", TRUE);
  client = tw_client_new (folder, &error);
  g_assert_no_error (error);
  g_test_add_func ("/integration/send/same-text", test_same_text);
  g_test_add_func ("/integration/send/same-error", test_same_error);
  g_test_add_func ("/integration/send/retry", test_retry);
  g_test_add_func ("/integration/send/cancel", test_cancel);
  g_test_add_func ("/integration/send/dropped-reply-is-settled", test_dropped_reply_is_settled);
  status = g_test_run ();
  g_object_unref (client);
  return status;
}
