/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-codec-private.h"

#include <string.h>

static TwDecoder *
new_decoder (const char *dialect, guint status, const char *header)
{
  const char *headers[] = { header, NULL };

  return tw_decoder_new (tw_codec_find (dialect, NULL), NULL, TRUE, status, headers);
}

static void
push (TwDecoder *decoder, const char *text)
{
  g_assert_true (tw_decoder_push (decoder, text, strlen (text), NULL));
}

/* The kinds of the events that came, one letter each. */
static char *
pop_kinds (TwDecoder *decoder)
{
  GString *kinds = g_string_new (NULL);
  TwEvent *event;

  while ((event = tw_decoder_pop (decoder)) != NULL)
    {
      g_string_append_c (kinds, "stTcre"[event->kind]);
      tw_event_free (event);
    }
  return g_string_free (kinds, FALSE);
}

static void
check_kinds (TwDecoder *decoder, const char *expected)
{
  g_autofree char *kinds = pop_kinds (decoder);

  g_assert_cmpstr (kinds, ==, expected);
}

static const char openai_stream[]
    = "\xef\xbb\xbf: hi\r\n\r\n"
      "data: "
      "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"\xe2\x82\xac\"}}]}"
      "\r\n\r\n"
      "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":"
      "{\"name\":\"f\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n"
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\r\r"
      "data: [DONE]";

static const char anthropic_stream[]
    = "event: message_start\n"
      "data: "
      "{\"type\":\"message_start\",\"message\":{\"model\":\"m\",\"usage\":{\"input_tokens\":3}}}"
      "\n\n"
      "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
      "\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{}}}\n\n"
      "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"partial_json\":\"{}\"}}\n\n"
      "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
      "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"},"
      "\"usage\":{\"output_tokens\":2}}\n\ndata: {\"type\":\"message_stop\"}\n\n";

static const char document[]
    = "\n\xef\xbb\xbf\n{\"model\":\"m\",\"choices\":[{\"message\":{\"content\":\"\xe2\x82\xac\"},"
      "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n";

static char *
decode_split (const char *dialect, const char *bytes, gsize length, gsize split)
{
  g_autoptr (TwDecoder) decoder = new_decoder (dialect, 200, NULL);
  GString *log = g_string_new (NULL);
  const TwReplyState *state;
  g_autofree char *usage = NULL;
  TwEvent *event;

  g_assert_true (tw_decoder_push (decoder, bytes, split, NULL));
  g_assert_true (tw_decoder_push (decoder, bytes + split, length - split, NULL));
  tw_decoder_end (decoder);
  while ((event = tw_decoder_pop (decoder)) != NULL)
    {
      g_autofree char *json = tw_event_to_json (event);

      g_string_append (log, json);
      tw_event_free (event);
    }
  state = tw_decoder_get_state (decoder);
  usage = tw_usage_to_json (state->usage);
  g_string_append_printf (log, "%d %d %d %s", state->complete, state->finish, state->error != NULL,
                          usage);
  return g_string_free (log, FALSE);
}

/* The same bytes give the same result at every split. */
static void
test_every_split (void)
{
  static const struct
  {
    const char *dialect;
    const char *bytes;
  } streams[] = {
    { "openai-chat", openai_stream },
    { "openai-chat", document },
    { "anthropic", anthropic_stream },
  };

  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      gsize length = strlen (streams[i].bytes);
      g_autofree char *whole = decode_split (streams[i].dialect, streams[i].bytes, length, length);

      g_assert_nonnull (strstr (whole, "\"input_uncached\":3"));
      for (gsize split = 0; split < length; split++)
        {
          g_autofree char *cut = decode_split (streams[i].dialect, streams[i].bytes, length, split);

          g_assert_cmpstr (cut, ==, whole);
        }
    }
}

