/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-codec-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* decode FILE: how fast the deltas of an OpenAI chat stream become events, in chunks of 16 KiB as
 * libcurl hands them over. One JSON object. */

#define CHUNK 16384
#define SECONDS 3

static double
cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static guint
decode (const TwCodec *codec, const char *bytes, gsize length)
{
  g_autoptr (TwDecoder) decoder = tw_decoder_new (codec, "openai", TRUE, 200, NULL);
  TwEvent *event;
  guint n_texts = 0;

  for (gsize at = 0; at < length; at += CHUNK)
    {
      if (!tw_decoder_push (decoder, bytes + at, MIN (CHUNK, length - at), NULL))
        exit (EXIT_FAILURE);
      while ((event = tw_decoder_pop (decoder)) != NULL)
        {
          n_texts += tw_event_get_kind (event) == TW_EVENT_TEXT;
          tw_event_free (event);
        }
    }
  tw_decoder_end (decoder);
  return n_texts;
}

int
main (int argc, char **argv)
{
  g_autofree char *bytes = NULL;
  TwCodec slow;
  const TwCodec *codec = tw_codec_find ("openai-chat", NULL);
  const TwCodec *codecs[2] = { codec, &slow };
  double rates[2];
  gsize length;
  guint n_texts = 0;

  if (argc != 2 || !g_file_get_contents (argv[1], &bytes, &length, NULL))
    return EXIT_FAILURE;
  slow = *codec;
  slow.quick_event = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    {
      double start = cpu_seconds (), spent = 0;
      double n_events = 0;

      while (spent < SECONDS)
        {
          n_texts = decode (codecs[i], bytes, length);
          n_events += n_texts;
          spent = cpu_seconds () - start;
        }
      rates[i] = n_events / spent;
    }
  printf ("{\"events_per_second\": %.0f, \"events_per_second_parser\": %.0f, \"texts\": %u}\n",
          rates[0], rates[1], n_texts);
  return EXIT_SUCCESS;
}
