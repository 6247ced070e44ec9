/* SPDX-License-Identifier: MIT */
#include "cli-count.h"

#include "cli-input.h"
#include "cli-output.h"
#include "cli-watch.h"

#include <string.h>

static char *
ids_to_text (const GArray *ids)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (text, "%s%u", i > 0 ? "," : "", g_array_index (ids, guint32, i));
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

/* As raw text: an object per token would take sixty times the memory. */
static gboolean
add_ids (cJSON *json, const char *tokenizer, const char *text, gsize length, GError **error)
{
  g_autoptr (GArray) ids = NULL;
  g_autofree char *array = NULL;

  if (!cli_count_check_vocabulary (tokenizer, "--ids", error))
    return FALSE;
  ids = tw_encoding_encode (tokenizer, text, (gssize) length, error);
  if (ids == NULL)
    return FALSE;
  array = ids_to_text (ids);
  cJSON_AddRawToObject (json, "ids", array);
  return TRUE;
}

static cJSON *
count_text (const CliCountOptions *options, const char *tokenizer, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = cli_read (path, CLI_MAX_INPUT_BYTES, error);
  g_autoptr (cJSON) json = NULL;
  g_autofree char *counted = NULL;
  const char *text;
  gsize length;

  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &length);
  counted
      = tw_counter_count_text_json (tokenizer, text != NULL ? text : "", (gssize) length, error);
  json = counted != NULL ? cli_parse_json (counted) : NULL;
  if (json == NULL
      || (options->ids && !add_ids (json, tokenizer, text != NULL ? text : "", length, error)))
    return NULL;
  return g_steal_pointer (&json);
}

static void
add_integer (cJSON *sum, const cJSON *json, const char *key)
{
  cJSON *total = cJSON_GetObjectItemCaseSensitive (sum, key);

  if (total != NULL)
    cJSON_SetNumberValue (total, total->valuedouble + (double) cli_json_integer (json, key));
  else if (cJSON_HasObjectItem (json, key))
    cJSON_AddNumberToObject (sum, key, (double) cli_json_integer (json, key));
}

/* One tokenizer counts all of them, so they are exact together or not at all. */
static cJSON *
sum_of (cJSON *take_files)
{
  cJSON *sum = cJSON_CreateObject ();
  const cJSON *file;

  cJSON_AddNumberToObject (sum, "tokens", 0);
  cJSON_AddStringToObject (sum, "encoding",
                           cli_json_string (take_files->child, "encoding", "unknown"));
  cJSON_AddBoolToObject (
      sum, "exact", cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (take_files->child, "exact")));
  if (cJSON_HasObjectItem (take_files->child, "basis"))
    cJSON_AddStringToObject (sum, "basis", cli_json_string (take_files->child, "basis", ""));
  cJSON_ArrayForEach (file, take_files)
  {
    add_integer (sum, file, "tokens");
    add_integer (sum, file, "low");
    add_integer (sum, file, "high");
  }
  cJSON_AddItemToObject (sum, "files", take_files);
  return sum;
}

static cJSON *
count_files (const CliCountOptions *options, const char *tokenizer, GError **error)
{
  g_autoptr (cJSON) list = cJSON_CreateArray ();

  for (guint i = 0; options->files[i] != NULL; i++)
    {
      cJSON *json = count_text (options, tokenizer, options->files[i], error);

      if (json == NULL)
        return NULL;
      cJSON_AddStringToObject (json, "file", options->files[i]);
      cJSON_AddItemToArray (list, json);
    }
  return sum_of (g_steal_pointer (&list));
}