/* Cut off at every byte: no crash, and complete only when the end mark was there. */
static void
test_every_truncation (void)
{
  const gsize length = strlen (anthropic_stream);

  for (gsize n = 0; n < length; n++)
    {
      g_autoptr (TwDecoder) decoder = new_decoder ("anthropic", 200, NULL);
      gboolean whole = n >= length - 3;

      g_assert_true (tw_decoder_push (decoder, anthropic_stream, n, NULL));
      tw_decoder_end (decoder);
      if (n < length - 3)
        g_assert_false (tw_decoder_get_state (decoder)->complete);
      g_assert_cmpint (tw_decoder_get_state (decoder)->usage->incomplete, ==,
                       !tw_decoder_get_state (decoder)->complete);
      g_assert_true (!whole || tw_decoder_get_state (decoder)->error == NULL);
    }
}

static void
test_framing (void)
{
  static const struct
  {
    guint status;
    const char *header;
    const char *bytes;
    const char *kinds;
    int error; /* -1: none */
  } bodies[] = {
    { 200, "content-type: application/json", "data: {\"model\":\"m\",\"choices\":[]}\n\n", "s",
      -1 },
    { 200, NULL, ": hello\n\ndata: {\"model\":\"m\"}\n\n", "s", -1 },
    { 200, "Content-Type: text/event-stream; charset=utf-8", "{\"model\":\"m\",\"choices\":[]}",
      "s", -1 },
    { 200, "content-type: text/html", "<html>Sign in</html>", "", TW_ERROR_PROTOCOL },
    { 200, "content-type: text/plain", "Hello", "", TW_ERROR_PROTOCOL },
    { 200, NULL, "{\"choices\":[{\"mess", "", TW_ERROR_PROTOCOL },
    { 200, NULL, "", "", -1 },
    { 200, NULL, "  \r\n", "", -1 },
    { 502, "content-type: text/html", "<html>Bad gateway</html>", "", TW_ERROR_SERVER },
    { 502, NULL, "error code: 502", "", TW_ERROR_SERVER },
    { 503, NULL, "", "", TW_ERROR_OVERLOADED },
    { 429, "content-type: text/event-stream",
      "event: error\ndata: {\"error\":{\"message\":\"slow\"}}\n\n", "", TW_ERROR_RATE_LIMITED },
    { 429, "content-type: text/event-stream", ": nothing\n\n", "", TW_ERROR_RATE_LIMITED },
    { 503, "content-type: text/event-stream",
      "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", "",
      TW_ERROR_OVERLOADED },
    { 301, NULL, "", "", TW_ERROR_PROTOCOL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (TwDecoder) decoder
          = new_decoder ("openai-chat", bodies[i].status, bodies[i].header);
      const TwReplyState *state = tw_decoder_get_state (decoder);

      push (decoder, bodies[i].bytes);
      tw_decoder_end (decoder);
      check_kinds (decoder, bodies[i].kinds);
      g_assert_cmpint (state->error != NULL ? state->error->code : -1, ==, bodies[i].error);
      g_assert_true (!state->complete || state->error == NULL);
      g_assert_true (state->usage->incomplete);
      g_assert_false (state->has_usage);
    }
}

/* START comes once, with the model, before all else. */
static void
test_start (void)
{
  g_autoptr (TwDecoder) decoder = new_decoder ("openai-chat", 200, NULL);
  g_autoptr (TwEvent) start = NULL;

  push (decoder, "data: {\"model\":\"\",\"choices\":[]}\n\n");
  check_kinds (decoder, "");
  push (decoder, "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n");
  push (decoder, "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"reasoning\":\"b\"}}]}\n\n");
  start = tw_decoder_pop (decoder);
  g_assert_cmpint (start->kind, ==, TW_EVENT_START);
  g_assert_cmpstr (start->text, ==, "m");
  check_kinds (decoder, "tT");
}

static void
test_start_without_model (void)
{
  g_autoptr (TwDecoder) decoder = new_decoder ("openai-chat", 200, NULL);

  push (decoder, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n");
  check_kinds (decoder, "st");
}

/* Comments, pings and empty lines are no progress. */
static void
test_progress (void)
{
  g_autoptr (TwDecoder) decoder = new_decoder ("anthropic", 200, NULL);

  push (decoder, "\n\n");
  push (decoder, ": keep-alive\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n");
  push (decoder, "data: {\"type\":\"ping\"}\n\ndata:\n\n");
  g_assert_false (tw_decoder_take_progress (decoder));
  push (decoder, "data: {\"type\":\"message_start\"}\n\n");
  g_assert_true (tw_decoder_take_progress (decoder));
  g_assert_false (tw_decoder_take_progress (decoder));
  push (decoder, "data: [DONE]\n\n");
  g_assert_true (tw_decoder_take_progress (decoder));
}

static void
test_after_done (void)
{
  g_autoptr (TwDecoder) decoder = new_decoder ("openai-chat", 200, NULL);

  push (decoder, "data: [DONE]\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n");
  tw_decoder_end (decoder);
  tw_decoder_end (decoder);
  check_kinds (decoder, "");
  g_assert_true (tw_decoder_get_state (decoder)->complete);
}

/* Comments forever: the whole reply has a limit. */
static void
test_reply_limit (void)
{
  g_autoptr (TwDecoder) decoder = new_decoder ("openai-chat", 200, NULL);
  g_autofree char *comment = g_strnfill (1 << 16, ':');
  g_autoptr (GError) error = NULL, again = NULL;

  comment[(1 << 16) - 1] = '\n';
  for (guint i = 0; i < TW_LIMIT_REPLY_BYTES / (1 << 16); i++)
    g_assert_true (tw_decoder_push (decoder, comment, 1 << 16, NULL));
  g_assert_false (tw_decoder_push (decoder, "\n", 1, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
  g_assert_false (tw_decoder_push (decoder, "\n", 1, &again));
  g_assert_error (again, TW_ERROR, TW_ERROR_LIMIT);
  tw_decoder_end (decoder);
  g_assert_error (tw_decoder_get_state (decoder)->error, TW_ERROR, TW_ERROR_LIMIT);
}

static void
check_depth (guint depth, gboolean allowed)
{
  g_autoptr (TwDecoder) decoder = new_decoder ("openai-chat", 200, NULL);
  g_autofree char *open = g_strnfill (depth - 2, '[');
  g_autofree char *close = g_strnfill (depth - 2, ']');
  g_autofree char *event = g_strdup_printf (
      "data: {\"a\":[%s%s],\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n", open, close);
  g_autoptr (GError) error = NULL;

  push (decoder, "data: {\"choices\":[{\"delta\":{\"content\":\"kept\"}}]}\n\n");
  g_assert_cmpint (tw_decoder_push (decoder, event, strlen (event), &error), ==, allowed);
  if (!allowed)
    g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
  tw_decoder_end (decoder);
  check_kinds (decoder, allowed ? "stt" : "st");
  g_assert_false (tw_decoder_get_state (decoder)->complete);
}

static void
test_depth_limit (void)
{
  check_depth (TW_LIMIT_JSON_DEPTH, TRUE);
  check_depth (TW_LIMIT_JSON_DEPTH + 1, FALSE);
}

static void
test_tool_call_limit (void)
{
  for (guint over = 0; over < 2; over++)
    {
      g_autoptr (TwDecoder) decoder = new_decoder ("openai-chat", 200, NULL);
      const TwReplyState *state = tw_decoder_get_state (decoder);
      g_autofree char *kinds = NULL;

      for (guint i = 0; i < TW_LIMIT_TOOL_CALLS + over; i++)
        {
          g_autofree char *event = g_strdup_printf (
              "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":%u,\"id\":\"c%u\","
              "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}\n\n",
              i, i);

          push (decoder, event);
        }
      push (decoder, "data: [DONE]\n\n");
      tw_decoder_end (decoder);
      kinds = pop_kinds (decoder);
      g_assert_cmpuint (strlen (kinds), ==, 1 + TW_LIMIT_TOOL_CALLS);
      g_assert_cmpint (state->complete, ==, over == 0);
      g_assert_true ((state->error != NULL) == (over > 0));
    }
}

/* What the server reports comes with its delay; the first error stays. */
static void
test_error_state (void)
{
  g_autoptr (TwDecoder) decoder = new_decoder ("openai-chat", 429, "Retry-After: 7");
  const TwReplyState *state = tw_decoder_get_state (decoder);

  push (decoder, "{\"error\":{\"message\":\"slow down\"}}");
  tw_decoder_end (decoder);
  g_assert_error (state->error, TW_ERROR, TW_ERROR_RATE_LIMITED);
  g_assert_cmpint (state->finish, ==, TW_FINISH_ERROR);
  g_assert_cmpint (state->retry_after_ms, ==, 7000);
  g_assert_true (state->retryable);
}

static void
test_content_filter (void)
{
  g_autoptr (TwDecoder) decoder = new_decoder ("openai-chat", 400, NULL);

  push (decoder, "{\"error\":{\"code\":\"content_filter\",\"message\":\"filtered\"}}");
  tw_decoder_end (decoder);
  g_assert_cmpint (tw_decoder_get_state (decoder)->finish, ==, TW_FINISH_CONTENT_FILTER);
}

/* Gemini without alt=sse, whatever the dialect: each element is an event. */
static void
test_array (void)
{
  g_autoptr (TwDecoder) decoder = new_decoder ("openai-chat", 200, NULL);

  push (decoder, "[{\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n,");
  check_kinds (decoder, "st");
  push (decoder, "{\"error\":{\"code\":429,\"message\":\"slow\"}}]");
  tw_decoder_end (decoder);
  g_assert_error (tw_decoder_get_state (decoder)->error, TW_ERROR, TW_ERROR_RATE_LIMITED);
}

static gboolean
push_events (TwDecoder *decoder, const char *event, guint n, GError **error)
{
  g_autoptr (GString) bytes = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (bytes, event);
  return tw_decoder_push (decoder, bytes->str, bytes->len, error);
}

static void
test_event_limit (void)
{
  g_autoptr (TwDecoder) decoder = new_decoder ("openai-chat", 200, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (push_events (decoder, "data:{}\n\n", TW_LIMIT_REPLY_EVENTS, NULL));
  g_assert_false (push_events (decoder, "data:{}\n\n", 1, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
  tw_decoder_end (decoder);
  g_assert_false (tw_decoder_get_state (decoder)->complete);
}

static void
test_text_limit (void)
{
  g_autofree char *text = g_strnfill (1 << 16, 'x');
  g_autofree char *event
      = g_strdup_printf ("data:{\"choices\":[{\"delta\":{\"content\":\"%s\"}}]}\n\n", text);
  g_autoptr (TwDecoder) decoder = new_decoder ("openai-chat", 200, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (push_events (decoder, event, TW_LIMIT_REPLY_TEXT / (1 << 16), NULL));
  g_assert_false (
      push_events (decoder, "data:{\"choices\":[{\"delta\":{\"content\":\"y\"}}]}\n\n", 1, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/decoder/every-split", test_every_split);
  g_test_add_func ("/wire/decoder/every-truncation", test_every_truncation);
  g_test_add_func ("/wire/decoder/framing", test_framing);
  g_test_add_func ("/wire/decoder/start", test_start);
  g_test_add_func ("/wire/decoder/start-without-model", test_start_without_model);
  g_test_add_func ("/wire/decoder/progress", test_progress);
  g_test_add_func ("/wire/decoder/after-done", test_after_done);
  g_test_add_func ("/wire/decoder/reply-limit", test_reply_limit);
  g_test_add_func ("/wire/decoder/depth-limit", test_depth_limit);
  g_test_add_func ("/wire/decoder/tool-call-limit", test_tool_call_limit);
  g_test_add_func ("/wire/decoder/error-state", test_error_state);
  g_test_add_func ("/wire/decoder/content-filter", test_content_filter);
  g_test_add_func ("/wire/decoder/array", test_array);
  g_test_add_func ("/wire/decoder/event-limit", test_event_limit);
  g_test_add_func ("/wire/decoder/text-limit", test_text_limit);
  return g_test_run ();
}
