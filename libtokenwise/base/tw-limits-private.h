/* SPDX-License-Identifier: MIT */
#pragma once

/* Everything a peer controls has a limit. Each is tested at the limit and one past it. */

/* One line of an event stream, and one event (its joined data lines). cJSON needs up to forty
 * times the bytes of a document of small numbers, so an event costs at most 160 MiB. */
#define TW_LIMIT_LINE_BYTES (1u << 20)
#define TW_LIMIT_EVENT_BYTES (4u << 20)
/* The headers of one event of an AWS event stream; the protocol itself allows 128 KiB. */
#define TW_LIMIT_FRAME_HEADER_BYTES (32u << 10)
/* A whole reply, streamed or not. */
#define TW_LIMIT_REPLY_BYTES (64u << 20)
/* The events of a stream, and the text, reasoning and arguments of tool calls they come to: some
 * four times the longest answer a model can give. */
#define TW_LIMIT_REPLY_EVENTS (1u << 20)
#define TW_LIMIT_REPLY_TEXT (16u << 20)
/* cJSON itself stops at 1,000 levels, which overflows a 128 KiB stack. */
#define TW_LIMIT_JSON_DEPTH 64u
#define TW_LIMIT_HEADER_BYTES (100u << 10)
/* A request file or a prompt from disk. */
#define TW_LIMIT_REQUEST_BYTES (32u << 20)
/* What of a provider's error text is kept. */
#define TW_LIMIT_ERROR_TEXT 500u
/* Tool calls in one reply. */
#define TW_LIMIT_TOOL_CALLS 256u
