/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/tokenwise.h>

#include <cjson/cJSON.h>

G_BEGIN_DECLS

/* The command line is the shell's binding of the SDK: every verb is a thin call of its public
 * interface, reads its options in one place and speaks through cli-output.c alone. */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (cJSON, cJSON_Delete)

/* What scripts rely on; see the manual page. */
typedef enum
{
  CLI_EXIT_DONE = 0,
  CLI_EXIT_FAILED = 1,
  CLI_EXIT_USAGE = 2,
  CLI_EXIT_REFUSED = 3,
  CLI_EXIT_INCOMPLETE = 4,
  CLI_EXIT_INTERRUPTED = 130,
} CliExit;

typedef struct _Cli Cli;
typedef struct _CliVerb CliVerb;

/* A verb: one file, one line in the table of main.c. argv[0] is the verb's name. */
struct _CliVerb
{
  const char *name;
  const char *arguments;
  const char *summary;
  CliExit (*run) (Cli *cli, int argc, char **argv);
};

struct _Cli
{
  const CliVerb *verb; /* NULL before a verb is known */
  gboolean json;
};

CliExit cli_verb_count (Cli *cli, int argc, char **argv);
CliExit cli_verb_models (Cli *cli, int argc, char **argv);
CliExit cli_verb_price (Cli *cli, int argc, char **argv);
CliExit cli_verb_estimate (Cli *cli, int argc, char **argv);
CliExit cli_verb_send (Cli *cli, int argc, char **argv);
CliExit cli_verb_encode (Cli *cli, int argc, char **argv);
CliExit cli_verb_decode (Cli *cli, int argc, char **argv);
CliExit cli_verb_budget (Cli *cli, int argc, char **argv);
CliExit cli_verb_catalog (Cli *cli, int argc, char **argv);
CliExit cli_verb_encodings (Cli *cli, int argc, char **argv);
CliExit cli_verb_vocab (Cli *cli, int argc, char **argv);
CliExit cli_verb_doctor (Cli *cli, int argc, char **argv);

G_END_DECLS
