/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-text-run-private.h"

#include "libtokenwise/tokens/tw-merge-private.h"
#include "libtokenwise/tokens/tw-pretokenizer-private.h"
#include "libtokenwise/tokens/tw-text-break-private.h"
#include "libtokenwise/tokens/tw-utf8-private.h"

/* Why this is exact. Inside a run of characters of one kind, no pattern tells a longer run from a
 * shorter one once both are longer than all that a pattern looks at; so an edit that leaves a run a
 * run moves no boundary between pieces. Inside a piece, tokens are its encoding if each two
 * neighbours fit (tw_merge_is_seam); so when some of them are replaced by the encoding of their
 * bytes and fit on both sides, all others stay. */

/* Shorter pieces are merged whole. */
#define LONG_PIECE 1024u
/* Homogeneous text that is asked for: more than the longest token, which a piece of its length
 * might be without a merge. */
#define REACH 256u
G_STATIC_ASSERT (REACH > TW_TOKEN_MAX_BYTES);
/* Away from the ends of a run, where a contraction or a prefix may claim some of it. */
#define MARGIN 12u
#define MOST_REACH 16384u
#define REPEATED 64u

typedef enum
{
  KIND_NONE,
  KIND_LOWER,
  KIND_UPPER,
  KIND_LETTER, /* either, where words are not split by case */
  KIND_SYMBOL,
  KIND_SPACE,
  /* Letters without case that no normalisation changes. */
  KIND_HAN, /* and kana */
  KIND_HANGUL,
} Kind;

/* The edit and what is around it; places are in the scratch, which holds the text before it. */
typedef struct
{
  gsize offset; /* of the scratch's first byte in the text */
  gsize edit;
  gsize edit_end;
  gboolean at_start; /* of the text */
  gboolean at_end;
  Kind kind;
  gsize left; /* the token before those that are merged again; start when there is none */
  gsize start;
  gsize end;
  gsize right; /* end of the token after them; end when there is none */
} Window;

static Kind
ascii_kind (const TwVocabulary *vocabulary, guint8 c)
{
  gboolean by_case = vocabulary->pretokenizer == TW_PRETOKENIZER_O200K
                     || vocabulary->pretokenizer == TW_PRETOKENIZER_TEKKEN;

  if (g_ascii_isalpha (c))
    return !by_case ? KIND_LETTER : g_ascii_islower (c) ? KIND_LOWER : KIND_UPPER;
  if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
    return KIND_SPACE;
  return g_ascii_ispunct (c) ? KIND_SYMBOL : KIND_NONE;
}

/* The kind of the character at text and its size; or of the part of one. */
static Kind
kind_at (const TwVocabulary *vocabulary, const guint8 *text, gsize length, gsize *ret_size)
{
  gunichar c;

  *ret_size = 1;
  if (text[0] < 0x80)
    return ascii_kind (vocabulary, text[0]);
  *ret_size = 3;
  if (length < 3 || text[0] < 0xe3 || text[0] > 0xed || (text[1] & 0xc0) != 0x80
      || (text[2] & 0xc0) != 0x80)
    return KIND_NONE;
  c = (text[0] & 0x0fu) << 12 | (text[1] & 0x3fu) << 6 | (text[2] & 0x3fu);
  if ((c >= 0x4e00 && c <= 0x9fa5) || (c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fa)
      || c == 0x30fc)
    return KIND_HAN;
  return c >= 0xac00 && c <= 0xd7a3 ? KIND_HANGUL : KIND_NONE;
}

/* How many characters from the start on are letters of this kind, which most of a run are; what
 * else is there takes longer to tell. */
static gsize
skip_letters (const guint8 *text, gsize length, Kind kind)
{
  guint8 first = kind == KIND_UPPER ? 'A' : 'a';
  guint8 fold = kind == KIND_LETTER ? 0x20 : 0;
  gsize i = 0;

  if (kind == KIND_LOWER || kind == KIND_UPPER || kind == KIND_LETTER)
    while (i < length && (guint8) ((text[i] | fold) - first) < 26)
      i++;
  return i;
}

/* Whether text is characters of this kind only; a part of one may stand at either end. */
static gboolean
is_run (const TwVocabulary *vocabulary,
        const guint8 *text,
        gsize length,
        Kind kind,
        gboolean from_start,
        gboolean to_end)
{
  gsize i = skip_letters (text, length, kind);
  gsize size;

  for (; !from_start && i < MIN (length, 2) && (text[i] & 0xc0) == 0x80; i++)
    ;
  while (i < length)
    {
      if (kind_at (vocabulary, text + i, length - i, &size) != kind)
        return !to_end && length - i < 3 && text[i] >= 0xe3 && kind >= KIND_HAN;
      i += size;
    }
  return TRUE;
}

