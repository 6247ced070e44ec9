/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-provider-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/client/tw-secret-private.h"

#include <string.h>

#define AWS_DIALECT "bedrock-converse"
#define AWS_KEY_ID "AWS_ACCESS_KEY_ID"

/* A key-command that hangs must not hang the caller for ever. */
#define KEY_COMMAND_SECONDS 30
#define MAX_KEY_LENGTH 8192
#define MAX_REGION_LENGTH 32

static const char *const credential_names[]
    = { "default", "bearer", "x-api-key", "api-key", "x-goog-api-key", "aws-sigv4", "none" };

gboolean
tw_credential_parse (const char *name, TwCredential *ret_credential, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (credential_names); i++)
    if (strcmp (credential_names[i], name) == 0)
      {
        *ret_credential = (TwCredential) i;
        return TRUE;
      }
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "“%.40s” is no way to show a key; use one of: default, bearer, x-api-key, api-key, "
               "x-goog-api-key, aws-sigv4, none.",
               name);
  return FALSE;
}

TwProvider *
tw_provider_new (const char *id)
{
  TwProvider *self = g_rc_box_new0 (TwProvider);

  self->id = g_strdup (id);
  return self;
}

TwProvider *
tw_provider_ref (const TwProvider *self)
{
  return g_rc_box_acquire ((gpointer) self);
}

static void
clear (gpointer data)
{
  TwProvider *self = data;

  g_free (self->id);
  g_free (self->dialect);
  g_free (self->base_url);
  g_free (self->key_env);
  g_free (self->key_command);
  g_free (self->key_secret);
  g_free (self->api_version);
  g_free (self->region);
  g_free (self->ca_file);
  g_free (self->proxy);
  g_strfreev (self->headers);
  g_strfreev (self->models);
}

void
tw_provider_unref (TwProvider *self)
{
  g_rc_box_release_full (self, clear);
}

/* (nullable): the value, if there is any. */
static const char *
get_variable (const char *name)
{
  const char *value = name != NULL ? g_getenv (name) : NULL;

  return value != NULL && *value != '\0' ? value : NULL;
}

static const char *
key_from_environment (const TwProvider *self)
{
  return get_variable (self->key_env);
}

static gboolean
has_key_way (const TwProvider *self)
{
  return self->key_command != NULL || self->key_secret != NULL
         || key_from_environment (self) != NULL;
}

/* AWS's own tools take a Bedrock API key where there is one, else they sign. */
TwCredential
tw_provider_get_credential (const TwProvider *self)
{
  if (self->credential == TW_CREDENTIAL_OF_DIALECT && g_strcmp0 (self->dialect, AWS_DIALECT) == 0
      && !has_key_way (self) && get_variable (AWS_KEY_ID) != NULL)
    return TW_CREDENTIAL_AWS_SIGV4;
  return self->credential;
}

gboolean
tw_provider_needs_key (const TwProvider *self)
{
  switch (tw_provider_get_credential (self))
    {
    case TW_CREDENTIAL_NONE:
      return FALSE;
    case TW_CREDENTIAL_AWS_SIGV4:
      return TRUE;
    default:
      return self->key_env != NULL || self->key_command != NULL || self->key_secret != NULL;
    }
}

gboolean
tw_region_is_valid (const char *region)
{
  gsize length = strspn (region, G_CSET_a_2_z G_CSET_DIGITS "-");

  return length > 0 && length <= MAX_REGION_LENGTH && region[length] == '\0';
}

const char *
tw_provider_get_region (const TwProvider *self)
{
  if (self->region != NULL)
    return self->region;
  return get_variable ("AWS_REGION") ?: get_variable ("AWS_DEFAULT_REGION");
}

static char *
fill_region (const TwProvider *self, const char *region)
{
  g_auto (GStrv) parts = g_strsplit (self->base_url, "{region}", -1);

  return g_strjoinv (region, parts);
}

char *
tw_provider_get_url (const TwProvider *self, GError **error)
{
  const char *region = tw_provider_get_region (self);

  if (self->base_url == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "%s has an address for each customer; put yours as “base-url=https://…” below "
                 "[provider %s] in config.ini.",
                 self->id, self->id);
  else if (strstr (self->base_url, "{region}") == NULL)
    return g_strdup (self->base_url);
  else if (region == NULL || !tw_region_is_valid (region))
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "%s needs a region; set the environment variable AWS_REGION, or put "
                 "“region=us-east-1” or another below [provider %s] in config.ini.",
                 self->id, self->id);
  else
    return fill_region (self, region);
  return NULL;
}

gboolean
tw_provider_has_key (const TwProvider *self)
{
  if (has_key_way (self) || !tw_provider_needs_key (self))
    return TRUE;
  return tw_provider_get_credential (self) == TW_CREDENTIAL_AWS_SIGV4
         && get_variable (AWS_KEY_ID) != NULL;
}

gboolean
tw_provider_is_ready (const TwProvider *self)
{
  g_autofree char *url = tw_provider_get_url (self, NULL);

  return url != NULL && tw_provider_has_key (self)
         && (self->configured || tw_provider_needs_key (self));
}

/* What remains of a text once its key is taken is wiped by whoever owns it. */
static char *
take_key (const char *text, gboolean whole)
{
  gsize length = whole ? strlen (text) : strcspn (text, "\r\n");

  return g_strndup (text, MIN (length, MAX_KEY_LENGTH));
}

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
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
run_command (const char *const *argv, gboolean whole, GError **error)
{
  g_autoptr (GSubprocess) process = NULL;
  CommandRun run = { 0 };
  char *key = NULL;

  process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, error);
  if (process == NULL)
    return NULL;
  await_command (process, &run);
  if (run.error != NULL)
    g_propagate_error (error, run.error);
  else if (!g_subprocess_get_successful (process) || run.output == NULL || *run.output == '\0')
    g_set_error (error, TW_ERROR, TW_ERROR_NO_KEY, "it printed no key");
  else
    key = take_key (run.output, whole);
  wipe (run.output);
  return key;
}

static char *
key_from_command (const TwProvider *self, gboolean whole, GError **error)
{
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) cause = NULL;
  char *key = NULL;

  if (g_shell_parse_argv (self->key_command, NULL, &argv, &cause))
    key = run_command ((const char *const *) argv, whole, &cause);
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

static char *
find_key (const TwProvider *self, gboolean whole, GError **error)
{
  if (key_from_environment (self) != NULL)
    return take_key (key_from_environment (self), whole);
  if (self->key_command != NULL)
    return key_from_command (self, whole, error);
  if (self->key_secret != NULL)
    return key_from_secret (self, error);
  g_set_error (error, TW_ERROR, TW_ERROR_NO_KEY,
               "There is no key for %s: set the environment variable %s, or put "
               "“key-command=COMMAND” or “secret=NAME” (the Secret Service) below "
               "[provider %s] in config.ini.",
               self->id, self->key_env != NULL ? self->key_env : "named by key-env", self->id);
  return NULL;
}

char *
tw_provider_find_key (const TwProvider *self, GError **error)
{
  return find_key (self, FALSE, error);
}

char *
tw_provider_find_whole_key (const TwProvider *self, GError **error)
{
  return find_key (self, TRUE, error);
}
