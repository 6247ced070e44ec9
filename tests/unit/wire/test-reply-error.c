/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-reply-error-private.h"

#include <string.h>

typedef struct
{
  guint status;
  const char *body;
  TwError code;
  gboolean retryable;
  const char *says; /* in the message */
} Case;

static const Case cases[] = {
  /* OpenAI */
  { 401,
    "{\"error\":{\"message\":\"Incorrect API key provided: "
    "sk-abcdefgh\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"invalid_api_key\"}"
    "}",
    TW_ERROR_AUTHENTICATION, FALSE, "[redacted]" },
  { 429,
    "{\"error\":{\"message\":\"You exceeded your current "
    "quota\",\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\"}}",
    TW_ERROR_QUOTA, FALSE, "quota" },
  { 429,
    "{\"error\":{\"message\":\"Rate limit "
    "reached\",\"type\":\"requests\",\"code\":\"rate_limit_exceeded\"}}",
    TW_ERROR_RATE_LIMITED, TRUE, "HTTP 429" },
  { 400,
    "{\"error\":{\"message\":\"Too "
    "long\",\"type\":\"invalid_request_error\",\"code\":\"context_length_exceeded\"}}",
    TW_ERROR_CONTEXT_LENGTH, FALSE, "Too long" },
  { 404, "{\"error\":{\"message\":\"No\",\"code\":\"model_not_found\"}}", TW_ERROR_NOT_FOUND, FALSE,
    "No" },
  { 400,
    "{\"error\":{\"message\":\"Web search options not supported with this "
    "model.\",\"type\":\"invalid_request_error\",\"code\":null}}",
    TW_ERROR_BAD_REQUEST, FALSE, "Web search" },
  { 200, "{\"error\":{\"message\":\"The server had an error\",\"type\":\"server_error\"}}",
    TW_ERROR_SERVER, TRUE, "had an error" },
  /* Azure */
  { 429, "{\"error\":{\"code\":\"RateLimitReached\",\"message\":\"wait\",\"details\":\"wait\"}}",
    TW_ERROR_RATE_LIMITED, TRUE, "wait" },
  { 404, "{\"error\":{\"code\":\"DeploymentNotFound\",\"message\":\"none\"}}", TW_ERROR_NOT_FOUND,
    FALSE, "none" },
  { 401, "{\"error\":{\"code\":\"401\",\"message\":\"Access denied\"}}", TW_ERROR_AUTHENTICATION,
    FALSE, "Access denied" },
  { 400, "{\"error\":{\"code\":\"content_filter\",\"message\":\"filtered\",\"innererror\":{}}}",
    TW_ERROR_CONTENT_FILTER, FALSE, "filtered" },
  /* Anthropic */
  { 529,
    "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
    TW_ERROR_OVERLOADED, TRUE, "HTTP 529" },
  { 400,
    "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"prompt is too "
    "long: 3333404 tokens > 200000 maximum\"}}",
    TW_ERROR_CONTEXT_LENGTH, FALSE, "3333404" },
  { 400,
    "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Your credit "
    "balance is too low\"}}",
    TW_ERROR_QUOTA, FALSE, "credit" },
  { 429,
    "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"m\",\"details\":{"
    "\"error_code\":\"enforced_spend_limit_reached\"}}}",
    TW_ERROR_QUOTA, FALSE, "m" },
  { 429, "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"m\"}}",
    TW_ERROR_RATE_LIMITED, TRUE, "m" },
  { 404, "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"model: x\"}}",
    TW_ERROR_NOT_FOUND, FALSE, "model: x" },
  { 403, "{\"type\":\"error\",\"error\":{\"type\":\"permission_error\",\"message\":\"m\"}}",
    TW_ERROR_PERMISSION, FALSE, "not allowed" },
  { 200, "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"m\"}}",
    TW_ERROR_SERVER, TRUE, "m" },
  { 200, "{\"type\":\"error\",\"error\":{\"type\":\"timeout_error\",\"message\":\"m\"}}",
    TW_ERROR_TIMEOUT, TRUE, "m" },
  { 413, "{\"type\":\"error\",\"error\":{\"type\":\"request_too_large\",\"message\":\"m\"}}",
    TW_ERROR_BAD_REQUEST, FALSE, "HTTP 413" },
  /* Others: every shape */
  { 401, "{\"detail\":\"Invalid API Key\"}", TW_ERROR_AUTHENTICATION, FALSE, "Invalid API Key" },
  { 422,
    "{\"detail\":[{\"loc\":[\"body\",\"x\"],\"msg\":\"Extra inputs\",\"input\":\"the prompt\"}]}",
    TW_ERROR_BAD_REQUEST, FALSE, "Extra inputs" },
  { 422,
    "{\"object\":\"error\",\"message\":{\"detail\":[{\"msg\":\"Extra "
    "inputs\"}]},\"type\":\"invalid_request_error\"}",
    TW_ERROR_BAD_REQUEST, FALSE, "Extra inputs" },
  { 400,
    "{\"code\":\"Client specified an invalid argument\",\"error\":\"Incorrect API key provided: "
    "xa***1\"}",
    TW_ERROR_AUTHENTICATION, FALSE, "Incorrect" },
  { 429, "{\"message\":\"slow\"}", TW_ERROR_RATE_LIMITED, TRUE, "slow" },
  { 404, "{\"error\":\"model 'x' not found\"}", TW_ERROR_NOT_FOUND, FALSE, "model 'x'" },
  { 404, "{\"error\":\"no such path\"}", TW_ERROR_NOT_FOUND, FALSE, "no such path" },
  { 200, "{\"error\":\"something broke\"}", TW_ERROR_SERVER, FALSE, "something broke" },
  { 429,
    "[{\"error\":{\"code\":429,\"message\":\"Resource "
    "exhausted\",\"status\":\"RESOURCE_EXHAUSTED\"}}]",
    TW_ERROR_RATE_LIMITED, TRUE, "exhausted" },
  { 400,
    "{\"error\":{\"code\":400,\"status\":\"INVALID_ARGUMENT\",\"message\":\"m\",\"details\":[{"
    "\"reason\":\"API_KEY_INVALID\"}]}}",
    TW_ERROR_AUTHENTICATION, FALSE, "m" },
  { 400,
    "{\"error\":{\"code\":400,\"type\":\"exceed_context_size_error\",\"n_ctx\":4096,\"message\":"
    "\"m\"}}",
    TW_ERROR_CONTEXT_LENGTH, FALSE, "m" },
  { 200,
    "{\"error\":{\"code\":429,\"message\":\"Provider returned "
    "error\",\"metadata\":{\"raw\":\"upstream is slow\"}}}",
    TW_ERROR_RATE_LIMITED, TRUE, "upstream is slow" },
  { 200, "{\"error\":{\"code\":402,\"message\":\"Insufficient credits\"}}", TW_ERROR_QUOTA, FALSE,
    "credit" },
  { 403, "{\"error\":{\"code\":403,\"message\":\"Input was flagged by moderation\"}}",
    TW_ERROR_CONTENT_FILTER, FALSE, "flagged" },
  { 401, "{\"error\":{\"message\":\"Unauthorized\",\"type\":\"api_error\"}}",
    TW_ERROR_AUTHENTICATION, FALSE, "Unauthorized" },
  { 498, "{\"error\":{\"message\":\"capacity\"}}", TW_ERROR_OVERLOADED, TRUE, "capacity" },
  { 409, "{\"error\":{\"message\":\"lock\"}}", TW_ERROR_BAD_REQUEST, TRUE, "lock" },
  { 408, "{}", TW_ERROR_TIMEOUT, TRUE, "HTTP 408" },
  { 501, "{}", TW_ERROR_SERVER, FALSE, "HTTP 501" },
  { 524, NULL, TW_ERROR_TIMEOUT, TRUE, "HTTP 524" },
  { 302, NULL, TW_ERROR_PROTOCOL, FALSE, "HTTP 302" },
  { 503, NULL, TW_ERROR_OVERLOADED, TRUE, "HTTP 503" },
  { 504, NULL, TW_ERROR_TIMEOUT, TRUE, "HTTP 504" },
  { 429, "{\"error\":{\"message\":\"Resource Unavailable\"}}", TW_ERROR_OVERLOADED, TRUE,
    "Unavailable" },
  { 200, "{\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"server_error\"}}}",
    TW_ERROR_SERVER, TRUE, "failed" },
  /* OpenRouter's two kinds of 402 */
  { 402,
    "{\"error\":{\"code\":402,\"message\":\"m\",\"metadata\":{\"reason\":"
    "\"in_flight_budget_exhausted\"}}}",
    TW_ERROR_RATE_LIMITED, TRUE, "m" },
  { 402,
    "{\"error\":{\"code\":402,\"message\":\"m\",\"metadata\":{\"error_type\":"
    "\"weight_exceeds_budget\"}}}",
    TW_ERROR_QUOTA, FALSE, "m" },
  /* Google's quota of the day */
  { 429,
    "{\"error\":{\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\",\"message\":\"m\",\"details\":[{"
    "\"violations\":[{\"quotaId\":\"RequestsPerDayPerProject\"}]}]}}",
    TW_ERROR_QUOTA, FALSE, "m" },
  /* Bedrock */
  { 403, "{\"Message\":\"No\",\"__type\":\"com.amazon.coral#UnrecognizedClientException\"}",
    TW_ERROR_AUTHENTICATION, FALSE, "No" },
  { 400, "{\"message\":\"The provided model identifier is invalid.\"}", TW_ERROR_NOT_FOUND, FALSE,
    "identifier" },
  { 400, "{\"message\":\"Input is too long for requested model.\"}", TW_ERROR_CONTEXT_LENGTH, FALSE,
    "too long" },
  { 424, "{\"message\":\"m\",\"__type\":\"ModelErrorException\"}", TW_ERROR_SERVER, TRUE, "m" },
};

