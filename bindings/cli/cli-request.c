/* SPDX-License-Identifier: MIT */
#include "cli-request.h"

#include "cli-input.h"
#include "cli-prices.h"

void
cli_request_options_clear (CliRequestOptions *self)
{
  g_free (self->model);
  g_free (self->file);
  g_strfreev (self->prompt);
}

gboolean
cli_request_parse (
    Cli *cli, CliRequestOptions *ret_options, int argc, char **argv, CliExit *ret_exit)
{
  CliRequestOptions *options = ret_options;
  const GOptionEntry entries[] = {
    { "model", 'm', 0, CLI_ARG_TEXT, &options->model, "Model to ask (auto)", "MODEL" },
    { "request", 0, 0, CLI_ARG_TEXT, &options->file, "Request file instead of a prompt", "FILE" },
    { "max-output-tokens", 0, 0, G_OPTION_ARG_INT64, &options->max_output_tokens,
      "Most tokens the answer may have", "N" },
    { "sandbox", 0, 0, G_OPTION_ARG_NONE, &options->sandbox,
      "Use simulated replies; nothing is billed", NULL },
    { "stream", 0, 0, G_OPTION_ARG_NONE, &options->stream, "Get the reply as it comes (default)",
      NULL },
    { "no-stream", 0, G_OPTION_FLAG_REVERSE, G_OPTION_ARG_NONE, &options->stream,
      "Get the reply in one piece", NULL },
    { G_OPTION_REMAINING, 0, 0, CLI_ARG_TEXT_ARRAY, &options->prompt, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  options->stream = TRUE;
  return cli_parse (cli, entries, argc, argv, ret_exit);
}

TwRequest *
cli_request_read (const char *path, GError **error)
{
  g_autofree char *json = cli_read_text (path, "request", error);

  return json != NULL ? tw_request_new_from_json (json, error) : NULL;
}

static gboolean
is_from_standard_input (char **words)
{
  return words == NULL || words[0] == NULL || (g_str_equal (words[0], "-") && words[1] == NULL);
}

static char *
read_prompt (char **words, GError **error)
{
  if (is_from_standard_input (words))
    return cli_read_text (NULL, "prompt", error);
  return g_strjoinv (" ", words);
}

static TwRequest *
request_of_prompt (char **words, GError **error)
{
  g_autofree char *prompt = read_prompt (words, error);
  g_autoptr (TwRequest) request = NULL;

  if (prompt == NULL)
    return NULL;
  if (*prompt == '\0')
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                           "The prompt is empty; give it as arguments or on standard input.");
      return NULL;
    }
  request = tw_request_new (NULL);
  tw_request_add_text (request, TW_ROLE_USER, prompt);
  return g_steal_pointer (&request);
}

static gboolean
check_options (const CliRequestOptions *options, GError **error)
{
  if (options->file != NULL && options->prompt != NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                           "There is a request file and a prompt; give one of the two.");
      return FALSE;
    }
  if (options->max_output_tokens < 0)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                           "The number of --max-output-tokens is negative; give at least 1.");
      return FALSE;
    }
  return TRUE;
}

TwRequest *
cli_request_new (const CliRequestOptions *options, GError **error)
{
  g_autoptr (TwRequest) request = NULL;

  if (!check_options (options, error))
    return NULL;
  request = options->file != NULL ? cli_request_read (options->file, error)
                                  : request_of_prompt (options->prompt, error);
  if (request == NULL)
    return NULL;
  if (options->model != NULL)
    tw_request_set_model (request, options->model);
  tw_request_set_stream (request, options->stream);
  if (options->max_output_tokens > 0)
    tw_request_set_max_output_tokens (request, options->max_output_tokens);
  return g_steal_pointer (&request);
}

TwClient *
cli_client_new (const CliRequestOptions *options, GError **error)
{
  g_autoptr (TwClient) client = tw_client_new (NULL, error);

  if (client != NULL)
    cli_note_prices (tw_client_get_catalog (client));
  if (client != NULL && options->sandbox)
    tw_client_set_sandbox (client, TRUE);
  return g_steal_pointer (&client);
}
