/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-codec-private.h"

#include <string.h>

/* What the cases do not show: signatures, marks for the cache, metadata, limits. */

#define DIALECT "openai-responses"

static TwWireTarget
make_target (const char *provider)
{
  return (TwWireTarget){
    .provider = provider, .model = "m", .max_output_tokens = 100, .reasoning = TRUE
  };
}

static TwPart *
add_part (TwMessage *message, TwPartKind kind, const char *text)
{
  TwPart *part = tw_part_new (kind);

  part->text = g_strdup (text);
  g_ptr_array_add (message->parts, part);
  return part;
}

static TwRequest *
new_request (void)
{
  TwRequest *request = tw_request_new (NULL);

  tw_request_add_text (request, TW_ROLE_USER, "hi");
  return request;
}

static char *
encode (TwRequest *request, const TwWireTarget *target, GError **error)
{
  g_autoptr (TwWireCall) call = tw_codec_find (DIALECT, NULL)->encode (request, target, error);

  return call != NULL ? g_steal_pointer (&call->body) : NULL;
}

static void
assert_has (const char *body, const char *piece)
{
  if (body == NULL || strstr (body, piece) == NULL)
    g_error ("%s is not in %s", piece, body ?: "nothing");
}

static void
assert_refused (TwRequest *request, const char *provider, const char *what)
{
  TwWireTarget target = make_target (provider);
  g_autoptr (GError) error = NULL;

  g_assert_null (encode (request, &target, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_UNSUPPORTED);
  assert_has (error->message, what);
}

/* ---- reasoning that goes back ---- */

static TwRequest *
new_reasoned (const char *text, const char *signature)
{
  TwRequest *request = new_request ();
  TwMessage *message = tw_request_add_message (request, TW_ROLE_ASSISTANT);
  TwPart *part = add_part (message, TW_PART_REASONING, text);

  part->signature = g_strdup (signature);
  add_part (message, TW_PART_TEXT, "Yes");
  return request;
}

static void
test_reasoning_back (void)
{
  static const struct
  {
    const char *provider;
    const char *text;
    const char *signature;
    const char *piece;
  } cases[] = {
    { "openai", "Hm", "{\"id\":\"rs_1\",\"encrypted_content\":\"gA==\"}",
      "{\"type\":\"reasoning\",\"id\":\"rs_1\",\"encrypted_content\":\"gA==\",\"summary\":["
      "{\"type\":\"summary_text\",\"text\":\"Hm\"}]},{\"role\":\"assistant\"" },
    { "openai", NULL,
      "gA==", "{\"type\":\"reasoning\",\"encrypted_content\":\"gA==\",\"summary\":[]}" },
    { "lmstudio", "Hm", NULL,
      "{\"type\":\"reasoning\",\"summary\":[],\"content\":[{\"type\":\"reasoning_text\","
      "\"text\":\"Hm\"}]}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TwRequest) request = new_reasoned (cases[i].text, cases[i].signature);
      TwWireTarget target = make_target (cases[i].provider);
      g_autofree char *body = encode (request, &target, NULL);

      assert_has (body, cases[i].piece);
    }
}

static void
test_reasoning_refused (void)
{
  g_autoptr (TwRequest) bare = new_reasoned ("Hm", NULL);
  g_autoptr (TwRequest) hidden = new_reasoned ("", TW_REDACTED_PREFIX "abc");
  g_autoptr (TwRequest) of_user = new_request ();

  add_part (tw_request_add_message (of_user, TW_ROLE_USER), TW_PART_REASONING, "Hm");
  assert_refused (bare, "openai", "without its signature");
  assert_refused (hidden, "openai", "another provider");
  assert_refused (of_user, "openai", "outside an assistant message");
}

static char *
read_signature (const char *reply)
{
  g_autoptr (TwDecoder) decoder
      = tw_decoder_new (tw_codec_find (DIALECT, NULL), "openai", FALSE, 200, NULL);
  char *signature = NULL;
  TwEvent *event;

  g_assert_true (tw_decoder_push (decoder, reply, strlen (reply), NULL));
  tw_decoder_end (decoder);
  while ((event = tw_decoder_pop (decoder)) != NULL)
    {
      if (tw_event_get_signature (event) != NULL)
        {
          g_assert_null (signature);
          signature = g_strdup (tw_event_get_signature (event));
        }
      tw_event_free (event);
    }
  return signature;
}

/* What the decoder signs is what the encoder takes. */
static void
test_signature_round_trip (void)
{
  static const char reply[]
      = "{\"object\":\"response\",\"status\":\"completed\",\"model\":\"m\",\"output\":[{\"type\":"
        "\"reasoning\",\"id\":\"rs_1\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"Hm\"}],"
        "\"encrypted_content\":\"gA==\"}]}";
  g_autofree char *signature = read_signature (reply);
  g_autoptr (TwRequest) request = new_reasoned ("Hm", signature);
  TwWireTarget target = make_target ("openai");
  g_autofree char *body = encode (request, &target, NULL);

  assert_has (body, "\"id\":\"rs_1\",\"encrypted_content\":\"gA==\"");
}

/* ---- the cache ---- */

static void
test_cache_marks (void)
{
  g_autoptr (TwRequest) request = tw_request_new (NULL);
  TwMessage *message = tw_request_add_message (request, TW_ROLE_USER);
  TwPart *part = add_part (message, TW_PART_TEXT, "long");
  TwWireTarget target = make_target ("openai");
  g_autofree char *body = NULL;

  part->cache = g_strdup ("30m");
  part = add_part (message, TW_PART_IMAGE, NULL);
  part->url = g_strdup ("https://example.org/a.png");
  part->detail = g_strdup ("low");
  part = add_part (tw_request_add_message (request, TW_ROLE_TOOL), TW_PART_TOOL_RESULT, "r");
  part->id = g_strdup ("c1");
  part->cache = g_strdup ("30m");
  request->system = g_strdup ("Be short.");
  request->cache_system = g_strdup ("30m");
  request->cache_key = g_strdup ("k");
  body = encode (request, &target, NULL);
#define MARK "\"prompt_cache_breakpoint\":{\"mode\":\"explicit\"}}"
  assert_has (body, "\"input\":[{\"role\":\"developer\",\"content\":[{\"type\":\"input_text\","
                    "\"text\":\"Be short.\"," MARK "]},{\"role\":\"user\",\"content\":[{\"type\":"
                    "\"input_text\",\"text\":\"long\"," MARK ",{\"type\":\"input_image\","
                    "\"detail\":\"low\",\"image_url\":\"https://example.org/a.png\"}]},"
                    "{\"type\":\"function_call_output\",\"call_id\":\"c1\",\"output\":["
                    "{\"type\":\"input_text\",\"text\":\"r\"," MARK "]}]");
  assert_has (body, "\"prompt_cache_key\":\"k\",\"prompt_cache_options\":{\"mode\":\"explicit\","
                    "\"ttl\":\"30m\"}");
  g_assert_null (strstr (body, "instructions"));
}

static void
test_cache_refused (void)
{
  g_autoptr (TwRequest) lifetime = new_request ();
  g_autoptr (TwRequest) system = new_request ();
  g_autoptr (TwRequest) tools = new_request ();
  g_autoptr (TwRequest) answer = new_request ();
  g_autoptr (TwRequest) many = new_request ();

  add_part (tw_request_add_message (lifetime, TW_ROLE_USER), TW_PART_TEXT, "t")->cache
      = g_strdup ("1h");
  assert_refused (lifetime, "openai", "a cache lifetime other than 30m");
  system->system = g_strdup ("s");
  system->cache_system = g_strdup ("5m");
  assert_refused (system, "openai", "a cache lifetime other than 30m");
  tw_request_add_tool (tools, "f");
  tools->cache_tools = g_strdup ("30m");
  assert_refused (tools, "openai", "after the tools");
  add_part (tw_request_add_message (answer, TW_ROLE_ASSISTANT), TW_PART_TEXT, "t")->cache
      = g_strdup ("30m");
  assert_refused (answer, "openai", "in an assistant message");
  for (guint i = 0; i < 5; i++)
    add_part (tw_request_add_message (many, TW_ROLE_USER), TW_PART_TEXT, "t")->cache
        = g_strdup ("30m");
  assert_refused (many, "openai", "more than four");
  assert_refused (many, "lmstudio", "to this provider");
}

/* ---- metadata, path ---- */

static TwRequest *
new_with_metadata (guint n, guint value_length)
{
  TwRequest *request = new_request ();

  request->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < n; i++)
    g_hash_table_insert (request->metadata, g_strdup_printf ("k%02u", i),
                         g_strnfill (value_length, 'x'));
  return request;
}

static void
test_metadata (void)
{
  g_autoptr (TwRequest) request = new_with_metadata (3, 1);
  g_autoptr (TwRequest) many = new_with_metadata (17, 1);
  g_autoptr (TwRequest) large = new_with_metadata (1, 513);
  g_autoptr (TwRequest) most = new_with_metadata (16, 512);
  TwWireTarget target = make_target ("openai");
  g_autofree char *body = encode (request, &target, NULL);
  g_autofree char *most_body = encode (most, &target, NULL);

  assert_has (body, "\"metadata\":{\"k00\":\"x\",\"k01\":\"x\",\"k02\":\"x\"}");
  g_assert_nonnull (most_body);
  assert_refused (many, "openai", "more than 16");
  assert_refused (large, "openai", "above 512");
}

static void
test_path (void)
{
  g_autoptr (TwRequest) request = new_request ();
  TwWireTarget target = make_target ("azure");
  g_autoptr (TwWireCall) plain = NULL;
  g_autoptr (TwWireCall) dated = NULL;

  plain = tw_codec_find (DIALECT, NULL)->encode (request, &target, NULL);
  g_assert_cmpstr (plain->path, ==, "/responses");
  target.api_version = "2025-04-01&x";
  dated = tw_codec_find (DIALECT, NULL)->encode (request, &target, NULL);
  g_assert_cmpstr (dated->path, ==, "/responses?api-version=2025-04-01%26x");
}

/* ---- replies ---- */

/* A search that was made is billed, whether or not the usage arrives. */
static void
test_truncated_search (void)
{
  static const char reply[]
      = "data: {\"type\":\"response.output_item.done\",\"output_index\":0,\"item\":{\"type\":"
        "\"web_search_call\",\"action\":{\"type\":\"search\"}}}\n\n";
  g_autoptr (TwDecoder) decoder
      = tw_decoder_new (tw_codec_find (DIALECT, NULL), "openai", TRUE, 200, NULL);
  const TwReplyState *state = tw_decoder_get_state (decoder);

  g_assert_true (tw_decoder_push (decoder, reply, strlen (reply), NULL));
  tw_decoder_end (decoder);
  g_assert_false (state->has_usage);
  g_assert_true (state->usage->incomplete);
  g_assert_cmpint (state->usage->counts[TW_METER_WEB_SEARCH], ==, 1);
}

/* Far more items than are remembered: each is still read, and once. */
static void
test_many_items (void)
{
  g_autoptr (TwDecoder) decoder
      = tw_decoder_new (tw_codec_find (DIALECT, NULL), "openai", TRUE, 200, NULL);
  guint n_texts = 0;
  TwEvent *event;

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *text = g_strdup_printf (
          "data: {\"type\":\"response.output_item.added\",\"output_index\":%u,\"item\":{\"type\":"
          "\"message\"}}\n\ndata: {\"type\":\"response.output_item.done\",\"output_index\":%u,"
          "\"item\":{\"type\":\"message\",\"content\":[{\"text\":\"x\"}]}}\n\n",
          i, i);

      g_assert_true (tw_decoder_push (decoder, text, strlen (text), NULL));
    }
  tw_decoder_end (decoder);
  while ((event = tw_decoder_pop (decoder)) != NULL)
    {
      n_texts += tw_event_get_kind (event) == TW_EVENT_TEXT;
      tw_event_free (event);
    }
  g_assert_cmpuint (n_texts, ==, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/openai-responses/reasoning-back", test_reasoning_back);
  g_test_add_func ("/wire/openai-responses/reasoning-refused", test_reasoning_refused);
  g_test_add_func ("/wire/openai-responses/signature-round-trip", test_signature_round_trip);
  g_test_add_func ("/wire/openai-responses/cache-marks", test_cache_marks);
  g_test_add_func ("/wire/openai-responses/cache-refused", test_cache_refused);
  g_test_add_func ("/wire/openai-responses/metadata", test_metadata);
  g_test_add_func ("/wire/openai-responses/path", test_path);
  g_test_add_func ("/wire/openai-responses/truncated-search", test_truncated_search);
  g_test_add_func ("/wire/openai-responses/many-items", test_many_items);
  return g_test_run ();
}
