/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-private.h"

G_BEGIN_DECLS

/* A text as a vocabulary wants it: valid UTF-8, normalised, with its mark for spaces. What needs no
 * change is not copied. */
typedef struct
{
  const char *text;
  gsize length;
  char *owned; /* (nullable) */
} TwTextForm;

void tw_text_form_init (TwTextForm *self,
                        const TwVocabulary *vocabulary,
                        const char *text,
                        gsize length,
                        gboolean at_start);
void tw_text_form_clear (TwTextForm *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwTextForm, tw_text_form_clear)

/* Back from what tokens say: spaces for their mark. */
void tw_text_form_undo (const TwVocabulary *vocabulary, GByteArray *bytes);

G_END_DECLS
