/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-encode-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

#include <math.h>
#include <string.h>

gboolean
tw_encode_unsupported (GError **error, const char *dialect, const char *what)
{
  g_set_error (error, TW_ERROR, TW_ERROR_UNSUPPORTED,
               "The %s dialect cannot carry %s; remove it or choose another provider.", dialect,
               what);
  return FALSE;
}

gboolean
tw_encode_check_not_strict (TwRequest *request, const char *dialect, GError **error)
{
  for (guint i = 0; i < request->tools->len; i++)
    if (((const TwTool *) g_ptr_array_index (request->tools, i))->strict)
      return tw_encode_unsupported (error, dialect, "a strict tool");
  return TRUE;
}

static gboolean
invalid (GError **error, const char *message)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT, message);
  return FALSE;
}

static gboolean
has_tool (TwRequest *request, const char *name)
{
  for (guint i = 0; i < request->tools->len; i++)
    {
      const TwTool *tool = g_ptr_array_index (request->tools, i);

      if (g_strcmp0 (tool->name, name) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
check_tool_choice (TwRequest *request, GError **error)
{
  static const char *const modes[] = { "auto", "none", "required", NULL };
  const char *choice = request->tool_choice;

  if (choice == NULL)
    return TRUE;
  if (!g_strv_contains (modes, choice) && !has_tool (request, choice))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The tool choice “%.60s” is neither auto, none, required nor a tool of the "
                   "request; correct it.",
                   choice);
      return FALSE;
    }
  if (g_str_equal (choice, "required") && request->tools->len == 0)
    return invalid (error, "The tool choice is “required”, but the request has no tools; add one.");
  return TRUE;
}

static gboolean
check_cache_marks (TwRequest *request, GError **error)
{
  if (request->cache_system != NULL && request->system == NULL)
    return invalid (error, "A cache breakpoint stands after the system text, but there is none; "
                           "add the text or remove the mark.");
  if (request->cache_tools != NULL && request->tools->len == 0)
    return invalid (error, "A cache breakpoint stands after the tools, but there are none; add one "
                           "or remove the mark.");
  return TRUE;
}

gboolean
tw_encode_check (TwRequest *request, const TwWireTarget *target, GError **error)
{
  if (target->model == NULL || *target->model == '\0')
    return invalid (error, "No model is named; name one.");
  if (request->messages->len == 0)
    return invalid (error, "The request has no messages; add one.");
  if (target->max_output_tokens < 1)
    return invalid (error, "The request has no limit on output tokens; set one above 0.");
  if (isinf (request->temperature) || request->temperature < 0)
    return invalid (error, "The temperature is not a number of at least 0; correct it.");
  return check_cache_marks (request, error) && check_tool_choice (request, error);
}

void
tw_encoded_media_clear (TwEncodedMedia *media)
{
  g_clear_pointer (&media->media_type, g_free);
}

/* data:image/png;base64,AAAA */
static gboolean
read_data_url (const char *url, TwEncodedMedia *media, GError **error)
{
  const char *start = url + strlen ("data:");
  const char *mark = strstr (start, ";base64,");

  if (mark == NULL || mark == start)
    return invalid (error, "A data: URL needs a media type and base64, as in "
                           "data:image/png;base64,….");
  media->media_type = g_strndup (start, (gsize) (mark - start));
  media->data = mark + strlen (";base64,");
  return TRUE;
}

gboolean
tw_encode_media (const TwPart *part, TwEncodedMedia *ret_media, GError **error)
{
  if (part->url != NULL && g_ascii_strncasecmp (part->url, "data:", 5) == 0)
    return read_data_url (part->url, ret_media, error);
  if (part->url != NULL)
    {
      if (g_ascii_strncasecmp (part->url, "https://", 8) != 0)
        return invalid (error, "The URL of an image or file must begin with https:// or data:.");
      ret_media->url = part->url;
      return TRUE;
    }
  if (part->data == NULL || part->media_type == NULL)
    return invalid (error, "An image or file has neither a URL nor data with a media type.");
  ret_media->data = part->data;
  ret_media->media_type = g_strdup (part->media_type);
  return TRUE;
}

gboolean
tw_encode_check_image (const TwEncodedMedia *image, const char *dialect, GError **error)
{
  static const char *const types[] = { "image/png", "image/jpeg", "image/gif", "image/webp", NULL };
  g_autofree char *what = NULL;

  if (image->data == NULL || g_strv_contains (types, image->media_type))
    return TRUE;
  what = g_strdup_printf ("an image of type “%.60s”", image->media_type);
  return tw_encode_unsupported (error, dialect, what);
}

void
tw_encode_add_number (cJSON *parent, const char *key, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.15g", value);
  if (g_ascii_strtod (text, NULL) != value)
    g_ascii_dtostr (text, sizeof text, value);
  cJSON_AddRawToObject (parent, key, text);
}

cJSON *
tw_encode_new_typed (const char *type)
{
  cJSON *json = cJSON_CreateObject ();

  cJSON_AddStringToObject (json, "type", type);
  return json;
}

gboolean
tw_encode_cache_control (cJSON *json, const char *lifetime, const char *dialect, GError **error)
{
  cJSON *control;

  if (g_str_equal (lifetime, "30m"))
    return tw_encode_unsupported (error, dialect, "a cache lifetime but 5m and 1h here");
  control = tw_encode_new_typed ("ephemeral");
  cJSON_AddItemToObject (json, "cache_control", control);
  /* Five minutes is what no lifetime means. */
  if (g_str_equal (lifetime, "1h"))
    cJSON_AddStringToObject (control, "ttl", lifetime);
  return TRUE;
}

void
tw_encode_add_pairs (cJSON *parent, const char *key, GHashTable *pairs)
{
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (pairs), (GCompareFunc) strcmp);
  cJSON *json = cJSON_AddObjectToObject (parent, key);

  for (const GList *name = names; name != NULL; name = name->next)
    cJSON_AddStringToObject (json, name->data, g_hash_table_lookup (pairs, name->data));
}

cJSON *
tw_encode_arguments (const TwPart *part, GError **error)
{
  const char *text = part->arguments != NULL && *part->arguments != '\0' ? part->arguments : "{}";
  g_autoptr (cJSON) arguments = tw_json_parse (text, -1, TW_LIMIT_REQUEST_BYTES, NULL);

  if (cJSON_IsObject (arguments))
    return g_steal_pointer (&arguments);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The arguments of the tool call “%.60s” are not a JSON object; correct them.",
               part->name ?: "");
  return NULL;
}
