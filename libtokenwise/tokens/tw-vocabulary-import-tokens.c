/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/tokens/tw-vocabulary-import-private.h"

#define BASE64 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
#define BYTE_PIECE_LENGTH 6 /* <0xNN> */
/* Characters of GPT-2's alphabet are below this. */
#define ALPHABET_END 0x144

gboolean
tw_import_fail (TwImport *self, const char *format, ...)
{
  g_autofree char *reason = NULL;
  g_autofree char *name = NULL;
  g_autofree char *valid = NULL;
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  /* What is quoted may be cut inside a character. */
  valid = g_utf8_make_valid (reason, -1);
  name = g_utf8_make_valid (self->name, -1);
  if (self->error != NULL && *self->error == NULL)
    g_set_error (self->error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "%s cannot be used as a vocabulary: %s", name, valid);
  return FALSE;
}

gboolean
tw_import_add_token (TwImport *self, const char *bytes, gsize length, guint64 id, TwTokenKind kind)
{
  TwVocabularySource *source = self->source;
  TwSourceToken token = { NULL, (guint32) length, (guint32) id, kind };

  if (source->tokens->len >= TW_IMPORT_MAX_TOKENS)
    return tw_import_fail (self, "it has more than %u tokens.", TW_IMPORT_MAX_TOKENS);
  if (id > TW_ID_MAX)
    return tw_import_fail (self, "it numbers a token %" G_GUINT64_FORMAT "; %u is the most.", id,
                           TW_ID_MAX);
  if (length == 0 || length > TW_IMPORT_MAX_TOKEN_BYTES)
    return tw_import_fail (
        self, "token %" G_GUINT64_FORMAT " has %" G_GSIZE_FORMAT " bytes; it must have 1 to %u.",
        id, length, TW_IMPORT_MAX_TOKEN_BYTES);
  token.bytes = (guint8 *) g_string_chunk_insert_len (source->chunk, bytes, (gssize) length);
  g_array_append_val (source->tokens, token);
  return TRUE;
}

gboolean
tw_import_add_base64 (TwImport *self, const char *text, guint64 id)
{
  gsize length = strlen (text);
  g_autofree guchar *bytes = NULL;

  if (length == 0 || length % 4 != 0 || strspn (text, BASE64) != length)
    return tw_import_fail (self, "token %" G_GUINT64_FORMAT " is not in base64.", id);
  bytes = g_base64_decode (text, &length);
  return tw_import_add_token (self, (const char *) bytes, length, id, TW_TOKEN_NORMAL);
}

/* The byte that a character stands for: printable ones of Latin-1 for themselves, U+0100 and on for
 * the others in their order (github.com/openai/gpt-2, encoder.py, bytes_to_unicode). −1: none. */
static int
byte_of_character (gunichar c)
{
  if ((c > 0x20 && c < 0x7f) || (c > 0xa0 && c < 0x100 && c != 0xad))
    return (int) c;
  if (c < 0x100 || c >= ALPHABET_END)
    return -1;
  c -= 0x100;
  if (c <= 0x20)
    return (int) c;
  return c <= 0x42 ? (int) (c - 0x21 + 0x7f) : 0xad;
}

/* Into out, at most length bytes. 0 when a character is not of the alphabet. */
static gsize
decode_byte_level (const char *text, gsize length, char *out)
{
  const char *end = text + length;
  gsize n = 0;

  while (text < end)
    {
      gunichar c = g_utf8_get_char_validated (text, end - text);
      int byte = c < ALPHABET_END ? byte_of_character (c) : -1;

      if (byte < 0)
        return 0;
      out[n++] = (char) byte;
      text = g_utf8_next_char (text);
    }
  return n;
}

gboolean
tw_import_add_byte_level (TwImport *self, const char *text, guint64 id)
{
  char bytes[2 * TW_IMPORT_MAX_TOKEN_BYTES];
  gsize length = strlen (text);
  gsize n;

  if (length > sizeof bytes)
    return tw_import_add_token (self, text, length, id, TW_TOKEN_NORMAL);
  n = decode_byte_level (text, length, bytes);
  /* Not in the alphabet: text cannot become this token. */
  if (n == 0)
    return tw_import_add_token (self, text, length, id, TW_TOKEN_SPECIAL);
  return tw_import_add_token (self, bytes, n, id, TW_TOKEN_NORMAL);
}

int
tw_import_byte_of_piece (const char *piece, gsize length)
{
  if (length != BYTE_PIECE_LENGTH || memcmp (piece, "<0x", 3) != 0 || piece[5] != '>'
      || !g_ascii_isxdigit (piece[3]) || !g_ascii_isxdigit (piece[4]))
    return -1;
  return g_ascii_xdigit_value (piece[3]) * 16 + g_ascii_xdigit_value (piece[4]);
}

gboolean
tw_import_add_piece (TwImport *self, const char *piece, gsize length, guint64 id, TwPieceType type)
{
  int byte = tw_import_byte_of_piece (piece, length);
  char single = (char) byte;

  switch (type)
    {
    case TW_PIECE_NORMAL:
      return tw_import_add_token (self, piece, length, id, TW_TOKEN_NORMAL);
    case TW_PIECE_USER_DEFINED:
      return tw_import_add_token (self, piece, length, id, TW_TOKEN_LITERAL);
    case TW_PIECE_BYTE:
      if (byte < 0)
        return tw_import_fail (self,
                               "token %" G_GUINT64_FORMAT " is a byte, but not <0x00>…<0xFF>.", id);
      return tw_import_add_token (self, &single, 1, id, TW_TOKEN_BYTE);
    case TW_PIECE_UNKNOWN:
    case TW_PIECE_CONTROL:
    case TW_PIECE_UNUSED:
      return tw_import_add_token (self, piece, length, id, TW_TOKEN_SPECIAL);
    default:
      return tw_import_fail (self, "token %" G_GUINT64_FORMAT " is of type %d, which is not known.",
                             id, (int) type);
    }
}

