/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-codec-private.h"

G_BEGIN_DECLS

/* The parts of the anthropic dialect. */
TwWireCall *tw_anthropic_encode (TwRequest *request, const TwWireTarget *target, GError **error);

gboolean
tw_anthropic_read_usage (const char *provider, const cJSON *block, TwUsage *usage, GError **error);

/* (nullable) (transfer full): known joined with what a later event of the stream says: cumulative
 * counts, so that a member that is there and not null replaces the older one. known is taken. */
cJSON *tw_anthropic_merge_usage (cJSON *known, const cJSON *later);

G_END_DECLS
