/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* Texts are read as G_OPTION_ARG_FILENAME throughout: G_OPTION_ARG_STRING refuses anything but
 * ASCII where the locale is C, as in most containers. */
#define CLI_ARG_TEXT G_OPTION_ARG_FILENAME
#define CLI_ARG_TEXT_ARRAY G_OPTION_ARG_FILENAME_ARRAY

/* Reads the verb's options; entries ends with { NULL } and leaves out --json and --help, which
 * every verb has. FALSE: the verb is over with *ret_exit, because help was shown or the usage is
 * wrong. */
gboolean
cli_parse (Cli *cli, const GOptionEntry *entries, int argc, char **argv, CliExit *ret_exit);

/* The operand of a verb that takes at most one; NULL if there is none. */
gboolean cli_single_operand (char **operands, const char **ret_operand, GError **error);

G_END_DECLS
