/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/client/tw-outgoing-private.h"

#include <string.h>

#define KEY "sk-test-key-of-nobody"

static TwWireCall *
make_wire (const char *path)
{
  TwWireCall *wire = tw_wire_call_new ("POST", path, g_strdup ("{\"messages\":[]}"));

  tw_wire_call_add_header (wire, "content-type", "application/json");
  return wire;
}

/* (transfer none): the value of a header, NULL if it is not there. */
static const char *
get_header (TwHttpRequest *http, const char *name)
{
  const char *const *headers = tw_http_request_get_headers (http);
  gsize length = strlen (name);

  for (guint i = 0; headers[i] != NULL; i++)
    if (g_ascii_strncasecmp (headers[i], name, length) == 0 && headers[i][length] == ':')
      return headers[i] + length + 2;
  return NULL;
}

static TwProvider *
make_provider (const char *base_url)
{
  TwProvider *provider = tw_provider_new ("test");

  provider->base_url = g_strdup (base_url);
  provider->key_env = g_strdup ("TW_TEST_KEY");
  return provider;
}

static TwHttpRequest *
make_http (const TwProvider *provider, const char *dialect, const char *path, GError **error)
{
  const TwCodec *codec = tw_codec_find (dialect, NULL);
  g_autoptr (TwOutgoing) outgoing
      = tw_outgoing_new (provider, codec, make_wire (path), "an-id", error);

  return outgoing != NULL ? tw_outgoing_make_http (outgoing, error) : NULL;
}

static void
test_ways_to_show_a_key (void)
{
  static const struct
  {
    const char *auth;
    const char *dialect;
    const char *header;
    const char *value;
  } cases[] = {
    { "default", "openai-chat", "authorization", "Bearer " KEY },
    { "default", "anthropic", "x-api-key", KEY },
    { "bearer", "anthropic", "authorization", "Bearer " KEY },
    { "x-api-key", "openai-chat", "x-api-key", KEY },
    { "api-key", "openai-chat", "api-key", KEY },
    { "x-goog-api-key", "openai-chat", "x-goog-api-key", KEY },
  };
  static const char *const all[] = { "authorization", "x-api-key", "api-key", "x-goog-api-key" };

  g_setenv ("TW_TEST_KEY", KEY, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TwProvider) provider = make_provider ("https://api.example.com/v1");
      g_autoptr (TwHttpRequest) http = NULL;

      g_assert_true (tw_credential_parse (cases[i].auth, &provider->credential, NULL));
      http = make_http (provider, cases[i].dialect, "/x", NULL);
      for (guint j = 0; j < G_N_ELEMENTS (all); j++)
        g_assert_cmpstr (get_header (http, all[j]), ==,
                         strcmp (all[j], cases[i].header) == 0 ? cases[i].value : NULL);
    }
  g_unsetenv ("TW_TEST_KEY");
}

static void
test_no_key_where_none_is_wanted (void)
{
  g_autoptr (TwProvider) provider = make_provider ("http://127.0.0.1:11434");
  g_autoptr (TwHttpRequest) http = NULL;

  g_setenv ("TW_TEST_KEY", KEY, TRUE);
  provider->credential = TW_CREDENTIAL_NONE;
  http = make_http (provider, "openai-chat", "/x", NULL);
  g_assert_null (get_header (http, "authorization"));
  g_unsetenv ("TW_TEST_KEY");
}

