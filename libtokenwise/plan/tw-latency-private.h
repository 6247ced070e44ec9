/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/ledger/tw-ledger-private.h"

G_BEGIN_DECLS

/* How long the person will wait, in milliseconds. */
typedef struct
{
  gint64 ttft_ms;  /* time to the first token, median */
  gint64 total_ms; /* to the end of an answer of median length */
  gint64 p90_ms;   /* to the end of an answer as long as the 90th percentile */
  guint samples;
  char basis[64];
} TwLatency;

void tw_latency_predict (gboolean reasoning,
                         const GArray *history,
                         gint64 output_p50,
                         gint64 output_p90,
                         TwLatency *ret_latency);

G_END_DECLS