static guint
token_hash (gconstpointer key)
{
  const TwSourceToken *token = key;

  return tw_hash_long (token->bytes, token->length);
}

static gboolean
token_equal (gconstpointer a, gconstpointer b)
{
  const TwSourceToken *left = a;
  const TwSourceToken *right = b;

  return left->length == right->length && memcmp (left->bytes, right->bytes, left->length) == 0;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const TwSourceToken *left = a;
  const TwSourceToken *right = b;

  return left->id < right->id ? -1 : left->id > right->id;
}

static TwSourceToken *
find_token (TwImport *self, const char *bytes, gsize length)
{
  TwSourceToken key = { (const guint8 *) bytes, (guint32) length, 0, TW_TOKEN_NORMAL };

  return g_hash_table_lookup (self->places, &key);
}

/* A normal token is found before a special one of the same bytes. */
static gboolean
index_token (TwImport *self, TwSourceToken *token, gboolean keep_last)
{
  TwSourceToken *other = find_token (self, (const char *) token->bytes, token->length);
  gboolean both_normal
      = other != NULL && other->kind == TW_TOKEN_NORMAL && token->kind == TW_TOKEN_NORMAL;

  if (both_normal && !keep_last)
    return tw_import_fail (self, "tokens %u and %u are the same.", other->id, token->id);
  if (both_normal)
    other->kind = TW_TOKEN_SPECIAL;
  if (other == NULL || token->kind == TW_TOKEN_NORMAL)
    g_hash_table_replace (self->places, token, token);
  return TRUE;
}

gboolean
tw_import_index (TwImport *self, gboolean keep_last)
{
  GArray *tokens = self->source->tokens;

  g_array_sort (tokens, compare_ids);
  self->places = g_hash_table_new (token_hash, token_equal);
  for (guint i = 0; i < tokens->len; i++)
    {
      TwSourceToken *token = &g_array_index (tokens, TwSourceToken, i);

      if (i > 0 && token->id == token[-1].id)
        return tw_import_fail (self, "two tokens have the number %u.", token->id);
      if (token->kind != TW_TOKEN_BYTE && !index_token (self, token, keep_last))
        return FALSE;
    }
  return TRUE;
}

static int
compare_scores (gconstpointer a, gconstpointer b, gpointer data)
{
  GArray *scores = data;
  const TwSourceToken *left = a;
  const TwSourceToken *right = b;
  float left_score = g_array_index (scores, float, left->id);
  float right_score = g_array_index (scores, float, right->id);

  if (left_score != right_score)
    return left_score > right_score ? -1 : 1;
  return compare_ids (a, b);
}

void
tw_import_sort_by_score (TwImport *self)
{
  g_array_sort_with_data (self->source->tokens, compare_scores, self->scores);
}

static gboolean
find_merge (TwImport *self, const char *bytes, gsize left, gsize right)
{
  TwSourceToken *parts[] = { find_token (self, bytes, left), find_token (self, bytes + left, right),
                             find_token (self, bytes, left + right) };
  const TwSourceToken *first = (const TwSourceToken *) (gpointer) self->source->tokens->data;
  GArray *merges = self->source->merges;
  TwSourceMerge merge;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] == NULL)
      return tw_import_fail (self, "merge %u is of or into a token that it does not have.",
                             merges->len + 1);
  if (merges->len >= TW_IMPORT_MAX_MERGES)
    return tw_import_fail (self, "it has more than %u merges.", TW_IMPORT_MAX_MERGES);
  /* What is matched before anything else, or never, does not take part. */
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i]->kind != TW_TOKEN_NORMAL)
      return TRUE;
  merge = (TwSourceMerge){ (guint32) (parts[0] - first), (guint32) (parts[1] - first),
                           (guint32) (parts[2] - first) };
  g_array_append_val (merges, merge);
  return TRUE;
}

gboolean
tw_import_add_merge (TwImport *self,
                     const char *left,
                     gsize left_length,
                     const char *right,
                     gsize right_length,
                     gboolean byte_level)
{
  char bytes[4 * TW_IMPORT_MAX_TOKEN_BYTES];

  if (left_length == 0 || right_length == 0 || left_length + right_length > sizeof bytes)
    return tw_import_fail (self, "merge %u is not of two tokens.", self->source->merges->len + 1);
  if (byte_level)
    {
      left_length = decode_byte_level (left, left_length, bytes);
      right_length = decode_byte_level (right, right_length, bytes + left_length);
      if (left_length == 0 || right_length == 0)
        return tw_import_fail (self, "merge %u is not in GPT-2's alphabet of bytes.",
                               self->source->merges->len + 1);
    }
  else
    {
      memcpy (bytes, left, left_length);
      memcpy (bytes + left_length, right, right_length);
    }
  return find_merge (self, bytes, left_length, right_length);
}

gboolean
tw_import_add_merge_line (TwImport *self, const char *line, gsize length, gboolean byte_level)
{
  const char *space = memchr (line, ' ', length);
  gsize left = space != NULL ? (gsize) (space - line) : 0;

  return tw_import_add_merge (self, line, left, line + left + 1,
                              space != NULL ? length - left - 1 : 0, byte_level);
}
