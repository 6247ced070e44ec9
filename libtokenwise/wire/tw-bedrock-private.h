/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-codec-private.h"

G_BEGIN_DECLS

#define TW_BEDROCK_DIALECT "bedrock-converse"

TwWireCall *tw_bedrock_encode (TwRequest *request, const TwWireTarget *target, GError **error);

/* Content blocks. They have no type: the one member a block has says what it is. */

/* Adds all messages, turns of one speaker in one. */
gboolean tw_bedrock_add_messages (cJSON *body, TwRequest *request, GError **error);
/* {"text": …} */
void tw_bedrock_add_text (cJSON *blocks, const char *text);
/* {"cachePoint": …}; nothing when ttl is NULL. */
gboolean tw_bedrock_add_cache_point (cJSON *blocks, const char *ttl, GError **error);

/* How much to reason, in the field that the model reads: one of the model's own in body, or the
 * API's in its outputConfig. */
gboolean tw_bedrock_add_effort (cJSON *body,
                                cJSON *output_config,
                                TwRequest *request,
                                const TwWireTarget *target,
                                GError **error);

G_END_DECLS
