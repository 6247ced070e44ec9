/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/client/tw-call-private.h"

G_BEGIN_DECLS

/* Turns the hold of a call that is over into what it cost. failure (nullable): how it ended. The
 * receipt, or NULL with an error when the ledger could not be written. */
TwReceipt *tw_settle_call (TwCall *call, const GError *failure, GError **error);

G_END_DECLS
