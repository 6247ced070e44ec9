/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-claude-pieces-private.h"
#include "libtokenwise/tokens/tw-claude-pieces-source-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/tokens/tw-utf8-private.h"

#include <string.h>

/* The published files have up to 65,000 pieces with a witness each, 8 MB. */
#define MAX_JSON_BYTES (64u << 20)
#define MAX_PIECES 1000000u
#define MAX_OVERHEAD 1000
#define MAX_CAPS_MIN 1000

static const struct
{
  const char *name;
  guint8 mark;
} atoms[] = {
  { "⟨bow⟩", TW_MARK_BEGIN },
  { "⟨eow⟩", TW_MARK_END },
  { "⟨shift⟩", TW_MARK_SHIFT },
  { "⟨caps⟩", TW_MARK_CAPS },
};

gboolean
tw_claude_pieces_is_source (GBytes *file)
{
  gsize size;
  const char *text = g_bytes_get_data (file, &size);
  gsize start = 0;

  if (text == NULL)
    return FALSE;
  while (start < size && g_ascii_isspace (text[start]))
    start++;
  return start < size && text[start] == '{'
         && memmem (text, size, "\"message_overhead\"", 18) != NULL
         && memmem (text, size, "\"bytes_fallback\"", 16) != NULL;
}

static gboolean
fail (GError **error, const char *problem)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The file is no pieces file of Claude's tokenizer: %s Use ctok's pieces_v3.json or "
               "pieces_v4_7.json.",
               problem);
  return FALSE;
}

/* “⟨0xE2⟩”, or FALSE. */
static gboolean
parse_byte_atom (const char *at, guint8 *ret_byte)
{
  int high, low;

  if (!g_str_has_prefix (at, "⟨0x"))
    return FALSE;
  at += strlen ("⟨0x");
  high = g_ascii_xdigit_value (at[0]);
  low = high < 0 ? -1 : g_ascii_xdigit_value (at[1]);
  if (low < 0 || !g_str_has_prefix (at + 2, "⟩"))
    return FALSE;
  *ret_byte = (guint8) (high << 4 | low);
  return TRUE;
}

static gsize
parse_atom (const char *at, guint8 *ret_byte)
{
  for (guint i = 0; i < G_N_ELEMENTS (atoms); i++)
    if (g_str_has_prefix (at, atoms[i].name))
      {
        *ret_byte = atoms[i].mark;
        return strlen (atoms[i].name);
      }
  if (parse_byte_atom (at, ret_byte))
    return strlen ("⟨0x00⟩");
  *ret_byte = (guint8) *at;
  return 1;
}

static gboolean
is_text_and_marks (const GByteArray *piece)
{
  for (guint i = 0; i < piece->len;)
    {
      gsize valid = tw_utf8_valid_prefix (piece->data + i, piece->len - i);

      i += (guint) valid;
      if (i == piece->len)
        return TRUE;
      if (piece->data[i] < TW_MARK_BEGIN || piece->data[i] > TW_MARK_CAPS)
        return FALSE;
      i++;
    }
  return TRUE;
}

static gboolean
add_piece (TwPiecesSource *self, const char *spelling, gboolean with_end, GError **error)
{
  g_autoptr (GByteArray) piece = g_byte_array_new ();
  guint8 byte;

  for (const char *at = spelling; *at != '\0' && piece->len <= TW_PIECES_MAX_BYTES;)
    {
      at += parse_atom (at, &byte);
      g_byte_array_append (piece, &byte, 1);
    }
  byte = TW_MARK_END;
  if (with_end)
    g_byte_array_append (piece, &byte, 1);
  if (piece->len == 0 || piece->len > TW_PIECES_MAX_BYTES || self->pieces->len == MAX_PIECES)
    return fail (error, "it has too many pieces, or one that is empty or too long.");
  if (!is_text_and_marks (piece) || memchr (piece->data, '\0', piece->len) != NULL)
    return fail (error, "a piece has bytes that are no text.");
  g_ptr_array_add (self->pieces, g_byte_array_free_to_bytes (g_steal_pointer (&piece)));
  return TRUE;
}

