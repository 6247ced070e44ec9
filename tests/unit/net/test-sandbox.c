/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"

#include "test-fetch.h"

#include <string.h>

/* A token is a word here: easy to check by hand. */
static gint64
count_words (const char *text, gsize length, gpointer user_data)
{
  gint64 n = 0;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (text[i]) && (i == 0 || g_ascii_isspace (text[i - 1])))
      n++;
  return n;
}

typedef enum
{
  OPENAI,
  ANTHROPIC,
  N_DIALECTS,
} Dialect;

static const char *const paths[] = { "/v1/chat/completions", "/v1/messages" };

static Fetch *
ask_path (double speed, FetchMode mode, const char *path, const char *body)
{
  g_autoptr (TwTransport) transport = tw_sandbox_transport_new (count_words, NULL, speed);
  g_autofree char *url = g_strconcat ("https://sandbox.invalid", path, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr (TwHttpRequest) request = tw_http_request_new ("POST", url, bytes);

  return fetch (transport, mode, request, NULL);
}

static char *
make_body (const char *text, gint64 max_tokens, gboolean stream)
{
  return g_strdup_printf ("{\"model\":\"m-1\",\"max_tokens\":%" G_GINT64_FORMAT ",\"stream\":%s,"
                          "\"stream_options\":{\"include_usage\":true},"
                          "\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}",
                          max_tokens, stream ? "true" : "false", text);
}

static Fetch *
ask (FetchMode mode, Dialect dialect, const char *text, gint64 max_tokens, gboolean stream)
{
  g_autofree char *body = make_body (text, max_tokens, stream);

  return ask_path (0.0, mode, paths[dialect], body);
}

static cJSON *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  cJSON *json = tw_json_parse (text, -1, 1u << 20, &error);

  g_assert_no_error (error);
  return json;
}

static gint64
get_integer (const cJSON *json, const char *key)
{
  gint64 value = -1;

  g_assert_true (tw_json_integer (json, key, &value));
  return value;
}

/* What a client makes of a reply. */
typedef struct
{
  GString *text;
  char *finish;
  gint64 input;
  gint64 output;
  guint n_pieces;
  gboolean complete;
} Seen;

static void
seen_clear (Seen *seen)
{
  g_string_free (seen->text, TRUE);
  g_free (seen->finish);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seen, seen_clear)

static void
see_finish (Seen *seen, const char *finish)
{
  if (finish == NULL)
    return;
  g_assert_null (seen->finish);
  seen->finish = g_strdup (finish);
}

static void
see_openai (Seen *seen, const cJSON *json)
{
  const cJSON *choice = cJSON_GetArrayItem (tw_json_array (json, "choices"), 0);
  const cJSON *usage = tw_json_object (json, "usage");
  const cJSON *message = tw_json_object (choice, "message");
  const char *content;

  if (message == NULL)
    message = tw_json_object (choice, "delta");
  content = tw_json_string (message, "content");
  g_assert_cmpstr (tw_json_string (json, "model"), ==, "m-1");
  g_assert_cmpstr (tw_json_string (json, "service_tier"), ==, "default");
  g_string_append (seen->text, content != NULL ? content : "");
  see_finish (seen, tw_json_string (choice, "finish_reason"));
  if (usage == NULL)
    return;
  seen->input = get_integer (usage, "prompt_tokens");
  seen->output = get_integer (usage, "completion_tokens");
  g_assert_cmpint (get_integer (usage, "total_tokens"), ==, seen->input + seen->output);
}

static void
see_anthropic_message (Seen *seen, const cJSON *message)
{
  const cJSON *block = cJSON_GetArrayItem (tw_json_array (message, "content"), 0);
  const char *text = tw_json_string (block, "text");
  const cJSON *usage = tw_json_object (message, "usage");

  g_assert_cmpstr (tw_json_string (message, "model"), ==, "m-1");
  g_string_append (seen->text, text != NULL ? text : "");
  see_finish (seen, tw_json_string (message, "stop_reason"));
  seen->input = get_integer (usage, "input_tokens");
  seen->output = get_integer (usage, "output_tokens");
}

static void
see_anthropic (Seen *seen, const cJSON *json)
{
  const char *type = tw_json_string (json, "type");
  const cJSON *delta = tw_json_object (json, "delta");

  if (strcmp (type, "message") == 0)
    see_anthropic_message (seen, json);
  else if (strcmp (type, "message_start") == 0)
    see_anthropic_message (seen, tw_json_object (json, "message"));
  else if (strcmp (type, "content_block_delta") == 0)
    g_string_append (seen->text, tw_json_string (delta, "text"));
  else if (strcmp (type, "message_delta") == 0)
    {
      see_finish (seen, tw_json_string (delta, "stop_reason"));
      seen->output = get_integer (tw_json_object (json, "usage"), "output_tokens");
    }
  else if (strcmp (type, "message_stop") == 0)
    seen->complete = TRUE;
}

