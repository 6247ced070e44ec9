/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-reply-error-kind-private.h"

#include <string.h>

typedef struct
{
  const char *text;
  TwError code;
} Rule;

/* Names that mean one thing whatever the status is. AWS begins them with a capital in the header
 * and without in the stream, so case says nothing. */
static const Rule names[] = {
  { "in_flight_budget_exhausted", TW_ERROR_RATE_LIMITED }, /* OpenRouter's 402 that passes */
  { "weight_exceeds_budget", TW_ERROR_QUOTA },
  { "insufficient_quota", TW_ERROR_QUOTA },
  { "billing_error", TW_ERROR_QUOTA },
  { "billing_hard_limit_reached", TW_ERROR_QUOTA },
  { "billing_not_active", TW_ERROR_QUOTA },
  { "enforced_spend_limit_reached", TW_ERROR_QUOTA },
  { "contract_spend_limit_reached", TW_ERROR_QUOTA },
  { "ramp_limit_exceeded", TW_ERROR_QUOTA },
  { "ServiceQuotaExceededException", TW_ERROR_QUOTA },
  { "context_length_exceeded", TW_ERROR_CONTEXT_LENGTH },
  { "exceed_context_size_error", TW_ERROR_CONTEXT_LENGTH },
  { "model_context_window_exceeded", TW_ERROR_CONTEXT_LENGTH },
  { "invalid_api_key", TW_ERROR_AUTHENTICATION },
  { "API_KEY_INVALID", TW_ERROR_AUTHENTICATION },
  { "authentication_error", TW_ERROR_AUTHENTICATION },
  { "UNAUTHENTICATED", TW_ERROR_AUTHENTICATION },
  { "UnrecognizedClientException", TW_ERROR_AUTHENTICATION },
  { "ExpiredTokenException", TW_ERROR_AUTHENTICATION },
  { "InvalidSignatureException", TW_ERROR_AUTHENTICATION },
  { "IncompleteSignatureException", TW_ERROR_AUTHENTICATION },
  { "MissingAuthenticationTokenException", TW_ERROR_AUTHENTICATION },
  { "content_filter", TW_ERROR_CONTENT_FILTER },
  { "content_policy_violation", TW_ERROR_CONTENT_FILTER },
  { "moderation_blocked", TW_ERROR_CONTENT_FILTER },
  { "ResponsibleAIPolicyViolation", TW_ERROR_CONTENT_FILTER },
  { "permission_error", TW_ERROR_PERMISSION },
  { "PERMISSION_DENIED", TW_ERROR_PERMISSION },
  { "AccessDeniedException", TW_ERROR_PERMISSION },
  { "unsupported_country_region_territory", TW_ERROR_PERMISSION },
  { "model_not_found", TW_ERROR_NOT_FOUND },
  { "DeploymentNotFound", TW_ERROR_NOT_FOUND },
  { "not_found_error", TW_ERROR_NOT_FOUND },
  { "NOT_FOUND", TW_ERROR_NOT_FOUND },
  { "ResourceNotFoundException", TW_ERROR_NOT_FOUND },
  { "tool_use_failed", TW_ERROR_BAD_REQUEST },
  { "rate_limit_exceeded", TW_ERROR_RATE_LIMITED },
  { "rate_limit_error", TW_ERROR_RATE_LIMITED },
  { "RateLimitReached", TW_ERROR_RATE_LIMITED },
  { "RESOURCE_EXHAUSTED", TW_ERROR_RATE_LIMITED },
  { "ThrottlingException", TW_ERROR_RATE_LIMITED },
  { "TooManyRequestsException", TW_ERROR_RATE_LIMITED },
  { "overloaded_error", TW_ERROR_OVERLOADED },
  { "ServiceUnavailableException", TW_ERROR_OVERLOADED },
  { "ModelNotReadyException", TW_ERROR_OVERLOADED },
  { "UNAVAILABLE", TW_ERROR_OVERLOADED },
  { "ModelTimeoutException", TW_ERROR_TIMEOUT },
  { "DEADLINE_EXCEEDED", TW_ERROR_TIMEOUT },
  { "ModelErrorException", TW_ERROR_SERVER },
  { "ModelStreamErrorException", TW_ERROR_SERVER },
};

/* Phrases of messages, in lower case, for servers whose codes say nothing. */
static const Rule phrases[] = {
  { "context length", TW_ERROR_CONTEXT_LENGTH },
  { "context window", TW_ERROR_CONTEXT_LENGTH },
  { "context limit", TW_ERROR_CONTEXT_LENGTH },
  { "context size", TW_ERROR_CONTEXT_LENGTH },
  { "prompt is too long", TW_ERROR_CONTEXT_LENGTH },
  { "input is too long", TW_ERROR_CONTEXT_LENGTH },
  { "exceeds the maximum number of tokens", TW_ERROR_CONTEXT_LENGTH },
  { "credit balance", TW_ERROR_QUOTA },
  { "insufficient balance", TW_ERROR_QUOTA },
  { "specified api usage limits", TW_ERROR_QUOTA },
  { "incorrect api key", TW_ERROR_AUTHENTICATION },
  { "invalid api key", TW_ERROR_AUTHENTICATION },
  { "api key not valid", TW_ERROR_AUTHENTICATION },
  { "is not a valid model", TW_ERROR_NOT_FOUND },
  { "model identifier is invalid", TW_ERROR_NOT_FOUND }, /* Bedrock */
  { "resource unavailable", TW_ERROR_OVERLOADED },       /* OpenAI's flex tier, as a 429 */
};

