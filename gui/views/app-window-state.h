/* SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Size and sidebar of the window from run to run. Where the schema is not installed, as in a build
 * folder, nothing is remembered. */
gboolean app_window_state_restore (GtkWindow *window);
void app_window_state_save (GtkWindow *window, gboolean sidebar);

G_END_DECLS
