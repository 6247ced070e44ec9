/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-counter-image-private.h"

#include <math.h>

/* When the size is not known: what people send mostly, and about the largest that is accepted
 * anywhere (OpenAI refuses more than 30,000 patches). */
#define ASSUMED_SIDE 1024
#define LARGEST_SIDE 5536
/* No format's header says more than this and means it; it keeps products in range. */
#define MAX_SIDE 1000000

typedef struct
{
  gint64 width;
  gint64 height;
} Size;

static gint64
ceil_divide (gint64 a, gint64 b)
{
  return (a + b - 1) / b;
}

static gint64
patches (Size size, gint64 side)
{
  return ceil_divide (size.width, side) * ceil_divide (size.height, side);
}

static TwCountRange
exactly (gint64 tokens)
{
  return (TwCountRange){ tokens, tokens, tokens };
}

/* Into a square, never enlarged. */
static Size
fit (Size size, gint64 side)
{
  gint64 longest = MAX (size.width, size.height);

  if (longest <= side)
    return size;
  return (Size){ MAX (size.width * side / longest, 1), MAX (size.height * side / longest, 1) };
}

static gint64
count_tiles (const TwImageRule *rule, TwImageDetail detail, Size size)
{
  gint64 shortest;

  if (detail == TW_DETAIL_LOW)
    return rule->base;
  size = fit (size, 2048);
  shortest = MIN (size.width, size.height);
  if (shortest > 768)
    size = (Size){ size.width * 768 / shortest, size.height * 768 / shortest };
  return rule->base + (gint64) rule->unit * patches (size, 512);
}

/* OpenAI's own formula is in floating point, and says that bills may differ by a token for it. */
static Size
shrink_to_budget (Size size, guint budget)
{
  double width = (double) size.width / 32;
  double height = (double) size.height / 32;
  double shrink = sqrt (budget / (width * height));
  double adjust = MIN (floor (width * shrink) / (width * shrink),
                       floor (height * shrink) / (height * shrink));

  /* A side of less than a patch would make it nothing. */
  if (adjust <= 0)
    adjust = 1;
  return (Size){ MAX ((gint64) ((double) size.width * shrink * adjust), 1),
                 MAX ((gint64) ((double) size.height * shrink * adjust), 1) };
}

static TwCountRange
count_patches (const TwImageRule *rule, TwImageDetail detail, Size size)
{
  TwImageLimit limit = rule->limits[detail];
  Size fitted = fit (size, limit.side);
  gint64 tokens;

  if (limit.budget > 0 && patches (fitted, 32) > limit.budget)
    fitted = shrink_to_budget (fitted, limit.budget);
  tokens = ceil_divide (patches (fitted, 32) * rule->unit, 100);
  if (fitted.width == size.width && fitted.height == size.height)
    return exactly (tokens);
  return (TwCountRange){ tokens, tokens - 1 - tokens / 50, tokens + 1 + tokens / 50 };
}

/* To the nearest, halves to even. */
static gint64
divide_round (gint64 a, gint64 b)
{
  gint64 quotient = a / b;
  gint64 twice = a % b * 2;

  return quotient + (twice > b || (twice == b && quotient % 2 == 1));
}

static gboolean
fits_claude (const TwImageRule *rule, Size size)
{
  TwImageLimit limit = rule->limits[TW_DETAIL_AUTO];
  gint64 longest = MAX (size.width, size.height);

  return ceil_divide (longest, 28) * 28 <= limit.side && patches (size, 28) <= limit.budget;
}

/* The largest size of the same proportions that keeps both limits, as Anthropic's page has it. */
static gint64
count_claude (const TwImageRule *rule, Size size)
{
  gint64 longest = MAX (size.width, size.height);
  gint64 shortest = MIN (size.width, size.height);
  gint64 low = 1;
  gint64 high = longest;

  if (fits_claude (rule, size))
    return patches (size, 28);
  while (low + 1 < high)
    {
      gint64 middle = (low + high) / 2;
      Size smaller = { middle, MAX (divide_round (middle * shortest, longest), 1) };

      if (fits_claude (rule, smaller))
        low = middle;
      else
        high = middle;
    }
  return patches ((Size){ low, MAX (divide_round (low * shortest, longest), 1) }, 28);
}

