/* SPDX-License-Identifier: MIT */
#include "app-message-row.h"

#include "app-reply-buffer.h"

#include <glib/gi18n.h>

/* Thirty times a second is as fast as reading text grow is pleasant, and costs a few milliseconds
 * each on software rendering. */
#define DRAIN_INTERVAL_MS 33

/* A label lays its whole text out again whenever its width changes; beyond this a text view is
 * quicker. */
#define MAX_LABEL_BYTES 2000

struct _AppMessageRow
{
  GtkBox parent_instance;

  GtkWidget *question;
  GtkWidget *answer;
  AppReplyBuffer *text;
  GtkSpinner *spinner;
  GtkLabel *footer;
  GtkWidget *copy;

  AppMessage *message;
  gsize shown;
  guint drain_id;
};

G_DEFINE_FINAL_TYPE (AppMessageRow, app_message_row, GTK_TYPE_BOX)

static void
app_message_row_dispose (GObject *object)
{
  AppMessageRow *self = APP_MESSAGE_ROW (object);

  g_clear_handle_id (&self->drain_id, g_source_remove);
  g_clear_object (&self->message);
  gtk_widget_dispose_template (GTK_WIDGET (self), APP_TYPE_MESSAGE_ROW);
  G_OBJECT_CLASS (app_message_row_parent_class)->dispose (object);
}

static void
on_copy_clicked (AppMessageRow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          app_message_get_text (self->message));
}

static void
app_message_row_class_init (AppMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (APP_TYPE_REPLY_BUFFER);
  G_OBJECT_CLASS (klass)->dispose = app_message_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, APP_RESOURCES "app-message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AppMessageRow, question);
  gtk_widget_class_bind_template_child (widget_class, AppMessageRow, answer);
  gtk_widget_class_bind_template_child (widget_class, AppMessageRow, text);
  gtk_widget_class_bind_template_child (widget_class, AppMessageRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, AppMessageRow, footer);
  gtk_widget_class_bind_template_child (widget_class, AppMessageRow, copy);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
}

static void
app_message_row_init (AppMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
drain (AppMessageRow *self)
{
  const char *text = app_message_get_text (self->message);
  gsize length = app_message_get_length (self->message);

  if (self->shown == length)
    return;
  app_reply_buffer_append (self->text, text + self->shown, length - self->shown);
  self->shown = length;
}

static gboolean
on_drain (gpointer user_data)
{
  AppMessageRow *self = user_data;

  self->drain_id = 0;
  drain (self);
  return G_SOURCE_REMOVE;
}

static void
on_appended (AppMessageRow *self)
{
  if (self->drain_id == 0)
    self->drain_id = g_timeout_add (DRAIN_INTERVAL_MS, on_drain, self);
}

static void
on_footer_changed (AppMessageRow *self)
{
  g_autofree char *footer = app_message_dup_footer (self->message);

  gtk_label_set_label (self->footer, footer != NULL ? footer : "");
}

static void
on_state_changed (AppMessageRow *self)
{
  gboolean streaming = app_message_get_state (self->message) == APP_MESSAGE_STREAMING;

  if (!streaming)
    drain (self);
  gtk_spinner_set_spinning (self->spinner, streaming);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), streaming);
  gtk_widget_set_visible (self->copy, !streaming);
}

static void
show_answer (AppMessageRow *self)
{
  gtk_widget_show (self->answer);
  g_signal_connect_object (self->message, "appended", G_CALLBACK (on_appended), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->message, "notify::footer", G_CALLBACK (on_footer_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->message, "notify::state", G_CALLBACK (on_state_changed), self,
                           G_CONNECT_SWAPPED);
  drain (self);
  on_footer_changed (self);
  on_state_changed (self);
}

static GtkWidget *
new_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  return label;
}

static GtkWidget *
new_text_view (const char *text)
{
  GtkWidget *view = gtk_text_view_new ();

  gtk_text_view_set_editable (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), text, -1);
  gtk_widget_set_hexpand (view, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Your message"), -1);
  return view;
}

static void
show_question (AppMessageRow *self)
{
  const char *text = app_message_get_text (self->message);
  gboolean is_long = app_message_get_length (self->message) > MAX_LABEL_BYTES;

  gtk_box_append (GTK_BOX (self->question), is_long ? new_text_view (text) : new_label (text));
  gtk_widget_set_halign (self->question, is_long ? GTK_ALIGN_FILL : GTK_ALIGN_END);
  gtk_widget_show (self->question);
}

GtkWidget *
app_message_row_new (AppMessage *message)
{
  AppMessageRow *self = g_object_new (APP_TYPE_MESSAGE_ROW, NULL);

  self->message = g_object_ref (message);
  if (app_message_get_role (message) == TW_ROLE_USER)
    show_question (self);
  else
    show_answer (self);
  return GTK_WIDGET (self);
}

AppMessage *
app_message_row_get_message (AppMessageRow *self)
{
  return self->message;
}
