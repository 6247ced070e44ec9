/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/message/tw-request-private.h"

#include <glib/gstdio.h>
#include <math.h>

static const char full[]
    = "{\"model\":\"openai/gpt-4o\",\"system\":\"Be brief.\",\"messages\":["
      "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"},"
      "{\"type\":\"image\",\"data\":\"AAAA\",\"media_type\":\"image/png\"}]},"
      "{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_call\",\"id\":\"c1\","
      "\"name\":\"f\",\"arguments\":{\"a\":1}}]},"
      "{\"role\":\"tool\",\"content\":[{\"type\":\"tool_result\",\"id\":\"c1\",\"content\":\"2\"}]}"
      "],"
      "\"tools\":[{\"name\":\"f\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"}}],"
      "\"tool_choice\":\"auto\",\"max_output_tokens\":100,\"temperature\":0.5,\"stop\":[\"END\"],"
      "\"reasoning_effort\":\"low\",\"response_format\":{\"type\":\"json_schema\",\"name\":\"n\","
      "\"schema\":{\"type\":\"object\"}},\"service_tier\":\"flex\","
      "\"tags\":{\"workflow\":\"w\"},\"data_class\":\"internal\"}";

static void
test_full (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRequest) request = tw_request_new_from_json (full, &error);
  const TwMessage *first;
  const TwMessage *second;

  g_assert_no_error (error);
  g_assert_cmpstr (request->model, ==, "openai/gpt-4o");
  g_assert_cmpstr (request->system, ==, "Be brief.");
  g_assert_cmpuint (tw_request_get_n_messages (request), ==, 3);
  first = g_ptr_array_index (request->messages, 0);
  g_assert_cmpuint (first->parts->len, ==, 2);
  second = g_ptr_array_index (request->messages, 1);
  g_assert_cmpstr (((TwPart *) g_ptr_array_index (second->parts, 0))->arguments, ==, "{\"a\":1}");
  g_assert_cmpint (tw_request_get_max_output_tokens (request), ==, 100);
  g_assert_cmpfloat (request->temperature, ==, 0.5);
  g_assert_cmpstr (request->stop[0], ==, "END");
  g_assert_cmpstr (tw_request_get_tag (request, "workflow"), ==, "w");
  g_assert_cmpstr (request->schema_name, ==, "n");
}

static void
test_minimal (void)
{
  g_autoptr (TwRequest) request
      = tw_request_new_from_json ("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}", NULL);

  g_assert_cmpstr (request->model, ==, "auto");
  g_assert_cmpint (request->max_output_tokens, ==, 0);
  g_assert_true (isnan (request->temperature));
  g_assert_true (request->stream);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *json;
    const char *named;
  } cases[] = {
    { "[]", "object" },
    { "{\"messages\"", "cannot be read" },
    { "{}", "messages" },
    { "{\"messages\":[]}", "messages" },
    { "{\"mesages\":[]}", "mesages" },
    { "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":5}", "max_tokens" },
    { "{\"messages\":[{\"role\":\"bot\",\"content\":\"x\"}]}", "bot" },
    { "{\"messages\":[{\"role\":\"user\",\"text\":\"x\"}]}", "text" },
    { "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"sound\"}]}]}", "sound" },
    { "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\"}]}]}", "path" },
    { "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_output_tokens\":0}",
      "max_output_tokens" },
    { "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"temperature\":\"hot\"}",
      "temperature" },
    { "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\","
      "\"path\":\"/nonexistent/x.png\"}]}]}",
      "/nonexistent/x.png" },
    { "{\"messages\":[{\"role\":\"system\",\"content\":\"x\"}]}", "instructions" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_request_new_from_json (cases[i].json, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
      g_assert_nonnull (g_strstr_len (error->message, -1, cases[i].named));
    }
}

static void
test_path_is_read (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "tw-test-XXXXXX.png", NULL);
  g_autofree char *json = NULL;
  g_autoptr (TwRequest) request = NULL;
  const TwMessage *message;
  const TwPart *part;
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, "\x89PNG", 4, NULL));
  json = g_strdup_printf ("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\","
                          "\"path\":\"%s\"}]}]}",
                          path);
  request = tw_request_new_from_json (json, NULL);
  g_unlink (path);
  message = g_ptr_array_index (request->messages, 0);
  part = g_ptr_array_index (message->parts, 0);
  g_assert_cmpstr (part->data, ==, "iVBORw==");
  g_assert_cmpstr (part->media_type, ==, "image/png");
}

static void
test_system_texts_join (void)
{
  g_autoptr (TwRequest) request = tw_request_new (NULL);

  tw_request_add_text (request, TW_ROLE_SYSTEM, "One.");
  tw_request_add_text (request, TW_ROLE_USER, "Hi");
  tw_request_add_text (request, TW_ROLE_SYSTEM, "Two.");
  g_assert_cmpstr (request->system, ==, "One.\n\nTwo.");
  g_assert_cmpuint (tw_request_get_n_messages (request), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/request/full", test_full);
  g_test_add_func ("/message/request/minimal", test_minimal);
  g_test_add_func ("/message/request/refused", test_refused);
  g_test_add_func ("/message/request/path-is-read", test_path_is_read);
  g_test_add_func ("/message/request/system-texts-join", test_system_texts_join);
  return g_test_run ();
}
