/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/message/tw-request.h>

G_BEGIN_DECLS

TW_PUBLIC char *
tw_counter_count_text_json (const char *tokenizer, const char *text, gssize length, GError **error);
TW_PUBLIC char *
tw_counter_count_request_json (const char *tokenizer, TwRequest *request, GError **error);

G_END_DECLS
