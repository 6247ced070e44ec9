/* SPDX-License-Identifier: MIT */
#include "cli-input.h"
#include "cli-options.h"
#include "cli-output.h"
#include "cli-request.h"
#include "cli-watch.h"

#define DEFAULT_ENCODING "o200k_base"

typedef struct
{
  char *model;
  char *encoding;
  char *request;
  gboolean ids;
  char **files;
} CountOptions;

static void
count_options_clear (CountOptions *self)
{
  g_free (self->model);
  g_free (self->encoding);
  g_free (self->request);
  g_strfreev (self->files);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CountOptions, count_options_clear)

static gboolean
check_encoding (const char *encoding, GError **error)
{
  const char *const *known = tw_encoding_list ();
  g_autofree char *names = NULL;

  if (g_strv_contains (known, encoding))
    return TRUE;
  names = g_strjoinv (", ", (char **) known);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "There is no encoding “%s”; use one of %s.",
               encoding, names);
  return FALSE;
}

/* *ret_tokenizer NULL: the catalogue does not say, and the count gives a range. */
static gboolean
tokenizer_of_model (const char *name, char **ret_tokenizer, GError **error)
{
  g_autoptr (TwCatalog) catalog = tw_catalog_new (error);
  g_autoptr (TwModel) model = NULL;

  if (catalog != NULL)
    model = tw_catalog_find_model (catalog, name, error);
  if (model != NULL)
    *ret_tokenizer = g_strdup (tw_model_get_tokenizer (model));
  return model != NULL;
}

static gboolean
choose_tokenizer (const CountOptions *options, char **ret_tokenizer, GError **error)
{
  const char *encoding = options->encoding != NULL ? options->encoding : DEFAULT_ENCODING;

  if (options->model != NULL)
    return tokenizer_of_model (options->model, ret_tokenizer, error);
  if (!check_encoding (encoding, error))
    return FALSE;
  *ret_tokenizer = g_strdup (encoding);
  return TRUE;
}

/* A request may name a model of the user's own server, which no catalogue knows: that is counted
 * with a range, not refused. */
static gboolean
choose_request_tokenizer (const CountOptions *options,
                          TwRequest *request,
                          char **ret_tokenizer,
                          GError **error)
{
  const char *model = tw_request_get_model (request);

  if (options->model != NULL || options->encoding != NULL || g_str_equal (model, "auto"))
    return choose_tokenizer (options, ret_tokenizer, error);
  tokenizer_of_model (model, ret_tokenizer, NULL);
  return TRUE;
}

static char *
ids_to_text (const GArray *ids, const char *separator)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (text, "%s%u", i > 0 ? separator : "", g_array_index (ids, guint32, i));
  return g_string_free (text, FALSE);
}

/* As raw text: an object per token would take sixty times the memory. */
static gboolean
add_ids (cJSON *json, const char *tokenizer, const char *text, gsize length, GError **error)
{
  g_autoptr (GArray) ids = NULL;
  g_autofree char *joined = NULL;
  g_autofree char *array = NULL;

  if (tokenizer == NULL || !g_strv_contains (tw_encoding_list (), tokenizer))
    {
      g_set_error (
          error, TW_ERROR, TW_ERROR_UNSUPPORTED,
          "The vocabulary of %s is not public, so there are no token ids; leave out --ids.",
          tokenizer != NULL ? tokenizer : "this model");
      return FALSE;
    }
  ids = tw_encoding_encode (tokenizer, text, (gssize) length, error);
  if (ids == NULL)
    return FALSE;
  joined = ids_to_text (ids, ",");
  array = g_strconcat ("[", joined, "]", NULL);
  cJSON_AddRawToObject (json, "ids", array);
  return TRUE;
}

/* A large text takes longer than half a second. */
static cJSON *
count_bytes (const CountOptions *options,
             const char *tokenizer,
             const char *text,
             gsize length,
             GError **error)
{
  CliWatch *watch = cli_watch_start (NULL);
  g_autoptr (cJSON) json = NULL;
  g_autofree char *counted = NULL;
  gboolean complete;

  cli_watch_wait (watch, "Counting");
  counted = tw_counter_count_text_json (tokenizer, text, (gssize) length, error);
  json = counted != NULL ? cli_parse_json (counted) : NULL;
  complete = json != NULL && (!options->ids || add_ids (json, tokenizer, text, length, error));
  cli_watch_hide (watch);
  return complete ? g_steal_pointer (&json) : NULL;
}

