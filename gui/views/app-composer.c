/* SPDX-License-Identifier: MIT */
#include "app-composer.h"

#include "app-estimate-button.h"

#include <glib/gi18n.h>

/* Auto and eight models are read at a glance; a longer list is quicker to search. */
#define MAX_ROWS_WITHOUT_SEARCH 9

struct _AppComposer
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkTextView *text;
  GtkWidget *placeholder;
  GtkWidget *problem;
  GtkLabel *problem_text;
  AppEstimateButton *estimate;
  GtkDropDown *models;
  GtkWidget *send;
  GtkWidget *stop;

  AppDraft *draft;
  gboolean busy;
  gboolean updating; /* the drop-down is being set, not used */
};

G_DEFINE_FINAL_TYPE (AppComposer, app_composer, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_SEND,
  SIGNAL_STOP,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
app_composer_dispose (GObject *object)
{
  AppComposer *self = APP_COMPOSER (object);

  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), APP_TYPE_COMPOSER);
  G_OBJECT_CLASS (app_composer_parent_class)->dispose (object);
}

static gboolean
app_composer_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (APP_COMPOSER (widget)->text));
}

static gboolean
can_send (AppComposer *self)
{
  return self->draft != NULL && !self->busy && !app_draft_get_is_empty (self->draft)
         && app_draft_get_problem (self->draft) == NULL;
}

static void
update_buttons (AppComposer *self)
{
  gtk_widget_set_visible (self->send, !self->busy);
  gtk_widget_set_visible (self->stop, self->busy);
  gtk_widget_set_sensitive (self->send, can_send (self));
}

static void
update_problem (AppComposer *self)
{
  gboolean empty = app_draft_get_is_empty (self->draft);
  const char *obstacle = app_draft_get_obstacle (self->draft);

  gtk_label_set_label (self->problem_text, obstacle != NULL ? obstacle : "");
  gtk_widget_set_visible (self->problem, obstacle != NULL && !empty);
}

/* What a drop-down opens has no names either, and no way to set them from outside. */
static void
name_list (GtkWidget *widget)
{
  const char *name = NULL;

  if (GTK_IS_SEARCH_ENTRY (widget))
    name = _ ("Search Models");
  else if (GTK_IS_LIST_VIEW (widget))
    name = _ ("Models");
  else if (GTK_IS_SCROLLED_WINDOW (widget))
    gtk_widget_set_focusable (widget, FALSE); /* its list takes the focus */
  if (name != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    name_list (child);
}

/* The button inside a drop-down has no name of its own, and is what the keyboard reaches. */
static void
name_models (AppComposer *self)
{
  AppChoice *choice = gtk_drop_down_get_selected_item (self->models);
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (self->models));
  g_autofree char *title = NULL;
  g_autofree char *name = NULL;

  if (choice == NULL)
    return;
  g_object_get (choice, "title", &title, NULL);
  name = g_strdup_printf (_ ("Model: %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
update_models (AppComposer *self)
{
  GListModel *choices = app_draft_get_choices (self->draft);
  guint selected = app_draft_get_selected (self->draft);

  self->updating = TRUE;
  gtk_drop_down_set_enable_search (self->models,
                                   g_list_model_get_n_items (choices) > MAX_ROWS_WITHOUT_SEARCH);
  if (gtk_drop_down_get_selected (self->models) != selected)
    gtk_drop_down_set_selected (self->models, selected);
  self->updating = FALSE;
  name_models (self);
}

static void
on_draft_changed (AppComposer *self)
{
  update_models (self);
  update_problem (self);
  update_buttons (self);
}

static void
on_model_selected (AppComposer *self)
{
  AppChoice *choice = gtk_drop_down_get_selected_item (self->models);

  if (!self->updating && choice != NULL)
    app_draft_set_model (self->draft, app_choice_get_id (choice));
}

static void
on_text_changed (AppComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  g_autofree char *text = NULL;

  g_object_get (buffer, "text", &text, NULL);
  gtk_widget_set_visible (self->placeholder, *text == '\0');
  if (self->draft == NULL)
    return;
  app_draft_set_text (self->draft, text);
  update_buttons (self);
}

static void
on_send_clicked (AppComposer *self)
{
  if (self->draft == NULL || self->busy)
    return;
  /* The last keystrokes may not have been looked at yet. */
  app_draft_refresh (self->draft);
  if (can_send (self))
    g_signal_emit (self, signals[SIGNAL_SEND], 0);
}

static void
on_stop_clicked (AppComposer *self)
{
  g_signal_emit (self, signals[SIGNAL_STOP], 0);
}

/* Enter sends, unless Shift is held or an input method wants the key to commit what it composes. */
static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                AppComposer *self)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (controller));

  if (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter && keyval != GDK_KEY_ISO_Enter)
    return GDK_EVENT_PROPAGATE;
  if (state & GDK_SHIFT_MASK)
    return GDK_EVENT_PROPAGATE;
  if (gtk_text_view_im_context_filter_keypress (self->text, event))
    return GDK_EVENT_STOP;
  on_send_clicked (self);
  return GDK_EVENT_STOP;
}

static void
app_composer_class_init (AppComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (APP_TYPE_CHOICE);
  g_type_ensure (APP_TYPE_ESTIMATE_BUTTON);
  G_OBJECT_CLASS (klass)->dispose = app_composer_dispose;
  widget_class->grab_focus = app_composer_grab_focus;
  signals[SIGNAL_SEND] = g_signal_new ("send", APP_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_STOP] = g_signal_new ("stop", APP_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, APP_RESOURCES "app-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, AppComposer, box);
  gtk_widget_class_bind_template_child (widget_class, AppComposer, text);
  gtk_widget_class_bind_template_child (widget_class, AppComposer, placeholder);
  gtk_widget_class_bind_template_child (widget_class, AppComposer, problem);
  gtk_widget_class_bind_template_child (widget_class, AppComposer, problem_text);
  gtk_widget_class_bind_template_child (widget_class, AppComposer, estimate);
  gtk_widget_class_bind_template_child (widget_class, AppComposer, models);
  gtk_widget_class_bind_template_child (widget_class, AppComposer, send);
  gtk_widget_class_bind_template_child (widget_class, AppComposer, stop);
  gtk_widget_class_bind_template_callback (widget_class, on_key_pressed);
  gtk_widget_class_bind_template_callback (widget_class, on_model_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_send_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_clicked);
}

static void
app_composer_init (AppComposer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed",
                           G_CALLBACK (on_text_changed), self, G_CONNECT_SWAPPED);
}

void
app_composer_set_draft (AppComposer *self, AppDraft *draft)
{
  self->draft = g_object_ref (draft);
  self->updating = TRUE;
  gtk_drop_down_set_expression (self->models,
                                gtk_property_expression_new (APP_TYPE_CHOICE, NULL, "title"));
  gtk_drop_down_set_model (self->models, app_draft_get_choices (draft));
  self->updating = FALSE;
  name_list (GTK_WIDGET (self->models));
  app_estimate_button_set_draft (self->estimate, draft);
  g_signal_connect_object (draft, "changed", G_CALLBACK (on_draft_changed), self,
                           G_CONNECT_SWAPPED);
}

void
app_composer_set_text (AppComposer *self, const char *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), text, -1);
}

void
app_composer_set_busy (AppComposer *self, gboolean busy)
{
  self->busy = busy;
  update_buttons (self);
}

void
app_composer_show_breakdown (AppComposer *self)
{
  app_estimate_button_popup (self->estimate);
}

void
app_composer_show_models (AppComposer *self)
{
  gtk_widget_activate (GTK_WIDGET (self->models));
}
