/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-reply-error-private.h"

#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-redact-private.h"
#include "libtokenwise/wire/tw-reply-error-kind-private.h"
#include "libtokenwise/wire/tw-retry-after-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"

#include <string.h>

/* Of a page that a proxy sent instead of JSON. */
#define MAX_FOREIGN_TEXT 200

static const char *const sentences[] = {
  [TW_ERROR_TIMEOUT] = "The provider gave up waiting",
  [TW_ERROR_AUTHENTICATION] = "The provider refused the key",
  [TW_ERROR_RATE_LIMITED] = "The provider asks for fewer requests",
  [TW_ERROR_QUOTA] = "The account has no credit left at the provider",
  [TW_ERROR_BAD_REQUEST] = "The provider refused the request",
  [TW_ERROR_CONTEXT_LENGTH] = "The request is longer than the model's context window",
  [TW_ERROR_SERVER] = "The provider failed",
  [TW_ERROR_PROTOCOL] = "The provider did not answer the request",
  [TW_ERROR_PERMISSION] = "The key is not allowed to do this",
  [TW_ERROR_NOT_FOUND] = "The provider does not have this model or address",
  [TW_ERROR_OVERLOADED] = "The provider has no capacity at the moment",
  [TW_ERROR_CONTENT_FILTER] = "The provider's content filter refused the request",
};

static gboolean
is_said (const cJSON *item)
{
  if (cJSON_IsString (item))
    return *item->valuestring != '\0';
  return (cJSON_IsObject (item) || cJSON_IsArray (item)) && item->child != NULL;
}

/* Groq has it in its own object; the last event of OpenAI's Responses in the response. */
static const cJSON *
find_error (const cJSON *json)
{
  const cJSON *places[]
      = { json, tw_json_object (json, "x_groq"), tw_json_object (json, "response") };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      const cJSON *error = cJSON_GetObjectItemCaseSensitive (places[i], "error");

      if (is_said (error))
        return error;
    }
  return NULL;
}

gboolean
tw_reply_error_is_one (const cJSON *json)
{
  return find_error (json) != NULL || g_strcmp0 (tw_json_string (json, "type"), "error") == 0;
}

static void
add_name (TwErrorFacts *facts, const cJSON *item)
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
  else if (text != NULL && facts->n_names < TW_ERROR_FACTS_NAMES)
    facts->names[facts->n_names++] = text;
}

/* A QuotaFailure that names the day, or tells of no delay, is not over soon. */
static gboolean
is_daily_quota (const cJSON *details)
{
  const cJSON *detail, *violation;
  gboolean quota = FALSE, delay = FALSE, daily = FALSE;

  cJSON_ArrayForEach (detail, details)
  {
    delay = delay || tw_json_string (detail, "retryDelay") != NULL;
    cJSON_ArrayForEach (violation, tw_json_array (detail, "violations"))
    {
      const char *id = tw_json_string (violation, "quotaId");

      quota = TRUE;
      daily = daily || (id != NULL && strstr (id, "PerDay") != NULL);
    }
  }
  return daily || (quota && !delay);
}

static void
add_details (TwErrorFacts *facts, const cJSON *details)
{
  const cJSON *detail;

  if (cJSON_IsObject (details))
    add_name (facts, cJSON_GetObjectItemCaseSensitive (details, "error_code"));
  if (!cJSON_IsArray (details))
    return;
  cJSON_ArrayForEach (detail, details)
  {
    add_name (facts, cJSON_GetObjectItemCaseSensitive (detail, "reason"));
  }
  facts->daily_quota = facts->daily_quota || is_daily_quota (details);
}

