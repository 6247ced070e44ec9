/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-codec-private.h"
#include "libtokenwise/wire/tw-decoder-private.h"

G_BEGIN_DECLS

/* The parts of the gemini dialect, which the Gemini API and Vertex share but for small things. */
#define TW_GEMINI_DIALECT "gemini"

/* What the generations of models want to be told differently. */
typedef enum
{
  TW_GEMINI_BEFORE_THINKING, /* up to 2.0, and Gemma */
  TW_GEMINI_BUDGET,          /* 2.5: how much it thinks is a number of tokens */
  TW_GEMINI_LEVEL,           /* 3 and later: a level; tool calls must carry their signature back */
} TwGeminiFamily;

TwGeminiFamily tw_gemini_family (const char *model);

/* What all of an encoder's functions ask about. */
typedef struct
{
  TwRequest *request;
  const char *model;
  TwGeminiFamily family;
  gboolean is_vertex;
} TwGeminiTarget;

TwWireCall *tw_gemini_encode (TwRequest *request, const TwWireTarget *target, GError **error);
/* systemInstruction and contents. */
gboolean tw_gemini_add_messages (cJSON *body, const TwGeminiTarget *target, GError **error);

/* What Google's search and maps did for one reply. They are billed apart, and are in no usage. */
typedef struct
{
  GHashTable *queries; /* (nullable) (element-type utf8 utf8) */
  gboolean has_maps;
} TwGeminiGrounding;

/* Adds what a candidate's groundingMetadata (nullable) says; streams say it in several chunks. */
void tw_gemini_grounding_add (TwGeminiGrounding *self, const cJSON *metadata);
/* Puts the counts into usage as the generation of model (nullable) is billed. */
void tw_gemini_grounding_count (const TwGeminiGrounding *self, const char *model, TwUsage *usage);
void tw_gemini_grounding_clear (TwGeminiGrounding *self);

G_END_DECLS