static TwCountRange
count_gemini_tiles (const TwImageRule *rule, Size size)
{
  gint64 unit = CLAMP (MIN (size.width, size.height) * 2 / 3, 256, 768);
  gint64 tokens;

  if (size.width <= 384 && size.height <= 384)
    return exactly (rule->unit);
  tokens = rule->unit * patches (size, unit);
  return (TwCountRange){ tokens, rule->unit, tokens * 3 / 2 };
}

static TwCountRange
count_rows (const TwImageRule *rule, Size size)
{
  Size fitted = fit (size, rule->limits[TW_DETAIL_AUTO].side);
  gint64 rows = ceil_divide (fitted.height, rule->unit);
  gint64 tokens = rows * (ceil_divide (fitted.width, rule->unit) + 1);

  return (TwCountRange){ tokens, tokens * 95 / 100, ceil_divide (tokens * 105, 100) };
}

static TwCountRange
count_merged (const TwImageRule *rule, Size size)
{
  gint64 most = rule->limits[TW_DETAIL_AUTO].budget;
  gint64 tokens = MAX (patches (size, rule->unit), 4);

  return (TwCountRange){ MIN (tokens, most) + 2, MIN (tokens, most) * 9 / 10,
                         MIN (tokens, 16384) * 11 / 10 + 4 };
}

static TwCountRange
count_xai (const TwImageRule *rule, Size size)
{
  gint64 tokens = MIN (rule->base * (patches (size, rule->unit) + 1), rule->most);

  return (TwCountRange){ tokens, rule->base, rule->most };
}

static TwCountRange
count_known (const TwImageRule *rule, TwImageDetail detail, Size size)
{
  switch (rule->method)
    {
    case TW_IMAGE_TILES:
      return exactly (count_tiles (rule, detail, size));
    case TW_IMAGE_PATCHES:
      return count_patches (rule, detail, size);
    case TW_IMAGE_CLAUDE:
      return exactly (count_claude (rule, size));
    case TW_IMAGE_GEMINI_TILES:
      return count_gemini_tiles (rule, size);
    case TW_IMAGE_ROWS:
      return count_rows (rule, size);
    case TW_IMAGE_MERGED:
      return count_merged (rule, size);
    case TW_IMAGE_XAI:
      return count_xai (rule, size);
    case TW_IMAGE_FLAT:
      break;
    }
  return (TwCountRange){ rule->unit, rule->base, rule->most };
}

/* Down-scaling makes other shapes than the square the dearest: 8 : 3 fills OpenAI's tiles. */
static gint64
count_largest (const TwImageRule *rule, TwImageDetail detail)
{
  static const Size shapes[] = { { LARGEST_SIDE, LARGEST_SIDE },
                                 { LARGEST_SIDE, LARGEST_SIDE * 3 / 4 },
                                 { LARGEST_SIDE * 9 / 16, LARGEST_SIDE },
                                 { LARGEST_SIDE, LARGEST_SIDE * 3 / 8 },
                                 { LARGEST_SIDE * 3 / 8, LARGEST_SIDE } };
  gint64 most = 0;

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    most = MAX (most, count_known (rule, detail, shapes[i]).high);
  return most + most / 50;
}

/* A model of OpenAI that is not in the list may go by tiles or by patches without a limit. */
static TwCountRange
widen (TwCountRange range, Size size)
{
  range.low = MIN (range.low, 65);
  range.high = MAX (range.high, ceil_divide (patches (size, 32) * 12, 10));
  return range;
}

TwCountRange
tw_counter_count_image (const TwImageRule *rule, TwImageDetail detail, guint width, guint height)
{
  Size size = { MIN (width, MAX_SIDE), MIN (height, MAX_SIDE) };
  gboolean known = width > 0 && height > 0;
  TwCountRange range;

  if (!known)
    size = (Size){ ASSUMED_SIDE, ASSUMED_SIDE };
  range = count_known (rule, detail, size);
  if (!known)
    {
      range.low = MIN (range.low, count_known (rule, detail, (Size){ 1, 1 }).low);
      range.high = MAX (range.high, count_largest (rule, detail));
      size = (Size){ LARGEST_SIDE, LARGEST_SIDE };
    }
  if (rule->method == TW_IMAGE_TILES && rule->basis == TW_BASIS_GUESSED)
    range = widen (range, size);
  return range;
}