static void
check_case (const Case *test)
{
  g_autoptr (cJSON) json = test->body != NULL ? cJSON_Parse (test->body) : NULL;
  g_autoptr (GError) owned = NULL;
  TwReplyError result;

  g_assert_true (test->body == NULL || json != NULL);
  tw_reply_error_read (&result, &(TwErrorReply){ .status = test->status, .json = json });
  owned = result.error;
  if (result.error->code != (int) test->code || result.retryable != test->retryable)
    g_error ("HTTP %u %s: %s, retryable %d", test->status, test->body, result.error->message,
             result.retryable);
  g_assert_cmpint (result.retry_after_ms, ==, -1);
  g_assert_nonnull (strstr (result.error->message, test->says));
  g_assert_null (strstr (result.error->message, "the prompt"));
  g_assert_null (strstr (result.error->message, "sk-"));
}

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_case (&cases[i]);
}

/* The types that AWS writes into a header or into the frame. */
static void
test_aws_names (void)
{
  static const struct
  {
    const char *header;
    const char *name;
    TwError code;
    gboolean retryable;
  } errors[] = {
    { "x-amzn-errortype: ThrottlingException:http://internal", NULL, TW_ERROR_RATE_LIMITED, TRUE },
    { "x-amzn-ErrorType: AccessDeniedException", NULL, TW_ERROR_PERMISSION, FALSE },
    { NULL, "throttlingException", TW_ERROR_RATE_LIMITED, TRUE },
    { NULL, "modelStreamErrorException", TW_ERROR_SERVER, TRUE },
    { NULL, "internalServerException", TW_ERROR_SERVER, TRUE },
    { NULL, "serviceUnavailableException", TW_ERROR_OVERLOADED, TRUE },
    { NULL, "validationException", TW_ERROR_BAD_REQUEST, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      const char *headers[] = { errors[i].header, NULL };
      const TwErrorReply reply = { .status = errors[i].name != NULL ? 200 : 429,
                                   .headers = headers,
                                   .name = errors[i].name };
      g_autoptr (GError) owned = NULL;
      TwReplyError result;

      tw_reply_error_read (&result, &reply);
      owned = result.error;
      g_assert_error (owned, TW_ERROR, (int) errors[i].code);
      g_assert_cmpint (result.retryable && errors[i].code != TW_ERROR_PERMISSION, ==,
                       errors[i].retryable);
    }
}

/* A key that looks like none. */
static void
test_own_key (void)
{
  g_autoptr (cJSON) json = cJSON_Parse ("{\"error\":\"no such key: my-pet cat (my-pet cat)\"}");
  g_autoptr (GError) owned = NULL;
  TwReplyError result;

  tw_reply_error_read (&result,
                       &(TwErrorReply){ .status = 401, .json = json, .key = "my-pet cat" });
  owned = result.error;
  g_assert_null (strstr (owned->message, "pet"));
  g_assert_nonnull (strstr (owned->message, "no such key: [redacted] ([redacted])"));
}

static void
test_headers (void)
{
  static const struct
  {
    guint status;
    const char *headers[3];
    gboolean retryable;
    gint64 delay_ms;
  } headers[] = {
    { 429, { "Retry-After: 2" }, TRUE, 2000 },
    { 429, { "x-should-retry: false", "retry-after: 2" }, FALSE, 2000 },
    { 400, { "x-should-retry: true" }, TRUE, -1 },
    { 402, { "retry-after: 5" }, TRUE, 5000 },
    { 402, { "x-should-retry: true" }, FALSE, -1 },
    { 429, { "x-ratelimit-reset-tokens: 6m0s" }, TRUE, 360000 },
    { 401, { "x-ratelimit-reset-tokens: 6m0s" }, FALSE, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      TwReplyError result;

      tw_reply_error_read (
          &result, &(TwErrorReply){ .status = headers[i].status, .headers = headers[i].headers });
      g_assert_cmpint (result.retryable, ==, headers[i].retryable);
      g_assert_cmpint (result.retry_after_ms, ==, headers[i].delay_ms);
      g_error_free (result.error);
    }
}

/* A page of a proxy: the first 200 bytes. A long message: the limit. */
static void
test_length (void)
{
  g_autoptr (GString) page = g_string_new (NULL);
  g_autofree char *body = NULL;
  g_autoptr (cJSON) json = NULL;
  TwReplyError result;

  g_string_set_size (page, 5000);
  memset (page->str, '!', 5000);
  tw_reply_error_read (&result, &(TwErrorReply){ .status = 502, .text = page });
  g_assert_cmpuint (strlen (result.error->message), <, 250);
  g_error_free (result.error);
  body = g_strdup_printf ("{\"error\":{\"message\":\"%s\"}}", page->str);
  json = cJSON_Parse (body);
  tw_reply_error_read (&result, &(TwErrorReply){ .status = 502, .json = json });
  g_assert_cmpuint (strlen (result.error->message), <, TW_LIMIT_ERROR_TEXT + 50);
  g_assert_cmpuint (strlen (result.error->message), >=, TW_LIMIT_ERROR_TEXT);
  g_error_free (result.error);
}

static void
test_is_one (void)
{
  static const struct
  {
    const char *json;
    gboolean is_one;
  } bodies[] = {
    { "{\"error\":null,\"choices\":[]}", FALSE },
    { "{\"error\":{}}", FALSE },
    { "{\"error\":\"\"}", FALSE },
    { "{\"error\":false}", FALSE },
    { "{\"choices\":[]}", FALSE },
    { "{\"error\":\"x\"}", TRUE },
    { "{\"error\":{\"code\":1}}", TRUE },
    { "{\"type\":\"error\"}", TRUE },
    { "{\"x_groq\":{\"error\":\"x\"}}", TRUE },
    { "[]", FALSE },
    { "3", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (cJSON) json = cJSON_Parse (bodies[i].json);

      g_assert_cmpint (tw_reply_error_is_one (json), ==, bodies[i].is_one);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/reply-error/table", test_table);
  g_test_add_func ("/wire/reply-error/aws-names", test_aws_names);
  g_test_add_func ("/wire/reply-error/own-key", test_own_key);
  g_test_add_func ("/wire/reply-error/headers", test_headers);
  g_test_add_func ("/wire/reply-error/length", test_length);
  g_test_add_func ("/wire/reply-error/is-one", test_is_one);
  return g_test_run ();
}
