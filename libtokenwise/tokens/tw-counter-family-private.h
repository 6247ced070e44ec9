/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-counter-private.h"

G_BEGIN_DECLS

typedef enum
{
  TW_IMAGE_TILES,   /* OpenAI: 512-pixel tiles, or 32-pixel patches for some models */
  TW_IMAGE_PATCHES, /* Claude: 28-pixel patches */
  TW_IMAGE_FLAT,    /* Gemini: about the same for every image */
  TW_IMAGE_UNKNOWN,
} TwImageRule;

/* How the requests of one family of models are counted. A text has encoding's count × scale
 * tokens, with low and high around that; all three in thousandths. */
typedef struct
{
  const char *name;
  const char *encoding;
  guint scale;
  guint low;
  guint high;
  guint frame;             /* tokens of framing per request */
  guint frame_per_message; /* and per message, the system prompt being one */
  gboolean role_is_text;   /* the role's name is a part of the framing, too */
  gboolean tools_are_typescript;
  guint tools_frame; /* tokens that the presence of tools adds */
  TwImageRule images;
} TwCounterFamily;

typedef struct
{
  gint64 tokens;
  gint64 low;
  gint64 high;
} TwCountRange;

/* Never NULL: NULL and names that nobody knows have a family with a wide range. */
const TwCounterFamily *tw_counter_family_find (const char *tokenizer);
/* count × scale / 1000, to the nearest. */
gint64 tw_counter_scale (gint64 count, guint thousandths);
/* What count tokens of the family's encoding are for its models. */
TwCountRange tw_counter_family_range (const TwCounterFamily *self, gint64 count);

/* width 0: the size is not known. */
TwCountRange tw_counter_count_image (TwImageRule rule, guint width, guint height);
/* Of PNG, JPEG, GIF and WebP; FALSE for anything else. data is base64. */
gboolean tw_image_read_size (const char *base64, guint *ret_width, guint *ret_height);

G_END_DECLS
