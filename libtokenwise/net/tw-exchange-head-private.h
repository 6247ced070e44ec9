/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* The status line and the headers of a reply, line by line. What a server writes here is held to
 * TW_LIMIT_HEADER_BYTES and TW_REPLY_MAX_HEADERS, interim replies (1xx) and trailers included. */
#define TW_REPLY_MAX_HEADERS 1000u

typedef struct
{
  guint status;
  GPtrArray *lines; /* "Name: value" of the latest block; NULL at the end once done */
  gsize n_bytes;    /* of all blocks */
  guint n_lines;    /* of all blocks */
  gboolean done;
} TwReplyHead;

void tw_reply_head_init (TwReplyHead *self);
void tw_reply_head_clear (TwReplyHead *self);
/* One line with its end. FALSE with an error that speaks of the server at url. */
gboolean tw_reply_head_take (
    TwReplyHead *self, const char *bytes, gsize length, const char *url, GError **error);

G_END_DECLS
