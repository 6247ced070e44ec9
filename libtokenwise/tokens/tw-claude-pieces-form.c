/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-claude-pieces-text-private.h"

#include "libtokenwise/tokens/tw-utf8-private.h"

/* More marks on one character than any text has; UAX #15 has 30 for a stream-safe text. */
#define MAX_UNSTABLE 256u
#define NIKHAHIT 0x0e4du
#define SARA_AA "\xe0\xb8\xb2"
#define SARA_AM "\xe0\xb8\xb3"

static void
replace (TwPiecesForm *self, char *owned, gsize length)
{
  g_free (self->owned);
  self->owned = owned;
  self->text = (const guint8 *) owned;
  self->length = length;
}

/* Bytes at the front of which none is beyond ASCII or a control but TAB and LF, eight at a time;
 * there may be more. */
static gsize
skip_plain (const guint8 *text, gsize length)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  gsize i = 0;

  for (; length - i >= sizeof (guint64); i += sizeof (guint64))
    {
      guint64 word;

      memcpy (&word, text + i, sizeof word);
      /* A byte below 32 borrows from its top bit; DEL reaches it. Borrows may also set the next. */
      if (((word | (word - ones * 0x20) | (word + ones)) & ones * 0x80) != 0)
        break;
    }
  return i;
}

/* All flags among the records of the text. */
static guint32
find_flags (const TwPiecesForm *self, const TwClaudePieces *pieces)
{
  guint32 flags = 0;
  gsize size;

  for (gsize i = 0; i < self->length; i += size)
    {
      size = skip_plain (self->text + i, self->length - i);
      if (size == 0)
        flags |= tw_pieces_record_at (pieces, self->text + i, &size);
    }
  return flags;
}

/* The end of characters from `at` on that NFC may change or join to the one before them. */
static gsize
find_stable (const TwPiecesForm *self, const TwClaudePieces *pieces, gsize at)
{
  for (guint n = 0; at < self->length && n < MAX_UNSTABLE; n++)
    {
      gsize size;

      if ((tw_pieces_record_at (pieces, self->text + at, &size) & TW_RECORD_NFC) == 0)
        break;
      at += size;
    }
  return at;
}

static void
append_normalized (GString *all, const guint8 *text, gsize length)
{
  g_autofree char *part = g_utf8_normalize ((const char *) text, (gssize) length, G_NORMALIZE_NFC);

  g_string_append (all, part);
}

/* Piece by piece: GLib takes a time that grows with the square of the length. */
static void
normalize (TwPiecesForm *self, const TwClaudePieces *pieces)
{
  GString *all = g_string_sized_new (self->length);
  gsize done = 0, last = 0, size;

  for (gsize i = 0; i < self->length; i += size)
    {
      gsize stable;

      size = skip_plain (self->text + i, self->length - i);
      if (size > 0)
        {
          last = i + size - 1;
          continue;
        }
      if ((tw_pieces_record_at (pieces, self->text + i, &size) & TW_RECORD_NFC) == 0)
        {
          last = i;
          continue;
        }
      stable = find_stable (self, pieces, i);
      /* GLib stops at a NUL, to which nothing is joined. */
      if (last >= done && self->text[last] == '\0')
        last++;
      last = MAX (last, done);
      g_string_append_len (all, (const char *) self->text + done, (gssize) (last - done));
      append_normalized (all, self->text + last, stable - last);
      done = last = stable;
      size = stable - i;
    }
  g_string_append_len (all, (const char *) self->text + done, (gssize) (self->length - done));
  replace (self, all->str, all->len);
  g_string_free (all, FALSE);
}

/* Claude's tokenizer joins the two parts of Thai SARA AM, which NFC does not, also over controls,
 * but not over private use. */
static gboolean
may_still_join (gboolean joins, guint32 record, const guint8 *at, gsize size)
{
  guint32 target = record >> TW_RECORD_TARGET_SHIFT;

  if ((record & TW_RECORD_EDIT) == 0)
    return FALSE;
  if (target == 0)
    return joins && (size < 3 || at[0] < 0xee);
  return target == NIKHAHIT;
}

static void
edit (TwPiecesForm *self, const TwClaudePieces *pieces)
{
  GString *all = g_string_sized_new (self->length);
  gboolean joins = FALSE;
  gsize done = 0, size;

  for (gsize i = 0; i < self->length; i += size)
    {
      const guint8 *at = self->text + i;
      guint32 record = tw_pieces_record_at (pieces, at, &size);
      guint32 target = record >> TW_RECORD_TARGET_SHIFT;
      gboolean is_second = joins && size == 3 && memcmp (at, SARA_AA, 3) == 0;

      joins = may_still_join (joins, record, at, size);
      if ((record & TW_RECORD_EDIT) == 0 && !is_second)
        continue;
      g_string_append_len (all, (const char *) self->text + done, (gssize) (i - done));
      done = i + size;
      if (is_second)
        {
          g_string_truncate (all, all->len - 3);
          g_string_append (all, SARA_AM);
        }
      else if (target != 0)
        g_string_append_unichar (all, target);
    }
  g_string_append_len (all, (const char *) self->text + done, (gssize) (self->length - done));
  replace (self, all->str, all->len);
  g_string_free (all, FALSE);
}

void
tw_pieces_form_init (TwPiecesForm *self,
                     const TwClaudePieces *pieces,
                     const char *text,
                     gsize length)
{
  guint32 flags;

  *self = (TwPiecesForm){ (const guint8 *) text, length, NULL };
  if (tw_utf8_valid_prefix (self->text, length) != length)
    {
      guint8 *repaired = tw_utf8_repair (self->text, length, &length);

      replace (self, (char *) repaired, length);
    }
  flags = find_flags (self, pieces);
  if ((flags & TW_RECORD_NFC) != 0)
    normalize (self, pieces);
  if ((flags & TW_RECORD_EDIT) != 0)
    edit (self, pieces);
}

void
tw_pieces_form_clear (TwPiecesForm *self)
{
  g_clear_pointer (&self->owned, g_free);
}
