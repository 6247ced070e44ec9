/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

#define TW_MASK_BYTES 64u

/* What 64 bytes are, one bit for each, the first byte's lowest. A byte that none of these names is
 * an ASCII symbol or control character. */
typedef struct
{
  guint64 upper;
  guint64 lower;
  guint64 digit;
  guint64 space;   /* U+0020 */
  guint64 tab;     /* U+0009 U+000B U+000C */
  guint64 newline; /* CR LF */
  guint64 apostrophe;
  guint64 high; /* not ASCII */
} TwByteMasks;

typedef void (*TwByteMasksFunc) (const guint8 *bytes, TwByteMasks *ret);

/* The fastest that this processor can run. */
TwByteMasksFunc tw_byte_masks_get (void);
/* What every processor can run. */
void tw_byte_masks_portable (const guint8 *bytes, TwByteMasks *ret);

G_END_DECLS
