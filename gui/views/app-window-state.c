/* SPDX-License-Identifier: MIT */
#include "app-window-state.h"

/* (nullable): g_settings_new() would abort the program without its schema. */
static GSettings *
new_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, APP_ID, TRUE);
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

/* Whether the sidebar was shown. */
gboolean
app_window_state_restore (GtkWindow *window)
{
  g_autoptr (GSettings) settings = new_settings ();

  if (settings == NULL)
    return TRUE;
  gtk_window_set_default_size (window, g_settings_get_int (settings, "width"),
                               g_settings_get_int (settings, "height"));
  if (g_settings_get_boolean (settings, "maximized"))
    gtk_window_maximize (window);
  return g_settings_get_boolean (settings, "sidebar");
}

void
app_window_state_save (GtkWindow *window, gboolean sidebar)
{
  g_autoptr (GSettings) settings = new_settings ();
  int width;
  int height;

  if (settings == NULL)
    return;
  gtk_window_get_default_size (window, &width, &height);
  g_settings_set_int (settings, "width", width);
  g_settings_set_int (settings, "height", height);
  g_settings_set_boolean (settings, "maximized", gtk_window_is_maximized (window));
  g_settings_set_boolean (settings, "sidebar", sidebar);
}
