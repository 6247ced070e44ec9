/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-encode-private.h"

G_BEGIN_DECLS

/* For the dialects that have OpenAI's functions and nothing to steer caches, tiers or records
 * with: Cohere's and Ollama's. */

/* An error for what such a dialect cannot carry anywhere in the request. */
gboolean tw_encode_check_plain (TwRequest *request, const char *dialect, GError **error);
/* "tools": a list of {"type":"function","function":{…}}. */
void tw_encode_add_functions (cJSON *body, TwRequest *request);
cJSON *tw_encode_add_message (cJSON *messages, const char *role);

G_END_DECLS
