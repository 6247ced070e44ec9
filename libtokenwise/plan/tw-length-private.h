/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/ledger/tw-ledger-private.h"

G_BEGIN_DECLS

/* How long the answer is likely to be, in completion tokens. */
typedef struct
{
  gint64 p10;
  gint64 p50;
  gint64 p90;
  gint64 mean;
  guint samples;  /* answers of the user's own; 0: published priors only */
  char basis[96]; /* "from your last 34 answers of this model" */
} TwLength;

/* history: (nullable) (element-type TwObservation). cap: the most the model may write. */
void
tw_length_predict (gboolean reasoning, const GArray *history, gint64 cap, TwLength *ret_length);

G_END_DECLS
