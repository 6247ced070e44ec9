/* SPDX-License-Identifier: MIT */
#include "update-fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LATER_VERSION "2026.05.01"

static char *
next_text (const char *version)
{
  return catalog_text (CATALOG_MODELS (FIVE_MODELS), version);
}

static void
revert (const char *version)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (cJSON) answer = NULL;
  char *text = tw_catalog_update_revert (&error);

  g_assert_no_error (error);
  answer = parse_answer (text);
  g_assert_cmpstr (tw_json_string (answer, "version"), ==, version);
  assert_in_force (version);
}

static void
test_previous_and_revert (Machine *machine, gconstpointer data)
{
  g_autofree char *first = next_text (NEXT_VERSION);
  g_autofree char *second = next_text (LATER_VERSION);
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_catalog_update_revert (&error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  install_text (machine, first);
  revert (BUILT_IN_VERSION);
  revert (NEXT_VERSION);
  install_text (machine, second);
  assert_in_force (LATER_VERSION);
  revert (NEXT_VERSION);
  revert (LATER_VERSION);
}

/* An update made while the built-in one is in force goes back to that, not to something older. */
static void
test_previous_of_the_built_in (Machine *machine, gconstpointer data)
{
  g_autofree char *first = next_text (NEXT_VERSION);
  g_autofree char *second = next_text (LATER_VERSION);

  install_text (machine, first);
  revert (BUILT_IN_VERSION);
  install_text (machine, second);
  revert (BUILT_IN_VERSION);
}

static void
test_modes (Machine *machine, gconstpointer data)
{
  g_autofree char *text = next_text (NEXT_VERSION);
  g_autofree char *path = tw_catalog_store_get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  struct stat info;

  install_text (machine, text);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (folder, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
}

static void
test_find (Machine *machine, gconstpointer data)
{
  g_autofree char *text = next_text (NEXT_VERSION);
  g_autofree char *path = tw_catalog_store_get_path ();
  g_autoptr (GError) error = NULL;

  assert_in_force (BUILT_IN_VERSION);
  install_text (machine, text);
  assert_in_force (NEXT_VERSION);

  /* An update of the library that is newer than the update of the catalogue. */
  machine_set_built_in (machine, LATER_VERSION);
  assert_in_force (LATER_VERSION);
  machine_set_built_in (machine, BUILT_IN_VERSION);

  /* What is damaged is said, with the file's name. */
  g_assert_true (g_file_set_contents (path, "{\"version\":\"20", -1, NULL));
  g_assert_null (tw_catalog_store_find (&error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_assert_nonnull (strstr (error->message, path));
}

/* A damaged update does not stand in the way of the next one. */
static void
test_damaged_is_replaced (Machine *machine, gconstpointer data)
{
  g_autofree char *first = next_text (NEXT_VERSION);
  g_autofree char *second = next_text (LATER_VERSION);
  g_autofree char *path = tw_catalog_store_get_path ();
  g_autoptr (TwCatalogUpdate) update = machine_make_update (machine, second);
  g_autoptr (cJSON) report = NULL;

  install_text (machine, first);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  report = check_update (update);
  g_assert_nonnull (strstr (tw_json_string (report, "fallback"), path));
  install_text (machine, second);
  assert_in_force (LATER_VERSION);
}

/* More than the limit lets be written, so that the write ends in the middle. */
static char *
long_text (void)
{
  g_autofree char *note = g_strnfill (100000, 'x');

  return catalog_text (
      CATALOG_MODELS (FIVE_MODELS ",{\"provider\":\"acme\",\"id\":\"long\",\"match\":["
                                  "{\"equals\":\"long\"}],\"rate_cards\":[" CARD (
                                      "base", "\"note\":\"%s\",\"prices\":{\"input\":\"3\"}") "]}"),
      LATER_VERSION, note);
}

/* Writes in a process of its own that may write no file of more than 20,000 bytes. */
static int
install_with_limit (const char *text, gboolean dies)
{
  const struct rlimit limit = { 20000, 20000 };
  pid_t child = fork ();
  int status;

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
      g_autoptr (cJSON) origin = cJSON_CreateObject ();
      g_autoptr (GError) error = NULL;

      signal (SIGXFSZ, dies ? SIG_DFL : SIG_IGN);
      if (setrlimit (RLIMIT_FSIZE, &limit) != 0)
        _exit (2);
      tw_catalog_store_install (bytes, origin, &error);
      _exit (error != NULL && strstr (error->message, "cannot be written") != NULL ? 0 : 1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  return status;
}

static void
test_interrupted (Machine *machine, gconstpointer data)
{
  g_autofree char *first = next_text (NEXT_VERSION);
  g_autofree char *second = long_text ();
  g_autofree char *path = tw_catalog_store_get_path ();
  g_autofree char *fresh = g_strconcat (path, ".new", NULL);
  g_autofree char *content = NULL;
  int status;

  install_text (machine, first);

  /* The write fails: the process says so, and tidies up. */
  status = install_with_limit (second, FALSE);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS));
  assert_in_force (NEXT_VERSION);

  /* The process dies in the middle of the write. What it left is in nobody's way. */
  status = install_with_limit (second, TRUE);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGXFSZ);
  g_assert_true (g_file_test (fresh, G_FILE_TEST_EXISTS));
  assert_in_force (NEXT_VERSION);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, first);

  install_text (machine, second);
  assert_in_force (LATER_VERSION);
  g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS));
}