static void
see_event (Seen *seen, Dialect dialect, const char *event)
{
  const char *data = strstr (event, "data: ");
  g_autoptr (cJSON) json = NULL;

  g_assert_nonnull (data);
  if (strcmp (data + 6, "[DONE]") == 0)
    {
      seen->complete = TRUE;
      return;
    }
  json = parse (data + 6);
  seen->n_pieces++;
  if (dialect == OPENAI)
    {
      g_assert_true (data == event);
      see_openai (seen, json);
      return;
    }
  /* The event's name is the type inside it. */
  g_assert_true (g_str_has_prefix (event, "event: "));
  g_assert_true (g_str_has_prefix (event + 7, tw_json_string (json, "type")));
  see_anthropic (seen, json);
}

static void
see (Seen *seen, Dialect dialect, gboolean stream, const char *body)
{
  g_auto (GStrv) events = g_strsplit (body, "\n\n", -1);
  g_autoptr (cJSON) json = NULL;

  seen->text = g_string_new (NULL);
  for (guint i = 0; stream && events[i] != NULL; i++)
    if (*events[i] != '\0')
      see_event (seen, dialect, events[i]);
  if (stream)
    return;
  json = parse (body);
  if (dialect == OPENAI)
    see_openai (seen, json);
  else
    see_anthropic (seen, json);
  seen->complete = TRUE;
}

static void
check_reply (FetchMode mode, Dialect dialect, gboolean stream)
{
  const char *finish = dialect == OPENAI ? "stop" : "end_turn";
  g_autoptr (Fetch) got = ask (mode, dialect, "Say *hello* to the world", 4000, stream);
  g_auto (Seen) seen = { 0 };

  g_assert_no_error (got->error);
  g_assert_cmpuint (got->status, ==, 200);
  g_assert_cmpstr (got->headers[0], ==,
                   stream ? "Content-Type: text/event-stream" : "Content-Type: application/json");
  see (&seen, dialect, stream, got->body->str);
  g_assert_true (seen.complete);
  g_assert_cmpstr (seen.finish, ==, finish);
  g_assert_cmpint (seen.input, ==, 5);
  g_assert_cmpint (seen.output, ==, count_words (seen.text->str, seen.text->len, NULL));
  g_assert_true (g_str_has_prefix (seen.text->str, "**Simulated reply.**"));
  g_assert_nonnull (strstr (seen.text->str, "nothing was billed"));
  g_assert_nonnull (strstr (seen.text->str, "“Say hello to the world”"));
  if (stream)
    g_assert_cmpuint (seen.n_pieces, >, 15);
}

static void
test_replies (void)
{
  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    for (guint dialect = 0; dialect < N_DIALECTS; dialect++)
      for (guint stream = 0; stream < 2; stream++)
        check_reply (mode, dialect, stream != 0);
}

/* At the limit and past it, with and without a stream, never more than was allowed. */
static void
test_max_tokens (void)
{
  for (guint dialect = 0; dialect < N_DIALECTS; dialect++)
    for (gint64 limit = 1; limit <= 12; limit++)
      {
        g_autoptr (Fetch) got = ask (FETCH_BLOCKING, dialect, "hi", limit, limit % 2 == 0);
        g_auto (Seen) seen = { 0 };

        see (&seen, dialect, limit % 2 == 0, got->body->str);
        g_assert_cmpstr (seen.finish, ==, dialect == OPENAI ? "length" : "max_tokens");
        g_assert_cmpint (seen.output, ==, limit);
        g_assert_cmpint (count_words (seen.text->str, seen.text->len, NULL), ==, limit);
      }
}

static void
test_lengths (void)
{
  gint64 shortest = G_MAXINT64;
  gint64 longest = 0;

  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *text = g_strdup_printf ("question number %u", i);
      g_autoptr (Fetch) got = ask (FETCH_BLOCKING, OPENAI, text, 4000, FALSE);
      g_autoptr (Fetch) again = ask (FETCH_BLOCKING, OPENAI, text, 4000, FALSE);
      g_auto (Seen) first = { 0 };
      g_auto (Seen) second = { 0 };

      see (&first, OPENAI, FALSE, got->body->str);
      see (&second, OPENAI, FALSE, again->body->str);
      g_assert_cmpstr (first.text->str, ==, second.text->str);
      g_assert_cmpint (first.output, <=, 400);
      shortest = MIN (shortest, first.output);
      longest = MAX (longest, first.output);
    }
  g_assert_cmpint (shortest, <, 60);
  g_assert_cmpint (longest, >, 150);
}

