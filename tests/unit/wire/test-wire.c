/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/wire/tw-wire.h"

#include <string.h>

static cJSON *
encode (const char *dialect, const char *model, const char *request_json)
{
  g_autoptr (TwRequest) request = tw_request_new_from_json (request_json, NULL);
  g_autofree char *text = tw_wire_encode (dialect, model, request, NULL);

  return cJSON_Parse (text);
}

/* "provider/model" names both; the rest of a router's id stays whole. */
static void
test_model (void)
{
  static const char request[]
      = "{\"model\":\"openai/a\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  static const char *const models[][3] = {
    { NULL, "a", "max_completion_tokens" },
    { "b", "b", "max_completion_tokens" },
    { "groq/c", "c", "max_tokens" },
    { "openrouter/anthropic/d", "anthropic/d", "max_tokens" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autoptr (cJSON) json = encode ("openai-chat", models[i][0], request);
      const cJSON *body = tw_json_object (json, "body");

      g_assert_cmpstr (tw_json_string (body, "model"), ==, models[i][1]);
      g_assert_nonnull (cJSON_GetObjectItemCaseSensitive (body, models[i][2]));
    }
}

static void
test_unknown_dialect (void)
{
  g_autoptr (TwRequest) request = tw_request_new ("m");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("{}", 2);
  g_autoptr (GError) encode_error = NULL, decode_error = NULL;

  g_assert_null (tw_wire_encode ("smoke", NULL, request, &encode_error));
  g_assert_error (encode_error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_assert_null (tw_wire_decode ("smoke", NULL, TRUE, 200, NULL, bytes, &decode_error));
  g_assert_error (decode_error, TW_ERROR, TW_ERROR_INVALID_INPUT);
}

static cJSON *
decode (const char *text, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, length);
  g_autofree char *json = tw_wire_decode ("openai-chat", NULL, TRUE, 200, NULL, bytes, NULL);

  return cJSON_Parse (json);
}

/* Every member of the contract is there, even for a reply of no bytes. */
static void
test_members (void)
{
  static const char *const members[]
      = { "text",  "reasoning",    "tool_calls", "finish", "id",    "model",
          "speed", "service_tier", "region",     "usage",  "error", "complete" };
  g_autoptr (cJSON) json = decode ("", 0);

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    g_assert_nonnull (cJSON_GetObjectItemCaseSensitive (json, members[i]));
  g_assert_cmpint (cJSON_GetArraySize (json), ==, G_N_ELEMENTS (members));
  g_assert_true (cJSON_IsFalse (cJSON_GetObjectItemCaseSensitive (json, "complete")));
}

/* A line over the limit: what came before is kept, and the error says why. */
static void
test_limit (void)
{
  static const char start[] = "data: {\"choices\":[{\"delta\":{\"content\":\"kept\"}}]}\n\ndata: ";
  g_autofree char *filler = g_strnfill (2 << 20, 'x');
  g_autofree char *text = g_strconcat (start, filler, NULL);
  g_autoptr (cJSON) json = decode (text, strlen (text));

  g_assert_cmpstr (tw_json_string (json, "text"), ==, "kept");
  g_assert_cmpstr (tw_json_string (tw_json_object (json, "error"), "kind"), ==, "limit");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/wire/model", test_model);
  g_test_add_func ("/wire/wire/unknown-dialect", test_unknown_dialect);
  g_test_add_func ("/wire/wire/members", test_members);
  g_test_add_func ("/wire/wire/limit", test_limit);
  return g_test_run ();
}
