/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-text-edit-private.h"

#include "libtokenwise/tokens/tw-text-break-private.h"
#include "libtokenwise/tokens/tw-text-run-private.h"

/* How far to look for a break on either side at first; most words end sooner. */
#define FIRST_REACH 48u
/* Scratch beyond this is given back after the edit. */
#define SCRATCH_BYTES 65536u

/* The part of the text that an edit counts again. All but offset are places in the scratch. */
typedef struct
{
  gsize offset; /* of the scratch's first byte in the text */
  gsize start;
  gsize edit;
  gsize edit_end;
  gsize end;
} Span;

void
tw_text_editor_init (TwTextEditor *self, const TwEncoding *encoding)
{
  self->encoding = encoding;
  self->vocabulary = tw_encoding_get_vocabulary (encoding);
  self->pages = tw_text_pages_new ();
  self->tokens = 0;
  self->before = g_byte_array_new ();
  self->after = g_byte_array_new ();
  self->marks = g_byte_array_new ();
  self->ids = g_array_new (FALSE, FALSE, sizeof (guint32));
}

void
tw_text_editor_clear (TwTextEditor *self)
{
  g_clear_pointer (&self->pages, tw_text_pages_free);
  g_clear_pointer (&self->before, g_byte_array_unref);
  g_clear_pointer (&self->after, g_byte_array_unref);
  g_clear_pointer (&self->marks, g_byte_array_unref);
  g_clear_pointer (&self->ids, g_array_unref);
}

/* The last break that the edit cannot touch: the characters on both its sides lie before it. */
static gboolean
find_start (const TwTextEditor *self, Span *span)
{
  for (gsize at = span->edit; at-- > 1;)
    if (tw_text_is_break (self->vocabulary, self->before->data, span->edit, at))
      {
        span->start = at;
        return TRUE;
      }
  span->start = 0;
  return span->offset == 0;
}

static gboolean
find_end (const TwTextEditor *self, Span *span, gboolean at_text_end)
{
  const guint8 *rest = self->before->data + span->edit_end;
  gsize length = self->before->len - span->edit_end;

  for (gsize at = 1; at < length; at++)
    if (tw_text_is_break (self->vocabulary, rest, length, at))
      {
        span->end = span->edit_end + at;
        return TRUE;
      }
  span->end = self->before->len;
  return at_text_end;
}

static void
find_span (TwTextEditor *self, gsize offset, gsize n_deleted, Span *span)
{
  gsize length = tw_text_pages_get_length (self->pages);
  gboolean found = FALSE;

  for (gsize reach = FIRST_REACH; !found; reach *= 4)
    {
      gsize before = MIN (reach, offset);
      gsize after = MIN (reach, length - offset - n_deleted);

      g_byte_array_set_size (self->before, (guint) (before + n_deleted + after));
      span->offset = offset - before;
      span->edit = before;
      span->edit_end = before + n_deleted;
      tw_text_pages_read (self->pages, span->offset, self->before->len, self->before->data);
      found
          = find_start (self, span) && find_end (self, span, after == length - offset - n_deleted);
    }
}

static gsize
count (const TwTextEditor *self, const Span *span, const guint8 *bytes, gsize length)
{
  return tw_encoding_count_part (self->encoding, (const char *) bytes, length,
                                 span->offset + span->start == 0);
}

/* What the span's bytes are after the edit. */
static void
write_after (TwTextEditor *self, const Span *span, const guint8 *bytes, gsize length)
{
  const guint8 *old = self->before->data;
  gsize before = span->edit - span->start;
  gsize behind = span->end - span->edit_end;

  g_byte_array_set_size (self->after, 0);
  if (before > 0)
    g_byte_array_append (self->after, old + span->start, (guint) before);
  if (length > 0)
    g_byte_array_append (self->after, bytes, (guint) length);
  if (behind > 0)
    g_byte_array_append (self->after, old + span->edit_end, (guint) behind);
}

static void
trim_scratch (GByteArray **scratch)
{
  if ((*scratch)->len <= SCRATCH_BYTES)
    return;
  g_byte_array_unref (*scratch);
  *scratch = g_byte_array_new ();
}

void
tw_text_editor_replace (
    TwTextEditor *self, gsize offset, gsize n_deleted, const guint8 *bytes, gsize length)
{
  Span span;

  if (tw_text_run_replace (self, offset, n_deleted, bytes, length))
    return;
  find_span (self, offset, n_deleted, &span);
  write_after (self, &span, bytes, length);
  self->tokens += count (self, &span, self->after->data, self->after->len);
  self->tokens -= count (self, &span, self->before->data + span.start, span.end - span.start);
  tw_text_pages_delete (self->pages, offset, n_deleted);
  tw_text_pages_insert (self->pages, offset, bytes, length);
  tw_text_pages_forget_marks (self->pages, span.offset + span.start, self->after->len);
  tw_text_run_mark (self, span.offset + span.start);
  trim_scratch (&self->before);
  trim_scratch (&self->after);
  trim_scratch (&self->marks);
}