static gboolean
read_window (TwTextEditor *self, Window *window, gsize offset, gsize n_deleted, gsize reach)
{
  gsize length = tw_text_pages_get_length (self->pages);
  gsize before = MIN (reach, offset);
  gsize behind = MIN (reach, length - offset - n_deleted);

  window->offset = offset - before;
  window->edit = before;
  window->edit_end = before + n_deleted;
  window->at_start = before == offset;
  window->at_end = behind == length - offset - n_deleted;
  g_byte_array_set_size (self->before, (guint) (before + n_deleted + behind));
  g_byte_array_set_size (self->marks, self->before->len);
  tw_text_pages_read (self->pages, window->offset, self->before->len, self->before->data);
  tw_text_pages_read_marks (self->pages, window->offset, self->marks->len, self->marks->data);
  return before + behind >= REACH && before >= 3;
}

/* Before and after the edit, all is one run. */
static gboolean
stays_run (const TwTextEditor *self, Window *window, const guint8 *bytes, gsize length)
{
  const TwVocabulary *vocabulary = self->vocabulary;
  const guint8 *text = self->before->data;
  const guint8 *behind = text + window->edit_end;
  gsize at = window->edit - 1;
  gsize size;

  while (at > window->edit - 3 && (text[at] & 0xc0) == 0x80)
    at--;
  window->kind = kind_at (vocabulary, text + at, window->edit - at, &size);
  return window->kind != KIND_NONE && at + size == window->edit
         && is_run (vocabulary, bytes, length, window->kind, TRUE, TRUE)
         && is_run (vocabulary, text, window->edit, window->kind, window->at_start, TRUE)
         && is_run (vocabulary, text + window->edit, window->edit_end - window->edit, window->kind,
                    TRUE, TRUE)
         && is_run (vocabulary, behind, self->before->len - window->edit_end, window->kind, TRUE,
                    window->at_end);
}

/* Of white space, line ends at its start may belong to the piece before, and what is after its last
 * line end to the piece after. */
static gboolean
is_inside_piece (const TwTextEditor *self, const Window *window)
{
  const guint8 *text = self->before->data;
  gboolean blank = FALSE;

  if (window->kind != KIND_SPACE)
    return TRUE;
  for (gsize i = 0; i < window->left && !blank; i++)
    blank = text[i] == ' ' || text[i] == '\t';
  return blank && memchr (text + window->right, '\n', self->before->len - window->right) != NULL;
}

/* Tokens of one repeated character are all alike, so that an edit changes them up to the end; see
 * tw-text-edit.c. */
static gboolean
is_repeated (const guint8 *text, gsize length)
{
  return length >= REPEATED && memcmp (text, text + 1, REPEATED - 1) == 0;
}

/* The last start of a token at most at `at`, or G_MAXSIZE. */
static gsize
start_before (const TwTextEditor *self, gsize at)
{
  for (gsize i = at + 1; i-- > 0 && self->marks->data[i] != TW_MARK_UNKNOWN;)
    if (self->marks->data[i] == TW_MARK_START)
      return i;
  return G_MAXSIZE;
}

static gsize
start_after (const TwTextEditor *self, const Window *window, gsize at)
{
  gsize i = at;

  for (; i < self->marks->len && self->marks->data[i] == TW_MARK_INSIDE; i++)
    ;
  if (i < self->marks->len)
    return self->marks->data[i] == TW_MARK_START ? i : G_MAXSIZE;
  return window->at_end ? i : G_MAXSIZE;
}

/* Which tokens to merge again: those that reach to within `margin` of the edit. */
static gboolean
find_tokens (const TwTextEditor *self, Window *window, gsize margin)
{
  gsize end = MIN (window->edit_end + margin, self->marks->len);

  if (window->edit >= margin + 2 * MARGIN)
    {
      window->start = start_before (self, window->edit - margin);
      window->left = window->start != G_MAXSIZE && window->start > MARGIN
                         ? start_before (self, window->start - 1)
                         : G_MAXSIZE;
    }
  else
    window->left = window->start
        = window->at_start && self->marks->data[0] == TW_MARK_START ? 0 : G_MAXSIZE;
  window->end = start_after (self, window, end);
  window->right
      = window->end < self->marks->len ? start_after (self, window, window->end + 1) : window->end;
  return window->left != G_MAXSIZE && window->right != G_MAXSIZE
         && (window->at_end || window->end + MARGIN <= self->marks->len);
}

/* `after`: what is from left to right once the edit is done. */
static void
write_after (TwTextEditor *self, const Window *window, const guint8 *bytes, gsize length)
{
  const guint8 *text = self->before->data;

  g_byte_array_set_size (self->after, 0);
  g_byte_array_append (self->after, text + window->left, (guint) (window->edit - window->left));
  if (length > 0)
    g_byte_array_append (self->after, bytes, (guint) length);
  g_byte_array_append (self->after, text + window->edit_end,
                       (guint) (window->right - window->edit_end));
}

