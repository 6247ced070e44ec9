/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/client/tw-config-private.h"
#include "libtokenwise/net/tw-transport-private.h"
#include "libtokenwise/wire/tw-codec-private.h"

#include <string.h>

#define MAX_VERSION_LENGTH 40
#define MAX_HEADERS 16

/* A section on its way into the table; its values are good or there is none. */
typedef struct
{
  GKeyFile *file;
  const char *group;
  TwProvider *provider;
} Section;

static gboolean
fail (const Section *self, const char *key, const char *what, GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%s” in [%s] of config.ini %s", key,
               self->group, what);
  return FALSE;
}

static gboolean
take (const Section *self, const char *key, char **field, GError **error)
{
  return tw_config_take_string (self->file, self->group, key, field, error);
}

static gboolean
has (const Section *self, const char *key)
{
  return g_key_file_has_key (self->file, self->group, key, NULL);
}

static gboolean
take_dialect (const Section *self, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (!take (self, "dialect", &self->provider->dialect, error))
    return FALSE;
  if (!has (self, "dialect") || tw_codec_find (self->provider->dialect, &cause) != NULL)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "[%s] in config.ini: %s", self->group,
               cause->message);
  return FALSE;
}

static void
drop_trailing_slash (char *url)
{
  gsize length = strlen (url);

  while (length > 0 && url[length - 1] == '/')
    url[--length] = '\0';
}

static gboolean
begins_with_one_of (const char *url, const char *const *schemes)
{
  for (guint i = 0; schemes[i] != NULL; i++)
    if (g_str_has_prefix (url, schemes[i]) && url[strlen (schemes[i])] != '\0')
      return TRUE;
  return FALSE;
}

/* Whether the prompt may go there is tw_url_is_allowed()'s decision, at the doctor's and at Send:
 * it loads libcurl, which a count does not need. */
static gboolean
take_base_url (const Section *self, GError **error)
{
  static const char *const schemes[] = { "https://", "http://", NULL };

  if (!take (self, "base-url", &self->provider->base_url, error))
    return FALSE;
  if (!has (self, "base-url"))
    return TRUE;
  if (!begins_with_one_of (self->provider->base_url, schemes))
    return fail (self, "base-url", "is no URL; write it like https://api.example.com/v1.", error);
  if (strpbrk (self->provider->base_url, "?# ") != NULL)
    return fail (self, "base-url",
                 "has a “?”, a “#” or a space in it; end it where the dialect's path begins, and "
                 "give a version as api-version.",
                 error);
  drop_trailing_slash (self->provider->base_url);
  return TRUE;
}

/* A section that names one way to get the key replaces the built-in way. */
static gboolean
take_key_ways (const Section *self, GError **error)
{
  TwProvider *provider = self->provider;

  if (has (self, "key-env") || has (self, "key-command") || has (self, "secret"))
    g_clear_pointer (&provider->key_env, g_free);
  return take (self, "key-env", &provider->key_env, error)
         && take (self, "key-command", &provider->key_command, error)
         && take (self, "secret", &provider->key_secret, error);
}

static gboolean
take_credential (const Section *self, GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (GError) cause = NULL;

  if (!take (self, "auth", &name, error))
    return FALSE;
  if (name == NULL)
    return TRUE;
  if (tw_credential_parse (name, &self->provider->credential, &cause))
    {
      /* The built-in variable holds a bearer key. */
      if (self->provider->credential == TW_CREDENTIAL_AWS_SIGV4 && !has (self, "key-env"))
        g_clear_pointer (&self->provider->key_env, g_free);
      return TRUE;
    }
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "[%s] in config.ini: %s", self->group,
               cause->message);
  return FALSE;
}

static gboolean
take_version_and_region (const Section *self, GError **error)
{
  TwProvider *provider = self->provider;

  if (!take (self, "api-version", &provider->api_version, error)
      || !take (self, "region", &provider->region, error))
    return FALSE;
  if (provider->api_version != NULL
      && (strlen (provider->api_version) > MAX_VERSION_LENGTH
          || provider->api_version[strspn (provider->api_version,
                                           G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS ".-_")]
                 != '\0'))
    return fail (self, "api-version", "is no version; write it like 2024-10-21.", error);
  if (provider->region != NULL && !tw_region_is_valid (provider->region))
    return fail (self, "region", "is no region; write it like us-east-1.", error);
  return TRUE;
}