typedef struct
{
  Dialect dialect;
  const char *body;
  gint64 input;
} CountCase;

static void
test_prompt_is_counted (void)
{
  static const CountCase cases[] = {
    { OPENAI,
      "{\"model\":\"m-1\",\"messages\":[{\"role\":\"system\",\"content\":\"be brief\"},"
      "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"one two\"},"
      "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:\"}},"
      "{\"type\":\"text\",\"text\":\"three\"}]},"
      "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"four\"}]}",
      6 },
    { OPENAI,
      "{\"model\":\"m-1\",\"messages\":[{\"role\":\"assistant\",\"content\":null,"
      "\"tool_calls\":[{\"id\":\"c\"}]}]}",
      1 },
    { ANTHROPIC,
      "{\"model\":\"m-1\",\"max_tokens\":9,\"system\":[{\"type\":\"text\",\"text\":\"be brief\"}],"
      "\"tools\":[{\"name\":\"t\"}],\"messages\":[{\"role\":\"user\",\"content\":["
      "{\"type\":\"tool_result\",\"tool_use_id\":\"c\",\"content\":"
      "[{\"type\":\"text\",\"text\":\"one two\"}]}]}]}",
      5 },
    { ANTHROPIC,
      "{\"model\":\"m-1\",\"max_tokens\":9,\"system\":\"be very brief\","
      "\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}",
      3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const CountCase *one = &cases[i];
      g_autoptr (Fetch) got = ask_path (0.0, FETCH_BLOCKING, paths[one->dialect], one->body);
      g_auto (Seen) seen = { 0 };

      g_assert_cmpuint (got->status, ==, 200);
      see (&seen, one->dialect, FALSE, got->body->str);
      g_assert_cmpint (seen.input, ==, one->input);
    }
}

/* A stream that was not asked for its usage has it on the last delta, not in a chunk of its own. */
static void
test_usage_unasked (void)
{
  g_autoptr (Fetch) got = ask_path (0.0, FETCH_BLOCKING, paths[OPENAI],
                                    "{\"model\":\"m-1\",\"stream\":true,"
                                    "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");

  g_assert_nonnull (strstr (got->body->str, "\"finish_reason\":\"stop\"}],\"usage\":{"));
  g_assert_null (strstr (got->body->str, "\"choices\":[]"));
  g_assert_true (g_str_has_suffix (got->body->str, "data: [DONE]\n\n"));
}

typedef struct
{
  const char *path;
  const char *body;
  guint status;
  const char *says;
} ErrorCase;

static void
test_errors (void)
{
  static const ErrorCase cases[] = {
    { "/v1/embeddings", "{}", 404, "no such path" },
    { "/v1/messages/batches", "{}", 404, "no such path" },
    { "/v1/messages", "", 400, "invalid_request_error" },
    { "/v1/messages", "{", 400, "not valid" },
    { "/v1/messages", "[]", 400, "model" },
    { "/v1/messages", "{\"model\":\"m\",\"messages\":[]}", 400, "messages" },
    { "/v1/messages", "{\"model\":\"m\",\"messages\":[{}]}", 400, "max_tokens" },
    { "/v1/chat/completions", "{\"model\":7,\"messages\":[{}]}", 400, "model" },
    { "/v1/chat/completions", "{\"model\":\"m\",\"messages\":\"hi\"}", 400, "messages" },
    { "/v1/chat/completions", "{\"model\":\"m\",\"messages\":[{}],\"max_tokens\":0}", 400,
      "max_completion_tokens" },
    { "/v1/chat/completions?x=/messages",
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"sandbox:429 please\"}]}",
      429, "rate_limit_exceeded" },
    { "/v1/messages",
      "{\"model\":\"m\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":"
      "\"please sandbox:529\"}]}",
      529, "overloaded_error" },
  };

  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_autoptr (Fetch) got = ask_path (0.0, mode, cases[i].path, cases[i].body);
        g_autoptr (cJSON) json = NULL;

        g_assert_no_error (got->error);
        g_assert_cmpuint (got->status, ==, cases[i].status);
        json = parse (got->body->str);
        g_assert_nonnull (tw_json_string (tw_json_object (json, "error"), "message"));
        g_assert_nonnull (strstr (got->body->str, cases[i].says));
      }
}

static void
test_retry_after (void)
{
  g_autoptr (Fetch) got = ask (FETCH_BLOCKING, OPENAI, "sandbox:429", 9, FALSE);

  g_assert_true (g_strv_contains ((const char *const *) got->headers, "Retry-After: 1"));
}

