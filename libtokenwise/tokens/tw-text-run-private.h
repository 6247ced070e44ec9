/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-text-edit-private.h"

G_BEGIN_DECLS

/* A word of kilobytes: its tokens' starts are kept as marks of the text, and an edit inside it
 * merges a few tokens again instead of the word. */

/* Whether text, between two breaks, is counted as the bytes that it is. */
gboolean tw_text_run_is_plain (const TwTextEditor *self, const guint8 *text, gsize length);
/* Marks the long pieces of `after`, which is what the text has at offset, between two breaks. */
void tw_text_run_mark (TwTextEditor *self, gsize offset);
/* Does the edit and returns TRUE when it is inside a marked piece and leaves its ends alone. */
gboolean tw_text_run_replace (
    TwTextEditor *self, gsize offset, gsize n_deleted, const guint8 *bytes, gsize length);

G_END_DECLS
