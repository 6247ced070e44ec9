/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-money-private.h"

#include "libtokenwise/base/tw-error.h"

#define FRACTION_DIGITS 15
#define RATE_DIGITS 9
/* More digits before the point than any bill has; keeps the parser inside 128 bits. */
#define MAX_WHOLE_DIGITS 18

/* Digits, optionally a point and up to max_fraction digits; nothing else. The result is scaled by
 * 10^max_fraction. */
static gboolean
parse_decimal (const char *decimal, guint max_fraction, TwFemto *ret_scaled)
{
  const char *p = decimal;
  TwFemto value = 0;
  guint whole = 0, fraction = 0;

  for (; g_ascii_isdigit (*p) && whole <= MAX_WHOLE_DIGITS; p++, whole++)
    value = value * 10 + (*p - '0');
  if (whole == 0 || whole > MAX_WHOLE_DIGITS)
    return FALSE;
  if (*p == '.')
    {
      for (p++; g_ascii_isdigit (*p) && fraction <= max_fraction; p++, fraction++)
        value = value * 10 + (*p - '0');
      if (fraction == 0)
        return FALSE;
    }
  if (*p != '\0' || fraction > max_fraction)
    return FALSE;
  for (; fraction < max_fraction; fraction++)
    value *= 10;
  *ret_scaled = value;
  return TRUE;
}

static char *
format_decimal (TwFemto scaled, guint fraction_digits)
{
  char digits[48];
  gboolean negative = scaled < 0;
  unsigned __int128 value = negative ? -(unsigned __int128) scaled : (unsigned __int128) scaled;
  GString *text = g_string_new (negative ? "-" : NULL);
  guint n = 0;

  for (; value > 0 || n <= fraction_digits; value /= 10)
    digits[n++] = (char) ('0' + (int) (value % 10));
  while (n > fraction_digits)
    g_string_append_c (text, digits[--n]);
  g_string_append_c (text, '.');
  while (n > 0)
    g_string_append_c (text, digits[--n]);
  while (text->str[text->len - 1] == '0')
    g_string_truncate (text, text->len - 1);
  if (text->str[text->len - 1] == '.')
    g_string_truncate (text, text->len - 1);
  return g_string_free (text, FALSE);
}

static gboolean
refuse_decimal (const char *decimal, GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "“%.40s” is not an amount; write a plain decimal such as 0.25.", decimal);
  return FALSE;
}

gboolean
tw_rate_parse (const char *decimal, gint64 *ret_nano, GError **error)
{
  TwFemto scaled;

  if (!parse_decimal (decimal, RATE_DIGITS, &scaled) || scaled > G_MAXINT64)
    return refuse_decimal (decimal, error);
  *ret_nano = (gint64) scaled;
  return TRUE;
}

char *
tw_rate_to_decimal (gint64 nano)
{
  return format_decimal (nano, RATE_DIGITS);
}

gboolean
tw_femto_parse (const char *decimal, TwFemto *ret_femto, GError **error)
{
  gboolean negative = decimal[0] == '-';
  TwFemto scaled;

  if (!parse_decimal (decimal + negative, FRACTION_DIGITS, &scaled))
    return refuse_decimal (decimal, error);
  *ret_femto = negative ? -scaled : scaled;
  return TRUE;
}

char *
tw_femto_to_decimal (TwFemto femto)
{
  return format_decimal (femto, FRACTION_DIGITS);
}

void
tw_femto_split (TwFemto femto, gint64 *ret_nano, gint64 *ret_rem)
{
  TwFemto nano = femto / TW_FEMTO_PER_NANO;
  TwFemto rem = femto % TW_FEMTO_PER_NANO;

  if (rem < 0)
    {
      nano--;
      rem += TW_FEMTO_PER_NANO;
    }
  *ret_nano = (gint64) CLAMP (nano, G_MININT64, G_MAXINT64);
  *ret_rem = (gint64) rem;
}

TwFemto
tw_femto_join (gint64 nano, gint64 rem)
{
  return (TwFemto) nano * TW_FEMTO_PER_NANO + rem;
}

TwFemto
tw_femto_divide_half_even (TwFemto a, TwFemto b)
{
  TwFemto quotient = a / b;
  TwFemto twice = (a % b) * 2;
  TwFemto away = a < 0 ? -1 : 1;

  if (twice < 0)
    twice = -twice;
  if (twice > b || (twice == b && quotient % 2 != 0))
    quotient += away;
  return quotient;
}

TwMoney
tw_money_add (TwMoney a, TwMoney b)
{
  TwMoney sum = { 0, TW_MONEY_KNOWN };

  if (a.state != TW_MONEY_UNKNOWN)
    sum.femto += a.femto;
  if (b.state != TW_MONEY_UNKNOWN)
    sum.femto += b.femto;
  if (a.state == TW_MONEY_UNKNOWN && b.state == TW_MONEY_UNKNOWN)
    sum.state = TW_MONEY_UNKNOWN;
  else if (a.state != TW_MONEY_KNOWN || b.state != TW_MONEY_KNOWN)
    sum.state = TW_MONEY_BOUNDED;
  return sum;
}

static const char *const state_names[] = { "known", "bounded", "unknown" };

const char *
tw_money_state_to_string (TwMoneyState state)
{
  return state_names[state];
}

/* unit is femto-USD per shown unit; decimals after the point. */
static char *
format_rounded (TwFemto femto, TwFemto unit, guint decimals)
{
  TwFemto step = unit, scale = 1;
  char fraction[8] = "";
  TwFemto rounded, whole;

  for (guint i = 0; i < decimals; i++)
    {
      step /= 10;
      scale *= 10;
    }
  rounded = tw_femto_divide_half_even (femto, step);
  whole = rounded / scale;
  if (decimals > 0)
    g_snprintf (fraction, sizeof fraction, ".%0*d", (int) decimals, (int) (rounded % scale));
  return g_strdup_printf ("%" G_GINT64_FORMAT "%s", (gint64) whole, fraction);
}

static char *
amount_to_text (TwFemto femto)
{
  const TwFemto cent = TW_FEMTO_PER_USD / 100;
  g_autofree char *number = NULL;

  if (femto >= TW_FEMTO_PER_USD - cent / 2)
    {
      number = format_rounded (femto, TW_FEMTO_PER_USD, 2);
      return g_strconcat ("$", number, NULL);
    }
  if (femto < cent / 200)
    return g_strdup ("< 0.01 ¢");
  number = format_rounded (femto, cent,
                           femto * 20 >= cent * 199    ? 0
                           : femto * 200 >= cent * 199 ? 1
                                                       : 2);
  return g_strconcat (number, " ¢", NULL);
}

char *
tw_money_to_text (TwMoney money)
{
  g_autofree char *amount = NULL;

  if (money.state == TW_MONEY_UNKNOWN)
    return g_strdup ("price unknown");
  if (money.femto == 0 && money.state == TW_MONEY_KNOWN)
    return g_strdup ("free");
  if (money.femto < 0)
    {
      money.femto = -money.femto;
      amount = tw_money_to_text (money);
      return g_strconcat ("−", amount, NULL);
    }
  amount = amount_to_text (money.femto);
  if (money.state == TW_MONEY_KNOWN)
    return g_steal_pointer (&amount);
  if (g_str_has_prefix (amount, "<"))
    return g_strdup ("> 0 ¢");
  return g_strconcat ("≥ ", amount, NULL);
}
