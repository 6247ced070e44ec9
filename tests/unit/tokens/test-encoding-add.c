/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/message/tw-request.h"
#include "libtokenwise/tokens/tw-counter-private.h"
#include "libtokenwise/tokens/tw-encoding-private.h"
#include "libtokenwise/tokens/tw-text-counter.h"

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

/* ⟨bow⟩ and ⟨eow⟩ are a word's begin and end. */
static char *
write_pieces (guint overhead, gboolean is_claude_3)
{
  g_autofree char *json
      = g_strdup_printf ("{\"meta\":{\"message_overhead\":%u,\"fold_quotes\":%s,"
                         "\"allcaps_min\":%s},\"tokens\":{\"w\":[\"⟨bow⟩the⟨eow⟩\","
                         "\"⟨bow⟩cat⟨eow⟩\"],\"bytes_fallback\":[\"e4b8\",\"f09f\"],"
                         "\"contractions\":[\"'s\"]}}",
                         overhead, is_claude_3 ? "true" : "false", is_claude_3 ? "4" : "null");
  char *path = g_build_filename (folder, "pieces.json", NULL);

  g_assert_true (g_file_set_contents (path, json, -1, NULL));
  return path;
}

static TwRequest *
request_of (const char *model, const char *text)
{
  TwRequest *request = tw_request_new (model);

  tw_request_add_text (request, TW_ROLE_USER, text);
  return request;
}

static void
check_no_ids (const char *name)
{
  static const guint32 id = 1;
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_encoding_encode (name, "the", 3, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (tw_encoding_decode (name, &id, 1, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_cmpint (tw_encoding_truncate (name, "the", 3, 1, NULL, &error), ==, -1);
  g_assert_error (error, TW_ERROR, TW_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (tw_text_counter_new (name, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_UNSUPPORTED);
}

static void
test_add_pieces (void)
{
  static const char *const texts[] = { "the cat", "", "the" };
  g_autofree char *path = write_pieces (7, TRUE);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = tw_encoding_add_file (path, NULL, &error);
  g_autofree char *described = tw_encoding_describe_json (name, NULL);
  g_autoptr (TwRequest) request = request_of ("anthropic/claude-haiku-4-5", "the cat");
  TwCountTarget target = { .tokenizer = "claude-3", .model = "anthropic/claude-haiku-4-5" };
  TwTokenCount count;
  TwRequestCount whole;
  gint64 counts[3];

  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, "claude-3");
  g_assert_true (is_listed (name));
  g_assert_nonnull (strstr (described, "\"pretokenizer\":\"claude\""));
  g_assert_cmpint (tw_encoding_count (name, "the cat", -1, NULL), ==, 2);
  g_assert_true (tw_encoding_count_many (name, texts, NULL, 3, counts, NULL));
  g_assert_cmpint (counts[0] * 100 + counts[1] * 10 + counts[2], ==, 201);
  check_no_ids (name);

  g_assert_true (tw_count_text (name, "the cat", 7, &count, NULL));
  g_assert_cmpint (count.tokens, ==, 2);
  g_assert_true (count.exact);
  g_assert_cmpint (count.basis, ==, TW_BASIS_RECONSTRUCTED);
  g_assert_null (count.missing);
  g_assert_true (tw_count_request (&target, request, NULL, &whole, NULL));
  g_assert_cmpint (whole.total.tokens, ==, 9);
  g_assert_true (whole.total.exact);
  tw_request_add_text (request, TW_ROLE_SYSTEM, "the");
  g_assert_true (tw_count_request (&target, request, NULL, &whole, NULL));
  g_assert_cmpint (whole.system, ==, 1);
  g_assert_false (whole.total.exact);

  g_assert_true (tw_encoding_remove (name, &error));
  g_assert_false (is_listed (name));
}

/* One vocabulary in two frames: what is remembered of a text in one is not taken for the other. */
static void
test_pieces_of_claude_5 (void)
{
  g_autofree char *path = write_pieces (11, FALSE);
  g_autofree char *name = tw_encoding_add_file (path, NULL, NULL);
  g_autofree char *padding = g_strnfill (300, '1');
  g_autofree char *text = g_strconcat (padding, "the \n", NULL);
  g_autoptr (TwCountMemo) memo = tw_count_memo_new ();
  TwCountTarget targets[] = { { .tokenizer = "claude-4.7", .model = "anthropic/claude-opus-4-7" },
                              { .tokenizer = "claude-5", .model = "anthropic/claude-opus-5" } };
  TwRequestCount counts[2];

  g_assert_cmpstr (name, ==, "claude-4.7");
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (TwRequest) request = request_of (targets[i].model, text);
      TwTokenCount alone;

      g_assert_true (tw_count_request (&targets[i], request, memo, &counts[i], NULL));
      g_assert_true (tw_count_text (targets[i].tokenizer, text, strlen (text), &alone, NULL));
      g_assert_cmpint (counts[i].messages, ==, alone.tokens);
      g_assert_cmpint (counts[i].framing, ==, i == 0 ? 11 : 6);
      g_assert_cmpstr (counts[i].total.encoding, ==, "claude-4.7");
    }
  g_assert_true (counts[0].total.exact);
  g_assert_cmpint (counts[0].total.basis, ==, TW_BASIS_RECONSTRUCTED);
  g_assert_false (counts[1].total.exact);
  g_assert_cmpint (counts[1].total.basis, ==, TW_BASIS_MEASURED);
  g_assert_cmpint (counts[1].total.low, <, counts[1].total.tokens);
  g_assert_cmpint (counts[1].messages, <, counts[0].messages);
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
  g_test_add_func ("/tokens/encoding-add/pieces", test_add_pieces);
  g_test_add_func ("/tokens/encoding-add/pieces-of-claude-5", test_pieces_of_claude_5);
  g_test_add_func ("/tokens/encoding-add/names", test_names);
  g_test_add_func ("/tokens/encoding-add/describe-built-in", test_describe_built_in);
  g_test_add_func ("/tokens/encoding-add/damaged", test_damaged_when_added);
  status = g_test_run ();
  cleanup = g_strdup_printf ("rm -r '%s'", folder);
  return g_spawn_command_line_sync (cleanup, NULL, NULL, NULL, NULL) ? status : 1;
}
