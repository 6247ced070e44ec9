/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>

G_BEGIN_DECLS

#define TW_TYPE_TEXT_COUNTER (tw_text_counter_get_type ())

TW_PUBLIC
G_DECLARE_FINAL_TYPE (TwTextCounter, tw_text_counter, TW, TEXT_COUNTER, GObject)

TW_PUBLIC TwTextCounter *tw_text_counter_new (const char *encoding, GError **error);
TW_PUBLIC gboolean tw_text_counter_insert (
    TwTextCounter *self, gsize offset, const char *text, gssize length, GError **error);
TW_PUBLIC gboolean tw_text_counter_delete (TwTextCounter *self,
                                           gsize offset,
                                           gsize length,
                                           GError **error);
TW_PUBLIC gboolean tw_text_counter_set_text (TwTextCounter *self,
                                             const char *text,
                                             gssize length,
                                             GError **error);
TW_PUBLIC void tw_text_counter_clear (TwTextCounter *self);
TW_PUBLIC guint64 tw_text_counter_get_tokens (TwTextCounter *self);
TW_PUBLIC gsize tw_text_counter_get_length (TwTextCounter *self);
TW_PUBLIC char *tw_text_counter_dup_text (TwTextCounter *self, gsize *ret_length);

G_END_DECLS
