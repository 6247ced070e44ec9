/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-codec-private.h"

G_BEGIN_DECLS

/* What the servers of the openai-chat dialect do differently. */

typedef enum
{
  TW_CHAT_DEVELOPER = 1 << 0,        /* reasoning models call instructions "developer" */
  TW_CHAT_STREAM_OPTIONS = 1 << 1,   /* a stream has usage only when asked for */
  TW_CHAT_CACHE_KEY = 1 << 2,        /* takes prompt_cache_key */
  TW_CHAT_METADATA = 1 << 3,         /* takes metadata */
  TW_CHAT_CACHE_BREAKPOINT = 1 << 4, /* parts take prompt_cache_breakpoint */
  TW_CHAT_CACHE_CONTROL = 1 << 5,    /* parts take Anthropic's cache_control */
  TW_CHAT_EFFORT_OBJECT = 1 << 6,    /* reasoning: {effort} for reasoning_effort */
  TW_CHAT_DOCUMENT_URL = 1 << 7,     /* files are document_url */
  TW_CHAT_NO_TOOL_CHOICE = 1 << 8,   /* ignores tool_choice */
} TwChatWays;

typedef struct
{
  const char *provider; /* NULL: all others */
  TwChatWays ways;
  const char *max_tokens; /* the name of the cap */
  const char *required;   /* what tool_choice says for any tool */
  /* Where reasoning is sent back: a member of the message, or "content" for a chunk of it; NULL:
   * nowhere. */
  const char *reasoning;
} TwChatProvider;

const TwChatProvider *tw_chat_provider_find (const char *provider);
/* TRUE if the model takes cache breakpoints: others answer them with HTTP 400. */
gboolean tw_chat_model_takes_breakpoints (const char *model);

/* A call while it is written. */
typedef struct
{
  const TwWireTarget *target;
  const TwChatProvider *provider;
  guint n_breakpoints;
} TwChatCall;

/* Appends what the message becomes: one or more messages. */
gboolean
tw_chat_add_message (TwChatCall *call, cJSON *messages, const TwMessage *message, GError **error);
/* Sets what the assistant thought beside the content, where the provider has a place for it. */
gboolean tw_chat_add_reasoning (const TwChatCall *call,
                                cJSON *json,
                                const TwMessage *message,
                                GError **error);
/* (nullable) (transfer full): what has to be sent back with an item of reasoning_details. */
char *tw_chat_reasoning_signature (const cJSON *detail);
/* Instructions that are no message of the request. */
gboolean tw_chat_add_system (
    TwChatCall *call, cJSON *messages, const char *text, const char *cache, GError **error);
/* Always FALSE. */
gboolean tw_chat_unsupported (GError **error, const char *what);

G_END_DECLS
