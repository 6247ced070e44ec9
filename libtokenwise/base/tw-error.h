/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>

G_BEGIN_DECLS

#define TW_ERROR (tw_error_quark ())

/**
 * TwError:
 * @TW_ERROR_FAILED: something failed that has no code of its own
 * @TW_ERROR_INVALID_INPUT: the request, a file or an argument is not valid
 * @TW_ERROR_UNKNOWN_MODEL: the catalogue has no such model
 * @TW_ERROR_UNKNOWN_PROVIDER: no such provider is configured or known
 * @TW_ERROR_NO_KEY: the provider needs a key and none was found
 * @TW_ERROR_UNSUPPORTED: the dialect or the model cannot carry what was asked
 * @TW_ERROR_UNPRICED: no price is known, and the policy does not let it pass
 * @TW_ERROR_BUDGET_EXCEEDED: a budget refused the request
 * @TW_ERROR_LEDGER: the ledger could not be read or written
 * @TW_ERROR_LEDGER_DAMAGED: the ledger file is damaged
 * @TW_ERROR_LEDGER_VERSION: the ledger was written by a newer tokenwise
 * @TW_ERROR_CONNECTION: the server could not be reached, or it hung up
 * @TW_ERROR_TIMEOUT: the server did not answer in time
 * @TW_ERROR_AUTHENTICATION: the provider refused the key (HTTP 401)
 * @TW_ERROR_RATE_LIMITED: too many requests (HTTP 429)
 * @TW_ERROR_QUOTA: the account has no credit left
 * @TW_ERROR_BAD_REQUEST: the provider refused the request (HTTP 4xx)
 * @TW_ERROR_CONTEXT_LENGTH: the request is longer than the model's context window
 * @TW_ERROR_SERVER: the provider failed (HTTP 5xx)
 * @TW_ERROR_TRUNCATED: the reply ended before its end mark
 * @TW_ERROR_PROTOCOL: the reply is not what the protocol allows
 * @TW_ERROR_LIMIT: the reply exceeded a limit of this library
 * @TW_ERROR_INCONSISTENT_USAGE: the provider's usage has a part larger than its whole
 * @TW_ERROR_TIER_UNPRICED: the model is priced, but not on this service tier
 * @TW_ERROR_PERMISSION: the key is good, but not for this (HTTP 403)
 * @TW_ERROR_NOT_FOUND: the provider has no such model or address (HTTP 404)
 * @TW_ERROR_OVERLOADED: the provider has no capacity at the moment (HTTP 503, 529)
 * @TW_ERROR_CONTENT_FILTER: the provider's content filter refused the request
 *
 * What can go wrong. Messages are whole sentences that say what to do next,
 * and never hold a key or a prompt. Cancellation is `G_IO_ERROR_CANCELLED`.
 *
 * Since: 0.1
 */
typedef enum
{
  TW_ERROR_FAILED,
  TW_ERROR_INVALID_INPUT,
  TW_ERROR_UNKNOWN_MODEL,
  TW_ERROR_UNKNOWN_PROVIDER,
  TW_ERROR_NO_KEY,
  TW_ERROR_UNSUPPORTED,
  TW_ERROR_UNPRICED,
  TW_ERROR_BUDGET_EXCEEDED,
  TW_ERROR_LEDGER,
  TW_ERROR_LEDGER_DAMAGED,
  TW_ERROR_LEDGER_VERSION,
  TW_ERROR_CONNECTION,
  TW_ERROR_TIMEOUT,
  TW_ERROR_AUTHENTICATION,
  TW_ERROR_RATE_LIMITED,
  TW_ERROR_QUOTA,
  TW_ERROR_BAD_REQUEST,
  TW_ERROR_CONTEXT_LENGTH,
  TW_ERROR_SERVER,
  TW_ERROR_TRUNCATED,
  TW_ERROR_PROTOCOL,
  TW_ERROR_LIMIT,
  TW_ERROR_INCONSISTENT_USAGE,
  TW_ERROR_TIER_UNPRICED,
  TW_ERROR_PERMISSION,
  TW_ERROR_NOT_FOUND,
  TW_ERROR_OVERLOADED,
  TW_ERROR_CONTENT_FILTER,
} TwError;

TW_PUBLIC GQuark tw_error_quark (void);
TW_PUBLIC const char *tw_error_to_code (const GError *error);
TW_PUBLIC const char *tw_error_to_hint (const GError *error);

G_END_DECLS
