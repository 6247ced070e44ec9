/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/client/tw-client.h"
#include "libtokenwise/client/tw-config-private.h"

G_BEGIN_DECLS

const TwConfig *tw_client_get_config (TwClient *self);

G_END_DECLS
