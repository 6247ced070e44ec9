/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/message/tw-event-private.h"
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

#define PART(members) "{\"messages\":[{\"role\":\"user\",\"content\":[{" members "}]}]}"
#define WITH(member) "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]," member "}"

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
    { PART ("\"type\":\"text\",\"text\":\"x\",\"cache\":\"2h\""), "2h" },
    { PART ("\"type\":\"text\",\"text\":\"x\",\"cache\":true"), "cache" },
    { PART ("\"type\":\"text\",\"text\":\"x\",\"cach\":\"5m\""), "cach" },
    { PART ("\"type\":\"image\",\"url\":\"https://a.b/c\",\"detail\":\"huge\""), "huge" },
    { PART ("\"type\":\"file\",\"url\":\"https://a.b/c\",\"detail\":\"low\""), "detail" },
    { PART ("\"type\":\"reasoning\""), "signature" },
    { PART ("\"type\":\"reasoning\",\"text\":\"x\",\"sign\":\"s\""), "sign" },
    { WITH ("\"cache\":\"5m\""), "cache" },
    { WITH ("\"cache\":{\"tool\":\"5m\"}"), "tool" },
    { WITH ("\"cache\":{\"tools\":\"5 minutes\"}"), "5 minutes" },
    { WITH ("\"metadata\":{\"n\":1}"), "n" },
    { WITH ("\"metadata\":[]"), "metadata" },
    { WITH ("\"tags\":{\"n\":1}"), "n" },
    { WITH ("\"tools\":[{\"name\":\"f\",\"strict\":1}]"), "strict" },
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

static const TwPart *
get_part (TwRequest *request, guint message, guint part)
{
  const TwMessage *found = g_ptr_array_index (request->messages, message);

  return g_ptr_array_index (found->parts, part);
}

/* What steers caches, and what is sent back. */
static void
test_cache_and_reasoning (void)
{
  static const char json[]
      = "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"url\":"
        "\"https://example.org/a\",\"detail\":\"low\",\"cache\":\"1h\"}]},{\"role\":\"assistant\","
        "\"content\":[{\"type\":\"reasoning\",\"text\":\"t\",\"signature\":\"s\"},{\"type\":"
        "\"reasoning\",\"signature\":\"r\"},{\"type\":\"tool_call\",\"id\":\"i\",\"name\":\"f\","
        "\"signature\":\"g\"}]}],\"cache\":{\"key\":\"k\",\"system\":\"5m\",\"tools\":null},"
        "\"metadata\":{\"a\":\"b\"},\"tools\":[{\"name\":\"f\",\"strict\":true}]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRequest) request = tw_request_new_from_json (json, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (get_part (request, 0, 0)->detail, ==, "low");
  g_assert_cmpstr (get_part (request, 0, 0)->cache, ==, "1h");
  g_assert_cmpint (get_part (request, 1, 0)->kind, ==, TW_PART_REASONING);
  g_assert_cmpstr (get_part (request, 1, 0)->text, ==, "t");
  g_assert_cmpstr (get_part (request, 1, 0)->signature, ==, "s");
  g_assert_cmpstr (get_part (request, 1, 1)->text, ==, "");
  g_assert_cmpstr (get_part (request, 1, 2)->signature, ==, "g");
  g_assert_cmpstr (request->cache_key, ==, "k");
  g_assert_cmpstr (request->cache_system, ==, "5m");
  g_assert_null (request->cache_tools);
  g_assert_cmpstr (g_hash_table_lookup (request->metadata, "a"), ==, "b");
  g_assert_true (((TwTool *) g_ptr_array_index (request->tools, 0))->strict);
}

static void
add_event (TwRequest *request, TwEvent *take_event)
{
  g_autoptr (TwEvent) event = take_event;

  tw_request_add_event (request, event);
}

