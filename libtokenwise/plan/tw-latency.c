/* SPDX-License-Identifier: MIT */
#include "libtokenwise/plan/tw-latency-private.h"

#include "libtokenwise/plan/tw-quantile-private.h"

/* Priors for a model nobody has measured here: the median of 297 models that publish both figures
 * is 1.07 s to the first token and 94 tokens a second; a reasoning model thinks about ten times as
 * long before its first visible token. They weigh as much as five calls. */
#define PRIOR_TTFT_MS 1100
#define PRIOR_REASONING_TTFT_MS 11000
#define PRIOR_MICROSECONDS_PER_TOKEN 11111
#define PRIOR_WEIGHT 5

static gint64
shrink (GArray *own, gint64 prior)
{
  if (own->len == 0)
    return prior;
  return (tw_quantile (own, 50) * own->len + prior * PRIOR_WEIGHT) / (own->len + PRIOR_WEIGHT);
}

static void
collect (const GArray *history, GArray *ttfts, GArray *paces)
{
  for (guint i = 0; history != NULL && i < history->len; i++)
    {
      const TwObservation *seen = &g_array_index (history, TwObservation, i);

      if (seen->ttft_ms < 0 || seen->total_ms < seen->ttft_ms)
        continue;
      g_array_append_val (ttfts, seen->ttft_ms);
      if (seen->output_tokens > 0)
        {
          gint64 pace = (seen->total_ms - seen->ttft_ms) * 1000 / seen->output_tokens;

          g_array_append_val (paces, pace);
        }
    }
}

void
tw_latency_predict (gboolean reasoning,
                    const GArray *history,
                    gint64 output_p50,
                    gint64 output_p90,
                    TwLatency *ret_latency)
{
  g_autoptr (GArray) ttfts = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) paces = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 pace;

  collect (history, ttfts, paces);
  pace = shrink (paces, PRIOR_MICROSECONDS_PER_TOKEN);
  ret_latency->ttft_ms = shrink (ttfts, reasoning ? PRIOR_REASONING_TTFT_MS : PRIOR_TTFT_MS);
  ret_latency->total_ms = ret_latency->ttft_ms + output_p50 * pace / 1000;
  ret_latency->p90_ms = ret_latency->ttft_ms + output_p90 * pace / 1000;
  ret_latency->samples = ttfts->len;
  if (ttfts->len == 0)
    g_strlcpy (ret_latency->basis, "typical speed", sizeof ret_latency->basis);
  else
    g_snprintf (ret_latency->basis, sizeof ret_latency->basis, "from your last %u calls",
                ttfts->len);
}
