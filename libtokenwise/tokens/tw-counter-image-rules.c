/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-counter-image-private.h"

#define NO_LIMIT                                                                                   \
  {                                                                                                \
    65535, 0                                                                                       \
  }
#define SMALL                                                                                      \
  {                                                                                                \
    512, 0                                                                                         \
  }
#define AUTO_HIGH(limit_side, limit_patches)                                                       \
  {                                                                                                \
    { (limit_side), (limit_patches) }, { (limit_side), (limit_patches) },                          \
    {                                                                                              \
      (limit_side), (limit_patches)                                                                \
    }                                                                                              \
  }

/* The first row that fits counts. Sources, as of November 2026:
 * - OpenAI: developers.openai.com, “Images and vision”: sizing behaviour, multipliers, tiles. For
 *   gpt-5.6 and 6 the figures of huggingface.co/datasets/JOHNISKING/image-token-cost, ten sizes up
 *   to 12 megapixels, agree to the token, for gpt-5.5 within one step of the patches. gpt-4.1-nano
 *   and o4-mini: their budget as the page had it in 2025.
 * - Claude: platform.claude.com, “Vision” and “Coordinates and bounding boxes”.
 * - Gemini 2: ai.google.dev, “Image understanding”, a formula it calls rough. Gemini 3: at most
 *   1,120 by default; the data set has 1,065…1,101. Gemma 3: 256 (model card).
 * - Mistral: mistral-common's image encoder: 16 pixels for Pixtral, 28 for the later, at most 1,024
 *   and 1,540. Qwen: Alibaba Cloud's pages on Qwen-VL, 28 pixels (Qwen3: 32), at most 1,280 unless
 *   asked for. xAI: docs.x.ai, 448-pixel tiles of 256 and one more, at most seven; from memory. */
