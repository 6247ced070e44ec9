/* SPDX-License-Identifier: MIT */
#include "app-transcript.h"

#include "app-message-row.h"

/* Enough to scroll back through; each mounted message costs layout time on every resize. */
#define PAGE_SIZE 60

/* Within this many pixels of the end the reader is taken to be following it. */
#define END_SLACK 24

struct _AppTranscript
{
  GtkWidget parent_instance;

  GtkWidget *overlay;
  GtkScrolledWindow *scroller;
  GtkWidget *earlier;
  GtkBox *rows;
  GtkRevealer *revealer;
  GtkWidget *to_end;

  AppChat *chat;
  guint first; /* position of the first mounted message */
  gboolean following;
  guint follow_id;
};

G_DEFINE_FINAL_TYPE (AppTranscript, app_transcript, GTK_TYPE_WIDGET)

static void
forget_chat (AppTranscript *self)
{
  if (self->chat != NULL)
    g_signal_handlers_disconnect_by_data (self->chat, self);
  g_clear_object (&self->chat);
}

static void
app_transcript_dispose (GObject *object)
{
  AppTranscript *self = APP_TRANSCRIPT (object);

  g_clear_handle_id (&self->follow_id, g_source_remove);
  forget_chat (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), APP_TYPE_TRANSCRIPT);
  G_OBJECT_CLASS (app_transcript_parent_class)->dispose (object);
}

static double
get_end (GtkAdjustment *adjustment)
{
  return gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
}

static void
show_button (AppTranscript *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->revealer), !self->following);
  gtk_revealer_set_reveal_child (self->revealer, !self->following);
}

static void
on_scrolled (AppTranscript *self, GtkAdjustment *adjustment)
{
  self->following = gtk_adjustment_get_value (adjustment) >= get_end (adjustment) - END_SLACK;
  show_button (self);
}

static gboolean
on_follow (gpointer user_data)
{
  AppTranscript *self = user_data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  self->follow_id = 0;
  if (self->following)
    gtk_adjustment_set_value (adjustment, get_end (adjustment));
  return G_SOURCE_REMOVE;
}

/* The text grew or the window changed. This comes in the middle of layout, where a new value would
 * move the scroll bar and not the text, so it waits until layout is over. */
static void
on_extent_changed (AppTranscript *self)
{
  if (self->following && self->follow_id == 0)
    self->follow_id = g_idle_add (on_follow, self);
}

void
app_transcript_scroll_to_end (AppTranscript *self)
{
  self->following = TRUE;
  on_extent_changed (self);
  show_button (self);
}

static GtkWidget *
new_row (AppTranscript *self, guint position)
{
  return app_message_row_new (app_chat_get_message (self->chat, position));
}

static void
on_earlier_clicked (AppTranscript *self)
{
  guint first = self->first > PAGE_SIZE ? self->first - PAGE_SIZE : 0;

  self->following = FALSE;
  for (guint i = self->first; i > first; i--)
    gtk_box_prepend (self->rows, new_row (self, i - 1));
  self->first = first;
  gtk_widget_set_visible (self->earlier, first > 0);
}

static void
clear_rows (AppTranscript *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    gtk_box_remove (self->rows, row);
}

static void
remove_row (AppTranscript *self, guint position)
{
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->rows));

  for (guint i = self->first; row != NULL && i < position; i++)
    row = gtk_widget_get_next_sibling (row);
  if (row != NULL)
    gtk_box_remove (self->rows, row);
}

/* A chat only grows at its end, and only loses what was last. */
static void
on_items_changed (AppTranscript *self, guint position, guint removed, guint added)
{
  for (guint i = 0; i < removed; i++)
    remove_row (self, position);
  for (guint i = 0; i < added; i++)
    gtk_box_append (self->rows, new_row (self, position + i));
}

void
app_transcript_set_chat (AppTranscript *self, AppChat *chat)
{
  guint n_messages = app_chat_get_n_messages (chat);

  if (self->chat == chat)
    return;
  forget_chat (self);
  clear_rows (self);
  self->chat = g_object_ref (chat);
  self->first = n_messages > PAGE_SIZE ? n_messages - PAGE_SIZE : 0;
  gtk_widget_set_visible (self->earlier, self->first > 0);
  for (guint i = self->first; i < n_messages; i++)
    gtk_box_append (self->rows, new_row (self, i));
  g_signal_connect_swapped (chat, "items-changed", G_CALLBACK (on_items_changed), self);
  app_transcript_scroll_to_end (self);
}

static void
app_transcript_class_init (AppTranscriptClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = app_transcript_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, APP_RESOURCES "app-transcript.ui");
  gtk_widget_class_bind_template_child (widget_class, AppTranscript, overlay);
  gtk_widget_class_bind_template_child (widget_class, AppTranscript, scroller);
  gtk_widget_class_bind_template_child (widget_class, AppTranscript, earlier);
  gtk_widget_class_bind_template_child (widget_class, AppTranscript, rows);
  gtk_widget_class_bind_template_child (widget_class, AppTranscript, revealer);
  gtk_widget_class_bind_template_child (widget_class, AppTranscript, to_end);
  gtk_widget_class_bind_template_callback (widget_class, on_earlier_clicked);
  gtk_widget_class_bind_template_callback (widget_class, app_transcript_scroll_to_end);
}

static void
app_transcript_init (AppTranscript *self)
{
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->following = TRUE;
  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_scrolled), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_extent_changed), self,
                           G_CONNECT_SWAPPED);
  show_button (self);
}
