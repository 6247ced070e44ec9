/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* What of a picture, document or recording its tokens depend on. All take base64 and read no more
 * than they need; FALSE when the format is another or the data is damaged. */

/* PNG, JPEG, GIF and WebP. */
gboolean tw_media_read_image_size (const char *base64, guint *ret_width, guint *ret_height);
/* PDF. Encrypted files do not tell. */
gboolean tw_media_read_page_count (const char *base64, guint *ret_pages);
/* WAV and MP3, in milliseconds. */
gboolean tw_media_read_duration (const char *base64, gint64 *ret_milliseconds);

G_END_DECLS
