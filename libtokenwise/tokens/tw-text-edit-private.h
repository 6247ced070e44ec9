/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-encoding-private.h"
#include "libtokenwise/tokens/tw-text-pages-private.h"
#include "libtokenwise/tokens/tw-vocabulary-private.h"

G_BEGIN_DECLS

typedef enum
{
  TW_DIGITS_UNKNOWN,
  TW_DIGITS_ARE_TOKENS,
  TW_DIGITS_ARE_NOT,
} TwDigits;

/* A text and its count. An edit counts what lies between the breaks around it, before and after,
 * and adds the difference; see tw-text-break.c for why that is exact. */
typedef struct
{
  const TwEncoding *encoding;
  const TwVocabulary *vocabulary;
  TwTextPages *pages;
  guint64 tokens;
  GByteArray *before; /* scratch, kept from edit to edit */
  GByteArray *after;
  GByteArray *marks;
  GArray *ids;
  /* Of runs of one character, found when they are met; see tw-text-edit.c. */
  guint8 units[128];   /* bytes of the token that such a run has again and again */
  GHashTable *repeats; /* character and length → whether it has it twice in a row */
  TwDigits digits;
} TwTextEditor;

void tw_text_editor_init (TwTextEditor *self, const TwEncoding *encoding);
void tw_text_editor_clear (TwTextEditor *self);
/* Puts bytes in the place of n_deleted at offset; the range must lie within the text. */
void tw_text_editor_replace (
    TwTextEditor *self, gsize offset, gsize n_deleted, const guint8 *bytes, gsize length);

G_END_DECLS
