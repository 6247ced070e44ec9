/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/client/tw-call-private.h"

G_BEGIN_DECLS

/* Whether the bill ends when this call is broken off; nothing is billed in the sandbox. */
TwHangUp tw_call_get_hang_up (const TwCall *self);
/* What breaking it off now means for the bill, a sentence. Owned by the caller. */
char *tw_call_describe_stop (const TwCall *self);

G_END_DECLS
