/* SPDX-License-Identifier: MIT */
#include "cli-count.h"
#include "cli-options.h"
#include "cli-output.h"
#include "cli-prices.h"
#include "cli-request.h"

static void
count_options_clear (CliCountOptions *self)
{
  g_free (self->model);
  g_free (self->encoding);
  g_free (self->request);
  g_strfreev (self->files);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliCountOptions, count_options_clear)

static gboolean
check_encoding (const char *encoding, GError **error)
{
  g_auto (GStrv) known = tw_encoding_list ();
  g_autofree char *names = NULL;

  if (g_strv_contains ((const char *const *) known, encoding))
    return TRUE;
  names = g_strjoinv (", ", known);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "There is no encoding “%s”; use one of %s.",
               encoding, names);
  return FALSE;
}

static gboolean
tokenizer_of_model (const char *name, char **ret_tokenizer, GError **error)
{
  g_autoptr (TwCatalog) catalog = cli_open_catalog (error);
  g_autoptr (TwModel) model = NULL;

  if (catalog != NULL)
    model = tw_catalog_find_model (catalog, name, error);
  if (model != NULL)
    *ret_tokenizer = g_strdup (tw_model_get_tokenizer (model));
  return model != NULL;
}

gboolean
cli_count_choose_tokenizer (const CliCountOptions *options, char **ret_tokenizer, GError **error)
{
  const char *encoding = options->encoding != NULL ? options->encoding : CLI_DEFAULT_ENCODING;

  if (options->model != NULL)
    return tokenizer_of_model (options->model, ret_tokenizer, error);
  if (!check_encoding (encoding, error))
    return FALSE;
  *ret_tokenizer = g_strdup (encoding);
  return TRUE;
}

gboolean
cli_count_check_vocabulary (const char *tokenizer, const char *option, GError **error)
{
  g_auto (GStrv) known = tw_encoding_list ();

  if (tokenizer != NULL && g_strv_contains ((const char *const *) known, tokenizer))
    return TRUE;
  if (tokenizer != NULL && g_str_has_prefix (tokenizer, "claude-"))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_UNSUPPORTED,
                   "Claude's token ids are not published; leave out %s.", option);
      return FALSE;
    }
  g_set_error (error, TW_ERROR, TW_ERROR_UNSUPPORTED,
               "There is no vocabulary of %s here, so there are no token ids; leave out %s, or add "
               "one with “tokenwise vocab add”.",
               tokenizer != NULL ? tokenizer : "this model", option);
  return FALSE;
}

/* A request may name a model of the user's own server, which no catalogue knows: that is counted
 * with a range, not refused. */
static gboolean
choose_request_tokenizer (const CliCountOptions *options,
                          TwRequest *request,
                          char **ret_tokenizer,
                          GError **error)
{
  const char *model = tw_request_get_model (request);

  if (options->model != NULL || options->encoding != NULL || g_str_equal (model, "auto"))
    return cli_count_choose_tokenizer (options, ret_tokenizer, error);
  tokenizer_of_model (model, ret_tokenizer, NULL);
  return TRUE;
}

static cJSON *
count_request (const CliCountOptions *options, GError **error)
{
  g_autoptr (TwRequest) request = NULL;
  g_autofree char *tokenizer = NULL;
  g_autofree char *counted = NULL;

  request = cli_request_read (options->request, error);
  if (request == NULL || !choose_request_tokenizer (options, request, &tokenizer, error))
    return NULL;
  counted = tw_counter_count_request_json (tokenizer, request, error);
  return counted != NULL ? cli_parse_json (counted) : NULL;
}

static void
write_request (const cJSON *json)
{
  const cJSON *parts = cJSON_GetObjectItemCaseSensitive (json, "parts");
  g_autofree char *sentence = cli_count_to_sentence (json);
  const char *separator = "";
  const cJSON *part;

  cli_write_line (sentence);
  cJSON_ArrayForEach (part, parts)
  {
    g_autofree char *text = g_strdup_printf ("%s%s %" G_GINT64_FORMAT, separator, part->string,
                                             cli_json_integer (parts, part->string));

    cli_write (text);
    separator = ", ";
  }
  cli_write ("\n");
}

static gboolean
count (Cli *cli, const CliCountOptions *options, GError **error)
{
  gboolean is_request = options->request != NULL;
  g_autoptr (cJSON) json = NULL;

  json = is_request ? count_request (options, error) : cli_count_texts (options, error);
  if (json == NULL)
    return FALSE;
  if (cli->json)
    cli_write_json (json);
  else if (is_request)
    write_request (json);
  else
    cli_count_write_texts (json);
  if (!cli->json)
    cli_count_note_hint (json);
  return TRUE;
}

static gboolean
run (Cli *cli, const CliCountOptions *options, GError **error)
{
  if (options->decode)
    return cli_count_decode (cli, options, error);
  if (options->truncate > 0)
    return cli_count_truncate (cli, options, error);
  return count (cli, options, error);
}

static const char *
find_misuse (const CliCountOptions *options)
{
  guint modes
      = (options->ids ? 1 : 0) + (options->decode ? 1 : 0) + (options->truncate != 0 ? 1 : 0);

  if (options->model != NULL && options->encoding != NULL)
    return "A model has its own encoding; give --model or --encoding.";
  if (options->truncate < 0)
    return "A text is cut to one token or more; give --truncate a number above 0.";
  if (options->request != NULL && (modes > 0 || options->files != NULL))
    return "A request is counted alone; leave out FILE, --ids, --decode and --truncate.";
  if (modes > 1)
    return "Give one of --ids, --decode and --truncate.";
  return NULL;
}

CliExit
cli_verb_count (Cli *cli, int argc, char **argv)
{
  g_auto (CliCountOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "model", 'm', 0, CLI_ARG_TEXT, &options.model, "Count as this model does", "MODEL" },
    { "encoding", 0, 0, CLI_ARG_TEXT, &options.encoding, "Encoding (" CLI_DEFAULT_ENCODING ")",
      "NAME" },
    { "ids", 0, 0, G_OPTION_ARG_NONE, &options.ids, "List the token ids too", NULL },
    { "decode", 0, 0, G_OPTION_ARG_NONE, &options.decode, "Read token ids and print their text",
      NULL },
    { "truncate", 0, 0, G_OPTION_ARG_INT64, &options.truncate,
      "Print the text cut to N tokens, at a character", "N" },
    { "request", 0, 0, CLI_ARG_TEXT, &options.request, "Count a whole request", "FILE" },
    { G_OPTION_REMAINING, 0, 0, CLI_ARG_TEXT_ARRAY, &options.files, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  const char *misuse;
  CliExit status;

  if (!cli_parse (cli, entries, argc, argv, &status))
    return status;
  misuse = find_misuse (&options);
  if (misuse != NULL)
    return cli_usage_error (cli, "%s", misuse);
  return run (cli, &options, &error) ? CLI_EXIT_DONE : cli_fail (cli, error);
}
