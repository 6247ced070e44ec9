/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-json-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

#include <math.h>
#include <string.h>

#define MAX_EXACT_INTEGER 9007199254740992.0 /* 2^53 */

static gboolean
depth_is_allowed (const char *text, gsize length)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (in_string)
        {
          if (c == '\\')
            i++;
          else if (c == '"')
            in_string = FALSE;
        }
      else if (c == '"')
        in_string = TRUE;
      else if ((c == '{' || c == '[') && ++depth > TW_LIMIT_JSON_DEPTH)
        return FALSE;
      else if ((c == '}' || c == ']') && depth > 0)
        depth--;
    }
  return TRUE;
}

static gboolean
check_text (const char *text, gsize length, gsize max_bytes, GError **error)
{
  if (length > max_bytes)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_LIMIT,
                   "The JSON document has more than %" G_GSIZE_FORMAT " bytes.", max_bytes);
      return FALSE;
    }
  if (!g_utf8_validate_len (text, length, NULL))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_PROTOCOL,
                   "The JSON document is not valid UTF-8; send it as UTF-8 text.");
      return FALSE;
    }
  if (!depth_is_allowed (text, length))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_LIMIT,
                   "The JSON document is nested deeper than %u levels.", TW_LIMIT_JSON_DEPTH);
      return FALSE;
    }
  return TRUE;
}

cJSON *
tw_json_parse (const char *text, gssize length, gsize max_bytes, GError **error)
{
  gsize n = length < 0 ? strlen (text) : (gsize) length;
  g_autofree char *copy = NULL;
  const char *end = NULL;
  cJSON *json;

  if (!check_text (text, n, max_bytes, error))
    return NULL;
  copy = g_strndup (text, n);
  json = cJSON_ParseWithLengthOpts (copy, n + 1, &end, TRUE);
  if (json == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_PROTOCOL,
                 "The JSON document is not valid at byte %" G_GSIZE_FORMAT ".",
                 end != NULL ? (gsize) (end - copy) : 0);
  return json;
}

cJSON *
tw_json_object (const cJSON *parent, const char *key)
{
  cJSON *item = cJSON_GetObjectItemCaseSensitive (parent, key);

  return cJSON_IsObject (item) ? item : NULL;
}

cJSON *
tw_json_array (const cJSON *parent, const char *key)
{
  cJSON *item = cJSON_GetObjectItemCaseSensitive (parent, key);

  return cJSON_IsArray (item) ? item : NULL;
}

const char *
tw_json_string (const cJSON *parent, const char *key)
{
  return cJSON_GetStringValue (cJSON_GetObjectItemCaseSensitive (parent, key));
}

gboolean
tw_json_integer (const cJSON *parent, const char *key, gint64 *ret_value)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (parent, key);

  if (!cJSON_IsNumber (item) || !(fabs (item->valuedouble) <= MAX_EXACT_INTEGER)
      || item->valuedouble != floor (item->valuedouble))
    return FALSE;
  *ret_value = (gint64) item->valuedouble;
  return TRUE;
}

gboolean
tw_json_boolean (const cJSON *parent, const char *key, gboolean *ret_value)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (parent, key);

  if (!cJSON_IsBool (item))
    return FALSE;
  *ret_value = cJSON_IsTrue (item) != 0;
  return TRUE;
}

const char *
tw_json_unknown_key (const cJSON *object, const char *const *allowed)
{
  const cJSON *item;

  cJSON_ArrayForEach (item, object)
  {
    if (!g_strv_contains (allowed, item->string))
      return item->string;
  }
  return NULL;
}

void
tw_json_add_integer (cJSON *parent, const char *key, gint64 value)
{
  char text[24];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
  cJSON_AddRawToObject (parent, key, text);
}

void
tw_json_add_string (cJSON *parent, const char *key, const char *value)
{
  if (value != NULL)
    cJSON_AddStringToObject (parent, key, value);
  else
    cJSON_AddNullToObject (parent, key);
}

char *
tw_json_print (const cJSON *json)
{
  char *printed = cJSON_PrintUnformatted (json);
  char *text = g_strdup (printed);

  cJSON_free (printed);
  return text;
}
