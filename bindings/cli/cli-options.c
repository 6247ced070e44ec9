/* SPDX-License-Identifier: MIT */
#include "cli-options.h"

#include "cli-output.h"

static GOptionContext *
make_context (Cli *cli, const GOptionEntry *entries, gboolean *ret_help)
{
  g_autofree char *summary = g_strconcat (cli->verb->summary, ".", NULL);
  GOptionContext *context = g_option_context_new (cli->verb->arguments);
  /* main() has read it already, and GLib would reset it when another option is wrong. */
  static gboolean json_is_known;
  const GOptionEntry common[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json_is_known, "Print JSON for programs", NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, ret_help, "Show this help", NULL },
    G_OPTION_ENTRY_NULL,
  };

  /* GLib's own --help prints in the locale's character set and exits at once. */
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, "“man tokenwise” has the exit statuses and files.");
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, common, NULL);
  return context;
}

static void
show_help (Cli *cli, GOptionContext *context)
{
  g_autofree char *program = g_strconcat ("tokenwise ", cli->verb->name, NULL);
  g_autofree char *help = NULL;

  g_set_prgname (program);
  help = g_option_context_get_help (context, TRUE, NULL);
  cli_write (help);
}

/* The library takes UTF-8 only. A file of another name can still be read from standard input. */
static gboolean
are_utf8 (int argc, char **argv)
{
  for (int i = 0; i < argc; i++)
    if (!g_utf8_validate (argv[i], -1, NULL))
      return FALSE;
  return TRUE;
}

gboolean
cli_parse (Cli *cli, const GOptionEntry *entries, int argc, char **argv, CliExit *ret_exit)
{
  gboolean help = FALSE;
  g_autoptr (GOptionContext) context = make_context (cli, entries, &help);
  g_autoptr (GError) error = NULL;

  if (!are_utf8 (argc, argv))
    {
      *ret_exit
          = cli_usage_error (cli, "An argument is not UTF-8 text; use standard input for it.");
      return FALSE;
    }
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      *ret_exit = cli_usage_error (cli, "%s.", error->message);
      return FALSE;
    }
  if (help)
    {
      show_help (cli, context);
      *ret_exit = CLI_EXIT_DONE;
      return FALSE;
    }
  if (argc > 1)
    {
      *ret_exit = cli_usage_error (cli, "“%s” takes no operand “%s”.", cli->verb->name, argv[1]);
      return FALSE;
    }
  return TRUE;
}

gboolean
cli_single_operand (char **operands, const char **ret_operand, GError **error)
{
  *ret_operand = operands != NULL ? operands[0] : NULL;
  if (*ret_operand == NULL || operands[1] == NULL)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The operand “%s” is one too many; quote a name that has spaces.", operands[1]);
  return FALSE;
}
