/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-codec-private.h"

G_BEGIN_DECLS

/* The parts of the openai-responses dialect. */
TwWireCall *
tw_openai_responses_encode (TwRequest *request, const TwWireTarget *target, GError **error);

/* Adds the items of the conversation to the body, as "instructions" and "input", and counts their
 * cache breakpoints. */
gboolean tw_openai_responses_add_input (cJSON *body,
                                        TwRequest *request,
                                        const TwWireTarget *target,
                                        guint *ret_n_breakpoints,
                                        GError **error);

/* Servers that keep to OpenAI's own rules, also where they refuse what others take. */
gboolean tw_openai_responses_is_openai (const TwWireTarget *target);

G_END_DECLS