/* Who sets a key with a line break must not be told the key. */
static void
test_key_stays_out_of_errors (void)
{
  g_autoptr (TwProvider) provider = make_provider ("https://api.example.com");
  g_autoptr (GError) error = NULL;

  g_setenv ("TW_TEST_KEY", KEY "\x01rest", TRUE);
  g_assert_null (make_http (provider, "openai-chat", "/x", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_assert_null (strstr (error->message, KEY));
  g_unsetenv ("TW_TEST_KEY");
}

static void
test_azure (void)
{
  g_autoptr (TwProvider) provider
      = make_provider ("https://r.openai.azure.com/openai/deployments/d");
  g_autoptr (TwHttpRequest) http = NULL;

  g_setenv ("TW_TEST_KEY", KEY, TRUE);
  provider->credential = TW_CREDENTIAL_API_KEY;
  provider->api_version = g_strdup ("2024-10-21");
  http = make_http (provider, "openai-chat", "/chat/completions", NULL);
  g_assert_cmpstr (tw_http_request_get_url (http), ==,
                   "https://r.openai.azure.com/openai/deployments/d/chat/completions"
                   "?api-version=2024-10-21");
  g_unsetenv ("TW_TEST_KEY");
}

/* Anthropic's version is a header, and the codec's. */
static void
test_version_of_another_dialect (void)
{
  g_autoptr (TwProvider) provider = make_provider ("https://api.example.com");
  g_autoptr (TwHttpRequest) http = NULL;

  provider->credential = TW_CREDENTIAL_NONE;
  provider->api_version = g_strdup ("2026-10-21");
  http = make_http (provider, "anthropic", "/messages", NULL);
  g_assert_cmpstr (tw_http_request_get_url (http), ==, "https://api.example.com/messages");
}

static void
test_provider_headers (void)
{
  static const char *const headers[] = { "X-Title: my app", "OpenAI-Project:p1", NULL };
  g_autoptr (TwProvider) provider = make_provider ("https://api.example.com");
  g_autoptr (TwHttpRequest) http = NULL;

  provider->credential = TW_CREDENTIAL_NONE;
  provider->headers = g_strdupv ((GStrv) headers);
  provider->idempotent = TRUE;
  http = make_http (provider, "openai-chat", "/x", NULL);
  g_assert_cmpstr (get_header (http, "x-title"), ==, "my app");
  g_assert_cmpstr (get_header (http, "openai-project"), ==, "p1");
  g_assert_cmpstr (get_header (http, "idempotency-key"), ==, "an-id");
}

#define AWS_URL "https://bedrock-runtime.{region}.amazonaws.com"
#define AWS_PATH "/model/us.amazon.nova-2-lite-v1%3A0/converse"

static TwProvider *
make_aws (void)
{
  TwProvider *provider = tw_provider_new ("aws");

  provider->base_url = g_strdup (AWS_URL);
  provider->region = g_strdup ("us-east-1");
  provider->credential = TW_CREDENTIAL_AWS_SIGV4;
  return provider;
}

static void
test_aws_from_environment (void)
{
  g_autoptr (TwProvider) provider = make_aws ();
  g_autoptr (TwHttpRequest) http = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (tw_credential_check (provider, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_NO_KEY);
  g_setenv ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", TRUE);
  g_setenv ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", TRUE);
  g_assert_true (tw_credential_check (provider, NULL));
  http = make_http (provider, "openai-chat", AWS_PATH, NULL);
  g_assert_cmpstr (tw_http_request_get_url (http), ==,
                   "https://bedrock-runtime.us-east-1.amazonaws.com" AWS_PATH);
  g_assert_true (g_str_has_prefix (get_header (http, "authorization"),
                                   "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"));
  g_assert_nonnull (strstr (get_header (http, "authorization"),
                            "/us-east-1/bedrock/aws4_request, "
                            "SignedHeaders=content-type;host;x-amz-date, Signature="));
  g_assert_nonnull (get_header (http, "x-amz-date"));
  g_assert_null (get_header (http, "x-amz-security-token"));
  g_unsetenv ("AWS_ACCESS_KEY_ID");
  g_unsetenv ("AWS_SECRET_ACCESS_KEY");
}

static void
test_aws_from_command (void)
{
  g_autoptr (TwProvider) provider = make_aws ();
  g_autoptr (TwHttpRequest) http = NULL;
  g_autoptr (GError) error = NULL;

  provider->key_command
      = g_strdup ("printf '{\\n\"Version\": 1,\\n\"AccessKeyId\": \"AKIDEXAMPLE\",\\n"
                  "\"SecretAccessKey\": \"s\",\\n\"SessionToken\": \"TOKEN123\"}\\n'");
  http = make_http (provider, "openai-chat", AWS_PATH, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (get_header (http, "x-amz-security-token"), ==, "TOKEN123");
  g_free (provider->key_command);
  provider->key_command = g_strdup ("echo AKIDEXAMPLE");
  g_assert_null (make_http (provider, "openai-chat", AWS_PATH, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_NO_KEY);
  g_assert_null (strstr (error->message, "AKID"));
}

static void
test_aws_needs_a_region (void)
{
  g_autoptr (TwProvider) provider = make_aws ();
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&provider->region, g_free);
  g_unsetenv ("AWS_REGION");
  g_unsetenv ("AWS_DEFAULT_REGION");
  g_assert_null (tw_provider_get_url (provider, &error));
  g_assert_nonnull (strstr (error->message, "AWS_REGION"));
  g_clear_error (&error);
  g_setenv ("AWS_REGION", "evil.example/", TRUE);
  g_assert_null (tw_provider_get_url (provider, &error));
  g_unsetenv ("AWS_REGION");
}

/* The bearer key of Bedrock wins; without it, what AWS's own tools would sign with. */
static void
test_aws_picks (void)
{
  g_autoptr (TwProvider) provider = tw_provider_new ("aws");

  provider->dialect = g_strdup ("bedrock-converse");
  provider->key_env = g_strdup ("TW_TEST_KEY");
  g_assert_cmpint (tw_provider_get_credential (provider), ==, TW_CREDENTIAL_OF_DIALECT);
  g_assert_false (tw_provider_has_key (provider));
  g_setenv ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", TRUE);
  g_assert_cmpint (tw_provider_get_credential (provider), ==, TW_CREDENTIAL_AWS_SIGV4);
  g_assert_true (tw_provider_has_key (provider));
  g_setenv ("TW_TEST_KEY", KEY, TRUE);
  g_assert_cmpint (tw_provider_get_credential (provider), ==, TW_CREDENTIAL_OF_DIALECT);
  g_unsetenv ("TW_TEST_KEY");
  g_unsetenv ("AWS_ACCESS_KEY_ID");
}

#define ADD(path, function) g_test_add_func ("/client/outgoing/" path, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("ways-to-show-a-key", test_ways_to_show_a_key);
  ADD ("no-key-where-none-is-wanted", test_no_key_where_none_is_wanted);
  ADD ("key-stays-out-of-errors", test_key_stays_out_of_errors);
  ADD ("azure", test_azure);
  ADD ("version-of-another-dialect", test_version_of_another_dialect);
  ADD ("provider-headers", test_provider_headers);
  ADD ("aws/from-environment", test_aws_from_environment);
  ADD ("aws/from-command", test_aws_from_command);
  ADD ("aws/needs-a-region", test_aws_needs_a_region);
  ADD ("aws/picks", test_aws_picks);
  return g_test_run ();
}
