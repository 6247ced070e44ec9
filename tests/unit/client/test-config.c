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
  ADD ("refused", test_refused);
  ADD ("policy", test_policy);
  ADD ("unknown-provider", test_unknown_provider);
  return g_test_run ();
}
