/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-vocabulary-import-private.h"

#include <math.h>

/* A SentencePiece model is a ModelProto of github.com/google/sentencepiece,
 * src/sentencepiece_model.proto. Only these fields matter here. */
enum
{
  MODEL_PIECES = 1,
  MODEL_TRAINER = 2,
  MODEL_NORMALIZER = 3,
  PIECE_TEXT = 1,
  PIECE_SCORE = 2,
  PIECE_TYPE = 3,
  TRAINER_MODEL_TYPE = 3,
  TRAINER_SPACE_AS_SUFFIX = 24,
  TRAINER_BYTE_FALLBACK = 35,
  NORMALIZER_CHARSMAP = 2,
  NORMALIZER_DUMMY_PREFIX = 3,
  NORMALIZER_REMOVE_SPACES = 4,
  NORMALIZER_ESCAPE_SPACES = 5,
};

#define MODEL_TYPE_UNIGRAM 1
#define MODEL_TYPE_BPE 2

enum
{
  WIRE_VARINT = 0,
  WIRE_64 = 1,
  WIRE_BYTES = 2,
  WIRE_32 = 5,
};

typedef struct
{
  const guint8 *at;
  const guint8 *end;
} Reader;

/* number: of a varint or a fixed32; bytes and length: of the others. */
typedef struct
{
  guint32 tag;
  guint32 wire;
  guint64 number;
  const guint8 *bytes;
  gsize length;
} Field;

typedef struct
{
  guint64 model_type;
  gboolean byte_fallback;
  gboolean space_as_suffix;
  gboolean charsmap;
  gboolean dummy_prefix;
  gboolean remove_spaces;
  gboolean escape_spaces;
} Options;

