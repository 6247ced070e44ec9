/* SPDX-License-Identifier: MIT */
#include "app-window.h"

#include "app-composer.h"
#include "app-sidebar.h"
#include "app-transcript.h"
#include "app-window-state.h"
#include "models/app-chat-store.h"
#include "models/app-draft.h"
#include "models/app-session.h"

#include <glib/gi18n.h>

struct _AppWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwFlap *flap;
  AppSidebar *sidebar;
  AdwWindowTitle *title;
  GtkWidget *sandbox;
  GtkRevealer *notice;
  GtkLabel *notice_text;
  GtkStack *stack;
  AdwStatusPage *welcome;
  AppTranscript *transcript;
  AppComposer *composer;

  TwClient *client;
  AppChatStore *store;
  AppDraft *draft;
  AppChat *chat;
  GBinding *title_binding;
  GHashTable *sessions; /* AppChat → AppSession */
  GCancellable *cancellable;
  guint load_id;
  gboolean closing;
};

G_DEFINE_FINAL_TYPE (AppWindow, app_window, ADW_TYPE_APPLICATION_WINDOW)

static void
app_window_dispose (GObject *object)
{
  AppWindow *self = APP_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->load_id, g_source_remove);
  if (self->chat != NULL)
    g_signal_handlers_disconnect_by_data (self->chat, self);
  g_clear_object (&self->title_binding);
  g_clear_object (&self->chat);
  g_clear_object (&self->draft);
  g_clear_object (&self->store);
  g_clear_object (&self->client);
  g_clear_pointer (&self->sessions, g_hash_table_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), APP_TYPE_WINDOW);
  G_OBJECT_CLASS (app_window_parent_class)->dispose (object);
}

static void
app_window_finalize (GObject *object)
{
  g_object_unref (APP_WINDOW (object)->cancellable);
  G_OBJECT_CLASS (app_window_parent_class)->finalize (object);
}

static void
show_notice (AppWindow *self, const char *text)
{
  gtk_label_set_label (self->notice_text, text);
  gtk_revealer_set_reveal_child (self->notice, TRUE);
}

static void
on_notice_closed (AppWindow *self)
{
  gtk_revealer_set_reveal_child (self->notice, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
update_actions (AppWindow *self)
{
  gboolean busy = app_chat_get_busy (self->chat);
  gboolean empty = app_chat_get_n_messages (self->chat) == 0;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.stop", busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.delete-chat", !busy && !empty);
}

static void
update_chat (AppWindow *self)
{
  gboolean empty = app_chat_get_n_messages (self->chat) == 0;

  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "chat");
  app_composer_set_busy (self->composer, app_chat_get_busy (self->chat));
  update_actions (self);
}