/* Merges the window's bytes as they will be; whether its tokens fit those beside them. */
static gboolean
merge (TwTextEditor *self, const Window *window)
{
  const guint8 *text = self->after->data;
  const guint8 *lengths = self->vocabulary->lengths;
  gsize start = window->start - window->left;
  gsize end = self->after->len - (window->right - window->end);
  gsize first;
  gsize last;

  g_array_set_size (self->ids, 0);
  if (end == start)
    return FALSE;
  tw_merge_piece (self->vocabulary, text + start, end - start, self->ids);
  first = lengths[g_array_index (self->ids, guint32, 0)];
  last = lengths[g_array_index (self->ids, guint32, self->ids->len - 1)];
  return (start == 0 || tw_merge_is_seam (self->vocabulary, text, start + first, start))
         && (end == self->after->len
             || tw_merge_is_seam (self->vocabulary, text + end - last,
                                  self->after->len - end + last, last));
}

static void
write_marks (TwTextEditor *self, gsize offset, const guint32 *ids, guint n)
{
  gsize size = 0;

  for (guint i = 0; i < n; i++)
    {
      gsize length = self->vocabulary->lengths[ids[i]];

      g_byte_array_set_size (self->marks, (guint) (size + length));
      memset (self->marks->data + size, TW_MARK_INSIDE, length);
      self->marks->data[size] = TW_MARK_START;
      size += length;
    }
  tw_text_pages_write_marks (self->pages, offset, size, self->marks->data);
}

static void
apply (TwTextEditor *self, const Window *window, const guint8 *bytes, gsize length)
{
  gsize offset = window->offset + window->edit;

  for (gsize i = window->start; i < window->end; i++)
    self->tokens -= self->marks->data[i] == TW_MARK_START;
  self->tokens += self->ids->len;
  tw_text_pages_delete (self->pages, offset, window->edit_end - window->edit);
  tw_text_pages_insert (self->pages, offset, bytes, length);
  write_marks (self, window->offset + window->start, (const guint32 *) (gpointer) self->ids->data,
               self->ids->len);
}

gboolean
tw_text_run_replace (
    TwTextEditor *self, gsize offset, gsize n_deleted, const guint8 *bytes, gsize length)
{
  Window window;

  for (gsize reach = REACH; reach <= MOST_REACH; reach *= 2)
    {
      if (!read_window (self, &window, offset, n_deleted, reach)
          || self->marks->data[window.edit - 1] == TW_MARK_UNKNOWN
          || is_repeated (self->before->data + window.edit_end, self->before->len - window.edit_end)
          || is_repeated (self->before->data + window.edit - MIN (window.edit, REPEATED),
                          MIN (window.edit, REPEATED))
          || !stays_run (self, &window, bytes, length))
        return FALSE;
      for (gsize margin = MARGIN; margin < reach; margin *= 2)
        {
          if (!find_tokens (self, &window, margin))
            break;
          if (!is_inside_piece (self, &window))
            return FALSE;
          write_after (self, &window, bytes, length);
          if (!merge (self, &window))
            continue;
          apply (self, &window, bytes, length);
          return TRUE;
        }
    }
  return FALSE;
}

gboolean
tw_text_run_is_plain (const TwTextEditor *self, const guint8 *text, gsize length)
{
  gsize size;

  if (self->vocabulary->pretokenizer == TW_PRETOKENIZER_NONE || self->vocabulary->n_literals > 0
      || tw_utf8_valid_prefix (text, length) != length)
    return FALSE;
  for (gsize i = 0; (self->vocabulary->flags & TW_VOCABULARY_NFC) != 0 && i < length; i += size)
    if ((tw_text_class (self->vocabulary, text + i, length - i, &size) & TW_CLASS_NFC) != 0)
      return FALSE;
  return TRUE;
}

void
tw_text_run_mark (TwTextEditor *self, gsize offset)
{
  gsize start = 0;
  gsize ends[TW_PIECES_BATCH];
  TwPieces pieces;
  guint n;

  if (self->after->len < LONG_PIECE
      || !tw_text_run_is_plain (self, self->after->data, self->after->len))
    return;
  tw_pieces_init (&pieces, self->vocabulary, (const char *) self->after->data, self->after->len);
  while ((n = tw_pieces_next (&pieces, ends, TW_PIECES_BATCH)) > 0)
    for (guint i = 0; i < n; start = ends[i++])
      if (ends[i] - start >= LONG_PIECE)
        {
          g_array_set_size (self->ids, 0);
          tw_merge_piece (self->vocabulary, self->after->data + start, ends[i] - start, self->ids);
          write_marks (self, offset + start, (const guint32 *) (gpointer) self->ids->data,
                       self->ids->len);
        }
}