/* A proxy sees who is spoken to, and with a password in this file so would its readers. */
static gboolean
take_network (const Section *self, GError **error)
{
  static const char *const schemes[] = { "http://", "https://", "socks5://", "socks5h://", NULL };
  TwProvider *provider = self->provider;

  if (!take (self, "ca-file", &provider->ca_file, error)
      || !take (self, "proxy", &provider->proxy, error))
    return FALSE;
  if (provider->ca_file != NULL && !g_path_is_absolute (provider->ca_file))
    return fail (self, "ca-file", "is no absolute path; begin it with “/”.", error);
  if (provider->proxy == NULL)
    return TRUE;
  if (!begins_with_one_of (provider->proxy, schemes))
    return fail (self, "proxy",
                 "is no proxy; begin it with http://, https://, socks5:// or socks5h://.", error);
  if (strchr (provider->proxy, '@') != NULL)
    return fail (self, "proxy",
                 "holds a user name or a password; set it as the environment variable HTTPS_PROXY "
                 "instead.",
                 error);
  return TRUE;
}

/* What is the transport's own, or would be a key in a file. */
static gboolean
is_forbidden_header (const char *name)
{
  static const char *const forbidden[] = { "authorization",
                                           "proxy-authorization",
                                           "x-api-key",
                                           "api-key",
                                           "x-goog-api-key",
                                           "cookie",
                                           "host",
                                           "content-length",
                                           "transfer-encoding",
                                           "connection",
                                           "content-type",
                                           "x-amz-security-token",
                                           "idempotency-key",
                                           NULL };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_strv_contains (forbidden, lower);
}

static gboolean
check_header (const Section *self, const char *line, GError **error)
{
  g_autoptr (TwHttpRequest) probe = tw_http_request_new ("POST", "https://localhost", NULL);
  g_auto (GStrv) parts = g_strsplit (line, ":", 2);

  if (parts[0] == NULL || parts[1] == NULL
      || !tw_http_request_add_header (probe, parts[0], g_strstrip (parts[1]), NULL))
    return fail (self, "headers", "are no headers; write them like “X-Title: my app”.", error);
  if (is_forbidden_header (parts[0]))
    return fail (self, "headers",
                 "hold one that is set elsewhere; keys come from key-env, key-command or secret, "
                 "and auth= says how they are shown.",
                 error);
  return TRUE;
}

static gboolean
take_headers (const Section *self, GError **error)
{
  GStrv lines = g_key_file_get_string_list (self->file, self->group, "headers", NULL, NULL);

  if (lines == NULL)
    return TRUE;
  g_strfreev (self->provider->headers);
  self->provider->headers = lines;
  if (g_strv_length (lines) > MAX_HEADERS)
    return fail (self, "headers", "are more than 16; remove some.", error);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!check_header (self, g_strstrip (lines[i]), error))
      return FALSE;
  return TRUE;
}

static gboolean
take_models (const Section *self, GError **error)
{
  GStrv models = g_key_file_get_string_list (self->file, self->group, "models", NULL, NULL);

  if (models == NULL)
    return TRUE;
  g_strfreev (self->provider->models);
  self->provider->models = models;
  for (guint i = 0; models[i] != NULL; i++)
    for (const char *p = g_strstrip (models[i]); *p != '\0'; p++)
      if (g_ascii_iscntrl (*p))
        return fail (self, "models", "have a control character in them; remove it.", error);
  return TRUE;
}

static gboolean
check_whole (const Section *self, GError **error)
{
  const TwProvider *provider = self->provider;

  if (provider->dialect == NULL || provider->base_url == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "[%s] in config.ini needs “dialect” and “base-url”.", self->group);
      return FALSE;
    }
  return TRUE;
}

static TwProvider *
find_or_add (GHashTable *providers, const char *id)
{
  TwProvider *provider = g_hash_table_lookup (providers, id);

  if (provider != NULL)
    return provider;
  provider = tw_provider_new (id);
  g_hash_table_replace (providers, provider->id, provider);
  return provider;
}

gboolean
tw_config_load_provider (GHashTable *providers, GKeyFile *file, const char *group, GError **error)
{
  static const char *const keys[]
      = { "dialect", "base-url", "key-env", "key-command", "secret", "auth", "api-version",
          "region",  "ca-file",  "proxy",   "headers",     "models", NULL };
  const Section self = {
    file,
    group,
    find_or_add (providers, group + strlen (TW_CONFIG_PROVIDER_PREFIX)),
  };

  self.provider->configured = TRUE;
  return tw_config_check_keys (file, group, keys, error) && take_dialect (&self, error)
         && take_base_url (&self, error) && take_key_ways (&self, error)
         && take_credential (&self, error) && take_version_and_region (&self, error)
         && take_network (&self, error) && take_headers (&self, error) && take_models (&self, error)
         && check_whole (&self, error);
}
