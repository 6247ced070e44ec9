/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/message/tw-request-private.h"
#include "libtokenwise/tokens/tw-counter-family-private.h"

G_BEGIN_DECLS

/* How a model is shown its tools. */
typedef enum
{
  TW_TOOLS_TYPESCRIPT,
  TW_TOOLS_JSON,
  TW_TOOLS_STRINGS, /* only their names, descriptions and enumerations count */
} TwToolStyle;

/* The tokens of a chat template that are not the user's text. */
typedef struct
{
  const char *family;    /* (nullable) any */
  const char *model;     /* (nullable) any */
  TwCountRange open;     /* once per request, what primes the reply with it */
  guint8 messages[4];    /* per message, by TwRole */
  guint8 fewer;          /* per message, what it could be less … */
  guint8 more;           /* … or more */
  guint8 default_prompt; /* the template's own system prompt, for requests without one */
  TwCountRange call;     /* per tool call and per result */
  TwToolStyle style;
  TwCountRange tools;       /* around all tools */
  guint8 each;              /* per tool */
  TwCountBasis basis;       /* of the framing */
  TwCountBasis tools_basis; /* of how tools are rendered */
} TwChatFrame;

/* Never NULL. */
const TwChatFrame *tw_chat_frame_find (const char *family, const char *model);
TwCountRange tw_chat_frame_message (const TwChatFrame *self, TwRole role);
/* What tools add besides their text. forced: the model has to call one. */
TwCountRange tw_chat_frame_tools (const TwChatFrame *self, const char *model, gboolean forced);

G_END_DECLS