static gboolean
read_varint (Reader *self, guint64 *ret_number)
{
  guint64 number = 0;

  for (guint shift = 0; shift < 64 && self->at < self->end; shift += 7)
    {
      guint8 byte = *self->at++;

      number |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        {
          *ret_number = number;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
read_payload (Reader *self, Field *field)
{
  guint64 length = field->wire == WIRE_64 ? 8 : 4;
  guint32 fixed;

  if (field->wire == WIRE_VARINT)
    return read_varint (self, &field->number);
  if (field->wire != WIRE_64 && field->wire != WIRE_32
      && (field->wire != WIRE_BYTES || !read_varint (self, &length)))
    return FALSE;
  if (length > (guint64) (self->end - self->at))
    return FALSE;
  field->bytes = self->at;
  field->length = (gsize) length;
  if (field->wire == WIRE_32)
    {
      memcpy (&fixed, self->at, sizeof fixed);
      field->number = GUINT32_FROM_LE (fixed);
    }
  self->at += length;
  return TRUE;
}

/* FALSE at the end, and with at before end when the message is damaged. */
static gboolean
next_field (Reader *self, Field *field)
{
  const guint8 *start = self->at;
  guint64 key;

  *field = (Field){ 0 };
  if (self->at == self->end)
    return FALSE;
  if (read_varint (self, &key) && key <= G_MAXUINT32)
    {
      field->tag = (guint32) (key >> 3);
      field->wire = (guint32) (key & 7);
      if (read_payload (self, field))
        return TRUE;
    }
  self->at = start;
  return FALSE;
}

static gboolean
read_piece (TwImport *self, Reader reader, guint64 id)
{
  Field text = { 0 };
  guint64 type = TW_PIECE_NORMAL;
  guint32 bits = 0;
  float score;
  Field field;

  while (next_field (&reader, &field))
    if (field.tag == PIECE_TEXT && field.wire == WIRE_BYTES)
      text = field;
    else if (field.tag == PIECE_SCORE && field.wire == WIRE_32)
      bits = (guint32) field.number;
    else if (field.tag == PIECE_TYPE && field.wire == WIRE_VARINT)
      type = field.number;
  memcpy (&score, &bits, sizeof score);
  if (reader.at != reader.end || isnan (score))
    return tw_import_fail (self, "piece %" G_GUINT64_FORMAT " of the model is damaged.", id);
  g_array_append_val (self->scores, score);
  return tw_import_add_piece (self, (const char *) text.bytes, text.length, id,
                              (TwPieceType) MIN (type, G_MAXINT));
}

static gboolean
read_trainer (Reader reader, Options *options)
{
  Field field;

  while (next_field (&reader, &field))
    if (field.tag == TRAINER_MODEL_TYPE && field.wire == WIRE_VARINT)
      options->model_type = field.number;
    else if (field.tag == TRAINER_BYTE_FALLBACK && field.wire == WIRE_VARINT)
      options->byte_fallback = field.number != 0;
    else if (field.tag == TRAINER_SPACE_AS_SUFFIX && field.wire == WIRE_VARINT)
      options->space_as_suffix = field.number != 0;
  return reader.at == reader.end;
}

static gboolean
read_normalizer (Reader reader, Options *options)
{
  Field field;

  while (next_field (&reader, &field))
    if (field.tag == NORMALIZER_CHARSMAP && field.wire == WIRE_BYTES)
      options->charsmap = field.length > 0;
    else if (field.tag == NORMALIZER_DUMMY_PREFIX && field.wire == WIRE_VARINT)
      options->dummy_prefix = field.number != 0;
    else if (field.tag == NORMALIZER_REMOVE_SPACES && field.wire == WIRE_VARINT)
      options->remove_spaces = field.number != 0;
    else if (field.tag == NORMALIZER_ESCAPE_SPACES && field.wire == WIRE_VARINT)
      options->escape_spaces = field.number != 0;
  return reader.at == reader.end;
}

static gboolean
read_field (TwImport *self, const Field *field, Options *options)
{
  Reader reader = { field->bytes, field->bytes + field->length };

  if (field->wire != WIRE_BYTES)
    return TRUE;
  if (field->tag == MODEL_PIECES)
    return read_piece (self, reader, self->source->tokens->len);
  if (field->tag == MODEL_TRAINER && !read_trainer (reader, options))
    return tw_import_fail (self, "the trainer_spec of the model is damaged.");
  if (field->tag == MODEL_NORMALIZER && !read_normalizer (reader, options))
    return tw_import_fail (self, "the normalizer_spec of the model is damaged.");
  return TRUE;
}

static gboolean
check_options (TwImport *self, const Options *options)
{
  if (options->model_type != MODEL_TYPE_BPE)
    return tw_import_fail (
        self, "trainer_spec.model_type is %" G_GUINT64_FORMAT "; only 2, BPE, can be counted.",
        options->model_type);
  if (!options->byte_fallback)
    return tw_import_fail (self, "trainer_spec.byte_fallback is not set, so it cannot encode any "
                                 "text.");
  if (options->space_as_suffix)
    return tw_import_fail (self, "trainer_spec.treat_whitespace_as_suffix is set, which is not "
                                 "known here.");
  if (options->charsmap)
    return tw_import_fail (self, "normalizer_spec.precompiled_charsmap changes characters, which "
                                 "is not known here.");
  if (options->remove_spaces)
    return tw_import_fail (self, "normalizer_spec.remove_extra_whitespaces is set, which is not "
                                 "known here.");
  return TRUE;
}

gboolean
tw_import_sentencepiece (TwImport *self, const guint8 *data, gsize length)
{
  /* What the .proto says of fields that are absent. */
  Options options = { MODEL_TYPE_UNIGRAM, FALSE, FALSE, FALSE, TRUE, TRUE, TRUE };
  Reader reader = { data, data + length };
  Field field;

  self->scores = g_array_new (FALSE, FALSE, sizeof (float));
  while (next_field (&reader, &field))
    if (!read_field (self, &field, &options))
      return FALSE;
  if (reader.at != reader.end || self->source->tokens->len == 0)
    return tw_import_fail (self, "its format is not known; give a tokenizer.json, tekken.json, "
                                 "tiktoken ranks, a SentencePiece model or a GGUF file.");
  if (!check_options (self, &options) || !tw_import_index (self, FALSE))
    return FALSE;
  tw_import_sort_by_score (self);
  self->source->pretokenizer = TW_PRETOKENIZER_NONE;
  self->source->flags = TW_VOCABULARY_BYTE_FALLBACK
                        | (options.escape_spaces ? TW_VOCABULARY_METASPACE : 0)
                        | (options.dummy_prefix ? TW_VOCABULARY_DUMMY_PREFIX : 0);
  return TRUE;
}
