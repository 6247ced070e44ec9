/* SPDX-License-Identifier: MIT */
#include "app-estimate-button.h"

#include <glib/gi18n.h>

struct _AppEstimateButton
{
  GtkWidget parent_instance;

  GtkStack *stack;
  GtkMenuButton *button;
  GtkPopover *popover;
  GtkLabel *cost_full;
  GtkLabel *range_full;
  GtkLabel *time_full;
  GtkLabel *cost_middle;
  GtkLabel *time_middle;
  GtkLabel *cost_small;

  GtkLabel *message_value;
  GtkLabel *conversation_title;
  GtkLabel *conversation_value;
  GtkLabel *answer_value;
  GtkLabel *limit_value;
  GtkLabel *likely_value;
  GtkLabel *range_value;
  GtkLabel *worst_value;
  GtkLabel *duration_value;
  GtkLabel *basis;

  AppDraft *draft;
};

G_DEFINE_FINAL_TYPE (AppEstimateButton, app_estimate_button, GTK_TYPE_WIDGET)

static void
app_estimate_button_dispose (GObject *object)
{
  AppEstimateButton *self = APP_ESTIMATE_BUTTON (object);

  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), APP_TYPE_ESTIMATE_BUTTON);
  G_OBJECT_CLASS (app_estimate_button_parent_class)->dispose (object);
}

/* A label that is set to what it says already would still be laid out again. */
static void
set_label (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_label (label), text) != 0)
    gtk_label_set_label (label, text);
}

static void
set_tokens (GtkLabel *label, const char *prefix, gint64 tokens, gboolean is_exact)
{
  g_autofree char *text = g_strdup_printf ("%s%'" G_GINT64_FORMAT " %s", is_exact ? prefix : "~",
                                           tokens, ngettext ("token", "tokens", (gulong) tokens));

  set_label (label, text);
}

static void
set_cost (GtkLabel *label, const TwCost *cost)
{
  g_autofree char *text = tw_cost_to_text (cost);

  set_label (label, text);
}

static void
fill_tokens (AppEstimateButton *self, const TwEstimate *estimate)
{
  gboolean is_exact = tw_estimate_get_is_exact (estimate);
  gint64 conversation;
  gint64 message;

  app_draft_get_tokens (self->draft, &conversation, &message);
  set_tokens (self->message_value, "", message, is_exact);
  set_tokens (self->conversation_value, "", conversation, is_exact);
  gtk_widget_set_visible (GTK_WIDGET (self->conversation_title), conversation > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->conversation_value), conversation > 0);
  set_tokens (self->answer_value, "~", tw_estimate_get_output_p50 (estimate), TRUE);
  set_tokens (self->limit_value, "", tw_estimate_get_output_max (estimate), TRUE);
}

static void
fill_basis (AppEstimateButton *self, const TwEstimate *estimate)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *date = tw_estimate_get_prices_as_of (estimate);

  g_string_append (text, _ ("A token is about three quarters of a word."));
  g_string_append_printf (text, _ ("\nAnswer length: %s."),
                          tw_estimate_get_output_basis (estimate));
  if (date != NULL)
    g_string_append_printf (text, _ ("\nPrices of %s."), date);
  if (tw_estimate_get_is_simulated (estimate))
    g_string_append (text, _ (" Sandbox: nothing is billed."));
  set_label (self->basis, text->str);
}

static void
fill_breakdown (AppEstimateButton *self)
{
  const TwEstimate *estimate = app_draft_get_estimate (self->draft);
  g_autofree char *range = NULL;
  g_autofree char *time = NULL;

  if (estimate == NULL)
    return;
  range = tw_estimate_get_range_text (estimate);
  time = tw_estimate_get_time_text (estimate);
  fill_tokens (self, estimate);
  set_cost (self->likely_value, tw_estimate_get_cost_likely (estimate));
  set_label (self->range_value, range);
  set_cost (self->worst_value, tw_estimate_get_cost_worst (estimate));
  set_label (self->duration_value, time);
  fill_basis (self, estimate);
}

static void
fill_button (AppEstimateButton *self, const TwEstimate *estimate)
{
  g_autofree char *cost = tw_estimate_get_cost_text (estimate);
  g_autofree char *range = tw_estimate_get_range_text (estimate);
  g_autofree char *time = tw_estimate_get_time_text (estimate);
  g_autofree char *sentence = tw_estimate_get_sentence (estimate);

  set_label (self->cost_full, cost);
  set_label (self->cost_middle, cost);
  set_label (self->cost_small, cost);
  set_label (self->range_full, range);
  set_label (self->time_full, time);
  set_label (self->time_middle, time);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  sentence, -1);
}

static void
on_draft_changed (AppEstimateButton *self)
{
  const TwEstimate *estimate = app_draft_get_estimate (self->draft);

  if (estimate != NULL)
    fill_button (self, estimate);
  else
    gtk_popover_popdown (self->popover);
  gtk_stack_set_visible_child_name (self->stack, estimate != NULL ? "estimate" : "empty");
  if (gtk_widget_get_mapped (GTK_WIDGET (self->popover)))
    fill_breakdown (self);
}

void
app_estimate_button_set_draft (AppEstimateButton *self, AppDraft *draft)
{
  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "changed", G_CALLBACK (on_draft_changed), self,
                           G_CONNECT_SWAPPED);
}

void
app_estimate_button_popup (AppEstimateButton *self)
{
  if (app_draft_get_estimate (self->draft) != NULL)
    gtk_menu_button_popup (self->button);
}

static void
bind_breakdown (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, message_value);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, conversation_title);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, conversation_value);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, answer_value);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, limit_value);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, likely_value);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, range_value);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, worst_value);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, duration_value);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, basis);
}

static void
app_estimate_button_class_init (AppEstimateButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = app_estimate_button_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               APP_RESOURCES "app-estimate-button.ui");
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, stack);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, button);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, popover);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, cost_full);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, range_full);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, time_full);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, cost_middle);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, time_middle);
  gtk_widget_class_bind_template_child (widget_class, AppEstimateButton, cost_small);
  bind_breakdown (widget_class);
}

/* Counting the conversation apart is only done for eyes that look. */
static void
on_popup (GtkMenuButton *button, gpointer user_data)
{
  fill_breakdown (user_data);
}

static void
app_estimate_button_init (AppEstimateButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->button, on_popup, self, NULL);
}
