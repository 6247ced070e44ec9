/* SPDX-License-Identifier: MIT */
/* expect-file: umbrella (tw-unlisted.h is missing) */
/* expect-file: umbrella (tw-gone.h does not exist) */
/* expect-file: umbrella (not sorted) */
#pragma once

#include <libtokenwise/net/tw-transport.h>
#include <libtokenwise/base/tw-gone.h>
