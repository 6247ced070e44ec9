/* SPDX-License-Identifier: MIT */
#include "views/app-window.h"

#include <glib/gi18n.h>
#include <locale.h>

typedef struct
{
  const char *action;
  const char *accels[3];
} Shortcut;

static const Shortcut shortcuts[] = {
  { "app.quit", { "<Control>q" } },      { "win.new-chat", { "<Control>n" } },
  { "win.search", { "<Control>f" } },    { "win.models", { "<Control>k" } },
  { "win.breakdown", { "<Control>i" } }, { "win.stop", { "Escape" } },
  { "win.toggle-sidebar", { "F9" } },    { "win.show-help-overlay", { "<Control>question" } },
  { "window.close", { "<Control>w" } },
};

/* Through the windows, so that each stops and settles what it is doing. */
static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (user_data));

  while (windows != NULL)
    {
      GtkWindow *window = windows->data;

      windows = windows->next;
      gtk_window_close (window);
    }
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (user_data));

  adw_show_about_window (parent, "application-name", "tokenwise", "application-icon", APP_ID,
                         "version", TW_VERSION, "developer-name", "The tokenwise authors",
                         "comments",
                         _ ("What a message to a language model costs, before you send it."),
                         "license-type", GTK_LICENSE_MIT_X11, NULL);
}

static void
on_startup (GApplication *application, gpointer user_data)
{
  static const GActionEntry actions[] = {
    { .name = "quit", .activate = on_quit },
    { .name = "about", .activate = on_about },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), shortcuts[i].action,
                                           shortcuts[i].accels);
}

static void
on_activate (GApplication *application, gpointer user_data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    window = GTK_WINDOW (app_window_new (GTK_APPLICATION (application)));
  gtk_window_present (window);
}

static int
on_options (GApplication *application, GVariantDict *options, gpointer user_data)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1;
  g_print ("tokenwise-gui %s\n", TW_VERSION);
  return 0;
}

int
main (int argc, char *argv[])
{
  g_autoptr (AdwApplication) application = NULL;

  setlocale (LC_ALL, "");
  g_set_application_name ("tokenwise");
  application = adw_application_new (APP_ID, G_APPLICATION_DEFAULT_FLAGS);
  g_application_add_main_option (G_APPLICATION (application), "version", 0, 0, G_OPTION_ARG_NONE,
                                 _ ("Show the version and exit"), NULL);
  g_signal_connect (application, "handle-local-options", G_CALLBACK (on_options), NULL);
  g_signal_connect (application, "startup", G_CALLBACK (on_startup), NULL);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
