/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/client/tw-outgoing-private.h"
#include "libtokenwise/wire/tw-sigv4-private.h"

#include <string.h>

#define MAX_AWS_KEY_BYTES 8192

/* What is told is wiped: a core dump or a later allocation must not have it. */
static void
wipe_and_free (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

static void
find_shape (const TwOutgoing *self, const char **ret_header, const char **ret_prefix)
{
  static const struct
  {
    const char *header;
    const char *prefix;
  } shapes[] = {
    [TW_CREDENTIAL_BEARER] = { "Authorization", "Bearer " },
    [TW_CREDENTIAL_X_API_KEY] = { "x-api-key", "" },
    [TW_CREDENTIAL_API_KEY] = { "api-key", "" },
    [TW_CREDENTIAL_X_GOOG_API_KEY] = { "x-goog-api-key", "" },
  };
  TwCredential credential = tw_provider_get_credential (self->provider);

  *ret_header = self->codec->key_header;
  *ret_prefix = self->codec->key_prefix;
  if (credential == TW_CREDENTIAL_OF_DIALECT && *ret_header != NULL)
    return;
  if (credential == TW_CREDENTIAL_OF_DIALECT)
    credential = TW_CREDENTIAL_BEARER;
  *ret_header = shapes[credential].header;
  *ret_prefix = shapes[credential].prefix;
}

static gboolean
add_key (const TwOutgoing *self, TwHttpRequest *http, GError **error)
{
  const char *header, *prefix;
  char *key = tw_provider_find_key (self->provider, error);
  char *value;
  gboolean added;

  if (key == NULL)
    return FALSE;
  find_shape (self, &header, &prefix);
  value = g_strconcat (prefix, key, NULL);
  added = tw_http_request_add_header (http, header, value, error);
  wipe_and_free (key);
  wipe_and_free (value);
  return added;
}

/* Where AWS credentials were read from: their text and the document that points into it. */
typedef struct
{
  TwAwsCredentials credentials;
  cJSON *json; /* (nullable) */
} AwsKey;

static void
aws_key_clear (AwsKey *self)
{
  cJSON *member;

  cJSON_ArrayForEach (member, self->json)
  {
    if (cJSON_IsString (member))
      explicit_bzero (member->valuestring, strlen (member->valuestring));
  }
  g_clear_pointer (&self->json, cJSON_Delete);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AwsKey, aws_key_clear)

/* The document that `aws configure export-credentials` and every credential_process prints
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html). */
static gboolean
read_aws_document (const TwProvider *provider, AwsKey *ret_key, GError **error)
{
  char *text = tw_provider_find_whole_key (provider, error);

  if (text == NULL)
    return FALSE;
  ret_key->json = tw_json_parse (text, -1, MAX_AWS_KEY_BYTES, NULL);
  wipe_and_free (text);
  ret_key->credentials = (TwAwsCredentials){
    .access_key_id = tw_json_string (ret_key->json, "AccessKeyId"),
    .secret_access_key = tw_json_string (ret_key->json, "SecretAccessKey"),
    .session_token = tw_json_string (ret_key->json, "SessionToken"),
  };
  if (ret_key->credentials.access_key_id != NULL && ret_key->credentials.secret_access_key != NULL)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_NO_KEY,
               "What the key of %s is read from has no AWS credentials; it must be the JSON object "
               "that “aws configure export-credentials” prints.",
               provider->id);
  return FALSE;
}

static gboolean
read_aws_environment (const TwProvider *provider, AwsKey *ret_key, GError **error)
{
  const char *token = g_getenv ("AWS_SESSION_TOKEN");

  ret_key->credentials = (TwAwsCredentials){
    .access_key_id = g_getenv ("AWS_ACCESS_KEY_ID"),
    .secret_access_key = g_getenv ("AWS_SECRET_ACCESS_KEY"),
    .session_token = token != NULL && *token != '\0' ? token : NULL,
  };
  if (ret_key->credentials.access_key_id != NULL && ret_key->credentials.secret_access_key != NULL)
    return TRUE;
  g_set_error (
      error, TW_ERROR, TW_ERROR_NO_KEY,
      "There are no credentials for %s: set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID "
      "and AWS_SECRET_ACCESS_KEY, or put “key-command=aws configure export-credentials” "
      "and “auth=aws-sigv4” below [provider %s] in config.ini.",
      provider->id, provider->id);
  return FALSE;
}

static gboolean
read_aws_key (const TwProvider *provider, AwsKey *ret_key, GError **error)
{
  /* Without a way of its own, the built-in variable is of the bearer key. */
  if (provider->credential == TW_CREDENTIAL_AWS_SIGV4
      && (provider->key_env != NULL || provider->key_command != NULL
          || provider->key_secret != NULL))
    return read_aws_document (provider, ret_key, error);
  return read_aws_environment (provider, ret_key, error);
}

/* As it stands on the request line, where AWS's rule for encoding begins. */
static void
split_url (const char *url, char **ret_host, char **ret_path)
{
  const char *host = strstr (url, "://") + strlen ("://");
  gsize length = strcspn (host, "/");

  *ret_host = g_strndup (host, length);
  *ret_path = g_strdup (host[length] != '\0' ? host + length : "/");
}

static gboolean
sign (const TwOutgoing *self, TwHttpRequest *http, GError **error)
{
  g_auto (AwsKey) key = { 0 };
  g_auto (TwSigv4Headers) headers = { 0 };
  g_autofree char *host = NULL;
  g_autofree char *path = NULL;
  TwSigv4Request request = {
    .method = self->wire->method,
    .headers = (const TwWireHeader *) (gpointer) self->wire->headers->data,
    .n_headers = self->wire->headers->len,
    .body = self->wire->body,
    .body_length = strlen (self->wire->body),
    .region = tw_provider_get_region (self->provider),
    .service = "bedrock",
    .credentials = &key.credentials,
    .unix_seconds = tw_instant_now (),
  };

  if (request.region == NULL || !tw_region_is_valid (request.region))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "%s is signed for a region; set AWS_REGION, or put “region=us-east-1” or "
                   "another below [provider %s] in config.ini.",
                   self->provider->id, self->provider->id);
      return FALSE;
    }
  if (!read_aws_key (self->provider, &key, error))
    return FALSE;
  split_url (self->url, &host, &path);
  request.host = host;
  request.path = path;
  if (!tw_sigv4_sign (&request, &headers, error))
    return FALSE;
  for (guint i = 0; i < headers.n_items; i++)
    if (!tw_http_request_add_header (http, headers.items[i].name, headers.items[i].value, error))
      return FALSE;
  return TRUE;
}

gboolean
tw_outgoing_add_credential (const TwOutgoing *self, TwHttpRequest *http, GError **error)
{
  if (!tw_provider_needs_key (self->provider))
    return TRUE;
  if (tw_provider_get_credential (self->provider) == TW_CREDENTIAL_AWS_SIGV4)
    return sign (self, http, error);
  return add_key (self, http, error);
}

gboolean
tw_credential_check (const TwProvider *provider, GError **error)
{
  char *key;

  if (!tw_provider_needs_key (provider))
    return TRUE;
  if (tw_provider_get_credential (provider) == TW_CREDENTIAL_AWS_SIGV4)
    {
      g_auto (AwsKey) aws = { 0 };

      return read_aws_key (provider, &aws, error);
    }
  key = tw_provider_find_key (provider, error);
  if (key == NULL)
    return FALSE;
  wipe_and_free (key);
  return TRUE;
}
