/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/tokens/tw-counter-private.h"
#include "libtokenwise/tokens/tw-encoding-private.h"

#include <glib/gstdio.h>

static char *folder;

/* A vocabulary in tiktoken's form: all bytes, then "he" and "hello". */
static char *
write_ranks (const char *name)
{
  static const char *const words[] = { "he", "ll", "hell", "hello" };
  g_autoptr (GString) text = g_string_new (NULL);
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 256 + G_N_ELEMENTS (words); i++)
    {
      guchar byte = (guchar) i;
      g_autofree char *encoded
          = i < 256 ? g_base64_encode (&byte, 1)
                    : g_base64_encode ((const guchar *) words[i - 256], strlen (words[i - 256]));

      g_string_append_printf (text, "%s %u\n", encoded, i);
    }
  g_file_set_contents (path, text->str, (gssize) text->len, &error);
  g_assert_no_error (error);
  return path;
}

static gboolean
is_listed (const char *name)
{
  g_auto (GStrv) names = tw_encoding_list ();

  return g_strv_contains ((const char *const *) names, name);
}

static void
test_add_and_remove (void)
{
  g_autofree char *path = write_ranks ("Cl100k-Small.tiktoken");
  g_autoptr (GError) error = NULL;
  g_autofree char *name = tw_encoding_add_file (path, NULL, &error);
  g_autofree char *described = NULL;
  TwTokenCount count;

  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, "cl100k-small");
  g_assert_true (is_listed (name));
  g_assert_cmpint (tw_encoding_count (name, "hello he!", -1, NULL), ==, 4);
  described = tw_encoding_describe_json (name, NULL);
  g_assert_nonnull (strstr (described, "\"tokens\":260,\"added\":true,\"file\":\""));
  g_assert_nonnull (strstr (described, "\"pretokenizer\":\"cl100k\""));

  /* What has a vocabulary is counted exactly, whatever family its name is of. */
  g_assert_true (tw_count_text (name, "hello", 5, &count, NULL));
  g_assert_true (count.exact);
  g_assert_cmpint (count.tokens, ==, 1);
  g_assert_cmpstr (count.encoding, ==, name);

  g_assert_true (tw_encoding_remove (name, &error));
  g_assert_no_error (error);
  g_assert_false (is_listed (name));
  g_assert_false (tw_encoding_remove (name, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

/* A family that has no vocabulary of its own gets one so. */
static void
test_add_for_a_family (void)
{
  g_autofree char *path = write_ranks ("cl100k.tiktoken");
  g_autofree char *name = NULL;
  TwTokenCount count;

  g_assert_true (tw_count_text ("kimi", "hello", 5, &count, NULL));
  g_assert_false (count.exact);
  name = tw_encoding_add_file (path, "kimi", NULL);
  g_assert_cmpstr (name, ==, "kimi");
  g_assert_true (tw_count_text ("kimi", "hello", 5, &count, NULL));
  g_assert_true (count.exact);
  g_assert_true (tw_encoding_remove (name, NULL));
}

static void
test_names (void)
{
  static const char *const bad[] = {
    "",
    ".",
    "..",
    "../x",
    "a/b",
    ".x",
    "-x",
    "UPPER",
    "a b",
    "ä",
    "o200k_base",
    "o200k_harmony",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  };
  g_autofree char *path = write_ranks ("cl100k.tiktoken");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (tw_encoding_add_file (path, bad[i], &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
      g_clear_error (&error);
      g_assert_false (tw_encoding_remove (bad[i], &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
    }
}

static void
test_describe_built_in (void)
{
  g_auto (GStrv) names = tw_encoding_list ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *text = tw_encoding_describe_json (names[i], NULL);
      g_autoptr (cJSON) json = tw_json_parse (text, -1, 4096, NULL);
      gint64 tokens = 0;
      gint64 size = 0;

      g_assert_cmpstr (tw_json_string (json, "name"), ==, names[i]);
      g_assert_true (cJSON_IsFalse (cJSON_GetObjectItemCaseSensitive (json, "added")));
      g_assert_true (tw_json_integer (json, "tokens", &tokens));
      g_assert_cmpint (tokens, >, 30000);
      g_assert_true (tw_json_integer (json, "size", &size));
      g_assert_cmpint (size, >, tokens * 8);
      g_assert_true (g_file_test (tw_json_string (json, "file"), G_FILE_TEST_IS_REGULAR));
    }
}

static void
test_damaged_when_added (void)
{
  g_autofree char *path = write_ranks ("cl100k.tiktoken");
  g_autofree char *name = tw_encoding_add_file (path, "damaged", NULL);
  g_autofree char *added = tw_encoding_added_folder ();
  g_autofree char *compiled = g_build_filename (added, "damaged.tokbin", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (name, ==, "damaged");
  g_assert_true (g_file_set_contents (compiled, "TWTOKBIN", -1, NULL));
  g_assert_cmpint (tw_encoding_count (name, "x", -1, &error), ==, -1);
  g_assert_error (error, TW_ERROR, TW_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "vocab add"));
  g_assert_true (tw_encoding_remove (name, NULL));
}

int
main (int argc, char **argv)
{
  int status;
  g_autofree char *cleanup = NULL;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("tokenwise-add-XXXXXX", NULL);
  g_setenv ("XDG_CACHE_HOME", folder, TRUE);
  g_test_add_func ("/tokens/encoding-add/add-and-remove", test_add_and_remove);
  g_test_add_func ("/tokens/encoding-add/for-a-family", test_add_for_a_family);
  g_test_add_func ("/tokens/encoding-add/names", test_names);
  g_test_add_func ("/tokens/encoding-add/describe-built-in", test_describe_built_in);
  g_test_add_func ("/tokens/encoding-add/damaged", test_damaged_when_added);
  status = g_test_run ();
  cleanup = g_strdup_printf ("rm -r '%s'", folder);
  return g_spawn_command_line_sync (cleanup, NULL, NULL, NULL, NULL) ? status : 1;
}
