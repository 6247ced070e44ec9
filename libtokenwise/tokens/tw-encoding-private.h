/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-claude-pieces-private.h"
#include "libtokenwise/tokens/tw-encoding.h"
#include "libtokenwise/tokens/tw-vocabulary-private.h"

G_BEGIN_DECLS

#define TW_VOCABULARY_SUFFIX ".tokbin"

/* An exact byte-pair encoding over a memory-mapped vocabulary, or Claude's pieces, which only count
 * whole texts. Opened once per process and name, kept until exit, safe to use from any thread. */
typedef struct _TwEncoding TwEncoding;

/* One that has token ids. NULL with an error for an unknown name, a vocabulary file that is missing
 * or damaged, and for pieces. Not owned by the caller. */
const TwEncoding *tw_encoding_get (const char *name, GError **error);
/* One that counts: those and pieces. */
const TwEncoding *tw_encoding_get_to_count (const char *name, GError **error);
const char *tw_encoding_get_name (const TwEncoding *self);
/* One of the two is NULL. */
const TwVocabulary *tw_encoding_get_vocabulary (const TwEncoding *self);
const TwClaudePieces *tw_encoding_get_pieces (const TwEncoding *self);
/* The compiled file; owned by the caller. */
char *tw_encoding_find_file (const char *name, gboolean *ret_added, GError **error);
/* Folder of the vocabularies that users added; owned by the caller. */
char *tw_encoding_added_folder (void);
/* Where one of them is, or would be; owned by the caller. */
char *tw_encoding_added_path (const char *name, const char *suffix);
/* Whether a user's vocabulary may have this name. */
gboolean tw_encoding_check_name (const char *name, GError **error);
gboolean tw_encoding_is_built_in (const char *name);
/* Any bytes: invalid UTF-8 is counted as its U+FFFD replacement, the only form JSON can carry.
 * Special tokens in the text count as plain text. */
gsize tw_encoding_count_text (const TwEncoding *self, const char *text, gsize length);
/* A part of a text that starts and ends at breaks (tw-text-break-private.h): parts sum to the
 * whole.
 */
gsize
tw_encoding_count_part (const TwEncoding *self, const char *text, gsize length, gboolean at_start);
/* Appends guint32 ids as the vocabulary's publisher numbers them. */
void tw_encoding_append_ids (const TwEncoding *self, const char *text, gsize length, GArray *ids);

G_END_DECLS
