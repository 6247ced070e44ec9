/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-text-form-private.h"

#include "libtokenwise/tokens/tw-pretokenizer-text-private.h"
#include "libtokenwise/tokens/tw-utf8-private.h"

#define NORMAL_PART 256u
/* More marks on one letter than any writing has are normalised in parts of this. */
#define NORMAL_PART_MAX 4096u

static void
replace (TwTextForm *self, char *owned, gsize length)
{
  g_free (self->owned);
  self->owned = owned;
  self->text = owned;
  self->length = length;
}

static gboolean
may_change_at (const TwPieces *pieces, gsize i, gsize *ret_size)
{
  return (tw_pieces_class_at (pieces, i, ret_size) & TW_CLASS_NFC) != 0;
}

/* Where the first character is that NFC may change or join to the one before, or length. */
static gsize
find_change (const TwPieces *pieces, gsize i)
{
  gsize size;

  for (; i < pieces->length; i += size)
    {
      size = 1;
      if (pieces->text[i] >= 0x80 && may_change_at (pieces, i, &size))
        return i;
    }
  return pieces->length;
}

/* The end of a part that can be normalised alone: before a character that NFC leaves where it is,
 * near NORMAL_PART or after that. GLib's time grows with the square of a text's compositions. */
static gsize
end_of_part (const TwPieces *pieces, gsize start)
{
  gsize i = start;
  gsize size;

  while (i < pieces->length
         && (i < start + NORMAL_PART
             || (i < start + NORMAL_PART_MAX && may_change_at (pieces, i, &size))))
    {
      tw_pieces_class_at (pieces, i, &size);
      i += size;
    }
  return i;
}

static gsize
previous_character (const TwPieces *pieces, gsize i)
{
  if (i > 0)
    do
      i--;
    while (i > 0 && (pieces->text[i] & 0xc0) == 0x80);
  return i;
}

/* GLib stops at a NUL, so what is between them is normalised. */
static void
append_normalized (GString *all, const char *text, gsize length)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *nul = memchr (text, '\0', (gsize) (end - text));
      gsize size = (gsize) ((nul != NULL ? nul : end) - text);
      g_autofree char *part = g_utf8_normalize (text, (gssize) size, G_NORMALIZE_NFC);

      g_string_append (all, part);
      if (nul != NULL)
        g_string_append_c (all, '\0');
      text += size + 1;
    }
}

static void
normalize (TwTextForm *self, const TwVocabulary *vocabulary)
{
  TwPieces pieces;
  GString *all;
  gsize done = 0;
  gsize change;

  tw_pieces_init (&pieces, vocabulary, self->text, self->length);
  change = find_change (&pieces, 0);
  if (change == self->length)
    return;
  all = g_string_sized_new (self->length + 64);
  for (; change < self->length; change = find_change (&pieces, done))
    {
      gsize start = MAX (previous_character (&pieces, change), done);

      g_string_append_len (all, self->text + done, (gssize) (start - done));
      done = end_of_part (&pieces, start);
      append_normalized (all, self->text + start, done - start);
    }
  g_string_append_len (all, self->text + done, (gssize) (self->length - done));
  replace (self, all->str, all->len);
  g_string_free (all, FALSE);
}

static void
mark_spaces (TwTextForm *self, gboolean with_prefix)
{
  GString *all = g_string_sized_new (self->length + self->length / 2);
  gsize i = 0;

  if (with_prefix)
    g_string_append (all, TW_METASPACE);
  while (i < self->length)
    {
      const char *space = memchr (self->text + i, ' ', self->length - i);
      gsize next = space != NULL ? (gsize) (space - self->text) : self->length;

      g_string_append_len (all, self->text + i, (gssize) (next - i));
      if (space != NULL)
        g_string_append (all, TW_METASPACE);
      i = next + 1;
    }
  replace (self, all->str, all->len);
  g_string_free (all, FALSE);
}

void
tw_text_form_init (TwTextForm *self,
                   const TwVocabulary *vocabulary,
                   const char *text,
                   gsize length,
                   gboolean at_start)
{
  TwVocabularyFlags flags = vocabulary->flags;

  *self = (TwTextForm){ text, length, NULL };
  if (tw_utf8_valid_prefix ((const guint8 *) text, length) != length)
    {
      guint8 *repaired = tw_utf8_repair ((const guint8 *) text, length, &length);

      replace (self, (char *) repaired, length);
    }
  if ((flags & TW_VOCABULARY_NFC) != 0)
    normalize (self, vocabulary);
  if ((flags & TW_VOCABULARY_METASPACE) != 0 && self->length > 0)
    mark_spaces (self, at_start && (flags & TW_VOCABULARY_DUMMY_PREFIX) != 0);
}

void
tw_text_form_clear (TwTextForm *self)
{
  g_clear_pointer (&self->owned, g_free);
}

void
tw_text_form_undo (const TwVocabulary *vocabulary, GByteArray *bytes)
{
  gsize kept = 0;

  if ((vocabulary->flags & TW_VOCABULARY_METASPACE) == 0)
    return;
  for (gsize i = 0; i < bytes->len; kept++)
    {
      gboolean is_mark = bytes->len - i >= 3 && memcmp (bytes->data + i, TW_METASPACE, 3) == 0;

      bytes->data[kept] = is_mark ? ' ' : bytes->data[i];
      i += is_mark ? 3 : 1;
    }
  g_byte_array_set_size (bytes, (guint) kept);
  if ((vocabulary->flags & TW_VOCABULARY_DUMMY_PREFIX) != 0 && kept > 0 && bytes->data[0] == ' ')
    g_byte_array_remove_index (bytes, 0);
}
