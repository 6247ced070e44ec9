/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/net/tw-transport.h"

G_BEGIN_DECLS

/* Milliseconds; 0 is no limit of its own. Time in which the reader is waited for is not counted. */
typedef struct
{
  guint connect_ms;    /* name, connection and TLS together */
  guint dns_ms;        /* the name alone */
  guint tcp_ms;        /* the connection alone, with a proxy's tunnel */
  guint tls_ms;        /* the handshake alone */
  guint first_byte_ms; /* from the start to the first byte of the body */
  guint idle_ms;       /* between two bytes after that */
  /* Between two useful bytes after that; only for a reader that says which are, by
   * tw_http_response_note_useful(). */
  guint useful_ms;
  guint total_ms;
} TwHttpTimeouts;

const TwHttpTimeouts *tw_http_request_get_timeouts (TwHttpRequest *self);
/* All at once; 0 is taken as it is for the parts of connecting and for useful_ms, and is the
 * default for the others, which cannot be switched off. */
void tw_http_request_set_all_timeouts (TwHttpRequest *self, const TwHttpTimeouts *timeouts);

/* As tw_http_response_new(), without a copy of the headers. */
TwHttpResponse *tw_http_response_new_take (guint status, char **take_headers, GInputStream *body);
/* The bytes read so far held a piece of the answer, not only signs of life. Nothing to a response
 * of another transport. */
void tw_http_response_note_useful (TwHttpResponse *self);

/* There is none that switches the verification of TLS off. */
typedef struct
{
  /* NULL: as the environment says (https_proxy, all_proxy, no_proxy); "": none. This machine is
   * always reached without one. */
  const char *proxy;
  /* PEM bundle, and folder as c_rehash makes it, instead of the system's. NULL: the system's. */
  const char *ca_file;
  const char *ca_dir;
} TwTransportOptions;

/* libcurl, inside the main loop for the async calls and without one for the blocking calls. */
TwTransport *tw_curl_transport_new (void);
/* TW_ERROR_INVALID_INPUT if the proxy is no URL, or a file is not there. */
TwTransport *tw_curl_transport_new_with_options (const TwTransportOptions *options, GError **error);

/* Only https, or http to a loopback address; no credentials in it. */
gboolean tw_url_is_allowed (const char *url, GError **error);
/* http, https or socks, with or without credentials, which no error repeats. */
gboolean tw_url_is_proxy (const char *url, GError **error);

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
