/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-counter-family-private.h"

G_BEGIN_DECLS

/* What a request may ask for; what it does not say is up to the model. */
typedef enum
{
  TW_DETAIL_AUTO,
  TW_DETAIL_LOW,
  TW_DETAIL_HIGH,
} TwImageDetail;

typedef enum
{
  TW_IMAGE_TILES,        /* OpenAI: base + tile per 512 pixels */
  TW_IMAGE_PATCHES,      /* OpenAI: 32 pixels × a multiplier */
  TW_IMAGE_CLAUDE,       /* 28 pixels */
  TW_IMAGE_GEMINI_TILES, /* Gemini 2 */
  TW_IMAGE_ROWS,         /* Mistral: patches and one more per row */
  TW_IMAGE_MERGED,       /* Qwen: patches, their number limited */
  TW_IMAGE_XAI,          /* 448-pixel tiles */
  TW_IMAGE_FLAT,         /* about the same for every image */
} TwImageMethod;

typedef struct
{
  guint side;   /* longest, in pixels */
  guint budget; /* patches; 0: as many as it takes */
} TwImageLimit;

typedef struct
{
  const char *family; /* (nullable) any */
  const char *model;  /* (nullable) any */
  TwImageMethod method;
  TwCountBasis basis;
  guint base; /* tokens; flat: low */
  guint unit; /* tokens per tile, hundredths per patch, pixels per patch; flat: tokens */
  guint most; /* flat: high */
  TwImageLimit limits[3]; /* by TwImageDetail */
} TwImageRule;

/* Never NULL. */
const TwImageRule *tw_image_rule_find (const char *family, const char *model);
/* width 0: the size is not known. */
TwCountRange
tw_counter_count_image (const TwImageRule *rule, TwImageDetail detail, guint width, guint height);

G_END_DECLS
