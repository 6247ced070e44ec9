/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <glib/gstdio.h>

void
fixture_init (void)
{
  g_unsetenv ("OPENAI_API_KEY");
  g_unsetenv ("ANTHROPIC_API_KEY");
  g_unsetenv ("MISTRAL_API_KEY");
  g_unsetenv ("DEEPSEEK_API_KEY");
  g_setenv ("TOKENWISE_SANDBOX_SPEED", "0", TRUE);
}

void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->root = g_dir_make_tmp ("tokenwise-gui-XXXXXX", NULL);
  fixture->folder = g_build_filename (fixture->root, "tokenwise", "chats", NULL);
  g_setenv ("XDG_DATA_HOME", fixture->root, TRUE);
  g_setenv ("XDG_CONFIG_HOME", fixture->root, TRUE);
  g_setenv ("XDG_CACHE_HOME", fixture->root, TRUE);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  remove_tree (fixture->root);
  g_free (fixture->root);
  g_free (fixture->folder);
}

AppChat *
fixture_new_chat (const char *question, const char *answer)
{
  AppChat *chat = app_chat_new ();
  g_autoptr (AppMessage) first = app_message_new (TW_ROLE_USER, question);
  g_autoptr (AppMessage) second = app_message_new (TW_ROLE_ASSISTANT, answer);
  AppFigures figures = { .receipt_id = "r-1",
                         .cost = "0.71 ¢",
                         .estimate = "0.63 ¢ (0.38–1.3 ¢)",
                         .model = "Large",
                         .total_ms = 5900 };

  app_message_set_figures (second, &figures);
  app_chat_add (chat, first);
  app_chat_add (chat, second);
  return chat;
}
