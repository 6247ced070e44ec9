/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>

G_BEGIN_DECLS

TW_PUBLIC gint64 tw_encoding_count (const char *encoding,
                                    const char *text,
                                    gssize length,
                                    GError **error);
TW_PUBLIC gboolean tw_encoding_count_many (const char *encoding,
                                           const char *const *texts,
                                           const gsize *lengths,
                                           gsize n_texts,
                                           gint64 *ret_counts,
                                           GError **error);
TW_PUBLIC GArray *
tw_encoding_encode (const char *encoding, const char *text, gssize length, GError **error);
TW_PUBLIC GBytes *
tw_encoding_decode (const char *encoding, const guint32 *ids, gsize n_ids, GError **error);
TW_PUBLIC gssize tw_encoding_truncate (const char *encoding,
                                       const char *text,
                                       gssize length,
                                       gint64 max_tokens,
                                       gint64 *ret_tokens,
                                       GError **error);
TW_PUBLIC char **tw_encoding_list (void);
TW_PUBLIC char *tw_encoding_describe_json (const char *encoding, GError **error);
TW_PUBLIC char *tw_encoding_add_file (const char *path, const char *name, GError **error);
TW_PUBLIC gboolean tw_encoding_remove (const char *name, GError **error);

G_END_DECLS
