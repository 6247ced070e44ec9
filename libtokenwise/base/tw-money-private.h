/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* Exact money. A rate is nano-USD per 1,000,000 units, which is the same number as femto-USD per
 * unit, so a cost is Σ count × rate with no division and no rounding. femto-USD in 128 bits hold
 * INT64_MAX tokens at $2.50 per token-million with twelve digits to spare. */
typedef __int128 TwFemto;

#define TW_FEMTO_PER_NANO G_GINT64_CONSTANT (1000000)
#define TW_FEMTO_PER_USD ((TwFemto) G_GINT64_CONSTANT (1000000000000000))

/* Known: exactly this. Bounded: at least this (a part of the sum is unknown or estimated upwards).
 * Unknown: nobody can say; the amount is meaningless and must not be shown as 0. */
typedef enum
{
  TW_MONEY_KNOWN,
  TW_MONEY_BOUNDED,
  TW_MONEY_UNKNOWN,
} TwMoneyState;

typedef struct
{
  TwFemto femto;
  TwMoneyState state;
} TwMoney;

/* A rate of the catalogue: a decimal of at most nine fractional digits, as nano-USD. */
gboolean tw_rate_parse (const char *decimal, gint64 *ret_nano, GError **error);
char *tw_rate_to_decimal (gint64 nano);

/* Decimal strings of USD, exact to fifteen fractional digits, shortest form ("0.054399", "0"). */
gboolean tw_femto_parse (const char *decimal, TwFemto *ret_femto, GError **error);
char *tw_femto_to_decimal (TwFemto femto);

/* The two stored columns: nano-USD (floor) and a remainder of 0…999,999 femto-USD. One row holds up
 * to $9.2 billion; what is above is cut off there. */
void tw_femto_split (TwFemto femto, gint64 *ret_nano, gint64 *ret_rem);
TwFemto tw_femto_join (gint64 nano, gint64 rem);

/* a / b to the nearest integer, half to even; b > 0. */
TwFemto tw_femto_divide_half_even (TwFemto a, TwFemto b);

TwMoney tw_money_add (TwMoney a, TwMoney b);
const char *tw_money_state_to_string (TwMoneyState state);

/* For people: "0.71 ¢", "$1.20", "< 0.01 ¢", "free", "price unknown", "≥ $3.10". Two significant
 * digits below a dollar, cents above. */
char *tw_money_to_text (TwMoney money);

G_END_DECLS
