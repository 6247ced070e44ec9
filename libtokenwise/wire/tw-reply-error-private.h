/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"

G_BEGIN_DECLS

/* What a provider's error comes to. */
typedef struct
{
  GError *error; /* a TW_ERROR, owned by the reader's caller */
  gboolean retryable;
  gint64 retry_after_ms; /* -1: not said */
  gboolean content_filter;
} TwReplyError;

/* TRUE for a body or a stream's chunk that is an error, whatever its HTTP status. */
gboolean tw_reply_error_is_one (const cJSON *json);

/* Reads an error of any provider. json may be NULL; text is then what came instead. */
void tw_reply_error_read (TwReplyError *ret_error,
                          guint status,
                          const char *const *headers,
                          const cJSON *json,
                          const char *text,
                          gsize length);

G_END_DECLS
