/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/tokens/tw-vocabulary-source-private.h"

G_BEGIN_DECLS

/* What the importers of all formats share. Everything in the file may be hostile. */

#define TW_IMPORT_MAX_BYTES (256u << 20)
#define TW_IMPORT_MAX_TOKENS 1000000u
#define TW_IMPORT_MAX_TOKEN_BYTES 255u
#define TW_IMPORT_MAX_MERGES 2000000u

/* How SentencePiece and GGUF number the kinds of pieces. */
typedef enum
{
  TW_PIECE_NORMAL = 1,
  TW_PIECE_UNKNOWN = 2,
  TW_PIECE_CONTROL = 3,
  TW_PIECE_USER_DEFINED = 4,
  TW_PIECE_UNUSED = 5,
  TW_PIECE_BYTE = 6,
} TwPieceType;

typedef struct
{
  TwVocabularySource *source;
  const char *name;   /* of the file, for messages */
  GHashTable *places; /* TwSourceToken, in source->tokens; those of bytes are not in it */
  GArray *scores;     /* float by id, for the formats that have scores */
  GError **error;
} TwImport;

/* Sets the error: “NAME cannot be used as a vocabulary: …”. Always FALSE. */
gboolean tw_import_fail (TwImport *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* The bytes are copied. */
gboolean
tw_import_add_token (TwImport *self, const char *bytes, gsize length, guint64 id, TwTokenKind kind);
gboolean tw_import_add_base64 (TwImport *self, const char *text, guint64 id);
/* As the first; text is written in GPT-2's alphabet, in which each byte is a printable character.
 */
gboolean tw_import_add_byte_level (TwImport *self, const char *text, guint64 id);
/* <0x00>…<0xFF>; −1 for any other piece. */
int tw_import_byte_of_piece (const char *piece, gsize length);
/* A piece of SentencePiece, in which ▁ is a space. */
gboolean
tw_import_add_piece (TwImport *self, const char *piece, gsize length, guint64 id, TwPieceType type);

/* By id, then find by bytes: between the last token and the first merge. keep_last: of two tokens
 * of the same bytes the first can only be decoded; else they are an error. */
gboolean tw_import_index (TwImport *self, gboolean keep_last);
/* By score, best first; tokens of the same score stay in the order of ids. */
void tw_import_sort_by_score (TwImport *self);
/* Both parts in GPT-2's alphabet when byte_level. */
gboolean tw_import_add_merge (TwImport *self,
                              const char *left,
                              gsize left_length,
                              const char *right,
                              gsize right_length,
                              gboolean byte_level);
/* "left right". */
gboolean
tw_import_add_merge_line (TwImport *self, const char *line, gsize length, gboolean byte_level);

/* n patterns, one split after the other. FALSE when there is no such splitter here. */
gboolean tw_import_find_patterns (const char *const *patterns, guint n, TwPretokenizer *ret_shape);
/* What a file of ranks is called when it is published. */
gboolean
tw_import_find_ranks (const char *name, TwPretokenizer *ret_shape, TwVocabularyFlags *ret_flags);
/* tokenizer.ggml.pre */
gboolean
tw_import_find_gguf_pre (const char *pre, TwPretokenizer *ret_shape, TwVocabularyFlags *ret_flags);
/* NULL when the normal tokens are not those of a vocabulary that is known here. */
const char *tw_import_recognise (const TwVocabularySource *source);

gboolean tw_import_huggingface (TwImport *self, const cJSON *root);
gboolean tw_import_tekken (TwImport *self, const cJSON *root);
gboolean tw_import_tiktoken (TwImport *self, const char *text, gsize length);
gboolean tw_import_sentencepiece (TwImport *self, const guint8 *data, gsize length);
gboolean tw_import_gguf (TwImport *self, const guint8 *data, gsize length);

G_END_DECLS