static cJSON *
count_text (const CountOptions *options, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *tokenizer = NULL;
  const char *path;
  const char *text;
  gsize length;

  if (!cli_single_operand (options->files, &path, error)
      || !choose_tokenizer (options, &tokenizer, error))
    return NULL;
  bytes = cli_read (path, CLI_MAX_INPUT_BYTES, error);
  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &length);
  return count_bytes (options, tokenizer, text != NULL ? text : "", length, error);
}

static cJSON *
count_request (const CountOptions *options, GError **error)
{
  g_autoptr (TwRequest) request = NULL;
  g_autofree char *tokenizer = NULL;
  g_autofree char *counted = NULL;

  if (options->ids || options->files != NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                           "A request is counted alone; leave out --ids and FILE.");
      return NULL;
    }
  request = cli_request_read (options->request, error);
  if (request == NULL || !choose_request_tokenizer (options, request, &tokenizer, error))
    return NULL;
  counted = tw_counter_count_request_json (tokenizer, request, error);
  return counted != NULL ? cli_parse_json (counted) : NULL;
}

static void
write_parts (const cJSON *parts)
{
  const cJSON *part;
  const char *separator = "";

  cJSON_ArrayForEach (part, parts)
  {
    g_autofree char *text = g_strdup_printf ("%s%s %" G_GINT64_FORMAT, separator, part->string,
                                             cli_json_integer (parts, part->string));

    cli_write (text);
    separator = ", ";
  }
  cli_write ("\n");
}

static void
write_ids (const cJSON *ids)
{
  g_auto (GStrv) pieces = NULL;
  g_autofree char *text = NULL;

  pieces = g_strsplit_set (ids->valuestring, "[,]", -1);
  text = g_strjoinv (" ", pieces);
  cli_write_line (g_strstrip (text));
}

static void
write_text (const cJSON *json)
{
  const cJSON *parts = cJSON_GetObjectItemCaseSensitive (json, "parts");
  const cJSON *ids = cJSON_GetObjectItemCaseSensitive (json, "ids");
  const char *encoding = cli_json_string (json, "encoding", "unknown encoding");
  gint64 tokens = cli_json_integer (json, "tokens");
  g_autofree char *line = NULL;

  if (cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (json, "exact")))
    line = g_strdup_printf ("%" G_GINT64_FORMAT " token%s (%s, exact)", tokens,
                            tokens == 1 ? "" : "s", encoding);
  else
    line = g_strdup_printf ("about %" G_GINT64_FORMAT " token%s (%s, %" G_GINT64_FORMAT
                            " to %" G_GINT64_FORMAT ")",
                            tokens, tokens == 1 ? "" : "s", encoding,
                            cli_json_integer (json, "low"), cli_json_integer (json, "high"));
  cli_write_line (line);
  if (parts != NULL)
    write_parts (parts);
  if (ids != NULL)
    write_ids (ids);
}

CliExit
cli_verb_count (Cli *cli, int argc, char **argv)
{
  g_auto (CountOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "model", 'm', 0, CLI_ARG_TEXT, &options.model, "Count as this model does", "MODEL" },
    { "encoding", 0, 0, CLI_ARG_TEXT, &options.encoding, "Encoding (" DEFAULT_ENCODING ")",
      "NAME" },
    { "ids", 0, 0, G_OPTION_ARG_NONE, &options.ids, "List the token ids too", NULL },
    { "request", 0, 0, CLI_ARG_TEXT, &options.request, "Count a whole request", "FILE" },
    { G_OPTION_REMAINING, 0, 0, CLI_ARG_TEXT_ARRAY, &options.files, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (cJSON) json = NULL;
  CliExit status;

  if (!cli_parse (cli, entries, argc, argv, &status))
    return status;
  if (options.model != NULL && options.encoding != NULL)
    return cli_usage_error (cli, "A model has its own encoding; give --model or --encoding.");
  json = options.request != NULL ? count_request (&options, &error) : count_text (&options, &error);
  if (json == NULL)
    return cli_fail (cli, error);
  if (cli->json)
    cli_write_json (json);
  else
    write_text (json);
  return CLI_EXIT_DONE;
}
