/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/message/tw-request-private.h"

G_BEGIN_DECLS

/* The tools as OpenAI's models are shown them, as far as npm openai-chat-tokens 0.2.8 found out:
 * a TypeScript namespace. */
char *tw_tools_to_typescript (GPtrArray *tools);
/* One JSON object per tool, compact. */
char *tw_tools_to_json (GPtrArray *tools);

G_END_DECLS
