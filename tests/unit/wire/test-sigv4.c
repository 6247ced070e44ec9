/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-sigv4-private.h"

#include "libtokenwise/base/tw-error.h"

#include <string.h>

/* AWS's examples all have this key; it is no one's. */
static const TwAwsCredentials example = {
  .access_key_id = "AKIDEXAMPLE",
  .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};

static const TwWireHeader json_header = { (char *) "Content-Type", (char *) "application/json" };

/* What AWS's own signer makes of Bedrock's requests: 2026-01-02T03:04:05Z, body {"messages":[]}. */
static const TwSigv4Request bedrock_request = {
  .method = "POST",
  .path = "/model/us.amazon.nova-2-lite-v1%3A0/converse",
  .host = "bedrock-runtime.us-east-1.amazonaws.com",
  .headers = &json_header,
  .n_headers = 1,
  .body = "{\"messages\":[]}",
  .body_length = sizeof "{\"messages\":[]}" - 1,
  .region = "us-east-1",
  .service = "bedrock",
  .credentials = &example,
  .unix_seconds = 1767323045,
};

/* The frame of AWS's published test suite (aws-sig-v4-test-suite): 2015-08-30T12:36:00Z. */
static const TwSigv4Request suite_request = {
  .method = "GET",
  .path = "/",
  .host = "example.amazonaws.com",
  .body = "",
  .region = "us-east-1",
  .service = "service",
  .credentials = &example,
  .unix_seconds = 1440938160,
};