/* Large texts take longer than half a second. */
cJSON *
cli_count_texts (const CliCountOptions *options, GError **error)
{
  guint n_files = options->files != NULL ? g_strv_length (options->files) : 0;
  g_autofree char *tokenizer = NULL;
  CliWatch *watch;
  cJSON *json;

  if (!cli_count_choose_tokenizer (options, &tokenizer, error))
    return NULL;
  watch = cli_watch_start (NULL);
  cli_watch_wait (watch, "Counting");
  if (n_files > 1)
    json = count_files (options, tokenizer, error);
  else
    json = count_text (options, tokenizer, n_files == 1 ? options->files[0] : NULL, error);
  cli_watch_hide (watch);
  return json;
}

/* Of a request the basis is an object of its parts'. */
static const char *
exactness (const cJSON *json)
{
  const cJSON *basis = cJSON_GetObjectItemCaseSensitive (json, "basis");

  if (cJSON_IsObject (basis))
    basis = cJSON_GetObjectItemCaseSensitive (basis, "messages");
  return g_strcmp0 (cJSON_GetStringValue (basis), "reconstructed") == 0 ? "exact as reconstructed"
                                                                        : "exact";
}

char *
cli_count_to_sentence (const cJSON *json)
{
  gint64 tokens = cli_json_integer (json, "tokens");
  const char *encoding = cli_json_string (json, "encoding", "unknown encoding");
  const char *plural = tokens == 1 ? "" : "s";

  if (cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (json, "exact")))
    return g_strdup_printf ("%" G_GINT64_FORMAT " token%s (%s, %s)", tokens, plural, encoding,
                            exactness (json));
  return g_strdup_printf (
      "about %" G_GINT64_FORMAT " token%s (%s, %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ")",
      tokens, plural, encoding, cli_json_integer (json, "low"), cli_json_integer (json, "high"));
}

static void
write_ids (const cJSON *json)
{
  const cJSON *ids = cJSON_GetObjectItemCaseSensitive (json, "ids");
  g_autofree char *text = NULL;

  if (ids == NULL)
    return;
  text = g_strndup (ids->valuestring + 1, strlen (ids->valuestring) - 2);
  cli_write_line (g_strdelimit (text, ",", ' '));
}

static int
digits_of (gint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  return (int) strlen (text);
}

static char *
total_to_text (const cJSON *json)
{
  gint64 tokens = cli_json_integer (json, "tokens");
  const char *encoding = cli_json_string (json, "encoding", "unknown encoding");

  if (cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (json, "exact")))
    return g_strdup_printf ("%" G_GINT64_FORMAT " total (%s, %s)", tokens, encoding,
                            exactness (json));
  return g_strdup_printf (
      "%" G_GINT64_FORMAT " total, about (%s, %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ")",
      tokens, encoding, cli_json_integer (json, "low"), cli_json_integer (json, "high"));
}

/* Like wc: a number and a name to a line, the sum last. The sum is the widest number. */
static void
write_table (const cJSON *json)
{
  const cJSON *file;
  gint64 tokens = cli_json_integer (json, "tokens");
  g_autofree char *total = total_to_text (json);

  cJSON_ArrayForEach (file, cJSON_GetObjectItemCaseSensitive (json, "files"))
  {
    g_autofree char *line
        = g_strdup_printf ("%*" G_GINT64_FORMAT " %s", digits_of (tokens),
                           cli_json_integer (file, "tokens"), cli_json_string (file, "file", ""));

    cli_write_line (line);
    write_ids (file);
  }
  cli_write_line (total);
}

/* What would make the count exact; of several files each says the same. */
void
cli_count_note_hint (const cJSON *json)
{
  const cJSON *files = cJSON_GetObjectItemCaseSensitive (json, "files");
  const char *hint = cli_json_string (files != NULL ? files->child : json, "hint", NULL);

  if (hint != NULL)
    cli_note ("%s", hint);
}

void
cli_count_write_texts (const cJSON *json)
{
  g_autofree char *sentence = NULL;

  if (cJSON_HasObjectItem (json, "files"))
    {
      write_table (json);
      return;
    }
  sentence = cli_count_to_sentence (json);
  cli_write_line (sentence);
  write_ids (json);
}
