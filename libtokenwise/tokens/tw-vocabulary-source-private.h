/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-format-private.h"

G_BEGIN_DECLS

typedef enum
{
  TW_TOKEN_NORMAL,
  TW_TOKEN_BYTE,    /* SentencePiece's <0xNN>: one byte of a character that is no token */
  TW_TOKEN_SPECIAL, /* never a part of text: it has an id and can be decoded, no more */
  TW_TOKEN_LITERAL, /* wherever it is written in a text it is this token, before anything else */
} TwTokenKind;

typedef struct
{
  const guint8 *bytes; /* in the source's own storage */
  guint32 length;
  guint32 id; /* as the model's provider numbers it */
  TwTokenKind kind;
} TwSourceToken;

/* Both are places in tokens, and so is what they become together. */
typedef struct
{
  guint32 left;
  guint32 right;
  guint32 merged;
} TwSourceMerge;

/* A vocabulary as its publisher describes it, from whatever format, before it is compiled. */
typedef struct
{
  TwPretokenizer pretokenizer;
  TwVocabularyFlags flags;
  GArray *tokens; /* TwSourceToken */
  /* TwSourceMerge, best first; NULL when any two neighbours merge that are a normal token together,
   * the one that comes first in tokens first */
  GArray *merges;
  GBytes *storage;     /* (nullable) what the tokens' bytes point into… */
  GStringChunk *chunk; /* (nullable) …or were copied into */
} TwVocabularySource;

/* "o200k", "none", … */
const char *tw_pretokenizer_get_name (TwPretokenizer pretokenizer);

TwVocabularySource *tw_vocabulary_source_new (void);
void tw_vocabulary_source_free (TwVocabularySource *self);
/* The project's own form, NAME.vocab.gz after decompression. Described where it is read. */
TwVocabularySource *tw_vocabulary_source_read_packed (GBytes *packed, GError **error);
/* A file of somebody else's: Hugging Face tokenizer.json, Mistral tekken.json, tiktoken ranks,
 * a SentencePiece model, a GGUF file. name is for messages, and names the pre-tokenizer where a
 * format does not. ret_name: which vocabulary it is, when it is one this library knows ("llama3",
 * "gemma3", …); NULL otherwise. */
TwVocabularySource *
tw_vocabulary_source_import (GBytes *file, const char *name, const char **ret_name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwVocabularySource, tw_vocabulary_source_free)

G_END_DECLS
