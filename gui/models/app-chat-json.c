/* SPDX-License-Identifier: MIT */
#include "app-chat-json.h"

#include <cjson/cJSON.h>

#define FORMAT_VERSION 1

static void
add_text (cJSON *object, const char *name, const char *text)
{
  if (text != NULL)
    cJSON_AddStringToObject (object, name, text);
}

static cJSON *
message_to_json (AppMessage *message)
{
  cJSON *object = cJSON_CreateObject ();
  gboolean is_user = app_message_get_role (message) == TW_ROLE_USER;
  AppMessageState state = app_message_get_state (message);
  AppFigures figures;

  add_text (object, "role", is_user ? "user" : "assistant");
  add_text (object, "text", app_message_get_text (message));
  if (is_user)
    return object;
  /* A reply that is being written when the file is, was cut off if the file is all that is left. */
  if (state == APP_MESSAGE_STREAMING)
    state = APP_MESSAGE_INCOMPLETE;
  app_message_get_figures (message, &figures);
  add_text (object, "state", app_message_state_to_string (state));
  add_text (object, "receipt", figures.receipt_id);
  add_text (object, "cost", figures.cost);
  add_text (object, "estimate", figures.estimate);
  add_text (object, "model", figures.model);
  cJSON_AddNumberToObject (object, "total_ms", (double) figures.total_ms);
  cJSON_AddBoolToObject (object, "simulated", figures.simulated);
  return object;
}

char *
app_chat_to_json (AppChat *chat)
{
  cJSON *root = cJSON_CreateObject ();
  cJSON *messages;
  char *printed;
  char *json;

  cJSON_AddNumberToObject (root, "version", FORMAT_VERSION);
  add_text (root, "title", app_chat_get_title (chat));
  cJSON_AddNumberToObject (root, "updated", (double) app_chat_get_updated (chat));
  add_text (root, "model", app_chat_get_model (chat));
  add_text (root, "draft", app_chat_get_draft (chat));
  messages = cJSON_AddArrayToObject (root, "messages");
  for (guint i = 0; i < app_chat_get_n_messages (chat); i++)
    cJSON_AddItemToArray (messages, message_to_json (app_chat_get_message (chat, i)));
  printed = cJSON_PrintUnformatted (root);
  json = g_strdup (printed);
  cJSON_free (printed);
  cJSON_Delete (root);
  return json;
}

static const char *
get_text (const cJSON *object, const char *name)
{
  return cJSON_GetStringValue (cJSON_GetObjectItemCaseSensitive (object, name));
}

static gint64
get_number (const cJSON *object, const char *name)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (object, name);

  if (!cJSON_IsNumber (item) || !(item->valuedouble >= 0 && item->valuedouble < 9e15))
    return 0;
  return (gint64) item->valuedouble;
}

static AppMessage *
message_from_json (const cJSON *object)
{
  const char *role = get_text (object, "role");
  const char *text = get_text (object, "text");
  AppMessageState state = APP_MESSAGE_DONE;
  AppMessage *message;
  AppFigures figures;

  if (text == NULL || (g_strcmp0 (role, "user") != 0 && g_strcmp0 (role, "assistant") != 0))
    return NULL;
  if (*role == 'u')
    return app_message_new (TW_ROLE_USER, text);
  if (!app_message_state_from_string (get_text (object, "state"), &state))
    return NULL;
  message = app_message_new (TW_ROLE_ASSISTANT, text);
  figures.receipt_id = get_text (object, "receipt");
  figures.cost = get_text (object, "cost");
  figures.estimate = get_text (object, "estimate");
  figures.model = get_text (object, "model");
  figures.total_ms = get_number (object, "total_ms");
  figures.simulated = cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (object, "simulated"));
  app_message_set_figures (message, &figures);
  app_message_set_state (message, state);
  return message;
}

static gboolean
read_messages (AppChat *chat, const cJSON *root)
{
  const cJSON *messages = cJSON_GetObjectItemCaseSensitive (root, "messages");
  const cJSON *item;

  if (!cJSON_IsArray (messages))
    return FALSE;
  cJSON_ArrayForEach (item, messages)
  {
    g_autoptr (AppMessage) message = message_from_json (item);

    if (message == NULL)
      return FALSE;
    app_chat_add (chat, message);
  }
  return TRUE;
}

static AppChat *
chat_from_root (const char *id, const cJSON *root)
{
  g_autoptr (AppChat) chat = app_chat_new_with_id (id);
  const char *title = get_text (root, "title");
  const char *model = get_text (root, "model");
  const char *draft = get_text (root, "draft");

  if (get_number (root, "version") != FORMAT_VERSION || title == NULL || model == NULL)
    return NULL;
  app_chat_set_title (chat, title);
  app_chat_set_model (chat, model);
  app_chat_set_draft (chat, draft != NULL ? draft : "");
  app_chat_set_updated (chat, get_number (root, "updated"));
  if (!read_messages (chat, root))
    return NULL;
  return g_steal_pointer (&chat);
}

AppChat *
app_chat_new_from_json (const char *id, const char *json, gsize length, GError **error)
{
  AppChat *chat = NULL;

  /* cJSON checks neither; a text widget and the tokenizers rely on both. */
  if (g_utf8_validate_len (json, length, NULL))
    {
      cJSON *root = cJSON_ParseWithLength (json, length);

      chat = chat_from_root (id, root);
      cJSON_Delete (root);
    }
  if (chat == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "The chat %s cannot be read: it is damaged or was written by a newer tokenwise.",
                 id);
  return chat;
}
