/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-codec-private.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The quick reader of OpenAI's chat chunks against the parser: each line of the input is an event.
 * Both must make the same of it. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static char *
decode (const TwCodec *codec, const char *stream, gsize length)
{
  g_autoptr (TwDecoder) decoder = tw_decoder_new (codec, "openai", TRUE, 200, NULL);
  const TwReplyState *state = tw_decoder_get_state (decoder);
  GString *log = g_string_new (NULL);
  TwEvent *event;

  tw_decoder_push (decoder, stream, length, NULL);
  tw_decoder_end (decoder);
  while ((event = tw_decoder_pop (decoder)) != NULL)
    {
      g_autofree char *json = tw_event_to_json (event);

      g_string_append_printf (log, "%s\n", json);
      tw_event_free (event);
    }
  g_string_append_printf (log, "%d %d %d %s %s %s %s", state->complete, state->finish,
                          tw_decoder_take_progress (decoder), state->id ?: "-", state->model ?: "-",
                          state->service_tier ?: "-",
                          state->error != NULL ? state->error->message : "-");
  return g_string_free (log, FALSE);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const TwCodec *quick = tw_codec_find ("openai-chat", NULL);
  TwCodec slow = *quick;
  g_autoptr (GString) stream = g_string_new ("data: ");
  g_autofree char *by_quick = NULL, *by_parser = NULL;

  slow.quick_event = NULL;
  for (size_t i = 0; i < size; i++)
    {
      g_string_append_c (stream, (char) data[i]);
      if (data[i] == '\n')
        g_string_append (stream, "\ndata: ");
    }
  g_string_append (stream, "\n\n");
  by_quick = decode (quick, stream->str, stream->len);
  by_parser = decode (&slow, stream->str, stream->len);
  g_assert_cmpstr (by_quick, ==, by_parser);
  return 0;
}
