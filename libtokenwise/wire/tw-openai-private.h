/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-codec-private.h"

G_BEGIN_DECLS

/* The parts of the openai-chat dialect. */
TwWireCall *tw_openai_chat_encode (TwRequest *request, const TwWireTarget *target, GError **error);

/* The usage block of OpenAI's APIs and of all who copy them. */
gboolean
tw_openai_read_usage (const char *provider, const cJSON *block, TwUsage *usage, GError **error);

/* TwCodec.quick_event. */
gboolean tw_openai_chat_quick_event (TwDecoder *decoder, const char *data, gsize length);

G_END_DECLS
