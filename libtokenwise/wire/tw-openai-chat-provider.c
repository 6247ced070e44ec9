/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-openai-chat-private.h"

#include <string.h>

#define OPENAI                                                                                     \
  (TW_CHAT_DEVELOPER | TW_CHAT_STREAM_OPTIONS | TW_CHAT_CACHE_KEY | TW_CHAT_METADATA               \
   | TW_CHAT_CACHE_BREAKPOINT)

/* From the providers' own SDKs and pages, as of November 2026:
 * OpenAI's reasoning models refuse max_tokens; most others know only that.
 * Mistral answers stream_options with HTTP 422 and sends usage without; Perplexity puts it into
 * every chunk.
 * DeepSeek, vLLM and llama.cpp say reasoning_content; Groq and Ollama reasoning; OpenRouter
 * reasoning_details, with signatures. OpenAI, Perplexity and xAI take none back here.
 * Ollama ignores tool_choice. */
static const TwChatProvider providers[] = {
  { "openai", OPENAI, "max_completion_tokens", "required", NULL },
  { "azure", OPENAI, "max_completion_tokens", "required", NULL },
  { "mistral", TW_CHAT_CACHE_KEY | TW_CHAT_METADATA | TW_CHAT_DOCUMENT_URL, "max_tokens", "any",
    "content" },
  { "openrouter",
    TW_CHAT_STREAM_OPTIONS | TW_CHAT_CACHE_KEY | TW_CHAT_METADATA | TW_CHAT_CACHE_CONTROL
        | TW_CHAT_EFFORT_OBJECT,
    "max_tokens", "required", "reasoning_details" },
  { "perplexity", 0, "max_tokens", "required", NULL },
  { "groq", TW_CHAT_STREAM_OPTIONS, "max_tokens", "required", "reasoning" },
  { "ollama", TW_CHAT_STREAM_OPTIONS | TW_CHAT_NO_TOOL_CHOICE, "max_tokens", "required",
    "reasoning" },
  { "x-ai", TW_CHAT_STREAM_OPTIONS, "max_tokens", "required", NULL },
  { "xai", TW_CHAT_STREAM_OPTIONS, "max_tokens", "required", NULL },
  { NULL, TW_CHAT_STREAM_OPTIONS, "max_tokens", "required", "reasoning_content" },
};

const TwChatProvider *
tw_chat_provider_find (const char *provider)
{
  const TwChatProvider *row = providers;

  while (row->provider != NULL && g_strcmp0 (row->provider, provider) != 0)
    row++;
  return row;
}

/* gpt-5.6 and later, of any size and date (OpenAI's prompt caching guide). */
gboolean
tw_chat_model_takes_breakpoints (const char *model)
{
  guint64 major, minor = 0;
  char *end;

  if (!g_str_has_prefix (model, "gpt-"))
    return FALSE;
  major = g_ascii_strtoull (model + strlen ("gpt-"), &end, 10);
  if (*end == '.')
    minor = g_ascii_strtoull (end + 1, NULL, 10);
  return major > 5 || (major == 5 && minor >= 6);
}