/* Names that count only in a stream, where there is no status: servers put them on all they
 * refuse. */
static const Rule stream_names[] = {
  { "invalid_request_error", TW_ERROR_BAD_REQUEST },
  { "ValidationException", TW_ERROR_BAD_REQUEST },
  { "INVALID_ARGUMENT", TW_ERROR_BAD_REQUEST },
  { "request_too_large", TW_ERROR_BAD_REQUEST },
  { "timeout_error", TW_ERROR_TIMEOUT },
  { "api_error", TW_ERROR_SERVER },
  { "server_error", TW_ERROR_SERVER },
  { "internal_server_error", TW_ERROR_SERVER },
  { "InternalServerException", TW_ERROR_SERVER },
  { "INTERNAL", TW_ERROR_SERVER },
  { "service_unavailable", TW_ERROR_OVERLOADED },
};

static gboolean
match_names (const TwErrorFacts *self, const Rule *rules, guint n_rules, TwError *ret_code)
{
  for (guint i = 0; i < n_rules; i++)
    for (guint j = 0; j < self->n_names; j++)
      if (g_ascii_strcasecmp (self->names[j], rules[i].text) == 0)
        {
          *ret_code = rules[i].code;
          return TRUE;
        }
  return FALSE;
}

gboolean
tw_error_facts_mention (const TwErrorFacts *self, const char *phrase)
{
  g_autofree char *lower = self->message != NULL ? g_ascii_strdown (self->message, -1) : NULL;

  return lower != NULL && strstr (lower, phrase) != NULL;
}

static gboolean
match_phrases (const TwErrorFacts *self, TwError *ret_code)
{
  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++)
    if (tw_error_facts_mention (self, phrases[i].text))
      {
        *ret_code = phrases[i].code;
        return TRUE;
      }
  return FALSE;
}

static TwError
classify_status (const TwErrorFacts *self)
{
  switch (self->status)
    {
    case 401:
      return TW_ERROR_AUTHENTICATION;
    case 402:
      return TW_ERROR_QUOTA;
    case 403:
      /* OpenRouter's 403 is a moderated prompt, not a key without rights. */
      return tw_error_facts_mention (self, "moderat") ? TW_ERROR_CONTENT_FILTER
                                                      : TW_ERROR_PERMISSION;
    case 404:
      return TW_ERROR_NOT_FOUND;
    case 408:
    case 504:
    case 524: /* Cloudflare: the origin took too long */
      return TW_ERROR_TIMEOUT;
    case 429:
      return TW_ERROR_RATE_LIMITED;
    case 498: /* Groq: no capacity for flex */
    case 503:
    case 529: /* Anthropic */
      return TW_ERROR_OVERLOADED;
    default:
      if (self->status >= 500)
        return TW_ERROR_SERVER;
      return self->status >= 400 ? TW_ERROR_BAD_REQUEST : TW_ERROR_PROTOCOL;
    }
}

static gboolean
status_is_retryable (guint status)
{
  /* 424 is Bedrock's "the model failed". */
  static const guint retryable[] = { 402, 408, 409, 424, 429, 498, 500, 502, 503, 504, 529 };

  for (guint i = 0; i < G_N_ELEMENTS (retryable); i++)
    if (status == retryable[i])
      return TRUE;
  return status >= 520 && status <= 524;
}

static gboolean
code_is_retryable (TwError code)
{
  return code == TW_ERROR_RATE_LIMITED || code == TW_ERROR_OVERLOADED || code == TW_ERROR_SERVER
         || code == TW_ERROR_TIMEOUT;
}

/* Without a status; FALSE when nobody knows what it was. */
static gboolean
classify_in_stream (const TwErrorFacts *self, TwError *ret_code)
{
  return match_names (self, stream_names, G_N_ELEMENTS (stream_names), ret_code);
}

void
tw_error_facts_classify (const TwErrorFacts *self, TwError *ret_code, gboolean *ret_retryable)
{
  gboolean in_stream = self->status < 300;
  gboolean known
      = match_names (self, names, G_N_ELEMENTS (names), ret_code) || match_phrases (self, ret_code);

  *ret_retryable = in_stream || status_is_retryable (self->status);
  if (self->daily_quota)
    *ret_code = TW_ERROR_QUOTA;
  else if (!known && !in_stream)
    *ret_code = classify_status (self);
  else if (!known && !classify_in_stream (self, ret_code))
    {
      /* It is not worth a second bill. */
      *ret_code = TW_ERROR_SERVER;
      *ret_retryable = FALSE;
    }
  /* 409 is a conflict that passes, whatever is conflicting. */
  *ret_retryable = *ret_retryable && (code_is_retryable (*ret_code) || self->status == 409);
}
