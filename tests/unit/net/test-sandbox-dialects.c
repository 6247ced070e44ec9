/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/wire/tw-codec-private.h"

#include "test-fetch.h"

#include <string.h>

/* What the sandbox answers is read by the decoders that read the real providers. A token is a
 * word. */

static gint64
count_words (const char *text, gsize length, gpointer user_data)
{
  gint64 n = 0;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (text[i]) && (i == 0 || g_ascii_isspace (text[i - 1])))
      n++;
  return n;
}

typedef struct
{
  const char *dialect;
  const char *url;
  const char *stream_url;
  const char *body; /* %s: the message, then the limit, then “true” or “false” for stream */
  const char *stream_type;
} Case;

static const Case cases[] = {
  { "openai-chat", "https://a.invalid/v1/chat/completions", "https://a.invalid/v1/chat/completions",
    "{\"model\":\"m-1\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"max_tokens\":%d,"
    "\"stream\":%s}",
    "text/event-stream" },
  { "openai-responses", "https://a.invalid/v1/responses", "https://a.invalid/v1/responses",
    "{\"model\":\"m-1\",\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_text\","
    "\"text\":\"%s\"}]}],\"max_output_tokens\":%d,\"stream\":%s}",
    "text/event-stream" },
  { "anthropic", "https://a.invalid/v1/messages", "https://a.invalid/v1/messages",
    "{\"model\":\"m-1\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"max_tokens\":%d,"
    "\"stream\":%s}",
    "text/event-stream" },
  { "gemini", "https://a.invalid/v1beta/models/m-1:generateContent",
    "https://a.invalid/v1beta/models/m-1:streamGenerateContent?alt=sse",
    "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"%s\"}]}],\"generationConfig\":{"
    "\"maxOutputTokens\":%d},\"x\":%s}",
    "text/event-stream" },
  { "gemini", "https://a.invalid/v1beta/models/m-1:generateContent",
    "https://a.invalid/v1beta/models/m-1:streamGenerateContent",
    "{\"contents\":[{\"parts\":[{\"text\":\"%s\"}]}],\"generationConfig\":{"
    "\"maxOutputTokens\":%d},\"x\":%s}",
    "application/json; charset=UTF-8" },
  { "ollama", "http://127.0.0.1:11434/api/chat", "http://127.0.0.1:11434/api/chat",
    "{\"model\":\"m-1\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"options\":{"
    "\"num_predict\":%d},\"stream\":%s}",
    "application/x-ndjson" },
  { "bedrock-converse", "https://a.invalid/model/m-1%3A0/converse",
    "https://a.invalid/model/m-1%3A0/converse-stream",
    "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"%s\"}]}],\"inferenceConfig\":{"
    "\"maxTokens\":%d},\"x\":%s}",
    "application/vnd.amazon.eventstream" },
  { "cohere", "https://a.invalid/v2/chat", "https://a.invalid/v2/chat",
    "{\"model\":\"m-1\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"max_tokens\":%d,"
    "\"stream\":%s}",
    "text/event-stream" },
};

static Fetch *
ask (const Case *one, const char *text, int limit, gboolean stream)
{
  g_autoptr (TwTransport) transport = tw_sandbox_transport_new (count_words, NULL, 0.0);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  char *body = g_strdup_printf (one->body, text, limit, stream ? "true" : "false");
#pragma GCC diagnostic pop
  g_autoptr (GBytes) bytes = g_bytes_new_take (body, strlen (body));
  g_autoptr (TwHttpRequest) request
      = tw_http_request_new ("POST", stream ? one->stream_url : one->url, bytes);

  return fetch (transport, FETCH_BLOCKING, request, NULL);
}

/* What a client makes of a reply. */
typedef struct
{
  GString *text;
  TwDecoder *decoder;
  const TwReplyState *state;
} Seen;