static void
set_chat (AppWindow *self, AppChat *chat)
{
  if (self->chat == chat)
    return;
  if (self->chat != NULL)
    g_signal_handlers_disconnect_by_data (self->chat, self);
  g_clear_object (&self->title_binding);
  g_set_object (&self->chat, chat);
  self->title_binding = g_object_ref (
      g_object_bind_property (chat, "title", self->title, "title", G_BINDING_SYNC_CREATE));
  g_signal_connect_swapped (chat, "items-changed", G_CALLBACK (update_chat), self);
  g_signal_connect_swapped (chat, "notify::busy", G_CALLBACK (update_chat), self);
  app_transcript_set_chat (self->transcript, chat);
  app_draft_set_chat (self->draft, chat);
  app_composer_set_text (self->composer, app_chat_get_draft (chat));
  app_sidebar_select (self->sidebar, chat);
  update_chat (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
on_chat_selected (AppWindow *self, AppChat *chat)
{
  set_chat (self, chat);
  if (adw_flap_get_folded (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
}

/* A budget that cannot be read is not hidden: a notice says why. */
static void
update_budgets (AppWindow *self)
{
  g_autoptr (GError) error = NULL;
  TwLedger *ledger = tw_client_get_ledger (self->client, &error);
  g_autoptr (GPtrArray) budgets = NULL;

  if (ledger != NULL)
    budgets = tw_ledger_list_budgets (ledger, tw_client_get_sandbox (self->client), &error);
  if (error != NULL)
    show_notice (self, error->message);
  app_sidebar_set_budgets (self->sidebar, budgets);
}

/* Stop is no failure and needs no words, unless there is a cost that no reply shows. */
static void
show_failure (AppWindow *self, const GError *error, AppSession *session)
{
  g_autofree char *cost = app_session_dup_lost_cost (session);
  g_autoptr (GString) text = g_string_new (NULL);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (cost == NULL)
        return;
      g_string_append (text, _ ("Stopped before the answer began."));
    }
  else
    {
      g_string_append (text, error->message);
    }
  if (cost != NULL)
    g_string_append_printf (text, _ (" This attempt may cost %s."), cost);
  show_notice (self, text->str);
}

/* What was not answered is not lost: it stands in front of whatever was written since. */
static void
give_back (AppWindow *self, AppChat *chat, const char *prompt)
{
  const char *draft = app_chat_get_draft (chat);
  g_autofree char *text
      = *draft != '\0' ? g_strconcat (prompt, "\n\n", draft, NULL) : g_strdup (prompt);

  app_chat_set_draft (chat, text);
  if (chat == self->chat)
    app_composer_set_text (self->composer, text);
}

static void
on_finished (AppWindow *self, const GError *error, const char *prompt, AppSession *session)
{
  g_autoptr (AppChat) chat = g_object_ref (app_session_get_chat (session));

  g_hash_table_remove (self->sessions, chat);
  if (prompt != NULL)
    give_back (self, chat, prompt);
  if (app_chat_get_n_messages (chat) == 0)
    app_chat_store_delete (self->store, chat, NULL);
  if (self->closing)
    {
      if (g_hash_table_size (self->sessions) == 0)
        gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  if (error != NULL)
    show_failure (self, error, session);
  if (chat == self->chat)
    app_draft_refresh (self->draft);
  update_budgets (self);
}

static void
on_send (AppWindow *self)
{
  g_autofree char *prompt = g_strdup (app_draft_get_text (self->draft));
  g_autoptr (TwEstimate) estimate = tw_estimate_copy (app_draft_get_estimate (self->draft));
  g_autoptr (TwRequest) request = app_draft_take_request (self->draft);
  AppSession *session = app_session_new (self->client, self->chat);

  gtk_revealer_set_reveal_child (self->notice, FALSE);
  app_composer_set_text (self->composer, "");
  g_hash_table_insert (self->sessions, g_object_ref (self->chat), session);
  g_signal_connect_object (session, "finished", G_CALLBACK (on_finished), self, G_CONNECT_SWAPPED);
  app_session_start (session, request, prompt, estimate, self->cancellable);
  app_chat_store_add (self->store, self->chat);
  app_sidebar_select (self->sidebar, self->chat);
  app_transcript_scroll_to_end (self->transcript);
}

static void
stop (AppWindow *self)
{
  AppSession *session = g_hash_table_lookup (self->sessions, self->chat);

  if (session != NULL)
    app_session_stop (session);
}

static void
new_chat (AppWindow *self)
{
  g_autoptr (AppChat) chat = NULL;

  /* An empty chat is as good as a new one. */
  if (app_chat_get_n_messages (self->chat) == 0)
    {
      gtk_widget_grab_focus (GTK_WIDGET (self->composer));
      return;
    }
  chat = app_chat_new ();
  app_chat_set_model (chat, app_chat_get_model (self->chat));
  set_chat (self, chat);
}

static void
on_undo_delete (AppWindow *self, AdwToast *toast)
{
  AppChat *chat = g_object_get_data (G_OBJECT (toast), "chat");

  app_chat_store_add (self->store, chat);
  set_chat (self, chat);
  app_sidebar_select (self->sidebar, chat);
}

static void
delete_chat (AppWindow *self)
{
  g_autoptr (AppChat) chat = g_object_ref (self->chat);
  g_autoptr (AppChat) next = app_chat_new ();
  g_autoptr (GError) error = NULL;
  AdwToast *toast;

  if (!app_chat_store_delete (self->store, chat, &error))
    {
      show_notice (self, error->message);
      return;
    }
  set_chat (self, next);
  toast = adw_toast_new (_ ("Chat deleted"));
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_object_set_data_full (G_OBJECT (toast), "chat", g_steal_pointer (&chat), g_object_unref);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_undo_delete), self,
                           G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* Replies that are being written are stopped and settled before the window goes, so that no hold is
 * left behind; it is hidden meanwhile. */
static gboolean
app_window_close_request (GtkWindow *window)
{
  AppWindow *self = APP_WINDOW (window);

  app_window_state_save (window,
                         adw_flap_get_reveal_flap (self->flap) || adw_flap_get_folded (self->flap));
  if (self->store != NULL)
    app_chat_store_flush (self->store);
  if (g_hash_table_size (self->sessions) > 0)
    {
      self->closing = TRUE;
      gtk_widget_hide (GTK_WIDGET (window));
      g_cancellable_cancel (self->cancellable);
      return GDK_EVENT_STOP;
    }
  return GTK_WINDOW_CLASS (app_window_parent_class)->close_request (window);
}

static void
run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AppWindow *self = APP_WINDOW (widget);

  if (self->client == NULL)
    return;
  if (g_str_equal (name, "win.new-chat"))
    new_chat (self);
  else if (g_str_equal (name, "win.delete-chat"))
    delete_chat (self);
  else if (g_str_equal (name, "win.stop"))
    stop (self);
  else if (g_str_equal (name, "win.breakdown"))
    app_composer_show_breakdown (self->composer);
  else if (g_str_equal (name, "win.models"))
    app_composer_show_models (self->composer);
  else if (g_str_equal (name, "win.search"))
    {
      adw_flap_set_reveal_flap (self->flap, TRUE);
      app_sidebar_focus_search (self->sidebar);
    }
}

static void
toggle_sidebar (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AppWindow *self = APP_WINDOW (widget);

  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, AppWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, AppWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, AppWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, AppWindow, title);
  gtk_widget_class_bind_template_child (widget_class, AppWindow, sandbox);
  gtk_widget_class_bind_template_child (widget_class, AppWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, AppWindow, notice_text);
  gtk_widget_class_bind_template_child (widget_class, AppWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, AppWindow, welcome);
  gtk_widget_class_bind_template_child (widget_class, AppWindow, transcript);
  gtk_widget_class_bind_template_child (widget_class, AppWindow, composer);
}

static void
app_window_class_init (AppWindowClass *klass)
{
  static const char *const actions[] = { "win.new-chat",  "win.delete-chat", "win.stop",
                                         "win.breakdown", "win.models",      "win.search" };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (APP_TYPE_SIDEBAR);
  g_type_ensure (APP_TYPE_TRANSCRIPT);
  g_type_ensure (APP_TYPE_COMPOSER);
  G_OBJECT_CLASS (klass)->dispose = app_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = app_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = app_window_close_request;
  gtk_widget_class_set_template_from_resource (widget_class, APP_RESOURCES "app-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_notice_closed);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, stop);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i], NULL, run_action);
  gtk_widget_class_install_action (widget_class, "win.toggle-sidebar", NULL, toggle_sidebar);
}

static void
app_window_init (AppWindow *self)
{
  self->sessions = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  /* The page scrolls in a small window, but is no stop on the way from control to control. */
  gtk_widget_set_focusable (gtk_widget_get_first_child (GTK_WIDGET (self->welcome)), FALSE);
}

static void
report_unreadable (AppWindow *self)
{
  guint n_unreadable = app_chat_store_get_n_unreadable (self->store);
  g_autofree char *folder = NULL;
  g_autofree char *text = NULL;

  if (n_unreadable == 0)
    return;
  folder = app_chat_store_dup_default_folder ();
  text = g_strdup_printf (
      ngettext ("%u chat could not be read. Its file is left as it is, in %s.",
                "%u chats could not be read. Their files are left as they are, in %s.",
                n_unreadable),
      n_unreadable, folder);
  show_notice (self, text);
}

static gboolean
on_load (gpointer user_data)
{
  AppWindow *self = user_data;

  self->load_id = 0;
  app_chat_store_load (self->store);
  app_sidebar_set_store (self->sidebar, self->store);
  app_sidebar_select (self->sidebar, self->chat);
  report_unreadable (self);
  return G_SOURCE_REMOVE;
}

/* Old chats are read once the window is drawn: years of them must not hold up the first message. */
static void
open_store (AppWindow *self)
{
  g_autofree char *folder = app_chat_store_dup_default_folder ();

  self->store = app_chat_store_new (folder);
  g_signal_connect_object (self->store, "failed", G_CALLBACK (show_notice), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sidebar, "chat-selected", G_CALLBACK (on_chat_selected), self,
                           G_CONNECT_SWAPPED);
  self->load_id = g_idle_add_full (G_PRIORITY_LOW, on_load, self, NULL);
}

/* With nothing to work with, the window still opens and says what to do. */
static void
show_unusable (AppWindow *self, const GError *error)
{
  adw_status_page_set_icon_name (self->welcome, "dialog-warning-symbolic");
  adw_status_page_set_title (self->welcome, _ ("tokenwise Cannot Start"));
  adw_status_page_set_description (self->welcome, error->message);
  gtk_widget_hide (GTK_WIDGET (self->composer));
}

static void
start (AppWindow *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AppChat) chat = app_chat_new ();

  self->client = tw_client_new (NULL, &error);
  if (self->client == NULL)
    {
      show_unusable (self, error);
      return;
    }
  if (!tw_client_has_key (self->client))
    tw_client_set_sandbox (self->client, TRUE);
  gtk_widget_set_visible (self->sandbox, tw_client_get_sandbox (self->client));
  self->draft = app_draft_new (self->client);
  app_composer_set_draft (self->composer, self->draft);
  open_store (self);
  set_chat (self, chat);
  update_budgets (self);
}

GtkWidget *
app_window_new (GtkApplication *application)
{
  AppWindow *self = g_object_new (APP_TYPE_WINDOW, "application", application, NULL);

  start (self);
  adw_flap_set_reveal_flap (self->flap, app_window_state_restore (GTK_WINDOW (self)));
  return GTK_WIDGET (self);
}