static const TwImageRule rules[] = {
  { "o200k_base", "gpt-4o-mini", TW_IMAGE_TILES, TW_BASIS_DOCUMENTED, 2833, 5667, 0, { { 0, 0 } } },
  { "o200k_base", "gpt-4o", TW_IMAGE_TILES, TW_BASIS_DOCUMENTED, 85, 170, 0, { { 0, 0 } } },
  { "o200k_base", "chatgpt-4o", TW_IMAGE_TILES, TW_BASIS_DOCUMENTED, 85, 170, 0, { { 0, 0 } } },
  { "o200k_base", "gpt-4-1-mini", TW_IMAGE_PATCHES, TW_BASIS_DOCUMENTED, 0, 162, 0,
    AUTO_HIGH (2048, 6144) },
  { "o200k_base", "gpt-4-1-nano", TW_IMAGE_PATCHES, TW_BASIS_DOCUMENTED, 0, 246, 0,
    AUTO_HIGH (2048, 1536) },
  { "o200k_base", "gpt-4-1", TW_IMAGE_TILES, TW_BASIS_DOCUMENTED, 85, 170, 0, { { 0, 0 } } },
  { "o200k_base", "gpt-4-5", TW_IMAGE_TILES, TW_BASIS_DOCUMENTED, 85, 170, 0, { { 0, 0 } } },
  { "o200k_base", "o4-mini", TW_IMAGE_PATCHES, TW_BASIS_DOCUMENTED, 0, 172, 0,
    AUTO_HIGH (2048, 1536) },
  { "o200k_base", "o1", TW_IMAGE_TILES, TW_BASIS_DOCUMENTED, 75, 150, 0, { { 0, 0 } } },
  { "o200k_base", "o3", TW_IMAGE_TILES, TW_BASIS_DOCUMENTED, 75, 150, 0, { { 0, 0 } } },
  { "o200k_base", "computer-use", TW_IMAGE_TILES, TW_BASIS_DOCUMENTED, 65, 129, 0, { { 0, 0 } } },
  { "o200k_base", "gpt-5-mini", TW_IMAGE_PATCHES, TW_BASIS_DOCUMENTED, 0, 120, 0,
    AUTO_HIGH (2048, 1536) },
  { "o200k_base", "gpt-5-nano", TW_IMAGE_PATCHES, TW_BASIS_DOCUMENTED, 0, 150, 0,
    AUTO_HIGH (2048, 1536) },
  { "o200k_base", "gpt-5-1-codex-mini", TW_IMAGE_PATCHES, TW_BASIS_DOCUMENTED, 0, 120, 0,
    AUTO_HIGH (2048, 1536) },
  { "o200k_base", "gpt-5-1", TW_IMAGE_TILES, TW_BASIS_DOCUMENTED, 70, 140, 0, { { 0, 0 } } },
  { "o200k_base", "gpt-5-2", TW_IMAGE_PATCHES, TW_BASIS_DOCUMENTED, 0, 120, 0,
    AUTO_HIGH (2048, 6144) },
  { "o200k_base", "gpt-5-3", TW_IMAGE_PATCHES, TW_BASIS_GUESSED, 0, 120, 0,
    AUTO_HIGH (2048, 6144) },
  { "o200k_base",
    "gpt-5-4",
    TW_IMAGE_PATCHES,
    TW_BASIS_DOCUMENTED,
    0,
    120,
    0,
    { { 2048, 2500 }, { 2048, 6144 }, { 2048, 2500 } } },
  { "o200k_base",
    "gpt-5-5",
    TW_IMAGE_PATCHES,
    TW_BASIS_DOCUMENTED,
    0,
    120,
    0,
    { { 6000, 10000 }, SMALL, { 2048, 2500 } } },
  { "o200k_base",
    "gpt-5-6",
    TW_IMAGE_PATCHES,
    TW_BASIS_DOCUMENTED,
    0,
    120,
    0,
    { NO_LIMIT, SMALL, { 2048, 2500 } } },
  { "o200k_base",
    "gpt-6",
    TW_IMAGE_PATCHES,
    TW_BASIS_MEASURED,
    0,
    120,
    0,
    { NO_LIMIT, SMALL, { 65535, 2500 } } },
  { "o200k_base", "gpt-5", TW_IMAGE_TILES, TW_BASIS_DOCUMENTED, 70, 140, 0, { { 0, 0 } } },
  { "o200k_base", NULL, TW_IMAGE_TILES, TW_BASIS_GUESSED, 85, 170, 0, { { 0, 0 } } },
  { "cl100k_base", NULL, TW_IMAGE_TILES, TW_BASIS_DOCUMENTED, 85, 170, 0, { { 0, 0 } } },
  { "claude-3", NULL, TW_IMAGE_CLAUDE, TW_BASIS_DOCUMENTED, 0, 28, 0, AUTO_HIGH (1568, 1568) },
  { "claude-4.7", NULL, TW_IMAGE_CLAUDE, TW_BASIS_DOCUMENTED, 0, 28, 0, AUTO_HIGH (2576, 4784) },
  { "claude-5", NULL, TW_IMAGE_CLAUDE, TW_BASIS_DOCUMENTED, 0, 28, 0, AUTO_HIGH (2576, 4784) },
  { "gemma3", "gemma", TW_IMAGE_FLAT, TW_BASIS_DOCUMENTED, 256, 258, 2600, { { 0, 0 } } },
  { "gemma3", "gemini-3", TW_IMAGE_FLAT, TW_BASIS_MEASURED, 1060, 1090, 1120, { { 0, 0 } } },
  { "gemma3", NULL, TW_IMAGE_GEMINI_TILES, TW_BASIS_DOCUMENTED, 0, 258, 0, { { 0, 0 } } },
  { "gemma4", "gemma", TW_IMAGE_FLAT, TW_BASIS_GUESSED, 70, 280, 1120, { { 0, 0 } } },
  { "gemma4", NULL, TW_IMAGE_FLAT, TW_BASIS_MEASURED, 1060, 1090, 1120, { { 0, 0 } } },
  { "tekken", "pixtral-12b", TW_IMAGE_ROWS, TW_BASIS_DOCUMENTED, 0, 16, 0, AUTO_HIGH (1024, 0) },
  { "mistral-v3", "pixtral-large", TW_IMAGE_ROWS, TW_BASIS_DOCUMENTED, 0, 16, 0,
    AUTO_HIGH (1024, 0) },
  { "tekken", NULL, TW_IMAGE_ROWS, TW_BASIS_DOCUMENTED, 0, 28, 0, AUTO_HIGH (1540, 0) },
  { "mistral", NULL, TW_IMAGE_ROWS, TW_BASIS_DOCUMENTED, 0, 28, 0, AUTO_HIGH (1540, 0) },
  { "qwen", "qwen2-5-vl", TW_IMAGE_MERGED, TW_BASIS_DOCUMENTED, 0, 28, 0, AUTO_HIGH (0, 1280) },
  { "qwen", NULL, TW_IMAGE_MERGED, TW_BASIS_GUESSED, 0, 32, 0, AUTO_HIGH (0, 2560) },
  { "grok", NULL, TW_IMAGE_XAI, TW_BASIS_GUESSED, 256, 448, 1792, { { 0, 0 } } },
  { NULL, NULL, TW_IMAGE_FLAT, TW_BASIS_GUESSED, 70, 1090, 6600, { { 0, 0 } } },
};

const TwImageRule *
tw_image_rule_find (const char *family, const char *model)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules) - 1; i++)
    if (g_str_equal (rules[i].family, family)
        && (rules[i].model == NULL || tw_counter_model_has (model, rules[i].model)))
      return &rules[i];
  return &rules[G_N_ELEMENTS (rules) - 1];
}
