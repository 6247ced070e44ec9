/* SPDX-License-Identifier: MIT */
#include "fixture.h"

typedef struct
{
  const char *name;
  const char *found; /* NULL: unknown */
} Name;

static const Name names[] = {
  { "openai/gpt-4o-mini", "openai/gpt-4o-mini" },
  { "gpt-4o-mini", "openai/gpt-4o-mini" },
  { "GPT-4o-Mini", "openai/gpt-4o-mini" },
  { "gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini" },
  { "gpt-5-2025-08-07", "openai/gpt-5" },
  { "claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4-5" },
  { "anthropic/claude-opus-5", "anthropic/claude-opus-5" },
  { "claude-opus-5-5", "anthropic/claude-opus-5-5" },
  { "claude-opus-5", "anthropic/claude-opus-5" },
  { "gemini-2.5-pro", "google/gemini-2.5-pro" },
  { "grok-4.5", "x-ai/grok-4.5" },
  { "deepseek-chat", "deepseek/deepseek-v4-flash" },
  { "mistral-large-latest", "mistral/mistral-large-latest" },
  { "openrouter/anthropic/claude-sonnet-4.5", "openrouter/anthropic/claude-sonnet-4.5" },
  /* A name that merely begins as a model does is a misspelling, not a price. */
  { "claude-sonnet-5x", NULL },
  { "gpt-4o-minni", NULL },
  { "openai/claude-opus-5", NULL },
  { "nobody/gpt-4o", NULL },
  { "", NULL },
  { "/", NULL },
  { "openai/", NULL },
};

static void
test_find (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TwModel) model = tw_catalog_find_model (fixture_catalog (), names[i].name, &error);

      g_test_message ("%s", names[i].name);
      if (names[i].found == NULL)
        {
          g_assert_error (error, TW_ERROR, TW_ERROR_UNKNOWN_MODEL);
          g_assert_null (model);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (tw_model_get_qualified_id (model), ==, names[i].found);
    }
}

static const struct
{
  const char *name;
  const char *message; /* a part of it */
} suggestions[] = {
  { "gpt-4o-minni", "did you mean openai/gpt-4o-mini" },
  { "anthropic/claude-opus5", "anthropic/claude-opus-5" },
  { "openai/gpt-6", "openai/gpt-6-astra, openai/gpt-6-luna or openai/gpt-6-sol" },
  { "zzzzzzzzzzzzzzzzzzzzzzzz", "check its name" },
};

static void
test_nearest (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (suggestions); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_catalog_find_model (fixture_catalog (), suggestions[i].name, &error));
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, suggestions[i].message));
    }
}

static void
test_long_name (void)
{
  g_autofree char *name = g_strnfill (1000000, 'g');
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_catalog_find_model (fixture_catalog (), name, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_UNKNOWN_MODEL);
  g_assert_cmpuint (strlen (error->message), <, 400);
  g_assert_null (tw_catalog_match_model (fixture_catalog (), "openai", name,
                                         fixture_instant ("2026-11-22T00:00:00Z")));
}

static const struct
{
  const char *provider;
  const char *id;
  const char *found;
} replies[] = {
  { "openai", "gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini" },
  { "openai", "gpt-5-mini-2025-08-07", "openai/gpt-5-mini" },
  { "openai", "gpt-5.6-sol-2026-07-09", "openai/gpt-5.6-sol" },
  { "anthropic", "claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4-5" },
  { "anthropic", "claude-3-5-haiku-20241022", "anthropic/claude-3-5-haiku-latest" },
  { "anthropic", "claude-opus-5-20260801", "anthropic/claude-opus-5" },
  { "anthropic", "claude-opus-5-5-20260901", "anthropic/claude-opus-5-5" },
  { "google", "models/gemini-2.5-flash", "google/gemini-2.5-flash" },
  { "google", "gemini-2.5-pro-preview-05-06", "google/gemini-2.5-pro" },
  { "google", "gemini-2.5-pro-preview-tts", "google/gemini-2.5-pro-tts" },
  { "google", "publishers/google/models/gemini-3.5-flash-001", "google/gemini-3.5-flash" },
  { "azure", "gpt-4o-2024-08-06", "azure/gpt-4o" },
  { "azure", "gpt-4.1-2025-04-14", "openai/gpt-4.1" },
  { "aws", "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "aws/regional.anthropic.claude-sonnet-4-5-20250929-v1:0" },
  { "openai", "nothing-like-it", NULL },
  { "nobody", "gpt-4o", NULL },
};

static void
test_match (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      TwModel *model
          = tw_catalog_match_model (fixture_catalog (), replies[i].provider, replies[i].id,
                                    fixture_instant ("2026-11-22T00:00:00Z"));

      g_test_message ("%s %s", replies[i].provider, replies[i].id);
      g_assert_cmpstr (model != NULL ? tw_model_get_qualified_id (model) : NULL, ==,
                       replies[i].found);
    }
}

