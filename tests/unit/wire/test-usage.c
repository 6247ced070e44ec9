/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/message/tw-usage-private.h"
#include "libtokenwise/wire/tw-wire-usage-private.h"
#include "libtokenwise/wire/tw-wire.h"

#include <string.h>

typedef struct
{
  const char *dialect;
  const char *provider;
  const char *json;
  /* uncached, read, 5m, 30m, 1h, text, reasoning */
  gint64 counts[TW_N_TOKEN_METERS];
} Case;

static const Case cases[] = {
  { "openai-chat",
    NULL,
    "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}",
    { 10, 0, 0, 0, 0, 5, 0 } },
  { "openai-chat",
    NULL,
    "{\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5}}",
    { 10, 0, 0, 0, 0, 5, 0 } },
  { "openai-chat",
    NULL,
    "{\"input_uncached\":1,\"input_cache_read\":2,\"output_reasoning\":3}",
    { 1, 2, 0, 0, 0, 0, 3 } },
  { "openai-chat",
    NULL,
    "{\"prompt_tokens\":\"10\",\"completion_tokens\":5.0}",
    { 10, 0, 0, 0, 0, 5, 0 } },
  { "openai-chat",
    NULL,
    "{\"input_tokens\":10,\"output_tokens\":5,\"input_tokens_details\":{\"cached_tokens\":4},"
    "\"output_tokens_details\":{\"reasoning_tokens\":2}}",
    { 6, 4, 0, 0, 0, 3, 2 } },
  { "openai-chat",
    NULL,
    "{\"prompt_tokens\":100,\"completion_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":"
    "30,\"cache_write_tokens\":70}}",
    { 0, 30, 0, 70, 0, 5, 0 } },
  { "openai-chat",
    "openrouter",
    "{\"prompt_tokens\":100,\"completion_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":"
    "30,\"cache_write_tokens\":70}}",
    { 0, 30, 70, 0, 0, 5, 0 } },
  { "openai-chat",
    "xai",
    "{\"prompt_tokens\":1,\"completion_tokens\":5,\"completion_tokens_details\":{\"reasoning_"
    "tokens\":9}}",
    { 1, 0, 0, 0, 0, 5, 9 } },
  { "openai-chat",
    "xai",
    "{\"prompt_tokens\":1,\"completion_tokens\":14,\"total_tokens\":15,\"completion_tokens_"
    "details\":{\"reasoning_tokens\":9}}",
    { 1, 0, 0, 0, 0, 5, 9 } },
  { "openai-chat",
    "azure",
    "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":176,\"prompt_tokens_details\":{"
    "\"cached_tokens\":161}}",
    { 10, 161, 0, 0, 0, 5, 0 } },
  { "openai-chat",
    "azure",
    "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":183,\"prompt_tokens_details\":{"
    "\"cached_tokens\":161},\"completion_tokens_details\":{\"reasoning_tokens\":7}}",
    { 10, 161, 0, 0, 0, 5, 7 } },
  { "openai-chat",
    "mistral",
    "{\"prompt_tokens\":100,\"completion_tokens\":5,\"num_cached_tokens\":64}",
    { 36, 64, 0, 0, 0, 5, 0 } },
  { "openai-chat",
    "mistral",
    "{\"prompt_tokens\":100,\"completion_tokens\":5,\"prompt_token_details\":{\"cached_tokens\":64}"
    "}",
    { 36, 64, 0, 0, 0, 5, 0 } },
  { "openai-chat",
    "deepseek",
    "{\"prompt_cache_hit_tokens\":64,\"prompt_cache_miss_tokens\":36,\"completion_tokens\":5}",
    { 36, 64, 0, 0, 0, 5, 0 } },
  { "openai-chat",
    NULL,
    "{\"prompt_tokens\":10,\"completion_tokens\":5,\"prompt_tokens_details\":null,\"completion_"
    "tokens_details\":null}",
    { 10, 0, 0, 0, 0, 5, 0 } },
  { "anthropic",
    NULL,
    "{\"input_tokens\":4,\"cache_read_input_tokens\":1165,\"output_tokens\":221}",
    { 4, 1165, 0, 0, 0, 221, 0 } },
  { "anthropic",
    NULL,
    "{\"input_tokens\":4,\"cache_creation_input_tokens\":30,\"cache_creation\":null,\"output_"
    "tokens\":1}",
    { 4, 0, 30, 0, 0, 1, 0 } },
  { "anthropic",
    NULL,
    "{\"input_tokens\":4,\"cache_creation_input_tokens\":30,\"cache_creation\":{\"ephemeral_1h_"
    "input_tokens\":30},\"output_tokens\":1}",
    { 4, 0, 0, 0, 30, 1, 0 } },
  { "anthropic",
    NULL,
    "{\"input_tokens\":4,\"cache_creation\":{\"ephemeral_5m_input_tokens\":10,\"ephemeral_1h_input_"
    "tokens\":20},\"output_tokens\":1}",
    { 4, 0, 10, 0, 20, 1, 0 } },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TwUsage) usage
          = tw_wire_usage_from_json (cases[i].dialect, cases[i].provider, cases[i].json, &error);

      g_assert_no_error (error);
      for (guint j = 0; j < TW_N_TOKEN_METERS; j++)
        if (usage->counts[j] != cases[i].counts[j])
          g_error ("%s: %s is %" G_GINT64_FORMAT, cases[i].json, tw_meter_to_string (j),
                   usage->counts[j]);
    }
}

