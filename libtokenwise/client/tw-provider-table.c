/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-provider-private.h"

#define STOPS TW_HANG_UP_ENDS_BILLING
#define GOES_ON TW_HANG_UP_BILLS_ON
#define UNKNOWN TW_HANG_UP_UNKNOWN

#define USUAL TW_CREDENTIAL_OF_DIALECT

/* The ids are the catalogue's, so that its prices apply. Each provider's own documentation names
 * its base URL; the variables are those its own tools read.
 *
 * Who goes on billing after a hang-up: OpenRouter's page on streaming says it of the upstreams it
 * uses (https://openrouter.ai/docs/api-reference/streaming, 2026). It may use any of them itself,
 * so of OpenRouter nothing is known. Those it does not name are unknown, too. A server without a
 * key is one's own: nobody bills. */
static const struct
{
  const char *id;
  const char *dialect;
  const char *base_url;
  const char *key_env;
  TwHangUp hang_up;
  TwCredential credential;
  gboolean idempotent;
  const char *header; /* one is enough so far */
} known_providers[] = {
  { "alibaba", "openai-chat", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    "DASHSCOPE_API_KEY", UNKNOWN, USUAL, FALSE, NULL },
  { "anthropic", "anthropic", "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY", STOPS, USUAL,
    FALSE, NULL },
  { "aws", "bedrock-converse", "https://bedrock-runtime.{region}.amazonaws.com",
    "AWS_BEARER_TOKEN_BEDROCK", GOES_ON, USUAL, FALSE, NULL },
  /* https://RESOURCE.openai.azure.com/openai/v1, or …/openai/deployments/NAME with api-version */
  { "azure", "openai-chat", NULL, "AZURE_OPENAI_API_KEY", STOPS, TW_CREDENTIAL_API_KEY, FALSE,
    NULL },
  { "cerebras", "openai-chat", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY", UNKNOWN, USUAL,
    FALSE, NULL },
  { "cohere", "cohere", "https://api.cohere.com/v2", "CO_API_KEY", STOPS, USUAL, FALSE, NULL },
  { "deepseek", "openai-chat", "https://api.deepseek.com", "DEEPSEEK_API_KEY", STOPS, USUAL, FALSE,
    NULL },
  { "fireworks", "openai-chat", "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY", STOPS,
    USUAL, FALSE, NULL },
  { "google", "gemini", "https://generativelanguage.googleapis.com/v1beta", "GEMINI_API_KEY",
    GOES_ON, USUAL, FALSE, NULL },
  { "groq", "openai-chat", "https://api.groq.com/openai/v1", "GROQ_API_KEY", GOES_ON, USUAL, FALSE,
    NULL },
  { "llama.cpp", "openai-chat", "http://127.0.0.1:8080/v1", NULL, STOPS, USUAL, FALSE, NULL },
  { "lmstudio", "openai-chat", "http://127.0.0.1:1234/v1", NULL, STOPS, USUAL, FALSE, NULL },
  { "minimax", "openai-chat", "https://api.minimax.io/v1", "MINIMAX_API_KEY", UNKNOWN, USUAL, FALSE,
    NULL },
  { "mistral", "openai-chat", "https://api.mistral.ai/v1", "MISTRAL_API_KEY", GOES_ON, USUAL, FALSE,
    NULL },
  { "moonshotai", "openai-chat", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY", UNKNOWN, USUAL,
    FALSE, NULL },
  { "nebius", "openai-chat", "https://api.studio.nebius.com/v1", "NEBIUS_API_KEY", GOES_ON, USUAL,
    FALSE, NULL },
  { "ollama", "ollama", "http://127.0.0.1:11434", NULL, STOPS, USUAL, FALSE, NULL },
  { "openai", "openai-chat", "https://api.openai.com/v1", "OPENAI_API_KEY", STOPS, USUAL, TRUE,
    NULL },
  { "openrouter", "openai-chat", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", UNKNOWN,
    USUAL, FALSE, "X-Title: tokenwise" },
  { "perplexity", "openai-chat", "https://api.perplexity.ai", "PERPLEXITY_API_KEY", GOES_ON, USUAL,
    FALSE, NULL },
  { "sambanova", "openai-chat", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY", GOES_ON, USUAL,
    FALSE, NULL },
  { "together", "openai-chat", "https://api.together.xyz/v1", "TOGETHER_API_KEY", STOPS, USUAL,
    FALSE, NULL },
  { "vllm", "openai-chat", "http://127.0.0.1:8000/v1", NULL, STOPS, USUAL, FALSE, NULL },
  { "x-ai", "openai-chat", "https://api.x.ai/v1", "XAI_API_KEY", STOPS, USUAL, FALSE, NULL },
  { "zai", "openai-chat", "https://api.z.ai/api/paas/v4", "ZAI_API_KEY", UNKNOWN, USUAL, FALSE,
    NULL },
};

static TwProvider *
make_known (guint i)
{
  TwProvider *provider = tw_provider_new (known_providers[i].id);
  const char *const headers[] = { known_providers[i].header, NULL };

  provider->dialect = g_strdup (known_providers[i].dialect);
  provider->base_url = g_strdup (known_providers[i].base_url);
  provider->key_env = g_strdup (known_providers[i].key_env);
  provider->hang_up = known_providers[i].hang_up;
  provider->credential = known_providers[i].credential;
  provider->idempotent = known_providers[i].idempotent;
  provider->headers = g_strdupv ((GStrv) headers);
  return provider;
}

GHashTable *
tw_provider_table_new (void)
{
  GHashTable *table
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) tw_provider_unref);

  for (guint i = 0; i < G_N_ELEMENTS (known_providers); i++)
    {
      TwProvider *provider = make_known (i);

      g_hash_table_replace (table, provider->id, provider);
    }
  return table;
}