static void
test_list (void)
{
  g_autoptr (GPtrArray) all = tw_catalog_list_models (fixture_catalog (), NULL);
  g_autoptr (GPtrArray) part = tw_catalog_list_models (fixture_catalog (), "OPUS 5");
  g_autoptr (GPtrArray) glob = tw_catalog_list_models (fixture_catalog (), "anthropic/*-opus-5*");
  g_autoptr (GPtrArray) bare = tw_catalog_list_models (fixture_catalog (), "claude-opus-?");
  g_autoptr (GPtrArray) none = tw_catalog_list_models (fixture_catalog (), "no such model");

  g_assert_cmpuint (all->len, >, 1600);
  g_assert_cmpstr (tw_model_get_provider (g_ptr_array_index (all, 0)), ==, "openai");
  g_assert_cmpuint (part->len, >=, 1);
  g_assert_cmpstr (tw_model_get_qualified_id (g_ptr_array_index (part, 0)), ==,
                   "anthropic/claude-opus-5");
  /* Opus 5 and 5.5, as Anthropic serves them and as a reseller names them. */
  g_assert_cmpuint (glob->len, >=, 2);
  g_assert_cmpstr (tw_model_get_qualified_id (g_ptr_array_index (glob, 1)), ==,
                   "anthropic/claude-opus-5-5");
  g_assert_cmpstr (tw_model_get_qualified_id (g_ptr_array_index (bare, 0)), ==,
                   "anthropic/claude-opus-5");
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_model (void)
{
  g_autoptr (TwModel) model = tw_catalog_find_model (fixture_catalog (), "gpt-4o-mini", NULL);
  g_autofree char *text = tw_model_to_json (model);
  g_autoptr (cJSON) json = tw_json_parse (text, -1, 65536, NULL);
  const cJSON *prices = tw_json_object (json, "prices");
  gint64 limit = 0;

  g_assert_cmpstr (tw_model_get_id (model), ==, "gpt-4o-mini");
  g_assert_cmpstr (tw_model_get_tokenizer (model), ==, "o200k_base");
  g_assert_cmpint (tw_model_get_context_limit (model), ==, 128000);
  g_assert_cmpint (tw_model_get_output_limit (model), ==, 16384);
  g_assert_true (tw_model_has_capability (model, "tools"));
  g_assert_false (tw_model_has_capability (model, "reasoning"));
  g_assert_cmpstr (tw_json_string (json, "id"), ==, "openai/gpt-4o-mini");
  g_assert_cmpstr (tw_json_string (prices, "input"), ==, "0.15");
  g_assert_cmpstr (tw_json_string (prices, "output"), ==, "0.6");
  g_assert_cmpstr (tw_json_string (json, "price_date"), ==, "2026-09-23");
  g_assert_cmpstr (tw_json_string (json, "status"), ==, "deprecated");
  g_assert_true (tw_json_integer (json, "context", &limit));
  g_assert_cmpint (limit, ==, 128000);
}

static void
test_model_outlives_catalog (void)
{
  TwCatalog *catalog = tw_catalog_new (NULL);
  g_autoptr (TwModel) model = tw_catalog_find_model (catalog, "claude-opus-5", NULL);

  g_object_unref (catalog);
  g_assert_cmpstr (tw_model_get_name (model), ==, "Claude Opus 5");
}

static const struct
{
  const char *model;
  const char *tokenizer;
} tokenizers[] = {
  { "openai/gpt-6-sol", "o200k_base" },
  { "openai/gpt-4.1", "o200k_base" },
  { "openai/o3", "o200k_base" },
  { "openai/gpt-4-turbo", "cl100k_base" },
  { "openai/text-embedding-3-small", "cl100k_base" },
  { "anthropic/claude-3-5-sonnet", "claude-3" },
  { "anthropic/claude-opus-4-6", "claude-3" },
  { "anthropic/claude-haiku-4-5", "claude-3" },
  { "anthropic/claude-opus-4-7", "claude-4.7" },
  { "anthropic/claude-sonnet-5", "claude-5" },
  { "anthropic/claude-fable-5-1", "claude-5" },
  { "google/gemini-2.5-flash", "gemma3" },
  { "x-ai/grok-4.5", "grok" },
  { "deepseek/deepseek-v4-pro", "deepseek" },
  { "mistral/mistral-large-latest", "tekken" },
  { "openai/whisper-1", NULL },
};

static void
test_tokenizers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (tokenizers); i++)
    {
      g_autoptr (TwModel) model
          = tw_catalog_find_model (fixture_catalog (), tokenizers[i].model, NULL);

      g_test_message ("%s", tokenizers[i].model);
      g_assert_cmpstr (tw_model_get_tokenizer (model), ==, tokenizers[i].tokenizer);
    }
}

static void
test_profiles (void)
{
  g_assert_cmpstr (tw_catalog_get_usage_profile (fixture_catalog (), "openai"), ==, "openai");
  g_assert_cmpstr (tw_catalog_get_usage_profile (fixture_catalog (), "google"), ==, "gemini");
  g_assert_cmpstr (tw_catalog_get_usage_profile (fixture_catalog (), "aws"), ==, "bedrock");
  g_assert_null (tw_catalog_get_usage_profile (fixture_catalog (), "nobody"));
}

static void
test_load_time (void)
{
  const guint n = 50;
  double elapsed;

  if (!g_test_perf ())
    {
      g_test_skip ("a measurement; run with -m perf");
      return;
    }
  g_test_timer_start ();
  for (guint i = 0; i < n; i++)
    g_object_unref (tw_catalog_new (NULL));
  elapsed = g_test_timer_elapsed () / n * 1e3;
  g_test_minimized_result (elapsed, "load and free: %.2f ms", elapsed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalog/catalog/find", test_find);
  g_test_add_func ("/catalog/catalog/nearest", test_nearest);
  g_test_add_func ("/catalog/catalog/long-name", test_long_name);
  g_test_add_func ("/catalog/catalog/match", test_match);
  g_test_add_func ("/catalog/catalog/list", test_list);
  g_test_add_func ("/catalog/catalog/model", test_model);
  g_test_add_func ("/catalog/catalog/outlives", test_model_outlives_catalog);
  g_test_add_func ("/catalog/catalog/tokenizers", test_tokenizers);
  g_test_add_func ("/catalog/catalog/profiles", test_profiles);
  g_test_add_func ("/catalog/catalog/load-time", test_load_time);
  return g_test_run ();
}
