/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-private.h"

G_BEGIN_DECLS

/* Longest text that is encoded at once: positions are 32 bits, and a word without a break needs
 * some twenty bytes of memory for each of its own. */
#define TW_TEXT_MAX_BYTES (1u << 30)

/* Byte-pair merges of one piece, lowest rank first and leftmost among equals: how many tokens are
 * left. Their ids are appended to ids unless that is NULL. */
gsize
tw_merge_piece (const TwVocabulary *vocabulary, const guint8 *piece, gsize length, GArray *ids);

G_END_DECLS
