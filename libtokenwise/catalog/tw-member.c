/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-member-private.h"

#include "libtokenwise/base/tw-error.h"

#include <string.h>

gboolean
tw_member_ignore (gpointer target, const cJSON *item, GError **error)
{
  return TRUE;
}

static gboolean
read_string (gpointer target, const TwMember *member, const cJSON *item, GError **error)
{
  if (!cJSON_IsString (item))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%s” is not a string.", member->key);
      return FALSE;
    }
  G_STRUCT_MEMBER (const char *, target, member->offset) = item->valuestring;
  return TRUE;
}

static gboolean
read_item (const cJSON *item,
           const TwMember *members,
           guint n,
           gpointer target,
           guint32 *seen,
           GError **error)
{
  for (guint i = 0; i < n; i++)
    if (strcmp (item->string, members[i].key) == 0)
      {
        *seen |= 1u << i;
        if (members[i].read != NULL)
          return members[i].read (target, item, error);
        return read_string (target, &members[i], item, error);
      }
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%.60s” is not a known key.",
               item->string);
  return FALSE;
}

gboolean
tw_members_read (
    const cJSON *object, const TwMember *members, guint n, gpointer target, GError **error)
{
  const cJSON *item;
  guint32 seen = 0;

  if (!cJSON_IsObject (object))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "A JSON object is missing.");
      return FALSE;
    }
  cJSON_ArrayForEach (item, object)
  {
    if (!read_item (item, members, n, target, &seen, error))
      return FALSE;
  }
  for (guint i = 0; i < n; i++)
    if (members[i].required && (seen & (1u << i)) == 0)
      {
        g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%s” is missing.", members[i].key);
        return FALSE;
      }
  return TRUE;
}
