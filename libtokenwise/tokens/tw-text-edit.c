/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-text-edit-private.h"

#include "libtokenwise/tokens/tw-merge-private.h"
#include "libtokenwise/tokens/tw-pretokenizer-private.h"
#include "libtokenwise/tokens/tw-text-break-private.h"
#include "libtokenwise/tokens/tw-text-run-private.h"

/* How far to look for a break on either side at first; most words end sooner. */
#define FIRST_REACH 48u
/* From this on, a text that repeats one character is not read whole. */
#define FAR_REACH 768u
/* Of such a text, what is kept at least on both sides of what is left out, and what is behind it. A
 * piece of this is longer than any token, which a piece of its length might be without a merge. */
#define KEPT 136u
#define KEPT_DIGITS 24u
#define NEAR 32u
#define CONTEXT 256u
G_STATIC_ASSERT (2 * KEPT > TW_TOKEN_MAX_BYTES);
/* How many lengths of runs are remembered. */
#define REPEATS_MAX 4096u
#define UNIT_MAX 128u
#define UNIT_UNKNOWN 0u
#define UNIT_NONE 255u
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

/* Why text may be left out. In an encoding each two neighbours fit (tw_merge_is_seam), so where it
 * has one token twice in a row, it is still an encoding with any other number of them there. That
 * counts the same number of tokens before and after the edit, and no pattern tells a run of one
 * character from a longer one; but for digits, of which every third may start a piece, so that they
 * are left out in threes. If all that digits can be cut into are tokens, it does not matter which
 * digits they are. */
typedef struct
{
  gsize at; /* the text that is left out; length 0 when there is none */
  gsize length;
  gsize unit; /* bytes of the token that must be there twice; 0 for digits */
  gsize zone; /* the run around it: a place in the scratch, where it is zone_length bytes */
  gsize zone_length;
  gsize kept; /* of the run on each side, at least */
} Gap;

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
  self->repeats = g_hash_table_new (NULL, NULL);
  memset (self->units, UNIT_UNKNOWN, sizeof self->units);
  self->digits = TW_DIGITS_UNKNOWN;
}

