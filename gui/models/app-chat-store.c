/* SPDX-License-Identifier: MIT */
#include "app-chat-store.h"

#include "app-chat-json.h"

#include <glib/gstdio.h>

#define SAVE_DELAY_MS 1000
#define FOLDER_MODE 0700
#define FILE_MODE 0600
#define SUFFIX ".json"

/* A chat of this size holds some ten million words; a larger file is not a chat of ours. */
#define MAX_FILE_BYTES (64 * 1024 * 1024)

struct _AppChatStore
{
  GObject parent_instance;

  char *folder;
  GListStore *chats;
  GHashTable *dirty;
  guint save_id;
  guint n_unreadable;
};

G_DEFINE_FINAL_TYPE (AppChatStore, app_chat_store, G_TYPE_OBJECT)

static guint failed_signal;

static void on_chat_changed (AppChatStore *self, AppChat *chat);

static void
app_chat_store_dispose (GObject *object)
{
  AppChatStore *self = APP_CHAT_STORE (object);

  if (self->chats != NULL)
    app_chat_store_flush (self);
  g_clear_handle_id (&self->save_id, g_source_remove);
  g_clear_object (&self->chats);
  g_clear_pointer (&self->dirty, g_hash_table_unref);
  g_clear_pointer (&self->folder, g_free);
  G_OBJECT_CLASS (app_chat_store_parent_class)->dispose (object);
}

static void
app_chat_store_class_init (AppChatStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = app_chat_store_dispose;
  failed_signal = g_signal_new ("failed", APP_TYPE_CHAT_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
app_chat_store_init (AppChatStore *self)
{
  self->chats = g_list_store_new (APP_TYPE_CHAT);
  self->dirty = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}

AppChatStore *
app_chat_store_new (const char *folder)
{
  AppChatStore *self = g_object_new (APP_TYPE_CHAT_STORE, NULL);

  self->folder = g_strdup (folder);
  return self;
}

char *
app_chat_store_dup_default_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "tokenwise", "chats", NULL);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b, gpointer unused)
{
  gint64 first = app_chat_get_updated ((AppChat *) a);
  gint64 second = app_chat_get_updated ((AppChat *) b);

  if (first != second)
    return first > second ? -1 : 1;
  return strcmp (app_chat_get_id ((AppChat *) a), app_chat_get_id ((AppChat *) b));
}

static char *
path_of (AppChatStore *self, AppChat *chat)
{
  g_autofree char *name = g_strconcat (app_chat_get_id (chat), SUFFIX, NULL);

  return g_build_filename (self->folder, name, NULL);
}

/* Private before the first byte: the folder is made 0700, and the file is renamed into place. */
static gboolean
save_chat (AppChatStore *self, AppChat *chat, GError **error)
{
  g_autofree char *path = path_of (self, chat);
  g_autofree char *json = app_chat_to_json (chat);

  if (g_mkdir_with_parents (self->folder, FOLDER_MODE) != 0)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                   "The chat could not be saved because the folder %s cannot be made.",
                   self->folder);
      return FALSE;
    }
  return g_file_set_contents_full (path, json, -1, G_FILE_SET_CONTENTS_CONSISTENT, FILE_MODE,
                                   error);
}

/* A chat that cannot be saved now stays marked, so that the next save tries again. */
void
app_chat_store_flush (AppChatStore *self)
{
  GHashTableIter iter;
  gpointer chat;

  g_clear_handle_id (&self->save_id, g_source_remove);
  g_hash_table_iter_init (&iter, self->dirty);
  while (g_hash_table_iter_next (&iter, &chat, NULL))
    {
      g_autoptr (GError) error = NULL;

      if (save_chat (self, chat, &error))
        g_hash_table_iter_remove (&iter);
      else
        g_signal_emit (self, failed_signal, 0, error->message);
    }
}

static gboolean
on_save_timeout (gpointer user_data)
{
  AppChatStore *self = user_data;

  self->save_id = 0;
  app_chat_store_flush (self);
  return G_SOURCE_REMOVE;
}

static void
on_chat_changed (AppChatStore *self, AppChat *chat)
{
  g_hash_table_add (self->dirty, g_object_ref (chat));
  g_list_store_sort (self->chats, compare_newest_first, NULL);
  if (self->save_id == 0)
    self->save_id = g_timeout_add (SAVE_DELAY_MS, on_save_timeout, self);
}

static void
watch (AppChatStore *self, AppChat *chat)
{
  g_signal_connect_object (chat, "changed", G_CALLBACK (on_chat_changed), self, G_CONNECT_SWAPPED);
}

static AppChat *
load_chat (AppChatStore *self, const char *name)
{
  g_autofree char *id = g_strndup (name, strlen (name) - strlen (SUFFIX));
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *json = NULL;
  gsize length = 0;
  GStatBuf info;

  if (!g_uuid_string_is_valid (id) || g_stat (path, &info) != 0 || !S_ISREG (info.st_mode)
      || info.st_size > MAX_FILE_BYTES || !g_file_get_contents (path, &json, &length, NULL))
    return NULL;
  return app_chat_new_from_json (id, json, length, NULL);
}

/* A folder that is not there yet is an empty one. */
void
app_chat_store_load (AppChatStore *self)
{
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  g_autoptr (GPtrArray) loaded = g_ptr_array_new_with_free_func (g_object_unref);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      AppChat *chat;

      if (!g_str_has_suffix (name, SUFFIX))
        continue;
      chat = load_chat (self, name);
      if (chat == NULL)
        {
          self->n_unreadable++;
          continue;
        }
      watch (self, chat);
      g_ptr_array_add (loaded, chat);
    }
  g_list_store_splice (self->chats, 0, 0, loaded->pdata, loaded->len);
  g_list_store_sort (self->chats, compare_newest_first, NULL);
}

GListModel *
app_chat_store_get_chats (AppChatStore *self)
{
  return G_LIST_MODEL (self->chats);
}

guint
app_chat_store_get_n_unreadable (AppChatStore *self)
{
  return self->n_unreadable;
}

void
app_chat_store_add (AppChatStore *self, AppChat *chat)
{
  if (g_list_store_find (self->chats, chat, NULL))
    return;
  g_list_store_insert (self->chats, 0, chat);
  watch (self, chat);
  on_chat_changed (self, chat);
}

gboolean
app_chat_store_delete (AppChatStore *self, AppChat *chat, GError **error)
{
  g_autofree char *path = path_of (self, chat);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) local_error = NULL;
  guint position;

  if (!g_file_delete (file, NULL, &local_error)
      && !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_signal_handlers_disconnect_by_func (chat, on_chat_changed, self);
  g_hash_table_remove (self->dirty, chat);
  if (g_list_store_find (self->chats, chat, &position))
    g_list_store_remove (self->chats, position);
  return TRUE;
}
