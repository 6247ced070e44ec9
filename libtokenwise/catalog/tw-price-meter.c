/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-price-meter-private.h"

#include <string.h>

typedef struct
{
  const char *name;
  TwPriceMeter parent;
} MeterInfo;

/* The meters of the catalogue's schema (tokenwise-catalog/1). A part that has no price of its own
 * is billed as its whole: providers that give no discount for cache reads bill them as input. */
static const MeterInfo meters[TW_N_PRICE_METERS] = {
  [TW_PRICE_METER_INPUT] = { "input", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_OUTPUT] = { "output", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_CACHE_READ] = { "cache_read", TW_PRICE_METER_INPUT },
  [TW_PRICE_METER_CACHE_WRITE] = { "cache_write", TW_PRICE_METER_INPUT },
  [TW_PRICE_METER_CACHE_WRITE_1H] = { "cache_write_1h", TW_PRICE_METER_CACHE_WRITE },
  [TW_PRICE_METER_CACHE_WRITE_5M] = { "cache_write_5m", TW_PRICE_METER_CACHE_WRITE },
  [TW_PRICE_METER_WEB_SEARCH] = { "web_search", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_REASONING] = { "reasoning", TW_PRICE_METER_OUTPUT },
  [TW_PRICE_METER_INPUT_AUDIO] = { "input_audio", TW_PRICE_METER_INPUT },
  [TW_PRICE_METER_CACHE_READ_AUDIO] = { "cache_read_audio", TW_PRICE_METER_CACHE_READ },
  [TW_PRICE_METER_INPUT_IMAGE] = { "input_image", TW_PRICE_METER_INPUT },
  [TW_PRICE_METER_CACHE_READ_IMAGE] = { "cache_read_image", TW_PRICE_METER_CACHE_READ },
  [TW_PRICE_METER_INPUT_VIDEO] = { "input_video", TW_PRICE_METER_INPUT },
  [TW_PRICE_METER_CACHE_READ_VIDEO] = { "cache_read_video", TW_PRICE_METER_CACHE_READ },
  [TW_PRICE_METER_INPUT_TOOL] = { "input_tool", TW_PRICE_METER_INPUT },
  [TW_PRICE_METER_CITATION] = { "citation", TW_PRICE_METER_OUTPUT },
  [TW_PRICE_METER_OUTPUT_AUDIO] = { "output_audio", TW_PRICE_METER_OUTPUT },
  [TW_PRICE_METER_OUTPUT_IMAGE] = { "output_image", TW_PRICE_METER_OUTPUT },
  [TW_PRICE_METER_OUTPUT_VIDEO] = { "output_video", TW_PRICE_METER_OUTPUT },
  [TW_PRICE_METER_EMBEDDING] = { "embedding", TW_PRICE_METER_INPUT },
  [TW_PRICE_METER_CACHE_STORAGE] = { "cache_storage", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_REQUEST] = { "request", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_WEB_SEARCH_PROMPT] = { "web_search_prompt", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_X_SEARCH] = { "x_search", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_MAPS] = { "maps", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_FILE_SEARCH] = { "file_search", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_CODE_INTERPRETER_SESSION] = { "code_interpreter_session", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_CODE_EXECUTION] = { "code_execution", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_ATTACHMENT_SEARCH] = { "attachment_search", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_COMPUTER_USE_INPUT] = { "computer_use_input", TW_PRICE_METER_INPUT },
  [TW_PRICE_METER_COMPUTER_USE_OUTPUT] = { "computer_use_output", TW_PRICE_METER_OUTPUT },
  [TW_PRICE_METER_VECTOR_STORE_GB_DAY] = { "vector_store_gb_day", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_IMAGE] = { "image", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_IMAGE_MEGAPIXEL] = { "image_megapixel", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_INPUT_IMAGE_COUNT] = { "input_image_count", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_VIDEO_SECOND] = { "video_second", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_AUDIO_SECOND] = { "audio_second", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_INPUT_AUDIO_SECOND] = { "input_audio_second", TW_PRICE_METER_AUDIO_SECOND },
  [TW_PRICE_METER_OUTPUT_AUDIO_SECOND] = { "output_audio_second", TW_PRICE_METER_AUDIO_SECOND },
  [TW_PRICE_METER_CHARACTER] = { "character", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_DOCUMENT_PAGE] = { "document_page", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_ANNOTATED_DOCUMENT_PAGE]
  = { "annotated_document_page", TW_PRICE_METER_DOCUMENT_PAGE },
  [TW_PRICE_METER_RERANK_SEARCH] = { "rerank_search", TW_PRICE_METER_NONE },
  [TW_PRICE_METER_GPU_SECOND] = { "gpu_second", TW_PRICE_METER_NONE },
};

const char *
tw_price_meter_to_string (TwPriceMeter meter)
{
  return meters[meter].name;
}

gboolean
tw_price_meter_from_string (const char *name, TwPriceMeter *ret_meter)
{
  for (guint i = 0; i < TW_N_PRICE_METERS; i++)
    if (strcmp (name, meters[i].name) == 0)
      {
        *ret_meter = (TwPriceMeter) i;
        return TRUE;
      }
  return FALSE;
}

TwPriceMeter
tw_price_meter_parent (TwPriceMeter meter)
{
  return meters[meter].parent;
}
