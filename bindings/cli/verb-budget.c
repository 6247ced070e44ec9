/* SPDX-License-Identifier: MIT */
#include "cli-options.h"
#include "cli-output.h"

typedef struct
{
  char *limit;
  char *scope;
  char *window;
  char *timezone;
  char *on_exceed;
  gboolean simulated;
  char **operands;
} BudgetOptions;

static void
budget_options_clear (BudgetOptions *self)
{
  g_free (self->limit);
  g_free (self->scope);
  g_free (self->window);
  g_free (self->timezone);
  g_free (self->on_exceed);
  g_strfreev (self->operands);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BudgetOptions, budget_options_clear)

/* The budgets, or the one of that name. */
static void
write_budgets (Cli *cli, const GPtrArray *budgets, const char *name)
{
  g_autoptr (cJSON) json = cJSON_CreateObject ();
  cJSON *list = cJSON_AddArrayToObject (json, "budgets");

  for (guint i = 0; i < budgets->len; i++)
    {
      TwBudget *budget = budgets->pdata[i];
      g_autofree char *text = tw_budget_to_json (budget);
      g_autofree char *summary = tw_budget_get_summary (budget);
      g_autofree char *line = g_strdup_printf ("%-16s %-20s %s\n", tw_budget_get_name (budget),
                                               tw_budget_get_scope (budget), summary);

      if (name != NULL && !g_str_equal (name, tw_budget_get_name (budget)))
        continue;
      cJSON_AddItemToArray (list, cli_parse_json (text));
      if (!cli->json)
        cli_write (line);
    }
  if (cli->json)
    cli_write_json (json);
}

static gboolean
list_budgets (Cli *cli, TwLedger *ledger, gboolean simulated, const char *name, GError **error)
{
  g_autoptr (GPtrArray) budgets = tw_ledger_list_budgets (ledger, simulated, error);

  if (budgets == NULL)
    return FALSE;
  write_budgets (cli, budgets, name);
  if (budgets->len == 0 && !cli->json)
    cli_note ("There is no budget; “tokenwise budget add NAME --limit 20.00” makes one.");
  return TRUE;
}

static gboolean
add_budget (Cli *cli, TwLedger *ledger, const BudgetOptions *options, GError **error)
{
  const char *name = options->operands[1];

  if (!tw_ledger_add_budget (ledger, name, options->scope != NULL ? options->scope : "user",
                             options->window != NULL ? options->window : "month", options->timezone,
                             options->limit,
                             options->on_exceed != NULL ? options->on_exceed : "ask", error))
    return FALSE;
  return list_budgets (cli, ledger, options->simulated, name, error);
}

static gboolean
run (Cli *cli, const BudgetOptions *options, gboolean adds, GError **error)
{
  g_autoptr (TwClient) client = tw_client_new (NULL, error);
  TwLedger *ledger;

  if (client == NULL)
    return FALSE;
  ledger = tw_client_get_ledger (client, error);
  if (ledger == NULL)
    return FALSE;
  if (adds)
    return add_budget (cli, ledger, options, error);
  return list_budgets (cli, ledger, options->simulated, NULL, error);
}

static const char *
find_misuse (const BudgetOptions *options, gboolean *ret_adds)
{
  guint count = options->operands != NULL ? g_strv_length (options->operands) : 0;
  const char *action = count > 0 ? options->operands[0] : "";
  gboolean has_details = options->limit != NULL || options->scope != NULL || options->window != NULL
                         || options->timezone != NULL || options->on_exceed != NULL;

  *ret_adds = g_str_equal (action, "add");
  if (!*ret_adds && !g_str_equal (action, "list"))
    return "Say what to do with budgets: list or add.";
  if (!*ret_adds && (count > 1 || has_details))
    return "Listing budgets takes --simulated and --json alone.";
  if (*ret_adds && count != 2)
    return "Adding a budget needs one name without spaces.";
  if (*ret_adds && options->limit == NULL)
    return "Adding a budget needs --limit, in US dollars.";
  return NULL;
}

CliExit
cli_verb_budget (Cli *cli, int argc, char **argv)
{
  g_auto (BudgetOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "limit", 0, 0, CLI_ARG_TEXT, &options.limit, "Most to spend in a window", "USD" },
    { "scope", 0, 0, CLI_ARG_TEXT, &options.scope,
      "user, project:NAME, workflow:NAME, model:NAME or tag:KEY=VALUE (user)", "SCOPE" },
    { "window", 0, 0, CLI_ARG_TEXT, &options.window,
      "hour, day, week, month, quarter or total (month)", "WINDOW" },
    { "timezone", 0, 0, CLI_ARG_TEXT, &options.timezone, "Where its windows begin (here)", "ZONE" },
    { "on-exceed", 0, 0, CLI_ARG_TEXT, &options.on_exceed, "warn, ask, approve or block (ask)",
      "ACTION" },
    { "simulated", 0, 0, G_OPTION_ARG_NONE, &options.simulated, "Show the sandbox's totals", NULL },
    { G_OPTION_REMAINING, 0, 0, CLI_ARG_TEXT_ARRAY, &options.operands, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  const char *misuse;
  gboolean adds;
  CliExit status;

  if (!cli_parse (cli, entries, argc, argv, &status))
    return status;
  misuse = find_misuse (&options, &adds);
  if (misuse != NULL)
    return cli_usage_error (cli, "%s", misuse);
  return run (cli, &options, adds, &error) ? CLI_EXIT_DONE : cli_fail (cli, error);
}
