/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/client/tw-provider-private.h"

static void
test_environment (void)
{
  TwProvider provider = { .id = (char *) "test", .key_env = (char *) "TW_TEST_KEY" };
  g_autofree char *key = NULL;

  g_setenv ("TW_TEST_KEY", "sk-1\n", TRUE);
  key = tw_provider_find_key (&provider, NULL);
  g_unsetenv ("TW_TEST_KEY");
  g_assert_cmpstr (key, ==, "sk-1");
}

static void
test_command (void)
{
  TwProvider provider = { .id = (char *) "test", .key_command = (char *) "printf 'sk-2\\nnoise'" };
  g_autoptr (GError) error = NULL;
  g_autofree char *key = tw_provider_find_key (&provider, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (key, ==, "sk-2");
}

static void
test_failing_commands (void)
{
  static const char *const commands[] = { "false", "true", "/nonexistent/command", "'unclosed" };

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      TwProvider provider = { .id = (char *) "test", .key_command = (char *) commands[i] };
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_provider_find_key (&provider, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_NO_KEY);
      g_assert_nonnull (g_strstr_len (error->message, -1, "key-command"));
    }
}

static void
test_three_ways_are_named (void)
{
  static const char *const ways[] = { "TW_UNSET_KEY", "key-command", "Secret Service" };
  TwProvider provider = { .id = (char *) "test", .key_env = (char *) "TW_UNSET_KEY" };
  g_autoptr (GError) error = NULL;

  g_assert_false (tw_provider_has_key (&provider));
  g_assert_null (tw_provider_find_key (&provider, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_NO_KEY);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    g_assert_nonnull (g_strstr_len (error->message, -1, ways[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/provider/environment", test_environment);
  g_test_add_func ("/client/provider/command", test_command);
  g_test_add_func ("/client/provider/failing-commands", test_failing_commands);
  g_test_add_func ("/client/provider/three-ways-are-named", test_three_ways_are_named);
  return g_test_run ();
}
