/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-stop-private.h"

#include "libtokenwise/client/tw-settlement-private.h"

TwHangUp
tw_call_get_hang_up (const TwCall *self)
{
  const TwProvider *provider = self->outgoing->provider;

  return provider != NULL ? provider->hang_up : TW_HANG_UP_ENDS_BILLING;
}

static char *
describe_open (const TwCall *self)
{
  const char *provider = self->estimate->provider;
  TwMoney so_far = tw_settlement_cost_so_far (self);
  TwMoney worst = tw_cost_get_money (self->estimate->worst);
  g_autofree char *least = tw_money_to_text ((TwMoney){ so_far.femto, TW_MONEY_KNOWN });
  g_autofree char *most = tw_money_to_text ((TwMoney){ worst.femto, TW_MONEY_KNOWN });
  gboolean priced = so_far.state != TW_MONEY_UNKNOWN && worst.state != TW_MONEY_UNKNOWN;

  switch (tw_call_get_hang_up (self))
    {
    case TW_HANG_UP_ENDS_BILLING:
      return priced ? g_strdup_printf ("Stopping ends the billing: about %s so far.", least)
                    : g_strdup ("Stopping ends the billing.");
    case TW_HANG_UP_BILLS_ON:
      return priced ? g_strdup_printf ("Stopping does not end the billing: %s answers to the end, "
                                       "and you still pay up to %s.",
                                       provider, most)
                    : g_strdup_printf ("Stopping does not end the billing: %s answers to the end, "
                                       "and bills all of it.",
                                       provider);
    case TW_HANG_UP_UNKNOWN:
    default:
      return priced ? g_strdup_printf ("Whether %s stops billing is not known: you pay between %s "
                                       "and %s.",
                                       provider, least, most)
                    : g_strdup_printf ("Whether %s stops billing is not known.", provider);
    }
}

char *
tw_call_describe_stop (const TwCall *self)
{
  if (self->stopped != NULL)
    return g_strdup (self->stopped);
  if (self->step == TW_CALL_OVER)
    return g_strdup ("The reply is over; there is nothing left to stop.");
  if (self->estimate->simulated)
    return g_strdup ("Stopping costs nothing: the sandbox bills nobody.");
  if (self->attempt == 0)
    return g_strdup ("Nothing was sent yet, so stopping costs nothing.");
  if (self->step == TW_CALL_WAIT)
    return g_strdup (
        "Nothing is generated while the next attempt waits: stopping ends the billing.");
  return describe_open (self);
}