void
tw_text_editor_clear (TwTextEditor *self)
{
  g_clear_pointer (&self->pages, tw_text_pages_free);
  g_clear_pointer (&self->before, g_byte_array_unref);
  g_clear_pointer (&self->after, g_byte_array_unref);
  g_clear_pointer (&self->marks, g_byte_array_unref);
  g_clear_pointer (&self->ids, g_array_unref);
  g_clear_pointer (&self->repeats, g_hash_table_unref);
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

/* FALSE when there is no break within the reach. */
static gboolean
find_span (TwTextEditor *self, gsize offset, gsize n_deleted, gsize max_reach, Span *span)
{
  gsize length = tw_text_pages_get_length (self->pages);

  for (gsize reach = FIRST_REACH; reach <= max_reach; reach *= 4)
    {
      gsize before = MIN (reach, offset);
      gsize after = MIN (reach, length - offset - n_deleted);

      g_byte_array_set_size (self->before, (guint) (before + n_deleted + after));
      span->offset = offset - before;
      span->edit = before;
      span->edit_end = before + n_deleted;
      tw_text_pages_read (self->pages, span->offset, self->before->len, self->before->data);
      if (find_start (self, span) && find_end (self, span, after == length - offset - n_deleted))
        return TRUE;
    }
  return FALSE;
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

/* The bytes of the token that a text of this character alone has again and again. */
static guint8
find_unit (TwTextEditor *self, guint8 c)
{
  guint8 text[1024];
  const guint32 *ids;

  if (self->units[c] != UNIT_UNKNOWN)
    return self->units[c];
  memset (text, c, sizeof text);
  g_array_set_size (self->ids, 0);
  tw_merge_piece (self->vocabulary, text, sizeof text, self->ids);
  ids = (const guint32 *) (gpointer) self->ids->data;
  self->units[c] = UNIT_NONE;
  for (guint i = 0; i + 1 < self->ids->len && self->units[c] == UNIT_NONE; i++)
    if (ids[i] == ids[i + 1] && self->vocabulary->lengths[ids[i]] <= UNIT_MAX)
      self->units[c] = self->vocabulary->lengths[ids[i]];
  return self->units[c];
}

static gboolean
has_all_numbers (const TwTextEditor *self, guint max_digits)
{
  guint limit = 1;

  for (guint size = 1; size <= max_digits; size++)
    {
      limit *= 10;
      for (guint i = 0; i < limit; i++)
        {
          char text[8];

          g_snprintf (text, sizeof text, "%0*u", (int) size, i);
          if (tw_encoding_count_part (self->encoding, text, size, FALSE) != 1)
            return FALSE;
        }
    }
  return TRUE;
}

/* Whether digits are cut into pieces by their number alone, and each piece is a token. */
static gboolean
digits_are_tokens (TwTextEditor *self)
{
  gboolean single = self->vocabulary->pretokenizer == TW_PRETOKENIZER_QWEN2
                    || self->vocabulary->pretokenizer == TW_PRETOKENIZER_TEKKEN;

  if (self->vocabulary->pretokenizer == TW_PRETOKENIZER_R50K)
    return FALSE;
  if (self->digits == TW_DIGITS_UNKNOWN)
    self->digits
        = has_all_numbers (self, single ? 1 : 3) ? TW_DIGITS_ARE_TOKENS : TW_DIGITS_ARE_NOT;
  return self->digits == TW_DIGITS_ARE_TOKENS;
}

/* What may be left out of a run that has the character *low: characters from *low to *ret_high, in
 * units of *ret_step. */
static gboolean
find_range (TwTextEditor *self, guint8 *low, guint8 *ret_high, gsize *ret_step, Gap *gap)
{
  guint8 c = *low;

  *ret_high = c;
  if (self->vocabulary->pretokenizer == TW_PRETOKENIZER_NONE || c >= 0x80)
    return FALSE;
  if (g_ascii_isdigit (c) && digits_are_tokens (self))
    {
      *low = '0';
      *ret_high = '9';
      *ret_step = 3;
      gap->unit = 0;
      gap->kept = KEPT_DIGITS;
      return TRUE;
    }
  gap->unit = find_unit (self, c);
  gap->kept = MAX (KEPT, gap->unit * 3 / 2);
  *ret_step = gap->unit * (g_ascii_isdigit (c) ? 3 : 1);
  return gap->unit != UNIT_NONE;
}

/* Of the run that is just before the edit. Moves *start to where text is to be read from. */
static void
find_gap_before (TwTextEditor *self, gsize offset, gsize *start, Gap *gap)
{
  gsize end = offset - NEAR;
  gsize step;
  gsize run;
  guint8 low;
  guint8 high;

  tw_text_pages_read (self->pages, end - 1, 1, &low);
  if (!find_range (self, &low, &high, &step, gap))
    return;
  run = tw_text_pages_run_before (self->pages, end, low, high);
  if (run < 2 * gap->kept + step)
    return;
  gap->length = (run - 2 * gap->kept) / step * step;
  gap->at = end - gap->kept - gap->length;
  *start = end - run - MIN (CONTEXT, end - run);
  gap->zone = end - run - *start;
  gap->zone_length = run - gap->length;
}

static void
find_gap_behind (TwTextEditor *self, gsize offset, gsize *end, Gap *gap)
{
  gsize start = offset + NEAR;
  gsize length = tw_text_pages_get_length (self->pages);
  gsize step;
  gsize run;
  guint8 low;
  guint8 high;

  tw_text_pages_read (self->pages, start, 1, &low);
  if (!find_range (self, &low, &high, &step, gap))
    return;
  run = tw_text_pages_run_after (self->pages, start, low, high);
  if (run < 2 * gap->kept + step)
    return;
  gap->length = (run - 2 * gap->kept) / step * step;
  gap->at = start + gap->kept;
  *end = start + run + MIN (CONTEXT, length - start - run);
  gap->zone = start;
  gap->zone_length = run - gap->length;
}

/* As find_span, with long runs cut short. */
static gboolean
find_short_span (TwTextEditor *self, gsize offset, gsize n_deleted, Span *span, Gap gaps[2])
{
  gsize length = tw_text_pages_get_length (self->pages);
  gsize edit_end = offset + n_deleted;
  gsize start = offset - MIN (FAR_REACH, offset);
  gsize end = edit_end + MIN (FAR_REACH, length - edit_end);
  guint8 *scratch;
  gsize first;
  gsize second;
  gsize third;

  memset (gaps, 0, 2 * sizeof *gaps);
  gaps[0].at = start;
  gaps[1].at = end;
  if (offset > FAR_REACH)
    find_gap_before (self, offset, &start, &gaps[0]);
  if (length - edit_end > FAR_REACH)
    find_gap_behind (self, edit_end, &end, &gaps[1]);
  if (gaps[0].length == 0 && gaps[1].length == 0)
    return FALSE;
  first = gaps[0].at - start;
  second = gaps[1].at - gaps[0].at - gaps[0].length;
  third = end - gaps[1].at - gaps[1].length;
  g_byte_array_set_size (self->before, (guint) (first + second + third));
  scratch = self->before->data;
  tw_text_pages_read (self->pages, start, first, scratch);
  tw_text_pages_read (self->pages, gaps[0].at + gaps[0].length, second, scratch + first);
  tw_text_pages_read (self->pages, gaps[1].at + gaps[1].length, third, scratch + first + second);
  gaps[1].zone -= start + gaps[0].length;
  span->offset = start;
  span->edit = offset - start - gaps[0].length;
  span->edit_end = span->edit + n_deleted;
  return find_start (self, span) && find_end (self, span, end == length)
         && (gaps[0].length == 0 || span->start <= gaps[0].zone)
         && (gaps[1].length == 0 || span->end >= gaps[1].zone + gaps[1].zone_length);
}

/* Whether a token is there twice in a row in the piece, between start and end. */
static gboolean
merge_repeats (
    TwTextEditor *self, const guint8 *piece, gsize length, gsize start, gsize end, gsize unit)
{
  gsize at = 0;
  gsize last = 0;

  g_array_set_size (self->ids, 0);
  tw_merge_piece (self->vocabulary, piece, length, self->ids);
  for (guint i = 0; i < self->ids->len; i++)
    {
      gsize size = self->vocabulary->lengths[g_array_index (self->ids, guint32, i)];

      if (size == unit && last == unit && at >= start + unit && at + unit <= end)
        return TRUE;
      last = size;
      at += size;
    }
  return FALSE;
}

/* The same; what has been merged once is known, if it is one character throughout. */
static gboolean
piece_repeats (
    TwTextEditor *self, const guint8 *piece, gsize length, gsize start, gsize end, gsize unit)
{
  gpointer key = GSIZE_TO_POINTER (length << 8 | piece[0]);
  gpointer known;
  gboolean repeats;

  if (length <= TW_TOKEN_MAX_BYTES)
    return FALSE;
  if (memcmp (piece, piece + 1, length - 1) != 0)
    return merge_repeats (self, piece, length, start, end, unit);
  if (g_hash_table_lookup_extended (self->repeats, key, NULL, &known))
    return GPOINTER_TO_INT (known);
  if (g_hash_table_size (self->repeats) >= REPEATS_MAX)
    g_hash_table_remove_all (self->repeats);
  repeats = merge_repeats (self, piece, length, 0, length, unit);
  g_hash_table_insert (self->repeats, key, GINT_TO_POINTER (repeats));
  return repeats;
}

/* Whether what is left out of the bytes is as it was assumed; zones: of the gaps, in the bytes. */
static gboolean
gaps_repeat (
    TwTextEditor *self, const guint8 *bytes, gsize length, const Gap gaps[2], const gsize zones[2])
{
  gboolean right[2];
  gsize start = 0;
  gsize ends[TW_PIECES_BATCH];
  TwPieces pieces;
  guint n;

  for (guint j = 0; j < 2; j++)
    right[j] = gaps[j].length == 0 || gaps[j].unit == 0;
  tw_pieces_init (&pieces, self->vocabulary, (const char *) bytes, length);
  while (!(right[0] && right[1]) && (n = tw_pieces_next (&pieces, ends, TW_PIECES_BATCH)) > 0)
    for (guint i = 0; i < n; start = ends[i++])
      for (guint j = 0; j < 2; j++)
        right[j] = right[j]
                   || (ends[i] > zones[j] && start < zones[j] + gaps[j].zone_length
                       && piece_repeats (self, bytes + start, ends[i] - start,
                                         zones[j] - MIN (start, zones[j]),
                                         zones[j] + gaps[j].zone_length - start, gaps[j].unit));
  return right[0] && right[1];
}

static gboolean
gaps_are_right (TwTextEditor *self, const Span *span, gsize n_deleted, gsize length, Gap gaps[2])
{
  const guint8 *before = self->before->data + span->start;
  const guint8 *after = self->after->data;
  gsize size = span->end - span->start;
  gsize zones[2] = { gaps[0].zone - span->start, gaps[1].zone - span->start };
  gsize zones_after[2] = { zones[0], zones[1] - n_deleted + length };

  return tw_text_run_is_plain (self, before, size)
         && tw_text_run_is_plain (self, after, self->after->len)
         && gaps_repeat (self, before, size, gaps, zones)
         && gaps_repeat (self, after, self->after->len, gaps, zones_after);
}

static void
trim_scratch (GByteArray **scratch)
{
  if ((*scratch)->len <= SCRATCH_BYTES)
    return;
  g_byte_array_unref (*scratch);
  *scratch = g_byte_array_new ();
}

/* Finds the span and writes what it is after the edit. Returns how many bytes of the text between
 * its ends are left out. */
static gsize
prepare (TwTextEditor *self,
         gsize offset,
         gsize n_deleted,
         const guint8 *bytes,
         gsize length,
         Span *span)
{
  Gap gaps[2];

  if (!find_span (self, offset, n_deleted, FAR_REACH, span))
    {
      if (find_short_span (self, offset, n_deleted, span, gaps))
        {
          write_after (self, span, bytes, length);
          if (gaps_are_right (self, span, n_deleted, length, gaps))
            return gaps[0].length + gaps[1].length;
        }
      find_span (self, offset, n_deleted, G_MAXSIZE / 4, span);
    }
  write_after (self, span, bytes, length);
  return 0;
}

void
tw_text_editor_replace (
    TwTextEditor *self, gsize offset, gsize n_deleted, const guint8 *bytes, gsize length)
{
  Span span;
  gsize left_out;

  if (tw_text_run_replace (self, offset, n_deleted, bytes, length))
    return;
  left_out = prepare (self, offset, n_deleted, bytes, length, &span);
  self->tokens += count (self, &span, self->after->data, self->after->len);
  self->tokens -= count (self, &span, self->before->data + span.start, span.end - span.start);
  tw_text_pages_delete (self->pages, offset, n_deleted);
  tw_text_pages_insert (self->pages, offset, bytes, length);
  tw_text_pages_forget_marks (self->pages, span.offset + span.start, self->after->len + left_out);
  if (left_out == 0)
    tw_text_run_mark (self, span.offset + span.start);
  trim_scratch (&self->before);
  trim_scratch (&self->after);
  trim_scratch (&self->marks);
}
