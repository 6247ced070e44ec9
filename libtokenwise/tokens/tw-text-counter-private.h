/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-text-counter.h"

G_BEGIN_DECLS

/* Whether the parts of the object agree with one another; for tests. */
gboolean tw_text_counter_check (TwTextCounter *self);

G_END_DECLS
