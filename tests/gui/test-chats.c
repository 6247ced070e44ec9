/* SPDX-License-Identifier: MIT */
/* Messages and chats, and how they are kept on disk. */
#include "fixture.h"

#include "models/app-chat-json.h"
#include "models/app-chat-store.h"

#include <glib/gstdio.h>

static guint
count_files (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (folder != NULL && g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static AppChatStore *
open_store (Fixture *fixture)
{
  AppChatStore *store = app_chat_store_new (fixture->folder);

  app_chat_store_load (store);
  return store;
}

static void
test_footer (void)
{
  static const struct
  {
    AppMessageState state;
    gboolean simulated;
    gint64 ms;
    const char *footer;
  } cases[] = {
    { APP_MESSAGE_DONE, FALSE, 5900, "0.71 ¢ · estimated 0.63 ¢ · 5.9 s · Large" },
    { APP_MESSAGE_DONE, TRUE, 61500, "0.71 ¢ · estimated 0.63 ¢ · 62 s · Large · simulated" },
    { APP_MESSAGE_STOPPED, FALSE, -1, "0.71 ¢ · estimated 0.63 ¢ · Large · stopped" },
    { APP_MESSAGE_INCOMPLETE, FALSE, 40, "0.71 ¢ · estimated 0.63 ¢ · 0.0 s · Large · incomplete" },
    { APP_MESSAGE_STREAMING, FALSE, 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AppMessage) message = app_message_new (TW_ROLE_ASSISTANT, "text");
      AppFigures figures = { .cost = "0.71 ¢",
                             .estimate = "0.63 ¢",
                             .model = "Large",
                             .total_ms = cases[i].ms,
                             .simulated = cases[i].simulated };
      g_autofree char *footer = NULL;

      app_message_set_figures (message, &figures);
      app_message_set_state (message, cases[i].state);
      footer = app_message_dup_footer (message);
      g_assert_cmpstr (footer, ==, cases[i].footer);
    }
}

static void
test_message_utf8 (void)
{
  g_autoptr (AppMessage) message = app_message_new (TW_ROLE_ASSISTANT, "a\xff"
                                                                       "b");

  app_message_append (message, "€");
  g_assert_true (g_utf8_validate (app_message_get_text (message), -1, NULL));
  g_assert_cmpstr (app_message_get_text (message), ==,
                   "a\xef\xbf\xbd"
                   "b€");
}

static void
test_title (void)
{
  static const struct
  {
    const char *text;
    const char *title;
  } cases[] = {
    { "  Leak in parse_line()\nIt leaks.", "Leak in parse_line()" },
    { "Überlänge überlänge überlänge überlänge überlänge überlänge ende",
      "Überlänge überlänge überlänge überlänge überlänge überlänge…" },
    { "x", "x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AppChat) chat = fixture_new_chat (cases[i].text, "y");

      g_assert_cmpstr (app_chat_get_title (chat), ==, cases[i].title);
    }
}

static void
test_summary (void)
{
  g_autoptr (AppChat) chat = fixture_new_chat ("Hello", "Hi");
  g_autoptr (AppMessage) more = app_message_new (TW_ROLE_ASSISTANT, "again");
  AppFigures figures = { .cost = "1.2 ¢", .simulated = TRUE };
  g_autofree char *one = app_chat_dup_summary (chat);
  g_autofree char *two = NULL;

  app_message_set_figures (more, &figures);
  app_chat_add (chat, more);
  two = app_chat_dup_summary (chat);
  g_assert_cmpstr (one, ==, "0.71 ¢");
  g_assert_cmpstr (two, ==, "2 replies · last 1.2 ¢ · simulated");
}

static void
test_search (void)
{
  g_autoptr (AppChat) chat = fixture_new_chat ("Quarterly report", "The Straße is closed");

  g_assert_true (app_chat_matches (chat, ""));
  g_assert_true (app_chat_matches (chat, "REPORT"));
  g_assert_true (app_chat_matches (chat, "strasse"));
  g_assert_false (app_chat_matches (chat, "invoice"));
}

static void
test_request (void)
{
  g_autoptr (AppChat) chat = fixture_new_chat ("Hello", "");
  g_autoptr (TwRequest) request = NULL;

  app_chat_set_model (chat, "openai/gpt-6-luna");
  request = app_chat_to_request (chat, "And now?");
  g_assert_cmpuint (tw_request_get_n_messages (request), ==, 2); /* an empty answer says nothing */
  g_assert_cmpstr (tw_request_get_model (request), ==, "openai/gpt-6-luna");
  g_assert_cmpstr (tw_request_get_tag (request, "chat"), ==, app_chat_get_id (chat));
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppChatStore) store = open_store (fixture);
  g_autoptr (AppChat) chat = fixture_new_chat ("Why „quotes“ & \\ \n lines?", "Because.");
  g_autoptr (AppChatStore) again = NULL;
  g_autoptr (AppChat) loaded = NULL;
  g_autofree char *footer = NULL;

  app_chat_set_model (chat, "anthropic/claude-haiku-4-5");
  app_chat_set_draft (chat, "half a thou");
  app_chat_store_add (store, chat);
  app_chat_store_flush (store);
  again = open_store (fixture);
  loaded = g_list_model_get_item (app_chat_store_get_chats (again), 0);
  g_assert_nonnull (loaded);
  g_assert_cmpstr (app_chat_get_id (loaded), ==, app_chat_get_id (chat));
  g_assert_cmpstr (app_chat_get_title (loaded), ==, app_chat_get_title (chat));
  g_assert_cmpstr (app_chat_get_model (loaded), ==, "anthropic/claude-haiku-4-5");
  g_assert_cmpstr (app_chat_get_draft (loaded), ==, "half a thou");
  g_assert_cmpint (app_chat_get_updated (loaded), ==, app_chat_get_updated (chat));
  g_assert_cmpuint (app_chat_get_n_messages (loaded), ==, 2);
  g_assert_cmpstr (app_message_get_text (app_chat_get_message (loaded, 0)), ==,
                   "Why „quotes“ & \\ \n lines?");
  footer = app_message_dup_footer (app_chat_get_message (loaded, 1));
  g_assert_cmpstr (footer, ==, "0.71 ¢ · estimated 0.63 ¢ (0.38–1.3 ¢) · 5.9 s · Large");
}

static void
test_private (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppChatStore) store = open_store (fixture);
  g_autoptr (AppChat) chat = fixture_new_chat ("Secret", "Yes");
  g_autofree char *name = g_strconcat (app_chat_get_id (chat), ".json", NULL);
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  GStatBuf info;

  app_chat_store_add (store, chat);
  app_chat_store_flush (store);
  g_assert_cmpint (g_stat (fixture->folder, &info), ==, 0);
  g_assert_cmphex (info.st_mode & 0777, ==, 0700);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmphex (info.st_mode & 0777, ==, 0600);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppChatStore) store = open_store (fixture);
  g_autoptr (AppChat) old = fixture_new_chat ("old", "x");
  g_autoptr (AppChat) new = fixture_new_chat ("new", "x");
  g_autoptr (AppChatStore) again = NULL;
  g_autoptr (AppChat) first = NULL;

  app_chat_set_updated (old, 1000);
  app_chat_set_updated (new, 2000);
  app_chat_store_add (store, new);
  app_chat_store_add (store, old);
  app_chat_store_flush (store);
  again = open_store (fixture);
  first = g_list_model_get_item (app_chat_store_get_chats (again), 0);
  g_assert_cmpstr (app_chat_get_title (first), ==, "new");
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  static const char *const contents[] = {
    "",
    "{",
    "[]",
    "null",
    "{\"version\":2,\"title\":\"t\",\"model\":\"auto\",\"messages\":[]}",
    "{\"version\":1,\"title\":\"t\",\"model\":\"auto\"}",
    "{\"version\":1,\"title\":7,\"model\":\"auto\",\"messages\":[]}",
    "{\"version\":1,\"title\":\"t\",\"model\":\"auto\",\"messages\":[{\"role\":\"user\"}]}",
    "{\"version\":1,\"title\":\"\",\"model\":\"\",\"messages\":[{\"role\":\"bot\",\"text\":\"\"}]}",
    "{\"version\":1,\"title\":\"\xff\",\"model\":\"auto\",\"messages\":[]}",
  };
  g_autoptr (AppChatStore) store = NULL;
  g_autoptr (AppChat) good = fixture_new_chat ("good", "x");
  g_autofree char *json = app_chat_to_json (good);
  g_autofree char *path = g_strdup_printf ("%s/%s.json", fixture->folder, app_chat_get_id (good));

  g_assert_cmpint (g_mkdir_with_parents (fixture->folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, json, -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autofree char *id = g_uuid_string_random ();
      g_autofree char *bad = g_strdup_printf ("%s/%s.json", fixture->folder, id);

      g_assert_true (g_file_set_contents (bad, contents[i], -1, NULL));
    }
  store = open_store (fixture);
  g_assert_cmpuint (app_chat_store_get_n_unreadable (store), ==, G_N_ELEMENTS (contents));
  g_assert_cmpuint (g_list_model_get_n_items (app_chat_store_get_chats (store)), ==, 1);
  app_chat_store_flush (store);
  g_assert_cmpuint (count_files (fixture->folder), ==, G_N_ELEMENTS (contents) + 1);
}

/* The file of a chat that is being answered must say, should nothing more be written, that the
 * answer is not whole. */
static void
test_cut_off (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppChat) chat = fixture_new_chat ("Hello", "Half an ans");
  g_autofree char *json = NULL;
  g_autoptr (AppChat) loaded = NULL;

  app_message_set_state (app_chat_get_message (chat, 1), APP_MESSAGE_STREAMING);
  json = app_chat_to_json (chat);
  loaded = app_chat_new_from_json (app_chat_get_id (chat), json, strlen (json), NULL);
  g_assert_cmpint (app_message_get_state (app_chat_get_message (loaded, 1)), ==,
                   APP_MESSAGE_INCOMPLETE);
}

