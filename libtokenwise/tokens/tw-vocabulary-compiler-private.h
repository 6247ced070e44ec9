/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-format-private.h"

G_BEGIN_DECLS

/* Makes the compiled form of a byte-level vocabulary whose merge order is its rank order. tokens
 * holds every token in rank order, one length byte and then its bytes; all 256 single bytes must be
 * among them. classes is the text of vocabularies/unicode-classes.txt. The result is owned by the
 * caller. */
GBytes *tw_vocabulary_compile (GBytes *tokens,
                               const char *classes,
                               TwPretokenizer pretokenizer,
                               GError **error);

G_END_DECLS
