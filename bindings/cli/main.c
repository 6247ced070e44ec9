/* SPDX-License-Identifier: MIT */
#include "cli-output.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static const CliVerb verbs[] = {
  { "count", "[FILE…]", "Count the tokens of texts or a request", cli_verb_count },
  { "encodings", "", "List the encodings that count exactly", cli_verb_encodings },
  { "vocab", "add|list|remove [FILE|NAME]", "Add a tokenizer's vocabulary of your own",
    cli_verb_vocab },
  { "models", "[PATTERN]", "List the models with their limits and prices", cli_verb_models },
  { "price", "", "Say what a provider's usage block costs", cli_verb_price },
  { "estimate", "[PROMPT…]", "Preview cost, length and time; nothing is sent", cli_verb_estimate },
  { "send", "[PROMPT…]", "Send a prompt and settle what it cost", cli_verb_send },
  { "encode", "", "Show the HTTP request that would be sent", cli_verb_encode },
  { "decode", "[FILE]", "Read a recorded reply as the SDK reads it", cli_verb_decode },
  { "budget", "list|add [NAME]", "Show or add budgets", cli_verb_budget },
  { "catalog", "update|diff|verify|show [FILE…|MODEL]", "Update, compare and show the catalogue",
    cli_verb_catalog },
  { "doctor", "", "Say what is configured, stale or wrong", cli_verb_doctor },
};

/* Prompts and keys are in memory: no core file, no ptrace by other processes of the user. A closed
 * pipe or a full quota is an error of the write that meets it, not the end of a call whose cost
 * must still be settled. */
static void
harden (void)
{
  const struct rlimit none = { 0, 0 };

  setrlimit (RLIMIT_CORE, &none);
#ifndef CLI_SANITIZED
  /* The leak sanitizer traces its own process. */
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
}

static CliExit
show_help (void)
{
  g_autoptr (GString) text = g_string_new (
      "Usage: tokenwise VERB [OPTION…]\n\n"
      "Says what a call to a language model will cost, sends it, and says what it cost.\n\n"
      "Verbs:\n");

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_string_append_printf (text, "  %-10s %s\n", verbs[i].name, verbs[i].summary);
  g_string_append (text,
                   "\n“tokenwise VERB --help” lists a verb's options; every verb takes --json.\n"
                   "“tokenwise --version” says the version.\n");
  cli_write (text->str);
  return CLI_EXIT_DONE;
}

static CliExit
unknown_verb (Cli *cli, const char *name)
{
  g_autoptr (GString) names = g_string_new (NULL);

  if (name[0] == '-')
    return cli_usage_error (cli, "There is no option %s before the verb.", name);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", verbs[i].name);
  return cli_usage_error (cli, "There is no verb “%s”; use one of %s.", name, names->str);
}

static CliExit
dispatch (Cli *cli, int argc, char **argv)
{
  if (argc < 2)
    return cli_usage_error (cli, "A verb is missing.");
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    return show_help ();
  if (g_str_equal (argv[1], "--version"))
    {
      cli_write_line ("tokenwise " TW_VERSION);
      return CLI_EXIT_DONE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (argv[1], verbs[i].name))
      {
        cli->verb = &verbs[i];
        return verbs[i].run (cli, argc - 1, argv + 1);
      }
  return unknown_verb (cli, argv[1]);
}

/* Whether errors are JSON must be known before the options are read, since they may be wrong. */
static gboolean
wants_json (int argc, char **argv)
{
  for (int i = 1; i < argc && !g_str_equal (argv[i], "--"); i++)
    if (g_str_equal (argv[i], "--json"))
      return TRUE;
  return FALSE;
}

int
main (int argc, char **argv)
{
  Cli cli = { NULL, wants_json (argc, argv) };

  harden ();
  return (int) cli_finish_output (&cli, dispatch (&cli, argc, argv));
}
