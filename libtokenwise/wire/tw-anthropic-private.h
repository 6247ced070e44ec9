/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-codec-private.h"

G_BEGIN_DECLS

/* The parts of the anthropic dialect. */
TwWireCall *tw_anthropic_encode (TwRequest *request, const TwWireTarget *target, GError **error);

typedef enum
{
  TW_ANTHROPIC_ADAPTIVE = 1 << 0,    /* decides itself how much to think */
  TW_ANTHROPIC_BUDGET = 1 << 1,      /* thinks within a budget of tokens */
  TW_ANTHROPIC_NO_SAMPLING = 1 << 2, /* refuses temperature and its like */
} TwAnthropicWays;

/* What a model wants, by its name; nothing is known of names that are not Claude's. */
TwAnthropicWays tw_anthropic_model_ways (const char *model);

/* A call's cache breakpoints, in the order of the cached prefix. */
typedef struct
{
  guint n_breakpoints;
  gboolean has_short; /* one of five minutes came, and no longer one may follow */
} TwAnthropicCall;

/* Adds a breakpoint to a block or tool, unless lifetime is NULL. */
gboolean
tw_anthropic_mark_cache (TwAnthropicCall *call, cJSON *json, const char *lifetime, GError **error);
gboolean tw_anthropic_add_message (TwAnthropicCall *call,
                                   cJSON *messages,
                                   const TwMessage *message,
                                   GError **error);
/* Always FALSE. */
gboolean tw_anthropic_unsupported (GError **error, const char *what);

gboolean
tw_anthropic_read_usage (const char *provider, const cJSON *block, TwUsage *usage, GError **error);

/* (nullable) (transfer full): known joined with what a later event of the stream says: cumulative
 * counts, so that a member that is there and not null replaces the older one. known is taken. */
cJSON *tw_anthropic_merge_usage (cJSON *known, const cJSON *later);

G_END_DECLS