/* "e4b8" */
static gboolean
add_prefix (TwPiecesSource *self, const char *hex, GError **error)
{
  gsize length = strlen (hex);
  guint64 bytes;

  if (length < 2 || length > 8 || length % 2 != 0
      || !g_ascii_string_to_unsigned (hex, 16, 0, G_MAXUINT32, &bytes, NULL))
    return fail (error, "tokens.bytes_fallback has a member that is not the hexadecimal form of "
                        "one to four bytes.");
  g_hash_table_add (self->prefixes, GUINT_TO_POINTER ((guint) bytes));
  return TRUE;
}

static gboolean
add_member (TwPiecesSource *self, const char *group, const char *spelling, GError **error)
{
  if (spelling == NULL)
    return fail (error, "a group of its tokens has a member that is no string.");
  if (g_str_equal (group, "bytes_fallback"))
    return add_prefix (self, spelling, error);
  /* The file has “'t”; in the stream a word's end follows it. */
  if (g_str_equal (group, "contractions") && !add_piece (self, spelling, TRUE, error))
    return FALSE;
  return add_piece (self, spelling, FALSE, error);
}

/* Older files have a list, newer ones an object of pieces and their witnesses. */
static gboolean
read_group (TwPiecesSource *self, const cJSON *group, GError **error)
{
  const cJSON *member = NULL;

  if (!cJSON_IsArray (group) && !cJSON_IsObject (group))
    return fail (error, "a group of its tokens is neither a list nor an object.");
  cJSON_ArrayForEach (member, group)
  {
    const char *spelling = cJSON_IsArray (group) ? cJSON_GetStringValue (member) : member->string;

    if (!add_member (self, group->string, spelling, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_caps_min (TwPiecesSource *self, const cJSON *meta, GError **error)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (meta, "allcaps_min");
  gint64 caps_min = 4;

  if (cJSON_IsNull (item))
    caps_min = 0;
  else if (item != NULL
           && (!tw_json_integer (meta, "allcaps_min", &caps_min) || caps_min < 1
               || caps_min > MAX_CAPS_MIN))
    return fail (error, "meta.allcaps_min is not a number of letters.");
  self->caps_min = (guint32) caps_min;
  return TRUE;
}

static gboolean
read_meta (TwPiecesSource *self, const cJSON *meta, GError **error)
{
  const char *tail = tw_json_string (meta, "frame_tail");
  gint64 overhead;

  if (!tw_json_integer (meta, "message_overhead", &overhead) || overhead < 0
      || overhead > MAX_OVERHEAD)
    return fail (error, "meta.message_overhead is not a number of tokens.");
  if (!tw_json_boolean (meta, "fold_quotes", &self->fold_quotes))
    return fail (error, "meta.fold_quotes is missing.");
  self->overhead = (guint32) overhead;
  self->frame_begins_word = TRUE;
  tw_json_boolean (meta, "frame_bow", &self->frame_begins_word);
  if (tail != NULL && !g_str_equal (tail, "ladder") && !g_str_equal (tail, "free"))
    return fail (error, "meta.frame_tail is neither “ladder” nor “free”.");
  self->frame_ends_lines = tail == NULL || g_str_equal (tail, "ladder");
  return read_caps_min (self, meta, error);
}

static gboolean
read_all (TwPiecesSource *self, const cJSON *root, GError **error)
{
  const cJSON *tokens = tw_json_object (root, "tokens");
  const cJSON *group = NULL;

  if (!read_meta (self, tw_json_object (root, "meta"), error))
    return FALSE;
  if (cJSON_GetObjectItemCaseSensitive (tokens, "bytes_fallback") == NULL
      || cJSON_GetObjectItemCaseSensitive (tokens, "contractions") == NULL)
    return fail (error, "tokens lacks bytes_fallback or contractions.");
  cJSON_ArrayForEach (group, tokens) if (!read_group (self, group, error)) return FALSE;
  return TRUE;
}

TwPiecesSource *
tw_pieces_source_read (GBytes *json, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (json, &size);
  g_autoptr (cJSON) root = tw_json_parse (text, (gssize) size, MAX_JSON_BYTES, error);
  g_autoptr (TwPiecesSource) self = NULL;

  if (root == NULL)
    return NULL;
  self = g_new0 (TwPiecesSource, 1);
  self->pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->prefixes = g_hash_table_new (NULL, NULL);
  return read_all (self, root, error) ? g_steal_pointer (&self) : NULL;
}

void
tw_pieces_source_free (TwPiecesSource *self)
{
  g_ptr_array_unref (self->pieces);
  g_hash_table_unref (self->prefixes);
  g_free (self);
}
