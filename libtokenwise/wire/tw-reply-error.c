/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-reply-error-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-redact-private.h"
#include "libtokenwise/wire/tw-retry-after-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"

#include <string.h>

/* Of a page that a proxy sent instead of JSON. */
#define MAX_FOREIGN_TEXT 200
#define MAX_NAMES 8

/* What the error says of itself, wherever it says it. */
typedef struct
{
  const char *names[MAX_NAMES]; /* codes, types, reasons: most special first */
  guint n_names;
  guint status; /* the HTTP status, or the one in the body of a 200 */
  const char *message;
  const char *more; /* (nullable): the upstream's own words */
} Facts;

typedef struct
{
  const char *text;
  TwError code;
} Rule;

/* Names that mean one thing whatever the status is. */
static const Rule names[] = {
  { "insufficient_quota", TW_ERROR_QUOTA },
  { "billing_error", TW_ERROR_QUOTA },
  { "billing_hard_limit_reached", TW_ERROR_QUOTA },
  { "enforced_spend_limit_reached", TW_ERROR_QUOTA },
  { "contract_spend_limit_reached", TW_ERROR_QUOTA },
  { "ramp_limit_exceeded", TW_ERROR_QUOTA },
  { "context_length_exceeded", TW_ERROR_CONTEXT_LENGTH },
  { "exceed_context_size_error", TW_ERROR_CONTEXT_LENGTH },
  { "model_context_window_exceeded", TW_ERROR_CONTEXT_LENGTH },
  { "invalid_api_key", TW_ERROR_AUTHENTICATION },
  { "API_KEY_INVALID", TW_ERROR_AUTHENTICATION },
  { "authentication_error", TW_ERROR_AUTHENTICATION },
  { "permission_error", TW_ERROR_AUTHENTICATION },
  { "UNAUTHENTICATED", TW_ERROR_AUTHENTICATION },
  { "PERMISSION_DENIED", TW_ERROR_AUTHENTICATION },
  { "model_not_found", TW_ERROR_UNKNOWN_MODEL },
  { "DeploymentNotFound", TW_ERROR_UNKNOWN_MODEL },
  { "content_filter", TW_ERROR_BAD_REQUEST },
  { "tool_use_failed", TW_ERROR_BAD_REQUEST },
  { "rate_limit_exceeded", TW_ERROR_RATE_LIMITED },
  { "rate_limit_error", TW_ERROR_RATE_LIMITED },
  { "RateLimitReached", TW_ERROR_RATE_LIMITED },
  { "RESOURCE_EXHAUSTED", TW_ERROR_RATE_LIMITED },
  { "overloaded_error", TW_ERROR_SERVER },
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
  { "is not a valid model", TW_ERROR_UNKNOWN_MODEL },
};

/* Names that count only in a stream, where there is no status: servers put them on all they
 * refuse. */
static const Rule stream_names[] = {
  { "invalid_request_error", TW_ERROR_BAD_REQUEST },
  { "not_found_error", TW_ERROR_BAD_REQUEST },
  { "request_too_large", TW_ERROR_BAD_REQUEST },
  { "timeout_error", TW_ERROR_TIMEOUT },
  { "api_error", TW_ERROR_SERVER },
  { "server_error", TW_ERROR_SERVER },
  { "internal_server_error", TW_ERROR_SERVER },
  { "service_unavailable", TW_ERROR_SERVER },
};

static const char *const sentences[] = {
  [TW_ERROR_UNKNOWN_MODEL] = "The provider does not have this model",
  [TW_ERROR_TIMEOUT] = "The provider gave up waiting",
  [TW_ERROR_AUTHENTICATION] = "The provider refused the key",
  [TW_ERROR_RATE_LIMITED] = "The provider asks for fewer requests",
  [TW_ERROR_QUOTA] = "The account has no credit left at the provider",
  [TW_ERROR_BAD_REQUEST] = "The provider refused the request",
  [TW_ERROR_CONTEXT_LENGTH] = "The request is longer than the model's context window",
  [TW_ERROR_SERVER] = "The provider failed",
  [TW_ERROR_PROTOCOL] = "The provider did not answer the request",
};

static gboolean
is_said (const cJSON *item)
{
  if (cJSON_IsString (item))
    return *item->valuestring != '\0';
  return (cJSON_IsObject (item) || cJSON_IsArray (item)) && item->child != NULL;
}

