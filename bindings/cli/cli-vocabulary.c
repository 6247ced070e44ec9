/* SPDX-License-Identifier: MIT */
#include "cli-vocabulary.h"

#include "cli-output.h"

/* Enough to recognise the family; --json has them all. */
#define SHOWN_MODELS 2

static gboolean
is_added (const cJSON *encoding)
{
  return cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (encoding, "added"));
}

/* A damaged file is said and passed over, unless nothing else is there. */
cJSON *
cli_vocabulary_describe (gboolean added_only, GError **error)
{
  g_auto (GStrv) names = tw_encoding_list ();
  g_autoptr (cJSON) list = cJSON_CreateArray ();
  g_autoptr (GPtrArray) damages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);

  for (guint i = 0; names[i] != NULL; i++)
    {
      GError *damage = NULL;
      g_autofree char *text = tw_encoding_describe_json (names[i], &damage);
      g_autoptr (cJSON) json = text != NULL ? cli_parse_json (text) : NULL;

      if (json != NULL && (!added_only || is_added (json)))
        cJSON_AddItemToArray (list, g_steal_pointer (&json));
      if (damage != NULL)
        g_ptr_array_add (damages, damage);
    }
  if (damages->len > 0 && cJSON_GetArraySize (list) == 0)
    {
      g_propagate_error (error, g_error_copy (damages->pdata[0]));
      return NULL;
    }
  for (guint i = 0; i < damages->len; i++)
    cli_note ("tokenwise: %s", ((const GError *) damages->pdata[i])->message);
  return g_steal_pointer (&list);
}

/* "openai/gpt-4o, openai/gpt-4.1 and 20 more" */
static char *
used_by (const cJSON *encoding)
{
  const cJSON *models = cJSON_GetObjectItemCaseSensitive (encoding, "models");
  int count = cJSON_GetArraySize (models);
  GString *text = g_string_new (NULL);

  for (int i = 0; i < MIN (count, SHOWN_MODELS); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            cJSON_GetStringValue (cJSON_GetArrayItem (models, i)));
  if (count > SHOWN_MODELS)
    g_string_append_printf (text, " and %d more", count - SHOWN_MODELS);
  if (count == 0)
    g_string_append_c (text, '-');
  return g_string_free (text, FALSE);
}

static void
write_row (const cJSON *encoding)
{
  g_autofree char *users = used_by (encoding);
  const char *last
      = cJSON_HasObjectItem (encoding, "models") ? users : cli_json_string (encoding, "file", "-");
  g_autofree char *size
      = g_strdup_printf ("%.1f MB", (double) cli_json_integer (encoding, "size") / 1e6);
  g_autofree char *line = g_strdup_printf ("%-20s %8" G_GINT64_FORMAT "  %-8s %8s  %s",
                                           cli_json_string (encoding, "name", ""),
                                           cli_json_integer (encoding, "tokens"),
                                           is_added (encoding) ? "added" : "built in", size, last);

  cli_write_line (line);
}

void
cli_vocabulary_write (Cli *cli, const char *key, cJSON *take_encodings)
{
  g_autoptr (cJSON) json = cJSON_CreateObject ();
  const cJSON *encoding;

  cJSON_AddItemToObject (json, key, take_encodings);
  if (cli->json)
    {
      cli_write_json (json);
      return;
    }
  if (cJSON_GetArraySize (take_encodings) > 0)
    cli_write (cJSON_HasObjectItem (take_encodings->child, "models")
                   ? "ENCODING               TOKENS  FROM         SIZE  USED BY\n"
                   : "ENCODING               TOKENS  FROM         SIZE  FILE\n");
  cJSON_ArrayForEach (encoding, take_encodings)
  {
    write_row (encoding);
  }
}
