/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli-options.h"

G_BEGIN_DECLS

/* What estimate and send are asked, and how: the same arguments make the same request. */
typedef struct
{
  char *model;
  char *file;
  char **prompt;
  gint64 max_output_tokens;
  gboolean sandbox;
  gboolean stream;
} CliRequestOptions;

void cli_request_options_clear (CliRequestOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliRequestOptions, cli_request_options_clear)

/* As cli_parse(). Both verbs take the same options, so that changing the verb is all it takes to
 * send what was previewed. */
gboolean cli_request_parse (
    Cli *cli, CliRequestOptions *ret_options, int argc, char **argv, CliExit *ret_exit);

/* The request of the options: the file, the prompt's words, or standard input. */
TwRequest *cli_request_new (const CliRequestOptions *options, GError **error);
TwRequest *cli_request_read (const char *path, GError **error);
/* A client as configured on this machine, in the sandbox if the options say so. */
TwClient *cli_client_new (const CliRequestOptions *options, GError **error);

G_END_DECLS
