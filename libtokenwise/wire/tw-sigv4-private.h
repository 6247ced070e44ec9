/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-codec-private.h"

G_BEGIN_DECLS

/* AWS Signature Version 4, which proves who sends a request without sending the key. libcurl 7.88
 * has its own and gets Bedrock's paths wrong: model ids have ":" and "/" in them.
 *
 * A pure function: no clock, no environment, no socket. How the client calls it: last, when URL,
 * headers and body are as they will be sent, and again for each attempt, since a signature is good
 * for five minutes. The path is that of the whole URL, the base URL's included; the headers are
 * those of the TwWireCall (headers->data, headers->len); the service is "bedrock". Each of the
 * headers that come back is then added to the HTTP request. Headers that are added otherwise are
 * sent, but not signed. */

/* Borrowed: whoever read the secret wipes it (explicit_bzero()) after the call. */
typedef struct
{
  const char *access_key_id;     /* AWS_ACCESS_KEY_ID */
  const char *secret_access_key; /* AWS_SECRET_ACCESS_KEY */
  const char *session_token;     /* (nullable): AWS_SESSION_TOKEN, of temporary credentials */
} TwAwsCredentials;

typedef struct
{
  const char *method;
  const char *path;  /* as on the request line: percent-encoded once, from the first slash */
  const char *query; /* (nullable): as on the request line, without "?" */
  const char *host;  /* the value of the Host header */
  const TwWireHeader *headers; /* (array length=n_headers) (nullable): to be signed, too */
  guint n_headers;
  const char *body;
  gsize body_length;
  const char *region;
  const char *service;
  const TwAwsCredentials *credentials;
  gint64 unix_seconds;
} TwSigv4Request;

#define TW_SIGV4_MAX_HEADERS 3

/* Headers to add; the rest of items is zero. Cleared with a wipe. */
typedef struct
{
  TwWireHeader items[TW_SIGV4_MAX_HEADERS];
  guint n_items;
} TwSigv4Headers;

void tw_sigv4_headers_clear (TwSigv4Headers *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwSigv4Headers, tw_sigv4_headers_clear)

/* Error messages name what is wrong with the credentials, never the credentials. */
gboolean tw_sigv4_sign (const TwSigv4Request *request, TwSigv4Headers *ret_headers, GError **error);

/* What is signed, as AWS shows it when it disagrees; for tests. */
char *tw_sigv4_canonical_request (const TwSigv4Request *request,
                                  const char *amz_date,
                                  char **ret_signed_names,
                                  GError **error);

G_END_DECLS
