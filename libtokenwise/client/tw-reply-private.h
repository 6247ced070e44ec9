/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/client/tw-call-private.h"
#include "libtokenwise/client/tw-reply.h"

G_BEGIN_DECLS

/* Takes call, whose hold is in the ledger. */
TwReply *tw_reply_new (TwCall *call);

G_END_DECLS
