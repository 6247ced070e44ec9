/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/catalog/tw-cost-private.h"

G_BEGIN_DECLS

/* A rate with its adjustments, which are multiplied out once for the whole line. */
typedef struct
{
  gint64 rate;
  gint64 max_per_request;
  TwFemto numerator;
  TwFemto denominator;
  const TwAdjustment *adjustments[TW_MAX_LINE_ADJUSTMENTS];
  guint n_adjustments;
  gboolean is_rounded;
} TwLineRate;

/* At most TW_MAX_LINE_ADJUSTMENTS. */
void tw_line_rate_apply (TwLineRate *rate, const TwAdjustment *adjustment);
/* What quantity units cost, rounded once, half to even at a femto-USD. FALSE beyond 128 bits, which
 * no real price reaches. */
gboolean tw_line_rate_multiply (gint64 quantity, TwLineRate *rate, gint64 per, TwFemto *ret_femto);
/* Makes rate what it comes to with its adjustments, to a nano-USD. */
void tw_line_rate_multiply_out (TwLineRate *rate);

G_END_DECLS
