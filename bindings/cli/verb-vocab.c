/* SPDX-License-Identifier: MIT */
#include "cli-options.h"
#include "cli-output.h"
#include "cli-vocabulary.h"
#include "cli-watch.h"

typedef struct
{
  char *name;
  char **operands;
} VocabOptions;

static void
vocab_options_clear (VocabOptions *self)
{
  g_free (self->name);
  g_strfreev (self->operands);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VocabOptions, vocab_options_clear)

static gboolean
list (Cli *cli, GError **error)
{
  cJSON *added = cli_vocabulary_describe (TRUE, error);

  if (added == NULL)
    return FALSE;
  if (cJSON_GetArraySize (added) == 0 && !cli->json)
    cli_note ("No vocabulary was added; “tokenwise vocab add FILE” takes a tokenizer.json, a "
              "tekken.json, tiktoken ranks, a SentencePiece model or a GGUF file.");
  cli_vocabulary_write (cli, "vocabularies", added);
  return TRUE;
}

static gboolean
write_added (Cli *cli, const char *name, GError **error)
{
  g_autofree char *text = tw_encoding_describe_json (name, error);
  g_autoptr (cJSON) json = text != NULL ? cli_parse_json (text) : NULL;
  g_autofree char *line = NULL;

  if (json == NULL)
    return FALSE;
  if (cli->json)
    {
      cli_write_json (json);
      return TRUE;
    }
  line = g_strdup_printf ("Added %s, %" G_GINT64_FORMAT " tokens. Count with it: tokenwise count "
                          "--encoding %s FILE",
                          name, cli_json_integer (json, "tokens"), name);
  cli_write_line (line);
  return TRUE;
}

/* A vocabulary takes a second or two to compile. */
static gboolean
add (Cli *cli, const VocabOptions *options, GError **error)
{
  CliWatch *watch = cli_watch_start (NULL);
  g_autofree char *name = NULL;

  cli_watch_wait (watch, "Compiling the vocabulary");
  name = tw_encoding_add_file (options->operands[1], options->name, error);
  cli_watch_hide (watch);
  return name != NULL && write_added (cli, name, error);
}

static gboolean
remove_added (Cli *cli, const char *name, GError **error)
{
  g_autoptr (cJSON) json = NULL;
  g_autofree char *line = g_strdup_printf ("Removed %s.", name);

  if (!tw_encoding_remove (name, error))
    return FALSE;
  json = cJSON_CreateObject ();
  cJSON_AddStringToObject (json, "removed", name);
  if (cli->json)
    cli_write_json (json);
  else
    cli_write_line (line);
  return TRUE;
}

static const char *
find_misuse (const VocabOptions *options)
{
  guint count = options->operands != NULL ? g_strv_length (options->operands) : 0;
  const char *action = count > 0 ? options->operands[0] : "";
  gboolean adds = g_str_equal (action, "add");

  if (!adds && !g_str_equal (action, "list") && !g_str_equal (action, "remove"))
    return "Say what to do with vocabularies: add, list or remove.";
  if (!adds && options->name != NULL)
    return "Only adding takes --name.";
  if (adds && count != 2)
    return "Adding needs one FILE; quote a name that has spaces.";
  if (g_str_equal (action, "list") && count != 1)
    return "Listing vocabularies takes no operand.";
  if (g_str_equal (action, "remove") && count != 2)
    return "Removing needs the NAME of one vocabulary.";
  return NULL;
}

static gboolean
run (Cli *cli, const VocabOptions *options, GError **error)
{
  if (g_str_equal (options->operands[0], "add"))
    return add (cli, options, error);
  if (g_str_equal (options->operands[0], "remove"))
    return remove_added (cli, options->operands[1], error);
  return list (cli, error);
}

CliExit
cli_verb_vocab (Cli *cli, int argc, char **argv)
{
  g_auto (VocabOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "name", 0, 0, CLI_ARG_TEXT, &options.name, "What to call it (the file's name)", "NAME" },
    { G_OPTION_REMAINING, 0, 0, CLI_ARG_TEXT_ARRAY, &options.operands, NULL, NULL },
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