static void
seen_clear (Seen *seen)
{
  g_string_free (seen->text, TRUE);
  tw_decoder_free (seen->decoder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seen, seen_clear)

static void
see (Seen *seen, const Case *one, gboolean stream, const Fetch *got)
{
  TwEvent *event;

  seen->text = g_string_new (NULL);
  seen->decoder = tw_decoder_new (tw_codec_find (one->dialect, NULL), NULL, stream, got->status,
                                  (const char *const *) got->headers);
  tw_decoder_push (seen->decoder, got->body->str, got->body->len, NULL);
  tw_decoder_end (seen->decoder);
  while ((event = tw_decoder_pop (seen->decoder)) != NULL)
    {
      if (event->kind == TW_EVENT_TEXT)
        g_string_append (seen->text, event->text);
      tw_event_free (event);
    }
  seen->state = tw_decoder_get_state (seen->decoder);
}

static void
check_reply (const Case *one, gboolean stream)
{
  g_autoptr (Fetch) got = ask (one, "Say hello to the world", 4000, stream);
  g_autofree char *type
      = g_strconcat ("Content-Type: ", stream ? one->stream_type : "application/json", NULL);
  g_auto (Seen) seen = { 0 };

  g_assert_no_error (got->error);
  g_assert_cmpuint (got->status, ==, 200);
  g_assert_cmpstr (got->headers[0], ==, type);
  see (&seen, one, stream, got);
  g_assert_no_error (seen.state->error);
  g_assert_true (seen.state->complete);
  g_assert_cmpint (seen.state->finish, ==, TW_FINISH_STOP);
  g_assert_true (g_str_has_prefix (seen.text->str, "**Simulated reply.**"));
  g_assert_nonnull (strstr (seen.text->str, "“Say hello to the world”"));
  g_assert_true (seen.state->has_usage);
  g_assert_cmpint (seen.state->usage->counts[TW_METER_INPUT_UNCACHED], ==, 5);
  g_assert_cmpint (seen.state->usage->counts[TW_METER_OUTPUT_TEXT], ==,
                   count_words (seen.text->str, seen.text->len, NULL));
}

static void
check_cut (const Case *one, gboolean stream)
{
  g_autoptr (Fetch) got = ask (one, "hi", 7, stream);
  g_auto (Seen) seen = { 0 };

  see (&seen, one, stream, got);
  g_assert_cmpint (seen.state->finish, ==, TW_FINISH_LENGTH);
  g_assert_cmpint (seen.state->usage->counts[TW_METER_OUTPUT_TEXT], ==, 7);
  g_assert_cmpint (count_words (seen.text->str, seen.text->len, NULL), ==, 7);
}

/* What was said stays, and nobody takes it for all. */
static void
check_fault (const Case *one, const char *word, gboolean has_error)
{
  g_autoptr (Fetch) got = ask (one, word, 4000, TRUE);
  g_auto (Seen) seen = { 0 };

  g_assert_no_error (got->error);
  g_assert_cmpuint (got->status, ==, 200);
  see (&seen, one, TRUE, got);
  g_assert_false (seen.state->complete);
  if (has_error)
    g_assert_nonnull (seen.state->error);
  g_assert_cmpuint (seen.text->len, >, 10);
}

/* Cohere ends a stream that failed with a finish reason; the decoder has no error to show then. */
static void
check_break (const Case *one)
{
  g_autoptr (Fetch) whole = ask (one, "sandbox:error", 4000, FALSE);
  g_auto (Seen) seen = { 0 };

  check_fault (one, "sandbox:error", !g_str_equal (one->dialect, "cohere"));
  see (&seen, one, FALSE, whole);
  g_assert_cmpuint (whole->status, ==, 200);
  g_assert_false (seen.state->complete);
  g_assert_cmpuint (seen.text->len, ==, 0);
}

#define ANY_CODE (-1)

typedef struct
{
  const char *word;
  guint status;
  int code;
  gboolean retryable;
} StatusCase;

static void
check_statuses (const Case *one)
{
  static const StatusCase statuses[] = {
    { "sandbox:401", 401, TW_ERROR_AUTHENTICATION, FALSE },
    { "sandbox:429", 429, TW_ERROR_RATE_LIMITED, TRUE },
    { "sandbox:500", 500, TW_ERROR_SERVER, TRUE },
    { "sandbox:overloaded", 529, ANY_CODE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (Fetch) got = ask (one, statuses[i].word, 9, TRUE);
      g_auto (Seen) seen = { 0 };

      g_assert_cmpuint (got->status, ==, statuses[i].status);
      see (&seen, one, TRUE, got);
      g_assert_nonnull (seen.state->error);
      g_assert_true (seen.state->error->domain == TW_ERROR);
      if (statuses[i].code != ANY_CODE)
        g_assert_cmpint (seen.state->error->code, ==, statuses[i].code);
      g_assert_nonnull (strstr (seen.state->error->message, "Simulated by the sandbox"));
      g_assert_true (seen.state->retryable == statuses[i].retryable);
    }
}

static void
test_dialect (gconstpointer data)
{
  const Case *one = data;

  if (tw_codec_find (one->dialect, NULL) == NULL)
    {
      g_test_skip ("there is no decoder for this dialect");
      return;
    }
  for (guint stream = 0; stream < 2; stream++)
    {
      check_reply (one, stream != 0);
      check_cut (one, stream != 0);
    }
  check_fault (one, "sandbox:truncate", FALSE);
  /* In a list, a brace that does not close leaves it open, as if it were cut. */
  check_fault (one, "sandbox:malformed", !g_str_has_prefix (one->stream_type, "application/json"));
  check_break (one);
  check_statuses (one);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/net/sandbox-dialects/%u-%s", i, cases[i].dialect);

      g_test_add_data_func (name, &cases[i], test_dialect);
    }
  return g_test_run ();
}
