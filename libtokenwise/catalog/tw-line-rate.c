/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-line-rate-private.h"

static gint64
common_divisor (gint64 a, gint64 b)
{
  while (b != 0)
    {
      gint64 rest = a % b;

      a = b;
      b = rest;
    }
  return a;
}

/* Two factors of six digits; what is beyond is rounded to a nano-USD, and marked. */
#define MAX_RATIO ((TwFemto) G_GINT64_CONSTANT (1000000000000))

void
tw_line_rate_multiply_out (TwLineRate *rate)
{
  TwFemto product = rate->numerator * rate->rate;

  rate->is_rounded = rate->is_rounded || product % rate->denominator != 0;
  product = tw_femto_divide_half_even (product, rate->denominator);
  rate->rate = (gint64) MIN (product, (TwFemto) G_MAXINT64);
  rate->numerator = rate->denominator = 1;
}

void
tw_line_rate_apply (TwLineRate *rate, const TwAdjustment *adjustment)
{
  gint64 divisor = common_divisor (TW_FACTOR_ONE, adjustment->millionths);
  gint64 numerator = adjustment->millionths / divisor;
  gint64 denominator = TW_FACTOR_ONE / divisor;

  if (numerator * rate->numerator > MAX_RATIO || denominator * rate->denominator > MAX_RATIO)
    tw_line_rate_multiply_out (rate);
  rate->numerator *= numerator;
  rate->denominator *= denominator;
  rate->adjustments[rate->n_adjustments++] = adjustment;
}

/* quantity × rate × numerator / denominator in femto-USD, rounded once, half to even. FALSE beyond
 * 128 bits, which no real price reaches. */
gboolean
tw_line_rate_multiply (gint64 quantity, TwLineRate *rate, gint64 per, TwFemto *ret_femto)
{
  gint64 billed = rate->max_per_request > 0 ? MIN (quantity, rate->max_per_request) : quantity;
  TwFemto product = (TwFemto) billed * rate->rate;
  TwFemto divisor = rate->denominator;
  TwFemto whole, part;

  /* As nearly every line is: nothing to divide. */
  if (per == TW_PRICE_PER_MILLION && divisor == 1 && rate->numerator == 1)
    {
      *ret_femto = product;
      return TRUE;
    }
  /* Nano-USD per unit are femto-USD per million. */
  if (per != TW_PRICE_PER_MILLION)
    {
      product *= TW_FEMTO_PER_NANO;
      divisor *= per;
    }
  if (__builtin_mul_overflow (product / divisor, rate->numerator, &whole))
    return FALSE;
  part = product % divisor * rate->numerator;
  if (__builtin_add_overflow (whole, part / divisor, &whole))
    return FALSE;
  part %= divisor;
  rate->is_rounded = rate->is_rounded || part != 0;
  /* Half to even looks at the whole, not at the part alone. */
  if (part * 2 > divisor || (part * 2 == divisor && whole % 2 != 0))
    whole++;
  *ret_femto = whole;
  return TRUE;
}
