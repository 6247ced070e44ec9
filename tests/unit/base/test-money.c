/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-money-private.h"

static void
test_rate (void)
{
  static const struct
  {
    const char *text;
    gint64 nano;
  } good[] = {
    { "0", 0 },
    { "0.15", 150000000 },
    { "2.5", 2500000000 },
    { "600", 600000000000 },
    { "0.003625", 3625000 },
    { "0.000000001", 1 },
  };
  static const char *const bad[]
      = { "", ".5", "1.", "-1", "1e3", "0x10", " 1", "1 ", "0.0000000001", "99999999999999999999" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *back = NULL;
      gint64 nano = -1;

      g_assert_true (tw_rate_parse (good[i].text, &nano, NULL));
      g_assert_cmpint (nano, ==, good[i].nano);
      back = tw_rate_to_decimal (nano);
      g_assert_cmpstr (back, ==, good[i].text);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 nano = -1;

      g_assert_false (tw_rate_parse (bad[i], &nano, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
      g_assert_cmpint (nano, ==, -1);
    }
}

/* Anthropic, 3 uncached + 12,304 written at $3.75 + 550 out at $15: rivals say 0.091311. */
static void
test_sum_is_exact (void)
{
  TwFemto sum
      = (TwFemto) 3 * 3000000000 + (TwFemto) 12304 * 3750000000 + (TwFemto) 550 * 15000000000;
  g_autofree char *text = tw_femto_to_decimal (sum);

  g_assert_cmpstr (text, ==, "0.054399");
}

static void
test_columns_round_trip (void)
{
  static const char *const amounts[]
      = { "0",     "0.000000003625",    "0.000000000000001", "9000000000", "1.999999999999999",
          "-0.25", "-0.000000000000001" };

  for (guint i = 0; i < G_N_ELEMENTS (amounts); i++)
    {
      g_autofree char *back = NULL;
      TwFemto femto;
      gint64 nano, rem;

      g_assert_true (tw_femto_parse (amounts[i], &femto, NULL));
      tw_femto_split (femto, &nano, &rem);
      g_assert_cmpint (rem, >=, 0);
      g_assert_cmpint (rem, <, TW_FEMTO_PER_NANO);
      back = tw_femto_to_decimal (tw_femto_join (nano, rem));
      g_assert_cmpstr (back, ==, amounts[i]);
    }
}

static void
test_half_even (void)
{
  g_assert_cmpint ((gint64) tw_femto_divide_half_even (5, 2), ==, 2);
  g_assert_cmpint ((gint64) tw_femto_divide_half_even (7, 2), ==, 4);
  g_assert_cmpint ((gint64) tw_femto_divide_half_even (-5, 2), ==, -2);
  g_assert_cmpint ((gint64) tw_femto_divide_half_even (-7, 2), ==, -4);
  g_assert_cmpint ((gint64) tw_femto_divide_half_even (8, 3), ==, 3);
}

static void
test_unknown_never_becomes_zero (void)
{
  TwMoney unknown = { 0, TW_MONEY_UNKNOWN };
  TwMoney dollar = { TW_FEMTO_PER_USD, TW_MONEY_KNOWN };
  g_autofree char *text = NULL;
  TwMoney sum = tw_money_add (unknown, dollar);

  g_assert_cmpint (sum.state, ==, TW_MONEY_BOUNDED);
  text = tw_money_to_text (sum);
  g_assert_cmpstr (text, ==, "≥ $1.00");
  g_assert_cmpint (tw_money_add (unknown, unknown).state, ==, TW_MONEY_UNKNOWN);
}

static void
test_bounded_text (void)
{
  TwMoney tiny = { 1, TW_MONEY_BOUNDED };
  g_autofree char *text = tw_money_to_text (tiny);

  g_assert_cmpstr (text, ==, "> 0 ¢");
}

static void
test_text (void)
{
  static const struct
  {
    const char *amount;
    const char *text;
  } cases[] = {
    { "0", "free" },        { "0.00001", "< 0.01 ¢" },
    { "0.0001", "0.01 ¢" }, { "0.0071", "0.71 ¢" },
    { "0.0088", "0.88 ¢" }, { "0.00995", "1.0 ¢" },
    { "0.0185", "1.8 ¢" },  { "0.0995", "10 ¢" },
    { "0.114", "11 ¢" },    { "0.999", "$1.00" },
    { "0.994", "99 ¢" },    { "1.2", "$1.20" },
    { "12.4", "$12.40" },   { "75000000", "$75000000.00" },
    { "-0.25", "−25 ¢" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TwMoney money = { 0, TW_MONEY_KNOWN };
      g_autofree char *text = NULL;

      g_assert_true (tw_femto_parse (cases[i].amount, &money.femto, NULL));
      text = tw_money_to_text (money);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/money/rate", test_rate);
  g_test_add_func ("/base/money/sum-is-exact", test_sum_is_exact);
  g_test_add_func ("/base/money/columns-round-trip", test_columns_round_trip);
  g_test_add_func ("/base/money/half-even", test_half_even);
  g_test_add_func ("/base/money/unknown-never-becomes-zero", test_unknown_never_becomes_zero);
  g_test_add_func ("/base/money/bounded-text", test_bounded_text);
  g_test_add_func ("/base/money/text", test_text);
  return g_test_run ();
}
