/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/client/tw-config-private.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("tokenwise-config-XXXXXX", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "config.ini", "policy.ini" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);

      g_remove (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

static void
write_file (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
test_nothing_configured (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwConfig) config = tw_config_load (fixture->folder, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (config->default_model, ==, "auto");
  g_assert_null (config->policy_path);
  g_assert_cmpstr (tw_config_find_provider (config, "openai", NULL)->base_url, ==,
                   "https://api.openai.com/v1");
}

static void
test_new_provider (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwConfig) config = NULL;
  const TwProvider *local;

  write_file (fixture, "config.ini",
              "[client]\ndefault-model=local/llama\n[provider local]\ndialect=openai-chat\n"
              "base-url=http://127.0.0.1:8080/v1/\nmodels=llama;qwen\n");
  config = tw_config_load (fixture->folder, NULL);
  local = tw_config_find_provider (config, "local", NULL);
  g_assert_cmpstr (config->default_model, ==, "local/llama");
  g_assert_cmpstr (local->base_url, ==, "http://127.0.0.1:8080/v1");
  g_assert_false (tw_provider_needs_key (local));
  g_assert_true (tw_provider_has_key (local));
  g_assert_cmpstr (local->models[1], ==, "qwen");
}

/* One way to the key replaces the built-in one, so that a company's vault is not bypassed by a
 * variable someone left set. */
static void
test_key_way_replaces (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwConfig) config = NULL;
  const TwProvider *openai;

  write_file (fixture, "config.ini", "[provider openai]\nkey-command=vault read key\n");
  config = tw_config_load (fixture->folder, NULL);
  openai = tw_config_find_provider (config, "openai", NULL);
  g_assert_null (openai->key_env);
  g_assert_cmpstr (openai->key_command, ==, "vault read key");
  g_assert_cmpstr (openai->base_url, ==, "https://api.openai.com/v1");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *named;
  } cases[] = {
    { "[client]\ndefault-modell=x\n", "default-modell" },
    { "[cliemt]\n", "cliemt" },
    { "[provider local]\nbase-url=http://127.0.0.1/\n", "dialect" },
    { "[provider openai]\nkey=sk-in-a-file\n", "“key”" },
    { "[client]\nledger=postgresql://x\n", "sqlite" },
    { "no section\n", "config.ini" },
    { "[provider openai]\nbase-url=ftp://example.com\n", "https://" },
    { "[provider openai]\nbase-url=https://\n", "base-url" },
    { "[provider openai]\nbase-url=https://a.example/v1?api-version=1\n", "api-version" },
    { "[provider openai]\nbase-url=https://a.example/\\r\\nX: y\n", "line break" },
    { "[provider openai]\nkey-env=\n", "key-env" },
    { "[provider openai]\ndialect=openai\n", "openai-chat" },
    { "[provider openai]\nauth=basic\n", "x-goog-api-key" },
    { "[provider openai]\napi-version=1&x=2\n", "api-version" },
    { "[provider aws]\nregion=us-east-1.evil.example\n", "region" },
    { "[provider openai]\nca-file=certs.pem\n", "ca-file" },
    { "[provider openai]\nproxy=proxy.example:80\n", "socks5h" },
    { "[provider openai]\nproxy=http://user:pass@proxy.example\n", "HTTPS_PROXY" },
    { "[provider openai]\nheaders=X-Title\n", "headers" },
    { "[provider openai]\nheaders=X-A: 1;Authorization: Bearer x\n", "auth=" },
    { "[provider openai]\nheaders=X-A: 1\\nX-B: 2\n", "headers" },
    { "[provider openai]\nmodels=a\\nb\n", "models" },
    { "[provider azure]\nkey-env=KEY\n", "base-url" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      write_file (fixture, "config.ini", cases[i].text);
      g_assert_null (tw_config_load (fixture->folder, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
      g_assert_nonnull (g_strstr_len (error->message, -1, cases[i].named));
    }
}

static void
test_all_keys (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwConfig) config = NULL;
  const TwProvider *azure;

  write_file (fixture, "config.ini",
              "[provider azure]\nbase-url=https://r.openai.azure.com/openai/deployments/d\n"
              "api-version=2024-10-21\nauth=bearer\nregion=eu-west-1\nca-file=/etc/ca.pem\n"
              "proxy=socks5h://proxy.example:1080\nheaders=X-A: 1; X-B: two words\n");
  config = tw_config_load (fixture->folder, &error);
  g_assert_no_error (error);
  azure = tw_config_find_provider (config, "azure", NULL);
  g_assert_cmpstr (azure->api_version, ==, "2024-10-21");
  g_assert_cmpint (azure->credential, ==, TW_CREDENTIAL_BEARER);
  g_assert_cmpstr (azure->region, ==, "eu-west-1");
  g_assert_cmpstr (azure->ca_file, ==, "/etc/ca.pem");
  g_assert_cmpstr (azure->proxy, ==, "socks5h://proxy.example:1080");
  g_assert_cmpstr (azure->headers[1], ==, "X-B: two words");
  g_assert_cmpint (azure->hang_up, ==, TW_HANG_UP_ENDS_BILLING);
}

/* A known server on this machine may not be running, so it counts once it is set up. */
static void
test_servers_of_ones_own (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwConfig) config = tw_config_load (fixture->folder, NULL);

  g_assert_false (tw_provider_is_ready (tw_config_find_provider (config, "ollama", NULL)));
  g_clear_pointer (&config, tw_config_free);
  write_file (fixture, "config.ini", "[provider ollama]\n");
  config = tw_config_load (fixture->folder, NULL);
  g_assert_true (tw_provider_is_ready (tw_config_find_provider (config, "ollama", NULL)));
}

static void
test_policy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwConfig) config = NULL;

  write_file (fixture, "policy.ini", "[budget month]\nlimit=20\n");
  config = tw_config_load (fixture->folder, NULL);
  g_assert_nonnull (config->policy);
  g_assert_true (g_str_has_prefix (config->policy_path, fixture->folder));
}

static void
test_unknown_provider (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwConfig) config = tw_config_load (fixture->folder, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_config_find_provider (config, "nowhere", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_UNKNOWN_PROVIDER);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/client/config/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("nothing-configured", test_nothing_configured);
  ADD ("new-provider", test_new_provider);
  ADD ("key-way-replaces", test_key_way_replaces);
  ADD ("all-keys", test_all_keys);
  ADD ("servers-of-ones-own", test_servers_of_ones_own);
  ADD ("refused", test_refused);
  ADD ("policy", test_policy);
  ADD ("unknown-provider", test_unknown_provider);
  return g_test_run ();
}
