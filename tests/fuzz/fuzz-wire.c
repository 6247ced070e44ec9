/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-codec-private.h"
#include "libtokenwise/wire/tw-wire.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes of a hostile server through every dialect. The first two bytes of the input choose dialect,
 * status, content type and where to cut; the rest is the reply. What must hold: no crash, the same
 * result whole and cut, no negative count, nothing complete that failed. The same bytes are a usage
 * block to each reader of one: it is refused, or can be written and read again. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char *const providers[] = { "openai", "xai", "openrouter", "mistral" };
static const char *const event_stream[] = { "content-type: text/event-stream", NULL };

static void
check_state (const TwReplyState *state)
{
  for (guint i = 0; i < TW_N_METERS; i++)
    g_assert_cmpint (state->usage->counts[i], >=, 0);
  g_assert_true (!state->complete || state->error == NULL
                 || g_error_matches (state->error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE));
  g_assert_true (state->has_usage || state->usage->incomplete);
}

static void
append_event (GString *log, const TwEvent *event)
{
  if (event->text != NULL)
    g_assert_true (g_utf8_validate (event->text, -1, NULL));
  g_string_append_printf (log, "%d|%s|%s|%s\n", event->kind, event->text ?: "",
                          event->tool_id ?: "", event->tool_name ?: "");
}

static char *
describe (TwDecoder *decoder)
{
  const TwReplyState *state = tw_decoder_get_state (decoder);
  GString *log = g_string_new (NULL);
  g_autofree char *usage = NULL;
  TwEvent *event;

  while ((event = tw_decoder_pop (decoder)) != NULL)
    {
      append_event (log, event);
      tw_event_free (event);
    }
  check_state (state);
  usage = tw_usage_to_json (state->usage);
  g_string_append_printf (log, "%d %d %s %s %s", state->complete, state->finish, usage,
                          state->model ?: "", state->error != NULL ? state->error->message : "");
  return g_string_free (log, FALSE);
}

static char *
decode (const uint8_t *choice, const char *reply, gsize length, gsize cut)
{
  const char *const *dialects = tw_codec_list ();
  guint n = g_strv_length ((GStrv) dialects);
  g_autoptr (TwDecoder) decoder = tw_decoder_new (
      tw_codec_find (dialects[choice[0] % n], NULL), providers[choice[0] >> 6], TRUE,
      (choice[0] & 0x20) != 0 ? 429 : 200, (choice[0] & 0x10) != 0 ? event_stream : NULL);

  if (tw_decoder_push (decoder, reply, cut, NULL))
    tw_decoder_push (decoder, reply + cut, length - cut, NULL);
  tw_decoder_end (decoder);
  return describe (decoder);
}

static void
check_usage (guint choice, const char *text)
{
  static const char *const dialects[] = { NULL,     "openai-chat", "openai-responses", "anthropic",
                                          "gemini", "ollama",      "bedrock-converse", "cohere" };
  static const char *const usage_providers[]
      = { NULL, "openai", "x-ai", "openrouter", "google", "aws", "cohere", "perplexity" };
  g_autoptr (TwUsage) usage
      = tw_wire_usage_from_json (dialects[choice % 8], usage_providers[choice / 8 % 8], text, NULL);
  g_autoptr (TwUsage) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL, *again = NULL;

  if (usage == NULL)
    return;
  g_assert_true (tw_usage_validate (usage, NULL));
  json = tw_usage_to_json (usage);
  back = tw_usage_new_from_json (json, &error);
  g_assert_no_error (error);
  again = tw_usage_to_json (back);
  g_assert_cmpstr (again, ==, json);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = NULL;
  g_autofree char *reply = NULL, *whole = NULL, *split = NULL;
  gsize length;

  if (size < 2)
    return 0;
  length = size - 2;
  /* A copy of exactly this size, so that a read past it is seen. */
  reply = g_memdup2 (data + 2, length);
  whole = decode (data, reply, length, length);
  split = decode (data, reply, length, data[1] % (length + 1));
  g_assert_cmpstr (whole, ==, split);
  text = g_strndup (reply, length);
  check_usage (data[1], text != NULL ? text : "");
  return 0;
}
