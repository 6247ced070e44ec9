/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-counter-media-private.h"

#include "libtokenwise/tokens/tw-media-probe-private.h"

#include <string.h>

typedef struct
{
  const char *family; /* (nullable) any */
  const char *model;  /* (nullable) any */
  TwCountRange page;
  TwCountBasis page_basis;
  TwCountRange seconds; /* per 100 seconds of audio */
  TwCountBasis seconds_basis;
} MediaRule;

/* The first row that fits counts. Sources, as of November 2026:
 * - Claude, pages: Anthropic's page on PDFs says 1,500…3,000 per page of text, and the page's image
 *   besides. huggingface.co/datasets/JOHNISKING/pdf-token-cost: 2,100…2,280 (Haiku 4.5) and
 *   2,320…2,480 (5.5) for text and tables, 1,590 for a scan. No audio.
 * - Gemini, pages: 258 (ai.google.dev, “Document understanding”); Gemini 3 560, which the data set
 *   above has too. Audio: 32 per second (“Audio understanding”); for Gemini 3 some say 25.
 * - OpenAI: text and an image of each page, neither described further. Audio: a token per 100 ms
 *   (“Managing realtime costs”), seen for the chat models too.
 * - Voxtral: 12.5 per second (Mistral's paper). Anything else is a guess. */
static const MediaRule rules[] = {
  { "claude-3",
    NULL,
    { 2100, 1500, 4600 },
    TW_BASIS_MEASURED,
    { 2500, 0, 10000 },
    TW_BASIS_GUESSED },
  { "claude-4.7",
    NULL,
    { 2330, 1500, 7800 },
    TW_BASIS_MEASURED,
    { 2500, 0, 10000 },
    TW_BASIS_GUESSED },
  { "claude-5",
    NULL,
    { 2330, 1500, 7800 },
    TW_BASIS_MEASURED,
    { 2500, 0, 10000 },
    TW_BASIS_GUESSED },
  { "gemma3",
    "gemini-3",
    { 560, 258, 562 },
    TW_BASIS_MEASURED,
    { 3200, 2500, 3200 },
    TW_BASIS_DOCUMENTED },
  { "gemma4",
    NULL,
    { 560, 258, 562 },
    TW_BASIS_MEASURED,
    { 3200, 2500, 3200 },
    TW_BASIS_DOCUMENTED },
  { "gemma3",
    NULL,
    { 258, 258, 258 },
    TW_BASIS_DOCUMENTED,
    { 3200, 3200, 3200 },
    TW_BASIS_DOCUMENTED },
  { "o200k_base",
    NULL,
    { 1600, 250, 5500 },
    TW_BASIS_GUESSED,
    { 1000, 1000, 1020 },
    TW_BASIS_DOCUMENTED },
  { "tekken",
    "voxtral",
    { 1500, 200, 5000 },
    TW_BASIS_GUESSED,
    { 1250, 1250, 1300 },
    TW_BASIS_DOCUMENTED },
  { NULL, NULL, { 1500, 200, 5000 }, TW_BASIS_GUESSED, { 2000, 500, 10000 }, TW_BASIS_GUESSED },
};

static const MediaRule *
find (const char *family, const char *model)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules) - 1; i++)
    if (g_str_equal (rules[i].family, family)
        && (rules[i].model == NULL || tw_counter_model_has (model, rules[i].model)))
      return &rules[i];
  return &rules[G_N_ELEMENTS (rules) - 1];
}

static TwCountRange
count_pages (const MediaRule *rule, gint64 pages)
{
  return (TwCountRange){ rule->page.tokens * pages, rule->page.low * pages,
                         rule->page.high * pages };
}

/* A recording is counted in whole seconds, up. */
static TwCountRange
count_milliseconds (const MediaRule *rule, gint64 milliseconds)
{
  gint64 seconds = (CLAMP (milliseconds, 0, G_GINT64_CONSTANT (1000000000)) + 999) / 1000;

  return (TwCountRange){ (rule->seconds.tokens * seconds + 50) / 100,
                         rule->seconds.low * MAX (seconds - 1, 0) / 100,
                         (rule->seconds.high * seconds + 99) / 100 };
}

/* No provider says by which rule the bytes of other files become tokens: from an office document
 * that is mostly pictures to a text in an unknown wrapping. */
static TwCountRange
guess (const TwPart *part)
{
  gint64 size = part->data != NULL ? (gint64) (strlen (part->data) / 4 * 3) : 0;

  return part->data != NULL ? (TwCountRange){ size / 25 + 1500, size / 200, size / 4 + 3000 }
                            : (TwCountRange){ 3000, 0, 100000 };
}

TwCountRange
tw_counter_count_media (const char *family,
                        const char *model,
                        const TwPart *part,
                        TwCountBasis *ret_basis)
{
  const MediaRule *rule = find (family, model);
  gint64 milliseconds = 0;
  guint pages = 0;

  *ret_basis = TW_BASIS_GUESSED;
  if (part->data == NULL)
    return guess (part);
  if (tw_media_read_page_count (part->data, &pages))
    {
      *ret_basis = rule->page_basis;
      return count_pages (rule, pages);
    }
  if (tw_media_read_duration (part->data, &milliseconds))
    {
      *ret_basis = rule->seconds_basis;
      return count_milliseconds (rule, milliseconds);
    }
  return guess (part);
}
