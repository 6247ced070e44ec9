/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>

G_BEGIN_DECLS

#define TW_TYPE_MODEL (tw_model_get_type ())

TW_PUBLIC
G_DECLARE_FINAL_TYPE (TwModel, tw_model, TW, MODEL, GObject)

TW_PUBLIC const char *tw_model_get_id (TwModel *self);
TW_PUBLIC const char *tw_model_get_provider (TwModel *self);
TW_PUBLIC const char *tw_model_get_qualified_id (TwModel *self);
TW_PUBLIC const char *tw_model_get_name (TwModel *self);
TW_PUBLIC gint64 tw_model_get_context_limit (TwModel *self);
TW_PUBLIC gint64 tw_model_get_output_limit (TwModel *self);
TW_PUBLIC const char *tw_model_get_tokenizer (TwModel *self);
TW_PUBLIC gboolean tw_model_has_capability (TwModel *self, const char *capability);
TW_PUBLIC char *tw_model_to_json (TwModel *self);

G_END_DECLS
