/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-config-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-paths-private.h"

#include <string.h>

#define SYSTEM_POLICY "/etc/tokenwise/policy.ini"

gboolean
tw_config_check_keys (GKeyFile *file, const char *group, const char *const *allowed, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    if (!g_strv_contains (allowed, keys[i]))
      {
        g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                     "config.ini has an unknown key “%s” in [%s]; correct or remove it.", keys[i],
                     group);
        return FALSE;
      }
  return TRUE;
}

static gboolean
has_control_character (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return TRUE;
  return FALSE;
}

gboolean
tw_config_take_string (
    GKeyFile *file, const char *group, const char *key, char **field, GError **error)
{
  g_autofree char *value = g_key_file_get_string (file, group, key, NULL);

  if (value == NULL)
    return TRUE;
  g_strstrip (value);
  if (*value == '\0' || has_control_character (value))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "“%s” in [%s] of config.ini is empty or has a line break or another control "
                   "character in it; correct or remove it.",
                   key, group);
      return FALSE;
    }
  g_free (*field);
  *field = g_steal_pointer (&value);
  return TRUE;
}

static gboolean
load_client (TwConfig *self, GKeyFile *file, GError **error)
{
  static const char *const keys[] = { "ledger", "default-model", "sandbox", NULL };
  g_autofree char *ledger = g_key_file_get_string (file, "client", "ledger", NULL);

  if (!tw_config_check_keys (file, "client", keys, error))
    return FALSE;
  if (ledger != NULL && strcmp (ledger, "sqlite") != 0)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "config.ini asks for the ledger “%.40s”; this version has “sqlite” only.",
                   ledger);
      return FALSE;
    }
  if (!tw_config_take_string (file, "client", "default-model", &self->default_model, error))
    return FALSE;
  self->sandbox = g_key_file_get_boolean (file, "client", "sandbox", NULL);
  return TRUE;
}

static gboolean
load_group (TwConfig *self, GKeyFile *file, const char *group, GError **error)
{
  if (strcmp (group, "client") == 0)
    return load_client (self, file, error);
  if (g_str_has_prefix (group, TW_CONFIG_PROVIDER_PREFIX)
      && group[strlen (TW_CONFIG_PROVIDER_PREFIX)] != '\0')
    return tw_config_load_provider (self->providers, file, group, error);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "config.ini has an unknown section [%s]; use [client] and [provider NAME].", group);
  return FALSE;
}

/* NULL without an error: there is no such file. */
static GKeyFile *
load_file (const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) cause = NULL;

  if (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &cause))
    return g_steal_pointer (&file);
  if (!g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "%s cannot be read: %s.", path,
                 cause->message);
  return NULL;
}

static gboolean
load_groups (TwConfig *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, "config.ini", NULL);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GKeyFile) file = load_file (path, &cause);
  g_auto (GStrv) groups = file != NULL ? g_key_file_get_groups (file, NULL) : NULL;

  for (guint i = 0; groups != NULL && groups[i] != NULL; i++)
    if (!load_group (self, file, groups[i], error))
      return FALSE;
  if (cause != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  return TRUE;
}

/* The system's policy wins over the user's. */
static gboolean
load_policy (TwConfig *self, GError **error)
{
  g_autofree char *own = g_build_filename (self->folder, "policy.ini", NULL);
  const char *const places[] = { SYSTEM_POLICY, own };

  for (guint i = 0; i < G_N_ELEMENTS (places) && self->policy == NULL; i++)
    {
      g_autoptr (GError) cause = NULL;

      self->policy = load_file (places[i], &cause);
      if (cause != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
      if (self->policy != NULL)
        self->policy_path = g_strdup (places[i]);
    }
  /* A file that is gone takes its budgets with it. */
  if (self->policy == NULL)
    self->policy = g_key_file_new ();
  return TRUE;
}

TwConfig *
tw_config_load (const char *folder, GError **error)
{
  g_autoptr (TwConfig) self = g_new0 (TwConfig, 1);

  self->folder = folder != NULL ? g_strdup (folder) : tw_path_config (NULL);
  self->default_model = g_strdup ("auto");
  self->ledger_path = tw_path_data ("ledger.db");
  self->providers = tw_provider_table_new ();
  if (!load_groups (self, error) || !load_policy (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tw_config_free (TwConfig *self)
{
  g_free (self->folder);
  g_free (self->default_model);
  g_free (self->ledger_path);
  g_free (self->policy_path);
  g_clear_pointer (&self->providers, g_hash_table_unref);
  g_clear_pointer (&self->policy, g_key_file_unref);
  g_free (self);
}

const TwProvider *
tw_config_find_provider (const TwConfig *self, const char *id, GError **error)
{
  const TwProvider *provider = g_hash_table_lookup (self->providers, id);

  if (provider == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_UNKNOWN_PROVIDER,
                 "The provider “%.60s” is not set up; add [provider %.60s] with dialect and "
                 "base-url to config.ini.",
                 id, id);
  return provider;
}

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (((const TwProvider *) a)->id, ((const TwProvider *) b)->id);
}

GList *
tw_config_list_providers (const TwConfig *self)
{
  return g_list_sort (g_hash_table_get_values (self->providers), compare_ids);
}
