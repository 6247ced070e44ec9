/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-source-private.h"

G_BEGIN_DECLS

/* Makes the compiled form. All 256 single bytes must be tokens. classes is the text of
 * unicode-classes.txt. The result is owned by the caller. */
GBytes *
tw_vocabulary_compile (const TwVocabularySource *source, const char *classes, GError **error);

G_END_DECLS