static const cJSON *
find_error (const cJSON *json)
{
  const cJSON *error = cJSON_GetObjectItemCaseSensitive (json, "error");

  if (is_said (error))
    return error;
  error = cJSON_GetObjectItemCaseSensitive (tw_json_object (json, "x_groq"), "error");
  return is_said (error) ? error : NULL;
}

gboolean
tw_reply_error_is_one (const cJSON *json)
{
  return find_error (json) != NULL || g_strcmp0 (tw_json_string (json, "type"), "error") == 0;
}

static void
add_name (Facts *facts, const cJSON *item)
{
  double number = cJSON_IsNumber (item) ? item->valuedouble : 0;
  const char *text = cJSON_GetStringValue (item);

  if (text != NULL && strlen (text) == 3 && g_ascii_isdigit (*text))
    number = g_ascii_strtod (text, NULL);
  if (number >= 400 && number < 600)
    {
      if (facts->status < 400)
        facts->status = (guint) number;
    }
  else if (text != NULL && facts->n_names < MAX_NAMES)
    facts->names[facts->n_names++] = text;
}

static void
add_details (Facts *facts, const cJSON *details)
{
  const cJSON *detail;

  if (cJSON_IsObject (details))
    add_name (facts, cJSON_GetObjectItemCaseSensitive (details, "error_code"));
  else
    cJSON_ArrayForEach (detail, details)
    {
      add_name (facts, cJSON_GetObjectItemCaseSensitive (detail, "reason"));
    }
}

static void
add_object (Facts *facts, const cJSON *object)
{
  static const char *const keys[] = { "code", "status_code", "type", "status", "error_type" };
  /* Mistral's 422 has the list within its message. */
  const cJSON *list = tw_json_array (object, "detail")
                          ?: tw_json_array (tw_json_object (object, "message"), "detail");
  const cJSON *first = cJSON_GetArrayItem (list, 0);

  add_details (facts, cJSON_GetObjectItemCaseSensitive (object, "details"));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    add_name (facts, cJSON_GetObjectItemCaseSensitive (object, keys[i]));
  if (facts->message == NULL)
    facts->message = tw_wire_json_text (object, "message");
  if (facts->message == NULL)
    facts->message = tw_wire_json_text (object, "detail");
  if (facts->message == NULL)
    facts->message = tw_wire_json_text (first, "msg");
  if (facts->more == NULL)
    facts->more = tw_wire_json_text (tw_json_object (object, "metadata"), "raw");
}

static void
collect (Facts *facts, const cJSON *json)
{
  const cJSON *error;

  if (cJSON_IsArray (json))
    json = cJSON_GetArrayItem (json, 0);
  error = find_error (json);
  if (cJSON_IsArray (error))
    error = cJSON_GetArrayItem (error, 0);
  if (cJSON_IsString (error))
    facts->message = error->valuestring;
  else
    add_object (facts, error);
  add_object (facts, json);
}

static gboolean
match_names (const Facts *facts, const Rule *rules, guint n_rules, TwError *ret_code)
{
  for (guint i = 0; i < n_rules; i++)
    for (guint j = 0; j < facts->n_names; j++)
      if (strcmp (facts->names[j], rules[i].text) == 0)
        {
          *ret_code = rules[i].code;
          return TRUE;
        }
  return FALSE;
}

static gboolean
mentions (const Facts *facts, const char *phrase)
{
  g_autofree char *lower = facts->message != NULL ? g_ascii_strdown (facts->message, -1) : NULL;

  return lower != NULL && strstr (lower, phrase) != NULL;
}

static gboolean
match_phrases (const Facts *facts, TwError *ret_code)
{
  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++)
    if (mentions (facts, phrases[i].text))
      {
        *ret_code = phrases[i].code;
        return TRUE;
      }
  return FALSE;
}