/* A reply becomes one message: texts joined, each block of reasoning with its own signature. */
static void
test_add_events (void)
{
  g_autoptr (TwRequest) request = tw_request_new (NULL);

  tw_request_add_text (request, TW_ROLE_USER, "Hi");
  add_event (request, tw_event_new (TW_EVENT_START, "m"));
  add_event (request, tw_event_new (TW_EVENT_REASONING, "a"));
  add_event (request, tw_event_new (TW_EVENT_REASONING, "b"));
  add_event (request, tw_event_new_signature ("s1"));
  add_event (request, tw_event_new (TW_EVENT_REASONING, "c"));
  add_event (request, tw_event_new_signature (TW_REDACTED_PREFIX "z"));
  add_event (request, tw_event_new_signature ("s2"));
  add_event (request, tw_event_new (TW_EVENT_TEXT, "x"));
  add_event (request, tw_event_new (TW_EVENT_TEXT, "y"));
  add_event (request, tw_event_new_tool_call ("i", "f", "{}"));
  add_event (request, tw_event_new (TW_EVENT_END, "stop"));
  tw_request_add_tool_result (request, "i", "1");
  tw_request_add_tool_result (request, "j", "2");
  g_assert_cmpuint (tw_request_get_n_messages (request), ==, 3);
  g_assert_cmpuint (((TwMessage *) g_ptr_array_index (request->messages, 1))->parts->len, ==, 6);
  g_assert_cmpstr (get_part (request, 1, 0)->text, ==, "ab");
  g_assert_cmpstr (get_part (request, 1, 0)->signature, ==, "s1");
  g_assert_cmpstr (get_part (request, 1, 1)->text, ==, "c");
  g_assert_null (get_part (request, 1, 1)->signature);
  g_assert_cmpstr (get_part (request, 1, 2)->signature, ==, TW_REDACTED_PREFIX "z");
  g_assert_cmpstr (get_part (request, 1, 3)->signature, ==, "s2");
  g_assert_cmpstr (get_part (request, 1, 4)->text, ==, "xy");
  g_assert_cmpstr (get_part (request, 1, 5)->name, ==, "f");
  g_assert_cmpstr (get_part (request, 2, 1)->id, ==, "j");
}

static void
test_attach_and_mark (void)
{
  g_autoptr (TwRequest) request = tw_request_new (NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("ABC", 3);

  tw_request_mark_cache (request, "1h");
  tw_request_add_text (request, TW_ROLE_USER, "Hi");
  tw_request_attach (request, bytes, "image/png", NULL);
  tw_request_attach (request, bytes, "application/pdf", "a.pdf");
  tw_request_mark_cache (request, "5m");
  tw_request_set_cache_key (request, "k");
  tw_request_set_metadata (request, "a", "b");
  tw_request_set_metadata (request, "a", NULL);
  g_assert_cmpstr (request->cache_system, ==, "1h");
  g_assert_cmpuint (tw_request_get_n_messages (request), ==, 1);
  g_assert_cmpint (get_part (request, 0, 1)->kind, ==, TW_PART_IMAGE);
  g_assert_cmpstr (get_part (request, 0, 1)->data, ==, "QUJD");
  g_assert_null (get_part (request, 0, 1)->cache);
  g_assert_cmpint (get_part (request, 0, 2)->kind, ==, TW_PART_FILE);
  g_assert_cmpstr (get_part (request, 0, 2)->name, ==, "a.pdf");
  g_assert_cmpstr (get_part (request, 0, 2)->cache, ==, "5m");
  g_assert_cmpstr (request->cache_key, ==, "k");
  g_assert_cmpuint (g_hash_table_size (request->metadata), ==, 0);
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
  g_test_add_func ("/message/request/cache-and-reasoning", test_cache_and_reasoning);
  g_test_add_func ("/message/request/add-events", test_add_events);
  g_test_add_func ("/message/request/attach-and-mark", test_attach_and_mark);
  return g_test_run ();
}
