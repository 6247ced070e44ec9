/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/net/tw-transport.h"

G_BEGIN_DECLS

/* Milliseconds. */
typedef struct
{
  guint connect_ms;    /* name, connection and TLS */
  guint first_byte_ms; /* from the start to the first byte of the body */
  guint idle_ms;       /* between two bytes after that */
} TwHttpTimeouts;

const TwHttpTimeouts *tw_http_request_get_timeouts (TwHttpRequest *self);

/* libcurl, inside the main loop for the async calls and without one for the blocking calls. */
TwTransport *tw_curl_transport_new (void);

/* Only https, or http to a loopback address; no credentials in it. */
gboolean tw_url_is_allowed (const char *url, GError **error);

/* Counts the tokens of a text for the sandbox's usage figures; any thread. */
typedef gint64 (*TwSandboxCount) (const char *text, gsize length, gpointer user_data);

/* Answers both dialects at wire level: by path, /chat/completions is openai-chat and /messages is
 * anthropic. speed 1.0 is the pace of a real service, 0 sends at once. */
TwTransport *tw_sandbox_transport_new (TwSandboxCount count, gpointer user_data, double speed);

/* One retry policy for all. Which failures are worth it, and what the server asks for, is in the
 * reply, so the decoder says it. */
typedef struct
{
  guint max_attempts;  /* 3 */
  guint base_delay_ms; /* 500 */
  guint max_delay_ms;  /* 8,000: longest own back-off */
  guint max_wait_ms;   /* 60,000: a longer Retry-After is the caller's decision */
} TwRetryPolicy;

extern const TwRetryPolicy tw_retry_policy_default;

/* The delay before attempt number attempt + 1 (attempts count from 1), or -1 to give up. jitter is
 * in [0, 1). */
gint64 tw_retry_delay_ms (const TwRetryPolicy *policy,
                          guint attempt,
                          gint64 server_delay_ms,
                          double jitter);

G_END_DECLS