static void
test_no_folder (Machine *machine, gconstpointer data)
{
  g_autofree char *text = next_text (NEXT_VERSION);
  g_autoptr (TwCatalogUpdate) update = machine_make_update (machine, text);
  g_autoptr (GError) error = NULL;

  g_free (machine_write (machine, "cache/tokenwise", "a file", -1));
  g_assert_null (tw_catalog_update_install (update, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_FAILED);
  assert_in_force (BUILT_IN_VERSION);
}

/* Files that are no catalogue, by what kind of file they are. */
static void
test_sources (Machine *machine, gconstpointer data)
{
  g_autofree char *big = machine_path (machine, "big.json");
  g_autoptr (GError) error = NULL;
  g_autofree char *pipe = machine_path (machine, "pipe");

  g_assert_null (tw_catalog_update_new_from_file (machine->folder, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_clear_error (&error);
  g_assert_null (tw_catalog_update_new_from_file ("/dev/zero", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_clear_error (&error);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_null (tw_catalog_update_new_from_file (pipe, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (big, "", 0, NULL));
  g_assert_cmpint (truncate (big, (16 << 20) + 1), ==, 0);
  g_assert_null (tw_catalog_update_new_from_file (big, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
}

/* Many at once: one of them is in force in the end, in full. */
static gpointer
install_in_thread (gpointer text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (TwCatalogUpdate) update = tw_catalog_update_new (bytes, NULL, "test");

  tw_catalog_update_accept (update, "unsigned", NULL);
  tw_catalog_update_accept (update, "older-version", NULL);
  return tw_catalog_update_install (update, NULL);
}

static void
test_at_once (Machine *machine, gconstpointer data)
{
  GThread *threads[8];
  char *texts[8];
  g_autofree char *answer = NULL;
  g_autoptr (cJSON) report = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autofree char *version = g_strdup_printf ("2026.04.%02u", i + 1);

      texts[i] = next_text (version);
      threads[i] = g_thread_new ("install", install_in_thread, texts[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autofree char *installed = g_thread_join (threads[i]);

      g_assert_nonnull (installed);
      g_free (texts[i]);
    }
  answer = tw_catalog_verify (NULL, NULL);
  g_assert_nonnull (answer);
  report = tw_json_parse (answer, -1, strlen (answer), NULL);
  g_assert_true (cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (report, "ok")));
  g_assert_true (cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (report, "updated")));
}

static void
add (const char *path, void (*test) (Machine *, gconstpointer))
{
  g_test_add (path, Machine, NULL, machine_set_up, test, machine_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/store/previous-and-revert", test_previous_and_revert);
  add ("/store/previous-of-the-built-in", test_previous_of_the_built_in);
  add ("/store/modes", test_modes);
  add ("/store/find", test_find);
  add ("/store/damaged-is-replaced", test_damaged_is_replaced);
  add ("/store/interrupted", test_interrupted);
  add ("/store/no-folder", test_no_folder);
  add ("/store/sources", test_sources);
  add ("/store/at-once", test_at_once);
  return g_test_run ();
}
