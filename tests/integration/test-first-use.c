/* SPDX-License-Identifier: MIT */
/* What a program does not use is not loaded: SQLite comes with the first ledger, libcurl with the
 * first request, libsecret with the first key that the Secret Service has. The tests run in this
 * order, in one process. */
#include <libtokenwise/tokenwise.h>

#include <glib/gstdio.h>
#include <string.h>

#define MODEL "openai/gpt-4o-mini"

/* Nobody listens on the port "discard" of a machine of our time. */
static const char config[] = "[provider openai]\n"
                             "dialect=openai-chat\n"
                             "base-url=http://127.0.0.1:9/v1\n"
                             "%s\n";

static gboolean
is_mapped (const char *library)
{
  g_autofree char *maps = NULL;
  g_autofree char *name = g_strconcat ("/", library, NULL);

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  return strstr (maps, name) != NULL;
}

static TwClient *
make_client (const char *key_line)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (g_getenv ("XDG_CONFIG_HOME"), "tokenwise", NULL);
  g_autofree char *path = g_build_filename (folder, "config.ini", NULL);
  g_autofree char *text = g_strdup_printf (config, key_line);
  TwClient *client;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  client = tw_client_new (NULL, &error);
  g_assert_no_error (error);
  return client;
}

/* NULL when all went well, which it does not here unless simulated. */
static GError *
send_hello (TwClient *client)
{
  g_autoptr (TwRequest) request = tw_request_new (MODEL);
  g_autoptr (TwReply) reply = NULL;
  GError *error = NULL;
  TwEvent *event;

  tw_request_add_text (request, TW_ROLE_USER, "Hello there");
  reply = tw_client_send (client, request, NULL, &error);
  while (reply != NULL && (event = tw_reply_next (reply, NULL, &error)) != NULL)
    tw_event_free (event);
  return error;
}

static void
test_count (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (tw_encoding_count ("o200k_base", "Hello there", -1, &error), ==, 2);
  g_assert_no_error (error);
  g_assert_true (is_mapped ("libtokenwise"));
  g_assert_false (is_mapped ("libsqlite3"));
  g_assert_false (is_mapped ("libcurl"));
  g_assert_false (is_mapped ("libsecret"));
}

static void
test_estimate_and_sandbox (void)
{
  g_autoptr (TwClient) client = make_client ("key-env=TW_TEST_KEY");
  g_autoptr (TwRequest) request = tw_request_new (MODEL);
  g_autoptr (TwEstimate) estimate = NULL;
  g_autoptr (GError) error = NULL;

  tw_request_add_text (request, TW_ROLE_USER, "Hello there");
  estimate = tw_client_estimate (client, request, &error);
  g_assert_no_error (error);
  tw_client_set_sandbox (client, TRUE);
  error = send_hello (client);
  g_assert_no_error (error);
  g_assert_true (is_mapped ("libsqlite3"));
  g_assert_false (is_mapped ("libcurl"));
  g_assert_false (is_mapped ("libsecret"));
}

static void
test_send (void)
{
  g_autoptr (TwClient) client = make_client ("key-env=TW_TEST_KEY");
  g_autoptr (GError) error = send_hello (client);

  g_assert_error (error, TW_ERROR, TW_ERROR_CONNECTION);
  g_assert_true (is_mapped ("libcurl"));
  g_assert_false (is_mapped ("libsecret"));
}

static void
test_secret (void)
{
  g_autoptr (TwClient) client = make_client ("secret=openai");
  g_autoptr (GError) error = NULL;

  g_unsetenv ("OPENAI_API_KEY");
  error = send_hello (client);
  g_assert_error (error, TW_ERROR, TW_ERROR_NO_KEY);
  g_assert_nonnull (strstr (error->message, "Secret Service"));
  g_assert_null (strstr (error->message, "could not be loaded"));
  g_assert_true (is_mapped ("libsecret"));
}

int
main (int argc, char **argv)
{
  g_autofree char *home = g_dir_make_tmp ("tokenwise-first-use-XXXXXX", NULL);
  char *remove_home[] = { (char *) "rm", (char *) "-r", home, NULL };
  int status;

  g_assert_nonnull (home);
  for (guint i = 0; i < 3; i++)
    g_setenv ((const char *[]){ "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME" }[i], home,
              TRUE);
  g_setenv ("TW_TEST_KEY", "sk-test-not-a-real-key", TRUE);
  g_setenv ("TOKENWISE_SANDBOX_SPEED", "0", TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/first-use/count", test_count);
  g_test_add_func ("/first-use/estimate-and-sandbox", test_estimate_and_sandbox);
  g_test_add_func ("/first-use/send", test_send);
  g_test_add_func ("/first-use/secret", test_secret);
  status = g_test_run ();
  g_assert_true (g_spawn_sync (NULL, remove_home, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                               NULL, NULL));
  return status;
}
