/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/message/tw-request-private.h"

G_BEGIN_DECLS

/* The tools as OpenAI's models are shown them, as far as npm openai-chat-tokens 0.2.8 found out:
 * a TypeScript namespace. */
char *tw_tools_to_typescript (GPtrArray *tools);
/* One JSON object per tool and line, with a space after each comma and colon, as the templates of
 * open models write it. */
char *tw_tools_to_json (GPtrArray *tools);
/* What google-genai's LocalTokenizer counts of tools: names, descriptions, and of schemas the
 * strings but for the types. (element-type utf8) */
GPtrArray *tw_tools_to_strings (GPtrArray *tools);
/* The keys and the strings of a tool call's arguments, which are a JSON object as text. */
GPtrArray *tw_arguments_to_strings (const char *arguments);

G_END_DECLS
