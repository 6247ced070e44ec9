/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-codec-private.h"
#include "libtokenwise/wire/tw-tool-calls-private.h"

G_BEGIN_DECLS

/* What a dialect says to the decoder while it reads. */

/* The dialect's own data_size bytes. */
gpointer tw_decoder_get_data (TwDecoder *self);

/* Id and served model, at any time and any number of times; NULL and "" say nothing. */
void tw_decoder_set_model (TwDecoder *self, const char *id, const char *model);
void tw_decoder_set_service_tier (TwDecoder *self, const char *tier);
void tw_decoder_set_speed (TwDecoder *self, const char *speed);
void tw_decoder_set_region (TwDecoder *self, const char *region);
/* TW_EVENT_TEXT or TW_EVENT_REASONING; NULL and "" are nothing. */
void tw_decoder_add_text (TwDecoder *self, TwEventKind kind, const char *text);
/* The same, and takes the text. */
void tw_decoder_take_text (TwDecoder *self, TwEventKind kind, char *take_text);
/* The end of a block of reasoning, with what its provider wants back beside it; NULL and "" are
 * nothing. Reasoning that is only shown encrypted is TW_REDACTED_PREFIX and its data. */
void tw_decoder_sign_reasoning (TwDecoder *self, const char *signature);
void tw_decoder_set_finish (TwDecoder *self, TwFinish finish);
/* The dialect's evidence that the reply came to its end. */
void tw_decoder_mark_end (TwDecoder *self);

TwToolCalls *tw_decoder_get_tool_calls (TwDecoder *self);
/* A new call; NULL, and an error in the state, when there are too many. */
TwToolCall *tw_decoder_open_tool_call (TwDecoder *self, gint64 key);
/* No more pieces come for this call: its event follows now if it is whole. */
void tw_decoder_close_tool_call (TwDecoder *self, TwToolCall *call);

/* Reads the usage block with the codec; NULL says that there was none. */
void tw_decoder_read_usage (TwDecoder *self, const cJSON *block);

G_END_DECLS
