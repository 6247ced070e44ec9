/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-provider-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/client/tw-secret-private.h"

#include <string.h>

/* A key-command that hangs must not hang the caller for ever. */
#define KEY_COMMAND_SECONDS 30
#define MAX_KEY_LENGTH 8192

/* Each provider's own documentation names its base URL; the variables are those its own tools read.
 * Who goes on billing after a disconnect: OpenRouter's streaming page, of the upstreams it uses; it
 * may use any of them itself. */
static const struct
{
  const char *id;
  const char *dialect;
  const char *base_url;
  const char *key_env;
  gboolean bills_after_disconnect;
} known_providers[] = {
  { "anthropic", "anthropic", "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY", FALSE },
  { "cerebras", "openai-chat", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY", FALSE },
  { "deepseek", "openai-chat", "https://api.deepseek.com", "DEEPSEEK_API_KEY", FALSE },
  { "groq", "openai-chat", "https://api.groq.com/openai/v1", "GROQ_API_KEY", TRUE },
  { "mistral", "openai-chat", "https://api.mistral.ai/v1", "MISTRAL_API_KEY", TRUE },
  { "moonshotai", "openai-chat", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY", FALSE },
  { "openai", "openai-chat", "https://api.openai.com/v1", "OPENAI_API_KEY", FALSE },
  { "openrouter", "openai-chat", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", TRUE },
  { "perplexity", "openai-chat", "https://api.perplexity.ai", "PERPLEXITY_API_KEY", TRUE },
  { "together", "openai-chat", "https://api.together.xyz/v1", "TOGETHER_API_KEY", FALSE },
  { "x-ai", "openai-chat", "https://api.x.ai/v1", "XAI_API_KEY", FALSE },
};

TwProvider *
tw_provider_new (const char *id)
{
  TwProvider *self = g_new0 (TwProvider, 1);

  self->id = g_strdup (id);
  return self;
}

void
tw_provider_free (TwProvider *self)
{
  g_free (self->id);
  g_free (self->dialect);
  g_free (self->base_url);
  g_free (self->key_env);
  g_free (self->key_command);
  g_free (self->key_secret);
  g_strfreev (self->models);
  g_free (self);
}

GHashTable *
tw_provider_table_new (void)
{
  GHashTable *table
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) tw_provider_free);

  for (guint i = 0; i < G_N_ELEMENTS (known_providers); i++)
    {
      TwProvider *provider = tw_provider_new (known_providers[i].id);

      provider->dialect = g_strdup (known_providers[i].dialect);
      provider->base_url = g_strdup (known_providers[i].base_url);
      provider->key_env = g_strdup (known_providers[i].key_env);
      provider->bills_after_disconnect = known_providers[i].bills_after_disconnect;
      g_hash_table_replace (table, provider->id, provider);
    }
  return table;
}

gboolean
tw_provider_needs_key (const TwProvider *self)
{
  return self->key_env != NULL || self->key_command != NULL || self->key_secret != NULL;
}

static const char *
key_from_environment (const TwProvider *self)
{
  const char *value = self->key_env != NULL ? g_getenv (self->key_env) : NULL;

  return value != NULL && *value != '\0' ? value : NULL;
}

gboolean
tw_provider_has_key (const TwProvider *self)
{
  return key_from_environment (self) != NULL || self->key_command != NULL
         || self->key_secret != NULL || !tw_provider_needs_key (self);
}

static char *
first_line (const char *text)
{
  return g_strndup (text, MIN (strcspn (text, "\r\n"), MAX_KEY_LENGTH));
}

typedef struct
{
  gboolean done;
  char *output;
  GError *error;
} CommandRun;

static void
on_command_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CommandRun *run = user_data;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &run->output, NULL,
                                        &run->error);
  run->done = TRUE;
}

static gboolean
stop_command (gpointer user_data)
{
  g_subprocess_force_exit (user_data);
  return G_SOURCE_REMOVE;
}

/* In a context of its own, so that the time limit works where no main loop runs. */
static void
await_command (GSubprocess *process, CommandRun *run)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) limit = g_timeout_source_new_seconds (KEY_COMMAND_SECONDS);

  g_main_context_push_thread_default (context);
  g_source_set_callback (limit, stop_command, process, NULL);
  g_source_attach (limit, context);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, on_command_done, run);
  while (!run->done)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (limit);
  g_main_context_pop_thread_default (context);
}

static char *
run_command (const char *const *argv, GError **error)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *output = NULL;
  CommandRun run = { 0 };

  process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, error);
  if (process == NULL)
    return NULL;
  await_command (process, &run);
  output = run.output;
  if (run.error != NULL)
    {
      g_propagate_error (error, run.error);
      return NULL;
    }
  if (!g_subprocess_get_successful (process) || output == NULL || *output == '\0')
    {
      g_set_error (error, TW_ERROR, TW_ERROR_NO_KEY, "it printed no key");
      return NULL;
    }
  return first_line (output);
}

static char *
key_from_command (const TwProvider *self, GError **error)
{
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) cause = NULL;
  char *key = NULL;

  if (g_shell_parse_argv (self->key_command, NULL, &argv, &cause))
    key = run_command ((const char *const *) argv, &cause);
  if (key == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_NO_KEY,
                 "The key-command for %s failed (%s); run it by hand to see why.", self->id,
                 cause->message);
  return key;
}

static char *
key_from_secret (const TwProvider *self, GError **error)
{
  g_autoptr (GError) cause = NULL;
  char *key = tw_secret_lookup (self->key_secret, &cause);

  if (key == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_NO_KEY,
                 "The Secret Service has no key named “%s” for %s (%s).", self->key_secret,
                 self->id, cause != NULL ? cause->message : "nothing is stored under it");
  return key;
}

char *
tw_provider_find_key (const TwProvider *self, GError **error)
{
  if (key_from_environment (self) != NULL)
    return first_line (key_from_environment (self));
  if (self->key_command != NULL)
    return key_from_command (self, error);
  if (self->key_secret != NULL)
    return key_from_secret (self, error);
  g_set_error (error, TW_ERROR, TW_ERROR_NO_KEY,
               "There is no key for %s: set the environment variable %s, or put "
               "“key-command=COMMAND” or “secret=NAME” (the Secret Service) below "
               "[provider %s] in config.ini.",
               self->id, self->key_env != NULL ? self->key_env : "named by key-env", self->id);
  return NULL;
}
