/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>

G_BEGIN_DECLS

#define TW_TYPE_USAGE (tw_usage_get_type ())

/**
 * TwMeter:
 * @TW_METER_INPUT_UNCACHED: prompt tokens read afresh
 * @TW_METER_INPUT_CACHE_READ: prompt tokens read from the provider's cache
 * @TW_METER_INPUT_CACHE_WRITE_5M: prompt tokens written to a cache for 5 minutes
 * @TW_METER_INPUT_CACHE_WRITE_30M: prompt tokens written to a cache for 30 minutes
 * @TW_METER_INPUT_CACHE_WRITE_1H: prompt tokens written to a cache for an hour
 * @TW_METER_OUTPUT_TEXT: completion tokens but reasoning
 * @TW_METER_OUTPUT_REASONING: completion tokens spent on reasoning
 * @TW_METER_INPUT_AUDIO: of the uncached prompt tokens, those of audio
 * @TW_METER_INPUT_IMAGE: of the uncached prompt tokens, those of images
 * @TW_METER_CACHE_READ_AUDIO: of the cache reads, those of audio
 * @TW_METER_CACHE_READ_IMAGE: of the cache reads, those of images
 * @TW_METER_OUTPUT_AUDIO: of the completion tokens, those of audio
 * @TW_METER_OUTPUT_IMAGE: of the completion tokens, those of images
 * @TW_METER_TOOL_PROMPT: of the uncached prompt tokens, those a server tool added
 * @TW_METER_WEB_SEARCH: web searches, counted apiece
 * @TW_METER_WEB_FETCH: web fetches, counted apiece
 *
 * What a reply is billed by. The first seven are exclusive: each token is in
 * one of them. The next seven say how many of those tokens were of a kind that
 * has its own price; the last two are counts of fees.
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
  TW_METER_CACHE_READ_AUDIO,
  TW_METER_CACHE_READ_IMAGE,
  TW_METER_OUTPUT_AUDIO,
  TW_METER_OUTPUT_IMAGE,
  TW_METER_TOOL_PROMPT,
  TW_METER_WEB_SEARCH,
  TW_METER_WEB_FETCH,
} TwMeter;

TW_PUBLIC GType tw_usage_get_type (void) G_GNUC_CONST;

TW_PUBLIC TwUsage *tw_usage_new_from_json (const char *json, GError **error);
TW_PUBLIC TwUsage *tw_usage_copy (const TwUsage *self);
TW_PUBLIC void tw_usage_free (TwUsage *self);
TW_PUBLIC gint64 tw_usage_get_count (const TwUsage *self, TwMeter meter);
TW_PUBLIC gint64 tw_usage_get_input_total (const TwUsage *self);
TW_PUBLIC gint64 tw_usage_get_output_total (const TwUsage *self);
TW_PUBLIC gboolean tw_usage_get_is_estimated (const TwUsage *self);
TW_PUBLIC char *tw_usage_to_json (const TwUsage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwUsage, tw_usage_free)

G_END_DECLS
