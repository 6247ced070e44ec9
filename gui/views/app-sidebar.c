/* SPDX-License-Identifier: MIT */
#include "app-sidebar.h"

#include <glib/gi18n.h>

/* More would push the chats out of a small window; the ledger sorts the tightest first. */
#define MAX_BUDGETS 3

struct _AppSidebar
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkSearchEntry *search;
  GtkStack *stack;
  GtkLabel *none;
  GtkListView *list;
  GtkBox *budgets;

  GtkFilterListModel *filtered;
  GtkSingleSelection *selection;
  gboolean selecting; /* the selection is being set, not made */
};

G_DEFINE_FINAL_TYPE (AppSidebar, app_sidebar, GTK_TYPE_WIDGET)

static guint chat_selected_signal;

static void
app_sidebar_dispose (GObject *object)
{
  AppSidebar *self = APP_SIDEBAR (object);

  g_clear_object (&self->filtered);
  g_clear_object (&self->selection);
  gtk_widget_dispose_template (GTK_WIDGET (self), APP_TYPE_SIDEBAR);
  G_OBJECT_CLASS (app_sidebar_parent_class)->dispose (object);
}

static void
update_stack (AppSidebar *self)
{
  gboolean is_empty = g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0;
  gboolean is_search = *gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0';

  gtk_label_set_label (self->none, is_search ? _ ("No chat has these words")
                                             : _ ("Your chats will be listed here"));
  gtk_stack_set_visible_child_name (self->stack, is_empty ? "none" : "chats");
}

static gboolean
matches (gpointer item, gpointer user_data)
{
  AppSidebar *self = user_data;

  return app_chat_matches (item, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

/* What is shown again or no longer shown by a search is not a choice of the person. */
static void
on_search_changed (AppSidebar *self)
{
  if (self->filtered == NULL)
    return;
  self->selecting = TRUE;
  gtk_filter_changed (gtk_filter_list_model_get_filter (self->filtered),
                      GTK_FILTER_CHANGE_DIFFERENT);
  self->selecting = FALSE;
  update_stack (self);
}

static void
on_selected (AppSidebar *self)
{
  AppChat *chat = gtk_single_selection_get_selected_item (self->selection);

  if (!self->selecting && chat != NULL)
    g_signal_emit (self, chat_selected_signal, 0, chat);
}

static void
app_sidebar_class_init (AppSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (APP_TYPE_CHAT);
  G_OBJECT_CLASS (klass)->dispose = app_sidebar_dispose;
  chat_selected_signal = g_signal_new ("chat-selected", APP_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, APP_TYPE_CHAT);
  gtk_widget_class_set_template_from_resource (widget_class, APP_RESOURCES "app-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, AppSidebar, box);
  gtk_widget_class_bind_template_child (widget_class, AppSidebar, search);
  gtk_widget_class_bind_template_child (widget_class, AppSidebar, stack);
  gtk_widget_class_bind_template_child (widget_class, AppSidebar, none);
  gtk_widget_class_bind_template_child (widget_class, AppSidebar, list);
  gtk_widget_class_bind_template_child (widget_class, AppSidebar, budgets);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
}

static void
app_sidebar_init (AppSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
app_sidebar_set_store (AppSidebar *self, AppChatStore *store)
{
  GtkCustomFilter *filter = gtk_custom_filter_new (matches, self, NULL);

  self->filtered = gtk_filter_list_model_new (g_object_ref (app_chat_store_get_chats (store)),
                                              GTK_FILTER (filter));
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->filtered));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
  update_stack (self);
}

/* A chat that is not in the list, such as a new one, leaves nothing selected. */
void
app_sidebar_select (AppSidebar *self, AppChat *chat)
{
  GListModel *model = G_LIST_MODEL (self->filtered);
  guint position = GTK_INVALID_LIST_POSITION;

  if (model == NULL)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (AppChat) item = g_list_model_get_item (model, i);

      if (item == chat)
        position = i;
    }
  self->selecting = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->selecting = FALSE;
}

static GtkWidget *
new_caption (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "figures");
  return label;
}

static GtkWidget *
new_budget (TwBudget *budget)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *bar = gtk_level_bar_new ();
  g_autofree char *summary = tw_budget_get_summary (budget);

  gtk_level_bar_add_offset_value (GTK_LEVEL_BAR (bar), GTK_LEVEL_BAR_OFFSET_LOW, 0.75);
  gtk_level_bar_add_offset_value (GTK_LEVEL_BAR (bar), GTK_LEVEL_BAR_OFFSET_HIGH, 0.95);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), CLAMP (tw_budget_get_fraction_used (budget), 0, 1));
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, summary, -1);
  gtk_box_append (GTK_BOX (box), new_caption (summary));
  gtk_box_append (GTK_BOX (box), bar);
  return box;
}

/* @budgets may be %NULL: there are none, or the ledger cannot be read and says so elsewhere. */
void
app_sidebar_set_budgets (AppSidebar *self, GPtrArray *budgets)
{
  guint n_budgets = budgets != NULL ? MIN (budgets->len, MAX_BUDGETS) : 0;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->budgets))) != NULL)
    gtk_box_remove (self->budgets, child);
  for (guint i = 0; i < n_budgets; i++)
    gtk_box_append (self->budgets, new_budget (g_ptr_array_index (budgets, i)));
  gtk_widget_set_visible (GTK_WIDGET (self->budgets), n_budgets > 0);
}

void
app_sidebar_focus_search (AppSidebar *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}
