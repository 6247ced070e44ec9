/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/client/tw-call-private.h"

G_BEGIN_DECLS

/* Turns the hold of a call that is over into what it cost. failure (nullable): how it ended. The
 * receipt, or NULL with an error when the ledger could not be written. */
TwReceipt *tw_settle_call (TwCall *call, const GError *failure, GError **error);

/* What a call under way has come to, as far as it can be told from what arrived. */
TwMoney tw_settlement_cost_so_far (const TwCall *call);
/* What the attempt that just failed was billed at, if its server said so; else nothing. */
TwMoney tw_settlement_cost_of_attempt (const TwCall *call);

G_END_DECLS
