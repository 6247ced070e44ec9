/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* Whether text, which is valid UTF-8, may have characters that NFC changes. FALSE for most texts
 * of most languages, and found without looking at each character. */
gboolean tw_claude_may_compose (const guint8 *text, gsize length);
/* The text in NFC, as Anthropic's endpoint counts it. */
GString *tw_claude_compose (const char *text, gsize length);

G_END_DECLS