static void
add_object (TwErrorFacts *facts, const cJSON *object)
{
  static const char *const keys[]
      = { "code", "status_code", "type", "status", "error_type", "reason" };
  const cJSON *metadata = tw_json_object (object, "metadata");
  /* Mistral's 422 has the list within its message. */
  const cJSON *list = tw_json_array (object, "detail")
                          ?: tw_json_array (tw_json_object (object, "message"), "detail");
  const cJSON *first = cJSON_GetArrayItem (list, 0);

  add_details (facts, cJSON_GetObjectItemCaseSensitive (object, "details"));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    add_name (facts, cJSON_GetObjectItemCaseSensitive (object, keys[i]));
  add_name (facts, cJSON_GetObjectItemCaseSensitive (metadata, "error_type"));
  add_name (facts, cJSON_GetObjectItemCaseSensitive (metadata, "reason"));
  if (facts->message == NULL)
    facts->message = tw_wire_json_text (object, "message") ?: tw_wire_json_text (object, "Message");
  if (facts->message == NULL)
    facts->message = tw_wire_json_text (object, "detail");
  if (facts->message == NULL)
    facts->message = tw_wire_json_text (first, "msg");
  if (facts->more == NULL)
    facts->more = tw_wire_json_text (metadata, "raw");
}

static void
collect (TwErrorFacts *facts, const cJSON *json)
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

static char *
compose (const TwErrorFacts *facts, TwError code, const TwErrorReply *reply)
{
  GString *sentence = g_string_new (sentences[code]);
  g_autofree char *said = NULL;

  if (facts->more != NULL)
    {
      g_autofree char *both = g_strconcat (facts->message ?: "", ": ", facts->more, NULL);

      said = tw_redact_text (both, strlen (both), TW_LIMIT_ERROR_TEXT, reply->key);
    }
  else if (facts->message != NULL)
    said
        = tw_redact_text (facts->message, strlen (facts->message), TW_LIMIT_ERROR_TEXT, reply->key);
  else if (reply->text != NULL)
    said = tw_redact_text (reply->text->str, reply->text->len, MAX_FOREIGN_TEXT, reply->key);
  if (facts->status >= 300)
    g_string_append_printf (sentence, " (HTTP %u)", facts->status);
  if (said != NULL && *said != '\0')
    g_string_append_printf (sentence, ": %s", said);
  if (!g_str_has_suffix (sentence->str, ".") && !g_str_has_suffix (sentence->str, "…"))
    g_string_append_c (sentence, '.');
  return g_string_free (sentence, FALSE);
}

/* "ThrottlingException:http://internal…" in a header, or "com.amazon…#ThrottlingException" in the
 * body. */
static char *
read_aws_type (const TwErrorReply *reply)
{
  const char *type = tw_wire_header (reply->headers, "x-amzn-errortype");
  const char *in_body = tw_wire_json_text (reply->json, "__type");
  const char *hash = in_body != NULL ? strrchr (in_body, '#') : NULL;

  if (type != NULL)
    return g_strndup (type, strcspn (type, ":; "));
  return g_strdup (hash != NULL ? hash + 1 : in_body);
}

static gint64
read_delay (const TwErrorReply *reply, const TwErrorFacts *facts, TwError code)
{
  gint64 delay = tw_wire_retry_after_ms (reply->headers, reply->json);

  if (code != TW_ERROR_RATE_LIMITED)
    return delay;
  if (delay < 0)
    delay = tw_wire_retry_text_ms (facts->message);
  return delay < 0 ? tw_wire_limit_reset_ms (reply->headers) : delay;
}

void
tw_reply_error_read (TwReplyError *ret_error, const TwErrorReply *reply)
{
  TwErrorFacts facts = { .status = reply->status };
  const char *should_retry = tw_wire_header (reply->headers, "x-should-retry");
  g_autofree char *message = NULL, *aws_type = read_aws_type (reply);
  TwError code;

  if (aws_type != NULL)
    facts.names[facts.n_names++] = aws_type;
  if (reply->name != NULL)
    facts.names[facts.n_names++] = reply->name;
  collect (&facts, reply->json);
  tw_error_facts_classify (&facts, &code, &ret_error->retryable);
  ret_error->retry_after_ms = read_delay (reply, &facts, code);
  /* The provider's own word wins, but for money: no retry makes credit. */
  if (code == TW_ERROR_QUOTA)
    ret_error->retryable
        = facts.n_names == 0 && facts.status == 402 && ret_error->retry_after_ms > 0;
  else if (should_retry != NULL)
    ret_error->retryable = g_ascii_strncasecmp (should_retry, "true", 4) == 0;
  ret_error->content_filter = code == TW_ERROR_CONTENT_FILTER;
  message = compose (&facts, code, reply);
  ret_error->error = g_error_new_literal (TW_ERROR, code, message);
}
