/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* Text to standard output. On a terminal control characters but line feed and tab are left out: a
 * model's text must not move the cursor or retitle the window. FALSE once the output is closed or
 * full, which cli_finish_output() reports. */
gboolean cli_write (const char *text);
/* As cli_write(), with exactly one line feed at the end. */
gboolean cli_write_line (const char *text);
/* Bytes as they are, without a line feed after them: a text that was asked for, of which a pipe
 * gets every byte. */
gboolean cli_write_bytes (const char *bytes, gsize length);
/* Hands what was written on at once, for replies that stream. */
gboolean cli_flush (void);
/* Prints compact JSON on a line of its own. */
gboolean cli_write_json (const cJSON *json);

/* A line for people on standard error, without control characters. */
void cli_note (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Says what is wrong, as text on standard error or as JSON on standard output. */
CliExit cli_fail (Cli *cli, const GError *error);
/* The same for arguments that are wrong; points at the verb's help. */
CliExit cli_usage_error (Cli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);
CliExit cli_exit_for (const GError *error);

/* The exit status, unless the output could not be written. */
CliExit cli_finish_output (Cli *cli, CliExit status);

/* JSON that this library composed. NULL only when memory is short. */
cJSON *cli_parse_json (const char *json);
const char *cli_json_string (const cJSON *object, const char *key, const char *fallback);
gint64 cli_json_integer (const cJSON *object, const char *key);

G_END_DECLS
