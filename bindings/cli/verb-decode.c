/* SPDX-License-Identifier: MIT */
#include "cli-input.h"
#include "cli-options.h"
#include "cli-output.h"

#include <string.h>

#define HTTP_OK 200
#define HTTP_FIRST 100
#define HTTP_LAST 599

typedef struct
{
  char *dialect;
  char *provider;
  gboolean stream;
  int status;
  char **headers;
  char **files;
} DecodeOptions;

static void
decode_options_clear (DecodeOptions *self)
{
  g_free (self->dialect);
  g_free (self->provider);
  g_strfreev (self->headers);
  g_strfreev (self->files);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DecodeOptions, decode_options_clear)

static gboolean
check_headers (char **headers, GError **error)
{
  for (guint i = 0; headers != NULL && headers[i] != NULL; i++)
    if (strchr (headers[i], ':') == NULL || headers[i][0] == ':')
      {
        g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                             "A header has no name; write it as 'Name: value'.");
        return FALSE;
      }
  return TRUE;
}

static char *
decode (const DecodeOptions *options, GError **error)
{
  g_autoptr (GBytes) reply = NULL;
  const char *path;

  if (!cli_single_operand (options->files, &path, error)
      || !check_headers (options->headers, error))
    return NULL;
  reply = cli_read (path, CLI_MAX_REPLY_BYTES, error);
  if (reply == NULL)
    return NULL;
  return tw_wire_decode (options->dialect, options->provider, options->stream,
                         (guint) options->status, (const char *const *) options->headers, reply,
                         error);
}

CliExit
cli_verb_decode (Cli *cli, int argc, char **argv)
{
  g_auto (DecodeOptions) options = { .status = HTTP_OK };
  const GOptionEntry entries[] = {
    { "dialect", 0, 0, CLI_ARG_TEXT, &options.dialect, "Wire format", "DIALECT" },
    { "provider", 0, 0, CLI_ARG_TEXT, &options.provider, "Who answered", "PROVIDER" },
    { "stream", 0, 0, G_OPTION_ARG_NONE, &options.stream, "The reply was streamed", NULL },
    { "status", 0, 0, G_OPTION_ARG_INT, &options.status, "HTTP status (200)", "N" },
    { "header", 0, 0, CLI_ARG_TEXT_ARRAY, &options.headers, "A header of the reply",
      "'NAME: VALUE'" },
    { G_OPTION_REMAINING, 0, 0, CLI_ARG_TEXT_ARRAY, &options.files, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  CliExit status;

  if (!cli_parse (cli, entries, argc, argv, &status))
    return status;
  if (options.dialect == NULL)
    return cli_usage_error (cli, "Decoding needs --dialect.");
  if (options.status < HTTP_FIRST || options.status > HTTP_LAST)
    return cli_usage_error (cli, "%d is not an HTTP status; give 100 to 599.", options.status);
  json = decode (&options, &error);
  if (json == NULL)
    return cli_fail (cli, error);
  cli_write_line (json);
  return CLI_EXIT_DONE;
}
