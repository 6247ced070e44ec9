/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>

G_BEGIN_DECLS

#define TW_TYPE_COST (tw_cost_get_type ())

TW_PUBLIC GType tw_cost_get_type (void) G_GNUC_CONST;

TW_PUBLIC TwCost *tw_cost_copy (const TwCost *self);
TW_PUBLIC void tw_cost_free (TwCost *self);
TW_PUBLIC char *tw_cost_to_decimal (const TwCost *self);
TW_PUBLIC char *tw_cost_to_text (const TwCost *self);
TW_PUBLIC const char *tw_cost_get_state (const TwCost *self);
TW_PUBLIC char *tw_cost_to_json (const TwCost *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwCost, tw_cost_free)

G_END_DECLS