/* Only the last message of the user counts: an answer may mention the words. */
static void
test_fault_of_earlier_message (void)
{
  g_autoptr (Fetch) got = ask_path (
      0.0, FETCH_BLOCKING, paths[OPENAI],
      "{\"model\":\"m-1\",\"messages\":[{\"role\":\"user\",\"content\":\"sandbox:500\"},"
      "{\"role\":\"user\",\"content\":\"again\"},"
      "{\"role\":\"assistant\",\"content\":\"sandbox:500\"}]}");

  g_assert_cmpuint (got->status, ==, 200);
}

static void
test_truncated (void)
{
  for (guint dialect = 0; dialect < N_DIALECTS; dialect++)
    {
      g_autoptr (Fetch) got = ask (FETCH_BLOCKING, dialect, "sandbox:truncate", 4000, TRUE);
      g_autoptr (Fetch) whole = ask (FETCH_BLOCKING, dialect, "sandbox:truncate", 4000, FALSE);
      g_auto (Seen) seen = { 0 };

      g_assert_no_error (got->error);
      see (&seen, dialect, TRUE, got->body->str);
      g_assert_false (seen.complete);
      g_assert_null (seen.finish);
      g_assert_cmpuint (seen.text->len, >, 10);
      g_assert_null (tw_json_parse (whole->body->str, -1, 1u << 20, NULL));
    }
}

static void
test_down (void)
{
  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (Fetch) got = ask (mode, OPENAI, "sandbox:down", 9, FALSE);

      g_assert_error (got->error, TW_ERROR, TW_ERROR_CONNECTION);
    }
}

/* At twenty times the pace: 20 ms to the first byte, and no reply at once. */
static void
test_pacing (void)
{
  g_autofree char *body = make_body ("How long does this take?", 4000, TRUE);

  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      gint64 before = g_get_monotonic_time ();
      g_autoptr (Fetch) got = ask_path (20.0, mode, paths[ANTHROPIC], body);
      gint64 took = g_get_monotonic_time () - before;
      g_auto (Seen) seen = { 0 };

      see (&seen, ANTHROPIC, TRUE, got->body->str);
      g_assert_true (seen.complete);
      g_assert_cmpint (took, >=, 20000 + seen.output * 1000000 / 90 / 20);
      g_assert_cmpint (took, <, 1500000 + seen.output * 1000000 / 60 / 20);
    }
}

/* At forty times the pace the first byte comes after 10 ms; ten times that when it is slow. */
static void
test_slow (void)
{
  g_autofree char *body = make_body ("sandbox:slow", 1, FALSE);
  gint64 before = g_get_monotonic_time ();
  g_autoptr (Fetch) got = ask_path (40.0, FETCH_BLOCKING, paths[OPENAI], body);

  g_assert_cmpuint (got->status, ==, 200);
  g_assert_cmpint (g_get_monotonic_time () - before, >=, 100 * 1000);
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (30000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancel (void)
{
  g_autoptr (TwTransport) transport = tw_sandbox_transport_new (count_words, NULL, 0.01);
  g_autofree char *text = make_body ("hi", 4000, TRUE);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (TwHttpRequest) request
          = tw_http_request_new ("POST", "https://sandbox.invalid/v1/messages", body);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
      gint64 before = g_get_monotonic_time ();
      g_autoptr (Fetch) got = fetch (transport, mode, request, cancellable);

      g_assert_error (got->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (g_get_monotonic_time () - before, <, 1000 * 1000);
      g_thread_join (thread);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/sandbox/replies", test_replies);
  g_test_add_func ("/net/sandbox/max-tokens", test_max_tokens);
  g_test_add_func ("/net/sandbox/lengths", test_lengths);
  g_test_add_func ("/net/sandbox/prompt-is-counted", test_prompt_is_counted);
  g_test_add_func ("/net/sandbox/usage-unasked", test_usage_unasked);
  g_test_add_func ("/net/sandbox/errors", test_errors);
  g_test_add_func ("/net/sandbox/retry-after", test_retry_after);
  g_test_add_func ("/net/sandbox/fault-of-earlier-message", test_fault_of_earlier_message);
  g_test_add_func ("/net/sandbox/truncated", test_truncated);
  g_test_add_func ("/net/sandbox/down", test_down);
  g_test_add_func ("/net/sandbox/pacing", test_pacing);
  g_test_add_func ("/net/sandbox/slow", test_slow);
  g_test_add_func ("/net/sandbox/cancel", test_cancel);
  return g_test_run ();
}
