/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/client/tw-client.h"
#include "libtokenwise/client/tw-config-private.h"
#include "libtokenwise/client/tw-rate-limits-private.h"

G_BEGIN_DECLS

const TwConfig *tw_client_get_config (TwClient *self);
TwRateLimits *tw_client_get_rate_limits (TwClient *self);

G_END_DECLS
