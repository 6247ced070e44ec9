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

/* A refusal as it came. Each pointer may be NULL. */
typedef struct
{
  guint status;
  const char *const *headers;
  const char *name; /* of the event, which in some framings is the error's type */
  const cJSON *json;
  const GString *text; /* what came instead of JSON */
  const char *key;     /* the request's own, which the error must not repeat */
} TwErrorReply;

/* Reads an error of any provider. */
void tw_reply_error_read (TwReplyError *ret_error, const TwErrorReply *reply);

G_END_DECLS
