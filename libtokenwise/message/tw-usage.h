/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>

G_BEGIN_DECLS

#define TW_TYPE_USAGE (tw_usage_get_type ())

/**
 * TwMeter:
 * @TW_METER_INPUT_UNCACHED: prompt tokens read afresh
 * @TW_METER_INPUT_CACHE_READ: prompt tokens read from the provider's cache
 * @TW_METER_INPUT_CACHE_WRITE_5M: prompt tokens written to a cache for 5
 *   minutes
 * @TW_METER_INPUT_CACHE_WRITE_30M: prompt tokens written to a cache for 30
 *   minutes
 * @TW_METER_INPUT_CACHE_WRITE_1H: prompt tokens written to a cache for an
 *   hour
 * @TW_METER_OUTPUT_TEXT: completion tokens but reasoning
 * @TW_METER_OUTPUT_REASONING: completion tokens spent on reasoning
 * @TW_METER_INPUT_AUDIO: of the prompt tokens, those of audio
 * @TW_METER_INPUT_IMAGE: of the prompt tokens, those of images
 * @TW_METER_INPUT_VIDEO: of the prompt tokens, those of video
 * @TW_METER_CACHE_READ_AUDIO: of the cache reads, those of audio
 * @TW_METER_CACHE_READ_IMAGE: of the cache reads, those of images
 * @TW_METER_CACHE_READ_VIDEO: of the cache reads, those of video
 * @TW_METER_OUTPUT_AUDIO: of the completion tokens, those of audio
 * @TW_METER_OUTPUT_IMAGE: of the completion tokens, those of images
 * @TW_METER_OUTPUT_VIDEO: of the completion tokens, those of video
 * @TW_METER_TOOL_PROMPT: of the uncached prompt tokens, those a server tool
 *   added
 * @TW_METER_WEB_SEARCH: web searches
 * @TW_METER_WEB_FETCH: web pages fetched
 * @TW_METER_WEB_SEARCH_PROMPT: prompts that were grounded by web searches,
 *   where the prompt is billed and not each search
 * @TW_METER_X_SEARCH: searches of X
 * @TW_METER_MAPS: prompts grounded by maps
 * @TW_METER_FILE_SEARCH: searches of stored files
 * @TW_METER_ATTACHMENT_SEARCH: searches of attached files
 * @TW_METER_CODE_INTERPRETER_SESSION: sessions of a code interpreter
 * @TW_METER_CODE_EXECUTION: runs of code
 * @TW_METER_CITATION: tokens of cited pages, beside the prompt and the
 *   completion
 * @TW_METER_CACHE_STORAGE: token-hours that a cache was stored
 * @TW_METER_IMAGE: images made
 * @TW_METER_IMAGE_MEGAPIXEL: megapixels of images made
 * @TW_METER_INPUT_IMAGE_COUNT: images read, where the image is billed and
 *   not its tokens
 * @TW_METER_VIDEO_SECOND: seconds of video made
 * @TW_METER_AUDIO_SECOND: seconds of audio
 * @TW_METER_INPUT_AUDIO_SECOND: seconds of audio read
 * @TW_METER_OUTPUT_AUDIO_SECOND: seconds of audio made
 * @TW_METER_CHARACTER: characters, where they are billed and not tokens
 * @TW_METER_DOCUMENT_PAGE: pages of documents read
 * @TW_METER_ANNOTATED_DOCUMENT_PAGE: pages of documents read and annotated
 * @TW_METER_RERANK_SEARCH: searches ranked
 * @TW_METER_REQUEST: requests beside the one that is priced
 *
 * What a reply is billed by. The first seven are exclusive: each token is in
 * one of them. The next ten say how many of those tokens were of a kind that
 * may have its own price. The rest are billed beside them, counted apiece.
 *
 * Since: 0.1
 */
typedef enum
{
  TW_METER_INPUT_UNCACHED,
  TW_METER_INPUT_CACHE_READ,
  TW_METER_INPUT_CACHE_WRITE_5M,
  TW_METER_INPUT_CACHE_WRITE_30M,
  TW_METER_INPUT_CACHE_WRITE_1H,
  TW_METER_OUTPUT_TEXT,
  TW_METER_OUTPUT_REASONING,
  TW_METER_INPUT_AUDIO,
  TW_METER_INPUT_IMAGE,
  TW_METER_INPUT_VIDEO,
  TW_METER_CACHE_READ_AUDIO,
  TW_METER_CACHE_READ_IMAGE,
  TW_METER_CACHE_READ_VIDEO,
  TW_METER_OUTPUT_AUDIO,
  TW_METER_OUTPUT_IMAGE,
  TW_METER_OUTPUT_VIDEO,
  TW_METER_TOOL_PROMPT,
  TW_METER_WEB_SEARCH,
  TW_METER_WEB_FETCH,
  TW_METER_WEB_SEARCH_PROMPT,
  TW_METER_X_SEARCH,
  TW_METER_MAPS,
  TW_METER_FILE_SEARCH,
  TW_METER_ATTACHMENT_SEARCH,
  TW_METER_CODE_INTERPRETER_SESSION,
  TW_METER_CODE_EXECUTION,
  TW_METER_CITATION,
  TW_METER_CACHE_STORAGE,
  TW_METER_IMAGE,
  TW_METER_IMAGE_MEGAPIXEL,
  TW_METER_INPUT_IMAGE_COUNT,
  TW_METER_VIDEO_SECOND,
  TW_METER_AUDIO_SECOND,
  TW_METER_INPUT_AUDIO_SECOND,
  TW_METER_OUTPUT_AUDIO_SECOND,
  TW_METER_CHARACTER,
  TW_METER_DOCUMENT_PAGE,
  TW_METER_ANNOTATED_DOCUMENT_PAGE,
  TW_METER_RERANK_SEARCH,
  TW_METER_REQUEST,
} TwMeter;

TW_PUBLIC GType tw_usage_get_type (void) G_GNUC_CONST;

TW_PUBLIC TwUsage *tw_usage_new_from_json (const char *json, GError **error);
TW_PUBLIC TwUsage *tw_usage_copy (const TwUsage *self);
TW_PUBLIC void tw_usage_free (TwUsage *self);
TW_PUBLIC gint64 tw_usage_get_count (const TwUsage *self, TwMeter meter);
TW_PUBLIC gint64 tw_usage_get_input_total (const TwUsage *self);
TW_PUBLIC gint64 tw_usage_get_output_total (const TwUsage *self);
TW_PUBLIC gboolean tw_usage_get_is_estimated (const TwUsage *self);
TW_PUBLIC const char *tw_usage_get_service_tier (const TwUsage *self);
TW_PUBLIC const char *tw_usage_get_speed (const TwUsage *self);
TW_PUBLIC const char *tw_usage_get_region (const TwUsage *self);
TW_PUBLIC gint64 tw_usage_get_context_total (const TwUsage *self);
TW_PUBLIC char **tw_usage_get_unknown_keys (const TwUsage *self);
TW_PUBLIC char *tw_usage_to_json (const TwUsage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwUsage, tw_usage_free)

G_END_DECLS