static void
test_delete (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppChatStore) store = open_store (fixture);
  g_autoptr (AppChat) chat = fixture_new_chat ("Hello", "Hi");
  g_autoptr (GError) error = NULL;

  app_chat_store_add (store, chat);
  app_chat_store_flush (store);
  g_assert_cmpuint (count_files (fixture->folder), ==, 1);
  g_assert_true (app_chat_store_delete (store, chat, &error));
  g_assert_cmpuint (count_files (fixture->folder), ==, 0);
  app_chat_touch (chat);
  app_chat_store_flush (store);
  g_assert_cmpuint (count_files (fixture->folder), ==, 0);
  app_chat_store_add (store, chat);
  app_chat_store_flush (store);
  g_assert_cmpuint (count_files (fixture->folder), ==, 1);
}

static void
count_failure (AppChatStore *store, const char *text, guint *n)
{
  (*n)++;
}

static void
test_unwritable (Fixture *fixture, gconstpointer data)
{
  g_autofree char *blocker = g_build_filename (fixture->root, "file", NULL);
  g_autofree char *below = g_build_filename (blocker, "chats", NULL);
  g_autoptr (AppChatStore) store = app_chat_store_new (below);
  g_autoptr (AppChat) chat = fixture_new_chat ("Hello", "Hi");
  guint n_failures = 0;

  g_assert_true (g_file_set_contents (blocker, "x", -1, NULL));
  g_signal_connect (store, "failed", G_CALLBACK (count_failure), &n_failures);
  app_chat_store_add (store, chat);
  app_chat_store_flush (store);
  app_chat_store_flush (store);
  g_assert_cmpuint (n_failures, ==, 2); /* it stays marked, and is tried again */
}

int
main (int argc, char *argv[])
{
  fixture_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/message/footer", test_footer);
  g_test_add_func ("/gui/message/utf8", test_message_utf8);
  g_test_add_func ("/gui/chat/title", test_title);
  g_test_add_func ("/gui/chat/summary", test_summary);
  g_test_add_func ("/gui/chat/search", test_search);
  g_test_add_func ("/gui/chat/request", test_request);
  ADD ("/gui/store/round-trip", test_round_trip);
  ADD ("/gui/store/private", test_private);
  ADD ("/gui/store/order", test_order);
  ADD ("/gui/store/damaged", test_damaged);
  ADD ("/gui/store/cut-off", test_cut_off);
  ADD ("/gui/store/delete", test_delete);
  ADD ("/gui/store/unwritable", test_unwritable);
  return g_test_run ();
}