/* No bucket is ever negative and nothing overflows, whatever a server says. */
static void
test_impossible (void)
{
  static const char *const bodies[][2] = {
    { "openai-chat", "{\"prompt_tokens\":-1,\"completion_tokens\":5}" },
    { "openai-chat", "{\"prompt_tokens\":1.5,\"completion_tokens\":5}" },
    { "openai-chat", "{\"prompt_tokens\":1e308,\"completion_tokens\":5}" },
    { "openai-chat", "{\"prompt_tokens\":9223372036854775807,\"completion_tokens\":5}" },
    { "openai-chat", "{\"prompt_tokens\":\"9223372036854775807\",\"completion_tokens\":5}" },
    { "openai-chat",
      "{\"prompt_tokens\":9007199254740992,\"completion_tokens\":9007199254740992}" },
    { "openai-chat",
      "{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":9007199254740992}" },
    { "openai-chat", "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":12}" },
    { "openai-chat", "{\"prompt_tokens\":true,\"completion_tokens\":5}" },
    { "openai-chat", "{\"prompt_tokens\":10,\"completion_tokens\":5,\"prompt_tokens_details\":{"
                     "\"cached_tokens\":6,\"cache_write_tokens\":6}}" },
    { "openai-chat", "{\"prompt_tokens\":10,\"completion_tokens\":5,\"prompt_tokens_details\":{"
                     "\"cached_tokens\":11,\"cache_write_tokens\":11}}" },
    { "openai-chat", "{\"prompt_tokens\":10,\"completion_tokens\":5,\"completion_tokens_details\":{"
                     "\"reasoning_tokens\":6}}" },
    { "openai-chat", "{\"prompt_tokens\":10,\"completion_tokens\":5,\"prompt_tokens_details\":{"
                     "\"image_tokens\":11}}" },
    { "openai-chat", "{\"prompt_tokens\":10,\"completion_tokens\":5,\"completion_tokens_details\":{"
                     "\"audio_tokens\":-3}}" },
    { "openai-chat", "{\"prompt_tokens\":10,\"completion_tokens\":5,\"server_tool_use\":{\"web_"
                     "search_requests\":-3}}" },
    { "anthropic", "{\"input_tokens\":-1,\"output_tokens\":5}" },
    { "anthropic", "{\"input_tokens\":1,\"output_tokens\":5,\"output_tokens_details\":{\"thinking_"
                   "tokens\":6}}" },
    { "anthropic", "{\"input_tokens\":1,\"output_tokens\":5,\"server_tool_use\":{\"web_search_"
                   "requests\":1.5}}" },
    { "anthropic", "{\"input_tokens\":1,\"output_tokens\":5,\"iterations\":[{\"type\":"
                   "\"compaction\",\"output_tokens\":-5}]}" },
    { "anthropic", "{\"input_tokens\":1,\"output_tokens\":5,\"iterations\":[{\"type\":\"advisor_"
                   "message\",\"output_tokens\":-5}]}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GError) error = NULL;
      TwUsage *usage = tw_wire_usage_from_json (bodies[i][0], NULL, bodies[i][1], &error);

      if (usage != NULL)
        g_error ("accepted: %s", bodies[i][1]);
      g_assert_error (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE);
    }
}

static void
test_bad_input (void)
{
  static const struct
  {
    const char *dialect;
    const char *json;
    TwError code;
  } bodies[] = {
    { "smoke", "{\"prompt_tokens\":1}", TW_ERROR_INVALID_INPUT },
    { "anthropic", "{", TW_ERROR_INVALID_INPUT },
    { "anthropic", "[]", TW_ERROR_INVALID_INPUT },
    { "anthropic", "{}", TW_ERROR_INVALID_INPUT },
    { "anthropic", "3", TW_ERROR_INVALID_INPUT },
    { "anthropic", "{\"input_uncached\":1,\"mystery\":2}", TW_ERROR_INVALID_INPUT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_wire_usage_from_json (bodies[i].dialect, NULL, bodies[i].json, &error));
      g_assert_error (error, TW_ERROR, (int) bodies[i].code);
    }
}

/* One of more keys than are kept, in a stream's event: it is noted, and the merge has an end. */
static void
test_merge_is_bounded (void)
{
  g_autoptr (GString) text = g_string_new ("{\"input_tokens\":1,\"output_tokens\":2");
  g_autoptr (cJSON) later = NULL;
  g_autoptr (cJSON) known = NULL;
  g_autoptr (TwUsage) usage = tw_usage_new ();

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (text, ",\"dream_%u\":1", i);
  g_string_append_c (text, '}');
  later = cJSON_Parse (text->str);
  known = tw_anthropic_merge_usage (NULL, later);
  g_assert_cmpint (cJSON_GetArraySize (known), <, 100);
  g_assert_true (tw_anthropic_read_usage ("anthropic", known, usage, NULL));
  g_assert_cmpuint (usage->unknown_keys->len, ==, TW_USAGE_UNKNOWN_KEYS);
  g_assert_cmpint (usage->counts[TW_METER_OUTPUT_TEXT], ==, 2);
}

/* What a reply says beside its usage and what it says in it are one thing. */
static void
test_service_agrees (void)
{
  static const char *const replies[][2] = {
    { "openai-chat", "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}],"
                     "\"service_tier\":\"flex\",\"usage\":{\"prompt_tokens\":1,"
                     "\"completion_tokens\":1,\"service_tier\":\"standard\"}}" },
    { "anthropic", "{\"content\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":1,"
                   "\"service_tier\":\"flex\"}}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_autoptr (TwDecoder) decoder
          = tw_decoder_new (tw_codec_find (replies[i][0], NULL), "openai", FALSE, 200, NULL);
      const TwReplyState *state = tw_decoder_get_state (decoder);

      tw_decoder_push (decoder, replies[i][1], strlen (replies[i][1]), NULL);
      tw_decoder_end (decoder);
      g_assert_cmpstr (state->service_tier, ==, "flex");
      g_assert_cmpstr (state->usage->service_tier, ==, "flex");
    }
}

/* Every recorded reply: the usage its manifest expects, and no key that is not known. */
static void
check_sample (const cJSON *sample)
{
  g_autofree char *json = tw_json_print (tw_json_object (sample, "usage_raw"));
  g_autoptr (GError) error = NULL;
  g_autoptr (TwUsage) usage
      = tw_wire_usage_from_json (NULL, tw_json_string (sample, "provider"), json, &error);
  g_auto (GStrv) unknown = NULL;
  const cJSON *item;

  if (usage == NULL)
    g_error ("%s: %s", tw_json_string (sample, "id"), error->message);
  unknown = tw_usage_get_unknown_keys (usage);
  if (unknown[0] != NULL)
    g_error ("%s: %s is not known", tw_json_string (sample, "id"), unknown[0]);
  cJSON_ArrayForEach (item, tw_json_object (sample, "expected"))
  {
    TwMeter meter;

    if (tw_meter_from_string (item->string, &meter)
        && usage->counts[meter] != (gint64) item->valuedouble)
      g_error ("%s: %s is %" G_GINT64_FORMAT ", expected %g", tw_json_string (sample, "id"),
               item->string, usage->counts[meter], item->valuedouble);
  }
}

static void
test_recorded (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("TOKENWISE_SHARED") ?: "/nonexistent", "data",
                                            "wire-samples", "manifest.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (cJSON) manifest = NULL;
  const cJSON *sample;
  guint n = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    {
      g_test_skip ("no recorded replies in $TOKENWISE_SHARED/data/wire-samples");
      return;
    }
  manifest = cJSON_Parse (text);
  cJSON_ArrayForEach (sample, manifest)
  {
    if (tw_json_object (sample, "usage_raw") == NULL || tw_json_object (sample, "expected") == NULL)
      continue;
    check_sample (sample);
    n++;
  }
  g_test_message ("%u recorded replies have the usage their manifest says", n);
  g_assert_cmpuint (n, >=, 50);
}

/* 9e15 tokens in each of many entries: refused, not wrapped round. */
static void
test_many_iterations (void)
{
  g_autoptr (GString) text = g_string_new ("{\"output_tokens\":1,\"iterations\":[");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append (text, "{\"type\":\"compaction\",\"input_tokens\":9007199254740992},");
  g_string_append (text, "0]}");
  g_assert_null (tw_wire_usage_from_json ("anthropic", NULL, text->str, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/usage/table", test_table);
  g_test_add_func ("/wire/usage/impossible", test_impossible);
  g_test_add_func ("/wire/usage/bad-input", test_bad_input);
  g_test_add_func ("/wire/usage/merge-is-bounded", test_merge_is_bounded);
  g_test_add_func ("/wire/usage/service-agrees", test_service_agrees);
  g_test_add_func ("/wire/usage/recorded", test_recorded);
  g_test_add_func ("/wire/usage/many-iterations", test_many_iterations);
  return g_test_run ();
}
