/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-decoder-private.h"

G_BEGIN_DECLS

/* The output items of one reply: messages, reasoning, calls of functions and of hosted tools. They
 * come in pieces, whole, or both, and each is read once. */
typedef struct
{
  GPtrArray *items; /* (nullable) (element-type Item) the latest */
  cJSON *hosted;    /* (nullable) calls of hosted tools, for their fees */
  guint n_hosted;
  gboolean seen;    /* an item came, or a piece of one */
  gboolean refused; /* refusal text came */
} TwResponseItems;

void tw_response_items_clear (TwResponseItems *self);

/* The kinds of text that come in deltas. */
typedef enum
{
  TW_RESPONSE_TEXT,
  TW_RESPONSE_REFUSAL,
  TW_RESPONSE_REASONING,
} TwResponseTextKind;

/* Each reads an event of the stream. */
void tw_response_items_open (TwResponseItems *self, TwDecoder *decoder, const cJSON *event);
void tw_response_items_add_text (TwResponseItems *self,
                                 TwDecoder *decoder,
                                 TwResponseTextKind kind,
                                 const cJSON *event);
void tw_response_items_begin_summary (TwResponseItems *self, const cJSON *event);
void tw_response_items_add_arguments (TwResponseItems *self, const cJSON *event);
void tw_response_items_set_arguments (TwResponseItems *self, const cJSON *event);
void tw_response_items_close (TwResponseItems *self, TwDecoder *decoder, const cJSON *event);

/* The "output" of a whole reply. */
void tw_response_items_read_all (TwResponseItems *self, TwDecoder *decoder, const cJSON *output);

G_END_DECLS
