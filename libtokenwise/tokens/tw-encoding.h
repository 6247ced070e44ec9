/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>

G_BEGIN_DECLS

TW_PUBLIC gint64 tw_encoding_count (const char *encoding,
                                    const char *text,
                                    gssize length,
                                    GError **error);
TW_PUBLIC GArray *
tw_encoding_encode (const char *encoding, const char *text, gssize length, GError **error);
TW_PUBLIC const char *const *tw_encoding_list (void);

G_END_DECLS