static TwError
classify_status (const Facts *facts)
{
  switch (facts->status)
    {
    case 401:
      return TW_ERROR_AUTHENTICATION;
    case 402:
      return TW_ERROR_QUOTA;
    case 403:
      /* OpenRouter's 403 is a moderated prompt, not a bad key. */
      return mentions (facts, "moderat") ? TW_ERROR_BAD_REQUEST : TW_ERROR_AUTHENTICATION;
    case 404:
      return mentions (facts, "model") || mentions (facts, "no endpoints found")
                 ? TW_ERROR_UNKNOWN_MODEL
                 : TW_ERROR_BAD_REQUEST;
    case 408:
      return TW_ERROR_TIMEOUT;
    case 429:
      return TW_ERROR_RATE_LIMITED;
    case 498: /* Groq: no capacity for flex */
      return TW_ERROR_SERVER;
    default:
      if (facts->status >= 500)
        return TW_ERROR_SERVER;
      return facts->status >= 400 ? TW_ERROR_BAD_REQUEST : TW_ERROR_PROTOCOL;
    }
}

static gboolean
status_is_retryable (guint status)
{
  static const guint retryable[] = { 408, 409, 429, 498, 500, 502, 503, 504, 529 };

  for (guint i = 0; i < G_N_ELEMENTS (retryable); i++)
    if (status == retryable[i])
      return TRUE;
  return status >= 520 && status <= 524;
}

static gboolean
code_is_retryable (TwError code)
{
  return code == TW_ERROR_RATE_LIMITED || code == TW_ERROR_SERVER || code == TW_ERROR_TIMEOUT;
}

static void
classify (const Facts *facts, TwError *ret_code, gboolean *ret_retryable)
{
  gboolean in_stream = facts->status < 300;

  *ret_retryable = in_stream || status_is_retryable (facts->status);
  if (!match_names (facts, names, G_N_ELEMENTS (names), ret_code)
      && !match_phrases (facts, ret_code))
    {
      if (!in_stream)
        {
          *ret_code = classify_status (facts);
          return;
        }
      if (!match_names (facts, stream_names, G_N_ELEMENTS (stream_names), ret_code))
        {
          /* Nobody knows what it was, so it is not worth a second bill. */
          *ret_code = TW_ERROR_SERVER;
          *ret_retryable = FALSE;
        }
    }
  *ret_retryable = *ret_retryable && code_is_retryable (*ret_code);
}

static char *
compose (const Facts *facts, TwError code, const char *text, gsize length)
{
  GString *sentence = g_string_new (sentences[code]);
  g_autofree char *said = NULL;

  if (facts->more != NULL)
    {
      g_autofree char *both = g_strconcat (facts->message ?: "", ": ", facts->more, NULL);

      said = tw_redact_text (both, strlen (both), TW_LIMIT_ERROR_TEXT);
    }
  else if (facts->message != NULL)
    said = tw_redact_text (facts->message, strlen (facts->message), TW_LIMIT_ERROR_TEXT);
  else if (text != NULL)
    said = tw_redact_text (text, length, MAX_FOREIGN_TEXT);
  if (facts->status >= 300)
    g_string_append_printf (sentence, " (HTTP %u)", facts->status);
  if (said != NULL && *said != '\0')
    g_string_append_printf (sentence, ": %s", said);
  if (!g_str_has_suffix (sentence->str, ".") && !g_str_has_suffix (sentence->str, "…"))
    g_string_append_c (sentence, '.');
  return g_string_free (sentence, FALSE);
}

void
tw_reply_error_read (TwReplyError *ret_error,
                     guint status,
                     const char *const *headers,
                     const cJSON *json,
                     const char *text,
                     gsize length)
{
  Facts facts = { .status = status };
  const char *should_retry = tw_wire_header (headers, "x-should-retry");
  g_autofree char *message = NULL;
  TwError code;

  collect (&facts, json);
  classify (&facts, &code, &ret_error->retryable);
  ret_error->retry_after_ms = tw_wire_retry_after_ms (headers, json);
  /* The provider's own word wins, but for money: no retry makes credit. */
  if (code == TW_ERROR_QUOTA)
    ret_error->retryable = status == 402 && ret_error->retry_after_ms > 0;
  else if (should_retry != NULL)
    ret_error->retryable = g_ascii_strncasecmp (should_retry, "true", 4) == 0;
  ret_error->content_filter = FALSE;
  for (guint i = 0; i < facts.n_names; i++)
    ret_error->content_filter |= strcmp (facts.names[i], "content_filter") == 0;
  message = compose (&facts, code, text, length);
  ret_error->error = g_error_new_literal (TW_ERROR, code, message);
}