static void
check (const TwSigv4Request *request, const char *names, const char *signature)
{
  g_auto (TwSigv4Headers) headers = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *end = g_strdup_printf (", SignedHeaders=%s, Signature=%s", names, signature);

  g_assert_true (tw_sigv4_sign (request, &headers, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (headers.items[0].name, ==, "Authorization");
  if (!g_str_has_suffix (headers.items[0].value, end))
    g_error ("%s?%s: %s, expected %s", request->path, request->query, headers.items[0].value, end);
}

static void
test_bedrock (void)
{
  TwAwsCredentials temporary = example;
  TwSigv4Request request = bedrock_request;

  check (&request, "content-type;host;x-amz-date",
         "9ccd93fce176537036c394267c4e9a12dc33bf273c97b79af97832e7f7d60ce2");
  temporary.session_token = "TOKEN123";
  request.credentials = &temporary;
  check (&request, "content-type;host;x-amz-date;x-amz-security-token",
         "7d2b2a7f25ff6516fea688e4f598897585ba449d4b7f37f548fddcded2d61fda");
  request.credentials = &example;
  request.path = "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.x/"
                 "converse-stream";
  check (&request, "content-type;host;x-amz-date",
         "c77627ace9e8e44fb3f246356ded06f047a62fe926c8406018c616063f47ac2f");
}

static void
test_suite (void)
{
  static const char vanilla[] = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
  static const struct
  {
    const char *method;
    const char *path;
    const char *query;
    const char *signature;
  } rows[] = {
    { "GET", "/", NULL, vanilla },
    { "POST", "/", NULL, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
    { "GET", "/example/..", NULL, vanilla },
    { "GET", "/example1/example2/../..", NULL, vanilla },
    { "GET", "//", NULL, vanilla },
    { "GET", "/./", NULL, vanilla },
    { "GET", "/\341\210\264", NULL,
      "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85" },
    { "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", NULL,
      "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f" },
    { "GET", "//example//", NULL,
      "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84" },
    { "GET", "/example space/", NULL,
      "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741" },
    { "GET", "/", "Param1=value1",
      "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb" },
    { "GET", "/", "Param2=value2&Param1=value1",
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwSigv4Request request = suite_request;

      request.method = rows[i].method;
      request.path = rows[i].path;
      request.query = rows[i].query;
      check (&request, "host;x-amz-date", rows[i].signature);
    }
}

/* The example of AWS's documentation: ListUsers. */
static void
test_documented (void)
{
  static const TwWireHeader form
      = { (char *) "Content-Type", (char *) "application/x-www-form-urlencoded; charset=utf-8" };
  TwSigv4Request request = suite_request;

  request.host = "iam.amazonaws.com";
  request.service = "iam";
  request.query = "Action=ListUsers&Version=2010-05-08";
  request.headers = &form;
  request.n_headers = 1;
  check (&request, "content-type;host;x-amz-date",
         "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

static char *
canonicalise (const TwSigv4Request *request)
{
  g_autofree char *names = NULL;
  g_autoptr (GError) error = NULL;
  char *text = tw_sigv4_canonical_request (request, "20150830T123600Z", &names, &error);

  g_assert_no_error (error);
  return text;
}

static void
test_headers (void)
{
  static const TwWireHeader list[] = {
    { (char *) "My-Header2", (char *) "  \"a   b   c\"  " },
    { (char *) "My-Header1", (char *) "value4" },
    { (char *) "User-Agent", (char *) "changes on the way" },
    { (char *) "my-header1", (char *) "value1" },
    { (char *) "Proxy-Connection", (char *) "too" },
    { (char *) "Empty", (char *) "   " },
  };
  TwSigv4Request request = suite_request;
  g_autofree char *text = NULL;

  request.headers = list;
  request.n_headers = G_N_ELEMENTS (list);
  text = canonicalise (&request);
  g_assert_cmpstr (text, ==,
                   "GET\n/\n\nempty:\nhost:example.amazonaws.com\nmy-header1:value4,value1\n"
                   "my-header2:\"a b c\"\nx-amz-date:20150830T123600Z\n\n"
                   "empty;host;my-header1;my-header2;x-amz-date\n"
                   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* "a-b" is before "a=" only if "=" takes part in the order. */
static void
test_query (void)
{
  TwSigv4Request request = suite_request;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (TwSigv4Headers) headers = { 0 };

  request.query = "b&a-b=1&a=%7e+x&&a=%2f&A=%41";
  text = canonicalise (&request);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpstr (lines[2], ==, "A=A&a=%2F&a=~%2Bx&a-b=1&b=");
  request.query = "a=%4";
  g_assert_false (tw_sigv4_sign (&request, &headers, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

static void
test_added_headers (void)
{
  TwAwsCredentials temporary = example;
  TwSigv4Request request = bedrock_request;
  TwSigv4Headers headers = { 0 };

  temporary.session_token = "TOKEN123";
  request.credentials = &temporary;
  g_assert_true (tw_sigv4_sign (&request, &headers, NULL));
  g_assert_cmpuint (headers.n_items, ==, 3);
  g_assert_true (g_str_has_prefix (headers.items[0].value,
                                   "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/"
                                   "bedrock/aws4_request, SignedHeaders="));
  g_assert_cmpstr (headers.items[1].name, ==, "X-Amz-Date");
  g_assert_cmpstr (headers.items[1].value, ==, "20260102T030405Z");
  g_assert_cmpstr (headers.items[2].name, ==, "X-Amz-Security-Token");
  g_assert_cmpstr (headers.items[2].value, ==, "TOKEN123");
  tw_sigv4_headers_clear (&headers);
  g_assert_cmpuint (headers.n_items, ==, 0);
}

static void
check_refused (const TwSigv4Request *request, const char *part)
{
  g_auto (TwSigv4Headers) headers = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (tw_sigv4_sign (request, &headers, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_assert_nonnull (strstr (error->message, part));
  g_assert_null (strstr (error->message, "hidden"));
  g_assert_cmpuint (headers.n_items, ==, 0);
}

/* Each would end a header early, or sign for nobody. */
static void
test_bad_credentials (void)
{
  static const struct
  {
    TwAwsCredentials credentials;
    const char *part;
  } rows[] = {
    { { "", "secret", NULL }, "AWS_ACCESS_KEY_ID" },
    { { NULL, "secret", NULL }, "AWS_ACCESS_KEY_ID" },
    { { "hidden\r\nX: 1", "secret", NULL }, "AWS_ACCESS_KEY_ID" },
    { { "hidden/x", "secret", NULL }, "AWS_ACCESS_KEY_ID" },
    { { "AKID", NULL, NULL }, "AWS_SECRET_ACCESS_KEY" },
    { { "AKID", "hidden\n", NULL }, "AWS_SECRET_ACCESS_KEY" },
    { { "AKID", "secret", "" }, "AWS_SESSION_TOKEN" },
    { { "AKID", "secret", "hidden token" }, "AWS_SESSION_TOKEN" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwSigv4Request request = bedrock_request;

      request.credentials = &rows[i].credentials;
      check_refused (&request, rows[i].part);
    }
}

static void
test_bad_frame (void)
{
  TwSigv4Request request = bedrock_request;

  request.region = "us-east-1/x";
  check_refused (&request, "AWS_REGION");
  request.region = NULL;
  check_refused (&request, "AWS_REGION");
  request = bedrock_request;
  request.path = "model/x";
  check_refused (&request, "slash");
  request = bedrock_request;
  request.unix_seconds = G_MAXINT64;
  check_refused (&request, "clock");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/sigv4/bedrock", test_bedrock);
  g_test_add_func ("/wire/sigv4/suite", test_suite);
  g_test_add_func ("/wire/sigv4/documented", test_documented);
  g_test_add_func ("/wire/sigv4/headers", test_headers);
  g_test_add_func ("/wire/sigv4/query", test_query);
  g_test_add_func ("/wire/sigv4/added-headers", test_added_headers);
  g_test_add_func ("/wire/sigv4/bad-credentials", test_bad_credentials);
  g_test_add_func ("/wire/sigv4/bad-frame", test_bad_frame);
  return g_test_run ();
}
