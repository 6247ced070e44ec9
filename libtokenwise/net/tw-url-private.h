/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

gboolean tw_url_is_loopback (const char *url);
/* "api.example.com port 443", for messages. Owned by the caller. */
char *tw_url_to_place (const char *url);

G_END_DECLS
