/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-source-private.h"

G_BEGIN_DECLS

/* How merging makes a token. Whatever stands around it in a text, the last merge inside a token is
 * always the same one, because until then none reaches across its ends; so one pair per token is
 * all that merging ever needs. */
typedef struct
{
  guint32 left; /* places in the source; TW_ID_NONE for a token that no merge makes */
  guint32 right;
  guint32 priority; /* lower merges first */
  gboolean is_unit; /* merging starts from it */
} TwTokenOrigin;

/* Places by bytes. */
typedef struct
{
  GHashTable *places; /* const TwSourceToken → place + 1, of normal tokens */
  guint32 bytes[256]; /* the token of each single byte, or TW_ID_NONE */
} TwTokenIndex;

gboolean tw_token_index_init (TwTokenIndex *self, const TwVocabularySource *source, GError **error);
void tw_token_index_clear (TwTokenIndex *self);
guint32 tw_token_index_find (const TwTokenIndex *self, const guint8 *bytes, gsize length);

/* (element-type TwTokenOrigin), one for each token of the source. */
GArray *tw_token_origins_find (const TwVocabularySource *source, const TwTokenIndex *index);

G_END_DECLS
