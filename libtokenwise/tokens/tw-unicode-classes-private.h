/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-format-private.h"

G_BEGIN_DECLS

/* Packs the text of vocabularies/unicode-classes.txt into the sections BLOCKS and CLASSES: the
 * class of a code point is classes[blocks[c / 128] * 128 + c % 128]. */
gboolean
tw_unicode_classes_pack (const char *text, GByteArray *blocks, GByteArray *classes, GError **error);

G_END_DECLS
