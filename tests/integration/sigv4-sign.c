/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-sigv4-private.h"

#include <stdio.h>
#include <string.h>

/* Signs what stands on its input, one JSON object a line, for test_sigv4.py: the Authorization
 * header of each, a line each. */

static GArray *
read_headers (const cJSON *json)
{
  GArray *headers = g_array_new (FALSE, FALSE, sizeof (TwWireHeader));
  const cJSON *item;

  cJSON_ArrayForEach (item, tw_json_object (json, "headers"))
  {
    TwWireHeader header = { item->string, item->valuestring };

    g_array_append_val (headers, header);
  }
  return headers;
}

static void
sign_line (const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (cJSON) json = tw_json_parse (line, -1, TW_LIMIT_EVENT_BYTES, &error);
  g_autoptr (GArray) headers = read_headers (json);
  g_auto (TwSigv4Headers) signed_headers = { 0 };
  TwAwsCredentials credentials = {
    .access_key_id = tw_json_string (json, "key"),
    .secret_access_key = tw_json_string (json, "secret"),
    .session_token = tw_json_string (json, "token"),
  };
  const char *body = tw_json_string (json, "body");
  TwSigv4Request request = {
    .method = tw_json_string (json, "method"),
    .path = tw_json_string (json, "path"),
    .query = tw_json_string (json, "query"),
    .host = tw_json_string (json, "host"),
    .headers = (const TwWireHeader *) headers->data,
    .n_headers = headers->len,
    .body = body,
    .body_length = strlen (body),
    .region = tw_json_string (json, "region"),
    .service = tw_json_string (json, "service"),
    .credentials = &credentials,
  };

  g_assert_true (tw_json_integer (json, "seconds", &request.unix_seconds));
  if (tw_sigv4_sign (&request, &signed_headers, &error))
    puts (signed_headers.items[0].value);
  else
    puts (error->message);
}

int
main (void)
{
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  char *line;

  while (g_io_channel_read_line (input, &line, NULL, NULL, NULL) == G_IO_STATUS_NORMAL)
    {
      sign_line (line);
      g_free (line);
    }
  return 0;
}
