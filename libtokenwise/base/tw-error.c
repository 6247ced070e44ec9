/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"

/**
 * tw_error_quark:
 *
 * The error domain of this library.
 *
 * Returns: the quark
 * Since: 0.1
 */
GQuark
tw_error_quark (void)
{
  return g_quark_from_static_string ("tw-error-quark");
}

typedef struct
{
  const char *code;
  const char *hint;
} ErrorText;

static const ErrorText texts[] = {
  [TW_ERROR_FAILED] = { "failed", "Try again; “tokenwise doctor” says what is configured." },
  [TW_ERROR_INVALID_INPUT] = { "invalid-input", "Correct the named part and try again." },
  [TW_ERROR_UNKNOWN_MODEL] = { "unknown-model", "“tokenwise models PATTERN” lists the models." },
  [TW_ERROR_UNKNOWN_PROVIDER]
  = { "unknown-provider", "Add a [provider …] section with dialect and base-url to config.ini." },
  [TW_ERROR_NO_KEY] = { "no-key", "Set the variable, key-command or secret, or use --sandbox." },
  [TW_ERROR_UNSUPPORTED] = { "unsupported", "Remove the named part or choose another model." },
  [TW_ERROR_UNPRICED] = { "unpriced", "Choose a priced model, or remove the budget." },
  [TW_ERROR_BUDGET_EXCEEDED]
  = { "budget-exceeded", "Choose a cheaper model, lower the answer limit or raise the budget." },
  [TW_ERROR_LEDGER]
  = { "ledger", "“tokenwise doctor” says where the ledger is and what is wrong." },
  [TW_ERROR_LEDGER_DAMAGED]
  = { "ledger-damaged", "Move the file aside; the next start makes a new one." },
  [TW_ERROR_LEDGER_VERSION] = { "ledger-version", "Update tokenwise to open this ledger." },
  [TW_ERROR_CONNECTION] = { "connection", "Check the network and the provider's base-url." },
  [TW_ERROR_TIMEOUT] = { "timeout", "Try again; the provider may be busy." },
  [TW_ERROR_AUTHENTICATION] = { "authentication", "Check the key for this provider." },
  [TW_ERROR_RATE_LIMITED] = { "rate-limited", "Wait a little and try again." },
  [TW_ERROR_QUOTA] = { "quota", "Add credit to the account or use another provider." },
  [TW_ERROR_BAD_REQUEST] = { "bad-request", "Change the request as the provider says." },
  [TW_ERROR_CONTEXT_LENGTH]
  = { "context-length", "Shorten the conversation or choose a model with more context." },
  [TW_ERROR_SERVER] = { "server", "Try again later or choose another model." },
  [TW_ERROR_TRUNCATED] = { "truncated", "The text so far is kept; send again for a whole answer." },
  [TW_ERROR_PROTOCOL] = { "protocol", "Check the provider's dialect and base-url." },
  [TW_ERROR_LIMIT] = { "limit", "The reply was cut at a safety limit; ask for less at once." },
  [TW_ERROR_INCONSISTENT_USAGE]
  = { "inconsistent-usage", "Compare the usage block with the provider's invoice." },
  [TW_ERROR_TIER_UNPRICED] = { "tier-unpriced", "Choose another service tier." },
  [TW_ERROR_PERMISSION]
  = { "permission", "Ask for access to the model, or use a key that has it." },
  [TW_ERROR_NOT_FOUND] = { "not-found", "Check the model's id and the provider's base-url." },
  [TW_ERROR_OVERLOADED] = { "overloaded", "Try again later or choose another model." },
  [TW_ERROR_CONTENT_FILTER] = { "content-filter", "Change what the provider's filter objects to." },
};

static const ErrorText *
lookup (const GError *error)
{
  static const ErrorText cancelled = { "cancelled", "Nothing more was sent." };

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return &cancelled;
  if (error->domain == TW_ERROR && (guint) error->code < G_N_ELEMENTS (texts))
    return &texts[error->code];
  return &texts[TW_ERROR_FAILED];
}

/**
 * tw_error_to_code:
 * @error: an error
 *
 * The stable name of an error, as scripts see it: `"budget-exceeded"`.
 *
 * Returns: the name; `"failed"` for an error of a foreign domain
 * Since: 0.1
 */
const char *
tw_error_to_code (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return lookup (error)->code;
}

/**
 * tw_error_to_hint:
 * @error: an error
 *
 * What to do about an error of this kind, in one sentence.
 *
 * Returns: the sentence
 * Since: 0.1
 */
const char *
tw_error_to_hint (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return lookup (error)->hint;
}
